package clearing

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Entry is one change of what an account has.
type Entry struct {
	At     time.Time
	Kind   string // Kind is that of the posting: exchange.settle, exchange.deposit, exchange.dividend …
	Ref    string
	Asset  string
	Amount int64 // Amount is above zero for what came in.
}

// Line is what a statement says of one asset.
type Line struct {
	Asset   string
	Opening int64
	In      int64
	Out     int64 // Out is above zero.
	Closing int64
}

// Statement is what happened to an account on a day.
type Statement struct {
	Account string
	Day     span.Day
	Lines   []Line  // Lines are by asset; those of which there was nothing and nothing came are absent.
	Entries []Entry // Entries are in the order in which they happened.
}

// StatementOf gives the statement of an account for a day, as the calendar of a place shows it: what it had when the day
// began, all that came in and went out, and what it had when the day ended. It reads back from now, so that one of long
// ago takes longer.
func StatementOf(tx *db.Tx, account string, day span.Day, loc *time.Location) (Statement, error) {
	place := ledger.Exchange(account)
	have, err := holdings(tx, []ledger.Account{place})
	if err != nil {
		return Statement{}, err
	}
	lines := make(map[string]*Line)
	for h, n := range have {
		lines[h.asset] = &Line{Asset: h.asset, Opening: n, Closing: n}
	}
	s := Statement{Account: account, Day: day}
	from, to := day.Start(loc), day.AddDays(1).Start(loc)
	for at := (ledger.Cursor{}); ; {
		page, next, err := ledger.History(tx, place, at, 0)
		if err != nil {
			return Statement{}, err
		}
		for _, e := range page {
			if e.At.Before(from) {
				next = ledger.Cursor{}
				break
			}
			s.note(lines[e.Asset], e, place, !e.At.Before(to))
		}
		if at = next; at == (ledger.Cursor{}) {
			break
		}
	}
	slices.Reverse(s.Entries)
	for _, l := range lines {
		if l.Opening != 0 || l.Closing != 0 || l.In != 0 || l.Out != 0 {
			s.Lines = append(s.Lines, *l)
		}
	}
	slices.SortFunc(s.Lines, func(a, b Line) int { return cmp.Compare(a.Asset, b.Asset) })
	return s, nil
}

// note takes one transfer out of what an account has now; one that came after the day is no part of it.
func (s *Statement) note(l *Line, e ledger.Entry, place ledger.Account, after bool) {
	amount := e.Amount
	if e.Debit == place {
		amount = -amount
	}
	l.Opening -= amount
	if after {
		l.Closing -= amount
		return
	}
	if amount > 0 {
		l.In += amount
	} else {
		l.Out -= amount
	}
	s.Entries = append(s.Entries, Entry{At: e.At, Kind: e.Kind, Ref: e.Ref, Asset: e.Asset, Amount: amount})
}

// Breach is a rule of the house that does not hold. There is none, unless somebody wrote into the tables.
type Breach struct {
	Rule string // Rule is even, flat, negative, vault, sides, trades or receipts.
	Name string // Name is the account or the asset, or both.
	Got  int64
	Want int64
}

// sorted gives the names in a map in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
