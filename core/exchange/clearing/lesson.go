package clearing

import (
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/gear/db"
)

// Lesson is what the market has to learn beside what the ledger has moved. It counts what trades bring and owe until they are
// settled; where a trade ends otherwise, nothing on the ledger says so.
type Lesson struct {
	ID         string
	At         time.Time
	Account    string // Account is empty for a division.
	Asset      string
	Due        int64  // Due is by how much what is due to the account changes.
	Instrument string // Instrument is that of a forward of which a part has ended: Was of it were open, and Became are.
	Was        int64  // Was and Became are below zero for a seller.
	Became     int64
	New        int64 // New units have come of Old ones of the asset; zero for all else.
	Old        int64
}

// LessonsSince gives what the market has had to learn since a time, in its order.
func LessonsSince(tx *db.Tx, since time.Time) ([]Lesson, error) {
	rows, err := clearingdb.New(tx).LessonsSince(tx.Context(), span.Micros(since))
	if err != nil {
		return nil, err
	}
	all := make([]Lesson, len(rows))
	for i, r := range rows {
		all[i] = Lesson{r.ID, span.FromMicros(r.At), r.Account, r.Asset, r.Due, r.Instrument, r.Was, r.Became, r.Fresh, r.Old}
	}
	return all, nil
}

// lessons gathers what the market has to learn of one moment.
type lessons []Lesson

// redue says that something is due to an account otherwise than by its trades.
func (l *lessons) redue(account, asset string, change int64) {
	if change != 0 {
		*l = append(*l, Lesson{Account: account, Asset: asset, Due: change})
	}
}

// ended says that a part of a claim is over otherwise than by a settlement: nothing is due for it any more.
func (l *lessons) ended(c *claim, units, owed int64) {
	if c.forward {
		l.position(c, c.open-units)
		return
	}
	l.redue(c.seller, c.asset, units)
	l.redue(c.seller, c.currency, -owed)
	l.redue(c.buyer, c.asset, -units)
	l.redue(c.buyer, c.currency, owed)
}

// position says what is open of a forward now.
func (l *lessons) position(c *claim, left int64) {
	*l = append(*l, Lesson{Account: c.buyer, Instrument: c.instrument, Was: c.open, Became: left},
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

// paid says that a due was paid in a settlement that no trade has made due: anything but a fee.
func (l *lessons) paid(d due) {
	if d.kind == "fee" {
		return
	}
	for _, side := range []struct {
		place  held
		change int64
	}{{held{d.payer, d.currency}, -d.amount}, {held{d.payee, d.currency}, d.amount}} {
		if account, ours := accountAt(side.place.place); ours {
			l.redue(account, d.currency, side.change)
		}
	}
}

// forgiven says that a fee is not owed any more by a settlement.
func (l *lessons) forgiven(d due) {
	if account, ours := accountAt(d.payer); ours && d.kind == "fee" {
		l.redue(account, d.currency, d.amount)
	}
}

// write writes lessons down, a hundred in a statement.
func (l lessons) write(tx *db.Tx) error {
	at := span.Micros(tx.Now())
	for chunk := range slices.Chunk(l, rowsMax) {
		args := make([]any, 0, 10*len(chunk))
		for _, one := range chunk {
			args = append(args, tx.Mint("lsn"), at, one.Account, one.Asset, one.Instrument, one.Due, one.Was, one.Became, one.New, one.Old)
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO clearing_lesson (id, at, account, asset, instrument, due, was, became, fresh, old) VALUES `+
			values(args, 10), args...); err != nil {
			return err
		}
	}
	return nil
}
