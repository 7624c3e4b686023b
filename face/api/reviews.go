package api

import (
	"context"
	"time"

	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/review"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountReviews(api *web.API) {
	web.Query(api, "GET /v1/products/{id}/reviews", listReviews, web.Public(),
		web.Doc("List what buyers say of a product, the newest first. Each of them has received it.", "Reviews"))
	web.Query(api, "GET /v1/products/{id}/review", ownReview, web.SignedIn(),
		web.Doc("Show the review that the buyer has of a product, whatever was decided about it.", "Reviews"), web.Faults(review.ErrUnknown))
	web.Command(api, "PUT /v1/products/{id}/review", writeReview, web.SignedIn(),
		web.Doc("Write a review of a product that was delivered to the buyer, or change it. It is shown when the seller's staff has read it.", "Reviews"),
		web.Faults(review.ErrInvalid, review.ErrReceived, review.ErrBuyer, review.ErrChanged, catalog.ErrUnknown, account.ErrGuest))
	web.Command(api, "DELETE /v1/products/{id}/review", withdrawReview, web.SignedIn(),
		web.Doc("Withdraw the review, with its words and its stars.", "Reviews"), web.Faults(review.ErrUnknown, review.ErrBuyer, review.ErrChanged))
	web.Bring(api, "POST /v1/products/{id}/review/pictures", f.keepReviewPicture, noteReviewPicture, web.SignedIn(), web.Status(201), web.BodyMax(reviewPictureBody),
		web.Doc("Bring a picture to a review: the bytes of a JPEG, PNG or WebP. What it tells about a place is taken out. The review names its URL; at most 30 in a day.", "Reviews"),
		web.Faults(review.ErrReceived, review.ErrBuyer, review.ErrPictures, media.ErrKind, media.ErrDamaged, media.ErrBytes, media.ErrPixels, media.ErrDrawing, catalog.ErrUnknown))
	web.Query(api, "GET /v1/me/reviews", myReviews, web.SignedIn(),
		web.Doc("List the reviews of the buyer, the newest first.", "Reviews"), web.Faults(review.ErrBuyer))
	web.Query(api, "GET /v1/office/reviews", officeReviews, web.Needs(scopeReviewsRead),
		web.Doc("List the reviews of the seller's goods in a state, the oldest first.", "Office: reviews"), web.Faults(review.ErrDenied))
	web.Command(api, "PUT /v1/office/reviews/{id}/decision", decideReview, web.Needs(scopeReviewsWrite),
		web.Doc("Show a review to everybody, or refuse it with a reason for its author. The version is the one that was read.", "Office: reviews"),
		web.Faults(review.ErrUnknown, review.ErrDenied, review.ErrChanged, review.ErrJudged, review.ErrInvalid))
	web.Command(api, "PUT /v1/office/reviews/{id}/reply", replyReview, web.Needs(scopeReviewsWrite),
		web.Doc("Answer a review for the seller, below it; an empty answer takes it away.", "Office: reviews"),
		web.Faults(review.ErrUnknown, review.ErrDenied, review.ErrChanged, review.ErrInvalid))
}

// reviewPictureBody is as much as is read of a picture: somewhat too large a one is refused as such.
const reviewPictureBody = media.ImageMax + 1<<20

// ratingView is what buyers say of a product in a number.
type ratingView struct {
	Average measure.Quantity `json:"average" doc:"From 1 to 5, to one digit."`
	Count   int64            `json:"count"`
	Stars   []int64          `json:"stars" nullable:"false" doc:"How many reviews have one star, two, and so on to five."`
}

func viewRating(r review.Rating) *ratingView {
	if r.Count() == 0 {
		return nil
	}
	return &ratingView{r.Average(), r.Count(), r.By[:]}
}

// reviewView is a review as everybody sees it.
type reviewView struct {
	ID       review.ID        `json:"id"`
	Author   string           `json:"author,omitempty" doc:"The first name and the initial of the next; absent when the author has left."`
	Lang     string           `json:"lang,omitempty" doc:"The language of the pages on which it was written."`
	Stars    int              `json:"stars"`
	Text     string           `json:"text,omitempty"`
	Pictures []review.Picture `json:"pictures,omitempty"`
	Reply    string           `json:"reply,omitempty" doc:"What the seller answers."`
	Replied  time.Time        `json:"replied,omitzero"`
	Written  time.Time        `json:"written"`
}

func viewReview(r review.Review) reviewView {
	return reviewView{r.ID, r.Author, r.Lang, r.Stars, r.Body, r.Pictures, r.Reply, r.Replied, r.Written}
}

// keptReviewView is a review as its author and the staff see it.
type keptReviewView struct {
	reviewView
	Product catalog.ProductID `json:"product_id"`
	State   review.State      `json:"state" enum:"waiting,shown,refused"`
	Reason  string            `json:"reason,omitempty" doc:"Why it was refused."`
	Changed time.Time         `json:"changed"`
	Version int64             `json:"version"`
}

func viewKeptReview(r review.Review) keptReviewView {
	return keptReviewView{viewReview(r), r.Product, r.State, r.Reason, r.Changed, r.Version}
}

type reviewsAsk struct {
	ID     catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Cursor review.ID         `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int               `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func listReviews(tx *db.Tx, in reviewsAsk) (web.List[reviewView], error) {
	found, next, err := review.ShownOf(tx, in.ID, in.Cursor, in.Limit)
	page := web.List[reviewView]{Items: make([]reviewView, len(found)), Next: string(next)}
	for i, r := range found {
		page.Items[i] = viewReview(r)
	}
	return page, err
}

type reviewedAsk struct {
	ID catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
}

// own gives the review that the actor has of a product.
func (in reviewedAsk) own(tx *db.Tx) (review.Review, error) {
	r, there, err := review.Own(tx, in.ID)
	if err == nil && !there {
		err = review.ErrUnknown.About("%s of %s", in.ID, tx.Who().Party)
	}
	return r, err
}

func ownReview(tx *db.Tx, in reviewedAsk) (keptReviewView, error) {
	r, err := in.own(tx)
	return viewKeptReview(r), err
}

type reviewWritten struct {
	ID       catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Stars    int               `json:"stars" minimum:"1" maximum:"5"`
	Text     string            `json:"text,omitempty" maxLength:"3000"`
	Pictures []string          `json:"pictures,omitempty" maxItems:"5" doc:"The URLs of pictures that the buyer has brought."`
}

func writeReview(tx *db.Tx, in reviewWritten) (keptReviewView, error) {
	u, err := account.Person(tx)
	if err != nil {
		return keptReviewView{}, err
	}
	r, err := review.Write(tx, review.Draft{
		Product: in.ID, Author: u.Name, Lang: web.Lang(tx.Context()), Stars: in.Stars, Body: in.Text, Pictures: in.Pictures,
	})
	return viewKeptReview(r), err
}

func withdrawReview(tx *db.Tx, in reviewedAsk) (web.None, error) {
	r, err := in.own(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, review.Withdraw(tx, r.ID)
}

type reviewPicture struct {
	ID   catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Body web.RawBody
}

// keepReviewPicture keeps a picture of somebody who may write about the product; nobody else fills the disk.
func (f face) keepReviewPicture(ctx context.Context, in reviewPicture) (media.File, error) {
	if err := web.Look(ctx, func(tx *db.Tx) error { return review.Room(tx, in.ID, 1) }); err != nil {
		return media.File{}, err
	}
	return f.keepPicture(ctx, picture{in.Body})
}

func noteReviewPicture(tx *db.Tx, _ reviewPicture, kept media.File) (pictureView, error) {
	return pictureView{URL: kept.URL(), Type: kept.Type, Width: kept.Width, Height: kept.Height}, review.Bring(tx, kept)
}

type myReviewsAsk struct {
	Cursor review.ID `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int       `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func myReviews(tx *db.Tx, in myReviewsAsk) (web.List[keptReviewView], error) {
	all, next, err := review.Mine(tx, in.Cursor, in.Limit)
	return keptReviews(all, next), err
}

func keptReviews(all []review.Review, next review.ID) web.List[keptReviewView] {
	page := web.List[keptReviewView]{Items: make([]keptReviewView, len(all)), Next: string(next)}
	for i, r := range all {
		page.Items[i] = viewKeptReview(r)
	}
	return page
}

type officeReviewsAsk struct {
	State  review.State `query:"state" enum:"waiting,shown,refused" default:"waiting"`
	Cursor review.ID    `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int          `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func officeReviews(tx *db.Tx, in officeReviewsAsk) (web.List[keptReviewView], error) {
	found, next, err := review.Queue(tx, sellerOf(tx), in.State, in.Cursor, in.Limit)
	return keptReviews(found, next), err
}

type reviewDecision struct {
	ID      review.ID    `path:"id" maxLength:"60" doc:"The review."`
	State   review.State `json:"state" enum:"shown,refused"`
	Reason  string       `json:"reason,omitempty" maxLength:"300" doc:"Why it is refused, for its author."`
	Version int64        `json:"version" doc:"The version that was read."`
}

// judgedView is what became of what somebody wrote. It repeats neither his words nor his name: the audit keeps the answers of
// the staff's commands, and what was withdrawn or erased is in no audit.
type judgedView struct {
	ID      string `json:"id"`
	State   string `json:"state" enum:"waiting,shown,refused"`
	Reason  string `json:"reason,omitempty" doc:"Why it was refused."`
	Version int64  `json:"version" doc:"The version to go on from."`
}

func viewJudged(r review.Review) judgedView {
	return judgedView{string(r.ID), string(r.State), r.Reason, r.Version}
}

func decideReview(tx *db.Tx, in reviewDecision) (judgedView, error) {
	decide := review.Show
	if in.State == review.StateRefused {
		decide = func(tx *db.Tx, id review.ID, version int64) (review.Review, error) {
			return review.Refuse(tx, id, version, in.Reason)
		}
	}
	r, err := decide(tx, in.ID, in.Version)
	return viewJudged(r), err
}

type reviewReply struct {
	ID      review.ID `path:"id" maxLength:"60" doc:"The review."`
	Reply   string    `json:"reply" maxLength:"1500"`
	Version int64     `json:"version" doc:"The version that was read."`
}

func replyReview(tx *db.Tx, in reviewReply) (judgedView, error) {
	r, err := review.Reply(tx, in.ID, in.Version, in.Reply)
	return viewJudged(r), err
}
