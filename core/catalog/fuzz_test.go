package catalog_test

import (
	"math/big"
	"testing"

	"sauda/core/catalog"
)

// A page mark is either refused or names a place; nothing in it may break a list.
func FuzzMark(f *testing.F) {
	for _, mark := range []string{"", "abc.prd_1", ".", "-1.x", "zzzzzzzzzzzzzz.x", "1.2.3"} {
		f.Add(mark)
	}
	f.Fuzz(func(t *testing.T, mark string) {
		_, id, err := catalog.ReadMark(mark)
		if err == nil && mark != "" && (id == "" || len(id) > 60) {
			t.Errorf("%q names %q", mark, id)
		}
	})
}

// What passes for a decimal number is one.
func FuzzDecimal(f *testing.F) {
	for _, number := range []string{"1", "-12.5", "1,5", "1.", ".5", "--1", "1e9", "0x1", "٣"} {
		f.Add(number)
	}
	f.Fuzz(func(t *testing.T, number string) {
		if !catalog.Decimal(number) {
			return
		}
		if _, ok := new(big.Rat).SetString(number); !ok {
			t.Errorf("%q is no number", number)
		}
	})
}
