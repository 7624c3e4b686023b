package fix

import (
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

var sides = [2]book.Side{book.Buy, book.Sell}

// order is what the gateway knows of an order, in what the market counts in.
type order struct {
	id         uint64
	client     string // client is the ClOrdID that counts, names are all that it has had from this gateway.
	names      []string
	instrument uint32
	account    uint32
	trader     uint32
	member     uint16
	side       book.Side
	kind       book.Type
	life       book.Life
	auction    auction.Kind
	known      bool // known says that kind and life are; of one from elsewhere they are not told by the market.
	size       int64
	left       int64
	cum        int64
	value      int64
	price      int64
	stop       int64
	state      venue.State
}

// orderOf is an order as the market knows it. What was open of one that was taken back nobody knows any more.
func orderOf(o *venue.Order) *order {
	return &order{
		id: o.ID, client: o.Client, names: []string{o.Client}, instrument: o.Instrument, account: o.Account, trader: o.Trader, member: o.Member,
		side: o.Side, kind: o.Type, life: o.Life, auction: o.Auction, known: true, size: o.Qty, left: o.Left, cum: o.Cum, value: o.Value,
		price: o.Price, stop: o.Stop, state: o.State,
	}
}

// status is OrdStatus (39).
func (o *order) status() byte {
	switch {
	case o.state == venue.Ended:
		return statusCanceled
	case o.state == venue.Filled:
		return statusFilled
	case o.cum > 0:
		return statusPartial
	}
	return statusNew
}

// fill notes a trade.
func (o *order) fill(price, n int64) {
	o.cum += n
	o.value += price * n
	if o.left -= n; o.left <= 0 {
		o.left, o.state = 0, venue.Filled
	}
}

// average is the average price with four digits more than prices have; of an order without trades it is zero. What lies
// beyond is cut off.
func (o *order) average() int64 {
	if o.cum == 0 {
		return 0
	}
	return o.value/o.cum*averageScale + o.value%o.cum*averageScale/o.cum
}

const (
	averageDigits = 4
	averageScale  = 10_000
)

// request is what a session has asked of the market.
type request struct {
	desk   *desk
	kind   byte // kind is the MsgType.
	client string
	target string // target is OrigClOrdID.
	symbol string
	mass   byte   // mass is MassCancelRequestType.
	order  *order // order is a new order, or what a replacement asks for.
}

// Values of OrdStatus (39) and ExecType (150).
const (
	statusNew      = '0'
	statusPartial  = '1'
	statusFilled   = '2'
	statusCanceled = '4'
	statusRejected = '8'
	statusExpired  = 'C'

	execNew       = '0'
	execCanceled  = '4'
	execReplaced  = '5'
	execRejected  = '8'
	execExpired   = 'C'
	execRestated  = 'D'
	execTrade     = 'F'
	execBusted    = 'H'
	execStatus    = 'I'
	execTriggered = 'L'
)

// These are the values of Side, OrdType and TimeInForce by what the book calls them.
var (
	sideChars = [...]byte{book.Buy: '1', book.Sell: '2'}
	typeChars = [...]byte{book.Limit: '2', book.Market: '1', book.MarketToLimit: 'K', book.StopMarket: '3', book.StopLimit: '4'}
	lifeChars = [...]byte{book.Day: '0', book.Lasting: '1', book.Dated: '6', book.Immediate: '3', book.AllOrNone: '4'}
)

// lifeChar is TimeInForce (59), by which one waits for an auction, too.
func (o *order) lifeChar() byte {
	switch o.auction {
	case auction.Opening:
		return '2'
	case auction.Closing:
		return '7'
	}
	return lifeChars[o.life]
}
