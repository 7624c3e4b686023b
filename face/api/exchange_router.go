package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
)

// router brings what happens to accounts to those who follow them. It hears of everything once, for all clients: what is
// nobody's who is connected is passed over, and the rest is written once for an account.
type router struct {
	face
	over chan struct{}
	mu   sync.Mutex
	of   map[uint32]*lane
}

// lane is an account that somebody follows.
type lane struct {
	account exchange.Account
	all     map[*listener]uint64 // all have the last event that they have seen the account after.
}

// happened is what has happened to an account meanwhile.
type happened struct {
	orders map[uint64]bool
	assets map[uint32]bool
	fills  []fillView
}

// fillView is a trade of an order.
type fillView struct {
	OrderID string `json:"order_id"`
	TradeID uint64 `json:"trade_id"`
	Price   int64  `json:"price"`
	Qty     int64  `json:"qty"`
	Time    int64  `json:"time"`
	Side    string `json:"side"`
}

// ownTold is what those hear who follow an account.
type ownTold struct {
	Ch       string              `json:"ch"`
	Account  string              `json:"account"`
	Snap     bool                `json:"snap,omitempty"`
	Orders   []exchangeOrderView `json:"orders"`
	Fills    []fillView          `json:"fills,omitempty"`
	Balances []balanceView       `json:"balances"`
}

// routesAgain is how long the router waits when the floor has more to do than it can take.
const routesAgain = 100 * time.Millisecond

func newRouter(f face, over chan struct{}) *router {
	return &router{face: f, over: over, of: make(map[uint32]*lane)}
}

// run follows the floor until it closes, and says then that it is over. Whenever it was cut off, everybody begins anew.
func (r *router) run() {
	defer close(r.over)
	for {
		w, err := r.Floor.Watch()
		if err != nil {
			return
		}
		if err = r.beginAll(); err == nil {
			err = r.follow(w)
		}
		r.Floor.Leave(w)
		if errors.Is(err, floor.ErrClosed) {
			return
		}
		time.Sleep(routesAgain)
	}
}

// beginAll shows all accounts to those who follow them.
func (r *router) beginAll() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.of {
		message, seq, err := r.snapshot(context.Background(), o.account)
		if err != nil {
			return err
		}
		for l := range o.all {
			o.all[l] = seq
			l.tell(message)
		}
	}
	return nil
}

// follow takes events until it is cut off.
func (r *router) follow(w *floor.Watch) error {
	for events := range w.Events {
		batches := [][]venue.Event{events}
		for more := true; more && len(batches) < toldMax; { // What has come meanwhile is told together.
			select {
			case next, open := <-w.Events:
				if more = open; open {
					batches = append(batches, next)
				}
			default:
				more = false
			}
		}
		if err := r.take(batches); err != nil {
			return err
		}
	}
	return nil
}

// take tells what has happened to accounts that somebody follows.
func (r *router) take(batches [][]venue.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.of) == 0 {
		return nil
	}
	instruments := r.Floor.Instruments()
	all := make(map[uint32]*happened)
	var last uint64
	for _, events := range batches {
		for n := range events {
			r.sort(all, instruments, &events[n])
		}
		last = events[len(events)-1].Seq
	}
	if len(all) == 0 {
		return nil
	}
	told := make(map[uint32]*ownTold, len(all))
	for account := range all {
		told[account] = &ownTold{Ch: "orders", Account: r.of[account].account.Code, Orders: []exchangeOrderView{}, Balances: []balanceView{}}
	}
	err := r.Floor.Look(context.Background(), func(v *venue.Venue) {
		for account, h := range all {
			h.read(v, account, r.face, told[account])
		}
	})
	if err != nil {
		return err
	}
	for account, t := range told {
		message := written(t)
		for l, seen := range r.of[account].all {
			if last > seen {
				l.tell(message)
			}
		}
	}
	return nil
}

// sort notes an event with those whom it is about.
func (r *router) sort(all map[uint32]*happened, instruments map[uint32]exchange.Instrument, e *venue.Event) {
	about := func(account uint32) *happened {
		if r.of[account] == nil {
			return nil
		}
		if all[account] == nil {
			all[account] = &happened{orders: make(map[uint64]bool), assets: make(map[uint32]bool)}
		}
		h := all[account]
		if i, known := instruments[e.Instrument]; known {
			h.assets[i.Asset.Number], h.assets[i.Paid.Number] = true, true
		}
		return h
	}
	switch e.Kind {
	case venue.Reported, venue.Waited:
		if h := about(e.Account); h != nil && e.Order != 0 {
			h.orders[e.Order] = true
		}
	case venue.Dealt, venue.Busted:
		for s, p := range [2]venue.Party{e.Trade.Buy, e.Trade.Sell} {
			h := about(p.Account)
			if h == nil || e.Kind == venue.Busted {
				continue
			}
			h.orders[p.Order] = true
			h.fills = append(h.fills, fillView{
				OrderID: strconv.FormatUint(p.Order, 10), TradeID: e.Trade.ID, Price: e.Trade.Price,
				Qty: e.Trade.Qty * instruments[e.Instrument].Terms.Unit, Time: e.Trade.Time, Side: orderSides.of(int(book.Side(s))),
			})
		}
	case venue.Moved:
		if h := about(e.Account); h != nil {
			h.assets[uint32(e.Report.ID)] = true
		}
	}
}

// read reads how what was touched is now.
func (h *happened) read(v *venue.Venue, account uint32, f face, t *ownTold) {
	t.Fills = h.fills
	instruments := f.Floor.Instruments()
	for _, id := range slices.Sorted(maps.Keys(h.orders)) {
		if o, known := v.Find(id); known {
			t.Orders = append(t.Orders, viewExchangeOrder(instruments, t.Account, o))
		}
	}
	for _, asset := range slices.Sorted(maps.Keys(h.assets)) {
		t.Balances = append(t.Balances, viewBalance(f.Floor.AssetCode(asset), v.Risk().Balance(account, asset)))
	}
}

// snapshot shows the orders of today and the balances of an account, and after which event that is.
func (r *router) snapshot(ctx context.Context, a exchange.Account) (message []byte, seq uint64, err error) {
	has, err := r.Floor.Portfolio(ctx, a.Number)
	if err != nil {
		return nil, 0, err
	}
	t := ownTold{Ch: "orders", Account: a.Code, Snap: true, Orders: []exchangeOrderView{}}
	instruments := r.Floor.Instruments()
	err = r.Floor.Look(ctx, func(v *venue.Venue) {
		seq = v.Reported()
		for _, o := range v.OrdersOf(a.Number, false, ordersMost) {
			t.Orders = append(t.Orders, viewExchangeOrder(instruments, a.Code, o))
		}
		for number := range has.Balances { // Both are of one moment.
			has.Balances[number] = v.Risk().Balance(a.Number, number)
		}
	})
	t.Balances = r.viewBalances(has)
	return written(t), seq, err
}

// join lets a client follow an account.
func (r *router) join(ctx context.Context, l *listener, a exchange.Account) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	message, seq, err := r.snapshot(ctx, a)
	if err != nil {
		return err
	}
	o := r.of[a.Number]
	if o == nil {
		o = &lane{account: a, all: make(map[*listener]uint64)}
		r.of[a.Number] = o
	}
	o.all[l] = seq
	l.tell(message)
	return nil
}

// part ends that a client follows an account, by its code or its id as he may have said when he began, and gives the code.
func (r *router) part(l *listener, name string) (code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for number, o := range r.of {
		if o.account.Code == name || string(o.account.ID) == name {
			code = o.account.Code
			r.drop(l, number)
		}
	}
	return code
}

// leave lets a client go from all accounts.
func (r *router) leave(l *listener) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for number := range r.of {
		r.drop(l, number)
	}
}

func (r *router) drop(l *listener, number uint32) {
	o := r.of[number]
	if delete(o.all, l); len(o.all) == 0 {
		delete(r.of, number)
	}
}
