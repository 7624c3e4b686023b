package web

import (
	"cmp"
	"strings"
	"time"

	"github.com/huandu/go-sqlbuilder"

	"sauda/gear/db"
	"sauda/gear/web/webdb"
)

// Row is one row of the audit: who did what to what.
type Row struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Kind    string    `json:"who_kind" doc:"guest, buyer, staff, admin or system."`
	Who     string    `json:"who_id"`
	Action  string    `json:"action" doc:"The route." example:"POST /v1/office/orders/{id}/cancellation"`
	Object  string    `json:"object" doc:"The id of what was acted on; of what has none, its place in the address."`
	Before  string    `json:"before" doc:"JSON of the object before, if the command loaded it."`
	After   string    `json:"after" doc:"JSON of the object after, or of the answer; asked is what was asked. It is kept for staff only, without secrets and data of persons."`
	Request string    `json:"request"`
}

// audit writes the row of a command into its moment. Of what buyers and guests did it keeps no contents: those rows
// outlive the person's wish to be forgotten. What staff did stands there without secrets and without data of persons.
func (c *call) audit(tx *db.Tx, rt *route, object string, a answer) error {
	after, before := "", ""
	if c.isTold() {
		changes := tx.Changes()
		if object == "" && len(changes) == 1 {
			object = changes[0].ID
		}
		was, is := sides(object, changes)
		before, after = cmp.Or(c.before, was), c.said(a, is)
	}
	return webdb.New(tx.Later()).KeepAudit(tx.Context(), webdb.KeepAuditParams{
		ID: tx.Mint("aud"), At: tx.Now().UnixMicro(), WhoKind: string(c.who.Kind), WhoID: c.who.ID,
		Action: rt.pattern, Object: cmp.Or(object, c.thing(rt)), Before: before, After: after, Request: c.id,
	})
}

// Wanted says which rows of the audit to show. Empty fields want all.
type Wanted struct {
	Object string
	Who    string
	Action string
	Kinds  []db.WhoKind // Kinds wants what these kinds of actors did; none wants all.
	From   time.Time
	Until  time.Time
	Cursor string
	Limit  int // Limit is 50 when it is 0, and 200 at most.
}

// Audit gives a page of the audit, the latest first, and the cursor of the next one.
func Audit(tx *db.Tx, w Wanted) ([]Row, string, error) {
	after, err := Uncursor(w.Cursor, 1)
	if err != nil {
		return nil, "", err
	}
	limit := min(w.Limit, 200)
	if limit <= 0 {
		limit = 50
	}
	b := sqlbuilder.PostgreSQL.NewSelectBuilder()
	b.Select("id", "at", "who_kind", "who_id", "action", "object", "before", "after", "request").From("audit")
	for _, by := range []struct{ column, value string }{{"object", w.Object}, {"who_id", w.Who}, {"action", w.Action}} {
		if by.value != "" {
			b.Where(b.Equal(by.column, by.value))
		}
	}
	if len(w.Kinds) > 0 {
		b.Where(b.In("who_kind", sqlbuilder.Flatten(w.Kinds)...))
	}
	if !w.From.IsZero() {
		b.Where(b.GreaterEqualThan("at", w.From.UnixMicro()))
	}
	if !w.Until.IsZero() {
		b.Where(b.LessThan("at", w.Until.UnixMicro()))
	}
	if after != nil {
		b.Where(b.LessThan("id", after[0]))
	}
	query, args := b.OrderByDesc("id").Limit(limit + 1).Build()
	return auditRows(tx, strings.TrimSpace(query), args, limit)
}

func auditRows(tx *db.Tx, query string, args []any, limit int) ([]Row, string, error) {
	found, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = found.Close() }()
	rows := []Row{}
	for found.Next() {
		var r Row
		var at int64
		if err := found.Scan(&r.ID, &at, &r.Kind, &r.Who, &r.Action, &r.Object, &r.Before, &r.After, &r.Request); err != nil {
			return nil, "", err
		}
		r.At = time.UnixMicro(at).UTC()
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		return nil, "", err
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	return rows[:limit], Cursor(rows[limit-1].ID), nil
}
