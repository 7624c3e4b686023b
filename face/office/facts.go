package office

import (
	"context"
	"encoding/json"
	"strings"

	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountFacts(site *web.Site) {
	web.Page(site, "GET /office/facts", f.facts, web.Needs(ScopeHouseRead))
	web.Page(site, "GET /office/audit", f.audit, web.Needs(ScopeHouseRead))
}

type factsAsk struct {
	Key   string `query:"key" maxLength:"100"`
	After string `query:"after" maxLength:"60"`
}

// factsList is a page of facts.
type factsList struct {
	Ask   factsAsk
	Facts []bus.Recorded
	Next  string
}

// facts gives what happened to one thing in its order, or lately in the whole house, the newest first.
func (f face) facts(tx *db.Tx, in factsAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	in.Key = strings.TrimSpace(in.Key)
	list := factsList{Ask: in}
	var err error
	list.Facts, err = bus.Facts(tx, bus.Filter{Key: in.Key, Newest: in.Key == "", Page: bus.Page{After: in.After, Limit: listed + 1}})
	if err != nil {
		return nil, err
	}
	if len(list.Facts) > listed {
		list.Facts = list.Facts[:listed]
		list.Next = list.Facts[listed-1].ID
	}
	return factsPage(f.page("facts", t(tx.Context(), "nav.facts")), list), nil
}

type auditAsk struct {
	Object string `query:"object" maxLength:"100"`
	Who    string `query:"who" maxLength:"100"`
	After  string `query:"after" maxLength:"300"`
}

// audit shows who did what to what, the latest first.
func (f face) audit(tx *db.Tx, in auditAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	in.Object, in.Who = strings.TrimSpace(in.Object), strings.TrimSpace(in.Who)
	rows, next, err := web.Audit(tx, web.Wanted{Object: in.Object, Who: in.Who, Cursor: in.After, Limit: listed})
	return auditPage(f.page("audit", t(tx.Context(), "nav.audit")), in, rows, next), err
}

// actor names who did something.
func actor(ctx context.Context, kind, id string) string {
	name := t(ctx, "who."+kind)
	if id == "" || kind == string(db.KindSystem) {
		return name
	}
	return name + " " + id
}

// pretty indents JSON for people; what is none stays as it is.
func pretty(body string) string {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return body
	}
	return string(out)
}
