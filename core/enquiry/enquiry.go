// Package enquiry knows what buyers ask about goods before they buy, and what is answered: by the seller, and by buyers who
// have received the goods.
//
// Nobody but the seller's staff sees what a buyer wrote before they have shown it; what the seller answers is shown at once,
// and an enquiry that waits with it, for whoever answers has read it. Of one enquiry the seller has one answer and each
// buyer one, which may be written anew. It does not know who somebody is beyond a party, the user who is told of answers, and
// what is shown of a name.
//
//	waiting ─┬─▶ shown ────┐         answered by the seller: shown
//	         └─▶ refused ──┴─▶ withdrawn: gone, with all answers
//
// An answer of a buyer goes the same way by itself; written anew, it waits again.
package enquiry

import (
	"database/sql"
	"embed"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/enquiry/enquirydb"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of enquiries.
var Schema = db.Schema{Name: "enquiry", Files: schemaFiles}

// ScopeRead and ScopeWrite are what staff of the seller need to see what waits, and to decide about it and answer.
const (
	ScopeRead  = "questions.read"
	ScopeWrite = "questions.write"
)

// Limits of enquiries.
const (
	BodyMax   = 1000 // BodyMax is in characters: a question, not a letter.
	AnswerMax = 1500
	ReasonMax = 300
	bodyMin   = 5              // bodyMin is the shortest that asks anything.
	askedMax  = 10             // askedMax is how many a party asks in a day.
	askedTime = 24 * time.Hour // askedTime is that day.
)

// Faults of enquiries.
var (
	ErrUnknown  = fault.New(fault.Missing, "enquiry.unknown", "There is no such question. It may have been withdrawn.")
	ErrNoAnswer = fault.New(fault.Missing, "enquiry.unknown_answer", "There is no such answer. It may have been withdrawn.")
	ErrInvalid  = fault.New(fault.Invalid, "enquiry.invalid", "Some fields are not right: see each of them.")
	ErrBuyer    = fault.New(fault.Denied, "enquiry.buyer", "Sign in as a buyer to ask about goods.")
	ErrReceived = fault.New(fault.Denied, "enquiry.not_received", "Only the seller and who has received the product can answer.")
	ErrDenied   = fault.New(fault.Denied, "enquiry.denied", "Only the staff of the seller may do this. Ask for the right to decide about questions.")
	ErrChanged  = fault.New(fault.Conflict, "enquiry.changed", "The question or its answers have changed meanwhile. Read it again, then decide.")
	ErrJudged   = fault.New(fault.Conflict, "enquiry.judged", "It has been decided so already. There is nothing left to do.")
	ErrUnshown  = fault.New(fault.Conflict, "enquiry.unshown", "The question is not shown. Show the question first, then its answers.")
	ErrMany     = fault.New(fault.Limited, "enquiry.many", "You have asked a lot today. Ask the rest tomorrow.")
)

// ID names an enquiry, AnswerID an answer to one.
type (
	ID       string
	AnswerID string
)

// State says what was decided about an enquiry or about the answer of a buyer.
type State string

// The states.
const (
	StateWaiting State = "waiting"
	StateShown   State = "shown"
	StateRefused State = "refused"
)

// States are all states in their order.
var States = []State{StateWaiting, StateShown, StateRefused}

// Enquiry is what somebody asks about a product.
type Enquiry struct {
	ID      ID
	Product catalog.ProductID
	Seller  seller.ID
	Party   string // Party is empty when its author had his account erased.
	Asker   string // Asker is the user who is told of answers; empty as above.
	Author  string // Author is what is shown of his name; empty when there is none.
	Lang    string
	Body    string
	State   State
	Reason  string // Reason is why it was refused, for its author.
	Asked   time.Time
	Version int64    // Version grows by one with every change of it and of its answers.
	Answers []Answer // Answers are those that whoever asked for them may see, the seller's first.
	Own     Answer   // Own is what the actor has answered, whatever was decided about it; without an id he has not.
}

// Answer is what is answered to an enquiry.
type Answer struct {
	ID       AnswerID
	BySeller bool
	Party    string // Party is the buyer who answers; empty for the seller, and for who had his account erased.
	Author   string
	Lang     string
	Body     string
	State    State
	Reason   string
	Said     time.Time
}

// bySeller gives the answer of the seller, if there is one.
func (e Enquiry) bySeller() (Answer, bool) {
	for _, a := range e.Answers {
		if a.BySeller {
			return a, true
		}
	}
	return Answer{}, false
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

// load gives an enquiry with all of its answers.
func load(tx *db.Tx, id ID) (Enquiry, error) {
	row, err := enquirydb.New(tx).Get(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Enquiry{}, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Enquiry{}, err
	}
	all := []Enquiry{enquiryOf(row)}
	err = answered(tx, all, nil)
	return all[0], err
}

// answered adds to enquiries those of their answers that pass, and the actor's own, in one statement; all when nothing is asked
// of them.
func answered(tx *db.Tx, all []Enquiry, passes func(Answer) bool) error {
	if len(all) == 0 {
		return nil
	}
	ids, at := make([]ID, len(all)), make(map[string]int, len(all))
	for i, e := range all {
		ids[i], at[string(e.ID)] = e.ID, i
	}
	rows, err := enquirydb.New(tx).Answers(tx.Context(), db.In(ids))
	for _, r := range rows {
		a, e := answerOf(r), &all[at[r.Enquiry]]
		if passes == nil || passes(a) {
			e.Answers = append(e.Answers, a)
		}
		if own := tx.Who().Party; own != "" && a.Party == own {
			e.Own = a
		}
	}
	return err
}

func enquiryOf(r enquirydb.Enquiry) Enquiry {
	return Enquiry{
		ID: ID(r.ID), Product: catalog.ProductID(r.Product), Seller: seller.ID(r.Seller), Party: r.Party, Asker: r.Asker,
		Author: r.Author, Lang: r.Lang, Body: r.Body, State: State(r.State), Reason: r.Reason, Asked: span.FromMicros(r.AskedAt),
		Version: r.Version,
	}
}

func enquiriesOf(rows []enquirydb.Enquiry) []Enquiry {
	all := make([]Enquiry, len(rows))
	for i, r := range rows {
		all[i] = enquiryOf(r)
	}
	return all
}

func answerOf(r enquirydb.EnquiryAnswer) Answer {
	return Answer{
		ID: AnswerID(r.ID), BySeller: r.Whose == bySeller, Party: r.Party, Author: r.Author, Lang: r.Lang, Body: r.Body,
		State: State(r.State), Reason: r.Reason, Said: span.FromMicros(r.SaidAt),
	}
}

// Whose an answer is.
const (
	bySeller = "seller"
	byBuyer  = "buyer"
)
