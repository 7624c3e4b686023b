package identity

import (
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/identity/identitydb"
	"sauda/gear/db"
)

// Purpose is what a buyer may allow. What an order needs is not asked for: it follows from the contract.
type Purpose string

// The purposes.
const (
	PurposeLearn  Purpose = "learn"  // PurposeLearn allows to learn from the history of his baskets.
	PurposeRemind Purpose = "remind" // PurposeRemind allows to write about what was left in the basket.
	PurposeWishes Purpose = "wishes" // PurposeWishes allows to write when something on the wishlist has become cheaper.
)

// Purposes are all of them, in the order in which they are asked for.
var Purposes = []Purpose{PurposeLearn, PurposeRemind, PurposeWishes}

// Consent is one decision of a buyer.
type Consent struct {
	Purpose Purpose
	Given   bool
	At      time.Time
}

// Consents gives all decisions of a party, the latest first. Only who acts for it may see them.
func Consents(tx *db.Tx, party PartyID) ([]Consent, error) {
	if err := owned(tx, party); err != nil {
		return nil, err
	}
	return decisions(tx, party)
}

// DecisionsOf gives the same to who works in the office. The caller has seen to it that the party has bought from the seller
// for whom the actor works.
func DecisionsOf(tx *db.Tx, party PartyID) ([]Consent, error) {
	if who := tx.Who(); who.Kind != db.KindStaff && who.Kind != db.KindAdmin && who.Kind != db.KindSystem {
		return nil, ErrNoParty.About("%s for %.60s", who.ID, string(party))
	}
	return decisions(tx, party)
}

func decisions(tx *db.Tx, party PartyID) ([]Consent, error) {
	rows, err := identitydb.New(tx).Consents(tx.Context(), string(party))
	all := make([]Consent, len(rows))
	for i, r := range rows {
		all[i] = Consent{Purpose(r.Purpose), r.Given == 1, span.FromMicros(r.At)}
	}
	return all, err
}

// Allowed gives what a party allows now, and whether it ever decided.
func Allowed(all []Consent, p Purpose) (given, decided bool) {
	at := slices.IndexFunc(all, func(c Consent) bool { return c.Purpose == p })
	return at >= 0 && all[at].Given, at >= 0
}

// Decide notes what a party allows from now on. What it has decided so already is not noted again; what it said before
// stays in the history, for it is the proof.
func Decide(tx *db.Tx, party PartyID, given map[Purpose]bool) error {
	tx.Lock("consents:" + string(party))
	all, err := Consents(tx, party)
	if err != nil {
		return err
	}
	return decide(tx, party, all, given)
}

// TakeBack notes that a party does not allow something any more, by the word of whoever has the letter that came of it: the
// caller has seen to that. Twice is the same as once, and what was never allowed is not noted.
func TakeBack(tx *db.Tx, party PartyID, p Purpose) error {
	tx.Lock("consents:" + string(party))
	all, err := decisions(tx, party)
	if err != nil {
		return err
	}
	return decide(tx, party, all, map[Purpose]bool{p: false})
}

// Reachable gives who can be written to about something, by the party for which he acts: those who allow it now and can
// sign in. It is for the house itself.
func Reachable(tx *db.Tx, parties []PartyID, p Purpose) (map[PartyID]User, error) {
	if who := tx.Who(); who.Kind != db.KindSystem {
		return nil, ErrNoParty.About("%s asks for whom to write to", who.ID)
	}
	reached := make(map[PartyID]User, len(parties))
	if len(parties) == 0 {
		return reached, nil
	}
	rows, err := identitydb.New(tx).Reachable(tx.Context(), identitydb.ReachableParams{Parties: db.In(parties), Purpose: string(p)})
	for _, r := range rows {
		if _, first := reached[PartyID(r.Party)]; !first {
			reached[PartyID(r.Party)] = User{ID: UserID(r.ID), Email: r.Email, Name: r.Name, Lang: r.Lang, Party: PartyID(r.Party)}
		}
	}
	return reached, err
}

func decide(tx *db.Tx, party PartyID, all []Consent, given map[Purpose]bool) error {
	for _, p := range Purposes {
		want, said := given[p]
		if now, decided := Allowed(all, p); !said || decided && now == want || !decided && !want {
			continue
		}
		err := identitydb.New(tx.Later()).AddConsent(tx.Context(), identitydb.AddConsentParams{
			ID: tx.Mint("cns"), Party: string(party), Purpose: string(p), Given: flag(want), At: span.Micros(tx.Now()),
		})
		if err != nil {
			return err
		}
		if err := tx.Emit(ConsentChanged{Party: party, Purpose: p, Given: want}); err != nil {
			return err
		}
	}
	return nil
}
