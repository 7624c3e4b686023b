package shop_test

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/db"
)

// bookable makes the kettle a room by the lake, of which there is one.
func (h *house) bookable(t *testing.T) {
	t.Helper()
	h.revise(t, apptest.Kettle, catalog.Changes{Kind: &catalog.Kind{Service: &catalog.Service{Way: booking.WayName}}})
	h.Moment(t, func(tx *db.Tx) error {
		name := text.Localized{"kk": "Бөлме", "ru": "Номер", "en": "Room", "zh": "客房"}
		r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: name, Zone: "Asia/Almaty", Units: 1, Ahead: 60})
		if err != nil {
			return err
		}
		_, err = booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormNights, Name: name,
			PlaceName: text.Localized{"kk": "Сәті", "en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: r.ID, Per: booking.PerUnit}},
			Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2, Documents: true, ChangeFee: 2_000_00,
				Back: []booking.BackStep{{Days: 7, Share: money.One}, {Days: 2, Share: money.Percent(50)}}},
		})
		return err
	})
}

// TestAStayIsBookedPaidAndGivenUp finds a room, chooses days, pays by card, has a ticket, and gives it up for half: of the other
// half nothing comes back, the order cannot be ended around it, and the nights are free again.
func TestAStayIsBookedPaidAndGivenUp(t *testing.T) {
	h := open(t, db.SQLite)
	h.bookable(t)
	b := h.browser(t, "en")
	b.submit(b.get("/sign-up"), ".sheet form", "email", "aigul@example.kz", "password", "tau-men-dala-7", "name", "Aigul")
	from := h.Today().AddDays(3)
	days := "from=" + from.String() + "&to=" + from.AddDays(2).String() + "&adults=2"
	b.get("/booking?form=nights&"+days).wants(".stay-list", "Room", "Saty", "₸40,000")
	choice := "/booking/" + string(h.Goods[apptest.Kettle].Product) + "?" + days
	for address, most := range map[string]int{"/booking?form=nights&" + days: 9, choice: 5} {
		right := b.get(address).at.RequestURI()
		if n := h.Statements(func() { b.get(right) }); n > most {
			t.Errorf("%s costs %d statements, %d are allowed", address, n, most)
		}
	}
	p := b.get(choice)
	p.wants(".sum", "₸40,000", "50%")
	b.submit(p, ".sum form")
	b.submit(p, ".sum form") // A double click books once.
	basket := b.get("/basket")
	basket.wants(".line", "adults: 2", "₸40,000", "Remove")
	if n := len(basket.all(".line [name=quantity]")); n > 0 {
		t.Errorf("%d fields ask how many of a stay", n)
	}
	p = b.submit(b.get("/checkout"), ".stage.open form", "email", "aigul@example.kz", "phone", "+7 701 123 45 67")
	p = b.pay(b.submit(p, ".stage.open form", "method", "card"), "4242424242424242")
	p.wants(".note.good", "Thank you")
	h.Settled(t)
	ordered := p.at.Path
	p = b.get(ordered)
	voucher := attr(p.one("article.parcel a.button"), "href")
	if n := h.Statements(func() { b.get(voucher) }); n > 4 {
		t.Errorf("the ticket costs %d statements, 4 are allowed", n)
	}
	p = b.get(voucher)
	p.wants(".ticket", "The code to type")
	p.one(".ticket svg.qr")
	named := []string{"name_0", "Aigul Seiit", "born_0", "1990-02-28", "document_0", "N12345678", "name_1", "Dana Seiit", "born_1", "1991-06-01"}
	travellers := "form[action$='/travellers']"
	lacking := b.submit(p, travellers, append(named, "document_1", "")...)
	lacking.wants(travellers, "Who travels")
	if got := attr(lacking.one("#document_0"), "value"); lacking.status != http.StatusUnprocessableEntity || got != "N12345678" {
		t.Errorf("one has no document: %d, and %q is kept of what was typed", lacking.status, got)
	}
	p = b.submit(p, travellers, append(named, "document_1", "N87654321")...)
	for range 2 { // A number that is known is never shown again, and stays when it is left empty.
		if strings.Contains(p.text, "N12345678") || attr(p.one("#document_0"), "placeholder") == "" {
			t.Error("the page shows the number of a document")
		}
		p = b.submit(p, travellers)
	}
	h.Look(t, func(tx *db.Tx) error {
		all, err := booking.Passengers(tx, h.Desk.Keys, booking.ID(path.Base(voucher)))
		if err != nil || len(all) != 2 || all[0].Document != "N12345678" || all[1].Document != "N87654321" {
			t.Errorf("written down are %+v, %v", all, err)
		}
		return err
	})
	p.wants(".sum", "Comes back", "₸20,000")
	// Another day costs the fee, which is paid in the basket; then the booking is moved.
	p = b.get(voucher + "?from=" + from.AddDays(1).String())
	p.wants(".sum", "To be paid more: ₸2,000")
	p = b.submit(p, "form[action$='/change']")
	p.wants(".line", "₸2,000")
	p = b.submit(b.get("/checkout"), ".stage.open form", "email", "aigul@example.kz", "phone", "+7 701 123 45 67")
	b.pay(b.submit(p, ".stage.open form", "method", "card"), "4242424242424242").wants(".note.good", "Thank you")
	h.Settled(t)
	p = b.get(voucher)
	p.wants(".big", from.AddDays(1).String()[8:])
	p.wants(".sum", "Comes back", "₸21,000")
	if got := h.browser(t, "en").ask("GET", voucher, nil); got.status != http.StatusNotFound || len(got.all(".ticket, svg.qr")) > 0 {
		t.Errorf("a stranger sees the ticket: %d %s", got.status, got.at)
	}
	other := h.browser(t, "en")
	if full := other.submit(other.get(choice), ".sum form"); full.status != http.StatusConflict && full.status != http.StatusUnprocessableEntity {
		t.Errorf("somebody else gets the room: %d %s", full.status, full.at)
	}
	b.submit(b.get(ordered), ".cancel form").wants(".note", "Give it up on its own page")
	p = b.submit(p, "form[action$='/cancellation']")
	p.wants(".sum", "Kept: ₸21,000")
	h.Settled(t)
	b.get(ordered).wants("main", "₸19,000")
	b.get("/booking?form=nights&"+days).wants(".stay-list", "Room")
	h.Look(t, func(tx *db.Tx) error {
		all, err := notify.To(tx, "aigul@example.kz")
		for _, want := range []notify.Template{notify.BookingBooked, notify.BookingChanged, notify.BookingCancelled} {
			if !slices.ContainsFunc(all, func(l notify.Kept) bool { return l.Template == want && strings.HasSuffix(l.Params["url"], voucher) }) {
				t.Errorf("no letter is %s", want)
			}
		}
		return err
	})
	h.Sound(t)
}
