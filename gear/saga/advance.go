package saga

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/saga/sagadb"
)

// permanent tells a refusal, after which the story is taken back, from a trouble, after which it is tried again.
func permanent(err error) bool {
	if errors.Is(err, ErrUnknown) || errors.Is(err, ErrLater) {
		return false
	}
	kind := fault.Of(err).Kind
	return kind != fault.Internal && kind != fault.Unavailable
}

// advance goes on with a leased story until it rests. Its error is a trouble of the store; all others are in the row.
func (g *telling) advance() error {
	for g.row.LeaseBy != "" {
		var err error
		if g.row.State == stateUndoing {
			err = g.goBack()
		} else {
			err = g.goOn()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// goOn makes the next Call, if there is one, and runs the Do steps after it.
func (g *telling) goOn() error {
	place := len(g.plot.steps) // No next step: only its end has to be saved.
	if g.row.Step != "" {
		if place = g.plot.find(g.row.Step); place < 0 {
			return g.stick("this program knows no step " + g.row.Step)
		}
	}
	if place < len(g.plot.steps) && g.plot.steps[place].call != nil {
		s := g.plot.steps[place]
		asked, err := g.ask(s.name, "", s.call)
		if err != nil {
			return err
		}
		switch {
		case errors.Is(asked, ErrWait):
			return g.waitForWorld(s.name)
		case asked != nil && permanent(asked):
			return g.turn(asked)
		case asked != nil:
			return g.again(asked)
		}
		g.row.Trail = push(g.row.Trail, s.name)
		g.row.State, g.row.Tries, g.row.Trouble = stateRunning, 0, ""
		place++
		g.row.Step = ""
		if place < len(g.plot.steps) {
			g.row.Step = g.plot.steps[place].name
		}
	}
	err := g.moment("play "+g.row.Step, func(tx *db.Tx, row *sagadb.Story) error { return g.play(tx, row, place) })
	switch {
	case err == nil, errors.Is(err, errLost):
		return err
	case permanent(err):
		if errors.Is(err, ErrTooLate) && g.row.State == stateWaiting {
			g.row.Trail = push(g.row.Trail, g.row.Step) // It was begun.
		}
		return g.turn(err)
	}
	return g.again(err)
}

// waitForWorld rests a story whose Call waits; when it has waited too long, the Call is taken back too.
func (g *telling) waitForWorld(step string) error {
	err := g.moment("wait", g.wait)
	if !errors.Is(err, ErrTooLate) {
		return err
	}
	g.row.Trail = push(g.row.Trail, step)
	return g.turn(err)
}

// ask makes a Call or a Recall. What it wrote into the state is kept in any case. The second error is one of the store.
func (g *telling) ask(name, suffix string, call func(context.Context, string, any) error) (asked, err error) {
	if g.row.Due-g.teller.store.Now().UnixMicro() < leaseSpare.Microseconds() {
		if err := g.moment("lease", func(tx *db.Tx, row *sagadb.Story) error { return g.save(tx, row, leased) }); err != nil {
			return nil, err
		}
	}
	state, err := g.state(g.row.Body)
	if err != nil {
		return nil, g.stick(err.Error())
	}
	g.at("before", "call "+name+suffix)
	ctx, cancel := context.WithTimeout(g.ctx, callMax)
	asked = call(ctx, g.row.ID+"/"+name+suffix, state)
	cancel()
	g.at("after", "call "+name+suffix)
	body, err := g.write(state)
	if err != nil {
		return nil, g.stick(err.Error())
	}
	g.row.Body = body
	return asked, nil
}

// turn begins to take the story back, for a reason that it keeps.
func (g *telling) turn(reason error) error {
	g.row.Fault = string(fault.Encode(reason))
	g.row.State, g.row.Tries, g.row.Trouble = stateUndoing, 0, ""
	return g.goBack()
}

// goBack runs the Undo of the last steps that are Do steps, in one moment, and then the Recall of the Call before them.
func (g *telling) goBack() error {
	err := g.moment("undo", func(tx *db.Tx, row *sagadb.Story) error { return g.undo(tx, row) })
	switch {
	case errors.Is(err, errLost):
		return err
	case err != nil:
		return g.again(err)
	case g.row.LeaseBy == "":
		return nil
	}
	rest, name := pop(g.row.Trail)
	asked, err := g.ask(name, "/recall", g.plot.steps[g.plot.find(name)].recall)
	if err != nil {
		return err
	}
	if asked != nil {
		return g.again(asked)
	}
	g.row.Trail, g.row.Tries, g.row.Trouble = rest, 0, ""
	return nil
}

// undo is the moment of goBack. A story with nothing left to take back has failed.
func (g *telling) undo(tx *db.Tx, row *sagadb.Story) error {
	state, err := g.state(row.Body)
	if err != nil {
		return err
	}
	for row.Trail != "" {
		rest, name := pop(row.Trail)
		place := g.plot.find(name)
		if place < 0 {
			row.Step, row.Due, row.Trouble = name, never, "this program knows no step "+name
			return g.save(tx, row, free)
		}
		s := g.plot.steps[place]
		if s.recall != nil {
			row.Step = name
			break
		}
		if s.undo != nil {
			if err := s.undo(tx, state); err != nil {
				return err
			}
		}
		row.Trail, row.Tries, row.Trouble = rest, 0, ""
	}
	if row.Body, err = g.write(state); err != nil {
		return err
	}
	if row.Trail == "" {
		row.State = stateFailed
		return g.save(tx, row, ended)
	}
	return g.save(tx, row, leased)
}

// again tries once more after a pause: here while somebody waits for it, or else later by the clock. For what may come later
// nobody waits.
func (g *telling) again(trouble error) error {
	pause := jittered(doubled(pauseFirst, pauseMax, g.row.Tries))
	g.row.Tries++
	g.row.Trouble = shortened(trouble.Error())
	g.teller.log.Warn("saga: a step will be tried again", "story", g.row.Name, "key", g.row.Key, "id", g.row.ID,
		"step", g.row.Step, "tries", g.row.Tries, "pause", pause.Round(time.Millisecond), "error", trouble)
	if !errors.Is(trouble, ErrLater) && g.sleep(pause) {
		return nil
	}
	return g.moment("rest", func(tx *db.Tx, row *sagadb.Story) error {
		row.Due = tx.Now().Add(pause).UnixMicro()
		return g.save(tx, row, free)
	})
}

// stick leaves a story that this program cannot go on with to the people in the office.
func (g *telling) stick(why string) error {
	g.teller.log.Error("saga: a story is stuck", "story", g.row.Name, "key", g.row.Key, "id", g.row.ID, "why", why)
	err := g.moment("stick", func(tx *db.Tx, row *sagadb.Story) error {
		row.Due, row.Trouble = never, shortened(why)
		return g.save(tx, row, free)
	})
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", errStuck, why)
}

// troubleMax bounds what is kept of an error: its beginning says what went wrong.
const troubleMax = 500

func shortened(s string) string {
	if len(s) > troubleMax {
		return s[:troubleMax]
	}
	return s
}
