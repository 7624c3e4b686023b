package bus

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/huandu/go-sqlbuilder"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/gear/bus/busdb"
	"sauda/gear/db"
)

// ErrNone refuses a delivery that is done, or never was.
var ErrNone = fault.New(fault.Missing, "bus.none", "Nothing is left to do here: this reaction is done.")

const (
	pageUsual = 50
	pageMax   = 200
)

// Page is a part of a list.
type Page struct {
	After string // The ID of the last one of the page before; empty is the first page.
	Limit int    // At most 200; 0 is 50.
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return pageUsual
	}
	return min(p.Limit, pageMax)
}

// Recorded is a fact as it was stated.
type Recorded struct {
	ID   string
	At   time.Time
	Name string
	Key  string
	Who  db.Who // Kind and ID only.
	Body json.RawMessage
}

// Left is a reaction that failed.
type Left struct {
	ID       string // For Retry and Dismiss: the fact and the reaction.
	Reaction string
	Fact     string
	Key      string
	Tries    int64
	Error    string
	Behind   int64 // How many of the same key wait behind it.
}

// Parked gives the reactions that were given up, the oldest fact first.
func Parked(tx *db.Tx, page Page) (list []Left, err error) {
	b := sqlbuilder.PostgreSQL.NewSelectBuilder()
	b.Select("d.reaction", "d.key", "d.fact", "d.tries", "d.error",
		"(SELECT count(*) FROM delivery e WHERE e.reaction = d.reaction AND e.key = d.key AND e.fact > d.fact)")
	b.From("delivery d").Where(b.EQ("d.due", never), b.EQ("d.parked", 1))
	if fact, reaction, ok := strings.Cut(page.After, "/"); ok {
		b.Where(b.Or(b.GT("d.fact", fact), b.And(b.EQ("d.fact", fact), b.GT("d.reaction", reaction))))
	}
	b.OrderByAsc("d.fact").OrderByAsc("d.reaction").Limit(page.limit())
	query, args := b.Build()
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l Left
		if err := rows.Scan(&l.Reaction, &l.Key, &l.Fact, &l.Tries, &l.Error, &l.Behind); err != nil {
			return nil, err
		}
		l.ID = l.Fact + "/" + l.Reaction
		list = append(list, l)
	}
	return list, rows.Err()
}

// Retry lets a reaction that failed have all its tries again, and those behind it after it. Its process is told at once;
// others look within a second.
func Retry(tx *db.Tx, id string) error {
	d, err := find(tx, id)
	if err != nil {
		return err
	}
	q, now := busdb.New(tx), tx.Now().UnixMicro()
	err = q.RetryDelivery(tx.Context(), busdb.RetryDeliveryParams{Reaction: d.Reaction, Key: d.Key, Fact: d.Fact, Due: now})
	if err != nil {
		return err
	}
	return q.HoldBack(tx.Context(), busdb.HoldBackParams{Reaction: d.Reaction, Key: d.Key, Fact: d.Fact, Due: now})
}

// Dismiss gives a reaction up for good: what it would have done is not done, and those behind it go on.
func Dismiss(tx *db.Tx, id string) error {
	d, err := find(tx, id)
	if err != nil {
		return err
	}
	q, now := busdb.New(tx), tx.Now().UnixMicro()
	err = q.DropDelivery(tx.Context(), busdb.DropDeliveryParams{Reaction: d.Reaction, Key: d.Key, Fact: d.Fact})
	if err != nil {
		return err
	}
	return q.HoldBack(tx.Context(), busdb.HoldBackParams{Reaction: d.Reaction, Key: d.Key, Fact: d.Fact, Due: now})
}

// find gives the delivery of an ID of Left. One that a process works on is not there for the office.
func find(tx *db.Tx, id string) (busdb.Delivery, error) {
	fact, reaction, _ := strings.Cut(id, "/")
	d, err := busdb.New(tx).GetDelivery(tx.Context(), busdb.GetDeliveryParams{Reaction: reaction, Fact: fact})
	if errors.Is(err, sql.ErrNoRows) || err == nil && d.LeaseBy != "" {
		return d, ErrNone.About("%.120q", id)
	}
	return d, err
}

// Backlog is what a reaction has left to do.
type Backlog struct {
	Reaction string
	Waiting  int64     // All that is left, with what is parked.
	Parked   int64     // Given up.
	Oldest   time.Time // When the oldest fact was stated.
}

// Waiting gives the reactions that have anything left to do, by name. A reaction that no program knows any more stays
// here until each of its deliveries is dismissed.
func Waiting(tx *db.Tx) ([]Backlog, error) {
	rows, err := busdb.New(tx).CountDeliveries(tx.Context())
	list := make([]Backlog, 0, len(rows))
	for _, r := range rows {
		list = append(list, Backlog{r.Reaction, r.Waiting, r.Parked, stated(r.Oldest)})
	}
	return list, err
}

// Filter chooses facts. Its zero value chooses all, the oldest first.
type Filter struct {
	Key    string
	Names  []string
	From   time.Time // Zero is since always.
	To     time.Time // Not included; zero is without end.
	Newest bool      // The newest first.
	Page
}

// Facts gives the history. A filter by Key or by one name costs what it finds, not what there is.
func Facts(tx *db.Tx, f Filter) (list []Recorded, err error) {
	b := sqlbuilder.PostgreSQL.NewSelectBuilder()
	b.Select("id", "at", "name", "key", "who_kind", "who_id", "body").From("fact").Limit(f.limit())
	if f.Key != "" {
		b.Where(b.EQ("key", f.Key))
	}
	switch len(f.Names) {
	case 0:
	case 1:
		b.Where(b.EQ("name", f.Names[0]))
	default:
		b.Where("name IN (SELECT value FROM json_each(cast(" + b.Var(db.In(f.Names)) + " AS TEXT)))")
	}
	if !f.From.IsZero() {
		b.Where(b.GTE("id", floor(f.From)))
	}
	if !f.To.IsZero() {
		b.Where(b.LT("id", floor(f.To)))
	}
	switch {
	case f.Newest && f.After != "":
		b.Where(b.LT("id", f.After))
	case f.After != "":
		b.Where(b.GT("id", f.After))
	}
	if f.Newest {
		b.OrderByDesc("id")
	} else {
		b.OrderByAsc("id")
	}
	query, args := b.Build()
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r Recorded
		var at int64
		var body string
		if err := rows.Scan(&r.ID, &at, &r.Name, &r.Key, &r.Who.Kind, &r.Who.ID, &body); err != nil {
			return nil, err
		}
		r.At, r.Body = span.FromMicros(at), json.RawMessage(body)
		list = append(list, r)
	}
	return list, rows.Err()
}
