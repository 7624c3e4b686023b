package enquiry

import (
	"errors"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/enquiry/enquirydb"
	"sauda/core/review"
	"sauda/gear/db"
)

// Draft is what somebody writes, and how he is called: what is shown of it is review.ShownName.
type Draft struct {
	Author string
	Lang   string
	Body   string
}

// Ask asks about a product; then it waits to be shown. The same words about the same product are the same enquiry. More than
// ten in a day are ErrMany; a draft of a product is as unknown as none.
func Ask(tx *db.Tx, product catalog.ProductID, d Draft) (Enquiry, error) {
	of, err := party(tx)
	if err != nil {
		return Enquiry{}, err
	}
	p, err := catalog.Get(tx, product)
	if err != nil {
		return Enquiry{}, err
	}
	if p.State == catalog.StateDraft {
		return Enquiry{}, catalog.ErrUnknown.About("%s is a draft", product)
	}
	body, wrong := review.Cleaned(d.Body, BodyMax, "/body")
	if len(wrong) == 0 && utf8.RuneCountInString(body) < bodyMin {
		wrong = append(wrong, fault.Say("Write your question in at least {n} characters.").With("n", bodyMin).At("/body"))
	}
	if len(wrong) > 0 {
		return Enquiry{}, ErrInvalid.Fields(wrong...)
	}
	q := enquirydb.New(tx)
	same, err := q.Same(tx.Context(), enquirydb.SameParams{Party: of, Product: string(p.ID), Body: body})
	if err != nil {
		return Enquiry{}, err
	}
	if len(same) > 0 {
		return enquiryOf(same[0]), nil
	}
	asked, err := q.AskedSince(tx.Context(), enquirydb.AskedSinceParams{Party: of, Since: span.Micros(tx.Now().Add(-askedTime))})
	if err == nil && asked >= askedMax {
		err = ErrMany.About("%s has asked %d", of, asked)
	}
	if err != nil {
		return Enquiry{}, err
	}
	e := Enquiry{
		ID: ID(tx.Mint("enq")), Product: p.ID, Seller: p.Seller, Party: of, Asker: tx.Who().ID, Author: review.ShownName(d.Author),
		Lang: d.Lang, Body: body, State: StateWaiting, Asked: tx.Now(), Version: 1,
	}
	err = enquirydb.New(tx.Later()).Add(tx.Context(), enquirydb.AddParams{
		ID: string(e.ID), Product: string(e.Product), Seller: string(e.Seller), Party: of, Asker: e.Asker, Author: e.Author,
		Lang: e.Lang, Body: e.Body, At: span.Micros(e.Asked),
	})
	if err != nil {
		return Enquiry{}, err
	}
	return e, tx.Emit(Asked{e.about()})
}

// Withdraw takes what the actor has asked away, with all answers. Somebody else's is as unknown as none.
func Withdraw(tx *db.Tx, id ID) error {
	of, err := party(tx)
	if err != nil {
		return err
	}
	e, err := load(tx, id)
	if err != nil {
		return err
	}
	if e.Party != of {
		return ErrUnknown.About("%s is not of %s", id, of)
	}
	n, err := enquirydb.New(tx).Withdraw(tx.Context(), enquirydb.WithdrawParams{ID: string(id), Version: e.Version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", id)
	}
	if err != nil {
		return err
	}
	if err := enquirydb.New(tx.Later()).DropAnswers(tx.Context(), string(id)); err != nil {
		return err
	}
	return tx.Emit(Withdrawn{e.about()})
}

// Say writes the answer of a buyer who has received the product, or writes the one that he has anew; then it waits to be
// shown. Who has not received it is ErrReceived. What is not shown cannot be answered by buyers and is ErrUnknown.
func Say(tx *db.Tx, id ID, d Draft) (Answer, error) {
	of, err := party(tx)
	if err != nil {
		return Answer{}, err
	}
	e, err := load(tx, id)
	if err == nil && e.State != StateShown {
		err = ErrUnknown.About("%s is %s", id, e.State)
	}
	if err != nil {
		return Answer{}, err
	}
	p, err := catalog.Get(tx, e.Product)
	if err != nil {
		return Answer{}, err
	}
	may, err := review.Received(tx, p)
	if err == nil && !may {
		err = ErrReceived.About("%s and %s", of, e.Product)
	}
	if err != nil {
		return Answer{}, err
	}
	body, err := words(d.Body)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Party: of, Author: review.ShownName(d.Author), Lang: d.Lang, Body: body, State: StateWaiting, Said: tx.Now()}
	before := e.Own
	if before.ID != "" && before.Body == a.Body && before.Author == a.Author {
		return before, nil
	}
	more := int64(1)
	if before.State == StateWaiting {
		more = 0
	}
	if err := turn(tx, e, more); err != nil {
		return Answer{}, err
	}
	if a, err = put(tx, e, a, before); err != nil {
		return Answer{}, err
	}
	return a, tx.Emit(Said{e.about(), a.ID})
}

// words are those of an answer; one without any is refused.
func words(body string) (string, error) {
	body, wrong := review.Cleaned(body, AnswerMax, "/body")
	if len(wrong) == 0 && body == "" {
		wrong = append(wrong, fault.Say("Write the answer.").At("/body"))
	}
	return body, ErrInvalid.Fields(wrong...)
}

// put keeps an answer in the place of the one before, which has no id when there was none.
func put(tx *db.Tx, e Enquiry, a, before Answer) (Answer, error) {
	later := enquirydb.New(tx.Later())
	if a.ID = before.ID; a.ID != "" {
		return a, later.Reword(tx.Context(), enquirydb.RewordParams{
			Author: a.Author, Lang: a.Lang, Body: a.Body, State: string(a.State), At: span.Micros(a.Said), ID: string(a.ID),
		})
	}
	a.ID = AnswerID(tx.Mint("ans"))
	whose := byBuyer
	if a.BySeller {
		whose = bySeller
	}
	return a, later.AddAnswer(tx.Context(), enquirydb.AddAnswerParams{
		ID: string(a.ID), Enquiry: string(e.ID), Whose: whose, Party: a.Party, Author: a.Author, Lang: a.Lang, Body: a.Body,
		State: string(a.State), At: span.Micros(a.Said),
	})
}

// turn marks a change of an enquiry in the version that was read, and moves how much of it waits.
func turn(tx *db.Tx, e Enquiry, more int64) error {
	n, err := enquirydb.New(tx).Turn(tx.Context(), enquirydb.TurnParams{ID: string(e.ID), Version: e.Version, More: more})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", e.ID)
	}
	return err
}

// Unsay takes the answer of the actor away. Without one nothing is taken away.
func Unsay(tx *db.Tx, id ID) error {
	if _, err := party(tx); err != nil {
		return err
	}
	e, err := load(tx, id)
	if err != nil {
		return err
	}
	a := e.Own
	if a.ID == "" {
		return nil
	}
	more := int64(0)
	if a.State == StateWaiting {
		more = -1
	}
	err = errors.Join(turn(tx, e, more), enquirydb.New(tx.Later()).DropAnswer(tx.Context(), string(a.ID)))
	if err != nil {
		return err
	}
	return tx.Emit(Unanswered{About: e.about(), Answer: a.ID})
}
