// Package saga tells stories: work that needs more than one moment, because between two moments the world is asked.
//
// A story is a list of steps. A Do is part of a moment; Do steps that follow each other share one, and the story's place
// and state are saved in that same moment. A Call asks the world, outside of any moment, with a key that never changes.
// When a step fails for good, the steps before it are taken back in reverse, each by its Undo or Recall.
//
//	          ┌────────── told again ──────────┐
//	          ▼                                │
//	begin ─▶ running ──ErrWait──▶ waiting ─────┘      waiting too long: ErrTooLate, taken back
//	          │   └──a fault──▶ undoing ──▶ failed    the key is free again
//	          └──▶ done                               told again, it gives its state
//
// A crash at any point is no special case. The answer of a Call is saved with the moment that follows it; a process that
// dies before leaves the Call to be made again with the same key, so whoever is called must know its keys. A trouble that
// is no fault of the story (the store or the world does not answer, ErrUnknown) is tried again with growing pauses, first
// while the one who told it waits, then by the clock, and never taken back blindly.
//
// Steps are remembered by name. A story that was begun by older code goes on with newer code as long as the step that
// comes next, and those to be taken back, still exist; otherwise it is stuck, and visible as such.
package saga

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of the stories.
var Schema = db.Schema{Name: "saga", Files: schemaFiles}

// What a step may answer besides nil and a fault.
var (
	// ErrWait rests the story until it is told again: by the buyer who comes back, by a webhook, or by the clock, which
	// looks after it at growing intervals. What the step did so far is kept, and the step is run again then.
	ErrWait = errors.New("saga: the story waits")
	// ErrUnknown says that nobody knows whether the world acted. The Call is made again with the same key.
	ErrUnknown = errors.New("saga: nobody knows whether the world acted")
	// ErrLater is as ErrUnknown, of a step whose answer nobody has to wait for: the clock makes the Call again.
	ErrLater = errors.New("saga: this is asked again later")
)

// Faults of stories.
var (
	ErrTooLate = fault.New(fault.Gone, "saga.too_late", "This took too long and was taken back. Please begin again.")
	ErrNone    = fault.New(fault.Missing, "saga.none", "There is no such story.")
	ErrResting = fault.New(fault.Conflict, "saga.not_waiting", "This story has ended, or it is being told right now.")
)

// Story is a list of steps over a state S, which is kept as JSON between the steps.
type Story[S any] struct {
	Name     string
	Steps    []Step[S]
	Patience time.Duration // How long it may take when it waits; then it fails with ErrTooLate. 0 is without end.
}

// Step is a Do, which is part of a moment, or a Call, which asks the world.
//
// Do and Undo may be run several times for one saved effect, so they talk to nobody but their tx. Call and Recall may be
// made several times with one key, and only one of these may count. What a Call writes into the state is kept whatever
// it returns. A step that waited until it was too late is taken back like one that is done, so its Undo or Recall must
// cope with a step that was only begun. Undo and Recall may be nil when there is nothing to take back; as they cannot
// refuse, any error of theirs is tried again.
//
// A Call with a When is made only if there is something to ask: the moment before it says so. Otherwise it costs nothing,
// and the Do steps after it are part of that same moment.
type Step[S any] struct {
	Name   string
	Do     func(tx *db.Tx, s *S) error
	Undo   func(tx *db.Tx, s *S) error
	When   func(s *S) bool
	Call   func(ctx context.Context, key string, s *S) error
	Recall func(ctx context.Context, key string, s *S) error
}

// idle forgets the type of the state and tells whether a Call has nothing to ask.
func (s Step[S]) idle(state any) bool { return s.When != nil && !s.When(state.(*S)) }

// Outcome is where a story stands when its teller answers.
type Outcome uint8

// The outcomes.
const (
	Failed  Outcome = iota // Failed comes with the reason; all that was done is taken back, and the key is free.
	Done                   // Done: the last step was done, now or before.
	Waiting                // Waiting for somebody to tell it again.
	Running                // Running: it goes on by itself, elsewhere or later. An error beside it is the trouble of now.
)

// String names the outcome.
func (o Outcome) String() string { return [...]string{"failed", "done", "waiting", "running"}[o&3] }

// Learn makes a story known to a teller under its name. It is called at start; a story that is put together wrongly, or
// a name that is taken, is a mistake of the programmer and panics.
func Learn[S any](t *Teller, story Story[S]) {
	p := &plot{name: story.Name, patience: story.Patience, fresh: func() any { return new(S) }}
	for _, s := range story.Steps {
		if s.When != nil && s.Call == nil {
			panic("saga: step " + s.Name + " of " + story.Name + " has a When and no Call")
		}
		p.steps = append(p.steps, step{
			name: s.Name, do: inMoment(s.Do), undo: inMoment(s.Undo), idle: s.idle, call: inWorld(s.Call), recall: inWorld(s.Recall),
		})
	}
	if err := p.check(); err != nil {
		panic("saga: " + err.Error())
	}
	t.learn(p)
}

// Name says which story: what it is called, and the key that makes it one of its kind, such as a basket.
type Name struct {
	Story string
	Key   string
}

// Tell begins the story of this key, or goes on with it where it stands, and waits until it rests or the teller's
// patience ends. Told twice, it acts once: the second waits for the first and gets the same answer; after it is done,
// it only gives its state. Begin counts only for a story that begins, and so does who: all moments of the story are
// those of the one who began it, so the caller must know that who may tell it. A fault in the moment that begins the
// story leaves no trace of it. When ctx ends, Tell returns, and the story goes on.
func Tell[S any](ctx context.Context, t *Teller, who db.Who, of Name, begin S) (S, Outcome, error) {
	var state S
	p, body, err := first(t, of, begin)
	if err != nil {
		return state, Failed, err
	}
	fresh := begin
	end := t.tell(ctx, &telling{plot: p, key: of.Key, who: who, begin: body, known: memory{&fresh, body}})
	if told, ok := end.state.(*S); ok {
		return *told, end.outcome, end.err
	}
	if end.body != "" {
		if err := json.Unmarshal([]byte(end.body), &state); err != nil {
			return state, end.outcome, fmt.Errorf("saga: the state of %q: %w", of.Story, err)
		}
	}
	return state, end.outcome, end.err
}

// first finds what is to be told and writes the state with which it begins.
func first[S any](t *Teller, of Name, begin S) (*plot, string, error) {
	p := t.plot(of.Story)
	if p == nil {
		return nil, "", fmt.Errorf("saga: nobody has learned the story %q", of.Story)
	}
	if _, same := p.fresh().(*S); !same {
		return nil, "", fmt.Errorf("saga: the story %q is not told with %T", of.Story, begin)
	}
	body, err := json.Marshal(begin)
	if err != nil {
		return nil, "", fmt.Errorf("saga: the state of %q: %w", of.Story, err)
	}
	return p, string(body), nil
}

// plot is a story whose type of state is forgotten.
type plot struct {
	name     string
	patience time.Duration
	steps    []step
	fresh    func() any // A pointer to an empty state.
}

type step struct {
	name         string
	do, undo     func(*db.Tx, any) error
	idle         func(any) bool
	call, recall func(context.Context, string, any) error
}

// inMoment forgets the type of the state and keeps a panic from reaching further than the step.
func inMoment[S any](do func(*db.Tx, *S) error) func(*db.Tx, any) error {
	if do == nil {
		return nil
	}
	return func(tx *db.Tx, state any) (err error) {
		defer caught(&err)
		return do(tx, state.(*S))
	}
}

func inWorld[S any](call func(context.Context, string, *S) error) func(context.Context, string, any) error {
	if call == nil {
		return nil
	}
	return func(ctx context.Context, key string, state any) (err error) {
		defer caught(&err)
		return call(ctx, key, state.(*S))
	}
}

func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("saga: a step panicked: %v", p)
	}
}

func (p *plot) check() error {
	if p.name == "" || len(p.steps) == 0 {
		return fmt.Errorf("the story %q has no name or no steps", p.name)
	}
	for i, s := range p.steps {
		switch {
		case s.name == "" || strings.ContainsAny(s.name, " /"):
			return fmt.Errorf("step %q of %q needs a name without spaces and slashes", s.name, p.name)
		case p.find(s.name) != i:
			return fmt.Errorf("step %q of %q comes twice", s.name, p.name)
		case (s.do == nil) == (s.call == nil):
			return fmt.Errorf("step %q of %q is either a Do or a Call", s.name, p.name)
		case s.do == nil && s.undo != nil, s.call == nil && s.recall != nil:
			return fmt.Errorf("step %q of %q: a Do has an Undo, a Call has a Recall", s.name, p.name)
		}
	}
	return nil
}

// find gives the place of a step, or -1.
func (p *plot) find(name string) int {
	for i, s := range p.steps {
		if s.name == name {
			return i
		}
	}
	return -1
}

func (p *plot) read(body string) (any, error) {
	state := p.fresh()
	if err := json.Unmarshal([]byte(body), state); err != nil {
		return nil, fmt.Errorf("saga: the state of %q: %w", p.name, err)
	}
	return state, nil
}

func (p *plot) write(state any) (string, error) {
	body, err := json.Marshal(state)
	if err != nil {
		return "", fmt.Errorf("saga: the state of %q: %w", p.name, err)
	}
	return string(body), nil
}
