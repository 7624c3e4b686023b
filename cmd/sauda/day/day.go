// Package day lives through days of trade: buyers of many characters, staff who pack and count, a card gateway that loses
// answers, a carrier that tells twice, and a house whose process dies in the middle and is opened again on the same data.
// At every dusk the house comes to rest and is audited, with the gateway's own books as the second witness.
//
// The seed chooses everything that people and the world do. What the house does at once in several goroutines may meet the
// world's troubles in another order the next time, so a day that went wrong is lived through again alike, but not always
// to the letter: its house is kept, to be looked at.
//
// What is simulated is the world. The house is the real one, spoken to through its HTTP handler, and the gateway and the
// carrier are reached over sockets of the loopback, as if they were elsewhere: they outlive the house.
package day

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"
)

// Plan says which days to live through.
type Plan struct {
	Seed     uint64
	Days     int
	Buyers   int    // Buyers is how many come a day.
	Data     string // Data is a folder for the house; when it is empty a temporary one, which is kept when something is wrong.
	Postgres string // Postgres is the address of an empty database; the house is kept in SQLite when it is empty.
	Log      *slog.Logger
	Out      io.Writer // Out gets a line for each day, and the summary.
}

// ErrWrong ends a simulation after a dusk at which something was wrong: the lines before say what.
var ErrWrong = errors.New("the audit found something wrong")

// opening is the morning of the first day, in Almaty.
var opening = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

// Live lives through the days of a plan.
func Live(ctx context.Context, plan Plan) (err error) {
	if plan.Data == "" {
		if plan.Data, err = os.MkdirTemp("", "sauda-day-"); err != nil {
			return err
		}
		defer func() {
			if errors.Is(err, ErrWrong) {
				_, _ = fmt.Fprintln(plan.Out, "the house is kept in "+plan.Data) // The error is said anyway.
				return
			}
			err = errors.Join(err, os.RemoveAll(plan.Data))
		}()
	}
	if plan.Log == nil {
		plan.Log = slog.New(slog.DiscardHandler)
	}
	t := &town{
		plan: plan, chance: rand.New(rand.NewPCG(plan.Seed, 1)), clock: newClock(opening), luck: newLuck(plan.Seed),
		orders: map[string]*bought{}, refused: map[string]int{},
	}
	if err := t.settle(ctx); err != nil {
		return errors.Join(err, t.leave())
	}
	err = t.days(ctx)
	return errors.Join(err, t.leave())
}

// days lives through all days and says at the end what they came to.
func (t *town) days(ctx context.Context) error {
	began := time.Now()
	for n := range t.plan.Days {
		if err := t.day(ctx, n); err != nil {
			return fmt.Errorf("day %d of seed %d: %w", n+1, t.plan.Seed, err)
		}
	}
	_, err := fmt.Fprintf(t.plan.Out, "%d days, %d orders, %d deaths of the house, %d refusals of %d kinds, all sound, in %s\n",
		t.plan.Days, len(t.orders), t.deaths, sum(t.refused), len(t.refused), time.Since(began).Round(10*time.Millisecond))
	return err
}

// day is one day: the morning's deliveries, buyers and staff at all hours, troubles, and the audit at dusk.
func (t *town) day(ctx context.Context, n int) error {
	t.today = tally{}
	t.clock.at(opening.AddDate(0, 0, n))
	if err := t.morning(ctx); err != nil {
		return err
	}
	for range t.plan.Buyers {
		if err := ctx.Err(); err != nil {
			return err
		}
		t.clock.pass(time.Duration(t.chance.Int64N(int64(20 * time.Hour / time.Duration(2*t.plan.Buyers)))))
		t.trouble()
		if err := t.visit(ctx); err != nil {
			return err
		}
		if t.happens(80) {
			if err := t.staffHour(ctx); err != nil {
				return err
			}
		}
	}
	wrong, err := t.dusk(ctx)
	if err != nil {
		return err
	}
	if err := t.say(n, wrong); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return ErrWrong
	}
	return nil
}

// tally is what a day came to.
type tally struct {
	visits, orders, cancelled, returned, troubles, deaths int
}

// say prints the line of a day, and what was wrong at its dusk.
func (t *town) say(n int, wrong []string) error {
	d := t.today
	state := "sound"
	if len(wrong) > 0 {
		state = fmt.Sprintf("%d WRONG", len(wrong))
	}
	_, err := fmt.Fprintf(t.plan.Out, "day %2d  visits %3d  orders %3d  cancelled %2d  returned %2d  troubles %2d  deaths %d  %s\n",
		n+1, d.visits, d.orders, d.cancelled, d.returned, d.troubles, d.deaths, state)
	for _, w := range wrong {
		_, e := fmt.Fprintln(t.plan.Out, "  "+w)
		err = errors.Join(err, e)
	}
	return err
}

// happens throws the dice: so many times in a thousand.
func (t *town) happens(permille int) bool { return t.chance.IntN(1000) < permille }

func sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}
