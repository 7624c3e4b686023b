package apptest_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/measure"
)

func TestAHouseSells(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		guest := h.Guest()
		id := guest.Buy(t, h, apptest.Kettle, apptest.Journal)
		h.Settled(t)
		order := guest.Do(t, 200, "GET", "/v1/orders/"+id, nil)
		if order.Text("number") == "" || order.Text("payments.0.state") != "captured" || order.Number("owed.amount") != 0 {
			t.Errorf("the order is not numbered, captured and paid: %s", order.Body)
		}
		if left := h.Left(t, apptest.Kettle); left != measure.Of(99) {
			t.Errorf("%s kettles are left", left)
		}
		h.Reopen(t)
		h.Admin(t).Do(t, 200, "GET", "/v1/office/orders/"+id, nil)
		h.Sound(t)
	})
}
