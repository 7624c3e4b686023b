package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"sauda/app"
	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/exchange/bidding"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

// contests are what the participants of the demonstration announce: whenever one has ended, the next one of its kind begins.
func contests(now time.Time) map[bidding.Kind]bidding.Notice {
	petrol := bidding.Notice{
		Kind: bidding.Tender, Title: said("Отын бекеті желісіне АИ-92 бензині", "Бензин АИ-92 для сети заправок", "Petrol AI-92 for filling stations", "加油站用 AI-92 汽油"),
		Words: said("К4 экологиялық класы, сапа паспорты болуы керек. Теміржол цистерналарымен, бір ай ішінде.",
			"Экологический класс К4, с паспортом качества. Цистернами, в течение месяца.",
			"Emission class K4, with a certificate of quality. By tank wagon, within a month.", "K4 级，附质量证书。铁路罐车，一个月内交货。"),
		Items: []bidding.Item{{Quantity: 600, Ceiling: 245_000_00}}, Measure: measure.Tonne, Currency: money.KZT, Basis: "DAP", Place: "Алматы",
		Opens: now, Ends: now.Add(25 * time.Minute), Guarantee: 500_000_00,
		Terms: bidding.Terms{Window: (2 * time.Minute).Microseconds(), Extends: (2 * time.Minute).Microseconds(), AgainstSelf: true, ShowsBest: true, Decrement: money.One / 10_000},
	}
	harvester := bidding.Notice{
		Kind: bidding.English, Title: said("Комбайн, 2021 жылғы", "Комбайн 2021 года", "Combine harvester of 2021", "2021 年联合收割机"),
		Words: said("Бір иесі болған, 1 900 мотосағат, Қостанай облысында тұр.", "Один владелец, 1 900 моточасов, стоит в Костанайской области.",
			"One owner, 1,900 hours, stands in Kostanay region.", "单一车主，1900 工时，位于科斯塔奈州。"),
		Items: []bidding.Item{{Quantity: 1}}, Measure: measure.Piece, Currency: money.KZT, Basis: "EXW", Place: "Қостанай", Opens: now, Ends: now.Add(40 * time.Minute),
		Terms: bidding.Terms{
			Start: 28_000_000_00, Reserve: 31_000_000_00, Step: 100_000_00,
			Window: (2 * time.Minute).Microseconds(), Extends: (2 * time.Minute).Microseconds(),
		},
	}
	return map[bidding.Kind]bidding.Notice{bidding.Tender: petrol, bidding.English: harvester}
}

// contestKinds are their kinds, in the order in which they are looked after.
var contestKinds = []bidding.Kind{bidding.Tender, bidding.English}

// bidEvery is how often one of them bids, about: one that an eye can follow.
const bidEvery = 7 * time.Second

// Bid lets the participants announce, and bid against each other, until ctx ends.
func Bid(ctx context.Context, house *app.House) error {
	p, err := NewParticipants(ctx, house.Store, uint64(time.Now().UnixNano()))
	if err != nil || len(p.seats) == 0 || house.Floor == nil {
		return err
	}
	clock := time.NewTicker(bidEvery)
	defer clock.Stop()
	for {
		if err := p.contest(ctx, house); err != nil && ctx.Err() == nil {
			if errors.Is(err, floor.ErrClosed) {
				return nil
			}
			return err
		}
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// contest announces what is not under way, and has somebody bid in what is.
func (p *Participants) contest(ctx context.Context, house *app.House) error {
	for n, kind := range contestKinds {
		seller := p.seats[n%len(p.seats)] // Each is announced by another one.
		var live []bidding.Notice
		err := p.as(ctx, house, seller, true, func(tx *db.Tx) (err error) {
			live, err = bidding.List(tx, bidding.Filter{Kind: kind, Live: true, Mine: true, Accounts: []string{seller.Code}}, 1)
			return err
		})
		if err != nil {
			return err
		}
		if len(live) == 0 {
			if err := p.as(ctx, house, seller, false, func(tx *db.Tx) error {
				_, err := bidding.Announce(tx, seller.Holder, contests(tx.Now())[kind])
				return err
			}); err != nil {
				return err
			}
			continue
		}
		if err := p.offer(ctx, house, live[0]); err != nil && fault.Of(err).Kind == fault.Internal {
			return err
		}
	}
	return nil
}

// offer has one of the others bid, if the last price leaves him something.
func (p *Participants) offer(ctx context.Context, house *app.House, n bidding.Notice) error {
	others := slices.DeleteFunc(slices.Clone(p.seats), func(s floor.Seat) bool { return s.Code == n.Account })
	s := others[p.dice.IntN(len(others))]
	var seen bidding.Seen
	err := p.as(ctx, house, s, true, func(tx *db.Tx) (err error) {
		seen, err = bidding.Look(tx, house.Hammer.Keys(), n.ID, s.Code)
		return err
	})
	if err != nil || seen.Leads || seen.Over || p.dice.IntN(2) == 0 && len(seen.History) > 0 {
		return err
	}
	price := next(p.dice, seen)
	if price == 0 {
		return nil
	}
	if n.Guarantee > 0 && seen.Pledge == nil {
		_, err := house.Hammer.Lodge(ctx, p.who(s), floor.Lodging{Notice: n.ID, Account: s.Code})
		return err // He bids the next time.
	}
	return p.as(ctx, house, s, false, func(tx *db.Tx) error {
		_, err := bidding.Enter(tx, house.Hammer.Keys(), n.ID, s.Holder, bidding.Bid{Prices: []int64{price}})
		return err
	})
}

// next is what somebody offers next; zero when it is not worth it any more.
func next(dice *rand.Rand, s bidding.Seen) int64 {
	if s.Kind == bidding.English {
		price := s.Least + s.Terms.Step*dice.Int64N(4)
		if price > 34_000_000_00 {
			return 0
		}
		return price
	}
	best := s.Best
	if best == 0 {
		best = s.Items[0].Ceiling
	}
	price := (best - best*(2+dice.Int64N(20))/10_000) / 100_00 * 100_00
	if price < 226_000_00 {
		return 0
	}
	return price
}

// who is the person on a seat.
func (p *Participants) who(s floor.Seat) db.Who {
	return db.Who{Kind: db.KindBuyer, ID: p.users[s.Code]}
}

// as does something in a moment of who sits on a seat.
func (p *Participants) as(ctx context.Context, house *app.House, s floor.Seat, looks bool, do func(*db.Tx) error) error {
	if looks {
		return job.Look(ctx, house.Store, p.who(s), do)
	}
	return job.Once(ctx, house.Store, p.who(s), do)
}
