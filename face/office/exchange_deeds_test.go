package office_test

import (
	"net/http"
	"sauda/app/apptest"
	"strings"
	"testing"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/identity"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// TestAMemberIsStopped: at once by one person, so that its traders are refused; two let it trade again. A limit is tightened by
// one and widened by two, and a grant is taken back.
func TestAMemberIsStopped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		m := h.OpenMarket(t)
		h.at(t, 1, 9, 45)
		page := h.get(t, admin, "/office/exchange/members")
		page.has("tbody tr", "Broker", "4.2.1/1", "2")
		page = h.get(t, admin, page.attr("tbody a", "href"))
		page.has("main", "T000001", "A00000001")
		page = h.submit(t, admin, page, `form[action$="/stop"]`, "reason", "It does not answer.")
		page.has(".facts .badge", "Suspended")
		page.has("#past + .trail", "It does not answer.")
		h.Settled(t)
		seat := floor.Seat{Account: m.Accounts[0].Number, Trader: m.Traders[0].Number, Member: m.Member.Number, Code: m.Accounts[0].Code}
		ask := floor.Ask{Instrument: m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 10}
		if _, err := h.Floor.Enter(t.Context(), seat, ask); err == nil {
			t.Error("a member that is stopped trades")
		}
		h.submit(t, admin, page, `form[action$="/proposal"]`, "kind", "resume", "reason", "It answers.").has(".proposal", "Broker: the suspension is lifted")
		h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		h.Settled(t)
		ask.Client = "s2"
		h.enter(t, h.Seat(t, m, 0), ask)

		account := "/office/exchange/parties/" + string(m.Accounts[1].ID)
		limit := `form[action$="/limit"]`
		page = h.submit(t, admin, h.get(t, admin, account), limit, "what", "open_orders", "most", "5", "reason", "It is new.")
		page.has("#limits + .rows", "Orders that rest at a time", "5")
		h.submit(t, admin, page, limit, "what", "open_orders", "most", "7", "reason", "It behaves.").has(".proposal", "Orders that rest at a time: 7")
		h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		page = h.get(t, admin, account)
		page.has("#limits + .rows", "7")
		for _, row := range page.all("#traders + .rows li") {
			if strings.Contains(words(row), "Take the grant back") {
				h.post(t, admin, account+"/grants", "trader", string(m.Traders[1].ID), "ends", "true").has("[role=status]", "May not trade")
			}
		}
		if s := h.get(t, admin, account).text("#traders + .rows"); strings.Contains(s, "Take the grant back") {
			t.Errorf("the grant stands: %s", s)
		}
	})
}

// TestAnInvestorIsAdmitted: his answers stand beside the questions, one person proposes and another confirms, and he has an
// account; another one is refused with a reason.
func TestAnInvestorIsAdmitted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		m := h.OpenMarket(t)
		h.get(t, admin, "/office/exchange/applications").has("main .state", "Nobody waits")
		first := fileApplication(t, h, m.Member.ID, "asel@example.kz", "Әсел")
		other := fileApplication(t, h, m.Member.ID, "bolat@example.kz", "Болат")
		page := h.get(t, admin, "/office/exchange/applications")
		page.has("tbody tr", "Әсел", "10", "Experienced")
		page = h.get(t, admin, "/office/exchange/applications/"+first)
		page.has("#answers + h3", "What is a share?")
		page.has("#answers ~ .plain", "A part of a company", "points: 10")
		h.submit(t, admin, page, `form[action$="/admission"]`, "reason", "All is in order.").has(".proposal", "Әсел: becomes an investor")
		page = h.get(t, second, "/office/exchange/applications/"+first)
		page.has(".note.warn", "Admin")
		page.lacks(`form[action$="/admission"]`)
		h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		h.get(t, admin, "/office/exchange/applications/"+first).has(".facts .badge", "Admitted")
		h.submit(t, admin, h.get(t, admin, "/office/exchange/applications/"+other), `form[action$="/refusal"]`, "reason", "The document cannot be read.").has("[role=status]", "Refused")
		h.get(t, admin, "/office/exchange/applications/"+other).has("main", "The document cannot be read.")
	})
}

// fileApplication makes a buyer known who wants to become an investor.
func fileApplication(t *testing.T, h *house, member exchange.MemberID, email, name string) (id string) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		said := func(s string) text.Localized { return text.Localized{"kk": s, "ru": s, "en": s} }
		err := exchange.Publish(tx, exchange.Questionnaire{Code: "FIRST", Balanced: 5, Experienced: 10, Questions: []exchange.Question{{
			Code: "share", Text: said("What is a share?"), Choices: []exchange.Choice{
				{Code: "part", Text: said("A part of a company"), Score: 10}, {Code: "loan", Text: said("A loan"), Score: 0},
			},
		}}})
		if err != nil {
			return err
		}
		u, err := identity.Register(tx, identity.Registration{Email: email, Name: name, Lang: "kk", Hash: "none"})
		if err != nil {
			return err
		}
		a, err := exchange.File(tx, exchange.Application{Party: string(u.Party), Member: member, TaxNumber: "990101300003", Questionnaire: "FIRST",
			Answers: exchange.Answers{"share": {"part"}}, Documents: []string{"att_1"}})
		id = string(a.ID)
		return err
	})
	return id
}

// TestADayIsSettled: a trade stands on the day of clearing, a settlement shows what it would move before it does, the files have
// the trade, the books keep their rules, and what is brought in stands in the statement.
func TestADayIsSettled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		m := h.OpenMarket(t)
		h.at(t, 1, 9, 45)
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 300})
		h.enter(t, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		h.at(t, 0, 10, 5)
		h.at(t, 0, 10, 10)
		h.at(t, 0, 10, 11)
		day := span.DayOf(h.Clock.Now(), span.Almaty)
		page := h.get(t, admin, "/office/exchange/clearing")
		page.has("#trades + .wide tbody tr", m.Share.Code, "100", "A00000002", "A00000001", "auction")
		page.has("#open + .wide tbody tr", "Waits", "100")
		file := h.send(t, admin, "GET", "/office/exchange/trades.csv?day="+day.String(), nil)
		if file.status != http.StatusOK || strings.Count(file.body, "\n") != 2 {
			t.Errorf("the file of trades: %d %s", file.status, file.body)
		}
		page = h.get(t, admin, "/office/exchange/clearing/settlement?day="+day.AddDays(2).String())
		page.has("tbody", "A00000001", "A00000002", "₸100,000")
		run := h.trySubmit(t, admin, page, `form[action$="/settlement"]`, "last", "true")
		if run.status != http.StatusOK {
			t.Fatalf("the settlement: %d %s", run.status, run.text("main"))
		}
		run.has("[role=status]", "in whole or part: 1")
		h.get(t, admin, "/office/exchange/clearing/settlement?day="+day.AddDays(2).String()).has("main .state", "Nothing is due")
		h.get(t, admin, "/office/exchange/clearing/reconciliation").has(".note.good", "All rules")

		page = h.get(t, admin, "/office/exchange/clearing")
		deposit := `form[action$="/deposits"]`
		if s := h.trySubmit(t, admin, page, deposit, "account", "A00000001", "asset", m.Share.Asset.Code, "amount", "1.5", "ref", "p0"); s.status < 400 {
			t.Errorf("a part of a share is brought in: %d", s.status)
		}
		if s := h.trySubmit(t, admin, page, deposit, "account", "A00000001", "asset", "USB", "amount", "10", "ref", "p0"); s.status != http.StatusNotFound {
			t.Errorf("an asset that nobody knows is entered: %d", s.status)
		}
		h.submit(t, admin, page, deposit, "account", "A00000001", "asset", "KZT", "amount", "1 500,50", "ref", "p1")
		h.get(t, admin, "/office/exchange/parties/"+string(m.Accounts[0].ID)).has("#statement ~ table", "₸101,400.50") // 100,000 for the shares, less the fee of 100, and 1,500.50.
	})
}

// outside brings a market to a closing auction whose price is outside of its collar.
func (h *house) outside(t *testing.T) apptest.Exchange {
	t.Helper()
	m := h.OpenMarket(t)
	meet := func(client string, price int64) {
		h.enter(t, h.Seat(t, m, 0), floor.Ask{Instrument: m.Share.Code, Client: "s" + client, Side: book.Sell, Price: price, Quantity: 100})
		h.enter(t, h.Seat(t, m, 1), floor.Ask{Instrument: m.Share.Code, Client: "b" + client, Price: price, Quantity: 100})
	}
	h.at(t, 1, 9, 45)
	meet("1", 1000_00)
	for _, minute := range []int{5, 10, 11} {
		h.at(t, 0, 10, minute)
	}
	h.at(t, 0, 17, 0)
	meet("2", 1500_00)
	h.at(t, 0, 17, 10)
	h.at(t, 0, 17, 11)
	return m
}

// TestAPriceIsAccepted: the price of a closing auction outside of its collar leads to a call, which two people end by taking it;
// proposed again afterwards it is too late.
func TestAPriceIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, second := h.AdminToken(t), h.second(t)
		h.outside(t)
		page := h.get(t, admin, "/office/exchange")
		page.has("tbody tr", "Volatility auction", "outside of its collar", "₸1,000")
		h.submit(t, admin, page, `form[action$="/acceptance"]`, "reason", "The news explains it.").has(".proposal", "BOLAT/SH REG: the auction ends now")
		page = h.submitEmpty(t, second, h.get(t, second, "/office/exchange/proposals"), `form[action$="/confirmation"]`)
		page.has("[role=status]", "Confirmed.")
		page.has("tbody tr", "Trading at the closing price", "₸1,500")
		page.lacks(`form[action$="/acceptance"]`)
	})
}

// TestADecisionComesTooLate: what the market does not take any more is confirmed in vain, and the page says so.
func TestADecisionComesTooLate(t *testing.T) {
	h := open(t, db.SQLite)
	admin, second := h.AdminToken(t), h.second(t)
	m := h.outside(t)
	h.submit(t, admin, h.get(t, admin, "/office/exchange"), `form[action$="/acceptance"]`, "reason", "The news explains it.")
	if err := h.Floor.Accept(t.Context(), m.Share.Number, floor.Acceptance{Auction: auction.Closing}); err != nil {
		t.Fatal(err)
	}
	page := h.get(t, second, "/office/exchange/proposals")
	h.submitEmpty(t, second, page, `form[action$="/confirmation"]`).has("[role=status]", "the market did not take it")
	if s := h.send(t, second, "POST", page.attr(`form[action$="/confirmation"]`, "action"), nil); s.status != http.StatusConflict {
		t.Errorf("confirmed twice: %d", s.status)
	}
}
