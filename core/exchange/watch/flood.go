package watch

import (
	"strconv"

	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// trader is what a trader sends.
type trader struct {
	Account  uint32  `json:"account"` // Account is the one for which he did so last.
	Began    int64   `json:"began"`   // Began is when the window that is counted began.
	Messages int64   `json:"messages"`
	Trades   int64   `json:"trades"`
	Back     int64   `json:"back"` // Back is what he took back in it, Short what of that had stood for a moment only.
	Short    int64   `json:"short"`
	Told     bool    `json:"told"` // Told says that this window was told of.
	Orders   []Order `json:"orders"`
}

func (s *sight) traderOf(number uint32) *trader {
	t := s.Traders.get(strconv.FormatUint(uint64(number), 10), pairsMax, func() *trader { return &trader{} })
	if s.Now-t.Began >= s.rules.FloodWindow {
		*t = trader{Began: s.Now, Account: t.Account}
	}
	return t
}

// traded notes a trade of a trader.
func (s *sight) traded(number uint32) { s.traderOf(number).Trades++ }

// message counts what a trader sends, and looks whether it is a flood.
func (s *sight) message(e *venue.Event) {
	if s.rules.FloodMessages == 0 || e.Trader == 0 {
		return
	}
	back := false
	switch {
	case e.Kind == venue.Refused:
	case e.Report.Kind == book.Accepted, e.Report.Kind == book.Replaced, e.Report.Kind == book.Reduced:
	case e.Report.Kind == book.Cancelled && e.Report.Reason == book.Asked:
		back = true
	default:
		return
	}
	t := s.traderOf(e.Trader)
	t.Messages++
	if e.Account != 0 {
		t.Account = e.Account
	}
	if o := s.Orders[e.Order]; back && o != nil {
		t.Back++
		if s.Now-o.From < s.rules.FloodLife {
			t.Short++
		}
		one := o.Order
		one.Until = s.Now
		t.Orders = last(append(t.Orders, one), dealsMax)
	}
	if t.Told || t.Account == 0 || t.Messages < s.rules.FloodMessages || !times(t.Messages, s.rules.FloodRatio, max(t.Trades, 1)) ||
		share(t.Short, t.Back) < s.rules.FloodShort {
		return
	}
	t.Told = true
	orders := t.Orders
	t.Orders = nil
	s.raise(Alert{Kind: Flood, Owners: []string{s.whose(t.Account)}, Severity: atLeast(t.Messages/max(t.Trades, 1), 2*s.rules.FloodRatio, 5*s.rules.FloodRatio),
		Orders: orders, Figures: map[string]int64{"messages": t.Messages, "trades": t.Trades, "millis": (s.Now - t.Began) / 1000, "short": share(t.Short, t.Back)}})
}
