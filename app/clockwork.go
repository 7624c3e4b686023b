package app

import (
	"context"
	"time"

	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/customer"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/promotion"
	"sauda/core/search"
	"sauda/core/webhook"
	"sauda/core/window"
	"sauda/core/wish"
	"sauda/flow/intake"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
	"sauda/gear/web"
)

const (
	batch       = 500                  // batch bounds what one tick changes, so that nobody waits long behind it.
	storiesKept = 90 * 24 * time.Hour  // storiesKept is how long a story that ended can be looked at.
	unlearned   = 90 * 24 * time.Hour  // unlearned is how long facts of baskets are kept without consent; see cart.Retention.
	queriesKept = 365 * 24 * time.Hour // queriesKept is how long what was looked for is counted after the last time.
	rulesKept   = 90 * 24 * time.Hour  // rulesKept is how long a rule of the search that was taken away can be put back.
	recorded    = 5 * 365 * 24 * time.Hour
)

// jobs are what is due at a time. Their names are stored and never change.
func (h *House) jobs() []job.Job {
	return []job.Job{
		h.post(),
		job.Errand("webhooks: bring them to their receivers", hooksEvery, h.bringHooks),
		job.Every("webhooks: forget what was brought long ago", time.Hour, parts(webhook.Forget)),
		job.Every("holds: give back what was held too long", 30*time.Second, parts(hold.Expire)),
		job.Every("baskets: forget those that nobody touched", time.Hour, parts(cart.Expire)),
		job.Every("wishes: forget those of guests who did not come back", time.Hour, parts(wish.Expire)),
		job.Every("answers: forget idempotency keys after a day", time.Hour, web.PurgeKeys),
		job.Every("sessions: forget those that ended", time.Hour, h.Sessions.Purge),
		job.Every("pictures: give up what was removed long ago", time.Hour, parts(catalog.ForgetRemoved)),
		job.Every("products: put on sale and end what is planned", time.Minute, parts(catalog.KeepPlans)),
		job.Every("products: forget links to drafts that are over", time.Hour, parts(catalog.ForgetPreviews)),
		job.Every("window: forget links to drafts that are over", time.Hour, parts(window.ForgetPreviews)),
		job.Daily("stories: forget those that ended long ago", "03:10", span.Almaty, func(tx *db.Tx) error {
			n, err := saga.Forget(tx, tx.Now().Add(-storiesKept))
			return more(n == 1000, err)
		}),
		job.Daily("baskets: keep their facts no longer than allowed", "03:30", span.Almaty, retain),
		job.Daily("wishes: cut off from their facts whose they were", "03:40", span.Almaty, detach),
		job.Daily("promotions: those that begin or end today are told", "00:00", span.Almaty, promotion.Tell),
		job.Every("search: what is bought is found a little higher", time.Minute, parts(liked)),
		job.Every("search: forget what nobody looks for any more", 24*time.Hour, parts(func(tx *db.Tx, n int) (int, error) {
			return search.Forget(tx, tx.Now().Add(-queriesKept), n)
		})),
		job.Every("customers: who has ordered is counted", 15*time.Second, func(tx *db.Tx) error {
			n, err := customer.Follow(tx, batch)
			return more(n == order.SomeMax, err)
		}),
		job.Every("customers: by what they are found is written anew", time.Hour, parts(customer.Reword)),
		job.Errand("products: weigh those that have changed", 15*time.Second, h.weigh),
		job.Errand("stock: what is not sold any more is not missed", time.Hour, h.restEnded),
		job.Every("files: note where they are shown", 15*time.Second, h.noteFiles),
		job.Every("search: forget rules that were taken away long ago", 24*time.Hour, parts(func(tx *db.Tx, n int) (int, error) {
			return search.ForgetRules(tx, tx.Now().Add(-rulesKept), n)
		})),
		job.Errand("pictures: make their smaller copies", 2*time.Second, func(ctx context.Context) error {
			return h.Library().Render(ctx, h.Store)
		}),
		job.Errand("uploads: forget those that rest", time.Hour, func(ctx context.Context) error {
			return h.Library().Forget(ctx, h.Store)
		}),
		job.Errand("files: clear away what was thrown away long ago", time.Hour, func(ctx context.Context) error {
			return h.Library().Clear(ctx, h.Store)
		}),
		job.Errand("attachments: forget those that nobody ordered", time.Hour, func(ctx context.Context) error {
			return h.Attached().Forget(ctx, h.Store)
		}),
		job.Errand("accounts: gather the data that was asked for", 10*time.Second, func(ctx context.Context) error {
			return h.account().Gather(ctx, h.Store)
		}),
		job.Errand("accounts: forget data that nobody fetched", time.Hour, func(ctx context.Context) error {
			return h.account().ForgetExports(ctx, h.Store)
		}),
		job.Errand("accounts: erase those whose owners wanted it", 10*time.Minute, func(ctx context.Context) error {
			return h.account().Erase(ctx, h.Store)
		}),
		job.Errand("cards: tell gateways of those that were taken away", time.Minute, func(ctx context.Context) error {
			return h.Desk.ForgetCards(ctx, h.Store)
		}),
		job.Errand("wishes: write to those whose things have become cheaper", time.Hour, func(ctx context.Context) error {
			return h.cheaper().Write(ctx)
		}),
		job.Errand("parcels: ask carriers for news", 15*time.Minute, func(ctx context.Context) error {
			return h.Packing.AskCarriers(ctx, h.Store)
		}),
		job.Errand("imports: fetch the pictures of goods", 10*time.Second, intake.Fetcher{Store: h.Store, Media: h.Library()}.Fetch),
	}
}

// liked tells the search what was bought since the last time, up to a minute ago: by then every moment that placed an order
// is over. It is no reaction, for one count of many orders costs less than many counts of one.
func liked(tx *db.Tx, most int) (int, error) {
	mark, err := search.SoldUpTo(tx)
	if err != nil {
		return 0, err
	}
	b, err := order.BoughtAfter(tx, order.ID(mark), tx.Now().Add(-time.Minute), most)
	if err != nil || b.Orders == 0 {
		return 0, err
	}
	return b.Orders, search.Sold(tx, b.Times, string(b.Last))
}

// restEnded goes through all that is counted as short, a part in a moment.
func (h *House) restEnded(ctx context.Context) error {
	for after := ""; ; {
		next := ""
		err := job.Once(ctx, h.Store, db.System, func(tx *db.Tx) (err error) {
			next, err = inventory.RestEnded(tx, after, batch)
			return err
		})
		if err != nil || next == "" {
			return err
		}
		after = next
	}
}

// parts makes a job of a verb that does at most a batch at a time.
func parts(do func(*db.Tx, int) (int, error)) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		n, err := do(tx, batch)
		return more(n == batch, err)
	}
}

// more asks for another run when there is more to do.
func more(left bool, err error) error {
	if err == nil && left {
		return job.ErrMore
	}
	return err
}

// retain carries out cart.Retention for baskets without consent: what leads to a person is deleted, and what sellers learn
// from loses the basket's id.
func retain(tx *db.Tx) error {
	before := tx.Now().Add(-unlearned)
	deleted, err := bus.Forget(tx, []string{
		cart.AddressSet{}.Fact(), cart.ContactSet{}.Fact(), cart.CouponEntered{}.Fact(), cart.CouponWithdrawn{}.Fact(), cart.GiftLaid{}.Fact(),
	}, before)
	if err != nil {
		return err
	}
	stripped, err := bus.Strip(tx, []string{
		cart.Opened{}.Fact(), cart.Added{}.Fact(), cart.QuantityChanged{}.Fact(), cart.Removed{}.Fact(),
		cart.DeliveryChosen{}.Fact(), cart.Lapsed{}.Fact(),
	}, before, "cart")
	if err != nil {
		return err
	}
	old, err := bus.Forget(tx, []string{cart.Ordered{}.Fact(), cart.Merged{}.Fact(), cart.ConsentChanged{}.Fact()}, tx.Now().Add(-recorded))
	return more(deleted+stripped+old > 0, err)
}

// detach cuts the list, the only way to a person, off the facts of wishes as late as the basket off those of baskets: what
// sellers learn from stays. Whose list joined whose is deleted.
func detach(tx *db.Tx) error {
	before := tx.Now().Add(-unlearned)
	stripped, err := bus.Strip(tx, []string{wish.Kept{}.Fact(), wish.Dropped{}.Fact(), wish.Lapsed{}.Fact()}, before, "list")
	if err != nil {
		return err
	}
	old, err := bus.Forget(tx, []string{wish.Joined{}.Fact()}, before)
	return more(stripped+old > 0, err)
}
