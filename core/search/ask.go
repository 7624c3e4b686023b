package search

import (
	"sauda/core/search/analysis"
	"sauda/core/search/index"
)

// Slots makes of a query what the index is asked for.
func Slots(x *index.Index, query, lang string) []index.Slot {
	var slots []index.Slot
	for _, s := range analysis.Query(query, lang) {
		slot := index.Slot{Word: s.Word}
		for _, a := range s.Alternatives {
			slot.Alternatives = append(slot.Alternatives, index.Alternative{Terms: []string{a.Text}, Weight: int64(a.Weight), Why: string(a.Why)})
		}
		slots = append(slots, slot)
	}
	return slots
}
