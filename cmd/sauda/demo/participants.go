package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"sauda/app"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Participants are invented people who trade on the exchange of the demonstration: one stands on both sides of each instrument,
// the others come and go. What a thing is worth to them wanders.
type Participants struct {
	seats []floor.Seat
	users map[string]string // users are who sits on them, by account.
	worth map[string]int64
	dice  *rand.Rand
	asked int
	run   string // run tells the ids of this run from those of others.
}

const (
	actEvery = 900 * time.Millisecond // actEvery is how long a market rests: one that an eye can follow.
	levels   = 5                      // levels is how deep the maker stands on each side.
	wanders  = 22                     // wanders is by how many ten-thousandths worth changes at most, each time.
)

// NewParticipants finds the participants of a demonstration; none if its exchange was never laid out.
func NewParticipants(ctx context.Context, store *db.Store, seed uint64) (*Participants, error) {
	p := &Participants{worth: make(map[string]int64), dice: rand.New(rand.NewPCG(seed, seed)), run: fmt.Sprintf("%x-", seed)}
	for _, l := range listings() {
		code := l.Code
		if l.Security != nil {
			code = string(l.Security.ISIN)
		}
		p.worth[code] = l.costs
	}
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		p.seats, err = seats(tx)
		p.users = make(map[string]string, len(p.seats))
		for n, s := range p.seats {
			p.users[s.Code] = "demo-" + stalls[n]
		}
		return err
	})
	return p, err
}

// Live lets the participants of a demonstration trade until ctx ends.
func Live(ctx context.Context, house *app.House) error {
	p, err := NewParticipants(ctx, house.Store, uint64(time.Now().UnixNano()))
	if err != nil || len(p.seats) == 0 || house.Floor == nil {
		return err
	}
	clock := time.NewTicker(actEvery)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
		}
		if err := p.Act(ctx, house.Floor, 2); err != nil && ctx.Err() == nil {
			if errors.Is(err, floor.ErrClosed) {
				return nil
			}
			return err
		}
	}
}

// Act lets some of them act in every instrument that is open.
func (p *Participants) Act(ctx context.Context, f *floor.Floor, times int) error {
	for number, i := range f.Instruments() {
		var day venue.Day
		if err := f.Look(ctx, func(v *venue.Venue) { day = v.Day(number) }); err != nil {
			return err
		}
		if !day.Phase.Allows(auction.Enter) {
			continue
		}
		if day.Last.Known && p.asked == 0 {
			p.worth[i.Code] = day.Last.Price
		}
		p.wander(i.Code)
		if p.dice.IntN(3) == 0 {
			if err := p.quote(ctx, f, i); err != nil {
				return err
			}
		}
		for range times {
			if err := p.trade(ctx, f, i, day.Phase == auction.Continuous); err != nil {
				return err
			}
		}
	}
	p.asked++
	return nil
}

func (p *Participants) wander(code string) {
	p.worth[code] += p.worth[code] * p.dice.Int64N(2*wanders+1) / 10_000
	p.worth[code] -= p.worth[code] * wanders / 10_000
}

// quote lets the maker stand anew on both sides of what a thing is worth.
func (p *Participants) quote(ctx context.Context, f *floor.Floor, i exchange.Instrument) error {
	maker := p.seats[0]
	if _, err := f.CancelAll(ctx, maker, i.Number); err != nil && !errors.Is(err, floor.ErrRefused) {
		return err
	}
	for n := range int64(levels) {
		for _, side := range []book.Side{book.Buy, book.Sell} {
			away := p.worth[i.Code] * (8 + 9*n) / 10_000
			if side == book.Buy {
				away = -away
			}
			if err := p.enter(ctx, f, maker, i, floor.Ask{Side: side, Price: p.worth[i.Code] + away, Quantity: i.Terms.Lot * (5 + p.dice.Int64N(20)*(n+1))}); err != nil {
				return err
			}
		}
	}
	return nil
}

// trade lets one of the others do something: wait near the market, or take what is there.
func (p *Participants) trade(ctx context.Context, f *floor.Floor, i exchange.Instrument, continuous bool) error {
	seat := p.seats[1+p.dice.IntN(len(p.seats)-1)]
	a := floor.Ask{Side: book.Side(p.dice.IntN(2)), Quantity: i.Terms.Lot * (1 + p.dice.Int64N(12))}
	away := p.worth[i.Code] * p.dice.Int64N(40) / 10_000
	if continuous && p.dice.IntN(3) == 0 {
		away, a.Life = -p.worth[i.Code]*20/10_000, book.Immediate // It reaches into the other side.
	}
	if a.Side == book.Buy {
		away = -away
	}
	a.Price = p.worth[i.Code] + away
	return p.enter(ctx, f, seat, i, a)
}

// enter brings an order, on a step of the price. What the market refuses is part of a market.
func (p *Participants) enter(ctx context.Context, f *floor.Floor, s floor.Seat, i exchange.Instrument, a floor.Ask) error {
	p.asked++
	a.Instrument, a.Client = i.Code, fmt.Sprint(p.run, p.asked)
	a.Guard = book.GuardComing // Nobody here trades with himself.
	a.Price = i.Ticks.Auction().Floor(a.Price)
	if _, err := f.Enter(ctx, s, a); err != nil && !errors.Is(err, floor.ErrRefused) {
		return err
	}
	return nil
}
