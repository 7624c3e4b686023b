package search

import (
	"maps"
	"slices"

	"sauda/core/search/analysis"
)

// reasons names the reasons of the analysis for people who ask why something was found.
var reasons = map[analysis.Why]string{
	analysis.Exact: whyExact, analysis.ByUnit: "unit", analysis.ByModel: "model", analysis.ByTable: "brand_table",
	analysis.ByStem: whyStem, analysis.ByKin: "kin", analysis.Lookalike: "lookalike", analysis.ByFolding: "folding", analysis.LatinKazakh: "latin_kazakh",
	analysis.Translit: "translit", analysis.Layout: "keyboard_layout", analysis.Synonym: whySynonym,
}

// Whys are all reasons for which something may be found.
func Whys() []string {
	return append(slices.Sorted(maps.Values(reasons)), whyTypo, whyPrefix)
}
