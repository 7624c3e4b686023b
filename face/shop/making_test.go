package shop_test

import (
	"path"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/workshop"
	"sauda/gear/db"
)

// TestTheBuyerSeesTheMaking: the page of a thing that is made to order says that it cannot be given back; the page of the order
// shows how it comes along, and takes the buyer's word on a drawing, once.
func TestTheBuyerSeesTheMaking(t *testing.T) {
	apptest.Each(t, func(t *testing.T, opened *apptest.House) {
		h := &house{opened}
		h.revise(t, apptest.Kettle, catalog.Changes{Kind: &catalog.Kind{Made: &catalog.Made{Currency: money.KZT, Days: 8}}})
		b := h.browser(t, "en")
		b.get(h.product(apptest.Kettle)).wants("form.buy", "given back only if it is defective")
		ready := b.ready(h, apptest.Kettle)
		ready.wants(".agree", "given back only if it is defective")
		placed := b.submit(ready, ".stage.open form", "method", "cash_on_delivery")
		id := path.Base(placed.at.Path)
		h.Settled(t)
		key := workshop.Key{}
		h.Moment(t, func(tx *db.Tx) error {
			jobs, err := workshop.Of(tx, id)
			if err != nil || len(jobs) != 1 {
				t.Fatalf("jobs %+v, %v", jobs, err)
			}
			key = jobs[0].Key
			_, err = workshop.Send(tx, key, jobs[0].Version, "att_drawing", "140 x 70")
			return err
		})
		p := b.get("/orders/" + id)
		p.wants("main", "How it is being made", "shall it be made so?", "140 x 70")
		wrong := b.submit(p, "form[action$='/changes']", "wish", "")
		wrong.wants("main", "shall it be made so?")
		b.submit(b.get("/orders/"+id), "form[action$='/changes']", "wish", "Make it wider")
		h.Moment(t, func(tx *db.Tx) error {
			j, err := workshop.Get(tx, key)
			if err != nil || j.Drawings[0].Wish != "Make it wider" {
				t.Errorf("wished for %+v, %v", j.Drawings, err)
			}
			_, err = workshop.Send(tx, key, j.Version, "att_wider", "")
			return err
		})
		p = b.get("/orders/" + id)
		b.submit(p, "form[action$='/approval']").wants("main", "The drawing that you approved")
		b.submit(p, "form[action$='/approval']").wants("main", "The drawing that you approved") // Twice is once.
	})
}
