package browser_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// part is what a screen reader knows of a part of a page: its role, its name, how deep a heading is, and the words in it.
type part struct {
	role, name, text string
	level            int
}

// heard gives the tree that the browser shows to screen readers, in the order in which they read it.
func (p person) heard() []part {
	p.t.Helper()
	p.until("the page", "true")
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	tree, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	if err != nil {
		p.t.Fatalf("the tree of the page: %v", err)
	}
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, n := range tree.Nodes {
		nodes[n.NodeID] = n
	}
	var all []part
	if len(tree.Nodes) > 0 {
		gather(nodes, tree.Nodes[0], &all)
	}
	return all
}

// gather adds a node and all below it to what is heard, and gives their words.
func gather(nodes map[accessibility.NodeID]*accessibility.Node, n *accessibility.Node, all *[]part) string {
	role, own := valueOf(n.Role), len(*all)
	if role == "InlineTextBox" {
		return ""
	}
	kept := !n.Ignored && role != "generic" && role != "none"
	if kept {
		*all = append(*all, part{role: role, name: strings.ReplaceAll(valueOf(n.Name), " :", ":"), level: levelOf(n)})
	}
	words := ""
	if role == "StaticText" && !n.Ignored {
		words = valueOf(n.Name)
	}
	for _, id := range n.ChildIDs {
		if child := nodes[id]; child != nil {
			words = strings.TrimSpace(words + " " + gather(nodes, child, all))
		}
	}
	if kept {
		(*all)[own].text = words
	}
	return words
}

func valueOf(v *accessibility.Value) string {
	var said string
	if v == nil || json.Unmarshal(v.Value, &said) != nil {
		return ""
	}
	return said
}

func levelOf(n *accessibility.Node) int {
	level := 0
	for _, p := range n.Properties {
		if p.Name == accessibility.PropertyNameLevel && p.Value != nil {
			_ = json.Unmarshal(p.Value.Value, &level) // Another kind of value is no level.
		}
	}
	return level
}

var (
	// one are the landmarks of which each page has exactly one.
	one = []string{"main", "banner", "contentinfo"}
	// told are the landmarks that are told apart by their names.
	told = []string{"navigation", "region", "complementary", "dialog"}
	// worked are the roles of what somebody works with, and of what stands for something: nobody knows them without a name.
	worked = []string{"link", "button", "textbox", "searchbox", "combobox", "spinbutton", "radio", "checkbox", "slider",
		"DisclosureTriangle", "heading", "image"}
)

// orderly holds a page to what a screen reader needs of each: where it begins and ends, what its parts are, and a name for
// whatever can be worked with.
func (p person) orderly(what string, all []part) {
	p.t.Helper()
	count := map[string]int{}
	for _, x := range all {
		count[x.role]++
		if slices.Contains(told, x.role) {
			count[x.role+" "+x.name]++
			if count[x.role+" "+x.name] == 2 {
				p.t.Errorf("%s: two of %s are called %q", what, x.role, x.name)
			}
		}
		if strings.TrimSpace(x.name) == "" && (slices.Contains(told, x.role) || slices.Contains(worked, x.role)) {
			p.t.Errorf("%s: a %s has no name; in it is %q", what, x.role, x.text)
		}
		if x.role == "heading" && x.level == 1 {
			count["h1"]++
		}
	}
	for _, role := range append([]string{"h1"}, one...) {
		if count[role] != 1 {
			p.t.Errorf("%s has %d of %s", what, count[role], role)
		}
	}
}

// hears wants parts with these roles and names.
func (p person) hears(what string, want [][2]string) {
	p.t.Helper()
	all := p.heard()
	p.orderly(what, all)
	for _, w := range want {
		if !slices.ContainsFunc(all, func(x part) bool { return x.role == w[0] && x.name == w[1] }) {
			p.t.Errorf("%s has no %s %q", what, w[0], w[1])
		}
	}
}

// spokenGoods is what the kettle is called.
var spokenGoods = map[string]string{"kk": "Шәйнек", "ru": "Чайник", "en": "Kettle"}

// TestAPurchaseByEar walks through a purchase and holds what a screen reader hears of each page, by roles and names.
func TestAPurchaseByEar(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	for _, lang := range []string{"kk", "ru", "en"} {
		t.Run(lang, func(t *testing.T) {
			say := func(id string, args ...any) string { return i18n.T(lang, "shop."+id, args...) }
			goods := spokenGoods[lang]
			p := someone(t, chromium)
			p.open(at(home, lang, "/"))
			p.hears("the first page", [][2]string{
				{"link", say("skip")}, {"navigation", say("nav.languages")}, {"navigation", say("nav.main")}, {"navigation", say("categories")},
				{"searchbox", say("search.label")}, {"button", say("search.button")}, {"heading", say("home.hero")}, {"link", goods},
				{"region", say("home.newest")}, {"button", say("look.dark")},
			})
			p.open(at(home, lang, "/p/"+string(h.Goods[apptest.Kettle].Product)))
			p.hears("the product", [][2]string{
				{"navigation", say("nav.trail")}, {"heading", goods}, {"spinbutton", say("quantity") + ", " + measure.Piece.Sign(lang)},
				{"button", say("add_to_basket")}, {"region", say("product.attributes")},
			})
			p.press("main form.buy button.main")
			p.until("the basket beside the page", `document.querySelector(".drawer[open] [data-count]")`)
			beside := p.heard()
			for _, w := range []part{{role: "dialog", name: say("nav.basket")}, {role: "status", text: say("drawer.added")}} {
				if !slices.ContainsFunc(beside, func(x part) bool {
					return x.role == w.role && (x.name == w.name || w.name == "") && strings.Contains(x.text, w.text)
				}) {
					t.Errorf("beside the page there is no %s %q %q", w.role, w.name, w.text)
				}
			}
			p.open(at(home, lang, "/basket"))
			p.hears("the basket", [][2]string{
				{"heading", say("basket.title")}, {"spinbutton", goods + ": " + say("quantity")}, {"button", say("basket.remove") + ": " + goods},
				{"complementary", say("sum.title")}, {"link", say("to_checkout")},
			})
			p.open(at(home, lang, "/checkout"))
			p.hears("the checkout", [][2]string{
				{"heading", say("checkout.title")}, {"textbox", say("address.name")}, {"textbox", say("address.phone")}, {"textbox", say("address.email")},
				{"combobox", say("address.region")}, {"checkbox", say("consent.learn")}, {"button", say("checkout.to_delivery")}, {"complementary", say("sum.title")},
			})
			p.addresses(lang)
			p.hears("the payment", [][2]string{{"group", say("checkout.payment")}})
			p.press("#pay-cash_on_delivery")
			p.press(orderButton)
			p.onOrder()
			p.hears("the order", [][2]string{
				{"list", say("order.progress")}, {"region", say("order.lines")}, {"region", say("order.history")}, {"complementary", say("sum.title")}, {"link", goods},
			})
			if said := p.says("status"); !strings.Contains(said, say("order.thanks")) {
				t.Errorf("nobody hears that it is ordered, but %q", said)
			}
		})
	}
}
