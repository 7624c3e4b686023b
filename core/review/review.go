// Package review knows what buyers say of goods that they have received: stars, words and pictures, what the staff of the
// seller decided about them, and what the seller answered.
//
// A buyer has one review of a product; he changes and withdraws it himself. Nobody but the seller's staff sees it before
// they have shown it, and what was changed waits again. How many stars a product has is kept beside the reviews and moves
// with each of them, so that a page reads one row. It does not know who somebody is beyond a party and what is shown of a
// name, and asks the orders whether the goods have arrived.
//
//	waiting ─┬─▶ shown ────┐         changed: waiting again
//	         └─▶ refused ──┴─▶ withdrawn: gone
package review

import (
	"embed"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/review/reviewdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of reviews.
var Schema = db.Schema{Name: "review", Files: schemaFiles}

// ScopeRead and ScopeWrite are what staff of the seller need to see what waits and to decide about it.
const (
	ScopeRead  = "reviews.read"
	ScopeWrite = "reviews.write"
)

// Limits of a review.
const (
	BodyMax     = 3000 // BodyMax is in characters: what people read of one review at the most.
	PicturesMax = 5
	ReasonMax   = 300
	ReplyMax    = 1500
	broughtMax  = 30             // broughtMax is how many pictures a party brings in a day: those of six reviews.
	broughtTime = 24 * time.Hour // broughtTime is that day.
)

// Faults of reviews.
var (
	ErrUnknown  = fault.New(fault.Missing, "review.unknown", "There is no such review. It may have been withdrawn.")
	ErrInvalid  = fault.New(fault.Invalid, "review.invalid", "Some fields are not right: see each of them.")
	ErrBuyer    = fault.New(fault.Denied, "review.buyer", "Sign in as a buyer to write about goods that you have received.")
	ErrReceived = fault.New(fault.Denied, "review.not_received", "Only who has received the product can write about it. Come back when your order has arrived.")
	ErrDenied   = fault.New(fault.Denied, "review.denied", "Only the staff of the seller may do this. Ask for the right to decide about reviews.")
	ErrChanged  = fault.New(fault.Conflict, "review.changed", "The review has been changed meanwhile. Read it again, then decide.")
	ErrJudged   = fault.New(fault.Conflict, "review.judged", "It has been decided so already. There is nothing left to do.")
	ErrPictures = fault.New(fault.Limited, "review.many_pictures", "You have brought many pictures today. Bring the rest tomorrow.")
	ErrStored   = fault.New(fault.Internal, "review.stored", "A stored review cannot be read. Please tell us on which page it stands.")
)

// ID names a review.
type ID string

// State says what was decided about a review.
type State string

// The states of a review.
const (
	StateWaiting State = "waiting"
	StateShown   State = "shown"
	StateRefused State = "refused"
)

// States are all states in their order.
var States = []State{StateWaiting, StateShown, StateRefused}

// Picture is what a review shows.
type Picture struct {
	URL    string `json:"url"`
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
}

// Review is what one buyer says of one product.
type Review struct {
	ID       ID
	Product  catalog.ProductID
	Seller   seller.ID
	Party    string // Party is empty when its author had his account erased.
	Author   string // Author is what is shown of his name; empty when there is none.
	Lang     string
	Stars    int
	Body     string // Body may be empty: stars say enough.
	Pictures []Picture
	State    State
	Reason   string // Reason is why it was refused, for its author.
	Reply    string // Reply is what the seller answers.
	Replied  time.Time
	Written  time.Time
	Changed  time.Time
	Version  int64 // Version grows by one with every change.
}

// Rating is how many stars a product has, of the reviews that are shown.
type Rating struct {
	By [5]int64 // By is how many reviews have one star, two, and so on.
}

// Count is how many reviews there are.
func (r Rating) Count() (n int64) {
	for _, of := range r.By {
		n += of
	}
	return n
}

// Average is the mean of the stars to one digit, rounded half up; zero without a review.
func (r Rating) Average() measure.Quantity {
	n, sum := r.Count(), int64(0)
	for i, of := range r.By {
		sum += of * int64(i+1)
	}
	if n == 0 {
		return 0
	}
	return measure.One / 10 * measure.Quantity((sum*20+n)/(2*n))
}

// ShownName gives what is shown of somebody's name: the first name and the initial of the next. Of a Chinese name, which
// has no space, it is the family name; what looks like an address is not shown.
func ShownName(name string) string {
	words := strings.Fields(text.Seen(name))
	if len(words) == 0 || strings.Contains(name, "@") {
		return ""
	}
	first, size := utf8.DecodeRuneInString(words[0])
	switch {
	case unicode.Is(unicode.Han, first) && len(words[0]) > size:
		return string(first) + "**"
	case len(words) == 1:
		return words[0]
	}
	initial, _ := utf8.DecodeRuneInString(words[1])
	return words[0] + " " + string(unicode.ToUpper(initial)) + "."
}

// Cleaned gives a text that people wrote as it is stored, or what is wrong with it. One of more than max characters is
// refused, and so are characters that cannot be seen.
func Cleaned(s string, max int, pointer string) (string, []fault.Field) {
	clean, err := text.Clean(s)
	if err != nil {
		return "", []fault.Field{fault.Found(pointer, err)}
	}
	if utf8.RuneCountInString(clean) > max {
		return "", []fault.Field{fault.Say("Use at most {n} characters.").With("n", max).At(pointer)}
	}
	return clean, nil
}

// works refuses who does not decide for a seller.
func works(who db.Who, of seller.ID, scope string) error {
	if !who.For(string(of)) || !who.May(scope) {
		return ErrDenied.About("%s %s at %s", who.Kind, who.ID, of)
	}
	return nil
}

// party gives the party of a buyer who acts.
func party(tx *db.Tx) (string, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return "", ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	return who.Party, nil
}

func reviewOf(row reviewdb.Review) (Review, error) {
	r := Review{
		ID: ID(row.ID), Product: catalog.ProductID(row.Product), Seller: seller.ID(row.Seller), Party: row.Party,
		Author: row.Author, Lang: row.Lang, Stars: int(row.Stars), Body: row.Body, State: State(row.State), Reason: row.Reason,
		Reply: row.Reply, Written: span.FromMicros(row.WrittenAt), Changed: span.FromMicros(row.ChangedAt), Version: row.Version,
	}
	if row.RepliedAt != 0 {
		r.Replied = span.FromMicros(row.RepliedAt)
	}
	if err := json.Unmarshal([]byte(row.Pictures), &r.Pictures); err != nil {
		return r, ErrStored.About("the pictures of %s: %v", row.ID, err)
	}
	return r, nil
}

func reviewsOf(rows []reviewdb.Review) ([]Review, error) {
	all := make([]Review, len(rows))
	for i, row := range rows {
		var err error
		if all[i], err = reviewOf(row); err != nil {
			return nil, err
		}
	}
	return all, nil
}
