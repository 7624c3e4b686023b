package bus

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"sauda/gear/bus/busdb"
	"sauda/gear/db"
)

const (
	// shareMax is how many reactions share a moment: so many that the commit does not matter any more, so few that on
	// SQLite no buyer waits long behind them.
	shareMax = 16
	// lanes is how many moments of reactions run at once.
	lanes = 4
	// leaseTime is when deliveries that a process has taken are free again, in case it died.
	leaseTime = time.Minute
	// lookEvery is how often deliveries are looked for without being told.
	lookEvery = time.Second
	// triesMax is after how many failures a reaction is parked: after about eight minutes.
	triesMax = 10
	// pauseFirst and pauseMax bound the pause after a failure; it doubles each time.
	pauseFirst, pauseMax = time.Second, 10 * time.Minute
	// errorMax bounds what is kept of an error.
	errorMax = 2000
)

// delivery is a reaction that is due.
type delivery struct {
	busdb.DueDeliveriesRow
	lease string
}

// line is what keeps its order: one key of one reaction.
type line struct{ reaction, key string }

func (d delivery) line() line { return line{d.Reaction, d.Key} }

// actor is who acts in reactions.
var actor = db.Who{Kind: db.KindSystem, ID: "bus"}

// round takes what is due and does it. It gives how many were due; what failed is not due any more, and what others took
// at the same moment may be due again at once. The error is that of the store.
func (b *Bus) round(ctx context.Context) (int, error) {
	b.turn.Lock()
	defer b.turn.Unlock()
	due, found, err := b.take(ctx)
	if err != nil || found == 0 {
		return 0, err
	}
	if len(due) == 0 { // Two takers stood in each other's way: not both shall come back at once.
		rest(ctx, time.Millisecond+rand.N(5*time.Millisecond))
	}
	var perLane [lanes][]delivery
	for _, d := range due {
		h := fnv.New32a()
		_, _ = h.Write([]byte(d.Reaction))
		_, _ = h.Write([]byte(d.Key))
		lane := h.Sum32() % lanes
		perLane[lane] = append(perLane[lane], d)
	}
	// What is taken is finished, so that nothing waits for a lease to run out after an orderly stop.
	ctx = context.WithoutCancel(ctx)
	var wait sync.WaitGroup
	var failed [lanes]error
	for n, list := range perLane {
		wait.Go(func() { failed[n] = b.lane(ctx, list) })
	}
	wait.Wait()
	return found, errors.Join(failed[:]...)
}

// take reads what is due, and gives how many it found; on PostgreSQL it leases them, and may get fewer.
func (b *Bus) take(ctx context.Context) (due []delivery, found int, err error) {
	if len(b.byName) == 0 {
		return nil, 0, nil
	}
	err = b.store.View(ctx, actor, func(tx *db.Tx) error {
		rows, err := busdb.New(tx).DueDeliveries(tx.Context(), busdb.DueDeliveriesParams{
			Now: tx.Now().UnixMicro(), Reactions: b.names,
		})
		due = inLine(rows)
		return err
	})
	found = len(due)
	if err != nil || found == 0 || b.store.Engine() == db.SQLite {
		return due, found, err
	}
	due, err = b.lease(ctx, due)
	return due, found, err
}

// inLine leaves out those that would be taken before one ahead of them. The first of each line is never left out, so
// every round that finds anything does something.
func inLine(rows []busdb.DueDeliveriesRow) []delivery {
	due := make([]delivery, 0, len(rows))
	ahead := make(map[line]int64)
	for _, r := range rows {
		d := delivery{DueDeliveriesRow: r}
		if r.Ahead == ahead[d.line()] {
			ahead[d.line()]++
			due = append(due, d)
		}
	}
	return due
}

// lane does its deliveries in their order, several in one moment; when one of these fails, each on its own.
func (b *Bus) lane(ctx context.Context, list []delivery) error {
	stopped := make(map[line]bool)
	for len(list) > 0 {
		n := min(len(list), shareMax)
		part := list[:n]
		list = list[n:]
		if len(part) > 1 && b.share(ctx, part, stopped) {
			continue
		}
		for _, d := range part {
			if stopped[d.line()] {
				continue
			}
			failed := b.moment(ctx, []delivery{d})
			switch {
			case failed == nil:
			case troubled(failed):
				return failed // The same will be due again.
			default:
				stopped[d.line()] = true
				if err := b.fail(ctx, d, failed); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// share does several deliveries in one moment, and tells whether it was committed.
func (b *Bus) share(ctx context.Context, part []delivery, stopped map[line]bool) bool {
	var able []delivery
	for _, d := range part {
		if !stopped[d.line()] {
			able = append(able, d)
		}
	}
	return b.moment(ctx, able) == nil
}

// moment does deliveries: each is taken away and what follows is done, or neither.
func (b *Bus) moment(ctx context.Context, list []delivery) error {
	done := 0
	err := b.store.Update(ctx, actor, func(tx *db.Tx) error {
		done = 0
		there, err := takeAway(tx, list)
		if err != nil {
			return err
		}
		for _, d := range list {
			if !there[line{d.Reaction, d.Fact}] {
				continue // It was done elsewhere, or dismissed.
			}
			if err := b.react(tx, d); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	if err == nil {
		b.counts.Done.Add(int64(done))
	}
	return err
}

// takeTexts are the statements of takeAway, by the number of deliveries.
var takeTexts sync.Map

// takeAway is the guard that makes a reaction happen once in effect: who takes the rows does the work in the same moment. It
// takes them by one statement, and tells which were there, by reaction and fact. All of them are of one lease.
func takeAway(tx *db.Tx, list []delivery) (there map[line]bool, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	text, ok := takeTexts.Load(len(list))
	if !ok {
		var s strings.Builder
		s.WriteString(`DELETE FROM delivery WHERE lease_by = $1 AND (reaction, key, fact) IN (VALUES `)
		for n := range list {
			_, _ = fmt.Fprintf(&s, "($%d, $%d, $%d), ", 3*n+2, 3*n+3, 3*n+4)
		}
		text = strings.TrimSuffix(s.String(), ", ") + `) RETURNING reaction, fact`
		takeTexts.Store(len(list), text)
	}
	args := []any{list[0].lease}
	for _, d := range list {
		args = append(args, d.Reaction, d.Key, d.Fact)
	}
	rows, err := tx.QueryContext(tx.Context(), text.(string), args...)
	if err != nil {
		return nil, err
	}
	return named(rows)
}

// react runs the reaction and turns a panic into an error.
func (b *Bus) react(tx *db.Tx, d delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bus: panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return b.byName[d.Reaction].do(tx, d.Body)
}

// troubled tells a store that does not answer from a reaction that fails: the first counts against no reaction.
func troubled(err error) bool {
	return errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrUnsure) || errors.Is(err, db.ErrFull)
}

// never is when a parked delivery, and what is behind it, is due.
const never = int64(1<<63 - 1)

// fail notes a failure: the delivery and those behind it pause, or are parked.
func (b *Bus) fail(ctx context.Context, d delivery, failed error) error {
	b.counts.Failed.Add(1)
	tries := d.Tries + 1
	parked := tries >= triesMax
	b.log.Error("bus: a reaction failed", "reaction", d.Reaction, "fact", d.Fact, "key", d.Key, "tries", tries, "parked", parked, "error", failed)
	if parked {
		b.counts.Parked.Add(1)
	}
	text := failed.Error()
	return b.store.Update(ctx, actor, func(tx *db.Tx) error {
		due, flag := tx.Now().Add(pause(d, tries)).UnixMicro(), int64(0)
		if parked {
			due, flag = never, 1
		}
		q := busdb.New(tx)
		n, err := q.FailDelivery(tx.Context(), busdb.FailDeliveryParams{
			Reaction: d.Reaction, Key: d.Key, Fact: d.Fact, LeaseBy: d.lease, Due: due, Parked: flag, Error: text[:min(len(text), errorMax)],
		})
		if err != nil || n == 0 {
			return err
		}
		return q.HoldBack(tx.Context(), busdb.HoldBackParams{Reaction: d.Reaction, Key: d.Key, Fact: d.Fact, LeaseBy: d.lease, Due: due})
	})
}

// pause doubles with each failure. The jitter is drawn from the delivery, so that a simulation runs the same way twice.
func pause(d delivery, tries int64) time.Duration {
	whole := min(pauseFirst<<min(tries-1, 16), pauseMax)
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %s %d", d.Fact, d.Reaction, tries)
	return whole*3/4 + whole/2*time.Duration(h.Sum32()%1024)/1024
}
