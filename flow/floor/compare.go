package floor

import (
	"errors"
	"fmt"
	"slices"

	"sauda/core/exchange/venue"
	"sauda/gear/journal"
)

// Comparison is what two journals of the exchange have not in common after a take-over.
type Comparison struct {
	journal.Difference
	Lost []Lost // Lost are the records that only the first one has, the oldest first: nobody was answered that they were done.
	More bool   // More says that there are more of them than Lost has.
}

// Lost is something that was asked of a leader, and that its standby never heard of.
type Lost struct {
	Seq   uint64
	Input venue.Input
}

// lostMax is how many lost records are shown.
const lostMax = 10_000

// Compare compares the journal of a leader that is gone with that of the one that has taken over. Neither may be in use.
func Compare(gone, leads journal.Disk) (c Comparison, err error) {
	a, err := journal.Open(gone, journal.Config{Seed: true})
	if err != nil {
		return c, fmt.Errorf("the journal of the one that is gone: %w", err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	b, err := journal.Open(leads, journal.Config{Seed: true})
	if err != nil {
		return c, fmt.Errorf("the journal of the one that leads: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if c.Difference, err = journal.Reconcile(a, b); err != nil || c.From > a.Durable() {
		return c, err
	}
	for r, err := range a.Read(c.From) {
		if err != nil {
			return c, err
		}
		if len(c.Lost) == lostMax {
			c.More = true
			break
		}
		l := Lost{Seq: r.Seq}
		if err := venue.Decode(r.Payload, &l.Input); err != nil {
			return c, fmt.Errorf("record %d: %w", r.Seq, err)
		}
		l.Input.Body = slices.Clone(l.Input.Body)
		c.Lost = append(c.Lost, l)
	}
	return c, nil
}
