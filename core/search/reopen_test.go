package search

import (
	"testing"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
)

// TestOldWordsAreNotTakenUp: an index keeps the stamp of the surroundings that its words were made with until nothing in
// them has changed, so that a house that stops between a new name and the new index builds it at its next start.
func TestOldWordsAreNotTakenUp(t *testing.T) {
	of := func(closed seller.ID, names ...string) *surroundings {
		s := &surroundings{closed: map[seller.ID]bool{}}
		if closed != "" {
			s.closed[closed] = true
		}
		for i, name := range names {
			id := catalog.CategoryID(rune('a' + i))
			s.list = append(s.list, catalog.Category{ID: id, Path: "/" + string(id) + "/", Name: text.Localized{"en": name}})
		}
		return s
	}
	built := of("", "Home", "Garden")
	for what, c := range map[string]struct {
		now     *surroundings
		extends bool
	}{
		"nothing":            {of("", "Home", "Garden"), true},
		"a category more":    {of("", "Home", "Garden", "Work"), true},
		"another name":       {of("", "House", "Garden"), false},
		"a category less":    {of("", "Home"), false},
		"a seller is closed": {of("sel_a", "Home", "Garden"), false},
	} {
		if got := c.now.extends(built); got != c.extends {
			t.Errorf("%s: extends is %t", what, got)
		}
	}
	k := &Keeper{currency: "KZT"}
	if built.stamp(k) != of("", "Home", "Garden").stamp(k) || built.stamp(k) == of("", "House", "Garden").stamp(k) || built.stamp(k) == of("sel_a", "Home", "Garden").stamp(k) {
		t.Error("stamps do not tell surroundings apart")
	}
}
