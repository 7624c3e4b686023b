package app

import (
	"slices"

	"sauda/base/span"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/customer"
	"sauda/core/enquiry"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/core/exchange/clearing"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/core/shipping"
	"sauda/core/tax"
	"sauda/flow/deliver"
	"sauda/flow/floor"
	"sauda/flow/gallery"
	"sauda/flow/produce"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// reactions are everything that follows from something else, each in a moment of its own. Their names are stored and
// never change.
func (h *House) reactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("placed: the order gets the next document number", func(tx *db.Tx, e order.Placed) error {
			_, err := order.Number(tx, e.About)
			return err
		}),
		// What was packed follows in the same moment: it is judged by what the order still holds.
		bus.On("cancelled: stock, charge and money go back", func(tx *db.Tx, e order.Cancelled) error {
			if err := h.Returns.Cancelled(tx, e); err != nil {
				return err
			}
			if err := promotion.Undo(tx, string(e.Order)); err != nil {
				return err
			}
			if err := h.Packing.Cancelled(tx, e); err != nil {
				return err
			}
			return h.Counter.Ended(tx, e.Order, e.Lines)
		}),
		bus.On("lines cancelled: stock, charge and money go back", func(tx *db.Tx, e order.LinesCancelled) error {
			if err := h.Returns.LinesCancelled(tx, e); err != nil {
				return err
			}
			if err := h.Packing.LinesCancelled(tx, e); err != nil {
				return err
			}
			return h.Counter.Ended(tx, e.Order, e.Lines)
		}),
		bus.On("returned: stock, charge and money go back", func(tx *db.Tx, e order.Returned) error {
			if err := h.Returns.Returned(tx, e); err != nil {
				return err
			}
			if err := deliver.Returned(tx, e); err != nil {
				return err
			}
			return h.Counter.Ended(tx, e.Order, e.Lines)
		}),
		bus.On("cancelled: the customer has spent less", func(tx *db.Tx, e order.Cancelled) error { return customer.Count(tx, e.Order) }),
		bus.On("lines cancelled: the customer has spent less", func(tx *db.Tx, e order.LinesCancelled) error { return customer.Count(tx, e.Order) }),
		bus.On("returned: the customer has spent less", func(tx *db.Tx, e order.Returned) error { return customer.Count(tx, e.Order) }),
		bus.On("refunded: the customer has spent less", func(tx *db.Tx, e order.Refunded) error { return customer.Count(tx, e.Order) }),
		bus.On("digital due: files and codes are given", deliver.Give),
		bus.On("shipped: the order has left, also when only the carrier said so", h.Packing.Left),
		bus.On("delivered: the order has arrived and cash is in the carrier's hands", func(tx *db.Tx, e shipping.Delivered) error {
			return h.Packing.Delivered(tx, e)
		}),
		bus.On("came back: the order waits for a decision, and its units lie on the shelf again", h.Packing.CameBack),
		bus.On("crossed: what ran out or came in is told", func(tx *db.Tx, e hold.Crossed) error {
			return inventory.Notice(tx, e)
		}),
		bus.On("ended: what is left of a product that is not sold any more is no shortage", func(tx *db.Tx, e catalog.ProductEnded) error {
			return missed(tx, e.Product)
		}),
		bus.On("put on sale: what runs out of a product that is sold again is missed again", func(tx *db.Tx, e catalog.ProductPutOnSale) error {
			return missed(tx, e.Product)
		}),
		bus.On("published: the library knows what the window shows", gallery.Follow),
		bus.On("prices set: the products are weighed again", func(tx *db.Tx, e pricing.PricesSet) error {
			return catalog.Reprice(tx, e.Variants)
		}),
		bus.On("prices withdrawn: the products are weighed again", func(tx *db.Tx, e pricing.PricesWithdrawn) error {
			return catalog.Reprice(tx, e.Variants)
		}),
	}
}

// exchangeReactions are what follows on the exchange.
func (h *House) exchangeReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("confirmed: the market does what two people have decided", func(tx *db.Tx, e exchange.Confirmed) error {
			return h.chair.Confirmed(tx, e)
		}),
		bus.On("confirmed: a contract that was not kept is broken", floor.Broken),
		bus.On("bidding decided: what was won of an instrument is traded", func(tx *db.Tx, e bidding.NoticeDecided) error {
			return h.Hammer.Decided(tx, e)
		}),
		bus.On("guarantee ended: it goes to whom it belongs", floor.PledgeEnded),
		bus.On("offer judged: a letter to its bidder", h.tellJudged),
		bus.On("ripened: what an issuer has announced is carried out", func(tx *db.Tx, e clearing.Ripened) error {
			day, err := span.Parse(e.Day)
			if err != nil {
				return err
			}
			return clearing.CarryOut(tx, e.Ref, day)
		}),
		bus.On("payout cleared: the account pays it out", func(tx *db.Tx, e clearing.PayoutCleared) error { return h.Till.Cleared(tx, e) }),
		bus.On("overdue: who waits too long for a delivery gets what he loses", floor.BuyIn),
	}
}

// missed has what little is left of a product counted as a shortage, or not when it is not sold any more: as it is now, for
// the facts that it ended and is on sale again may be told in any order.
func missed(tx *db.Tx, id catalog.ProductID) error {
	p, err := catalog.Get(tx, id)
	if err != nil {
		return err
	}
	variants := make([]catalog.VariantID, len(p.Variants))
	for i, v := range p.Variants {
		variants[i] = v.ID
	}
	if p.State == catalog.StateEnded {
		return inventory.Rest(tx, variants)
	}
	return inventory.Recount(tx, variants)
}

// followers keep what is in memory in step with the facts, on every node.
func (h *House) followers() []bus.Follower {
	desk := h.deskFollowers()
	return slices.Concat(h.shelf.Followers(), h.Search.Followers(), h.Watch.Followers(), h.Display.Followers(), h.Hooks.Followers(), h.Floor.Followers(),
		desk, h.copyFollowers(slices.Concat(desk, h.Display.Followers())))
}

// deskFollowers have the desk load anew what it keeps.
func (h *House) deskFollowers() []bus.Follower {
	forget := h.Desk.Forget
	return append(append(h.Desk.Promotions.Followers(), h.Desk.Plans.Followers()...),
		bus.Follow("desk: a rate was entered", func(tax.Entered) { forget() }),
		bus.Follow("desk: a tariff changed", func(shipping.TariffChanged) { forget() }),
		bus.Follow("desk: a way to pay is offered or not", func(payment.MethodOffered) { forget() }),
		bus.Follow("desk: a warehouse changed", func(inventory.WarehouseChanged) { forget() }),
		bus.Follow("desk: a seller was enrolled", func(seller.Enrolled) { forget() }),
		bus.Follow("desk: a seller changed regime", func(seller.RegimeChanged) { forget() }),
		bus.Follow("desk: a seller was renamed", func(seller.Renamed) { forget() }),
		bus.Follow("desk: a seller was suspended", func(seller.Suspended) { forget() }),
		bus.Follow("desk: a seller was readmitted", func(seller.Readmitted) { forget() }),
	)
}

// copyFollowers drop the copies of pages when something has changed on them: the shelf does so for goods, prices and stock;
// here is what stands around those, and what is said about a product.
func (h *House) copyFollowers(around []bus.Follower) (all []bus.Follower) {
	for _, f := range around {
		all = append(all, f.After("copies: "+f.Name, h.copies.Clear))
	}
	about := func(id catalog.ProductID) { h.copies.Drop(shelf.ProductTag(id)) }
	return append(all,
		bus.Follow("copies: a product can be subscribed to, or not", func(e agreement.PlanSet) { about(e.Product) }),
		bus.Follow("copies: a review is shown", func(e review.Shown) { about(e.Product) }),
		bus.Follow("copies: a seller replied to a review", func(e review.Replied) { about(e.Product) }),
		bus.Follow("copies: a review is not shown", func(e review.Refused) { about(e.Product) }),
		bus.Follow("copies: a review was withdrawn", func(e review.Withdrawn) { about(e.Product) }),
		bus.Follow("copies: a question is shown", func(e enquiry.Shown) { about(e.Product) }),
		bus.Follow("copies: a question is not shown", func(e enquiry.Refused) { about(e.Product) }),
		bus.Follow("copies: a question was withdrawn", func(e enquiry.Withdrawn) { about(e.Product) }),
		bus.Follow("copies: a question was answered", func(e enquiry.Answered) { about(e.Product) }),
		bus.Follow("copies: an answer was taken away", func(e enquiry.Unanswered) { about(e.Product) }),
	)
}

// listed drops the copies of lists: the index finds something else than before.
func (h *House) listed() {
	for _, tag := range shelf.ListTags() {
		h.copies.Drop(tag)
	}
}

// services are what follows for what is done or made for one buyer, rather than taken from a shelf.
func (h *House) services() []bus.Reaction {
	return []bus.Reaction{
		bus.When("placed: what is made to order is begun", func(e order.Placed) bool { return e.Made },
			func(tx *db.Tx, e order.Placed) error { return produce.Begin(tx, e.Order) }),
		bus.On("cancelled: nothing is made any more", func(tx *db.Tx, e order.Cancelled) error { return produce.End(tx, e.Order, e.Lines) }),
		bus.On("lines cancelled: they are made no more", func(tx *db.Tx, e order.LinesCancelled) error { return produce.End(tx, e.Order, e.Lines) }),
		bus.On("service due: what was chosen is booked, enrolled or passed on", func(tx *db.Tx, e choice.Due) error { return h.Counter.Serve(tx, e) }),
	}
}
