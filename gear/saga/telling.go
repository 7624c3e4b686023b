package saga

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/saga/sagadb"
)

// The states of a story at rest; running and undoing ones have a lease while somebody tells them.
const (
	stateRunning = "running"
	stateWaiting = "waiting"
	stateUndoing = "undoing"
	stateDone    = "done"
	stateFailed  = "failed"
)

const (
	// never is when a stuck story is due.
	never = math.MaxInt64
	// pauseFirst and pauseMax bound the pause before a step is tried again; it doubles each time.
	pauseFirst, pauseMax = 100 * time.Millisecond, 5 * time.Minute
	// lookFirst and lookMax bound how often the clock looks after a story that waits, in case a webhook was lost.
	lookFirst, lookMax = 30 * time.Second, 10 * time.Minute
	// foreignFirst and foreignMax bound the pause between looks at a story that another process tells.
	foreignFirst, foreignMax = 10 * time.Millisecond, 250 * time.Millisecond
)

var (
	errLost    = errors.New("saga: the lease was lost")
	errForeign = errors.New("saga: another process tells this story")
	errStuck   = errors.New("saga: the story is stuck")
)

// death is how the hook of At ended a telling.
type death struct{ with any }

// telling is one goroutine's work on one story, from where it stands to where it rests.
type telling struct {
	teller  *Teller
	ctx     context.Context
	plot    *plot
	key     string
	who     db.Who
	begin   string // The state of a story that begins.
	resumed bool   // By the clock: then nothing begins, and nobody waits for a second try.
	until   time.Time

	row   sagadb.Story
	known memory
	done  chan struct{}
	end
	killed *death
}

// memory is the state that a body was written from, so that it need not be read again. It is good for one reading:
// whoever takes it changes it.
type memory struct {
	state any
	body  string
}

// state gives the state of a body, from memory or by reading it.
func (g *telling) state(body string) (any, error) {
	if m := g.known; m.state != nil && m.body == body {
		g.known = memory{}
		return m.state, nil
	}
	return g.plot.read(body)
}

// write gives the body of a state and remembers the state.
func (g *telling) write(state any) (string, error) {
	body, err := g.plot.write(state)
	if err == nil {
		g.known = memory{state, body}
	}
	return body, err
}

// at marks a point where a process could die.
func (g *telling) at(when, what string) {
	defer func() {
		if p := recover(); p != nil {
			panic(&death{p})
		}
	}()
	g.teller.at(when + " " + what)
}

// run tells the story until it rests.
func (g *telling) run() {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *death:
			g.killed = p
		default:
			g.end = end{outcome: Running, err: fmt.Errorf("saga: telling %s %s panicked: %v", g.plot.name, g.key, p)}
			g.teller.log.Error("saga: telling panicked", "story", g.plot.name, "key", g.key, "panic", p)
		}
	}()
	for pause := foreignFirst; ; pause = min(2*pause, foreignMax) {
		err := g.open()
		if err == nil && g.row.ID != "" {
			err = g.advance()
		}
		switch {
		case errors.Is(err, errLost), errors.Is(err, errForeign):
			if !g.sleep(pause) {
				g.end = end{outcome: Running}
				return
			}
		case errors.Is(err, errStuck):
			g.end = end{outcome: Running}
			return
		case err != nil:
			g.end = end{body: g.row.Body, outcome: Running, err: err}
			if g.row.ID == "" && !errors.Is(err, db.ErrUnsure) { // Nothing has begun.
				g.end.outcome = Failed
			}
			return
		default:
			g.end = g.rested()
			return
		}
	}
}

// rested tells the outcome from the row.
func (g *telling) rested() end {
	e := end{body: g.row.Body, outcome: Running}
	if g.known.body == g.row.Body {
		e.state = g.known.state
	}
	switch g.row.State {
	case stateDone:
		e.outcome = Done
	case stateWaiting:
		e.outcome = Waiting
	case stateFailed:
		e.outcome, e.err = Failed, fault.Decode([]byte(g.row.Fault))
	}
	return e
}

// open finds the story and takes its lease, or begins it: then the Do steps that it begins with are in that moment too.
func (g *telling) open() error {
	g.at("before", "moment open")
	var row sagadb.Story
	err := g.teller.store.Update(g.ctx, g.who, func(tx *db.Tx) error {
		tx.Lock("story:" + g.plot.name + ":" + g.key)
		var err error
		row, err = sagadb.New(tx).FindStory(tx.Context(), sagadb.FindStoryParams{Name: g.plot.name, Key: g.key})
		switch {
		case err == nil:
			return g.take(tx, &row)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		case g.resumed: // It has ended meanwhile.
			row = sagadb.Story{}
			return nil
		}
		row, err = g.fresh(tx)
		if err != nil {
			return err
		}
		return g.play(tx, &row, 0)
	})
	if err != nil {
		return err
	}
	g.row = row
	g.at("after", "moment open")
	return nil
}

// fresh is the row of a story that begins in this moment; its version says that it is not stored yet.
func (g *telling) fresh(tx *db.Tx) (sagadb.Story, error) {
	who, err := json.Marshal(tx.Who())
	return sagadb.Story{
		ID: tx.Mint("sty"), Name: g.plot.name, Key: g.key, State: stateRunning, Step: g.plot.steps[0].name,
		Begun: tx.Now().UnixMicro(), Who: string(who), Body: g.begin,
	}, err
}

// take leases a story that goes on. One that has ended is only read.
func (g *telling) take(tx *db.Tx, row *sagadb.Story) error {
	switch {
	case row.State == stateDone:
		return nil
	case row.Due == never:
		return errStuck
	case row.LeaseBy != "" && row.LeaseBy != g.teller.me && row.Due > tx.Now().UnixMicro() && tx.Engine() != db.SQLite:
		return errForeign
	}
	return g.save(tx, row, leased)
}

// How a row is left by a saving.
type left int

const (
	leased left = iota // Somebody goes on with it at once.
	free               // Its due was set; nobody holds it.
	ended              // It is over.
)

// save writes the row, or writes it first when it is not stored yet.
func (g *telling) save(tx *db.Tx, row *sagadb.Story, left left) error {
	row.Moved = tx.Now().UnixMicro()
	switch left {
	case leased:
		row.LeaseBy, row.Due = g.teller.me, tx.Now().Add(leaseTime).UnixMicro()
	case free:
		row.LeaseBy = ""
	case ended:
		row.LeaseBy, row.Due, row.Step = "", 0, ""
	}
	if row.Version == 0 {
		return g.insert(tx, row)
	}
	n, err := sagadb.New(tx).SaveStory(tx.Context(), sagadb.SaveStoryParams{
		ID: row.ID, Version: row.Version, State: row.State, Step: row.Step, Trail: row.Trail, Tries: row.Tries, Due: row.Due,
		LeaseBy: row.LeaseBy, Moved: row.Moved, Body: row.Body, Fault: row.Fault, Trouble: row.Trouble,
	})
	if err == nil && n == 0 {
		return errLost
	}
	row.Version++
	return err
}

func (g *telling) insert(tx *db.Tx, row *sagadb.Story) error {
	n, err := sagadb.New(tx).BeginStory(tx.Context(), sagadb.BeginStoryParams{
		ID: row.ID, Name: row.Name, Key: row.Key, State: row.State, Step: row.Step, Trail: row.Trail, Tries: row.Tries,
		Due: row.Due, LeaseBy: row.LeaseBy, Begun: row.Begun, Moved: row.Moved, Who: row.Who, Body: row.Body,
	})
	if err == nil && n == 0 {
		return db.ErrRace // Somebody began it in this very moment.
	}
	row.Version = 1
	return err
}

// play runs the Do steps from a place on, within a moment, and saves where the story stands then.
func (g *telling) play(tx *db.Tx, row *sagadb.Story, from int) error {
	state, err := g.state(row.Body)
	if err != nil {
		return err
	}
	waits := false
	for ; from < len(g.plot.steps); from++ {
		s := g.plot.steps[from]
		if s.do == nil {
			if s.idle(state) {
				continue
			}
			break
		}
		err := s.do(tx, state)
		if waits = errors.Is(err, ErrWait); waits {
			break
		}
		if err != nil {
			return err
		}
		row.Trail = push(row.Trail, s.name)
		row.State, row.Tries, row.Trouble = stateRunning, 0, ""
	}
	if row.Body, err = g.write(state); err != nil {
		return err
	}
	if from == len(g.plot.steps) {
		row.State, row.Tries, row.Trouble = stateDone, 0, ""
		return g.save(tx, row, ended)
	}
	row.Step = g.plot.steps[from].name
	if waits {
		return g.wait(tx, row)
	}
	return g.save(tx, row, leased)
}

// wait rests the story until it is told again, or fails it when that has taken too long.
func (g *telling) wait(tx *db.Tx, row *sagadb.Story) error {
	end := int64(never)
	if g.plot.patience > 0 {
		end = row.Begun + g.plot.patience.Microseconds()
	}
	now := tx.Now().UnixMicro()
	if now >= end {
		return ErrTooLate.About("%s %s waits in %s", row.Name, row.Key, row.Step)
	}
	row.Due = min(now+doubled(lookFirst, lookMax, row.Tries).Microseconds(), end)
	row.State = stateWaiting
	row.Tries++
	return g.save(tx, row, free)
}

// moment runs do on a copy of the row, which becomes the row when the moment is committed. It acts as who began.
func (g *telling) moment(what string, do func(*db.Tx, *sagadb.Story) error) error {
	var who db.Who
	if err := json.Unmarshal([]byte(g.row.Who), &who); err != nil {
		return fmt.Errorf("saga: who began %s: %w", g.row.ID, err)
	}
	g.at("before", "moment "+what)
	var row sagadb.Story
	err := g.teller.store.Update(g.ctx, who, func(tx *db.Tx) error {
		tx.Lock("story:" + g.plot.name + ":" + g.key)
		row = g.row
		return do(tx, &row)
	})
	if err != nil {
		return err
	}
	g.row = row
	g.at("after", "moment "+what)
	return nil
}

// sleep pauses while whoever waits for this telling has patience left; otherwise it says no at once.
func (g *telling) sleep(d time.Duration) bool {
	if g.until.IsZero() || time.Now().Add(d).After(g.until) {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-g.teller.closing:
		return false
	}
}

// doubled is a pause that doubles with each try, within its bounds.
func doubled(first, most time.Duration, tries int64) time.Duration {
	return min(first<<min(tries, 16), most)
}

// jittered keeps stories that failed together from coming back together.
func jittered(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

func push(trail, step string) string { return strings.TrimSpace(trail + " " + step) }

// pop gives the trail without its last step, and that step.
func pop(trail string) (rest, step string) {
	cut := strings.LastIndexByte(trail, ' ')
	if cut < 0 {
		return "", trail
	}
	return trail[:cut], trail[cut+1:]
}
