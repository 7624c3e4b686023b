package money_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
)

func TestFormat(t *testing.T) {
	spaces := strings.NewReplacer("\u202f", "_", "\u00a0", "~")
	for _, c := range []struct {
		m          money.Money
		lang, want string
	}{
		{money.Of(123456750, money.KZT), "kk", "1_234_567,50~₸"},
		{money.Of(123456750, money.KZT), "ru-KZ", "1_234_567,50~₸"},
		{money.Of(123456750, money.KZT), "en", "₸1,234,567.50"},
		{money.Of(123456750, money.CNY), "zh-Hans", "¥1,234,567.50"},
		{money.Of(123456700, money.KZT), "kk", "1_234_567~₸"},
		{money.Of(-99900, money.KZT), "en", "-₸999"},
		{money.Of(-99900, money.RUB), "ru", "-999,00~₽"},
		{money.Of(5, money.KZT), "kk", "0,05~₸"},
		{money.Of(0, money.KZT), "kk", "0~₸"},
		{money.Of(1500, money.JPY), "en", "¥1,500"},
		{money.Of(1500, money.JPY), "zh", "JP¥1,500"},
		{money.Of(1500, money.JPY), "kk", "1_500~JPY"},
		{money.Of(1500, money.CNY), "en", "CN¥15.00"},
		{money.Of(1500, money.USD), "zh", "US$15.00"},
		{money.Of(1500, "CHF"), "en", "CHF~15.00"},
		{money.Of(1234567, "KWD"), "ru", "1_234,567~KWD"},
		{money.Of(100000, money.EUR), "de", "1_000,00~€"},
		{money.Of(-9223372036854775808, money.KZT), "en", "-₸92,233,720,368,547,758.08"},
		{money.Money{}, "kk", "0,00"},
	} {
		if got := spaces.Replace(c.m.Format(c.lang)); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.m, c.lang, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		s        string
		currency money.Currency
		want     int64
		fault    error
	}{
		{"1160.50", money.KZT, 116050, nil},
		{"1160,5", money.KZT, 116050, nil},
		{" 1 234 567,50 ", money.KZT, 123456750, nil},
		{"1\u202f234\u00a0567", money.KZT, 123456700, nil},
		{"-0.01", money.KZT, -1, nil},
		{"−5", money.KZT, -500, nil},
		{"+5", money.KZT, 500, nil},
		{"1.5000", money.KZT, 150, nil},
		{"1500", money.JPY, 1500, nil},
		{"1500.00", money.JPY, 1500, nil},
		{"1.234", "KWD", 1234, nil},
		{"007", money.KZT, 700, nil},
		{"92233720368547758.07", money.KZT, 9223372036854775807, nil},
		{"92233720368547758.08", money.KZT, 0, money.ErrOverflow},
		{"-92233720368547758.08", money.KZT, 0, money.ErrOverflow},
		{"99999999999999999999", money.KZT, 0, money.ErrOverflow},
		{"1.234", money.KZT, 0, money.ErrAmount},
		{"1,234.50", money.KZT, 0, money.ErrAmount},
		{"1.5", money.JPY, 0, money.ErrAmount},
		{"", money.KZT, 0, money.ErrAmount},
		{"-", money.KZT, 0, money.ErrAmount},
		{"--5", money.KZT, 0, money.ErrAmount},
		{"+-5", money.KZT, 0, money.ErrAmount},
		{"5.", money.KZT, 0, money.ErrAmount},
		{".5", money.KZT, 0, money.ErrAmount},
		{"5 .5", money.KZT, 0, money.ErrAmount},
		{"5. 5", money.KZT, 0, money.ErrAmount},
		{"1e3", money.KZT, 0, money.ErrAmount},
		{"0x10", money.KZT, 0, money.ErrAmount},
		{"1_000", money.KZT, 0, money.ErrAmount},
		{"١٢", money.KZT, 0, money.ErrAmount},
		{"5₸", money.KZT, 0, money.ErrAmount},
		{strings.Repeat("0", 100), money.KZT, 0, money.ErrAmount},
		{"5", "ABC", 0, money.ErrCurrency},
	} {
		got, err := money.Parse(c.s, c.currency)
		if !errors.Is(err, c.fault) || (c.fault == nil && (err != nil || got != money.Of(c.want, c.currency))) {
			t.Errorf("%q is %s, %v", c.s, got, err)
		}
	}
}

func TestParseReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := amount().Draw(t, "m")
		m.Currency = rapid.SampledFrom(money.Currencies()).Draw(t, "currency")
		if got, err := money.Parse(m.Decimal(), m.Currency); err != nil || got != m {
			t.Fatalf("%s came back as %s, %v", m, got, err)
		}
		written := strings.TrimSuffix(m.Format("ru"), "\u00a0"+m.Currency.Sign("ru"))
		if got, err := money.Parse(written, m.Currency); err != nil || got != m {
			t.Fatalf("%q came back as %s, %v", written, got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1160.50", "-1 234,5", "+0", "1.", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := money.Parse(s, money.KZT)
		if err != nil {
			return
		}
		if again, err := money.Parse(m.Decimal(), money.KZT); err != nil || again != m {
			t.Fatalf("%q is %s, which is %s, %v", s, m, again, err)
		}
	})
}

func BenchmarkFormat(b *testing.B) {
	m := money.Of(123456750, money.KZT)
	for b.Loop() {
		_ = m.Format("kk")
	}
}
