package window

import (
	"slices"
	"time"

	"sauda/core/window/windowdb"
	"sauda/gear/db"
)

// Window is all that is published of a seller, to be kept in memory. It does not change: another one is loaded instead.
type Window struct {
	look      *Piece
	pieces    map[ID]*Piece
	sorted    map[Kind][]*Piece // sorted is by Since, the latest first.
	addresses map[address]ID
	hosts     map[string]bool
}

type address struct {
	kind Kind
	slug string
}

// Load reads what is published of a seller, in three statements. It has no drafts and is for everybody.
func Load(tx *db.Tx, seller string) (*Window, error) {
	q := windowdb.New(tx)
	rows, err := q.Shown(tx.Context(), seller)
	if err != nil {
		return nil, err
	}
	pieces, err := ofRows(rows)
	if err != nil {
		return nil, err
	}
	addresses, err := q.Addresses(tx.Context(), seller)
	if err != nil {
		return nil, err
	}
	hosts, err := q.HostsConfirmed(tx.Context(), seller)
	if err != nil {
		return nil, err
	}
	w := &Window{pieces: make(map[ID]*Piece, len(pieces)), sorted: map[Kind][]*Piece{}, addresses: make(map[address]ID, len(addresses)), hosts: make(map[string]bool, len(hosts))}
	for _, name := range hosts {
		w.hosts[name] = true
	}
	for i := range pieces {
		p := &pieces[i]
		p.Draft = Body{}
		if p.Kind == KindLook && p.State == StateShown {
			w.look = p
		}
		w.pieces[p.ID] = p
		w.sorted[p.Kind] = append(w.sorted[p.Kind], p)
	}
	for _, all := range w.sorted {
		slices.SortStableFunc(all, func(a, b *Piece) int { return b.Since().Compare(a.Since()) })
	}
	for _, a := range addresses {
		w.addresses[address{Kind(a.Kind), a.Slug}] = ID(a.Piece)
	}
	return w, nil
}

// Answers tells whether the window is shown under a name: one that was proved to be its seller's. A nil Window has none.
func (w *Window) Answers(host string) bool { return w != nil && w.hosts[host] }

// Look gives what is published of the look; the zero Body when the shop looks as the house does. A nil Window is empty.
func (w *Window) Look() Body {
	if w == nil || w.look == nil {
		return Body{}
	}
	return w.look.Shown
}

// Seen gives the pieces of a kind that are seen at a time, the latest first.
func (w *Window) Seen(kind Kind, now time.Time) []*Piece {
	if w == nil {
		return nil
	}
	var seen []*Piece
	for _, p := range w.sorted[kind] {
		if p.Seen(now) {
			seen = append(seen, p)
		}
	}
	return seen
}

// At gives the piece that an address names at a time. One that had the address before is given too: its Slug is another
// then. One that is over is ErrGone; one that is not seen yet, or never was, ErrUnknown.
func (w *Window) At(kind Kind, slug string, now time.Time) (*Piece, error) {
	if w != nil {
		if p := w.pieces[w.addresses[address{kind, slug}]]; p != nil {
			switch {
			case p.Over(now):
				return nil, ErrGone.About("%s", p.ID)
			case p.Seen(now):
				return p, nil
			}
		}
	}
	return nil, ErrUnknown.About("%s %.80q", kind, slug)
}
