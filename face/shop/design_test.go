package shop_test

import (
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sauda/core/window"
)

// tokens are the custom properties of a block of a style sheet.
func tokens(t *testing.T, sheet, selector string) map[string]string {
	t.Helper()
	_, rest, found := strings.Cut(sheet, selector+" {")
	if !found {
		t.Fatalf("there is no %s", selector)
	}
	block, _, _ := strings.Cut(rest, "}\n")
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)(--[a-z0-9-]+): ([^;\n]+);`).FindAllStringSubmatch(block, -1) {
		all[m[1]] = m[2]
	}
	return all
}

// luminance is how bright a colour is (WCAG 2.2, relative luminance).
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("%q is no colour of six digits", colour)
	}
	part := func(c uint64) float64 {
		s := float64(c&255) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}

// TestColoursCanBeRead holds what is written on what to the contrast of WCAG 2.2 AA (1.4.3, 1.4.11), by day and by night.
func TestColoursCanBeRead(t *testing.T) {
	body, err := os.ReadFile("assets/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	sheet := string(body)
	day := tokens(t, sheet, ":root")
	night := tokens(t, sheet, "\n:root[data-look=\"dark\"]")
	if device := tokens(t, sheet, "\t:root:not([data-look=\"light\"])"); !maps.Equal(device, night) {
		t.Error("the night of the device is another than that of the choice")
	}
	grounds := []string{"--paper", "--sheet", "--sunk"}
	pairs := map[string][]string{
		"--ink": append(slices.Clone(grounds), "--gold-soft", "--good-soft", "--bad-soft", "--accent-soft"), "--dim": grounds, "--accent": grounds,
		"--gold-ink": {"--gold-soft", "--paper", "--sheet"}, "--good": {"--good-soft", "--paper", "--sheet"}, "--bad": {"--bad-soft", "--paper", "--sheet"},
		"--accent-ink": {"--accent", "--accent-strong"}, "--accent-strong": {"--accent-soft"}, "--deep-ink": {"--deep", "--deep-2"}, "--deep-gold": {"--deep", "--deep-2"},
	}
	for name, light := range map[string]map[string]string{"day": day, "night": night} {
		contrast := func(a, b string) float64 {
			x, y := luminance(t, light[a]), luminance(t, light[b])
			return (max(x, y) + 0.05) / (min(x, y) + 0.05)
		}
		for ink, papers := range pairs {
			for _, paper := range papers {
				if c := contrast(ink, paper); c < 4.5 {
					t.Errorf("by %s %s on %s has a contrast of %.2f", name, ink, paper, c)
				}
			}
		}
		for _, paper := range grounds {
			if c := contrast("--strong-edge", paper); c < 3 {
				t.Errorf("by %s the edge of a field on %s has a contrast of %.2f", name, paper, c)
			}
		}
	}
}

// TestLooksKnowTheSheet: the colours by which accents are judged are those on which the sheet writes them.
func TestLooksKnowTheSheet(t *testing.T) {
	body, err := os.ReadFile("assets/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	for selector, light := range map[string]window.Light{":root": window.Day, "\n:root[data-look=\"dark\"]": window.Night} {
		sheet := tokens(t, string(body), selector)
		for name, colour := range map[string]window.Colour{"--paper": light.Grounds[0], "--sheet": light.Grounds[1], "--sunk": light.Grounds[2],
			"--ink": light.Ink, "--deep-ink": light.DeepInk, "--deep-gold": light.DeepGold} {
			if sheet[name] != string(colour) {
				t.Errorf("%s of %s is %s, and looks are judged by %s", name, selector, sheet[name], colour)
			}
		}
	}
}

// TestTheSheetMirrors: sides are start and end, so that a page from right to left needs no style of its own.
func TestTheSheetMirrors(t *testing.T) {
	body, err := os.ReadFile("assets/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(string(body), "\n") {
		if m := regexp.MustCompile(`(margin|padding|border)-(left|right)\b|text-align: (left|right)|[;{ ](left|right): [^c]`).FindString(line); m != "" {
			t.Errorf("shop.css:%d: %s", n+1, m)
		}
	}
}

// TestEveryTokenIsThere: a style that takes a token which nobody has defined is silently none.
func TestEveryTokenIsThere(t *testing.T) {
	body, err := os.ReadFile("assets/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(string(body), -1) {
		if !strings.Contains(string(body), m[1]+":") {
			t.Errorf("shop.css takes %s, which is not defined", m[1])
		}
	}
}
