package office_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestPricesOfAPlanAreWritten: seasons, days of the week, children and what comes back are typed, stand in the form again as they
// are kept and in the days that follow from them; what is wrong stands beside its field, and another seller finds nothing.
func TestPricesOfAPlanAreWritten(t *testing.T) {
	h := open(t, db.SQLite)
	admin, stranger := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "*")
	var plan booking.Plan
	h.Moment(t, func(tx *db.Tx) error {
		name := text.Localized{"kk": "Бөлме", "ru": "Номер", "en": "Lake room"}
		r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: name, Zone: "Asia/Almaty", Units: 4, Ahead: 60})
		if err != nil {
			return err
		}
		plan, err = booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormNights, Name: name,
			PlaceName: text.Localized{"kk": "Сәті", "en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: r.ID, Per: booking.PerUnit}},
			Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2},
		})
		return err
	})
	page, form := "/office/plans/"+string(plan.ID), `form[action*="/plans/"]`
	h.get(t, admin, "/office/bookings").has("nav.bar", "Prices and rules")
	h.get(t, admin, "/office/plans").has("main", "Lake room", "by the night")
	s := h.trySubmit(t, admin, h.get(t, admin, page), form, "base", "18000", "seasons", "2026-12-28 | 2026-12-20 | 45000 | 2 | Жаңа жыл", "weekday_6", "+200")
	s.has("#seasons-wrong", "end after the start")
	s.has("#weekday_6-wrong", "−50 to +100")
	s = h.submit(t, admin, s, form, "seasons", "2026-12-20 | 2026-12-28 | 45000 | 2 | Жаңа жыл | Новый год | New Year", "weekday_6", "-10", "bands", "3 | 0 | !\n12 | 50", "back", "7 | 100\n1 | 50")
	for selector, want := range map[string]string{
		"#seasons": "2026-12-20 | 2026-12-28 | 45000.00 | 2 | Жаңа жыл | Новый год | New Year", "#bands": "3 | 0 | ! 12 | 50", "#back": "7 | 100 1 | 50",
	} {
		if got := s.text(selector); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	h.Look(t, func(tx *db.Tx) (err error) {
		plan, err = booking.PlanOf(tx, seller.Own, plan.ID)
		return err
	})
	if got := plan.Terms; got.Base != 18_000_00 || len(got.Seasons) != 1 || got.Seasons[0].Base != 45_000_00 || len(got.Weekdays) != 1 || got.Weekdays[0].Change != -money.One/10 || !got.Bands[0].Lap || len(got.Back) != 2 {
		t.Errorf("kept are %+v", got)
	}
	s.has("section[aria-labelledby=days]", "18,000", "45,000")
	if s := h.send(t, stranger, "GET", page, nil); s.status != 404 {
		t.Errorf("another seller gets %d", s.status)
	}
	s = h.trySubmit(t, admin, h.get(t, admin, page), form, "version", "1", "base", "17000", "bands", "", "back", "")
	s.has("main", "Somebody has changed this meanwhile")
	s.has(".now", "18000.00")
}
