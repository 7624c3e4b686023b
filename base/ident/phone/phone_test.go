package phone_test

import (
	"errors"
	"strings"
	"testing"

	"sauda/base/ident"
	"sauda/base/ident/phone"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ written, region, want string }{
		{"8 701 123 45 67", "KZ", "+77011234567"},
		{"8 (701) 123-45-67", "", "+77011234567"},
		{"+7 701 123 45 67", "KZ", "+77011234567"},
		{"701 123 45 67", "kz", "+77011234567"},
		{"87471234567", "KZ", "+77471234567"},
		{"8 (727) 250-12-34", "KZ", "+77272501234"},
		{"8 916 123 45 67", "RU", "+79161234567"},
		{"+7 916 123 45 67", "KZ", "+79161234567"},
		{"+1 650 253 0000", "KZ", "+16502530000"},
		{"+998 90 123 45 67", "KZ", "+998901234567"},
		{"112", "KZ", ""},
		{"701", "KZ", ""},
		{"", "KZ", ""},
		{"call me", "KZ", ""},
		{"+7 701 123 45 67 ext. 5", "KZ", ""},
		{"8 701 123 45 67 89", "KZ", ""},
		{"+999 123456789", "KZ", ""},
		{strings.Repeat("7", 1000), "KZ", ""},
		{"8 701 123 45 67", "XX", ""},
	} {
		got, err := phone.Parse(c.written, c.region)
		if c.want == "" && !errors.Is(err, ident.ErrPhone) {
			t.Errorf("%q in %s is %q, %v", c.written, c.region, got, err)
		}
		if c.want != "" && (err != nil || got != c.want) {
			t.Errorf("%q in %s is %q, %v; want %q", c.written, c.region, got, err, c.want)
		}
	}
}

func TestFormatAndRegion(t *testing.T) {
	if got := phone.Format("+77011234567"); got != "+7 701 123 4567" {
		t.Errorf("got %q", got)
	}
	if got := phone.Format("none"); got != "none" {
		t.Errorf("got %q", got)
	}
	for number, want := range map[string]string{"+77011234567": "KZ", "+79161234567": "RU", "": ""} {
		if got := phone.Region(number); got != want {
			t.Errorf("%s is in %q, want %q", number, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("8 701 123 45 67")
	f.Fuzz(func(t *testing.T, s string) {
		number, err := phone.Parse(s, "KZ")
		if err != nil {
			return
		}
		if again, err := phone.Parse(number, "KZ"); err != nil || again != number {
			t.Fatalf("%q is %q, which is %q, %v", s, number, again, err)
		}
	})
}
