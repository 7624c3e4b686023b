package floor

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/venue"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// told is something that the books have done and the market hears of once, by its ref.
type told struct {
	ref   string
	at    int64
	input venue.Input
}

func (t *told) write(body any) error {
	bytes, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write %s for the market: %w", t.ref, err)
	}
	t.input.Body = bytes
	return nil
}

// toldSince gives what the books have done since a time, the oldest first: divisions of units before all else of their moment,
// so that no order holds what they take away.
func toldSince(tx *db.Tx, roll Roll, since time.Time) ([]told, error) {
	divisions, lessons, err := lessonsSince(tx, roll, since)
	if err != nil {
		return nil, err
	}
	moves, err := movesSince(tx, roll, since)
	if err != nil {
		return nil, err
	}
	moves = append(lessons, moves...)
	slices.SortStableFunc(moves, func(a, b venue.Movement) int { return cmp.Compare(a.At, b.At) })
	all := divisions
	for _, m := range moves {
		one := told{ref: m.Ref, at: m.At, input: venue.Input{Verb: venue.Move, Account: m.Account}}
		if err := one.write(m); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b told) int { return cmp.Compare(a.at, b.at) })
	return all, nil
}

// lessonsSince gives what the market has to learn beside what the ledger has moved.
func lessonsSince(tx *db.Tx, roll Roll, since time.Time) (divisions []told, moves []venue.Movement, err error) {
	all, err := clearing.LessonsSince(tx, since)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range all {
		at := span.Micros(l.At)
		m := venue.Movement{Ref: "lesson " + l.ID, At: at, Account: roll.numbers[l.Account]}
		switch {
		case l.New > 0:
			for _, i := range roll.instruments {
				if i.Asset.Code != l.Asset || i.Kind == exchange.Forward {
					continue
				}
				one := told{ref: m.Ref + " " + i.Code, at: at, input: venue.Input{Verb: venue.Price, Instrument: i.Number}}
				if err := one.write(venue.Mark{Ref: one.ref, New: l.New, Old: l.Old}); err != nil {
					return nil, nil, err
				}
				divisions = append(divisions, one)
			}
			continue
		case l.Instrument != "":
			i, known := roll.instruments[roll.traded[l.Instrument]]
			if !known {
				continue
			}
			m.Instrument, m.Delivered = i.Number, pieces(l.Was, i.Terms.Unit)-pieces(l.Became, i.Terms.Unit)
			if m.Delivered == 0 {
				continue // What is left of a piece counts as one.
			}
		default:
			m.Asset, m.Due = roll.assets[l.Asset], l.Due
		}
		if m.Account != 0 && (m.Asset != 0 || m.Instrument != 0) {
			moves = append(moves, m)
		}
	}
	slices.SortFunc(divisions, func(a, b told) int { return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.ref, b.ref)) })
	return divisions, moves, nil
}

// pieces gives how many pieces of a unit a quantity is at least; a part of one counts as one, away from zero.
func pieces(quantity, unit int64) int64 {
	if quantity < 0 {
		return -pieces(-quantity, unit)
	}
	return (quantity + unit - 1) / unit
}

// accountAt gives the account at whose place on the ledger something stands, margin or not: to the market both are his, for it
// holds margins by itself.
func accountAt(place ledger.Account) (account string, ours bool) {
	for _, root := range []string{"exchange/", "exchange-margin/"} {
		if account, ours = strings.CutPrefix(string(place), root); ours {
			return account, true
		}
	}
	return "", false
}
