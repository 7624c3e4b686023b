package waitlist

import (
	netmail "net/mail"
	"strings"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/waitlist/waitlistdb"
	"sauda/gear/db"
)

// Join has who acts wait for something, behind all who asked before: a buyer, or a guest with a mail address. Who waits for the
// same already keeps his place and what he asked for. Whether it is full, its context has looked.
func Join(tx *db.Tx, a Ask) (Wait, error) {
	w := Wait{ID: ID(tx.Mint("wai")), Ask: a, State: StateWaiting, Asked: tx.Now()}
	switch who := tx.Who(); {
	case who.Kind == db.KindBuyer && who.Party != "":
		w.Party, w.Person, w.Email = who.Party, who.ID, ""
	case who.Kind == db.KindGuest && a.Email != "":
		w.Email = strings.ToLower(strings.TrimSpace(a.Email))
		if at, err := netmail.ParseAddress(w.Email); err != nil || at.Address != w.Email || len(w.Email) > 254 { // RFC 5321 §4.5.3.1.3
			return Wait{}, ErrInvalid.At("/email", fault.Say("Write the mail address as name@example.kz."))
		}
	default:
		return Wait{}, ErrPerson.About("%s %s", who.Kind, who.ID)
	}
	if a.Places < 1 || a.Places > PlacesMax {
		return Wait{}, ErrInvalid.At("/places", fault.Say("Give a whole number from {least} to {most}.").With("least", 1).With("most", PlacesMax))
	}
	if !a.Closes.After(tx.Now()) {
		return Wait{}, ErrOver.About("%s until %s", a.Line, a.Closes)
	}
	tx.Lock("waitlist:" + a.Line)
	if same, err := w.same(tx); err != nil || same.ID != "" {
		return same, err
	}
	if err := w.room(tx); err != nil {
		return Wait{}, err
	}
	n, err := waitlistdb.New(tx).Join(tx.Context(), waitlistdb.JoinParams{
		ID: string(w.ID), Kind: w.Kind, Line: w.Line, Seller: string(w.Seller), Product: w.Product, Party: w.Party, Person: w.Person, Email: w.Email, Lang: w.Lang,
		Places: int64(w.Places), StartsAt: span.Micros(w.Starts), EndsAt: span.Micros(w.Ends), ClosesAt: span.Micros(w.Closes),
		Name: w.Name.String(), Label: w.Label.String(), Body: w.Body, AskedAt: span.Micros(w.Asked),
	})
	if err == nil && n == 0 {
		err = db.ErrRace // Another device of the same person was faster.
	}
	if err != nil {
		return Wait{}, err
	}
	return w, tx.Emit(Joined{w.about()})
}

// same gives the waiting of the same person for the same, if there is one.
func (w Wait) same(tx *db.Tx) (Wait, error) {
	rows, err := waitlistdb.New(tx).Same(tx.Context(), waitlistdb.SameParams{
		Line: w.Line, StartsAt: span.Micros(w.Starts), EndsAt: span.Micros(w.Ends), Party: w.Party, Email: w.Email,
	})
	if err != nil || len(rows) == 0 {
		return Wait{}, err
	}
	return waitOf(rows[0])
}

// room refuses who waits for too much, and a line that is too long.
func (w Wait) room(tx *db.Tx) error {
	q := waitlistdb.New(tx)
	mine, err := q.CountParty(tx.Context(), w.Party)
	if err == nil && w.Party == "" {
		mine, err = q.CountEmail(tx.Context(), w.Email)
	}
	if err != nil {
		return err
	}
	if mine >= PersonMax {
		return ErrMany.About("%d in line for others", mine)
	}
	all, err := q.CountLine(tx.Context(), w.Line)
	if err == nil && all >= LineMax {
		err = ErrLong.About("%d in %s", all, w.Line)
	}
	return err
}

// Get gives a waiting to whom it is: to the party that waits, and of a guest's to whoever knows its id. Another's is as unknown
// as none.
func Get(tx *db.Tx, id ID) (Wait, error) {
	w, err := find(tx, id)
	if err == nil && w.Party != "" && w.Party != tx.Who().Party {
		return Wait{}, ErrUnknown.About("%s of another", id)
	}
	return w, err
}

// Told gives a waiting to the house itself, which writes about it; it looks at nobody's rights.
func Told(tx *db.Tx, id ID) (Wait, error) { return find(tx, id) }

func find(tx *db.Tx, id ID) (Wait, error) {
	rows, err := waitlistdb.New(tx).Waits(tx.Context(), db.In([]ID{id}))
	if err != nil {
		return Wait{}, err
	}
	if len(rows) == 0 {
		return Wait{}, ErrUnknown.About("%.60q", string(id))
	}
	return waitOf(rows[0])
}

// Mine gives what the buyer who acts waits for, in the order in which he asked, with how many wait before him, in two statements.
func Mine(tx *db.Tx) ([]Wait, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return nil, ErrPerson.About("%s %s", who.Kind, who.ID)
	}
	rows, err := waitlistdb.New(tx).OfParty(tx.Context(), who.Party)
	if err != nil {
		return nil, err
	}
	all, err := waitsOf(rows)
	if err != nil {
		return nil, err
	}
	return Ahead(tx, all)
}

// Ahead says how many wait before each of some for some of the same time, in one statement.
func Ahead(tx *db.Tx, all []Wait) ([]Wait, error) {
	if len(all) == 0 {
		return all, nil
	}
	ids := make([]ID, len(all))
	for i, w := range all {
		ids[i] = w.ID
	}
	rows, err := waitlistdb.New(tx).Ahead(tx.Context(), db.In(ids))
	before := make(map[string]int64, len(rows))
	for _, r := range rows {
		before[r.ID] = r.Ahead
	}
	for i := range all {
		all[i].Ahead = before[string(all[i].ID)]
	}
	return all, err
}

// Leave ends a waiting that its person does not want any more; what is held for him is free again. What he has made of an offer
// stays his. A waiting that is gone is ErrUnknown.
func Leave(tx *db.Tx, id ID) error {
	w, err := Get(tx, id)
	if err != nil {
		return err
	}
	return w.leave(tx)
}

func (w Wait) leave(tx *db.Tx) error {
	if w.State == StateOffered {
		if err := hold.Release(tx, w.ID.Owner()); err != nil {
			return err
		}
	}
	if err := drop(tx, []ID{w.ID}); err != nil {
		return err
	}
	return tx.Emit(Left{w.about(), w.State == StateOffered})
}

func drop(tx *db.Tx, ids []ID) error {
	return waitlistdb.New(tx.Later()).Drop(tx.Context(), db.In(ids))
}

// Forget takes a person out of all lines whose account is erased, those too in which he stood as a guest with his address.
// Whoever waits for nothing is forgotten at no cost.
func Forget(tx *db.Tx, party, email string) error {
	rows, err := waitlistdb.New(tx).OfParty(tx.Context(), party)
	if err != nil {
		return err
	}
	more, err := waitlistdb.New(tx).OfEmail(tx.Context(), strings.ToLower(email))
	if err != nil {
		return err
	}
	all, err := waitsOf(append(rows, more...))
	for _, w := range all { // At most forty, and those that are over.
		if err := w.leave(tx); err != nil {
			return err
		}
	}
	return err
}
