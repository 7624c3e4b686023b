package journal

import (
	"bytes"
	"iter"
)

// Difference is how two journals compare.
type Difference struct {
	Same   bool   // Same means that the one is the beginning of the other.
	From   uint64 // From is the first record that differs or that one of them does not have; it is past both when they are equal.
	Begins uint64 // Begins is the first record that both keep, where the comparison began.
	A, B   uint64 // A and B are the numbers of the last durable records.
	// EpochA and EpochB are the epochs of record From, 0 where there is none. After a take-over the journal with the
	// lower one has the records that nobody follows.
	EpochA, EpochB uint32
}

// Reconcile compares the durable records of two journals, their epochs and their payloads, and says from which record on
// they differ. What only one of them keeps at its beginning is not compared; when they have no record in common, From
// is where that begins. Damage in one of them ends it with ErrDamaged.
func Reconcile(a, b *Journal) (Difference, error) {
	d := Difference{Begins: max(a.First(), b.First()), A: a.Durable(), B: b.Durable()}
	nextA, stopA := iter.Pull2(a.Read(d.Begins))
	defer stopA()
	nextB, stopB := iter.Pull2(b.Read(d.Begins))
	defer stopB()
	for d.From = d.Begins; ; d.From++ {
		ra, errA, moreA := nextA()
		rb, errB, moreB := nextB()
		if errA != nil {
			return d, errA
		}
		if errB != nil {
			return d, errB
		}
		if moreA && moreB && ra.Epoch == rb.Epoch && bytes.Equal(ra.Payload, rb.Payload) {
			continue
		}
		d.Same = !moreA || !moreB
		d.EpochA, d.EpochB = ra.Epoch, rb.Epoch
		return d, nil
	}
}
