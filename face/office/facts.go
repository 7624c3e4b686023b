package office

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sauda/base/span"
	"sauda/core/identity"
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
	By     string `query:"by" enum:"people,buyers,house"`
	From   string `query:"from" maxLength:"10"`
	To     string `query:"to" maxLength:"10"`
	After  string `query:"after" maxLength:"300"`
}

// actorKinds are the kinds of actors by what the audit calls them together, and actorGroups their order.
var (
	actorGroups = []string{"people", "buyers", "house"}
	actorKinds  = map[string][]db.WhoKind{
		"people": {db.KindStaff, db.KindAdmin}, "buyers": {db.KindBuyer, db.KindGuest}, "house": {db.KindSystem},
	}
)

// auditList is a page of the audit.
type auditList struct {
	Ask   auditAsk
	Rows  []web.Row
	Names map[string]string // Names are those of the people of the office, by their ids.
	Next  string
}

// args are the filters of a page, for the address of another.
func (l auditList) args(more ...string) []string {
	return append([]string{"object", l.Ask.Object, "who", l.Ask.Who, "by", l.Ask.By, "from", l.Ask.From, "to", l.Ask.To}, more...)
}

// audit shows who did what to what, the latest first.
func (f face) audit(tx *db.Tx, in auditAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	in.Object, in.Who = strings.TrimSpace(in.Object), strings.TrimSpace(in.Who)
	list := auditList{Ask: in, Names: map[string]string{}}
	people, err := identity.Office(tx)
	if err != nil {
		return nil, err
	}
	wanted := web.Wanted{Object: in.Object, Who: in.Who, Kinds: actorKinds[in.By], Cursor: in.After, Limit: listed}
	for _, u := range people {
		list.Names[string(u.ID)] = u.Name
		if strings.EqualFold(u.Email, in.Who) || strings.EqualFold(u.Name, in.Who) { // People are known by name, not by id.
			wanted.Who = string(u.ID)
		}
	}
	if day, err := span.Parse(in.From); err == nil {
		wanted.From = day.Start(span.Almaty)
	}
	if day, err := span.Parse(in.To); err == nil {
		wanted.Until = day.AddDays(1).Start(span.Almaty)
	}
	list.Rows, list.Next, err = web.Audit(tx, wanted)
	return auditPage(f.page("audit", t(tx.Context(), "nav.audit")), list), err
}

// difference is one value that an act changed, or was asked for.
type difference struct {
	Path, Before, After string
	Asked               bool // Asked is of what was asked, not of the object.
	Gone                bool // Gone is of a value that the object has no more.
}

// differencesMax bounds what a row of the audit shows.
const differencesMax = 100

// askedPath begins the places of what was asked (gear/web keeps it so).
const askedPath = "asked."

// differences gives what is other in an object after an act than before it, by the place of the value, and what was asked.
// Of an object that was kept once only, it gives all: of what was kept before an act alone, nothing is said to be gone.
func differences(before, after string) []difference {
	was, is := map[string]string{}, map[string]string{}
	flatten(was, "", before)
	flatten(is, "", after)
	paths, known := map[string]bool{}, false
	for p := range was {
		paths[p] = true
	}
	for p := range is {
		paths[p] = true
		known = known || !strings.HasPrefix(p, askedPath)
	}
	var found []difference
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		if was[p] != is[p] && len(found) < differencesMax {
			path, asked := strings.CutPrefix(p, askedPath)
			found = append(found, difference{Path: path, Before: was[p], After: is[p], Asked: asked, Gone: known})
		}
	}
	return found
}

// flatten puts the values of a JSON text into a map by their places. What is no JSON is one value.
func flatten(into map[string]string, at, body string) {
	if body == "" {
		return
	}
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		into[at] = body
		return
	}
	flattenValue(into, at, v)
}

func flattenValue(into map[string]string, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			flattenValue(into, strings.TrimPrefix(at+"."+name, "."), one)
		}
	case []any:
		for i, one := range v {
			flattenValue(into, at+"["+number(i)+"]", one)
		}
	case nil:
	default:
		into[at] = fmt.Sprint(v)
	}
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

// actorNamed names who did something: people of the office by their names.
func actorNamed(ctx context.Context, names map[string]string, r web.Row) string {
	if name := names[r.Who]; name != "" {
		return name
	}
	return actor(ctx, r.Kind, r.Who)
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
