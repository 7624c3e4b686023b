package app_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/workshop"
	"sauda/flow/produce"
	"sauda/gear/db"
)

// TestCancelledBeforeItsMakingBegan: reactions keep their own order and not that of others, so the end of an order may be heard of
// before its beginning. Nothing is made then, and nothing fails.
func TestCancelledBeforeItsMakingBegan(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, h.Goods[apptest.Kettle].Product)
			if err == nil {
				_, err = catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Kind: &catalog.Kind{Made: &catalog.Made{Currency: money.KZT, Days: 8}}})
			}
			return err
		})
		h.Settled(t)
		id := order.ID(h.Guest().Buy(t, h, apptest.Kettle))
		h.Moment(t, func(tx *db.Tx) error {
			o, err := order.Cancel(tx, id, "changed my mind")
			if err != nil {
				return err
			}
			var lines []order.Moved
			for _, l := range o.Lines {
				lines = append(lines, order.Moved{Line: l.Line})
			}
			return produce.End(tx, id, lines) // Before the order was heard of.
		})
		h.Settled(t)
		h.Look(t, func(tx *db.Tx) error {
			jobs, err := workshop.Of(tx, string(id))
			if len(jobs) > 0 {
				t.Errorf("it is made: %+v", jobs)
			}
			return err
		})
		h.Sound(t)
	})
}
