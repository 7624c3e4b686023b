package window_test

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// slow is the contrast of two colours as WCAG 2.2 writes it down.
func slow(a, b string) float64 {
	light := func(c string) float64 {
		n, _ := strconv.ParseUint(c[1:], 16, 32)
		part := func(c uint64) float64 {
			s := float64(c&255) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

var colours = rapid.StringMatching(`#[0-9a-f]{6}`)

// TestContrastIsThatOfWCAG: whole numbers give what the formula gives, and never more.
func TestContrastIsThatOfWCAG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := colours.Draw(t, "a"), colours.Draw(t, "b")
		got, want := window.Contrast(window.Colour(a), window.Colour(b)), slow(a, b)*100
		if float64(got) > want+0.05 || float64(got) < want-1.05 {
			t.Errorf("%s on %s: %d, want %.2f", a, b, got, want)
		}
	})
}

// save tries to keep a look.
func save(t testing.TB, s *dbtest.Store, l window.Look) error {
	t.Helper()
	return s.Try(func(tx *db.Tx) error {
		p, err := window.Begin(tx, "sel_own", window.KindLook, window.Body{})
		if err != nil {
			return err
		}
		_, err = window.Save(tx, "sel_own", p.ID, p.Version, window.Body{Look: &l})
		return err
	})
}

// TestWhatIsPressedCanBeRead: a colour that is let in is read on everything it stands on, by day and by night, and so is all
// that is made of it; one that is refused is refused with the nearest one, which is let in.
func TestWhatIsPressedCanBeRead(t *testing.T) {
	s := dbtest.SQLite(t, []db.Schema{window.Schema}).As(db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_own"})
	property := regexp.MustCompile(`--([a-z0-9-]+):(#[0-9a-f]{6});`)
	rapid.Check(t, func(rt *rapid.T) {
		look := window.Look{Accent: window.Colour(colours.Draw(rt, "accent"))}
		if err := save(t, s, look); err != nil {
			fields := fault.FieldsOf(err)
			if len(fields) != 1 || fields[0].Pointer != "/look/accent" {
				rt.Fatalf("%s: %v", look.Accent, err)
			}
			near, _ := fields[0].Params["near"].(string)
			look.Accent = window.Colour(near)
			if err := save(t, s, look); err != nil {
				rt.Fatalf("the nearest one %s: %v", near, err)
			}
		}
		css, err := window.Sheet(look.SheetName())
		if err != nil {
			rt.Fatal(err)
		}
		day, night, _ := strings.Cut(css, "@media")
		for name, c := range map[string]struct {
			css   string
			light window.Light
		}{"day": {day, window.Day}, "night": {night, window.Night}} {
			made := map[string]string{}
			for _, m := range property.FindAllStringSubmatch(c.css, -1) {
				made[m[1]] = m[2]
			}
			can := func(ink, paper string) {
				if got := slow(ink, paper); got < 4.5 {
					rt.Errorf("%s by %s: %s on %s has %.2f in %s", look.Accent, name, ink, paper, got, c.css)
				}
			}
			for _, ground := range c.light.Grounds {
				can(made["accent"], string(ground))
			}
			can(made["accent-ink"], made["accent"])
			can(made["accent-ink"], made["accent-strong"])
			can(made["accent-strong"], made["accent-soft"])
			can(string(c.light.Ink), made["accent-soft"])
			for _, deep := range []string{made["deep"], made["deep-2"]} {
				can(string(c.light.DeepInk), deep)
				can(string(c.light.DeepGold), deep)
			}
		}
	})
}

// TestNoStyleIsTyped: whatever stands where a colour, a face, a picture, a block or a link belongs, and is none, is refused;
// and no name makes a sheet but those that a look has.
func TestNoStyleIsTyped(t *testing.T) {
	s := dbtest.SQLite(t, []db.Schema{window.Schema}).As(db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_own"})
	name := text.Localized{"kk": "Сілтеме"}
	const evil = `#000}body{background:url(https://evil.example/?x)}/*`
	for what, look := range map[string]window.Look{
		"accent": {Accent: evil}, "accent in words": {Accent: "red"}, "big letters": {Accent: "#006D77"}, "line end": {Accent: "#006d77\n"},
		"night": {Accent: "#006d77", Night: evil}, "night alone": {Night: "#ffffff"}, "face": {Face: `serif;}*{display:none`},
		"block": {Blocks: []window.Block{"<script>"}}, "block twice": {Blocks: []window.Block{"newest", "newest"}},
		"logo":   {Logo: &window.Picture{URL: "javascript:alert(1)", Width: 1, Height: 1}},
		"logo 2": {Logo: &window.Picture{URL: "/media/../office.png", Width: 1, Height: 1}},
		"svg":    {Logo: &window.Picture{URL: "/media/0123456789abcdef.svg", Width: 1, Height: 1}},
		"script": {Header: []window.Way{{Name: name, To: "javascript:alert(1)"}}}, "data": {Header: []window.Way{{Name: name, To: "data:text/html,x"}}},
		"elsewhere": {Footer: []window.Way{{Name: name, To: "//evil.example"}}}, "backslash": {Footer: []window.Way{{Name: name, To: `/\evil.example`}}},
		"user": {Footer: []window.Way{{Name: name, To: "https://shop.example@evil.example/"}}}, "no name": {Footer: []window.Way{{To: "/"}}},
		"turned": {Footer: []window.Way{{Name: text.Localized{"kk": "a\u202eb"}, To: "/"}}},
	} {
		if err := save(t, s, look); !errors.Is(err, window.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	good := (&window.Look{Accent: "#8a1c4a", Face: window.FaceSerif}).SheetName()
	if css, err := window.Sheet(good); err != nil || !strings.Contains(css, "--accent:#8a1c4a") || !strings.Contains(css, "PT Serif") {
		t.Errorf("%s: %s %v", good, css, err)
	}
	for _, bad := range []string{"", "x", "a-b-c", "zzzzzz-auto-system.0123456789ab.css", strings.Replace(good, "8a1c4a", "8a1c4b", 1), good + "x",
		"red;}-auto-system.css", "auto-auto-system.css", "../shop.css"} {
		if css, err := window.Sheet(bad); !errors.Is(err, window.ErrUnknown) {
			t.Errorf("%q: %q %v", bad, css, err)
		}
	}
}

// TestNoMarkupIsTyped: Markdown becomes the HTML that is meant and nothing that runs, loads or leads where none may.
func TestNoMarkupIsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"## A\n\n#### B\n\n# C\n\n## D":                 "<h2>A</h2>\n<h3>B</h3>\n<h2>C</h2>\n<h3>D</h3>\n",
		"# Title\n\n**bold** [goods](/catalogue)":       "<h2>Title</h2>\n<p><strong>bold</strong> <a href=\"/kk/catalogue\">goods</a></p>\n",
		"[out](https://x.example)":                      "<p><a href=\"https://x.example\" rel=\"noopener nofollow\">out</a></p>\n",
		"[mail](mailto:a@b.kz)":                         "<p><a href=\"mailto:a@b.kz\">mail</a></p>\n",
		"a <b onclick=x>b</b> c":                        "<p>a b c</p>\n",
		"<script>alert(1)</script>":                     "",
		"[x](javascript:alert(1))":                      "<p>x</p>\n",
		"[x](JaVaScRiPt:alert(1))":                      "<p>x</p>\n",
		"[x](data:text/html,y) ![p](http://t.co/p.png)": "<p>x p</p>\n",
		"<javascript:alert(1)>":                         "<p></p>\n",
		"[x](//evil.example)":                           "<p>x</p>\n",
		"![p](/media/0123456789abcdef.png)":             "<p><img src=\"/media/0123456789abcdef.png\" alt=\"p\" loading=\"lazy\"></p>\n",
		"# a {onclick=alert(1)}":                        "<h2>a {onclick=alert(1)}</h2>\n",
		"|a|\n|:-:|\n|b|":                               "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">b</td>\n</tr>\n</tbody>\n</table>\n",
		"\"><img src=x onerror=alert(1)>":               "<p>&quot;&gt;</p>\n",
	} {
		if got, err := window.HTML(typed, "/kk"); err != nil || got != want {
			t.Errorf("%q: %q, want %q (%v)", typed, got, want, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"<script>", "[", "](", "javascript:", "x", ")", "`", "*", "\n", "![", "<a href=", "onerror=", "\"", "&#106;", "> ", "<!--", "]: "}))
		typed := strings.Join(pieces.Draw(t, "typed"), "")
		got, err := window.HTML(typed, "/kk")
		if err != nil || regexp.MustCompile(`(?i)<script|<a href="[^/hm#]|<[a-z]+[^>"]* on[a-z]+=|<!--`).MatchString(got) {
			t.Errorf("%q: %q %v", typed, got, err)
		}
	})
}
