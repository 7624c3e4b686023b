package floor

import (
	"cmp"
	"context"
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
	"sauda/gear/job"
)

// lesson is something that the books have done and the market hears of once, by its ref.
type lesson struct {
	ref   string
	at    int64
	input venue.Input
}

// lessonOf puts what the market has to hear into an input.
func lessonOf(ref string, at int64, in venue.Input, body any) (lesson, error) {
	bytes, err := json.Marshal(body)
	if err != nil {
		return lesson{}, fmt.Errorf("write %s for the market: %w", ref, err)
	}
	in.Body = bytes
	return lesson{ref, at, in}, nil
}

// Follow tells the market of all that the books have done since the last time: what the ledger has moved on its accounts, and
// what clearing has written down beside it (clearing.Lesson). Nobody else tells it of that. Each thing has a name that never
// changes, and the market does it once: after a crash all of it is told again without harm.
func (f *Floor) Follow(ctx context.Context, store *db.Store) error {
	if f == nil {
		return nil
	}
	roll := f.taughtRoll()
	if roll.accounts == nil {
		return nil
	}
	var upTo int64
	if err := f.Look(ctx, func(v *venue.Venue) { upTo = v.MovedUpTo() }); err != nil {
		return err
	}
	var all []lesson
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		all, err = lessonsSince(tx, roll, span.FromMicros(upTo).Add(-overlap))
		return err
	})
	if err != nil || len(all) == 0 {
		return err
	}
	if err := f.Look(ctx, func(v *venue.Venue) {
		all = slices.DeleteFunc(all, func(l lesson) bool { return v.HasMoved(l.ref) })
	}); err != nil {
		return err
	}
	for _, l := range all {
		events, err := f.Do(ctx, l.input)
		if err != nil {
			return err
		}
		if e := events[0]; e.Kind == venue.Refused && e.Reason != venue.Repeated {
			f.config.Log.Error("the market does not take what the books say", "lesson", l.ref, "why", e.Reason.Code())
		}
	}
	return nil
}

// lessonsSince gives what the books have done since a time, the oldest first: divisions of units before all else of their moment,
// so that no order holds what they take away, and then what is due before what has moved.
func lessonsSince(tx *db.Tx, roll Roll, since time.Time) ([]lesson, error) {
	written, err := clearing.LessonsSince(tx, since)
	if err != nil {
		return nil, err
	}
	var all []lesson
	var moves []venue.Movement
	for _, l := range written {
		switch {
		case l.New > 0:
			divided, err := divisions(roll, l)
			if err != nil {
				return nil, err
			}
			all = append(all, divided...)
		default:
			if m, known := movementOf(roll, l); known {
				moves = append(moves, m)
			}
		}
	}
	posted, err := movesSince(tx, roll, since)
	if err != nil {
		return nil, err
	}
	for _, m := range append(moves, posted...) {
		l, err := lessonOf(m.Ref, m.At, venue.Input{Verb: venue.Move, Account: m.Account}, m)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(a, b lesson) int { return cmp.Compare(a.at, b.at) })
	return all, nil
}

// lessonRef is how the market calls a lesson of clearing.
func lessonRef(l clearing.Lesson) string { return "lesson " + l.ID }

// divisions tells of a division to every instrument whose units were divided.
func divisions(roll Roll, l clearing.Lesson) (all []lesson, err error) {
	for _, i := range roll.instruments {
		if i.Asset.Code != l.Asset || i.Kind == exchange.Forward {
			continue
		}
		ref := lessonRef(l) + " " + i.Code
		one, err := lessonOf(ref, span.Micros(l.At), venue.Input{Verb: venue.Price, Instrument: i.Number}, venue.Mark{Ref: ref, New: l.New, Old: l.Old})
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b lesson) int { return strings.Compare(a.ref, b.ref) })
	return all, nil
}

// movementOf puts a lesson about an account into the words of the market; not known is what it cannot know, or need not.
func movementOf(roll Roll, l clearing.Lesson) (venue.Movement, bool) {
	m := venue.Movement{Ref: lessonRef(l), At: span.Micros(l.At), Account: roll.numbers[l.Account]}
	if l.Instrument == "" {
		m.Asset, m.Forced, m.Due, m.Unlocked = roll.assets[l.Asset], true, l.Due, l.Unlocks
		if waits, _ := roll.waits(m.Asset); waits {
			m.Locked = l.Locks
		}
		return m, m.Account != 0 && m.Asset != 0
	}
	i := roll.instruments[roll.traded[l.Instrument]]
	if i.Number == 0 {
		return m, false
	}
	m.Instrument, m.Delivered = i.Number, pieces(l.Was, i.Terms.Unit)-pieces(l.Became, i.Terms.Unit)
	return m, m.Account != 0 && m.Delivered != 0 // What is left of a piece counts as one.
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
