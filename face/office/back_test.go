package office_test

import (
	"testing"

	"sauda/app/apptest"
)

// TestAParcelComesBack has a parcel of two lines come back undelivered: one is sent again, the other is cancelled, and the
// money for it goes back.
func TestAParcelComesBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		id := h.Guest().Buy(t, h.House, apptest.Kettle, apptest.ShirtS)
		h.Settled(t)
		page := packAll(t, h, admin, id)
		page = h.submitEmpty(t, admin, page, `form[action$="/non-delivery"]`)
		page.has("[role=status]", "noted as back")
		h.Settled(t)
		h.get(t, admin, "/office").has(".tiles", "1 came back undelivered")
		h.get(t, admin, "/office/orders?state=undelivered").has("tbody tr", "Came back undelivered")

		page = h.get(t, admin, "/office/orders/"+id)
		page.has(".facts .badge", "Came back undelivered")
		page.has("#lines + .wide", "Came back undelivered: 1")
		page.has("#history + .trail", "Came back undelivered")
		page.lacks(`form[action$="/non-delivery"]`)
		page.lacks(`input[id^=pack-]`) // There is nothing beside what came back.
		again := page.all(`#came-back ~ details form[action$="/pack"] input[name^=q_]`)
		if len(again) != 2 {
			t.Fatalf("%d lines can be sent again", len(again))
		}
		shirt := attribute(again[1], "name")
		page = h.submit(t, admin, page, `#came-back ~ details form[action$="/pack"]`, shirt, "0")
		page.has(".facts .badge", "Came back undelivered") // The shirt still waits.
		h.submit(t, admin, page, `#came-back ~ details form[action$="/cancel-lines"]`, "reason", "Not wanted any more")
		h.Settled(t)
		page = h.get(t, admin, "/office/orders/"+id)
		page.lacks("#came-back")
		page.has("#history + .trail", "Not wanted any more", "Money given back")
		page.has("#money + .pairs", "Still owed ₸0")

		h.submitEmpty(t, admin, page, `form[action$="/handover"]`)
		arrive(t, h, admin, id)
		h.get(t, admin, "/office/orders/"+id).has(".facts .badge", "Delivered")
		h.Sound(t)
	})
}
