package search

import "sauda/core/search/index"

// Sought is what the index is asked for by a query, with the common words.
func Sought(query, lang string) []index.Slot { return newRules(nil, nil).widen(Slots(query, lang)) }
