package fix

import (
	"strconv"

	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	wire "sauda/gear/fix"
)

// replace brings an OrderCancelReplaceRequest to the market. Side, type and life of an order stay as they are.
func (d *desk) replace(s *wire.Session, m *wire.Message) error {
	r := &request{desk: d, kind: 'G', client: m.Text(11), target: m.Text(41), symbol: m.Text(55)}
	in := venue.Input{Verb: venue.Replace, Trader: d.number, Member: d.member, Client: r.client, Target: r.target}
	if wrong := d.readChange(m, &in); wrong != nil {
		return d.gateway.rejectChange(s, r, in.Order.ID, wrong)
	}
	if again(m) {
		if o, ok, err := d.look(0, r.client); err != nil || ok {
			return d.gateway.state(s, d, o, "", err)
		}
	}
	r.order = &order{price: in.Order.Price, stop: in.Order.Stop, size: in.Order.Qty, client: r.client}
	return d.send(s, m, r, &in)
}

// readChange makes an input of what a replacement says. OrderQty (38) counts what has traded, too.
func (d *desk) readChange(m *wire.Message, in *venue.Input) *flaw {
	if wrong := d.readTarget(m, in); wrong != nil {
		return wrong
	}
	if wrong := foreign(m, &ofOrders); wrong != nil {
		return wrong
	}
	i, wrong := d.gateway.symbol(m)
	if wrong != nil {
		return wrong
	}
	in.Instrument = i.Number
	var asked venue.Input
	if wrong := readType(m, i, &asked.Order); wrong != nil {
		return wrong
	}
	if wrong := readLife(m, &asked); wrong != nil {
		return wrong
	}
	if wrong := readSizes(m, i, &asked.Order); wrong != nil {
		return wrong
	}
	if wrong := d.same(m, in, &asked); wrong != nil {
		return wrong
	}
	o := &asked.Order
	if o.Min != 0 {
		return unsupported("MinQty", 110)
	}
	in.Order.Price, in.Order.Stop, in.Order.Qty, in.Order.Display, in.Order.Until = o.Price, o.Stop, o.Qty, o.Display, o.Until
	in.Order.Flags = book.Total
	return nil
}

// same refuses a replacement that would change what cannot change. Of an order that nobody here knows, the market says
// what it says.
func (d *desk) same(m *wire.Message, in, asked *venue.Input) *flaw {
	g := d.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	o := d.names[in.Target]
	if in.Order.ID != 0 {
		o = g.orders[in.Order.ID]
	} else if r := d.asked[in.Target]; o == nil && r != nil && r.kind == 'D' {
		o = r.order
	}
	if o == nil || !o.known || o.trader != d.number {
		return nil
	}
	life, given := m.Bytes(59)
	switch {
	case in.Instrument != o.instrument:
		return unsupported("Symbol", 55)
	case m.Char(54) != sideChars[o.side]:
		return unsupported("Side", 54)
	case asked.Order.Type != o.kind && !(o.kind == book.MarketToLimit && asked.Order.Type == book.Limit):
		return unsupported("OrdType", 40)
	case given && string(life) != string(o.lifeChar()):
		return unsupported("TimeInForce", 59)
	}
	if code, given := m.Bytes(1); given && d.accounts[string(code)] != o.account {
		return unsupported("Account", 1)
	}
	return nil
}

// readTarget reads which order is meant: by OrderID (37) where there is one, else by OrigClOrdID (41).
func (d *desk) readTarget(m *wire.Message, in *venue.Input) *flaw {
	if len(in.Client) > venue.ClientMax || len(in.Target) > venue.ClientMax {
		in.Client, in.Target = "", ""
		return flawOf(venue.BadClient)
	}
	if id, given := m.Bytes(37); given {
		n, err := strconv.ParseUint(string(id), 10, 64)
		if err != nil || n == 0 {
			return flawOf(venue.UnknownOrder)
		}
		in.Order.ID = n
	}
	return nil
}

// cancel brings an OrderCancelRequest to the market. One that may have come before is answered with the state of its order,
// if that has ended.
func (d *desk) cancel(s *wire.Session, m *wire.Message) error {
	r := &request{desk: d, kind: 'F', client: m.Text(11), target: m.Text(41), symbol: m.Text(55)}
	in := venue.Input{Verb: venue.Cancel, Trader: d.number, Member: d.member, Client: r.client, Target: r.target}
	if wrong := d.readTarget(m, &in); wrong != nil {
		return d.gateway.rejectChange(s, r, in.Order.ID, wrong)
	}
	if again(m) {
		o, ok, err := d.look(in.Order.ID, r.target)
		if err != nil || ok && !o.Live() {
			return d.gateway.state(s, d, o, "", err)
		}
	}
	return d.send(s, m, r, &in)
}

// massCancel brings an OrderMassCancelRequest to the market: all orders of the trader (7) or those of one instrument (1),
// of both sides or one.
func (d *desk) massCancel(s *wire.Session, m *wire.Message) error {
	r := &request{desk: d, kind: 'q', client: m.Text(11), mass: m.Char(530)}
	in := venue.Input{Verb: venue.CancelAll, Trader: d.number, Member: d.member, Client: r.client}
	if len(r.client) > venue.ClientMax {
		return d.gateway.rejectMass(s, r, massOther, flawOf(venue.BadClient))
	}
	for _, narrower := range [...]int{1, 336, 453} { // More must not be taken back than is meant.
		if _, given := m.Bytes(narrower); given {
			return d.gateway.rejectMass(s, r, massOther, unsupported("Field", narrower))
		}
	}
	switch r.mass {
	case massAll:
	case massSymbol:
		i, wrong := d.gateway.symbol(m)
		if wrong != nil {
			return d.gateway.rejectMass(s, r, massUnknown, wrong)
		}
		in.Instrument, r.symbol = i.Number, i.Code
	default:
		return d.gateway.rejectMass(s, r, massUnsupported, unsupported("MassCancelRequestType", 530))
	}
	switch side, given := m.Bytes(54); {
	case !given:
	case string(side) == "1" || string(side) == "2":
		in.Order.Flags, in.Order.Side = book.OneSide, book.Side(side[0]-'1')
	default:
		return d.gateway.rejectMass(s, r, massOther, unsupported("Side", 54))
	}
	return d.send(s, m, r, &in)
}

// Values of MassCancelRequestType (530) and MassCancelRejectReason (532).
const (
	massSymbol = '1'
	massAll    = '7'

	massUnsupported = 0
	massUnknown     = 1
	massOther       = 99
)
