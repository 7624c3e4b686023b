package office_test

import (
	"net/http"
	"testing"

	"sauda/core/exchange"
	"sauda/gear/db"
)

// TestAnInstrumentIsDrafted: a share, a bond and a forward are put down by the form; what is wrong stands beside its field and nothing
// typed is lost; it is revised with a reason that the history has, and a version that was changed meanwhile is refused.
func TestAnInstrumentIsDrafted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		m := h.OpenMarket(t)
		h.get(t, admin, "/office/exchange/instruments").has("main", "New instrument", "Price steps, calendars, hours")
		page := h.get(t, admin, "/office/exchange/instruments/new")
		form := `form[action$="/instruments"]`
		share := []string{"name_kk", "Мыс", "name_en", "Copper", "isin", "US5949181045", "short", "MYS/SH REG", "issuer", "pty_mys", "group", "SHARES",
			"table", "TENGE", "lot", "10", "qty_min", "10", "price_max", "1 000 000", "maker", "0,05", "taker", "0.1", "reason", "The issuer has asked."}
		bad := h.trySubmit(t, admin, page, form, append(share, "isin", "US5949181046", "qty_min", "15")...)
		if bad.status != http.StatusUnprocessableEntity && bad.status != http.StatusOK && bad.status != http.StatusBadRequest {
			t.Errorf("a wrong form: %d", bad.status)
		}
		bad.has("#isin-wrong", "")
		bad.has("#qty_min-wrong", "multiple of 10")
		if got := bad.attr("#name_kk", "value"); got != "Мыс" {
			t.Errorf("what was typed is lost: %q", got)
		}
		page = h.submit(t, admin, page, form, share...)
		page.has("[role=status]", "Put down as a draft")
		page.has(".facts", "US5949181045", "Draft")
		page.has("#past + .trail", "The issuer has asked.")
		page = h.submit(t, admin, page, `form[action$="/listing"]`, "reason", "All is there.")
		page.has(".facts .badge", "Listed")

		terms := h.get(t, admin, page.attr(`a[href$="/terms"]`, "href"))
		if got := terms.attr("#maker", "value"); got != "0.05" {
			t.Errorf("the fee is %q", got)
		}
		page = h.submit(t, admin, terms, `form[action$="/terms"]`, "lot", "20", "qty_min", "20", "reason", "Larger lots.")
		page.has("#past + .trail", "Larger lots.")
		page.has("#terms + dl", "20")
		h.trySubmit(t, admin, terms, `form[action$="/terms"]`, "lot", "30", "qty_min", "30", "reason", "Late.").has("[role=alert]", "changed")
		h.trySubmit(t, admin, h.get(t, admin, "/office/exchange/instruments/"+string(m.Share.ID)+"/terms"), `form[action$="/terms"]`, "unit", "2", "reason", "No.").has("[role=alert]", "")

		h.submit(t, admin, h.get(t, admin, "/office/exchange/instruments/new?kind=bond"), form, "name_kk", "Облигация", "isin", "US0378331005", "short", "BOLAT/BD 12",
			"issuer", "pty_bolat", "nominal", "1000", "issued", "2026-12-01", "matures", "2028-12-01", "yearly", "2", "rate", "12", "count", "30_360", "group", "SHARES", "table", "TENGE",
			"price_max", "100000", "reason", "A new issue.", "isin", "US1912161007").has(".facts", "bond")
		h.submit(t, admin, h.get(t, admin, "/office/exchange/instruments/new?kind=forward"), form, "name_kk", "Бидай", "code", "wheat-f", "grade_kk", "3-сынып", "basis", "FCA",
			"store", "KOSTANAY", "measure", "TNE", "divides", "1000", "expires", "2027-03-10", "month", "2027-03", "group", "SHARES", "table", "TENGE", "unit", "1000", "lot", "1000",
			"qty_min", "1000", "price_max", "1000000", "initial", "10", "taker", "0.1", "reason", "Harvest.").has(".facts", "WHEAT-F", "forward")
	})
}

// TestTablesAreLaid: a table of steps, a calendar and hours by their forms; what is wrong stands beside its field, and hours of a group
// that trades are published in time.
func TestTablesAreLaid(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.OpenMarket(t)
		at := "/office/exchange/tables"
		page := h.get(t, admin, at)
		page.has("#ticks + .rows", "TENGE")
		ticks := `form[action$="/ticks"]`
		h.trySubmit(t, admin, page, ticks, "code", "FINE", "bands", "0 | 0,01\n100 | 0,3").has("#bands-wrong", "multiple")
		page = h.submit(t, admin, page, ticks, "code", "fine", "bands", "0 | 0,01\n100 | 0,5")
		page.has("#ticks + .rows", "FINE", "from ₸100: ₸0.50")
		h.trySubmit(t, admin, page, ticks, "code", "FINE", "bands", "0 | 1").has("[role=alert]", "")

		days := `form[action$="/calendars"]`
		page = h.submit(t, admin, page, days, "code", "WEEK", "week", "1")
		page.has("#calendars + .rows", "WEEK")

		hours := `form[action$="/schedules"]`
		day := []string{"group", "GRAIN", "from", "2027-01-11", "calendar", "WEEK", "full_step_0", "begin_call", "full_at_0", "11:00:00",
			"full_step_1", "begin_random_end", "full_at_1", "11:10:00", "full_step_2", "close", "full_at_2", "12:00"}
		h.trySubmit(t, admin, page, hours, append(day, "full_step_2", "")...).has("[role=alert]", "do not lead from one to the next")
		h.trySubmit(t, admin, page, hours, append(day, "full_at_1", "")...).has("#full-wrong", "")
		page = h.submit(t, admin, page, hours, day...)
		page.has("#hours ~ h3", "GRAIN")
		page.has("main", "11:10:00", "random end")
		today := h.Clock.Now().Format("2006-01-02")
		h.trySubmit(t, admin, page, hours, append(day, "group", "SHARES", "from", today)...).has("#from-wrong", "seven working days")
	})
}

// TestPartsAndLicences: an account gets a part, which has none itself, and a member another licence; the history has both.
func TestPartsAndLicences(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		m := h.OpenMarket(t)
		page := h.get(t, admin, "/office/exchange/parties/"+string(m.Accounts[0].ID))
		page = h.submit(t, admin, page, `form[action$="/parts"]`, "reason", "A strategy of its own.")
		page.has("h1", "A00000003")
		page.lacks(`form[action$="/parts"]`)
		h.get(t, admin, "/office/exchange/parties/"+string(m.Accounts[0].ID)).has("#parts + .rows", "A00000003")

		page = h.get(t, admin, "/office/exchange/parties/"+string(m.Member.ID))
		licence := `form[action$="/licence"]`
		if s := h.trySubmit(t, admin, page, licence, "licence", "4.2.1/9", "from", "2027-01-01", "to", "2026-01-01", "reason", "Renewed."); s.status < 400 {
			t.Errorf("a licence that ends before it begins: %d", s.status)
		}
		for _, to := range []string{"", "2030-13-31", "31.12.2030"} { // Not one without an end.
			if s := h.trySubmit(t, admin, page, licence, "licence", "4.2.1/9", "from", "2026-01-01", "to", to, "reason", "Renewed."); s.status < 400 {
				t.Errorf("a licence until %q: %d", to, s.status)
			}
		}
		page = h.submit(t, admin, page, licence, "licence", "4.2.1/9", "from", "2026-01-01", "to", "2030-12-31", "reason", "Renewed.")
		page.has("#licence + p", "4.2.1/9")
		page.has("#past + .trail", "4.2.1/1 → 4.2.1/9: Renewed.")
		h.Look(t, func(tx *db.Tx) error {
			now, err := exchange.GetMember(tx, m.Member.Code)
			if now.Licence.Days.To.String() != "2030-12-31" {
				t.Errorf("the licence holds until %s", now.Licence.Days.To)
			}
			return err
		})
	})
}
