package shop

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/review"
	"sauda/core/shelf"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountReviews(site *web.Site) {
	web.Page(site, "GET /reviews/{id}", f.reviews, web.Public())
	web.Page(site, "GET /reviews/{id}/write", f.reviewForm, web.SignedIn())
	web.Upload(site, "POST /reviews/{id}/write", f.keepReviewPictures, f.writeReview, web.SignedIn(), web.BodyMax(reviewBody), web.Time(reviewTime))
	web.Form(site, "POST /reviews/{id}/withdraw", f.withdrawReview, web.SignedIn())
}

const (
	reviewsBeside = 3                                   // reviewsBeside is how many stand on the page of a product.
	reviewsListed = 10                                  // reviewsListed is how many a page of them has.
	reviewBody    = review.PicturesMax*(12<<20) + 1<<20 // reviewBody is five photographs of a telephone and the words.
	reviewTime    = 5 * time.Minute                     // reviewTime is how long they may take over a slow line.
)

func reviewsAddress(id catalog.ProductID) string { return "/reviews/" + string(id) }

type reviewsAsk struct {
	visitor
	ID     catalog.ProductID `path:"id" maxLength:"60"`
	Before review.ID         `query:"before" maxLength:"60"`
}

// reviewsView is a page of the reviews of a product.
type reviewsView struct {
	page
	Product shelf.Page
	Reviews []review.Review
	Begun   bool
	Next    string
}

// reviews lists what buyers say of a product, in at most eight statements, nine for a bundle.
func (f *face) reviews(tx *db.Tx, in reviewsAsk) (web.View, error) {
	p, err := shelf.Show(tx, in.ID, f.Currency, "")
	if err != nil {
		return nil, err
	}
	ctx := tx.Context()
	v := reviewsView{page: f.page(ctx, in.visitor, "goods", t(ctx, "reviews.of", "name", p.Name.In(web.Lang(ctx)))), Product: p, Begun: in.Before != ""}
	v.Own, v.Description = reviewsAddress(in.ID), v.Title
	found, next, err := review.ShownOf(tx, in.ID, in.Before, reviewsListed)
	if next != "" {
		v.Next = address(reviewsAddress(in.ID), "before", string(next))
	}
	v.Reviews = found
	return reviewsPage(v), err
}

type reviewAsk struct {
	visitor
	ID   catalog.ProductID `path:"id" maxLength:"60"`
	Done string            `query:"done" maxLength:"20"`
}

// reviewView is the form of a review.
type reviewView struct {
	page
	Product catalog.Product
	Own     *review.Review // Own is what its author has written before; nil when there is none.
	May     bool           // May says that he may write: the product has come to him.
	Done    bool           // Done says that it was written just now.
	Form    form
}

// reviewForm shows what somebody has written of a product, to be changed; or asks for it.
func (f *face) reviewForm(tx *db.Tx, in reviewAsk) (web.View, error) {
	v, err := f.openReview(tx, in.visitor, in.ID)
	v.Done = in.Done != "" && v.Own != nil
	return reviewPage(v), err
}

func (f *face) openReview(tx *db.Tx, by visitor, id catalog.ProductID) (reviewView, error) {
	ctx := tx.Context()
	v := reviewView{page: f.page(ctx, by, "goods", t(ctx, "review.write")), Form: form{Values: map[string]string{}, Wrong: map[string]string{}}}
	if _, err := account.Person(tx); err != nil {
		return v, err
	}
	p, err := shelf.Show(tx, id, f.Currency, "") // A draft is shown to its seller only.
	if err != nil {
		return v, err
	}
	v.Product = p.Product
	own, there, err := review.Own(tx, id)
	if err != nil {
		return v, err
	}
	if there {
		v.Own, v.May = &own, true
		v.Form.Values["stars"], v.Form.Values["body"] = strconv.Itoa(own.Stars), own.Body
		return v, nil
	}
	v.May, err = review.Received(tx, p.Product)
	return v, err
}

// reviewWritten is the form as it comes, with pictures.
type reviewWritten struct {
	web.Typed
	visitor
	ID       catalog.ProductID `path:"id" maxLength:"60"`
	Stars    string            `json:"stars,omitempty" maxLength:"1"`
	Body     string            `json:"body,omitempty" maxLength:"12000"`
	Pictures web.Files         `json:"pictures"`
}

// broughtPictures are the pictures that came with a review, or why they were not taken.
type broughtPictures struct {
	files   []media.File
	refused error
}

// draft is the review that was written, with the pictures that its author keeps of the one before.
func (in reviewWritten) draft() review.Draft {
	d := review.Draft{Product: in.ID, Body: in.Body, Pictures: slices.Clone(in.Values["keep"])}
	d.Stars, _ = strconv.Atoi(in.Stars) // None is no star, which is refused.
	return d
}

// keepReviewPictures keeps the pictures of somebody who may write about the product; nobody else fills the disk. Nothing is
// kept of a form that will be refused, for nobody would count or clear it.
func (f *face) keepReviewPictures(ctx context.Context, in reviewWritten) (b broughtPictures, err error) {
	files := slices.DeleteFunc(in.Pictures, func(f web.File) bool { return f.Size == 0 }) // A field without a file sends an empty one.
	if len(files) == 0 || !in.OK() {
		return b, nil
	}
	err = web.Look(ctx, func(tx *db.Tx) error { return review.Check(tx, in.draft(), len(files)) })
	for _, file := range files {
		if err == nil {
			err = opened(file, func(r io.ReaderAt) error { return media.JudgeImage(ctx, r, file.Size) })
		}
	}
	for _, file := range files {
		if err == nil {
			err = opened(file, func(r io.ReaderAt) error {
				kept, err := f.Media.KeepImage(ctx, r, file.Size)
				b.files = append(b.files, kept)
				return err
			})
		}
	}
	if err != nil && fault.Of(err).Kind == fault.Internal {
		return b, err
	}
	b.refused = err
	return b, nil
}

// opened reads a file that was brought.
func opened(file web.File, read func(io.ReaderAt) error) error {
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // It was only read.
	return read(r)
}

// writeReview writes a review with the pictures that came and those that its author keeps of the one before.
func (f *face) writeReview(tx *db.Tx, in reviewWritten, brought broughtPictures) (web.Then, error) {
	v, err := f.openReview(tx, in.visitor, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	u, err := account.Person(tx)
	if err != nil {
		return web.Then{}, err
	}
	err = brought.refused
	if in.OK() && err == nil {
		d := in.draft()
		d.Author, d.Lang = u.Name, web.Lang(tx.Context())
		for _, file := range brought.files {
			d.Pictures = append(d.Pictures, file.URL())
		}
		if err = review.Bring(tx, brought.files...); err == nil {
			_, err = review.Write(tx, d)
		}
		if err == nil {
			return web.See(address(reviewsAddress(in.ID)+"/write", "done", "true")), nil
		}
	}
	if err != nil && !refused(err) && fault.Of(err).Kind != fault.TooLarge && fault.Of(err).Kind != fault.Denied {
		return web.Then{}, err
	}
	v.page = v.at(reviewsAddress(in.ID) + "/write")
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(reviewPage(v)), nil
}

type reviewGone struct {
	visitor
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

// withdrawReview takes the own review of a product away. Without one, nothing is taken away.
func (f *face) withdrawReview(tx *db.Tx, in reviewGone) (web.Then, error) {
	r, there, err := review.Own(tx, in.ID)
	if err != nil || !there {
		return web.See(reviewsAddress(in.ID)), err
	}
	return web.See(reviewsAddress(in.ID)), review.Withdraw(tx, r.ID)
}

// starsWords says a rating to those who do not see the stars.
func starsWords(ctx context.Context, r review.Rating) string {
	return t(ctx, "rating.said", "average", tenths(ctx, r.Average()), "count", r.Count())
}

// tenths writes a number of stars with its digit: "4,0".
func tenths(ctx context.Context, q measure.Quantity) string {
	whole, exact := q.Whole()
	words := q.Format(web.Lang(ctx))
	if exact {
		point, _ := around((measure.One / 2).Format(web.Lang(ctx)), "5")
		words = strconv.FormatInt(whole, 10) + point[1:] + "0"
	}
	return words
}

// authorOf names the author of a review.
func authorOf(ctx context.Context, author string) string {
	if author == "" {
		return t(ctx, "review.nameless")
	}
	return author
}

// rated says to machines what buyers say of a product in a number.
func rated(r review.Rating) thing {
	return thing{"@type": "AggregateRating", "ratingValue": r.Average().String(), "reviewCount": r.Count(), "bestRating": 5, "worstRating": 1}
}

// tenthsOf is a rating in tenths of a star.
func tenthsOf(r review.Rating) int64 { return int64(r.Average() * 10 / measure.One) }

// starClass says whether a star is full, half or empty. n counts from zero.
func starClass(tenths, n int64) string {
	switch left := tenths - n*10; {
	case left >= 8:
		return "full"
	case left >= 3:
		return "half"
	}
	return "empty"
}
