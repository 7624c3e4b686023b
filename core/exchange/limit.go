package exchange

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Bound is what a limit is about (RTS 7, Regulation (EU) 2017/584 art. 18 and 20: rate, value and volume of orders before
// the trade).
type Bound string

// The bounds, in the words of risk.
const (
	OrderValue    Bound = "order_value"    // OrderValue is the most that an order may be worth, in minor units of its currency.
	OrderQuantity Bound = "order_quantity" // OrderQuantity is the largest quantity of an order.
	OrderRate     Bound = "order_rate"     // OrderRate is how many messages may come in a second.
	Position      Bound = "position"       // Position is how far from zero a position in one asset may lie.
	OpenOrders    Bound = "open_orders"    // OpenOrders is how many orders may rest at the same time.
)

// Limit is the most of something that a member, a trader or an account may. Where there is no limit, there is no bound;
// where Most is zero, nothing is allowed.
type Limit struct {
	Subject Subject `json:"subject,omitempty"`
	What    Bound   `json:"what"`
	Most    int64   `json:"most"`
	Lifted  bool    `json:"lifted,omitempty"` // Lifted takes the limit away: there is no bound from then on.

	Reason Reason    `json:"reason,omitempty"`
	By     string    `json:"by,omitempty"`
	Second string    `json:"second,omitempty"` // Second is who confirmed it, where it was widened.
	At     time.Time `json:"at,omitzero"`
	Ended  time.Time `json:"ended,omitzero"` // Ended is when another one took its place; zero while it counts.
}

// rateMax is how many messages a second risk can count. Of a subject with more than that, it would take no limit at all.
const rateMax = 1_000_000_000

// SetLimit sets a limit where there was none, or a tighter one. One person is enough; to widen or to lift one is ErrTwo, and
// goes by a proposal of KindLimit. The limit that counts already changes nothing. Whose limits somebody may set, the office
// of the exchange or a member of its own traders, is for the face to say.
func SetLimit(tx *db.Tx, l Limit) error {
	tx.Strict() // Two at once could both find none.
	if err := l.check(tx); err != nil {
		return err
	}
	now, err := limitOf(tx, l.Subject, l.What)
	if err != nil {
		return err
	}
	if l.Lifted || now != nil && l.Most > now.Most {
		return ErrTwo.About("%s of %s", l.What, l.Subject)
	}
	l.By, l.Second = tx.Who().ID, ""
	return setLimit(tx, l)
}

// check refuses what is no limit, or is about nobody who could trade now or again.
func (l Limit) check(tx *db.Tx) error {
	c := &checker{}
	oneOf(c, l.What, "/what", OrderValue, OrderQuantity, OrderRate, Position, OpenOrders)
	most := int64(countMax)
	if l.What == OrderRate {
		most = rateMax
	}
	c.within(l.Most, 0, most, "/most")
	oneOf(c, l.Subject.sort(), "/subject", prefixMember, prefixTrader, prefixAccount)
	if err := c.fault(); err != nil {
		return err
	}
	return stands(tx, l.Subject, StateActive, StateSuspended)
}

// limitOf gives the limit that counts, or nil.
func limitOf(tx *db.Tx, subject Subject, what Bound) (*Limit, error) {
	row, err := exchangedb.New(tx).Limit(tx.Context(), exchangedb.LimitParams{Subject: string(subject), What: string(what)})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l, err := limitFrom(row)
	return &l, err
}

// setLimit puts a limit in the place of the one that counts, which stays in the history.
func setLimit(tx *db.Tx, l Limit) error {
	why, err := l.Reason.cleaned()
	if err != nil {
		return err
	}
	now, err := limitOf(tx, l.Subject, l.What)
	if err != nil || l.Lifted && now == nil || !l.Lifted && now != nil && now.Most == l.Most {
		return err
	}
	l.Reason, l.At, l.Ended = why, tx.Now(), time.Time{}
	if now != nil {
		_, err := exchangedb.New(tx).EndLimit(tx.Context(), exchangedb.EndLimitParams{EndedAt: span.Micros(l.At), Subject: string(l.Subject), What: string(l.What)})
		if err != nil {
			return err
		}
	}
	if !l.Lifted {
		err := exchangedb.New(tx).SetLimit(tx.Context(), exchangedb.SetLimitParams{ID: tx.Mint("lim"), Subject: string(l.Subject), What: string(l.What),
			Most: l.Most, Reason: string(why), SetBy: l.By, SecondBy: l.Second, SetAt: span.Micros(l.At)})
		if err != nil {
			return err
		}
	}
	if err := tx.Changed(string(l.Subject), now, l); err != nil {
		return err
	}
	return tx.Emit(LimitSet{l})
}

// limit reads the limit that is proposed.
func (p Proposal) limit(tx *db.Tx) (Limit, error) {
	var l Limit
	if err := json.Unmarshal(p.Body, &l); err != nil {
		return Limit{}, ErrInvalid.About("%s: %w", p.ID, err)
	}
	l = Limit{Subject: p.Subject, What: l.What, Most: l.Most, Lifted: l.Lifted, Reason: p.Reason, By: p.By, Second: p.Decided}
	return l, l.check(tx)
}

// Limits gives all that count, by their subjects.
func Limits(tx *db.Tx) ([]Limit, error) {
	rows, err := exchangedb.New(tx).Limits(tx.Context())
	return each(rows, err, limitFrom)
}

// LimitHistory gives all limits that a subject has had, the first one first.
func LimitHistory(tx *db.Tx, subject Subject) ([]Limit, error) {
	rows, err := exchangedb.New(tx).LimitHistory(tx.Context(), string(subject))
	return each(rows, err, limitFrom)
}

func limitFrom(row exchangedb.ExchangeLimit) (Limit, error) {
	return Limit{Subject: Subject(row.Subject), What: Bound(row.What), Most: row.Most, Reason: Reason(row.Reason), By: row.SetBy,
		Second: row.SecondBy, At: span.FromMicros(row.SetAt), Ended: span.FromMicros(row.EndedAt)}, nil
}
