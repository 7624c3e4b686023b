package office_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/seller"
	"sauda/gear/db"
)

// indexed is a house whose goods can be searched.
func indexed(t *testing.T, engine db.Engine) (h *house, admin string) {
	t.Helper()
	h = open(t, engine)
	if err := h.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h, h.AdminToken(t)
}

// try shows what a query finds.
func (h *house) try(t *testing.T, token, words string) sheet {
	t.Helper()
	h.Settled(t)
	return h.get(t, token, "/office/search?"+url.Values{"q": {words}, "lang": {"en"}}.Encode())
}

// TestAQueryIsTried: what a query finds is shown with the reason of each, and the question is not counted.
func TestAQueryIsTried(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	h.get(t, admin, "/office/search?q=kettle").has(".note.warn", "still being built")
	h, admin = indexed(t, db.SQLite)
	h.get(t, admin, "/office").has(".side", "Search")
	h.get(t, admin, "/office/search").lacks(".hits")
	s := h.try(t, admin, "kettles")
	s.has(".hits > li", "Kettle", "“kettles”: the word without its ending", "in the name")
	s.has(".facts", "Found: 1")
	h.try(t, admin, "kettel").has(".note.warn", "looked for instead: kettle")
	h.try(t, admin, "laptop bag xylophone").has(".note.warn", "Nothing was found")
	h.try(t, admin, "чайник").has(".hits > li", "Kettle", "the word itself")
	if err := h.Search.WriteNotes(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.get(t, admin, "/office/search/queries").has(".note.good", "Buyers find all")
}

// TestWhatIsNotFoundBecomesASynonym: buyers look for a word in vain, its link begins a group, and then it is found.
func TestWhatIsNotFoundBecomesASynonym(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h, admin := indexed(t, engine)
			for range 3 {
				h.Guest().Do(t, http.StatusOK, "GET", "/v1/search?q=whistler&lang=en", nil)
			}
			if err := h.Search.WriteNotes(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := h.get(t, admin, "/office/search/queries")
			s.has("tbody tr", "whistler", "3", "0")
			form := `main form[action$="/search/synonyms"]:has(#words)`
			s = h.get(t, admin, s.attr(`tbody a[href*="/synonyms"]`, "href"))
			if got := s.text("#words"); got != "whistler" {
				t.Fatalf("the form begins with %q", got)
			}
			s = h.trySubmit(t, admin, s, form)
			if s.status != http.StatusUnprocessableEntity {
				t.Fatalf("one word: %d", s.status)
			}
			s.has("#words-wrong", "from 2 to 30")
			s = h.submit(t, admin, s, form, "words", "whistler, kettle\n singing pot ", "one_way", "")
			s.has("[role=status]", "Added")
			s.has("#all + .rows", "whistler = kettle = singing pot")
			h.try(t, admin, "whistler").has(".hits > li", "Kettle", "a synonym «kettl»")
			h.try(t, admin, "singing pot").has(".hits > li", "Kettle")

			one := s.attr("#all + .rows a", "href")
			s = h.submit(t, admin, h.get(t, admin, one), `main form:has(#words)`, "words", "whistler\nkettle", "one_way", "1")
			s.has("#edit", "whistler → kettle")
			s = h.submitEmpty(t, admin, s, `form[action$="/end"]`)
			s.has("#dropped + .rows", "whistler → kettle")
			h.try(t, admin, "whistler").has(".note.warn", "Nothing was found")
			if s := h.send(t, admin, "GET", one, nil); s.status != http.StatusNotFound {
				t.Errorf("a rule that was taken away: %d", s.status)
			}
			s = h.submitEmpty(t, admin, h.get(t, admin, "/office/search/synonyms"), `form[action$="/restoration"]`)
			s.has("[role=status]", "The rule is back")
			s.lacks("#dropped")
			h.try(t, admin, "whistler").has(".hits > li", "Kettle")
			audited(t, h, admin, "POST /office/search/{kind} ", "/end", "/restoration", path.Base(one))
		})
	}
}

// audited wants acts in the audit.
func audited(t *testing.T, h *house, admin string, acts ...string) {
	t.Helper()
	page := h.get(t, admin, "/office/audit")
	for _, act := range acts {
		if !strings.Contains(page.text("main"), act) {
			t.Errorf("the audit lacks %s: %.600s", act, page.text("main"))
		}
	}
}

// TestCommonWordsAreSwitchedOff: a group that means something else in this shop, until it is switched on again.
func TestCommonWordsAreSwitchedOff(t *testing.T) {
	h, admin := indexed(t, db.SQLite)
	h.try(t, admin, "шәугім").has(".hits > li", "Kettle", "a synonym")
	s := h.get(t, admin, "/office/search/synonyms?find=kettle")
	if n := len(s.all(`form[action*="/search/common/"]`)); n != 2 { // Kettles, and electric ones.
		t.Fatalf("%d groups have the word", n)
	}
	s = h.submit(t, admin, s, `form[action*="/search/common/"]`)
	s.has("[role=status]", "Saved")
	s.has("#common ~ .rows li", "чайник", "off", "Switch on")
	h.try(t, admin, "шәугім").has(".note.warn", "Nothing was found")
	h.submit(t, admin, s, `form[action*="/search/common/"]`)
	h.try(t, admin, "шәугім").has(".hits > li", "Kettle")
	if s := h.send(t, admin, "POST", "/office/search/common/xylophone", values()); s.status != http.StatusNotFound {
		t.Errorf("a group that is not there: %d", s.status)
	}
	h.get(t, admin, "/office/search/synonyms?find=zzz").has("#common ~ .dim:not(.small)", "ready")
	h.get(t, admin, "/office/search/synonyms?find=zzz").lacks(`form[action*="/search/common/"]`)
}

// TestDomesticGoodsAreRaised by one button, then by more, and the sentence says what counts.
func TestDomesticGoodsAreRaised(t *testing.T) {
	h, admin := indexed(t, db.SQLite)
	s := h.get(t, admin, "/office/search/boosts")
	s.has("#all + .dim", "equal")
	s = h.submit(t, admin, s, `form:has([name=origin][type=hidden])`)
	s.has("#domestic + p", "20 % higher", "Kazakhstan")
	s.lacks(`form:has([name=origin][type=hidden])`)
	h.try(t, admin, "kettle").has(".hits > li", "Made in Kazakhstan")
	form := `main form:has(#percent)`
	s = h.get(t, admin, s.attr("#domestic + p a", "href"))
	for _, percent := range []string{"0", "201", "-91", "x", ""} {
		if wrong := h.trySubmit(t, admin, s, form, "percent", percent); wrong.status != http.StatusUnprocessableEntity {
			t.Errorf("%q per cent: %d", percent, wrong.status)
		} else {
			wrong.has("#percent-wrong", "from -90 to 200")
		}
	}
	wrong := h.trySubmit(t, admin, s, form, "origin", "", "filter", "colour:red")
	wrong.has("#filter-wrong", "origin:KZ")
	wrong = h.trySubmit(t, admin, s, form, "name_kk", "", "name_ru", "", "name_en", "", "name_zh", "")
	wrong.has("#name_kk-wrong", "at least one language")
	s = h.submit(t, admin, s, form, "percent", "-50", "brand", "Ot, ltd|x", "stock", "in_stock", "filter", "price:..2000000")
	s.has("main .dim", "50 % lower", "Ot, ltd|x", "Kazakhstan", "In stock", "price:..2000000")
	for field, want := range map[string]string{"#brand": "Ot, ltd|x", "#filter": "price:..2000000", "#percent": "-50"} {
		if got := s.attr(field, "value"); got != want {
			t.Errorf("%s is %q", field, got)
		}
	}
}

// TestFirstPlacesAreChosen: goods are found, put first, moved, hidden and taken out; the last one takes the rule with it.
func TestFirstPlacesAreChosen(t *testing.T) {
	h, admin := indexed(t, db.SQLite)
	kettle, rare := string(h.Goods[apptest.Kettle].Product), string(h.Goods[apptest.Rare].Product)
	h.get(t, admin, "/office/search/curated").has("#all + .dim", "No places")
	h.get(t, admin, "/office/search/curated/new").has("#pick ~ .dim", "Write the query first")
	h.get(t, admin, "/office/search/curated/new?query=present").has("#pick ~ .dim", "other words")
	button := func(id, where string) string {
		return fmt.Sprintf(`form:has([name=product][value="%s"]):has([name=to][value=%s])`, id, where)
	}
	s := h.submit(t, admin, h.get(t, admin, "/office/search/curated/new?query=Present&find=kettle"), button(kettle, "first"))
	s.has("#first ~ .rows", "Kettle")
	page := strings.TrimSuffix(s.attr(`form[action$="/end"]`, "action"), "/end")
	s = h.submit(t, admin, h.get(t, admin, page+"?find=book"), button(rare, "first"))
	s = h.submit(t, admin, s, button(rare, "up"))
	s.has("#first ~ .rows li", "1.", "Rare book")
	s.lacks(button(rare, "up"))
	h.try(t, admin, "present").has(".hits > li", "Rare book", "put first by the shop")
	again := h.trySubmit(t, admin, h.get(t, admin, "/office/search/curated/new?query=PRESENT&find=cloth"), button(string(h.Goods[apptest.Cloth].Product), "hidden"))
	if again.status != http.StatusUnprocessableEntity {
		t.Errorf("a second answer to one query: %d", again.status)
	}
	again.has("[role=alert]", "already")
	s = h.submit(t, admin, h.get(t, admin, page), `form:has(#query)`, "query", "Gift")
	if got := s.attr("#query", "value"); got != "gift" {
		t.Errorf("the query is %q", got)
	}
	s = h.trySubmit(t, admin, s, `form:has(#query)`, "query", "")
	s.has("#query-wrong", "query")
	s = h.submit(t, admin, h.get(t, admin, page), button(kettle, "out"))
	s = h.submit(t, admin, s, button(rare, "out"))
	s.has("[role=status]", "taken away")
	s.has("#dropped + .rows", "gift → Rare book")
}

// TestRedirectsLead: to a page of this shop only, one for a query.
func TestRedirectsLead(t *testing.T) {
	h, admin := indexed(t, db.SQLite)
	form := `main form:has(#to)`
	s := h.trySubmit(t, admin, h.get(t, admin, "/office/search/redirects?words=delivery"), form, "to", "https://elsewhere.example")
	s.has("#to-wrong", "begins with a slash")
	s = h.submit(t, admin, s, form, "to", "/about")
	s.has("#all + .rows", "delivery → /about")
	h.try(t, admin, "Delivery").has(".note.good", "/about")
	s = h.trySubmit(t, admin, s, form, "query", "delivery", "to", "/help")
	s.has("[role=alert]", "already")
	for lang, want := range map[string]string{"kk": "ереже бар", "ru": "правило уже есть"} {
		h.send(t, admin, "POST", "/"+lang+"/office/search/redirects", values("query", "delivery", "to", "/help")).has("[role=alert]", want)
	}
}

// TestRulesAreOfTheHouse: its staff sees them with the scope to read and changes them with that to write; staff of other
// sellers does neither.
func TestRulesAreOfTheHouse(t *testing.T) {
	h, admin := indexed(t, db.SQLite)
	h.post(t, admin, "/office/search/redirects", "query", "delivery", "to", "/about")
	one := h.get(t, admin, "/office/search/redirects").attr("#all + .rows a", "href")
	reader := h.Staffed(t, "reader@example.kz", string(seller.Own), "catalog.read")
	picker := h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read")
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	pages := []string{"", "?q=kettle", "/queries", "/synonyms", "/boosts", "/curated", "/redirects", strings.TrimPrefix(one, "/office/search")}
	for _, page := range pages {
		h.get(t, reader, "/office/search"+page).lacks(`main form[method=post] button`)
		for who, token := range map[string]string{"no scope": picker, "another seller": other} {
			if s := h.send(t, token, "GET", "/office/search"+page, nil); s.status != http.StatusForbidden {
				t.Errorf("%s: %s: %d", who, page, s.status)
			}
		}
	}
	for _, act := range []string{"/redirects", one[len("/office/search"):], one[len("/office/search"):] + "/end",
		one[len("/office/search"):] + "/restoration", "/common/laptop", "/curated/srl_none/places"} {
		for who, token := range map[string]string{"a reader": reader, "another seller": other} {
			s := h.send(t, token, "POST", "/office/search"+act, values("query", "x", "to", "/x", "name", "laptop", "product", "prd_x"))
			if s.status != http.StatusForbidden && s.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s: %d", who, act, s.status)
			}
		}
	}
	h.get(t, other, "/office").lacks(`.side a[href$="/office/search"]`)
	h.get(t, admin, "/office/search/redirects").has("#all + .rows", "delivery → /about")
	if s := h.send(t, admin, "GET", "/office/search/everything", nil); s.status < 400 || s.status >= 500 {
		t.Errorf("a kind that is not there: %d", s.status)
	}
}

// TestStatementsOfRules holds the pages of the search to their statements, however many rules there are, and turns pages.
func TestStatementsOfRules(t *testing.T) {
	h, admin := indexed(t, db.SQLite)
	h.Moment(t, func(tx *db.Tx) error {
		for i := range 60 {
			for _, r := range []search.Rule{
				{Kind: search.Synonym, Words: []string{fmt.Sprintf("word%d", i), "kettle"}},
				{Kind: search.Curated, Query: fmt.Sprintf("query%d", i), Pinned: h.products()},
				{Kind: search.Redirect, Query: fmt.Sprintf("query%d", i), To: "/about"},
			} {
				if _, err := search.AddRule(tx, r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	h.Settled(t)
	for _, page := range []string{"synonyms", "curated", "redirects"} {
		s := h.get(t, admin, "/office/search/"+page)
		if n := len(s.all("#all + .rows li")); n != 50 {
			t.Errorf("%s: %d rules on a page", page, n)
		}
		if n := len(h.get(t, admin, s.attr(`a[rel=next]`, "href")).all("#all + .rows li")); n != 10 {
			t.Errorf("%s: %d rules on the second page", page, n)
		}
		one := s.attr("#all + .rows a", "href")
		for address, most := range map[string]int{"/office/search/" + page: 8, one: 8, "/office/search?q=kettle": 6} {
			if n := h.Statements(func() { h.get(t, admin, address) }); n > most {
				t.Errorf("%s takes %d statements, more than %d", address, n, most)
			}
		}
	}
}

// products are all goods of the house.
func (h *house) products() (ids []catalog.ProductID) {
	for _, g := range h.Goods {
		if !slices.Contains(ids, g.Product) {
			ids = append(ids, g.Product)
		}
	}
	return ids
}
