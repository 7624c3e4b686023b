package enquiry

import (
	"sauda/base/fault"
	"sauda/core/enquiry/enquirydb"
	"sauda/core/review"
	"sauda/gear/db"
)

// Show shows an enquiry to everybody. The version is the one that was read: one that has changed since is ErrChanged, so that
// nobody shows what nobody has read.
func Show(tx *db.Tx, id ID, version int64) (Enquiry, error) {
	return judge(tx, id, version, StateShown, "")
}

// Refuse hides an enquiry with its answers and tells its author why, as Show does.
func Refuse(tx *db.Tx, id ID, version int64, reason string) (Enquiry, error) {
	reason, err := because(reason)
	if err != nil {
		return Enquiry{}, err
	}
	return judge(tx, id, version, StateRefused, reason)
}

// because is a reason for an author; none is refused.
func because(reason string) (string, error) {
	reason, wrong := review.Cleaned(reason, ReasonMax, "/reason")
	if len(wrong) == 0 && reason == "" {
		wrong = append(wrong, fault.Say("Tell the author why: he can then write it otherwise.").At("/reason"))
	}
	return reason, ErrInvalid.Fields(wrong...)
}

func judge(tx *db.Tx, id ID, version int64, to State, reason string) (Enquiry, error) {
	e, err := opened(tx, id, version)
	if err != nil {
		return Enquiry{}, err
	}
	if e.State == to {
		return Enquiry{}, ErrJudged.About("%s is %s", id, to)
	}
	if e, err = decide(tx, e, to, reason); err != nil {
		return Enquiry{}, err
	}
	if to == StateShown {
		return e, tx.Emit(Shown{e.about()})
	}
	return e, tx.Emit(Refused{About: e.about(), Reason: reason})
}

// decide writes down what was decided about an enquiry.
func decide(tx *db.Tx, e Enquiry, to State, reason string) (Enquiry, error) {
	less := int64(0)
	if e.State == StateWaiting {
		less = 1
	}
	n, err := enquirydb.New(tx).Judge(tx.Context(), enquirydb.JudgeParams{
		State: string(to), Reason: reason, Less: less, ID: string(e.ID), Version: e.Version,
	})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", e.ID)
	}
	e.State, e.Reason, e.Version = to, reason, e.Version+1
	return e, err
}

// opened gives an enquiry to the staff of its seller who may decide about it, in the version that they have read.
func opened(tx *db.Tx, id ID, version int64) (Enquiry, error) {
	e, err := load(tx, id)
	if err != nil {
		return Enquiry{}, err
	}
	if !tx.Who().For(string(e.Seller)) { // Another seller's is as unknown as none.
		return Enquiry{}, ErrUnknown.About("%s is not of %s", id, tx.Who().Seller)
	}
	if err := works(tx.Who(), e.Seller, ScopeWrite); err != nil {
		return Enquiry{}, err
	}
	if e.Version != version {
		return Enquiry{}, ErrChanged.About("%s is at %d, not %d", id, e.Version, version)
	}
	return e, nil
}

// Reply writes what the seller answers, in the place of what he answered before, and shows an enquiry that waited or was
// refused; empty words take the answer away and show nothing. What says the same already changes nothing.
func Reply(tx *db.Tx, id ID, version int64, d Draft) (Enquiry, error) {
	body, wrong := review.Cleaned(d.Body, AnswerMax, "/body")
	if len(wrong) > 0 {
		return Enquiry{}, ErrInvalid.Fields(wrong...)
	}
	e, err := opened(tx, id, version)
	if err != nil {
		return Enquiry{}, err
	}
	before, there := e.bySeller()
	if body == before.Body && (e.State == StateShown || body == "") {
		return e, nil
	}
	if body == "" {
		if err := turn(tx, e, 0); err != nil {
			return Enquiry{}, err
		}
		if err := enquirydb.New(tx.Later()).DropAnswer(tx.Context(), string(before.ID)); err != nil {
			return Enquiry{}, err
		}
		return again(tx, id, Unanswered{About: e.about(), Answer: before.ID})
	}
	if e.State == StateShown {
		err = turn(tx, e, 0)
	} else if _, err = decide(tx, e, StateShown, ""); err == nil {
		err = tx.Emit(Shown{e.about()})
	}
	if err != nil {
		return Enquiry{}, err
	}
	if !there {
		before = Answer{}
	}
	a, err := put(tx, e, Answer{BySeller: true, Lang: d.Lang, Body: body, State: StateShown, Said: tx.Now()}, before)
	if err != nil {
		return Enquiry{}, err
	}
	return again(tx, id, Answered{e.about(), a.ID, true})
}

// again states a fact and gives the enquiry as it is now.
func again(tx *db.Tx, id ID, e db.Fact) (Enquiry, error) {
	if err := tx.Emit(e); err != nil {
		return Enquiry{}, err
	}
	return load(tx, id)
}

// ShowAnswer shows the answer of a buyer to everybody who sees the enquiry. While nobody does, that is ErrUnshown.
func ShowAnswer(tx *db.Tx, id ID, version int64, answer AnswerID) (Enquiry, error) {
	return judgeAnswer(tx, id, version, decision{answer: answer, to: StateShown})
}

// RefuseAnswer hides the answer of a buyer and tells him why. The seller's own is taken away by Reply.
func RefuseAnswer(tx *db.Tx, id ID, version int64, answer AnswerID, reason string) (Enquiry, error) {
	reason, err := because(reason)
	if err != nil {
		return Enquiry{}, err
	}
	return judgeAnswer(tx, id, version, decision{answer, StateRefused, reason})
}

// decision is what is decided about the answer of a buyer.
type decision struct {
	answer AnswerID
	to     State
	reason string
}

func judgeAnswer(tx *db.Tx, id ID, version int64, d decision) (Enquiry, error) {
	e, err := opened(tx, id, version)
	if err != nil {
		return Enquiry{}, err
	}
	var a Answer
	for _, one := range e.Answers {
		if one.ID == d.answer && !one.BySeller {
			a = one
		}
	}
	switch {
	case a.ID == "":
		return Enquiry{}, ErrNoAnswer.About("%.60s to %s", string(d.answer), id)
	case a.State == d.to:
		return Enquiry{}, ErrJudged.About("%s is %s", a.ID, d.to)
	case d.to == StateShown && e.State != StateShown:
		return Enquiry{}, ErrUnshown.About("%s is %s", id, e.State)
	}
	more := int64(0)
	if a.State == StateWaiting {
		more = -1
	}
	if err := turn(tx, e, more); err != nil {
		return Enquiry{}, err
	}
	err = enquirydb.New(tx.Later()).JudgeAnswer(tx.Context(), enquirydb.JudgeAnswerParams{State: string(d.to), Reason: d.reason, ID: string(a.ID)})
	if err != nil {
		return Enquiry{}, err
	}
	if d.to == StateShown {
		return again(tx, id, Answered{e.about(), a.ID, false})
	}
	return again(tx, id, Unanswered{e.about(), a.ID, d.reason})
}
