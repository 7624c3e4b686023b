package measure_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
)

func quantity() *rapid.Generator[measure.Quantity] {
	return rapid.Map(rapid.Int64Range(-math.MaxInt64, math.MaxInt64), func(n int64) measure.Quantity { return measure.Quantity(n) })
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		s     string
		want  measure.Quantity
		fault error
	}{
		{"2", measure.Of(2), nil},
		{"0.5", measure.One / 2, nil},
		{"-0.5", -measure.One / 2, nil},
		{"0.000001", 1, nil},
		{"1.2300000000", 1_230_000, nil},
		{"0", 0, nil}, {"-0", 0, nil}, {"0e99", 0, nil}, {"00.10", 100_000, nil},
		{"1e3", measure.Of(1000), nil}, {"1.5E+1", measure.Of(15), nil}, {"25e-2", 250_000, nil}, {"1e-6", 1, nil},
		{"9223372036854.775807", math.MaxInt64, nil}, {"-9223372036854.775807", -math.MaxInt64, nil},
		{"9223372036854.775808", 0, measure.ErrOverflow},
		{"10000000000000", 0, measure.ErrOverflow},
		{"1e99", 0, measure.ErrOverflow},
		{"1e-7", 0, measure.ErrQuantity}, {"0.0000001", 0, measure.ErrQuantity}, {"1e-99", 0, measure.ErrQuantity},
		{"1e999999999", 0, measure.ErrQuantity}, {"1e", 0, measure.ErrQuantity}, {"1e+-5", 0, measure.ErrQuantity}, {"1e++5", 0, measure.ErrQuantity},
		{"", 0, measure.ErrQuantity}, {"-", 0, measure.ErrQuantity}, {"--1", 0, measure.ErrQuantity}, {"+1", 0, measure.ErrQuantity},
		{".5", 0, measure.ErrQuantity}, {"5.", 0, measure.ErrQuantity}, {"1,5", 0, measure.ErrQuantity}, {"1.2.3", 0, measure.ErrQuantity},
		{"NaN", 0, measure.ErrQuantity}, {"Infinity", 0, measure.ErrQuantity}, {"0x1p4", 0, measure.ErrQuantity}, {" 1", 0, measure.ErrQuantity},
		{strings.Repeat("9", 65), 0, measure.ErrQuantity}, {"٥", 0, measure.ErrQuantity},
	} {
		got, err := measure.Parse(c.s)
		if got != c.want || !errors.Is(err, c.fault) || (c.fault == nil && err != nil) {
			t.Errorf("%q is %s, %v", c.s, got, err)
		}
	}
}

func TestJSON(t *testing.T) {
	var line struct {
		Quantity measure.Quantity `json:"quantity"`
	}
	for _, good := range []string{`{"quantity":0.5}`, `{"quantity":"0.5"}`, `{"quantity":5e-1}`} {
		if err := json.Unmarshal([]byte(good), &line); err != nil || line.Quantity != measure.One/2 {
			t.Errorf("%s is %s, %v", good, line.Quantity, err)
		}
	}
	if data, err := json.Marshal(line); err != nil || string(data) != `{"quantity":0.5}` {
		t.Errorf("%s, %v", data, err)
	}
	for _, bad := range []string{`{"quantity":null}`, `{"quantity":true}`, `{"quantity":[]}`, `{"quantity":""}`, `{"quantity":1e400}`, `{"quantity":"1\u0030"}`} {
		if err := json.Unmarshal([]byte(bad), &line); fault.Of(err) != measure.ErrQuantity {
			t.Errorf("%s is %s, %v", bad, line.Quantity, err)
		}
	}
}

func TestQuantityComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quantity().Draw(t, "q")
		if got, err := measure.Parse(q.String()); err != nil || got != q {
			t.Fatalf("%s came back as %s, %v", q, got, err)
		}
		data, err := json.Marshal(q)
		var back measure.Quantity
		if err != nil || json.Unmarshal(data, &back) != nil || back != q {
			t.Fatalf("%s is %s in JSON", q, data)
		}
	})
}

func TestAddAndSubAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := quantity().Draw(t, "a"), quantity().Draw(t, "b")
		check := func(got measure.Quantity, err error, want *big.Int) {
			if want.IsInt64() != (err == nil) || (err == nil && int64(got) != want.Int64()) || (err != nil && !errors.Is(err, measure.ErrOverflow)) {
				t.Fatalf("%s and %s: %s, %v; want %s", a, b, got, err, want)
			}
		}
		sum, err := a.Add(b)
		check(sum, err, new(big.Int).Add(big.NewInt(int64(a)), big.NewInt(int64(b))))
		difference, err := a.Sub(b)
		check(difference, err, new(big.Int).Sub(big.NewInt(int64(a)), big.NewInt(int64(b))))
	})
}

func TestOf(t *testing.T) {
	if units, ok := measure.Of(7).Whole(); units != 7 || !ok {
		t.Errorf("seven is %d, %v", units, ok)
	}
	if _, ok := (measure.One / 2).Whole(); ok {
		t.Error("a half is whole")
	}
	defer func() {
		if recover() == nil {
			t.Error("too many units were counted")
		}
	}()
	measure.Of(math.MaxInt64)
}

func TestUnits(t *testing.T) {
	for _, u := range measure.Units() {
		for _, lang := range []string{"kk", "ru", "en", "zh", "de"} {
			if u.Name(lang) == "" || u.Sign(lang) == "" {
				t.Errorf("%s has no name in %s", u, lang)
			}
		}
		if u.Step() <= 0 || u.Step() > measure.One || u.Fits(measure.Of(3)) != nil {
			t.Errorf("three of %s do not fit its step %s", u, u.Step())
		}
	}
	if got := measure.Piece.Sign("ru-KZ"); got != "шт." {
		t.Errorf("a piece is %q", got)
	}
	if got := measure.Kilogram.Name("kk"); got != "килограмм" {
		t.Errorf("a kilogram is %q", got)
	}
	err := measure.Piece.Fits(measure.One / 2)
	if !errors.Is(err, measure.ErrStep) || fault.ParamsOf(err)["step"] != "1" || fault.ParamsOf(err)["unit"] != "C62" {
		t.Errorf("half a piece: %v, %v", err, fault.ParamsOf(err))
	}
	if !errors.Is(measure.Unit("kg").Fits(measure.One), measure.ErrUnit) || measure.Unit("kg").Name("kk") != "kg" || measure.Unit("kg").Sign("kk") != "kg" {
		t.Error("kg is a code")
	}
	if measure.Hour.Fits(measure.One/4) != nil || measure.Kilogram.Fits(measure.One/1000) != nil || measure.Kilogram.Fits(1) == nil {
		t.Error("steps are wrong")
	}
}

func TestPrice(t *testing.T) {
	for _, c := range []struct {
		price int64
		q     string
		want  int64
	}{{100000, "2", 200000}, {100000, "0.333", 33300}, {99, "0.5", 50}, {99, "-0.5", -50}, {1, "0.000001", 0}} {
		q, err := measure.Parse(c.q)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := measure.Price(money.Of(c.price, money.KZT), q, money.HalfUp); err != nil || got.Minor != c.want {
			t.Errorf("%s at %d is %s, %v", c.q, c.price, got, err)
		}
	}
	if _, err := measure.Price(money.Of(math.MaxInt64, money.KZT), measure.Of(2), money.Down); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("absurd: %v", err)
	}
}

func TestMassAndSize(t *testing.T) {
	for m, want := range map[measure.Mass]string{350: "350 г", 1250: "1,25 кг", 1000: "1 кг", 0: "0 г", -5: "-5 г"} {
		if got := strings.ReplaceAll(m.Format("kk"), "\u00a0", " "); got != want {
			t.Errorf("%d is %q, want %q", m, got, want)
		}
	}
	if got := measure.Mass(math.MaxInt64).Format("en"); got == "" || strings.HasPrefix(got, "-") {
		t.Errorf("the heaviest is %q", got)
	}
	if got, err := measure.Mass(100).Times(measure.One/3 + 1); err != nil || got != 34 {
		t.Errorf("a third of 100 g is %d, %v", got, err)
	}
	if _, err := measure.Mass(math.MaxInt64).Times(measure.Of(2)); !errors.Is(err, measure.ErrOverflow) {
		t.Errorf("absurd: %v", err)
	}
	if _, err := measure.Mass(1).Times(-1); !errors.Is(err, measure.ErrSize) {
		t.Errorf("less than nothing: %v", err)
	}
	if !errors.Is(measure.Mass(-1).Check(), measure.ErrSize) || measure.Mass(1).Check() != nil {
		t.Error("masses are not checked")
	}
	box := measure.Size{Length: 10, Width: 20, Height: 30}
	if box.Volume() != 6000 || box.Check() != nil || box.IsZero() || !(measure.Size{}).IsZero() {
		t.Error("a box is no box")
	}
	if !errors.Is(measure.Size{Length: -1}.Check(), measure.ErrSize) || !errors.Is(measure.Size{Height: 1 << 40}.Check(), measure.ErrSize) {
		t.Error("sizes are not checked")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0.5", "1e-6", "-1.5E+1", "9223372036854.775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := measure.Parse(s)
		if err != nil {
			return
		}
		if exact, ok := new(big.Rat).SetString(s); !ok || exact.Cmp(big.NewRat(int64(q), int64(measure.One))) != 0 {
			t.Fatalf("%q is %s", s, q)
		}
		if again, err := measure.Parse(q.String()); err != nil || again != q {
			t.Fatalf("%q is %s, which is %s, %v", s, q, again, err)
		}
	})
}
