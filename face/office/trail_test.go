package office_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"sauda/gear/db"
	"sauda/gear/web"
)

// untold is what the audit never has of what staff did: an address of a person, and secrets of ours.
var untold = regexp.MustCompile(`[a-z0-9.]@[a-z0-9]|"(st|sk|tk)_[A-Za-z0-9]{20}|kesh-batqan-kun`)

// judgeTrail holds every row that the commands of a test have left to what each has to say: who, what, and what was asked
// or is now, without a secret or an address of a person.
func (h *house) judgeTrail(t *testing.T) {
	t.Helper()
	err := h.Store.View(context.Background(), db.System, func(tx *db.Tx) error {
		rows, _, err := web.Audit(tx, web.Wanted{Kinds: []db.WhoKind{db.KindStaff, db.KindAdmin}, Limit: 200})
		for _, r := range rows {
			if r.Who == "" || r.Object == "" || r.After == "" && strings.HasPrefix(r.Action, "POST") && !strings.Contains(r.Action, "export") {
				t.Errorf("a row says too little: %+v", r)
			}
			if found := untold.FindString(r.Before + r.After); found != "" {
				t.Errorf("%q stands in the row of %s", found, r.Action)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTheAuditTellsBothSides changes what matters and finds in its rows what it was and what it is, and what was asked.
func TestTheAuditTellsBothSides(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.post(t, admin, "/office/users", "email", "aru@example.kz", "name", "Ару", "password", "kun-batqan-keshe", "scopes", "orders.read")
		h.post(t, admin, "/office/settings/name", "name_kk", "Жаңа дүкен", "name_ru", "Новый магазин", "name_en", "New shop")
		page := h.get(t, admin, "/office/audit?object=sel_own")
		page.has(".diff ins", "New shop")
		page.has(".diff", "asked for")
		if text := page.text(".diff"); !strings.Contains(text, "name.kk") {
			t.Errorf("the audit says %s", text)
		}
	})
}
