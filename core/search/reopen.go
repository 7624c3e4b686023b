package search

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/search/analysis"
	"sauda/gear/db"
	"sauda/gear/job"
)

// An index that was written down is used again by the next start: it answers at once, and is then compared with the
// store, page by page. What has changed meanwhile is brought over like any other change.

// stamp is of all that an index is made of beside the products and numbers: whoever finds one with another stamp builds
// anew.
func (s *surroundings) stamp(k *Keeper) string {
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, analysis.Version, k.currency) // A hash takes everything.
	for _, c := range s.list {
		_, _ = fmt.Fprintf(sum, "%s %s %q\n", c.ID, c.Path, c.Name.String())
	}
	closed := make([]string, 0, len(s.closed))
	for id := range s.closed {
		closed = append(closed, string(id))
	}
	slices.Sort(closed)
	_, _ = fmt.Fprintln(sum, closed)
	return hex.EncodeToString(sum.Sum(nil))
}

// extends tells whether an index that was made with other surroundings needs no new words: no category of before is called
// or stands otherwise, and the same sellers are closed. What was added since has no goods in that index.
func (s *surroundings) extends(other *surroundings) bool {
	if !maps.Equal(s.closed, other.closed) {
		return false
	}
	now := make(map[catalog.CategoryID]catalog.Category, len(s.list))
	for _, c := range s.list {
		now[c.ID] = c
	}
	return !slices.ContainsFunc(other.list, func(c catalog.Category) bool {
		n, ok := now[c.ID]
		return !ok || n.Path != c.Path || !maps.Equal(n.Name, c.Name)
	})
}

// open takes up the index that an earlier process has written down, and tells whether there is one.
func (k *Keeper) open(ctx context.Context) bool {
	k.work.Lock()
	defer k.work.Unlock()
	var s surroundings
	var own *rules
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) (err error) {
		if s, err = around(tx); err != nil {
			return err
		}
		own, err = readRules(tx)
		return err
	})
	if err != nil || !k.index.Open(s.stamp(k), s.tree) {
		return false // A store that does not answer is told by the building.
	}
	k.around.Store(&s)
	k.built.Store(&s)
	k.rules.Store(own)
	k.day = span.DayOf(k.store.Now(), span.Almaty)
	k.ready.Store(true)
	k.changed()
	if err := k.learnPhrases(ctx); err != nil {
		k.log.Warn("search: suggestions could not be learned", "error", err)
	}
	return true
}

// save writes the index down. One that cannot be written down is built anew by the next start.
func (k *Keeper) save() {
	s := k.built.Load()
	if s == nil {
		return
	}
	if err := k.index.Save(s.stamp(k)); err != nil {
		k.log.Error("search: the index could not be written down", "error", err)
	}
}

// lateShare is which part of the products may be late before a new index is built instead.
const lateShare = 4

// review compares an index that was taken up with the store and brings over what has changed: products by their versions,
// and all prices and stocks, which have none.
func (k *Keeper) review(ctx context.Context) error {
	review := k.index.Review()
	docs, _, _ := k.index.Size()
	late := 0
	for after, more := catalog.ProductID(""), true; more; {
		page, err := k.reviewPage(ctx, after, review.Current)
		if err != nil {
			return err
		}
		if more = len(page.ids) == numberPage; more {
			after = page.ids[len(page.ids)-1]
		}
		if late += len(page.late); late > docs/lateShare+walkPage {
			k.note(func(c *changes) { c.all = true })
			return nil
		}
		k.note(func(c *changes) {
			for _, id := range page.late {
				c.products[id] = true
			}
		})
	}
	k.note(func(c *changes) {
		for _, id := range review.Rest() {
			c.products[catalog.ProductID(id)] = true
		}
	})
	return nil
}

// reviewed is a page of a review: the products in the order of their ids, and those that the index has not as they are.
type reviewed struct{ ids, late []catalog.ProductID }

// reviewPage looks at the products behind one. Nothing else is brought over meanwhile, so that no older price replaces a
// newer one.
func (k *Keeper) reviewPage(ctx context.Context, after catalog.ProductID, current func(string, int64) bool) (r reviewed, err error) {
	k.work.Lock()
	defer k.work.Unlock()
	var list []catalog.Versioned
	err = job.Look(ctx, k.store, db.System, func(tx *db.Tx) (err error) {
		list, err = catalog.WalkVersions(tx, after, numberPage)
		return err
	})
	if err != nil {
		return r, err
	}
	for _, p := range list {
		r.ids = append(r.ids, p.ID)
		if !current(string(p.ID), p.Version) {
			r.late = append(r.late, p.ID)
		}
	}
	return r, k.renumber(ctx, r.ids)
}
