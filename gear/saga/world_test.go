package saga_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/saga"
)

var schemas = []db.Schema{saga.Schema, {Name: "world", Files: os.DirFS("testdata/world")}}

var (
	errSoldOut  = fault.New(fault.Conflict, "sagatest.sold_out", "It is sold out.")
	errDeclined = fault.New(fault.Conflict, "sagatest.declined", "The bank said no.")
	errNetwork  = errors.New("the network is down")
)

var buyer = db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}

// world is a bank that remembers its acts by key: the same key acts once.
type world struct {
	mu     sync.Mutex
	acts   map[string]int    // key → how often it was asked
	before []error           // answers of the next asks, without acting
	lost   int               // so many acts are done, and their answers lost
	state  map[string]string // what stands at the bank in the end, by key
}

func newWorld() *world { return &world{acts: make(map[string]int), state: make(map[string]string)} }

func (w *world) act(key string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts[key]++
	if w.state[key] != "charged" && len(w.before) > 0 {
		err := w.before[0]
		w.before = w.before[1:]
		if errors.Is(err, saga.ErrWait) {
			w.state[key] = "begun"
		}
		if err != nil {
			return err
		}
	}
	w.state[key] = "charged"
	if w.lost > 0 {
		w.lost--
		return saga.ErrUnknown
	}
	return nil
}

func (w *world) takeBack(key, act string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts[key]++
	if w.state[act] == "" {
		return fmt.Errorf("nothing to take back under %s", act)
	}
	w.state[act] = "void"
	if w.lost > 0 {
		w.lost--
		return errNetwork
	}
	return nil
}

// standing counts what is charged in the end.
func (w *world) standing() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, state := range w.state {
		if state == "charged" {
			n++
		}
	}
	return n
}

// purchase is the state of the test's story.
type purchase struct {
	Name   string   `json:"name"`
	Refs   []string `json:"refs"`
	Placed bool     `json:"placed"`
}

func mark(step string) func(*db.Tx, *purchase) error {
	return func(tx *db.Tx, s *purchase) error {
		_, err := tx.ExecContext(tx.Context(), `INSERT INTO mark (key, step, who, n) VALUES ($1, $2, $3, 1)
			ON CONFLICT (key, step) DO UPDATE SET n = mark.n + 1`, s.Name, step, tx.Who().ID)
		return err
	}
}

func unmark(step string) func(*db.Tx, *purchase) error {
	return func(tx *db.Tx, s *purchase) error {
		_, err := tx.ExecContext(tx.Context(), `UPDATE mark SET n = n - 1 WHERE key = $1 AND step = $2`, s.Name, step)
		return err
	}
}

// checkout is a story of two Do steps, two Calls and two Do steps at the end, of which place may refuse.
func checkout(w *world, place error) saga.Story[purchase] {
	charge := func(_ context.Context, key string, s *purchase) error {
		if err := w.act(key); err != nil {
			return err
		}
		s.Refs = append(s.Refs, key)
		return nil
	}
	void := func(_ context.Context, key string, s *purchase) error {
		return w.takeBack(key, key[:len(key)-len("/recall")])
	}
	return saga.Story[purchase]{Name: "checkout", Steps: []saga.Step[purchase]{
		{Name: "quote", Do: mark("quote"), Undo: unmark("quote")},
		{Name: "hold", Do: mark("hold"), Undo: unmark("hold")},
		{Name: "authorize", Call: charge, Recall: void},
		{Name: "book", Call: charge, Recall: void},
		{Name: "confirm", Do: mark("confirm"), Undo: unmark("confirm")},
		{Name: "place", Do: func(tx *db.Tx, s *purchase) error {
			if err := mark("place")(tx, s); err != nil {
				return err
			}
			s.Placed = true
			return place
		}},
	}}
}

// marks gives the marks that stand for a name, and fails when one stands twice.
func marks(t *testing.T, s *dbtest.Store, name string) []string {
	t.Helper()
	found := make(map[string]int)
	s.Look(t, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(tx.Context(), `SELECT step, n FROM mark WHERE key = $1 AND n <> 0`, name)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var step string
			var n int
			if err := rows.Scan(&step, &n); err != nil {
				return err
			}
			found[step] = n
		}
		return rows.Err()
	})
	for step, n := range found {
		if n != 1 {
			t.Errorf("the mark of %s stands %d times", step, n)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func stories(t *testing.T, s *dbtest.Store) []saga.Seen {
	t.Helper()
	var list []saga.Seen
	s.Look(t, func(tx *db.Tx) (err error) {
		list, err = saga.List(tx, saga.Filter{})
		return err
	})
	return list
}

func teller(s *dbtest.Store, story saga.Story[purchase], options ...saga.Option) *saga.Teller {
	t := saga.NewTeller(s.Store, nil, append([]saga.Option{saga.Patience(0)}, options...)...)
	saga.Learn(t, story)
	return t
}

// all is what stands when the story is done.
var all = []string{"confirm", "hold", "place", "quote"}
