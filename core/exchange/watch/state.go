package watch

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Kept is the state of one line, as it is written down.
type Kept struct {
	Instrument uint32
	Body       []byte
}

// Changed gives the state of all lines that have seen something since the last time, by their instruments. What it gives is
// enough: a desk that takes up all of it raises the same alerts as this one.
func (d *Desk) Changed() ([]Kept, error) {
	var all []Kept
	for _, number := range slices.Sorted(maps.Keys(d.dirty)) {
		body, err := json.Marshal(d.lines[number])
		if err != nil {
			return nil, fmt.Errorf("write what was seen in instrument %d: %w", number, err)
		}
		all = append(all, Kept{number, body})
	}
	clear(d.dirty)
	return all, nil
}

// TakeUp begins with what was written down up to an event.
func (d *Desk) TakeUp(seq uint64, all []Kept) error {
	lines := make(map[uint32]*Line, len(all))
	for _, k := range all {
		l := newLine(k.Instrument)
		if err := json.Unmarshal(k.Body, l); err != nil {
			return fmt.Errorf("read what was seen in instrument %d: %w", k.Instrument, err)
		}
		lines[k.Instrument] = l
	}
	d.lines, d.seq = lines, seq
	clear(d.dirty)
	return nil
}
