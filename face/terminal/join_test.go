package terminal_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/net/html"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/job"
)

// onePixel is a picture.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// clerks are two people of the exchange.
var clerks = [2]db.Who{
	{Kind: db.KindStaff, ID: "usr_one", Seller: "sel_own", Scopes: []string{"exchange.*"}}, {Kind: db.KindStaff, ID: "usr_two", Seller: "sel_own", Scopes: []string{"exchange.*"}},
}

// as does something in a moment of somebody.
func as(t *testing.T, m *apptest.Market, who db.Who, do func(*db.Tx) error) {
	t.Helper()
	if err := job.Once(t.Context(), m.Store, who, do); err != nil {
		t.Fatal(err)
	}
}

// publish publishes what investors are asked.
func publish(tx *db.Tx) error {
	said := func(s string) text.Localized { return text.Localized{"kk": s, "ru": s, "en": s, "zh": s} }
	return exchange.Publish(tx, exchange.Questionnaire{Code: "ZZ-2026", Balanced: 5, Experienced: 10, Questions: []exchange.Question{{
		Code: "share", Text: said("What is a share?"), Choices: []exchange.Choice{{Code: "part", Text: said("A part of a company"), Score: 10}, {Code: "loan", Text: said("A loan")}},
	}}})
}

// bring sends a form with a file, as a browser does, and gives the page that follows.
func (b *browser) bring(address, name, content string, fields ...string) *page {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	put := func(err error) {
		if err != nil {
			b.t.Fatal(err)
		}
	}
	for n := 0; n < len(fields); n += 2 {
		put(w.WriteField(fields[n], fields[n+1]))
	}
	part, err := w.CreateFormFile("papers", name)
	put(err)
	_, err = io.WriteString(part, content)
	put(err)
	put(w.Close())
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, apptest.Base+address, &body)
	put(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept-Language", b.lang)
	r.Header.Set("Accept", "text/html")
	answer, err := b.http.Do(r)
	put(err)
	said, err := io.ReadAll(answer.Body)
	put(err)
	put(answer.Body.Close())
	if to := answer.Header.Get("Location"); to != "" {
		next, err := url.Parse(to)
		put(err)
		return b.get(r.URL.ResolveReference(next).String())
	}
	root, err := html.Parse(bytes.NewReader(said))
	put(err)
	return &page{b.t, r.URL, answer.StatusCode, answer.Header, root, string(said)}
}

// TestJoin: somebody applies with a document, once however often the form is sent; he is asked for more and answers; two people
// admit him, and he sees each state on his page, in his language. What is wrong is said at its field.
func TestJoin(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		as(t, m, clerks[0], publish)
		picture, err := base64.StdEncoding.DecodeString(onePixel)
		if err != nil {
			t.Fatal(err)
		}
		browserOf(t, m, "en", "").get("/exchange/join").wants("main", "Become an investor", "Sign in")
		b := browserOf(t, m, "en", h.Registered(t, "dana@example.kz"))
		form := b.get("/exchange/join")
		form.wants("form.apply", "Broker", "IIN or BIN", "What is a share?", "A part of a company")
		key := attr(form.one(`form.apply input[name="key"]`), "value")
		member := attr(form.one("#member option"), "value")
		wrong := b.bring("/exchange/join", "a.png", string(picture), "key", key, "member", member, "tax_number", "000101600998", "q_share", "part")
		wrong.wants("[role=alert]", "Correct the marked fields")
		if wrong.status != http.StatusUnprocessableEntity || attr(wrong.one("#tax_number"), "aria-invalid") != "true" || attr(wrong.one("#tax_number"), "value") != "000101600998" {
			t.Errorf("%d: a wrong number is not marked", wrong.status)
		}
		b.bring("/exchange/join", "a.txt", "no picture", "key", key, "member", member, "tax_number", "000101600997", "q_share", "part").wants("#papers-wrong", "picture")
		for range 2 {
			b.bring("/exchange/join", "a.png", string(picture), "key", key, "member", member, "tax_number", "000101600997", "q_share", "part").
				wants(".applied", "Your application is sent")
		}
		var filed []exchange.Application
		as(t, m, clerks[0], func(tx *db.Tx) (err error) {
			filed, err = exchange.Applications(tx)
			return err
		})
		if len(filed) != 1 || len(filed[0].Documents) != 1 || filed[0].Class != exchange.Experienced {
			t.Fatalf("%+v", filed)
		}
		a := filed[0]
		as(t, m, clerks[0], func(tx *db.Tx) error { return exchange.AskMore(tx, a.ID, "The other side, please.") })
		asked := b.get("/exchange/join")
		asked.wants(".applied", "Something more is needed", "The other side, please.")
		other := browserOf(t, m, "en", h.Registered(t, "other@example.kz"))
		other.get("/exchange/join").wants("form.apply", "Broker")
		answer := "/exchange/join/" + string(a.ID) + "/answer"
		if got := other.bring(answer, "b.png", string(picture), "key", "k1", "text", "Here").status; got != http.StatusNotFound {
			t.Errorf("another one answers: %d", got)
		}
		b.bring(answer, "b.png", string(picture), "key", attr(asked.one(`.applied input[name="key"]`), "value"), "text", "Here it is").wants(".applied", "Your application is sent", "Here it is")
		var p exchange.Proposal
		as(t, m, clerks[0], func(tx *db.Tx) (err error) {
			p, err = exchange.Propose(tx, exchange.KindAdmit, exchange.Subject(a.ID), nil, "All is in order.")
			return err
		})
		as(t, m, clerks[1], func(tx *db.Tx) error { _, err := exchange.Confirm(tx, p.ID); return err })
		h.Settled(t)
		b.get("/exchange/join").wants(".applied", "Approved, your account is open")
		for lang, says := range map[string]string{"kk": "Мақұлданды", "ru": "Одобрена", "zh": "已批准"} {
			b.lang = lang
			b.get("/"+lang+"/exchange/join").wants(".applied", says)
		}
	})
}

// TestActing: the owner of an account lets a trader of his broker act for him, and takes that back; to everybody else the account is
// not there.
func TestActing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		m := h.Market(t)
		as(t, m, clerks[0], publish)
		var trader exchange.Trader
		var account exchange.Account
		token := h.Registered(t, "dana@example.kz")
		var u identity.User
		as(t, m, clerks[0], func(tx *db.Tx) (err error) {
			u, _, err = identity.ByEmail(tx, "dana@example.kz")
			return err
		})
		as(t, m, clerks[0], func(tx *db.Tx) error {
			members, err := exchange.Members(tx)
			if err != nil {
				return err
			}
			if trader, err = exchange.AdmitTrader(tx, members[0].ID, "usr_trader", "test"); err != nil {
				return err
			}
			a, err := exchange.File(tx, exchange.Application{Party: string(u.Party), Member: members[0].ID, TaxNumber: "000101600997", Questionnaire: "ZZ-2026",
				Answers: exchange.Answers{"share": {"part"}}, Documents: []string{"att_1"}})
			if err != nil {
				return err
			}
			_, err = exchange.Propose(tx, exchange.KindAdmit, exchange.Subject(a.ID), nil, "test")
			return err
		})
		as(t, m, clerks[1], func(tx *db.Tx) error {
			open, err := exchange.OpenProposals(tx)
			if err != nil {
				return err
			}
			if _, err := exchange.Confirm(tx, open[0].ID); err != nil {
				return err
			}
			list, err := exchange.AccountsOf(tx, string(u.Party))
			account = list[0]
			return err
		})
		address := "/exchange/accounts/" + account.Code
		b := browserOf(t, m, "en", token)
		page := b.get(address)
		page.wants(".acting", trader.Code)
		may := func() bool {
			var err error
			as(t, m, clerks[0], func(tx *db.Tx) error { err = exchange.MayTrade(tx, trader.ID, account.ID); return nil })
			return err == nil
		}
		row := `.acting li:last-child form`
		page = b.submit(page, row)
		page.wants("[role=status]", "He may trade for you")
		if !may() {
			t.Error("the grant does not hold")
		}
		b.submit(page, row, "ends", "true").wants("[role=status]", "not trade for you any more")
		if may() {
			t.Error("the grant holds still")
		}
		for name, stranger := range map[string]string{"another buyer": h.Registered(t, "other@example.kz"), "a trader of another": m.Seller.Token} {
			s := browserOf(t, m, "en", stranger)
			if got := s.ask("GET", address, nil).status; got != http.StatusForbidden {
				t.Errorf("%s sees it: %d", name, got)
			}
			if got := s.ask("POST", address+"/grants", url.Values{"trader": {string(trader.ID)}}).status; got != http.StatusForbidden || may() {
				t.Errorf("%s grants: %d", name, got)
			}
		}
	})
}
