package fix

import (
	"errors"
	"strconv"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	wire "sauda/gear/fix"
)

// flaw is why a message is not brought to the market: a word for programs, which the market's own reasons share, and a
// sentence for people.
type flaw struct {
	code string
	text string
}

const codeUnsupported = "unsupported" // codeUnsupported is what the market has no word for: it is the gateway's own.

func unsupported(name string, tag int) *flaw {
	return &flaw{codeUnsupported, name + " (" + strconv.Itoa(tag) + ") is not served with this value"}
}

// harmless are fields of orders that ask for nothing: those of the envelope, times and texts of the other side, who it is
// for, and ways to say again what the symbol says.
var harmless = set(8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 1128,
	21, 22, 48, 58, 60, 120, 207, 447, 448, 452, 453, 460, 461, 526, 528, 529, 581, 582, 802, 523, 803)

// ofOrders are fields of orders that are served.
var ofOrders = set(1, 11, 15, 18, 37, 38, 40, 41, 44, 54, 55, 59, 99, 110, 111, 126, 1138)

// set makes a quick answer to whether a tag is one of them.
func set(tags ...int) (is [1200]bool) {
	for _, tag := range tags {
		is[tag] = true
	}
	return is
}

// foreign gives the first field that the gateway does not serve in this message.
func foreign(m *wire.Message, served *[1200]bool) *flaw {
	for n := range m.Len() {
		tag, _ := m.Field(n)
		if tag < len(harmless) && (harmless[tag] || served[tag]) {
			continue
		}
		return &flaw{codeUnsupported, "Field " + strconv.Itoa(tag) + " is not served here"}
	}
	return nil
}

// enter brings a NewOrderSingle to the market. One that may have come before, and has, is answered with its state.
func (d *desk) enter(s *wire.Session, m *wire.Message) error {
	r := &request{desk: d, kind: 'D', client: m.Text(11), symbol: m.Text(55)}
	in := venue.Input{Verb: venue.Enter, Trader: d.number, Member: d.member, Client: r.client}
	if wrong := d.readOrder(m, &in); wrong != nil {
		return d.gateway.rejectNew(s, r, sideOf(m), wrong)
	}
	if again(m) {
		if o, ok, err := d.look(0, r.client); err != nil || ok {
			return d.gateway.state(s, d, o, "", err)
		}
	}
	o := &in.Order
	r.order = &order{
		client: r.client, names: []string{r.client}, instrument: in.Instrument, account: in.Account, trader: d.number, member: d.member,
		side: o.Side, kind: o.Type, life: o.Life, auction: in.Auction, known: true, size: o.Qty, left: o.Qty, price: o.Price, stop: o.Stop,
	}
	return d.send(s, m, r, &in)
}

// again tells whether a message may have come before, under its number or another one.
func again(m *wire.Message) bool {
	same, other := m.Again()
	return same || other
}

// send sends a request to the market. When that has too much to do, the session waits, and so does whoever sends. What the
// market does not take at all is refused: it has not been asked.
func (d *desk) send(s *wire.Session, m *wire.Message, r *request, in *venue.Input) error {
	g := d.gateway
	if r.kind != 'q' {
		g.mu.Lock()
		if d.asked[r.client] == nil {
			d.asked[r.client] = r
		}
		g.mu.Unlock()
	}
	answer := func(events []venue.Event, err error) { g.answered(r, events, err) }
	err := g.config.Floor.Send(*in, answer)
	for began := time.Now(); errors.Is(err, floor.ErrFull) && time.Since(began) < fullWait; err = g.config.Floor.Send(*in, answer) {
		time.Sleep(100 * time.Microsecond)
	}
	if err == nil {
		return nil
	}
	d.forget(r)
	return s.Refuse(m, wire.Refusal{Business: true, Reason: notAvailable, Text: "The exchange takes nothing now: " + err.Error(), Ref: r.client})
}

// notAvailable is a BusinessRejectReason (380): application not available.
const notAvailable = 4

// forget takes a request off those that wait for an answer.
func (d *desk) forget(r *request) {
	d.gateway.mu.Lock()
	defer d.gateway.mu.Unlock()
	d.settled(r)
}

// settled is forget with the lock.
func (d *desk) settled(r *request) {
	if d.asked[r.client] == r {
		delete(d.asked, r.client)
	}
}

// unanswered tells a session that nobody knows what has become of a request: the market could not write it down.
func (d *desk) unanswered(r *request) {
	g := d.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	d.settled(r)
	b := g.body.Reset().Text(372, string(r.kind)).Text(379, r.client).Int(380, notAvailable)
	b.Text(58, "No answer came: ask for the state of the order before you send it again")
	if err := d.session.Send("j", b); err != nil {
		g.log.Error("a message could not be kept", "trader", d.code, "err", err)
	}
}

// readOrder makes an input of what a NewOrderSingle says.
func (d *desk) readOrder(m *wire.Message, in *venue.Input) *flaw {
	if wrong := foreign(m, &ofOrders); wrong != nil {
		return wrong
	}
	if len(in.Client) > venue.ClientMax {
		return flawOf(venue.BadClient)
	}
	i, wrong := d.gateway.symbol(m)
	if wrong != nil {
		return wrong
	}
	in.Instrument = i.Number
	account, ok := d.account(m.Text(1))
	if !ok {
		return flawOf(venue.UnknownAccount)
	}
	in.Account = account
	if currency, ok := m.Bytes(15); ok && string(currency) != string(i.Currency) {
		return unsupported("Currency", 15)
	}
	switch m.Char(54) {
	case '1':
	case '2':
		in.Order.Side = book.Sell
	default:
		return unsupported("Side", 54)
	}
	if wrong := readType(m, i, &in.Order); wrong != nil {
		return wrong
	}
	if wrong := readLife(m, in); wrong != nil {
		return wrong
	}
	return readSizes(m, i, &in.Order)
}

// readType reads OrdType (40), the prices that belong to it, and ExecInst (18).
func readType(m *wire.Message, i *exchange.Instrument, o *book.Input) *flaw {
	switch m.Char(40) {
	case '1':
		o.Type = book.Market
	case '2':
		o.Type = book.Limit
	case '3':
		o.Type = book.StopMarket
	case '4':
		o.Type = book.StopLimit
	case 'K':
		o.Type = book.MarketToLimit
	default:
		return unsupported("OrdType", 40)
	}
	if wrong := readPrice(m, 44, i, &o.Price, "Price"); wrong != nil {
		return wrong
	}
	if wrong := readPrice(m, 99, i, &o.Stop, "StopPx"); wrong != nil {
		return wrong
	}
	if what, ok := m.Bytes(18); ok {
		if string(what) != "6" {
			return unsupported("ExecInst", 18)
		}
		o.Flags |= book.PostOnly
	}
	return nil
}

// readPrice reads a price in the currency. One that the currency cannot count is between two steps.
func readPrice(m *wire.Message, tag int, i *exchange.Instrument, to *int64, name string) *flaw {
	if _, ok := m.Bytes(tag); !ok {
		return nil
	}
	price, ok := m.Decimal(tag, i.Currency.Digits())
	if !ok {
		return &flaw{book.BadTick.Code(), name + " (" + strconv.Itoa(tag) + ") cannot be counted in the currency"}
	}
	*to = price
	return nil
}

// readLife reads TimeInForce (59) and ExpireTime (126).
func readLife(m *wire.Message, in *venue.Input) *flaw {
	o := &in.Order
	value, given := m.Bytes(59)
	switch {
	case !given || string(value) == "0":
	case string(value) == "1":
		o.Life = book.Lasting
	case string(value) == "2":
		in.Auction = auction.Opening
	case string(value) == "3":
		o.Life = book.Immediate
	case string(value) == "4":
		o.Life = book.AllOrNone
	case string(value) == "6":
		o.Life = book.Dated
	case string(value) == "7":
		in.Auction = auction.Closing
	default:
		return unsupported("TimeInForce", 59)
	}
	until, given := m.Time(126)
	if given != (o.Life == book.Dated) {
		return unsupported("ExpireTime", 126)
	}
	o.Until = until
	return nil
}

// readSizes reads quantities in countable parts: the market counts in what a price is for.
func readSizes(m *wire.Message, i *exchange.Instrument, o *book.Input) *flaw {
	display := 111
	if _, ok := m.Bytes(1138); ok {
		display = 1138
	}
	for _, q := range [...]struct {
		tag int
		to  *int64
	}{{38, &o.Qty}, {display, &o.Display}, {110, &o.Min}} {
		if _, given := m.Bytes(q.tag); !given {
			continue
		}
		n, ok := m.Decimal(q.tag, 0)
		if !ok || n%i.Terms.Unit != 0 {
			return &flaw{book.BadQty.Code(), "Field " + strconv.Itoa(q.tag) + " is no multiple of " + strconv.FormatInt(i.Terms.Unit, 10)}
		}
		*q.to = n / i.Terms.Unit
	}
	return nil
}

func sideOf(m *wire.Message) byte {
	if side := m.Char(54); side != 0 {
		return side
	}
	return '1'
}
