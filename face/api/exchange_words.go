package api

import (
	"slices"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/web"
)

// words are the public names of numbers, from zero.
type words []string

func (w words) of(n int) string {
	if n >= len(w) {
		return "unknown"
	}
	return w[n]
}

// index gives the number of a name; none is the first.
func (w words) index(name string) (int, bool) {
	if name == "" {
		return 0, true
	}
	n := slices.Index(w, name)
	return max(n, 0), n >= 0
}

// What orders are called here, in FIX and on pages.
var (
	orderSides  = words{"buy", "sell"}
	orderTypes  = words{"limit", "market", "market_to_limit", "stop", "stop_limit"}
	orderLives  = words{"day", "lasting", "dated", "immediate", "all_or_none"}
	orderGuards = words{"none", "cancel_coming", "cancel_resting", "cancel_both", "reduce"}
	orderStates = words{"open", "waiting", "filled", "ended"}
)

// orderTerms are an order as programs state it, here and on the stream. Prices are whole numbers in the smallest unit of the
// currency, quantities in countable parts.
type orderTerms struct {
	Instrument string    `json:"instrument" minLength:"1" maxLength:"40"`
	ClientID   string    `json:"client_id,omitempty" maxLength:"36" pattern:"^[!-~]*$" doc:"Your own name for this request, once a day: the same order sent again under it is entered once."`
	Side       string    `json:"side" enum:"buy,sell"`
	Type       string    `json:"type,omitempty" enum:"limit,market,market_to_limit,stop,stop_limit" doc:"A limit order unless said otherwise."`
	Life       string    `json:"life,omitempty" enum:"day,lasting,dated,immediate,all_or_none" doc:"For the day unless said otherwise."`
	Price      int64     `json:"price,omitempty"`
	Quantity   int64     `json:"quantity" minimum:"1"`
	StopPrice  int64     `json:"stop_price,omitempty" doc:"The price of a trade that wakes a stop order."`
	Display    int64     `json:"display,omitempty" minimum:"0" doc:"How much of it is seen at once; all unless said otherwise."`
	Minimum    int64     `json:"minimum,omitempty" minimum:"0" doc:"How much has to trade at once."`
	Until      time.Time `json:"until,omitzero" doc:"When a dated order ends."`
	PostOnly   bool      `json:"post_only,omitempty" doc:"Refuse it if it would trade at once."`
	Auction    string    `json:"auction,omitempty" enum:"opening,closing" doc:"Let it wait for that auction, and end with it."`
	Guard      string    `json:"guard,omitempty" enum:"none,cancel_coming,cancel_resting,cancel_both,reduce" doc:"What happens instead of a trade with oneself."`
}

// ask reads an order. What the document forbids has been refused before, or is refused here.
func (t orderTerms) ask() (floor.Ask, error) {
	a := floor.Ask{
		Instrument: t.Instrument, Client: t.ClientID, Price: t.Price, Quantity: t.Quantity, Stop: t.StopPrice, Display: t.Display,
		Minimum: t.Minimum, Until: t.Until, PostOnly: t.PostOnly,
	}
	var wrong []fault.Field
	read := func(names words, name, pointer string) int {
		n, ok := names.index(name)
		if !ok {
			wrong = append(wrong, fault.Say("This value is not right.").At(pointer))
		}
		return n
	}
	if t.Side == "" {
		wrong = append(wrong, fault.Say("This value is not right.").At("/side"))
	}
	a.Side = book.Side(read(orderSides, t.Side, "/side"))
	a.Type = book.Type(read(orderTypes, t.Type, "/type"))
	a.Life = book.Life(read(orderLives, t.Life, "/life"))
	a.Guard = book.Guard(read(orderGuards, t.Guard, "/guard"))
	switch t.Auction {
	case "":
	case auction.Opening.String():
		a.Auction = auction.Opening
	case auction.Closing.String():
		a.Auction = auction.Closing
	default:
		wrong = append(wrong, fault.Say("This value is not right.").At("/auction"))
	}
	if t.Quantity < 1 {
		wrong = append(wrong, fault.Say("This value is not right.").At("/quantity"))
	}
	if len(wrong) > 0 {
		return a, web.ErrInvalid.Fields(wrong...)
	}
	return a, nil
}

// exchangeOrderView is an order of today as its owner sees it, here and on the stream.
type exchangeOrderView struct {
	ID         string `json:"id"`
	ClientID   string `json:"client_id"`
	Account    string `json:"account"`
	Instrument string `json:"instrument"`
	Side       string `json:"side" enum:"buy,sell"`
	Type       string `json:"type" enum:"limit,market,market_to_limit,stop,stop_limit"`
	Life       string `json:"life" enum:"day,lasting,dated,immediate,all_or_none"`
	Auction    string `json:"auction" enum:"none,opening,closing"`
	State      string `json:"state" enum:"open,waiting,filled,ended"`
	Price      int64  `json:"price" doc:"Of a market order how far it reaches."`
	StopPrice  int64  `json:"stop_price"`
	Quantity   int64  `json:"quantity" doc:"What is left and what has traded; of an order that was taken back what has traded."`
	Left       int64  `json:"left"`
	Filled     int64  `json:"filled"`
	Average    *int64 `json:"average_price" doc:"Rounded to the nearest whole number; null without a trade."`
	EnteredAt  int64  `json:"entered_at" doc:"In microseconds since 1970."`
}

// viewOrder gives an order of an account; what is traded is in the list of instruments.
func viewExchangeOrder(instruments map[uint32]exchange.Instrument, account string, o venue.Order) exchangeOrderView {
	i := instruments[o.Instrument]
	unit := max(i.Terms.Unit, 1)
	v := exchangeOrderView{
		ID: strconv.FormatUint(o.ID, 10), ClientID: o.Client, Account: account, Instrument: i.Code, Side: orderSides.of(int(o.Side)),
		Type: orderTypes.of(int(o.Type)), Life: orderLives.of(int(o.Life)), Auction: o.Auction.String(), State: orderStates.of(int(o.State)),
		Price: o.Price, StopPrice: o.Stop, Quantity: o.Qty * unit, Left: o.Left * unit, Filled: o.Cum * unit, EnteredAt: o.Entered,
	}
	if o.Cum > 0 {
		if average, ok := money.MulDiv(o.Value, 1, o.Cum, money.HalfUp); ok {
			v.Average = &average
		}
	}
	return v
}

// balanceView is what an account has of one asset.
type balanceView struct {
	Asset   string `json:"asset"`
	Settled int64  `json:"settled" doc:"What is there."`
	Due     int64  `json:"due" doc:"What trades bring until they are settled, less what they owe."`
	Held    int64  `json:"held" doc:"What open orders may cost."`
	Margin  int64  `json:"margin"`
	Free    int64  `json:"free" doc:"What may be used; below zero it is lacking."`
}

func viewBalance(asset string, b risk.Balance) balanceView {
	return balanceView{asset, b.Settled, b.Due, b.Held, b.Margin, b.Free}
}
