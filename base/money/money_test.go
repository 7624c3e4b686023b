package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/base/money"
)

// amount draws any amount of tenge, the ends of the range often.
func amount() *rapid.Generator[money.Money] {
	return rapid.Map(rapid.Int64Range(-math.MaxInt64, math.MaxInt64), func(n int64) money.Money { return money.Of(n, money.KZT) })
}

func TestJSON(t *testing.T) {
	data, err := json.Marshal(money.Of(12345, money.KZT))
	if err != nil || string(data) != `{"amount":12345,"currency":"KZT"}` {
		t.Fatalf("%s, %v", data, err)
	}
	for _, bad := range []string{`{"amount":1.5,"currency":"KZT"}`, `{"amount":9223372036854775808,"currency":"KZT"}`, `{"amount":"1"}`} {
		var m money.Money
		if json.Unmarshal([]byte(bad), &m) == nil {
			t.Errorf("%s is %s", bad, m)
		}
	}
}

func TestCheck(t *testing.T) {
	for m, want := range map[money.Money]error{
		money.Of(1, money.KZT):             nil,
		money.Of(1, "XXX"):                 money.ErrCurrency,
		money.Of(1, "kzt"):                 money.ErrCurrency,
		{}:                                 money.ErrCurrency,
		money.Of(math.MinInt64, money.KZT): money.ErrOverflow,
	} {
		if err := m.Check(); !errors.Is(err, want) || (want == nil && err != nil) {
			t.Errorf("%v: %v", m, err)
		}
	}
}

func TestDigits(t *testing.T) {
	for currency, want := range map[money.Currency]int{money.KZT: 2, money.JPY: 0, "KWD": 3, "ISK": 0, "CLP": 0, "TND": 3, "???": 2} {
		if got := currency.Digits(); got != want {
			t.Errorf("%s has %d digits, want %d", currency, got, want)
		}
	}
	if n := len(money.Currencies()); n < 150 || n > 160 {
		t.Errorf("there are %d currencies", n)
	}
	for _, c := range money.Currencies() {
		if len(c) != 3 || strings.ToUpper(string(c)) != string(c) {
			t.Errorf("%q is no code", c)
		}
	}
}

func TestCurrencyMix(t *testing.T) {
	a, b := money.Of(1, money.KZT), money.Of(1, money.USD)
	_, added := a.Add(b)
	_, subtracted := a.Sub(b)
	_, compared := a.Cmp(b)
	_, summed := money.Sum(a, a, b)
	for name, err := range map[string]error{"add": added, "sub": subtracted, "cmp": compared, "sum": summed} {
		if !errors.Is(err, money.ErrCurrencyMix) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := (money.Money{}).Add(b); err != nil || got != b {
		t.Errorf("nothing and a cent are %s, %v", got, err)
	}
	if got, err := (money.Money{}).Sub(b); err != nil || got != b.Neg() {
		t.Errorf("nothing less a cent is %s, %v", got, err)
	}
	if got, err := money.Sum(); err != nil || got != (money.Money{}) {
		t.Errorf("the sum of none is %s, %v", got, err)
	}
	if got, err := b.Cmp(money.Money{}); err != nil || got != 1 {
		t.Errorf("a cent compares to nothing as %d, %v", got, err)
	}
	if _, err := money.Of(5, "").Add(b); !errors.Is(err, money.ErrCurrencyMix) {
		t.Errorf("five of no currency were added: %v", err)
	}
}

// exact checks a result against whole numbers of any size.
func exact(t *rapid.T, what string, got money.Money, err error, want *big.Int) {
	t.Helper()
	fits := new(big.Int).Abs(want).Cmp(big.NewInt(math.MaxInt64)) <= 0
	switch {
	case !fits && !errors.Is(err, money.ErrOverflow):
		t.Fatalf("%s: got %s, %v; want an overflow, for it is %s", what, got, err, want)
	case fits && (err != nil || got.Minor != want.Int64()):
		t.Fatalf("%s: got %s, %v; want %s", what, got, err, want)
	}
}

func TestArithmeticIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amount().Draw(t, "a"), amount().Draw(t, "b")
		x, y := big.NewInt(a.Minor), big.NewInt(b.Minor)
		sum, err := a.Add(b)
		exact(t, "a+b", sum, err, new(big.Int).Add(x, y))
		difference, err := a.Sub(b)
		exact(t, "a-b", difference, err, new(big.Int).Sub(x, y))
		if got, err := a.Cmp(b); err != nil || got != x.Cmp(y) {
			t.Fatalf("cmp: %d, %v", got, err)
		}
		if a.Neg().Neg() != a || a.Abs().IsNegative() || a.IsPositive() == (a.IsNegative() || a.IsZero()) {
			t.Fatal("signs are wrong")
		}
	})
}

func TestSumDoesNotMindTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOf(amount()).Draw(t, "amounts")
		want := new(big.Int)
		for _, a := range amounts {
			want.Add(want, big.NewInt(a.Minor))
		}
		got, err := money.Sum(amounts...)
		exact(t, "sum", got, err, want)
	})
}

// The oracle of MulDiv divides whole numbers of any size and rounds by asking which neighbour is nearer.
func rounded(a, b, c int64, r money.Rounding) *big.Int {
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	divisor := big.NewInt(c)
	down, rest := new(big.Int).QuoRem(product, divisor, new(big.Int))
	if rest.Sign() == 0 {
		return down
	}
	away := new(big.Int).Add(down, big.NewInt(int64(rest.Sign()*divisor.Sign())))
	twice := new(big.Int).Abs(rest)
	half := twice.Lsh(twice, 1).Cmp(new(big.Int).Abs(divisor))
	switch {
	case r == money.Up, half > 0 && r != money.Down, half == 0 && r == money.HalfUp, half == 0 && r == money.HalfEven && down.Bit(0) == 1:
		return away
	}
	return down
}

func TestTimesIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := amount().Draw(t, "m")
		n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-200, 200)).Draw(t, "n")
		per := rapid.OneOf(rapid.Int64Range(1, math.MaxInt64), rapid.Int64Range(1, 200)).Draw(t, "per")
		r := rapid.SampledFrom([]money.Rounding{money.HalfUp, money.HalfEven, money.Down, money.Up}).Draw(t, "rounding")
		got, err := m.Times(n, per, r)
		exact(t, r.String(), got, err, rounded(m.Minor, n, per, r))
	})
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		minor                      int64 // Tenths.
		halfUp, halfEven, down, up int64
	}{
		{25, 3, 2, 2, 3}, {35, 4, 4, 3, 4}, {-25, -3, -2, -2, -3}, {-35, -4, -4, -3, -4},
		{24, 2, 2, 2, 3}, {26, 3, 3, 2, 3}, {-21, -2, -2, -2, -3}, {20, 2, 2, 2, 2}, {5, 1, 0, 0, 1}, {-5, -1, 0, 0, -1},
	} {
		for r, want := range map[money.Rounding]int64{money.HalfUp: c.halfUp, money.HalfEven: c.halfEven, money.Down: c.down, money.Up: c.up} {
			if got, err := money.Of(c.minor, money.KZT).Times(1, 10, r); err != nil || got.Minor != want {
				t.Errorf("%d/10 %s is %d, want %d", c.minor, r, got.Minor, want)
			}
		}
	}
	if _, err := money.Of(1, money.KZT).Times(1, 0, money.Down); !errors.Is(err, money.ErrDivisor) {
		t.Errorf("divided by zero: %v", err)
	}
	if money.Rounding(9).String() != "unknown" {
		t.Error("an unknown rounding has a name")
	}
}

func TestMulDivOfExtremes(t *testing.T) {
	for _, c := range []struct {
		a, b, c, want int64
		ok            bool
	}{
		{math.MinInt64, 1, 1, 0, false},
		{math.MinInt64, 1, -2, 1 << 62, true},
		{math.MinInt64, math.MinInt64, math.MinInt64, 0, false},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64, true},
		{math.MaxInt64, -1, 1, -math.MaxInt64, true},
		{1, 1, 0, 0, false},
	} {
		if got, ok := money.MulDiv(c.a, c.b, c.c, money.HalfUp); got != c.want || ok != c.ok {
			t.Errorf("%d*%d/%d is %d, %v", c.a, c.b, c.c, got, ok)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		minor   int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{5, []int64{0, 3, 7}, []int64{0, 2, 3}}, // 1.5 and 3.5 tie: the earlier one wins.
		{10, []int64{0, 0}, []int64{5, 5}},
		{10, []int64{-5, 1}, []int64{0, 10}},
		{0, []int64{1, 2}, []int64{0, 0}},
		{7, nil, nil},
		{math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64}, []int64{3074457345618258603, 3074457345618258602, 3074457345618258602}},
		{1, []int64{1, 1, 1}, []int64{1, 0, 0}},
	} {
		got := money.Of(c.minor, money.KZT).Split(c.weights)
		if len(got) != len(c.want) {
			t.Fatalf("%d by %v: %v", c.minor, c.weights, got)
		}
		for i, part := range got {
			if part != money.Of(c.want[i], money.KZT) {
				t.Errorf("%d by %v: part %d is %s", c.minor, c.weights, i, part)
			}
		}
	}
}

func TestSplitLosesNothing(t *testing.T) {
	weight := rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 100))
	rapid.Check(t, func(t *rapid.T) {
		m := amount().Draw(t, "m")
		weights := rapid.SliceOfN(weight, 1, 20).Draw(t, "weights")
		parts := m.Split(weights)
		total, err := money.Sum(parts...)
		if err != nil || total != m {
			t.Fatalf("the parts of %s are %s, %v", m, total, err)
		}
		sum := new(big.Int)
		for _, w := range weights {
			sum.Add(sum, big.NewInt(max(w, 0)))
		}
		for i, part := range parts {
			if sum.Sign() == 0 {
				break
			}
			// |part·sum - m·weight| < sum: within one minor unit of the exact share.
			off := new(big.Int).Mul(big.NewInt(part.Minor), sum)
			off.Sub(off, new(big.Int).Mul(big.NewInt(m.Minor), big.NewInt(max(weights[i], 0))))
			if off.CmpAbs(sum) >= 0 {
				t.Fatalf("part %d of %s by %v is %s", i, m, weights, part)
			}
			if weights[i] <= 0 && !part.IsZero() {
				t.Fatalf("part %d without weight got %s", i, part)
			}
		}
	})
}

// Vectors of the VAT contained in a price, rounded half up to two decimal places.
func TestWithin(t *testing.T) {
	for _, c := range []struct {
		price string
		rate  int64
		want  string
	}{
		{"1160", 16, "160.00"}, {"1000", 16, "137.93"}, {"2000", 16, "275.86"}, {"100", 16, "13.79"},
		{"999.99", 16, "137.93"}, {"1050", 5, "50.00"}, {"1100", 10, "100.00"}, {"0", 16, "0.00"}, {"1", 0, "0.00"}, {"-1160", 16, "-160.00"},
	} {
		price, err := money.Parse(c.price, money.KZT)
		if err != nil {
			t.Fatal(err)
		}
		if got := money.Percent(c.rate).Within(price, money.HalfUp).Decimal(); got != c.want {
			t.Errorf("%s at %d%% contains %s, want %s", c.price, c.rate, got, c.want)
		}
	}
}

func TestRateOf(t *testing.T) {
	if got := money.Percent(12).Of(money.Of(390000, money.KZT), money.HalfUp); got.Minor != 46800 {
		t.Errorf("12%% of 3900 is %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := amount().Draw(t, "m")
		rate := money.Rate(rapid.Int64Range(0, int64(money.One)).Draw(t, "rate"))
		if rate.Check() != nil {
			t.Fatalf("%s is no rate", rate)
		}
		share, within := rate.Of(m, money.Down), rate.Within(m, money.Down)
		if share.Abs().Minor > m.Abs().Minor || within.Abs().Minor > share.Abs().Minor {
			t.Fatalf("%s of %s is %s, within it %s", rate, m, share, within)
		}
		if back, err := money.ParseRate(rate.String()); err != nil || back != rate {
			t.Fatalf("%s came back as %s, %v", rate, back, err)
		}
	})
}

func TestRateRefuses(t *testing.T) {
	for _, s := range []string{"", "100.0001", "101", "-1", "1.00001", "16%%", "a", "1 6.", strings.Repeat("1", 40)} {
		if r, err := money.ParseRate(s); !errors.Is(err, money.ErrRate) {
			t.Errorf("%q is %s, %v", s, r, err)
		}
	}
	if !errors.Is(money.Rate(-1).Check(), money.ErrRate) || !errors.Is(money.Percent(101).Check(), money.ErrRate) {
		t.Error("absurd rates pass")
	}
	for name, absurd := range map[string]func(){
		"too much":  func() { money.Percent(300).Of(money.Of(math.MaxInt64, money.KZT), money.Down) },
		"below":     func() { money.Rate(-1).Within(money.Of(1, money.KZT), money.Down) },
		"no mirror": func() { money.Of(math.MinInt64, money.KZT).Neg() },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || fault.Of(err) == fault.ErrInternal {
					t.Errorf("%s: %v", name, err)
				}
			}()
			absurd()
		}()
	}
	if got := money.Rate(125_000).Format("ru"); got != "12,5\u00a0%" {
		t.Errorf("got %q", got)
	}
	if got := money.Rate(-125_000).Format("en-GB"); got != "-12.5%" {
		t.Errorf("got %q", got)
	}
}
