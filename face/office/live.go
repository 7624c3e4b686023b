package office

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"sauda/core/catalog"
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountLive(server *web.Server) {
	server.Protocol("GET /office/live", f.live, web.SignedIn(), web.Time(2*liveTime))
}

// liveTime is how long one stream lasts before the browser opens the next one, which looks first: short, so that a house
// that stops waits for nobody.
const liveTime = 12 * time.Second

// Watch wakes the open pages of an object when a fact says that it changed. It keeps nothing: a page that missed the call
// sees the change when its next stream begins.
type Watch struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]bool
	told    map[string]int64 // told counts what happened to the orders of a seller, since this node was started.
}

// NewWatch is a watch for which nobody waits.
func NewWatch() *Watch {
	return &Watch{waiting: map[string]map[chan struct{}]bool{}, told: map[string]int64{}}
}

// Followers wake those who wait for an order, for the orders of a seller, or for a product.
func (w *Watch) Followers() []bus.Follower {
	return []bus.Follower{
		tells[order.Placed](w), tells[order.Cancelled](w), tells[order.LinesCancelled](w), tells[order.Packed](w), tells[order.Unpacked](w),
		tells[order.HandedOver](w), tells[order.Delivered](w), tells[order.CameBack](w), tells[order.WentOn](w), tells[order.Returned](w),
		wakes[order.Cancelled](w), wakes[order.LinesCancelled](w), wakes[order.Packed](w), wakes[order.Unpacked](w),
		wakes[order.HandedOver](w), wakes[order.Delivered](w), wakes[order.CameBack](w), wakes[order.WentOn](w),
		wakes[order.Returned](w), wakes[order.Refunded](w),
		wakes[catalog.ProductRevised](w), wakes[catalog.ProductPutOnSale](w), wakes[catalog.ProductEnded](w),
	}
}

func wakes[E db.Fact](w *Watch) bus.Follower {
	var none E
	return bus.Follow("office: open pages of "+none.Fact(), func(e E) { w.wake(e.Key()) })
}

// sold is a fact of an order.
type sold interface {
	db.Fact
	SoldBy() seller.ID
}

func tells[E sold](w *Watch) bus.Follower {
	var none E
	return bus.Follow("office: lists of orders, by "+none.Fact(), func(e E) { w.tell(ordersOf(e.SoldBy())) })
}

// ordersOf names the orders of a seller for those who watch a list of them.
func ordersOf(of seller.ID) string { return "orders of " + string(of) }

// tell counts that something happened to a list, and wakes those who watch it.
func (w *Watch) tell(list string) {
	w.mu.Lock()
	w.told[list]++
	w.mu.Unlock()
	w.wake(list)
}

// count is how often something happened to a list.
func (w *Watch) count(list string) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told[list]
}

func (w *Watch) wake(object string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.waiting[object] {
		select {
		case c <- struct{}{}:
		default: // It is awake already.
		}
	}
}

// on gives what is told when an object changes, and ends it.
func (w *Watch) on(object string) (changed <-chan struct{}, end func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[object] == nil {
		w.waiting[object] = map[chan struct{}]bool{}
	}
	w.waiting[object][c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delete(w.waiting[object], c); len(w.waiting[object]) == 0 {
			delete(w.waiting, object)
		}
	}
}

// live tells a page by server-sent events that the object which it shows was changed, and by whom.
func (f face) live(x web.Exchange) error {
	ctx, stop := context.WithTimeout(x.Context(), liveTime)
	defer stop()
	if askedOf(x.Request, "list") == "orders" {
		return f.liveOrders(ctx, x)
	}
	object := askedOf(x.Request, "object")
	seen, _ := strconv.ParseInt(askedOf(x.Request, "version"), 10, 64)
	changed, end := f.Watch.on(object)
	defer end()
	begun := false
	for {
		who, err := f.changedBy(x.Context(), object, seen)
		if err != nil && !begun {
			return err
		}
		if !begun {
			begun = true
			streams(x)
		}
		if _, err := fmt.Fprint(x, liveEvent(who)); err != nil {
			return nil // Nobody listens any more.
		}
		_ = http.NewResponseController(x.ResponseWriter).Flush()
		if who != "" {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// streams says that what follows are server-sent events.
func streams(x web.Exchange) {
	h := x.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
}

// liveOrders tells a page that lists orders of the reader's seller that something happened to some of them; the page then
// looks for itself what. It says a number that a browser gives back when it comes again, so that nothing is missed between
// two streams. A number of another node is another number: the page looks once more and finds nothing.
func (f face) liveOrders(ctx context.Context, x web.Exchange) error {
	who := web.WhoFrom(x.Context())
	if !isStaff(who) || !who.May(ScopeOrdersRead) {
		return web.ErrMissing.About("the orders are not shown to %s", who.ID)
	}
	list := ordersOf(ownerOf(who))
	seen := askedOf(x.Request, "seen")
	if last := x.Request.Header.Get("Last-Event-ID"); last != "" {
		seen = last
	}
	changed, end := f.Watch.on(list)
	defer end()
	streams(x)
	for {
		now, said := strconv.FormatInt(f.Watch.count(list), 10), "retry: 1000\n: nothing yet\n\n"
		if now != seen {
			said = "retry: 1000\nid: " + now + "\nevent: moved\ndata: " + now + "\n\n"
		}
		if _, err := fmt.Fprint(x, said); err != nil || now != seen {
			return nil // Nobody listens any more, or the browser comes back by itself when it has looked.
		}
		_ = http.NewResponseController(x.ResponseWriter).Flush()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// liveEvent is what a stream says: that somebody changed the object, or to come again soon.
func liveEvent(who string) string {
	if who == "" {
		return "retry: 1000\n: nothing yet\n\n"
	}
	name, err := json.Marshal(who)
	if err != nil {
		return "retry: 1000\n\n"
	}
	return "event: changed\ndata: " + string(name) + "\n\n"
}

// changedBy names who changed an object after a version of it, or nobody when it is as it was. An object that the reader
// may not see is as unknown as none.
func (f face) changedBy(ctx context.Context, object string, seen int64) (who string, err error) {
	err = web.Look(ctx, func(tx *db.Tx) error {
		kind, id := db.WhoKind(""), ""
		switch {
		case strings.HasPrefix(object, "ord_") && tx.Who().May(ScopeOrdersRead):
			kind, id, err = orderChangedBy(tx, order.ID(object), seen)
		case strings.HasPrefix(object, "prd_") && tx.Who().May(ScopeCatalogRead):
			kind, id, err = productChangedBy(tx, catalog.ProductID(object), seen)
		default:
			err = web.ErrMissing.About("%.60q is nothing to be watched", object)
		}
		if err != nil || kind == "" {
			return err
		}
		if who = t(tx.Context(), "who."+string(kind)); id == "" {
			return nil
		}
		people, err := identity.Office(tx)
		for _, u := range people {
			if string(u.ID) == id {
				who = u.Name
			}
		}
		return err
	})
	return who, err
}

func orderChangedBy(tx *db.Tx, id order.ID, seen int64) (kind db.WhoKind, who string, err error) {
	o, err := own(tx, id)
	if err != nil || o.Version <= seen {
		return "", "", err
	}
	history, err := order.History(tx, id)
	if err != nil || len(history) == 0 {
		return db.KindSystem, "", err
	}
	last := history[len(history)-1]
	return last.Actor, last.ActorID, nil
}

func productChangedBy(tx *db.Tx, id catalog.ProductID, seen int64) (kind db.WhoKind, who string, err error) {
	p, err := ownProduct(tx, id)
	if err != nil || p.Version <= seen {
		return "", "", err
	}
	changes, _, err := catalog.History(tx, id, 0)
	if err != nil || len(changes) == 0 {
		return db.KindSystem, "", err
	}
	return db.WhoKind(changes[0].Kind), changes[0].Who, nil
}
