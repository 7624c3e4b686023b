package app

import (
	"context"
	"time"

	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/webhook"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// hooks are the events that programs of sellers are told of. A fact that nobody wants to hear of leads to nothing.
func (h *House) hooks() []bus.Reaction {
	return []bus.Reaction{
		hook(h, func(e order.Placed) (order.About, string) { return e.About, "" }),
		hook(h, func(e order.Numbered) (order.About, string) { return e.About, e.Number }),
		hook(h, func(e order.Packed) (order.About, string) { return e.About, e.Shipment }),
		hook(h, func(e order.HandedOver) (order.About, string) { return e.About, e.Shipment }),
		hook(h, func(e order.Delivered) (order.About, string) { return e.About, e.Shipment }),
		hook(h, func(e order.CameBack) (order.About, string) { return e.About, e.Shipment }),
		hook(h, func(e order.LinesCancelled) (order.About, string) { return e.About, e.Ref }),
		hook(h, func(e order.Cancelled) (order.About, string) { return e.About, e.Ref }),
		hook(h, func(e order.Returned) (order.About, string) { return e.About, e.Ref }),
		hook(h, func(e order.Refunded) (order.About, string) { return e.About, e.Ref }),
		bus.On(webhook.StockChanged+": programs are told", tellStock).Unless(h.nobody(webhook.StockChanged)),
	}
}

// hooksEvery is how long a message waits at most before its first try.
const hooksEvery = 2 * time.Second

// bringHooks brings the messages that wait to their receivers.
func (h *House) bringHooks(ctx context.Context) error {
	return webhook.Bringer{Store: h.Store, Keys: h.Desk.Keys, HTTP: h.config.Internet.HTTP}.Bring(ctx)
}

// nobody tells whether no program wants to hear of an event.
func (h *House) nobody(event string) func() bool {
	return func() bool { return !h.Hooks.Wanted(event) }
}

// orderTold is what a program is told of an order: which it is and how it stands. Of the buyer it says nothing.
type orderTold struct {
	Order order.ID    `json:"order_id"`
	Code  string      `json:"code"`
	State order.State `json:"state"`
	Ref   string      `json:"ref,omitempty"` // Ref is the shipment, the return or the document that the event is about.
}

// hook makes the reaction that tells programs of a fact about an order. The event is called as the fact is.
func hook[E db.Fact](h *House, of func(E) (order.About, string)) bus.Reaction {
	var none E
	event := none.Fact()
	return bus.On(event+": programs are told", func(tx *db.Tx, e E) error {
		about, ref := of(e)
		return webhook.Tell(tx, webhook.Event{Seller: string(about.Seller), Type: event, Object: string(about.Order),
			Data: orderTold{about.Order, about.Code, about.State, ref}})
	}).Unless(h.nobody(event))
}

// stockTold is what a program is told of stock.
type stockTold struct {
	Variant catalog.VariantID `json:"variant_id"`
	SKU     string            `json:"sku"`
	Left    string            `json:"left"` // Left is a decimal number of units.
}

// tellStock tells programs that something ran out or came in.
func tellStock(tx *db.Tx, e inventory.StockChanged) error {
	offers, err := catalog.Offers(tx, []catalog.VariantID{e.Variant})
	if err != nil {
		return err
	}
	o := offers[e.Variant]
	return webhook.Tell(tx, webhook.Event{Seller: string(o.Seller), Type: webhook.StockChanged, Object: string(e.Variant),
		Data: stockTold{e.Variant, o.SKU, e.Left.String()}})
}
