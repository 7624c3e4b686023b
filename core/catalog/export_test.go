package catalog

import "math"

// Query gives the statement of the first page of a filter, for tests of its plan.
func Query(f Filter) (string, []any) {
	if f.State == "" {
		f.State = StateOnSale
	}
	f.Limit = pageUsual
	return f.query(math.MaxInt64, "")
}

// ReadMark and Decimal are parsers of what comes from outside, for fuzzing.
var (
	ReadMark = readMark
	Decimal  = decimal
)
