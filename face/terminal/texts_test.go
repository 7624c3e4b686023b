package terminal_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	_ "sauda/face/terminal" // Its texts.
	"sauda/gear/i18n"
)

// reasons are the public names of all reasons of the book, of risk and of the market.
func reasons() map[string]bool {
	all := map[string]bool{}
	for n := 1; n < 256; n++ {
		all[book.Reason(n).Code()] = true
		all[risk.Reason(n).Code()] = true
	}
	for r := venue.UnknownInstrument; r.Code() != "unknown"; r++ {
		all[r.Code()] = true
	}
	return all
}

// TestEveryReasonIsSaid: whatever the market refuses, a sentence says why and what to do, in each language.
func TestEveryReasonIsSaid(t *testing.T) {
	all := reasons()
	if len(all) < 70 || !all["buying_power"] || !all["bad_tick"] || !all["outside_collar"] {
		t.Fatalf("there are %d reasons", len(all))
	}
	sentences := regexp.MustCompile(`[.。].+[.。]$`)
	for code := range all {
		for _, lang := range i18n.Languages {
			id := "terminal.reason." + code
			if !i18n.Has(lang, id) {
				t.Errorf("%s is not said in %s", code, lang)
			} else if said := i18n.T(lang, id); !sentences.MatchString(said) && !strings.ContainsAny(said, ",，:") {
				t.Errorf("%s in %s does not say what to do: %s", code, lang, said)
			}
		}
	}
	for _, id := range i18n.Unused("terminal.reason.", map[string]bool{}) {
		if !all[strings.TrimPrefix(id, "terminal.reason.")] {
			t.Errorf("%s is the reason of nothing", id)
		}
	}
}

// TestTextsAreWhole: each text stands in each language, each that the pages name is there, and each that is there is named.
func TestTextsAreWhole(t *testing.T) {
	for _, wrong := range i18n.Check("terminal.", i18n.Languages...) {
		t.Error(wrong)
	}
	used := map[string]bool{}
	begun := []string{
		"reason.", "tenders.", "acting.done.", "join.done.", "join.state.", "kind.", "phase.", "step.", "type.", "life.", "guard.", "auction.", "side.", "every.", "about.", "answer.", "state.", "done.", "move.", "deal.", "due.", "calendar.", "money.done.", "money.state.",
		"buy", "sell", "type", "life", "guard", "auction", "stop_price", "display", "minimum", "price", "quantity", "open", "high", "low", "until", "post_only",
	}
	literal := regexp.MustCompile(`\bt\(ctx, "([a-z_.]+)"`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		if strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(source), -1) {
			if strings.HasSuffix(m[1], ".") {
				continue
			}
			used["terminal."+m[1]] = true
			if !i18n.Has("kk", "terminal."+m[1]) {
				t.Errorf("%s: %s has no text", name, m[1])
			}
		}
	}
	for _, id := range i18n.Unused("terminal.", used) {
		found := false
		for _, b := range begun {
			found = found || id == "terminal."+b || strings.HasSuffix(b, ".") && strings.HasPrefix(id, "terminal."+b)
		}
		if !found {
			t.Errorf("%s is used nowhere", id)
		}
	}
}

// TestTheSheetIsThatOfTheShop: both have the same tokens, so that the exchange looks like the house it belongs to; and sides are
// start and end.
func TestTheSheetIsThatOfTheShop(t *testing.T) {
	own, err := os.ReadFile("assets/terminal.css")
	if err != nil {
		t.Fatal(err)
	}
	shop, err := os.ReadFile("../shop/assets/shop.css")
	if err != nil {
		t.Fatal(err)
	}
	const end = "@media (width >= 48rem) { :root"
	from := strings.Index(string(shop), ":root {")
	tokens := string(shop)[from:strings.Index(string(shop), end)]
	if !strings.Contains(string(own), tokens) {
		t.Error("the tokens are others than those of the shop")
	}
	side := regexp.MustCompile(`(margin|padding|border)-(left|right)\b|text-align: (left|right)|[;{ ](left|right): [^c]`)
	for n, line := range strings.Split(string(own), "\n") {
		if m := side.FindString(line); m != "" {
			t.Errorf("terminal.css:%d: %s", n+1, m)
		}
	}
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(string(own), -1) {
		if !strings.Contains(string(own), m[1]+":") {
			t.Errorf("terminal.css takes %s, which is not defined", m[1])
		}
	}
}
