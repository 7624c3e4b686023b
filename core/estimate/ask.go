package estimate

import (
	"slices"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/attachment"
	"sauda/core/catalog"
	"sauda/core/estimate/estimatedb"
	"sauda/gear/db"
)

// Wish is what a buyer wants to be made.
type Wish struct {
	Product catalog.ProductID
	Variant catalog.VariantID // Variant is the first one of the product when it is empty.
	Answers map[string]string
	Note    string
	Lang    string
}

// Ask asks the seller of a product for the price of what is to be made. Files among the answers are the buyer's own, and are kept
// from here on. More than ten in a day are ErrMany; what is sold by the list is ErrKind.
func Ask(tx *db.Tx, w Wish) (Estimate, error) {
	of, err := party(tx)
	if err != nil {
		return Estimate{}, err
	}
	p, err := catalog.Get(tx, w.Product)
	if err != nil {
		return Estimate{}, err
	}
	if p.State != catalog.StateOnSale || len(p.Variants) == 0 {
		return Estimate{}, catalog.ErrUnknown.About("%s is %s", p.ID, p.State)
	}
	if p.Kind.Way() != catalog.WayEstimate {
		return Estimate{}, ErrKind.About("%s", p.ID)
	}
	e := Estimate{Product: p.ID, Variant: p.Variants[0].ID, Seller: p.Seller, Party: of, Person: tx.Who().ID, Lang: w.Lang,
		State: StateAsked, Asked: tx.Now(), Rest: RestNone, Version: 1}
	if w.Variant != "" {
		if !slices.ContainsFunc(p.Variants, func(v catalog.Variant) bool { return v.ID == w.Variant }) {
			return Estimate{}, catalog.ErrUnknown.About("%s of %s", w.Variant, p.ID)
		}
		e.Variant = w.Variant
	}
	e.Name = p.Name
	if e.Note, err = written(w.Note, NoteMax, "/note"); err != nil {
		return Estimate{}, err
	}
	if e.Answers, err = p.Kind.Made.Answered(w.Answers); err != nil {
		return Estimate{}, err
	}
	return e, e.add(tx)
}

// add keeps an estimate, with the files that were brought to it.
func (e *Estimate) add(tx *db.Tx) error {
	q := estimatedb.New(tx)
	asked, err := q.AskedSince(tx.Context(), estimatedb.AskedSinceParams{Party: e.Party, Since: span.Micros(tx.Now().Add(-askedTime))})
	if err == nil && asked >= askedMax {
		err = ErrMany.About("%s has asked for %d", e.Party, asked)
	}
	if err != nil {
		return err
	}
	e.ID = ID(tx.Mint("est"))
	var files []attachment.ID
	for _, file := range catalog.FilesIn(e.Answers) {
		files = append(files, attachment.ID(file))
	}
	if len(files) > 0 {
		if err := attachment.Check(tx, files, e.Party); err != nil {
			return err
		}
		if err := attachment.Bind(tx, files, string(e.ID)); err != nil {
			return err
		}
	}
	err = q.Add(tx.Context(), estimatedb.AddParams{
		ID: string(e.ID), Product: string(e.Product), Variant: string(e.Variant), Seller: string(e.Seller), Party: e.Party,
		Person: e.Person, Lang: e.Lang, AskedAt: span.Micros(e.Asked), Body: encode(e.Body),
	})
	if err != nil {
		return err
	}
	return tx.Emit(Asked{e.about()})
}

// Withdraw has a buyer not want any more what he has asked for and not ordered. Twice is the same as once.
func Withdraw(tx *db.Tx, id ID) (Estimate, error) {
	e, err := own(tx, id)
	if err != nil || e.State == StateWithdrawn {
		return e, err
	}
	switch e.State {
	case StateAsked, StateAnswered, StateAccepted:
	default:
		return e, ErrState.About("%s is %s", id, e.State)
	}
	e.State = StateWithdrawn
	if err := e.keep(tx); err != nil {
		return e, err
	}
	return e, tx.Emit(Withdrawn{e.about()})
}

// Answer names the price of what was asked for, or another one as long as the buyer has not taken it.
func Answer(tx *db.Tx, id ID, version int64, o Offer) (Estimate, error) {
	e, err := judged(tx, id, version)
	if err != nil {
		return e, err
	}
	if e.State != StateAsked && e.State != StateAnswered {
		return e, ErrState.About("%s is %s", id, e.State)
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	if o.Included, err = written(o.Included, IncludedMax, "/included"); err != nil {
		return e, err
	}
	var wrong []fault.Field
	when := func(is bool, at string, said fault.Sentence) {
		if is {
			wrong = append(wrong, said.At(at))
		}
	}
	when(o.Price.Currency.Check() != nil || o.Price.Minor <= 0 || o.Price.Minor > priceMax, "/price", fault.Say("Write the price as an amount above zero."))
	when(o.Included == "", "/included", fault.Say("Write what is in the price."))
	when(o.Days < 1 || o.Days > DaysMax, "/days", fault.Say("Choose from {least} to {most} days.").With("least", 1).With("most", DaysMax))
	when(o.Deposit < 0 || o.Deposit > 100, "/deposit", fault.Say("Write a share from 0 to 100 per cent."))
	when(o.Last.IsZero() || o.Last.Before(today) || today.DaysUntil(o.Last) > ValidMax, "/valid_to",
		fault.Say("Choose a day from today on, at most {n} days ahead.").With("n", ValidMax))
	if err := ErrInvalid.Fields(wrong...); err != nil {
		return e, err
	}
	e.State, e.Offer, e.Until = StateAnswered, o, o.Last.AddDays(1).Start(span.Almaty)
	if err := e.keep(tx); err != nil {
		return e, err
	}
	return e, tx.Emit(Answered{e.about(), e.Version})
}

// Refuse tells a buyer that it is not made, and why.
func Refuse(tx *db.Tx, id ID, version int64, reason string) (Estimate, error) {
	e, err := judged(tx, id, version)
	if err != nil {
		return e, err
	}
	if e.State != StateAsked && e.State != StateAnswered {
		return e, ErrState.About("%s is %s", id, e.State)
	}
	if reason, err = written(reason, ReasonMax, "/reason"); err == nil && reason == "" {
		err = ErrInvalid.At("/reason", fault.Say("Say why."))
	}
	if err != nil {
		return e, err
	}
	e.State, e.Reason = StateRefused, reason
	if err := e.keep(tx); err != nil {
		return e, err
	}
	return e, tx.Emit(Refused{e.about()})
}

// Accept takes the price, at the sum that the buyer has seen, before it lapses. From then on it can be ordered at this price, once,
// until it lapses. Accepted twice, it is accepted once.
func Accept(tx *db.Tx, id ID, seen money.Money) (Estimate, error) {
	e, err := own(tx, id)
	if err != nil {
		return e, err
	}
	switch {
	case e.State != StateAnswered && e.State != StateAccepted && e.State != StateLapsed:
		return e, ErrState.About("%s is %s", id, e.State)
	case !e.Open(tx.Now()):
		return e, ErrLapsed.About("%s until %s", id, e.Last)
	case e.Price != seen:
		return e, ErrChanged.About("%s costs %s, seen was %s", id, e.Price, seen)
	case e.State == StateAccepted:
		return e, nil
	}
	e.State = StateAccepted
	if err := e.keep(tx); err != nil {
		return e, err
	}
	return e, tx.Emit(Accepted{e.about()})
}

// judged gives an estimate to the staff of its seller who name prices, in the version that they have read.
func judged(tx *db.Tx, id ID, version int64) (Estimate, error) {
	e, err := load(tx, id)
	if err != nil {
		return e, err
	}
	if who := tx.Who(); !who.For(string(e.Seller)) {
		return Estimate{}, ErrUnknown.About("%s %s and %s", who.Kind, who.ID, id)
	}
	if err := works(tx.Who(), e.Seller, ScopeWrite); err != nil {
		return Estimate{}, err
	}
	if e.Version != version {
		return e, ErrChanged.About("%s is at %d, not %d", id, e.Version, version)
	}
	return e, nil
}

// own gives an estimate to the buyer who has asked for it; somebody else's is as unknown as none.
func own(tx *db.Tx, id ID) (Estimate, error) {
	of, err := party(tx)
	if err != nil {
		return Estimate{}, err
	}
	e, err := load(tx, id)
	if err == nil && e.Party != of {
		return Estimate{}, ErrUnknown.About("%s is not of %s", id, of)
	}
	return e, err
}

// written gives words cleaned.
func written(typed string, most int, at string) (string, error) {
	words, err := text.Clean(typed)
	if err != nil || utf8.RuneCountInString(words) > most {
		return "", ErrInvalid.At(at, fault.Say("Use at most {n} characters.").With("n", most))
	}
	return words, nil
}
