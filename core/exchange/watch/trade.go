package watch

import (
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// pair are two who trade with each other.
type pair struct {
	Deals []paired `json:"deals"` // Deals are those of the window, at most dealsMax.
	Held  held     `json:"held"`
}

// paired is a trade of two, and whether the first by name has bought.
type paired struct {
	Deal
	First bool `json:"first"`
}

// deal looks at a trade.
func (s *sight) deal(t *venue.Trade) {
	d := Deal{ID: t.ID, Price: t.Price, Qty: t.Qty, Time: s.Now, Buy: t.Buy, Sell: t.Sell}
	buyer, seller := s.whose(t.Buy.Account), s.whose(t.Sell.Account)
	s.size(t.Qty)
	s.Volume += t.Qty
	s.record(taped{Deal: d, Buyer: buyer, Seller: seller})
	s.ownerOf(buyer).Traded.add(s.Now, s.rules.RingWindow, t.Qty)
	s.ownerOf(seller).Traded.add(s.Now, s.rules.RingWindow, t.Qty)
	s.traded(t.Buy.Trader)
	s.traded(t.Sell.Trader)
	own := buyer == seller
	if own {
		s.wash(buyer, d)
	} else {
		s.ring(buyer, seller, d)
	}
	for side, p := range [2]venue.Party{book.Buy: t.Buy, book.Sell: t.Sell} {
		if o := s.Orders[p.Order]; o != nil {
			s.given(o, t.Qty)
			s.leave(o, o.Left-t.Qty)
		}
		if who := [2]string{buyer, seller}[side]; !own && t.How == venue.HowContinuous {
			s.probe(who, book.Side(side), d)
		}
	}
}

// wash counts trade of an owner with himself (Delegated Regulation (EU) 2016/522, Annex II, Section 1 point 3(a): no change in
// beneficial interests).
func (s *sight) wash(who string, d Deal) {
	o := s.ownerOf(who)
	o.Own++
	o.OwnQty += d.Qty
	o.Held.add(nil, d)
	if s.rules.WashTrades == 0 || o.Own < s.rules.WashTrades {
		return
	}
	part := share(o.OwnQty, s.Volume)
	severity := Low
	if o.Own >= 3*s.rules.WashTrades || part >= 10 {
		severity = Medium
	}
	if o.Own >= 3*s.rules.WashTrades && part >= 25 {
		severity = High
	}
	_, deals := o.Held.spend()
	s.raise(Alert{Kind: Wash, Owners: []string{who}, Severity: severity, Deals: deals,
		Figures: map[string]int64{"trades": o.Own, "quantity": o.OwnQty, "share": part}})
}

// ring looks at two who trade with each other: back and forth, with little left in the end, and mostly with nobody else (the
// same point 3(b) and (c): improper matched orders and painting the tape).
func (s *sight) ring(buyer, seller string, d Deal) {
	if s.rules.RingTurns == 0 {
		return
	}
	first, second := min(buyer, seller), max(buyer, seller)
	p := s.Pairs.get(first+"\x00"+second, pairsMax, func() *pair { return &pair{} })
	p.Deals = last(append(p.Deals, paired{d, buyer == first}), dealsMax)
	for len(p.Deals) > 0 && p.Deals[0].Time < s.Now-s.rules.RingWindow {
		p.Deals = p.Deals[1:]
	}
	p.Held.add(nil, d)
	var gross, net, turns int64
	for n, one := range p.Deals {
		gross += one.Qty
		if one.First {
			net += one.Qty
		} else {
			net -= one.Qty
		}
		if n > 0 && one.First != p.Deals[n-1].First {
			turns++
		}
	}
	left := share(max(net, -net), gross)
	if turns < s.rules.RingTurns || left > s.rules.RingNet {
		if len(p.Deals) == 1 {
			p.Held = held{Deals: []Deal{d}} // What was before is too long ago.
		}
		return
	}
	with := min(share(gross, s.ownerOf(first).Traded.sum(s.Now, s.rules.RingWindow)), share(gross, s.ownerOf(second).Traded.sum(s.Now, s.rules.RingWindow)))
	if with < s.rules.RingShare {
		return
	}
	_, deals := p.Held.spend()
	s.raise(Alert{Kind: Ring, Owners: []string{first, second}, Severity: max(Medium, atLeast(turns, 1, 3*s.rules.RingTurns)), Deals: deals,
		Figures: map[string]int64{"turns": turns, "quantity": gross, "left": left, "share": min(with, 100)}})
}
