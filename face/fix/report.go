package fix

import (
	"strconv"

	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	wire "sauda/gear/fix"
)

// TagCode is the user's field in which the shared code of a refusal or of an end stands: the same word as in the API.
const TagCode = 5001

// tagCopied says in a copy that it is one (CopyMsgIndicator, 797).
const tagCopied = 797

// saying is what a report says of an order besides how it is.
type saying struct {
	exec   byte
	seq    uint64
	at     int64
	client string // client is the ClOrdID of a request that ended it, target the OrigClOrdID.
	target string
	code   string
	trade  *venue.Trade
	side   book.Side // side is whose side of the trade is told.
	asked  string    // asked is OrdStatusReqID.
	copied bool
}

// execID names what has happened: each event has a number, and each trade two sides.
func (s *saying) execID() string {
	switch {
	case s.exec == execStatus:
		return "0"
	case s.trade == nil:
		return decimalOf(s.seq)
	case s.exec == execBusted:
		return "X" + s.tradeID()
	}
	return s.tradeID()
}

func (s *saying) tradeID() string { return decimalOf(s.trade.ID) + [...]string{"B", "S"}[s.side] }

// report sends an ExecutionReport to a desk. With the lock.
func (g *Gateway) report(d *desk, o *order, s saying) {
	if err := d.session.Send("8", g.writeReport(d, o, &s)); err != nil {
		g.log.Error("a report could not be kept", "trader", d.code, "order", o.id, "err", err)
	}
}

// writeReport writes an ExecutionReport. Fields that are not known of an order from elsewhere are left out.
func (g *Gateway) writeReport(d *desk, o *order, s *saying) *wire.Body {
	i := g.instrument(o.instrument)
	unit, digits := i.Terms.Unit, i.Currency.Digits()
	client := o.client
	if s.client != "" {
		client = s.client
	}
	status := o.status()
	if s.exec == execExpired {
		status = statusExpired
	}
	b := g.body.Reset().Text(37, decimalOf(o.id)).Text(11, client).Text(41, s.target).Text(17, s.execID()).Text(790, s.asked)
	b.Char(150, s.exec).Char(39, status).Text(1, d.codes[o.account]).Text(55, i.Code).Char(54, sideChars[o.side])
	if o.size > 0 && status != statusCanceled {
		b.Int(38, o.size*unit)
	}
	if o.known {
		b.Char(40, typeChars[o.kind]).Char(59, o.lifeChar())
	}
	if o.price != 0 {
		b.Decimal(44, o.price, digits)
	}
	if o.stop != 0 {
		b.Decimal(99, o.stop, digits)
	}
	b.Text(15, string(i.Currency))
	if t := s.trade; t != nil {
		b.Int(32, t.Qty*unit).Decimal(31, t.Price, digits).Text(527, decimalOf(t.ID))
		if t.How == venue.HowContinuous && s.exec == execTrade {
			liquidity := byte('2') // Removed.
			if t.Resting == s.side {
				liquidity = '1' // Added.
			}
			b.Char(851, liquidity)
		}
		if s.exec == execBusted {
			b.Text(19, s.tradeID())
		}
	}
	b.Int(151, o.left*unit).Int(14, o.cum*unit).Decimal(6, o.average(), digits+averageDigits)
	switch {
	case s.at != 0:
		b.Time(60, s.at)
	default:
		b.Time(60, g.config.Now().UnixMicro())
	}
	if s.exec == execRestated {
		b.Int(378, restatedPart)
	}
	if s.code != "" {
		b.Text(58, s.code).Text(TagCode, s.code)
	}
	if s.copied {
		b.Yes(tagCopied, true)
	}
	return b
}

// restatedPart is an ExecRestatementReason (378): part of the quantity was declined.
const restatedPart = 5

// rejectNew refuses a new order that is not brought to the market.
func (g *Gateway) rejectNew(s *wire.Session, r *request, side byte, why *flaw) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sayRefused(s, r, side, 0, why)
}

// sayRefused sends an ExecutionReport that refuses a new order. With the lock.
func (g *Gateway) sayRefused(s *wire.Session, r *request, side byte, seq uint64, why *flaw) error {
	symbol := r.symbol
	if symbol == "" {
		symbol = "[N/A]"
	}
	id := "R" + decimalOf(seq)
	if seq == 0 {
		id = "R-" + r.client
	}
	b := g.body.Reset().Text(37, "NONE").Text(11, r.client).Text(17, id).Char(150, execRejected).Char(39, statusRejected)
	b.Int(103, reasonOf(newReasons, why.code)).Text(55, symbol).Char(54, side)
	if o := r.order; o != nil {
		b.Text(1, r.desk.codes[o.account]).Int(38, o.size*g.instrument(o.instrument).Terms.Unit)
	}
	b.Int(151, 0).Int(14, 0).Char(6, '0').Time(60, g.config.Now().UnixMicro()).Text(58, why.text).Text(TagCode, why.code)
	return s.Send("8", b)
}

// rejectChange refuses to take back or change an order without asking the market.
func (g *Gateway) rejectChange(s *wire.Session, r *request, id uint64, why *flaw) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.orders[id]
	if o == nil || o.trader != r.desk.number {
		o = r.desk.names[r.target]
	}
	return g.sayUnchanged(s, r, o, why)
}

// sayUnchanged sends an OrderCancelReject; the order is nil where nobody knows it. With the lock.
func (g *Gateway) sayUnchanged(s *wire.Session, r *request, o *order, why *flaw) error {
	id, status, response := "NONE", byte(statusRejected), byte('1')
	if o != nil {
		id, status = decimalOf(o.id), o.status()
	}
	if r.kind == 'G' {
		response = '2'
	}
	target := r.target
	if target == "" {
		target = "NONE"
	}
	b := g.body.Reset().Text(37, id).Text(11, r.client).Text(41, target).Char(39, status).Char(434, response)
	b.Int(102, reasonOf(cancelReasons, why.code)).Time(60, g.config.Now().UnixMicro()).Text(58, why.text).Text(TagCode, why.code)
	return s.Send("9", b)
}

// rejectMass refuses to take back many orders without asking the market.
func (g *Gateway) rejectMass(s *wire.Session, r *request, reason int64, why *flaw) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return s.Send("r", g.writeMass(r, s.ID().Version, '0', "R-"+r.client).Int(532, reason).Text(58, why.text).Text(TagCode, why.code))
}

// sayMass tells what has come of an OrderMassCancelRequest. With the lock.
func (g *Gateway) sayMass(r *request, e *venue.Event, why *flaw) {
	s := r.desk.session
	response := r.mass
	if why != nil {
		response = '0'
	}
	b := g.writeMass(r, s.ID().Version, response, decimalOf(e.Seq))
	if why != nil {
		b.Int(532, massOther).Text(58, why.text).Text(TagCode, why.code)
	} else {
		b.Int(533, e.Report.Qty)
	}
	if err := s.Send("r", b); err != nil {
		g.log.Error("a report could not be kept", "trader", r.desk.code, "err", err)
	}
}

func (g *Gateway) writeMass(r *request, v wire.Version, response byte, id string) *wire.Body {
	b := g.body.Reset().Text(11, r.client).Text(37, id).Char(530, r.mass).Char(531, response).Text(55, r.symbol)
	if v >= wire.FIX50SP1 {
		b.Text(1369, id)
	}
	return b.Time(60, g.config.Now().UnixMicro())
}

// state answers with how an order is. With an error nobody knows.
func (g *Gateway) state(s *wire.Session, d *desk, o venue.Order, asked string, err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		b := g.body.Reset().Text(372, "H").Int(380, notAvailable).Text(58, "Nobody can say now: "+err.Error())
		return s.Send("j", b)
	}
	return s.Send("8", g.writeReport(d, orderOf(&o), &saying{exec: execStatus, asked: asked}))
}

// status answers an OrderStatusRequest with how an order of today is, also one that has ended: by OrderID (37) or ClOrdID (11).
func (d *desk) status(s *wire.Session, m *wire.Message) error {
	var id uint64
	client := m.Text(11)
	if given, ok := m.Bytes(37); ok {
		id, _ = strconv.ParseUint(string(given), 10, 64) // What is no number is no order.
		client = ""
	}
	o, ok, err := d.look(id, client)
	if err != nil || ok {
		return d.gateway.state(s, d, o, m.Text(790), err)
	}
	g := d.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	why := flawOf(venue.UnknownOrder)
	b := g.body.Reset().Text(37, "NONE").Text(11, m.Text(11)).Text(17, "0").Text(790, m.Text(790)).Char(150, execStatus).Char(39, statusRejected)
	b.Int(103, 5).Text(55, m.Text(55)).Char(54, sideOf(m)).Int(151, 0).Int(14, 0).Char(6, '0').Text(58, why.text).Text(TagCode, why.code)
	return s.Send("8", b)
}

// look asks the market for an order of the trader, behind all that the session has asked before, and waits until what the
// market said before is told.
func (d *desk) look(id uint64, client string) (o venue.Order, ok bool, err error) {
	g, seq := d.gateway, uint64(0)
	err = g.config.Floor.Look(g.ctx, func(v *venue.Venue) {
		if id != 0 {
			o, ok = v.Find(id)
		} else {
			o, ok = v.FindClient(d.number, client)
		}
		ok = ok && o.Trader == d.number
		seq = v.Reported()
	})
	if err == nil {
		g.reach(seq)
	}
	return o, ok, err
}
