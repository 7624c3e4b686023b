package fix

import (
	"maps"
	"slices"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/venue"
	wire "sauda/gear/fix"
)

// symbols are the instruments of the market as they were at a time.
type symbols struct {
	at       time.Time
	byNumber map[uint32]exchange.Instrument
	byCode   map[string]*exchange.Instrument
}

const symbolsAge = time.Second // symbolsAge is how old what is known of instruments may be.

// list gives the instruments of the market, read again now and then.
func (g *Gateway) list() *symbols {
	now := time.Now()
	known := g.known.Load()
	if known != nil && now.Sub(known.at) < symbolsAge {
		return known
	}
	all := g.config.Floor.Instruments()
	fresh := &symbols{now, all, make(map[string]*exchange.Instrument, len(all))}
	for _, i := range all {
		one := i
		fresh.byCode[i.Code] = &one
	}
	g.known.Store(fresh)
	return fresh
}

// symbol gives the instrument of a message: by Symbol (55), or by SecurityID (48) where the symbol says that there is none.
func (g *Gateway) symbol(m *wire.Message) (*exchange.Instrument, *flaw) {
	code, given := m.Bytes(55)
	if !given || string(code) == "[N/A]" {
		code, _ = m.Bytes(48)
	}
	if i := g.list().byCode[string(code)]; i != nil {
		return i, nil
	}
	return nil, flawOf(venue.UnknownInstrument)
}

// instrument gives an instrument by its number. One that the books have forgotten has no name, and is counted in ones.
func (g *Gateway) instrument(number uint32) exchange.Instrument {
	i := g.list().byNumber[number]
	i.Terms.Unit = max(1, i.Terms.Unit)
	return i
}

// chosen gives the instruments that a request is about: the one that it names, or all, by their numbers.
func (g *Gateway) chosen(m *wire.Message) ([]exchange.Instrument, *flaw) {
	if _, named := m.Bytes(55); named {
		i, wrong := g.symbol(m)
		if wrong != nil {
			return nil, wrong
		}
		return []exchange.Instrument{*i}, nil
	}
	all := g.list().byNumber
	var list []exchange.Instrument
	for _, number := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[number])
	}
	return list, nil
}

// Values of SecurityListRequestType (559) and SecurityRequestResult (560).
const (
	listSymbol = '0'
	listAll    = '4'

	listValid   = 0
	listInvalid = 1
	listNothing = 2
)

// securities answers a SecurityListRequest with what is traded, at most a hundred a message.
func (d *desk) securities(s *wire.Session, m *wire.Message) error {
	g := d.gateway
	list, wrong := g.chosen(m)
	result := int64(listValid)
	switch kind := m.Char(559); {
	case kind != listAll && kind != listSymbol || kind == listAll && len(list) == 1 && m.Text(55) != "":
		result = listInvalid
	case wrong != nil || len(list) == 0:
		result = listNothing
	}
	id := m.Text(320)
	if result != listValid {
		return s.Send("y", new(wire.Body).Text(320, id).Text(322, id).Int(560, result))
	}
	total := int64(len(list))
	for page := range slices.Chunk(list, listPage) {
		b := new(wire.Body).Text(320, id).Text(322, id).Int(560, listValid).Int(393, total)
		b.Yes(893, page[len(page)-1].Number == list[len(list)-1].Number).Int(146, int64(len(page)))
		for _, i := range page {
			writeSecurity(b, &i)
		}
		if err := s.Send("y", b); err != nil {
			return err
		}
	}
	return nil
}

const listPage = 100

// writeSecurity writes one entry of a SecurityList: the lot and the smallest order in countable parts.
func writeSecurity(b *wire.Body, i *exchange.Instrument) {
	b.Text(55, i.Code)
	if i.Security != nil {
		b.Text(48, string(i.Security.ISIN)).Char(22, '4')
	}
	b.Text(107, i.Name["en"]).Text(15, string(i.Currency)).Int(561, i.Terms.Lot)
}

// phases answers a TradingSessionStatusRequest with how far the day of each instrument is: one message for each, the
// TradingSessionID of which is its code in FIX 4.4; later there is a Symbol.
func (d *desk) phases(s *wire.Session, m *wire.Message) error {
	g := d.gateway
	if kind := m.Char(263); kind != '0' {
		return s.Refuse(m, wire.Refusal{Business: true, Reason: 0, Text: "SubscriptionRequestType (263) is not served with this value", Ref: m.Text(335)})
	}
	wanted := m.Text(336)
	if s.ID().Version > wire.FIX44 {
		wanted = m.Text(55)
	}
	var days []venue.Day
	if err := g.config.Floor.Look(g.ctx, func(v *venue.Venue) { days = v.Days() }); err != nil {
		return s.Refuse(m, wire.Refusal{Business: true, Reason: notAvailable, Text: "Nobody can say now: " + err.Error(), Ref: m.Text(335)})
	}
	told := false
	for _, day := range days {
		i := g.instrument(day.Instrument)
		if wanted != "" && wanted != i.Code {
			continue
		}
		sub, status := sessionOf(day.Phase)
		if day.State != venue.Listed {
			status = 1
		}
		b := new(wire.Body).Text(335, m.Text(335)).Text(336, i.Code).Text(625, sub)
		if s.ID().Version > wire.FIX44 { // There the values of 336 are listed, and the instrument has a field of its own.
			b = new(wire.Body).Text(335, m.Text(335)).Text(336, daySession).Text(625, sub).Text(55, i.Code)
		}
		b.Int(340, status).Text(58, day.Phase.String())
		if day.Begun != 0 {
			b.Time(341, day.Begun)
		}
		told = true
		if err := s.Send("h", b); err != nil {
			return err
		}
	}
	if !told {
		return s.Send("h", new(wire.Body).Text(335, m.Text(335)).Text(336, daySession).Int(340, 6).Int(567, 1).Text(58, "unknown_instrument"))
	}
	return nil
}

const daySession = "1" // daySession is a TradingSessionID (336): the day.
