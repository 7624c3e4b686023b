package office_test

import (
	"net/url"
	"testing"

	"sauda/app/apptest"
	"sauda/core/shipping/carriersim"
)

// TestAParcelIsRefusedAndCalledOff shows why a carrier refuses a parcel, has it brought by the shop's own courier instead,
// and calls it off before it leaves; who may only look is offered none of it.
func TestAParcelIsRefusedAndCalledOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		id := buyByParcel(t, h, apptest.Kettle)
		h.Settled(t)
		h.TestCarrier().Next(carriersim.Fault{Kind: carriersim.Refuse, Path: "/v1/consignments"})
		pack(t, h, admin, id)
		page := h.get(t, admin, "/office/orders/"+id)
		page.has("#shipments ~ .columns .badge", "Refused by the carrier")
		page.has("#shipments ~ .columns .alarm", "does not go there")
		page.lacks(`form[action$="/handover"]`)
		home := h.get(t, admin, "/office")
		home.has(`a.tile[href="#refused"]`, "1", "refused by the carrier")
		home.has(`.rows a[href$="/office/orders/`+id+`"]`, "-")
		home.has("#refused ~ .rows", "does not go there")
		clerk := h.Staffed(t, "clerk@example.kz", "sel_own", "orders.read")
		look := h.get(t, clerk, "/office/orders/"+id)
		look.has("#shipments ~ .columns .alarm", "does not go there")
		look.lacks(`form[action$="/bookings"]`)
		look.lacks(`form[action$="/call-off"]`)
		if s := h.send(t, clerk, "POST", page.attr(`form[action$="/call-off"]`, "action"), url.Values{}); s.status != 403 {
			t.Errorf("a clerk who may only look calls it off: %d", s.status)
		}

		page = h.submit(t, admin, page, `form[action$="/bookings"]`, "method", "mth_courier")
		page.has("[role=status]", "prepared again")
		h.get(t, admin, "/office").lacks("#refused")
		page.has("#shipments ~ .columns", "Brought by the shop")
		page = h.submit(t, admin, page, `form[action$="/call-off"]`, "reason", "The box is torn")
		page.has("[role=status]", "called off")
		page.has("#shipments ~ .columns .badge", "Cancelled")
		page.has("#history + .trail", "Taken out of the parcel", "The box is torn")
		page.lacks(`form[action$="/call-off"]`)
		pack(t, h, admin, id)
		h.get(t, admin, "/office/orders/"+id).has("#shipments ~ .columns", "Booked")
		h.Sound(t)
	})
}

// buyByParcel has a guest buy something that the carrier brings, and gives the order's id.
func buyByParcel(t *testing.T, h *house, skus ...string) string {
	t.Helper()
	guest := h.Guest()
	cart := guest.Ready(t, h.House, skus...)
	guest.Do(t, 204, "PUT", "/v1/carts/"+cart+"/delivery", map[string]any{"method": "mth_parcel"})
	a, err := guest.Pay(cart, "tok_ok")
	if err != nil || a.Status != 200 {
		t.Fatalf("buying: %d %s %v", a.Status, a.Body, err)
	}
	return a.Text("order.id")
}

// pack packs all of an order.
func pack(t *testing.T, h *house, token, id string) {
	t.Helper()
	h.submit(t, token, h.get(t, token, "/office/orders/"+id), `form[action$="/pack"]`)
	h.Settled(t)
}
