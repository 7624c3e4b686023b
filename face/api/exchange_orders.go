package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountExchangeOrders(api *web.API) {
	refusals := web.Faults(floor.ErrSeat, floor.ErrUnknown, floor.ErrRefused, floor.ErrQuantity, floor.ErrFull, floor.ErrUnanswered, floor.ErrClosed, floor.ErrElsewhere)
	web.Act(api, "POST /v1/exchange/orders", f.enterOrder, web.SignedIn(), web.Status(201),
		web.Doc("Enter an order. The answer says how it stands after it has met the market, once that is safe on the disk.", "Exchange: trading"),
		refusals, web.Faults(floor.ErrLeast, floor.ErrUnsuited))
	web.Act(api, "GET /v1/exchange/orders", f.listExchangeOrders, web.SignedIn(),
		web.Doc("List the orders of today of an account, the youngest first, at most 500.", "Exchange: trading"), refusals)
	web.Act(api, "GET /v1/exchange/orders/{id}", f.showExchangeOrder, web.SignedIn(),
		web.Doc("Show an order of today, also one that has ended.", "Exchange: trading"), refusals)
	web.Act(api, "POST /v1/exchange/orders/{id}/replacement", f.replaceOrder, web.SignedIn(),
		web.Doc("Change the price of an order, or how much of it is open. A higher price or quantity costs its place.", "Exchange: trading"), refusals)
	web.Act(api, "POST /v1/exchange/orders/{id}/cancellation", f.cancelExchangeOrder, web.SignedIn(),
		web.Doc("Take an order back.", "Exchange: trading"), refusals)
	web.Act(api, "POST /v1/exchange/cancellations", f.cancelOrders, web.SignedIn(),
		web.Doc("Take back all orders that one has entered for an account, in one instrument or in all.", "Exchange: trading"), refusals)
}

// ordersMost is how many orders are listed.
const ordersMost = 500

// seat finds from where whoever asks trades for an account.
func (f face) seat(ctx context.Context, account string) (s floor.Seat, err error) {
	err = web.Look(ctx, func(tx *db.Tx) error {
		s, err = floor.SeatOf(tx, tx.Who().ID, account)
		return err
	})
	return s, err
}

func (f face) viewOrderOf(s floor.Seat, o venue.Order) exchangeOrderView {
	return viewExchangeOrder(f.Floor.Instruments(), s.Code, o)
}

// clientOf gives the name of a request for the market: the one that the client gave, else one that follows from its
// Idempotency-Key, so that a request that is sent again while the first is under way is known, else a new one.
func clientOf(said, key string) string {
	switch {
	case said != "":
		return said
	case key == "":
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(key))
	return "k-" + hex.EncodeToString(sum[:16])
}

type orderDraft struct {
	Key     string `header:"Idempotency-Key" maxLength:"255"`
	Account string `json:"account" minLength:"1" maxLength:"40" doc:"The account for which to trade."`
	orderTerms
}

// enterOrder enters an order.
func (f face) enterOrder(ctx context.Context, in orderDraft) (exchangeOrderView, error) {
	ask, err := in.ask()
	if err != nil {
		return exchangeOrderView{}, err
	}
	ask.Client = clientOf(in.ClientID, in.Key)
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return exchangeOrderView{}, err
	}
	o, err := f.Floor.EnterOnce(ctx, s, ask)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return f.viewOrderOf(s, o), nil
}

type exchangeOrdersAsk struct {
	Account string `query:"account" required:"true" maxLength:"40"`
	Live    bool   `query:"live" doc:"Only those that can still trade."`
}

// listExchangeOrders lists the orders of an account.
func (f face) listExchangeOrders(ctx context.Context, in exchangeOrdersAsk) (web.List[exchangeOrderView], error) {
	page := web.List[exchangeOrderView]{Items: []exchangeOrderView{}}
	a, err := f.reach(ctx, in.Account)
	if err != nil {
		return page, err
	}
	found, err := f.Floor.Orders(ctx, a.Number, in.Live, ordersMost)
	instruments := f.Floor.Instruments()
	for _, o := range found {
		page.Items = append(page.Items, viewExchangeOrder(instruments, a.Code, o))
	}
	return page, err
}

// orderNumber reads the id of an order. What is none names no order.
func orderNumber(id string) (uint64, error) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || n == 0 {
		return 0, floor.ErrUnknown.About("order %.40q", id)
	}
	return n, nil
}

type exchangeOrderAsk struct {
	ID      string `path:"id" maxLength:"20" doc:"The order."`
	Account string `query:"account" required:"true" maxLength:"40"`
}

// showExchangeOrder shows one order.
func (f face) showExchangeOrder(ctx context.Context, in exchangeOrderAsk) (exchangeOrderView, error) {
	id, err := orderNumber(in.ID)
	if err != nil {
		return exchangeOrderView{}, err
	}
	a, err := f.reach(ctx, in.Account)
	if err != nil {
		return exchangeOrderView{}, err
	}
	s := floor.Seat{Account: a.Number, Code: a.Code}
	o, err := f.Floor.Order(ctx, s, id)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return f.viewOrderOf(s, o), nil
}

// changeTerms are what an order shall be from now on.
type changeTerms struct {
	ClientID  string    `json:"client_id,omitempty" maxLength:"36" pattern:"^[!-~]*$" doc:"Your own name for this request, once a day."`
	Price     int64     `json:"price,omitempty"`
	Quantity  int64     `json:"quantity" minimum:"1" doc:"What shall be open, beside what has traded already."`
	StopPrice int64     `json:"stop_price,omitempty"`
	Display   int64     `json:"display,omitempty" minimum:"0"`
	Until     time.Time `json:"until,omitzero" doc:"When a dated order ends; as before unless said otherwise."`
}

func (t changeTerms) ask() floor.Ask {
	return floor.Ask{Client: t.ClientID, Price: t.Price, Quantity: t.Quantity, Stop: t.StopPrice, Display: t.Display, Until: t.Until}
}

type orderChange struct {
	ID      string `path:"id" maxLength:"20" doc:"The order."`
	Key     string `header:"Idempotency-Key" maxLength:"255"`
	Account string `json:"account" minLength:"1" maxLength:"40"`
	changeTerms
}

// replaceOrder changes an order.
func (f face) replaceOrder(ctx context.Context, in orderChange) (exchangeOrderView, error) {
	id, err := orderNumber(in.ID)
	if err != nil {
		return exchangeOrderView{}, err
	}
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return exchangeOrderView{}, err
	}
	ask := in.ask()
	ask.Client = clientOf(in.ClientID, in.Key)
	o, err := f.Floor.ReplaceOnce(ctx, s, id, ask)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return f.viewOrderOf(s, o), nil
}

type orderCancel struct {
	ID      string `path:"id" maxLength:"20" doc:"The order."`
	Account string `json:"account" minLength:"1" maxLength:"40"`
}

// cancelExchangeOrder takes an order back. One that has ended already is refused, with the reason.
func (f face) cancelExchangeOrder(ctx context.Context, in orderCancel) (exchangeOrderView, error) {
	id, err := orderNumber(in.ID)
	if err != nil {
		return exchangeOrderView{}, err
	}
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return exchangeOrderView{}, err
	}
	o, err := f.cancelAt(ctx, s, id)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return f.viewOrderOf(s, o), nil
}

// cancelAt takes back an order of a seat's own account.
func (f face) cancelAt(ctx context.Context, s floor.Seat, id uint64) (venue.Order, error) {
	if _, err := f.Floor.Order(ctx, s, id); err != nil {
		return venue.Order{}, err
	}
	return f.Floor.Cancel(ctx, s, id)
}

type ordersCancel struct {
	Account    string `json:"account" minLength:"1" maxLength:"40"`
	Instrument string `json:"instrument,omitempty" maxLength:"40" doc:"Only in this one."`
}

// cancelledView says how many orders were taken back.
type cancelledView struct {
	Cancelled int64 `json:"cancelled"`
}

// cancelOrders takes back all orders of a seat.
func (f face) cancelOrders(ctx context.Context, in ordersCancel) (cancelledView, error) {
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return cancelledView{}, err
	}
	n, err := f.cancelAllAt(ctx, s, in.Instrument)
	return cancelledView{n}, err
}

func (f face) cancelAllAt(ctx context.Context, s floor.Seat, instrument string) (int64, error) {
	if instrument == "" {
		return f.Floor.CancelAll(ctx, s, 0)
	}
	i, err := f.Floor.Instrument(instrument)
	if err != nil {
		return 0, err
	}
	return f.Floor.CancelAll(ctx, s, i.Number)
}
