package watch

import (
	"maps"
	"slices"

	"sauda/core/exchange/auction"
)

// taped is a trade with whose it was.
type taped struct {
	Deal
	Buyer  string `json:"buyer"`
	Seller string `json:"seller"`
}

// record puts a trade on the tape, and takes off what is too long ago.
func (s *sight) record(t taped) {
	s.Tape = append(s.Tape, t)
	from := s.Now - s.rules.CloseWindow
	if s.Called > 0 {
		from = s.Called - s.rules.CloseWindow // The call itself does not shorten what comes before it.
	}
	n := 0
	for n < len(s.Tape)-1 && (s.Tape[n].Time < from || len(s.Tape)-n > tapeMax) {
		s.Base = s.Tape[n].Price
		n++
	}
	if s.Tape = s.Tape[n:]; cap(s.Tape) > 2*tapeMax && len(s.Tape) < tapeMax {
		s.Tape = slices.Clone(s.Tape)
	}
}

// turn follows the phases of a day, and judges its end once.
func (s *sight) turn(phase auction.Phase) {
	s.Phase = phase
	switch phase {
	case auction.ClosingCall:
		s.Called = s.Now
	case auction.TradeAtClose, auction.Closed:
		if !s.Marked {
			s.Marked = true
			s.judgeClose()
		}
	}
}

// ended is what an owner has traded at the end of a day.
type ended struct {
	bought, sold int64
	deals        []Deal
}

// judgeClose looks whether one owner has moved the last price of the day (Regulation (EU) No 596/2014 art. 12(2)(b)): he has the
// larger part of one side of what was traded, and the price went his way.
func (s *sight) judgeClose() {
	list := s.Tape
	from := s.Now - s.rules.CloseWindow
	if s.Called > 0 {
		from = s.Called - s.rules.CloseWindow
	}
	base := s.Base
	for len(list) > 0 && list[0].Time < from {
		base = list[0].Price
		list = list[1:]
	}
	if s.rules.CloseTrades == 0 || int64(len(list)) < s.rules.CloseTrades || base <= 0 {
		return
	}
	all, volume := make(map[string]*ended), int64(0)
	of := func(who string) *ended {
		if all[who] == nil {
			all[who] = &ended{}
		}
		return all[who]
	}
	for _, t := range list {
		volume += t.Qty
		of(t.Buyer).bought += t.Qty
		of(t.Buyer).deals = last(append(of(t.Buyer).deals, t.Deal), dealsMax)
		of(t.Seller).sold += t.Qty
		if t.Seller != t.Buyer {
			of(t.Seller).deals = last(append(of(t.Seller).deals, t.Deal), dealsMax)
		}
	}
	end := list[len(list)-1].Price
	for _, who := range slices.Sorted(maps.Keys(all)) {
		e := all[who]
		net, moved := e.bought-e.sold, end-base
		if net < 0 {
			net, moved = -net, -moved
		}
		part := share(net, volume)
		if moved <= 0 || part < s.rules.CloseShare {
			continue
		}
		move := ratio(moved, 10_000, base)
		if move < s.rules.CloseMove {
			continue
		}
		s.raise(Alert{Kind: Close, Owners: []string{who}, Severity: atLeast(move, 2*s.rules.CloseMove, 4*s.rules.CloseMove), Deals: e.deals,
			Figures: map[string]int64{"share": part, "move": move, "from": base, "to": end, "quantity": net}})
	}
}
