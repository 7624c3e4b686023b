// Package day lives through days of trade: buyers of many characters, guests, students and payers of bills, staff who pack, count,
// receive and teach, a card gateway that loses answers, a carrier that tells twice, a telecom that lies, and a house whose process
// dies in the middle and is opened again on the same data. At every dusk the house comes to rest and is audited, with the books of
// the gateway, the telecom and the bank as further witnesses.
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
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"sauda/gear/i18n"
)

//go:embed texts/*.json
var texts embed.FS

func init() { i18n.Have(texts) }

// Plan says which days to live through.
type Plan struct {
	Seed     uint64
	Days     int
	Buyers   int    // Buyers is how many come a day.
	Data     string // Data is a folder for the house; when it is empty a temporary one, which is kept when something is wrong.
	Postgres string // Postgres is the address of an empty database; the house is kept in SQLite when it is empty.
	Log      *slog.Logger
	Out      io.Writer // Out gets a line for each day, and the summary.
	Lang     string    // Lang is the language of these lines: kk, ru or en; kk when it is empty. What the audit of the world finds is for developers, in English.
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
				_, _ = fmt.Fprintln(plan.Out, i18n.T(plan.Lang, "day.kept", "folder", plan.Data)) // The error is said anyway.
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
	_, err := fmt.Fprintln(t.plan.Out, i18n.T(t.plan.Lang, "day.summary", "days", t.plan.Days, "orders", len(t.orders), "deaths", t.deaths,
		"refusals", sum(t.refused), "kinds", len(t.refused), "took", int(time.Since(began).Round(time.Second).Seconds())))
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
	visits, orders, cancelled, calledOff, returned, troubles, deaths int
}

// say prints the line of a day, and what was wrong at its dusk.
func (t *town) say(n int, wrong []string) error {
	d := t.today
	state := i18n.T(t.plan.Lang, "day.sound")
	if len(wrong) > 0 {
		state = i18n.T(t.plan.Lang, "day.wrong", "wrong", len(wrong))
	}
	wide := func(n, columns int) string { return fmt.Sprintf("%*d", columns, n) }
	_, err := fmt.Fprintln(t.plan.Out, i18n.T(t.plan.Lang, "day.line", "day", wide(n+1, 2), "visits", wide(d.visits, 3), "orders", wide(d.orders, 3),
		"cancelled", wide(d.cancelled, 2), "off", wide(d.calledOff, 2), "returned", wide(d.returned, 2), "troubles", wide(d.troubles, 2), "deaths", d.deaths, "state", state))
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
