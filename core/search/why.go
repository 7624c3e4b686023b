package search

import "sauda/core/search/analysis"

// said names a reason of the analysis in a word.
func said(w analysis.Why) string { return string(w) }
