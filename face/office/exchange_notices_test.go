package office_test

import (
	"net/http"
	"testing"

	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
)

// TestAnIssuerAnnounces: one person proposes a dividend, another confirms it, and its page says who would get how much and from
// which day on a buyer would not; it is called off by two as well. What could not be carried out is refused at once.
func TestAnIssuerAnnounces(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		m := h.OpenMarket(t)
		day := span.DayOf(h.Clock.Now(), span.Almaty).AddDays(10)
		page := h.get(t, admin, "/office/exchange/notices")
		page.has("main .state", "Nothing is announced")
		form := `form[action$="/notices"]`
		fields := []string{"instrument", string(m.Share.ID), "kind", "dividend", "amount", "12.50", "payer", m.Accounts[0].Code,
			"record", day.String(), "pay", day.AddDays(5).String(), "reason", "The meeting has decided."}
		for _, wrong := range [][2]string{{"payer", "A99999999"}, {"pay", day.AddDays(-1).String()}, {"amount", "0"}, {"record", "2020-01-01"}} {
			bad := append([]string{}, fields...)
			for n := 0; n < len(bad); n += 2 {
				if bad[n] == wrong[0] {
					bad[n+1] = wrong[1]
				}
			}
			if s := h.trySubmit(t, admin, page, form, bad...); s.status < 400 {
				t.Errorf("announced with %v: %d", wrong, s.status)
			}
		}
		h.submit(t, admin, page, form, fields...).has(".proposal", "BOLAT/SH REG: a dividend of", "12.50")
		h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		h.Settled(t)
		page = h.get(t, admin, "/office/exchange/notices")
		page.has("tbody tr", "BOLAT/SH REG", "Dividend", "Announced")
		page = h.get(t, admin, page.attr("tbody a", "href"))
		page.has("#entitled ~ .rows", m.Accounts[1].Code, "100,000", "1,250,000")
		page.has("main", "If it were recorded now", "First day of trade without the right")
		h.submit(t, admin, page, `form[action$="/end"]`, "reason", "The court has stopped it.").has(".proposal", "the notice is called off")
		h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		h.Settled(t)
		h.get(t, admin, "/office/exchange/notices").has("tbody tr", "Called off")
		h.Look(t, func(tx *db.Tx) error {
			all, err := clearing.NoticesSince(tx, day)
			if len(all) != 1 || all[0].State != clearing.NoticeCalledOff {
				t.Errorf("notices %+v", all)
			}
			return err
		})
		if s := h.send(t, admin, "GET", "/office/exchange/notices/none", nil); s.status != http.StatusNotFound {
			t.Errorf("a notice that is none: %d", s.status)
		}
	})
}
