package saga

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/huandu/go-sqlbuilder"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/gear/db"
	"sauda/gear/saga/sagadb"
)

// Seen is a story as the office sees it.
type Seen struct {
	ID      string
	Name    string
	Key     string
	State   string // running, waiting, undoing, done, failed
	Step    string // The step that comes next, or is taken back next.
	Trail   []string
	Tries   int64
	Due     time.Time // When the clock takes it up; zero when it has ended or is stuck.
	Stuck   bool      // It goes on only when somebody says Again.
	Begun   time.Time
	Moved   time.Time
	Reason  error // Why it fails or has failed, or nil.
	Trouble string
	Body    json.RawMessage
}

// Filter chooses stories. Its zero value chooses all, the newest first.
type Filter struct {
	Name   string
	Key    string
	States []string
	Stuck  bool   // Only those that are stuck.
	Before string // The ID of the last story of the page before.
	Limit  int    // At most 200; 0 is 50.
}

const (
	pageUsual = 50
	pageMax   = 200
)

// List gives stories, the newest first.
func List(tx *db.Tx, f Filter) (list []Seen, err error) {
	if f.Limit <= 0 {
		f.Limit = pageUsual
	}
	b := sqlbuilder.PostgreSQL.NewSelectBuilder()
	b.Select(strings.Fields("id name key state step trail tries due begun moved body fault trouble")...)
	b.From("story").OrderByDesc("id").Limit(min(f.Limit, pageMax))
	if f.Name != "" {
		b.Where(b.EQ("name", f.Name))
	}
	if f.Key != "" {
		b.Where(b.EQ("key", f.Key))
	}
	if len(f.States) > 0 {
		b.Where("state IN (SELECT value FROM json_each(cast(" + b.Var(db.In(f.States)) + " AS TEXT)))")
	}
	if f.Stuck {
		b.Where(b.EQ("due", int64(never)))
	}
	if f.Before != "" {
		b.Where(b.LT("id", f.Before))
	}
	query, args := b.Build()
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r sagadb.Story
		err := rows.Scan(&r.ID, &r.Name, &r.Key, &r.State, &r.Step, &r.Trail, &r.Tries, &r.Due, &r.Begun, &r.Moved, &r.Body,
			&r.Fault, &r.Trouble)
		if err != nil {
			return nil, err
		}
		list = append(list, seen(r))
	}
	return list, rows.Err()
}

// Get gives one story.
func Get(tx *db.Tx, id string) (Seen, error) {
	row, err := sagadb.New(tx).GetStory(tx.Context(), id)
	if errors.Is(err, sql.ErrNoRows) {
		return Seen{}, ErrNone.About("%.80q", id)
	}
	return seen(row), err
}

// Again has the clock take up a story that waits, pauses or is stuck. One that has ended, or that is being told, is
// refused.
func Again(tx *db.Tx, id string) error {
	n, err := sagadb.New(tx).HastenStory(tx.Context(), sagadb.HastenStoryParams{ID: id, Now: tx.Now().UnixMicro()})
	if err != nil || n == 1 {
		return err
	}
	if _, err := Get(tx, id); err != nil {
		return err
	}
	return ErrResting.About("%s", id)
}

// Forget drops up to 1,000 stories that ended before an instant and says how many. A story that is forgotten can be
// begun anew, so what it did must be guarded by what it made, such as the order of a basket.
func Forget(tx *db.Tx, before time.Time) (int64, error) {
	return sagadb.New(tx).ForgetStories(tx.Context(), before.UnixMicro())
}

func seen(r sagadb.Story) Seen {
	s := Seen{
		ID: r.ID, Name: r.Name, Key: r.Key, State: r.State, Step: r.Step, Trail: strings.Fields(r.Trail), Tries: r.Tries,
		Stuck: r.Due == never, Begun: span.FromMicros(r.Begun), Moved: span.FromMicros(r.Moved),
		Reason: fault.Decode([]byte(r.Fault)), Trouble: r.Trouble, Body: json.RawMessage(r.Body),
	}
	if !s.Stuck {
		s.Due = span.FromMicros(r.Due)
	}
	return s
}
