package clearing

import (
	"cmp"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// Lesson is what the market has to learn beside what the ledger has moved. It counts what trades bring and owe until they are
// settled, and locks what may not be sold before; where a trade ends, nothing on the ledger says so. Each is told once, by its ID.
type Lesson struct {
	ID         string
	At         time.Time
	Account    string // Account is empty for a division.
	Asset      string
	Due        int64  // Due is by how much what is due to the account changes.
	Unlocks    int64  // Unlocks is how many units of its purchases are settled, or have ended otherwise: they are locked no longer.
	Locks      int64  // Locks is how many units a division has made of its purchases that are not settled: they are locked as those were.
	Instrument string // Instrument is that of a forward of which a part has ended: Was of it were open, and Became are.
	Was        int64  // Was and Became are below zero for a seller.
	Became     int64
	New        int64 // New units have come of Old ones of the asset; zero for all else.
	Old        int64
}

// LessonsSince gives what the market has had to learn since a time, in the order in which it has to: what some account loses of
// what it awaits comes after all that others gain in the same moment, so that no sum over all accounts is below nothing.
func LessonsSince(tx *db.Tx, since time.Time) ([]Lesson, error) {
	rows, err := clearingdb.New(tx).LessonsSince(tx.Context(), span.Micros(since))
	if err != nil {
		return nil, err
	}
	all := make([]Lesson, len(rows))
	for i, r := range rows {
		all[i] = Lesson{r.ID, span.FromMicros(r.At), r.Account, r.Asset, r.Due, r.Unlocks, r.Locks, r.Instrument, r.Was, r.Became, r.Fresh, r.Old}
	}
	return all, nil
}

// lessons gathers what the market has to learn of one moment.
type lessons struct {
	due     map[Holding]int64
	unlocks map[Holding]int64
	locks   map[Holding]int64
	rest    []Lesson // rest are positions and divisions.
}

func newLessons() *lessons {
	return &lessons{due: make(map[Holding]int64), unlocks: make(map[Holding]int64), locks: make(map[Holding]int64)}
}

// redue says that something is due to an account otherwise than by its trades.
func (l *lessons) redue(account, asset string, change int64) {
	l.due[Holding{account, asset}] += change
}

// settled says that so much of a purchase is over, by a settlement or otherwise.
func (l *lessons) settled(c *claim, units int64) {
	if !c.forward {
		l.unlocks[Holding{c.buyer, c.asset}] += units
	}
}

// ended says that a claim is over otherwise than by a settlement: nothing is due for it any more.
func (l *lessons) ended(c *claim) {
	if c.forward {
		l.position(c, 0)
		return
	}
	l.settled(c, c.open)
	l.redue(c.seller, c.asset, c.open)
	l.redue(c.seller, c.currency, -c.owed)
	l.redue(c.buyer, c.asset, -c.open)
	l.redue(c.buyer, c.currency, c.owed)
}

// divided says that other units are open of a claim now.
func (l *lessons) divided(c *claim, units int64) {
	l.settled(c, max(0, c.open-units))
	if !c.forward && units > c.open {
		l.locks[Holding{c.buyer, c.asset}] += units - c.open
	}
	l.redue(c.buyer, c.asset, units-c.open)
	l.redue(c.seller, c.asset, c.open-units)
}

// position says what is open of a forward now.
func (l *lessons) position(c *claim, left int64) {
	l.rest = append(l.rest, Lesson{Account: c.buyer, Instrument: c.instrument, Was: c.open, Became: left},
		Lesson{Account: c.seller, Instrument: c.instrument, Was: -c.open, Became: -left})
}

// delivered says that a part of a forward was delivered: the position is less, and what the settlement has moved for it was
// never due.
func (l *lessons) delivered(c *claim) {
	l.position(c, c.open-c.take)
	l.redue(c.buyer, c.asset, c.take)
	l.redue(c.buyer, c.currency, -c.pay)
	l.redue(c.seller, c.asset, -c.take)
	l.redue(c.seller, c.currency, c.pay)
}

// forgiven says that a fee is not owed any more by a settlement.
func (l *lessons) forgiven(d due) {
	if account, ours := accountAt(d.payer); ours && d.kind == "fee" {
		l.redue(account, d.currency, d.amount)
	}
}

// all gives what there is to learn: of an asset of an account one lesson, and first who gains.
func (l *lessons) all() []Lesson {
	var list []Lesson
	for h, n := range l.due {
		if unlocks, locks := l.unlocks[h], l.locks[h]; n != 0 || unlocks != 0 || locks != 0 {
			list = append(list, Lesson{Account: h.Account, Asset: h.Asset, Due: n, Unlocks: unlocks, Locks: locks})
		}
	}
	for h, n := range l.unlocks {
		if _, too := l.due[h]; !too && n != 0 {
			list = append(list, Lesson{Account: h.Account, Asset: h.Asset, Unlocks: n})
		}
	}
	slices.SortFunc(list, func(a, b Lesson) int {
		return cmp.Or(cmp.Compare(b.Due, a.Due), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Asset, b.Asset))
	})
	return append(l.rest, list...)
}

// write writes lessons down, a hundred in a statement. Their ids are in their order.
func (l *lessons) write(tx *db.Tx) error {
	at := span.Micros(tx.Now())
	for chunk := range slices.Chunk(l.all(), rowsMax) {
		args := make([]any, 0, 12*len(chunk))
		for _, one := range chunk {
			args = append(args, tx.Mint("lsn"), at, one.Account, one.Asset, one.Instrument, one.Due, one.Unlocks, one.Locks, one.Was, one.Became, one.New, one.Old)
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO clearing_lesson
			(id, at, account, asset, instrument, due, unlocks, locks, was, became, fresh, old) VALUES `+values(args, 12), args...); err != nil {
			return err
		}
	}
	return nil
}
