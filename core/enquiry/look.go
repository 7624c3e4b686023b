package enquiry

import (
	"errors"

	"sauda/core/catalog"
	"sauda/core/enquiry/enquirydb"
	"sauda/core/seller"
	"sauda/gear/db"
)

const (
	pageMax = 100   // pageMax is the longest page of enquiries.
	mineMax = 1000  // mineMax is how many own ones are listed at once: more than anybody has asked.
	last    = "zzz" // last comes after every id.
)

// Page is a part of what is asked about a product.
type Page struct {
	Enquiries []Enquiry
	Next      ID    // Next is to go on from; empty when there is no more.
	Many      int64 // Many is how many there are on all pages.
}

// ShownOf gives what everybody sees of what is asked about a product, the newest first and at most so many, before an id; an
// empty one begins. It takes one statement, and one more where anything was asked.
func ShownOf(tx *db.Tx, product catalog.ProductID, before ID, limit int) (Page, error) {
	if before == "" {
		before = last
	}
	limit = min(max(limit, 1), pageMax)
	rows, err := enquirydb.New(tx).ShownOf(tx.Context(), enquirydb.ShownOfParams{Product: string(product), Before: string(before), Page: int64(limit + 1)})
	if err != nil || len(rows) == 0 {
		return Page{}, err
	}
	of := make([]enquirydb.Enquiry, len(rows))
	for i, r := range rows {
		of[i] = r.Enquiry
	}
	of, next := cut(of, limit)
	p := Page{Enquiries: enquiriesOf(of), Next: next, Many: rows[0].Many}
	return p, answered(tx, p.Enquiries, func(a Answer) bool { return a.State == StateShown })
}

// cut gives what of one row more than a page stands on it, and the id to go on from, which is empty when there is no more.
func cut(rows []enquirydb.Enquiry, limit int) ([]enquirydb.Enquiry, ID) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], ID(rows[limit-1].ID)
}

// Get gives an enquiry with all of its answers to who asked it, and to the staff of its seller who may see what waits. To
// everybody else it is as unknown as none.
func Get(tx *db.Tx, id ID) (Enquiry, error) {
	e, err := load(tx, id)
	if err != nil {
		return Enquiry{}, err
	}
	who := tx.Who()
	asked := who.Party != "" && who.Party == e.Party
	if !asked && works(who, e.Seller, ScopeRead) != nil {
		return Enquiry{}, ErrUnknown.About("%s %s and %s", who.Kind, who.ID, id)
	}
	return e, nil
}

// Mine gives what the actor has asked, the newest first and at most so many, before an id, with the answers that are shown; an
// empty id begins, and a limit of none is a thousand. It also gives the id to go on from, which is empty when there is no more.
func Mine(tx *db.Tx, before ID, limit int) ([]Enquiry, ID, error) {
	of, err := party(tx)
	if err != nil {
		return nil, "", err
	}
	if before == "" {
		before = last
	}
	limit = ownPage(limit)
	rows, err := enquirydb.New(tx).OfParty(tx.Context(), enquirydb.OfPartyParams{Party: of, Before: string(before), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit)
	all := enquiriesOf(rows)
	return all, next, answered(tx, all, func(a Answer) bool { return a.State == StateShown })
}

// Given is what somebody has answered to what was asked about a product.
type Given struct {
	Answer
	Enquiry ID
	Product catalog.ProductID
}

func ownPage(limit int) int {
	if limit < 1 || limit > mineMax {
		return mineMax
	}
	return limit
}

// MyAnswers gives what the actor has answered, whatever was decided about it, as Mine gives what he has asked.
func MyAnswers(tx *db.Tx, before AnswerID, limit int) ([]Given, AnswerID, error) {
	of, err := party(tx)
	if err != nil {
		return nil, "", err
	}
	if before == "" {
		before = last
	}
	limit = ownPage(limit)
	rows, err := enquirydb.New(tx).AnsweredBy(tx.Context(), enquirydb.AnsweredByParams{Party: of, Before: string(before), Page: int64(limit + 1)})
	next := AnswerID("")
	if len(rows) > limit {
		rows = rows[:limit]
		next = AnswerID(rows[limit-1].EnquiryAnswer.ID)
	}
	all := make([]Given, len(rows))
	for i, r := range rows {
		all[i] = Given{answerOf(r.EnquiryAnswer), ID(r.EnquiryAnswer.Enquiry), catalog.ProductID(r.Product)}
	}
	return all, next, err
}

// Queue gives the enquiries about a seller's goods in a state to his staff, the oldest first and at most so many, behind an
// id; those of which an answer waits are among the waiting. It also gives the id to go on from, which is empty when there is
// no more.
func Queue(tx *db.Tx, of seller.ID, state State, after ID, limit int) ([]Enquiry, ID, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), pageMax)
	q := enquirydb.New(tx)
	var rows []enquirydb.Enquiry
	var err error
	if state == StateWaiting {
		rows, err = q.QueueWaiting(tx.Context(), enquirydb.QueueWaitingParams{Seller: string(of), After: string(after), Page: int64(limit + 1)})
	} else {
		rows, err = q.Queue(tx.Context(), enquirydb.QueueParams{Seller: string(of), State: string(state), After: string(after), Page: int64(limit + 1)})
	}
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit)
	all := enquiriesOf(rows)
	return all, next, answered(tx, all, nil)
}

// Waiting counts the enquiries of which something waits for the staff of a seller.
func Waiting(tx *db.Tx, of seller.ID) (int64, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil {
		return 0, err
	}
	return enquirydb.New(tx).Waiting(tx.Context(), string(of))
}

// Leave takes the name off what a party asked and answered whose account is erased. What is shown stays, for others have
// bought by it, and says no more who wrote it; the rest goes.
func Leave(tx *db.Tx, party string) error {
	later := enquirydb.New(tx.Later())
	return errors.Join(
		later.UnwaitAnswers(tx.Context(), party), later.ForgetAnswers(tx.Context(), party), later.LeaveAnswersNameless(tx.Context(), party),
		later.ForgetAnswersToUnshown(tx.Context(), party), later.ForgetUnshown(tx.Context(), party), later.LeaveNameless(tx.Context(), party),
	)
}

// Mismatch is an enquiry of which otherwise much waits than it says.
type Mismatch struct {
	Enquiry ID
	Kept    int64
	Counted int64
}

// Audit compares what waits of enquiries with what they say of it; a healthy house has no mismatch.
func Audit(tx *db.Tx) ([]Mismatch, error) {
	rows, err := enquirydb.New(tx).Uneven(tx.Context())
	all := make([]Mismatch, len(rows))
	for i, r := range rows {
		all[i] = Mismatch{ID(r.ID), r.Waits, r.Counted}
	}
	return all, err
}
