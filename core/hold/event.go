package hold

import (
	"strings"

	"sauda/gear/db"
)

// Crossed says that what is left of some pools became nothing, or something again, or passed the watched mark. A verb
// states it at most once, for all pools that it moved. Left is what was left then; who reacts later looks again.
//
// It is about pools of something in a place, whose keys end with their subject. Of others, such as the uses that one buyer
// has of a code, nobody waits to hear.
type Crossed struct {
	Pools []Crossing `json:"pools"`
}

// Crossing is one pool that crossed a level.
type Crossing struct {
	Key     string `json:"key"`
	Subject string `json:"subject"`
	Before  int64  `json:"before"`
	Left    int64  `json:"left"`
	Mark    int64  `json:"mark"`
}

// Fact names the fact.
func (Crossed) Fact() string { return "hold.crossed" }

// Key orders reactions by the first of the pools.
func (e Crossed) Key() string { return e.Pools[0].Key }

// Emptied says whether this pool went from something to nothing, or back.
func (c Crossing) Emptied() bool { return (c.Before > 0) != (c.Left > 0) }

// Marked says whether this pool fell to its mark or rose above it. A pool without a mark never does.
func (c Crossing) Marked() bool { return c.Mark > 0 && (c.Before > c.Mark) != (c.Left > c.Mark) }

// crossings gathers what a verb moves, to state it once.
type crossings []Crossing

// note remembers a pool that stands as it does after what was left of it changed.
func (c *crossings) note(p Pool, before int64) {
	if !strings.HasSuffix(p.Key, p.Subject) {
		return
	}
	x := Crossing{Key: p.Key, Subject: p.Subject, Before: before, Left: p.Left(), Mark: p.Mark}
	if x.Emptied() || x.Marked() {
		*c = append(*c, x)
	}
}

// state emits the fact when there is something to say, and remembers of which pools little is left.
func (c crossings) state(tx *db.Tx) error {
	if len(c) == 0 {
		return nil
	}
	if err := c.keepShort(tx); err != nil {
		return err
	}
	return tx.Emit(Crossed{Pools: c})
}
