package formula_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"sauda/core/catalog/formula"
)

func values(pairs map[string]int64) map[string]*big.Rat {
	all := map[string]*big.Rat{}
	for name, n := range pairs {
		all[name] = big.NewRat(n, 1)
	}
	return all
}

func TestValues(t *testing.T) {
	with := values(map[string]int64{"price": 10_000, "width": 120, "height": 150, "text": 12, "zero": 0})
	for source, want := range map[string]string{
		"price":                         "10000",
		"1 + 2 * 3 - 4 / 2":             "5",
		"(1 + 2) * 3":                   "9",
		"8 / 2 / 2":                     "2",
		"10 - 3 - 2":                    "5",
		"-width + 200":                  "80",
		"--2":                           "2",
		"width * height / 10000 * 4500": "8100",
		"max(price, width * height / 10000 * 4500)": "10000",
		"min(3, 1, 2)":                           "1",
		"ceil(text / 10) * 500":                  "1000",
		"ceil(-1.5) + floor(-1.5)":               "-3",
		"ceil(2) + floor(2)":                     "4",
		"round(2.5) + round(-2.5) + round(2.49)": "2",
		"0.1 + 0.2":                              "3/10",
		"1 / 3 * 3":                              "1",
		" \t1\n":                                 "1",
	} {
		f, err := formula.Parse(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := f.Value(with)
		if err != nil || got.RatString() != want {
			t.Errorf("%s is %v, %v, want %s", source, got, err, want)
		}
	}
}

func TestWhatIsNoFormula(t *testing.T) {
	for _, source := range []string{
		"", " ", "1 +", "* 2", "1 2", "width height", "(1", "1)", "min()", "min", "min(1,)", "ceil(1, 2)", "foo(1)", "1.", ".5", "1..2", "1.2.3",
		"Width", "x$", "1 ** 2", "ширина", "1e9", "1234567890123456", "_a", strings.Repeat("(", 60) + "1" + strings.Repeat(")", 60),
		strings.Repeat("-", 100) + "1", strings.Repeat("1+", 300) + "1", "min(1,2,3,4,5,6,7,8,9,10,11)", "a\x00b",
	} {
		if _, err := formula.Parse(source); !errors.Is(err, formula.ErrWritten) {
			t.Errorf("%q is read: %v", source, err)
		}
	}
}

func TestWhatHasNoValue(t *testing.T) {
	for source, want := range map[string]error{
		"1 / zero": formula.ErrValue, "1 / (2 - 2)": formula.ErrValue, "other": formula.ErrName,
		strings.Repeat("99999999999999*", 30) + "1": formula.ErrValue,
	} {
		f, err := formula.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := f.Value(values(map[string]int64{"zero": 0})); !errors.Is(err, want) {
			t.Errorf("%.30s is %v, %v", source, v, err)
		}
	}
	if _, err := (formula.Formula{}).Value(nil); !errors.Is(err, formula.ErrValue) {
		t.Errorf("nothing has the value %v", err)
	}
}

func TestNames(t *testing.T) {
	f, err := formula.Parse("b + a * max(b, price)")
	if err != nil || fmt.Sprint(f.Names()) != "[a b price]" {
		t.Fatalf("%v, %v", f.Names(), err)
	}
	if err := f.Check("a", "b", "price", "c"); err != nil {
		t.Error(err)
	}
	if err := f.Check("a", "price"); !errors.Is(err, formula.ErrName) {
		t.Errorf("b is known: %v", err)
	}
	for name, want := range map[string]bool{"width": true, "a1_b": true, "max": false, "1a": false, "Ab": false, "": false, strings.Repeat("a", 31): false, "ен": false} {
		if formula.Name(name) != want {
			t.Errorf("%q is a name: %v", name, !want)
		}
	}
}

// FuzzParse reads anything, and computes what can be read: it ends, it does not panic, it comes out the same twice, and
// its fractions stay small.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"price", "max(price, width*height/10000*4500)+ceil(text/10)*500", "1/(width-1)", "((((1))))", "-", "min(1,2", "1.5.2", "9*9*9*9", "round(1/3)"} {
		f.Add(seed, int64(1), int64(1))
	}
	f.Fuzz(func(t *testing.T, source string, price, width int64) {
		read, err := formula.Parse(source)
		if err != nil {
			if !errors.Is(err, formula.ErrWritten) {
				t.Errorf("%q: %v", source, err)
			}
			return
		}
		with := values(map[string]int64{"price": price, "width": width, "height": 3, "text": 4})
		got, err := read.Value(with)
		if err != nil {
			if !errors.Is(err, formula.ErrValue) && !errors.Is(err, formula.ErrName) {
				t.Errorf("%q: %v", source, err)
			}
			return
		}
		again, err := read.Value(with)
		if err != nil || got.Cmp(again) != 0 || got.Num().BitLen() > 320 || got.Denom().BitLen() > 320 {
			t.Errorf("%q is %v and %v, %v", source, got, again, err)
		}
	})
}
