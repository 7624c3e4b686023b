package office_test

import (
	"testing"

	"sauda/app/apptest"
)

// exchangePages are all pages of the exchange that need nothing in them.
var exchangePages = []string{
	"/office/exchange", "/office/exchange/proposals", "/office/exchange/instruments", "/office/exchange/members",
	"/office/exchange/applications", "/office/exchange/trades", "/office/exchange/clearing", "/office/exchange/clearing/settlement",
	"/office/exchange/clearing/reconciliation", "/office/exchange/investors", "/office/exchange/notices", "/office/exchange/payouts", "/office/exchange/tenders", "/office/exchange/tables", "/office/exchange/trades.csv?day=2027-01-01",
}

// exchangePagesOf are those about what is in a market.
func exchangePagesOf(m apptest.Exchange) []string {
	return append([]string{
		"/office/exchange/instruments/" + string(m.Share.ID), "/office/exchange/parties/" + string(m.Member.ID),
		"/office/exchange/parties/" + string(m.Traders[0].ID), "/office/exchange/parties/" + string(m.Accounts[0].ID),
		"/office/exchange/parties/" + string(m.Member.ID) + "/default",
	}, exchangePages...)
}

// exchangeForms are where forms of the exchange are sent, about a market.
func exchangeForms(m apptest.Exchange) []string {
	share := "/office/exchange/instruments/" + string(m.Share.ID)
	member := "/office/exchange/parties/" + string(m.Member.ID)
	return []string{
		share + "/halt", share + "/resumption", share + "/acceptance", share + "/listing", "/office/exchange/proposals/prp_1/confirmation",
		"/office/exchange/proposals/prp_1/refusal", "/office/exchange/proposals/prp_1/withdrawal",
		member + "/stop", member + "/licence", member + "/parts", share + "/terms", "/office/exchange/instruments", "/office/exchange/tables/ticks", "/office/exchange/tables/calendars", "/office/exchange/tables/schedules",
		member + "/default", member + "/fund", member + "/proposal", member + "/limit", member + "/traders", member + "/accounts",
		"/office/exchange/parties/" + string(m.Accounts[0].ID) + "/grants", "/office/exchange/applications/app_1/admission",
		"/office/exchange/applications/app_1/refusal", "/office/exchange/clearing/settlement", "/office/exchange/clearing/deposits", "/office/exchange/trades/1/bust",
		"/office/exchange/calendars/DAILY/announcements", "/office/exchange/members", "/office/exchange/applications/app_1/question",
		"/office/exchange/notices", "/office/exchange/notices/prp_1/end", share + "/fix",
		"/office/exchange/payouts/approval", "/office/exchange/payouts/refusal", "/office/exchange/tenders/btn_1/verdicts",
	}
}

// exchangeFields fill every form of the exchange, so that what refuses one is who sends it.
var exchangeFields = values("reason", "x", "what", "order_value", "most", "1", "kind", "end", "email", "x@example.kz", "trader", "trd_1",
	"day", "2027-01-01", "account", "A1", "asset", "KZT", "amount", "1", "ref", "1", "sort", "off", "code", "ONE", "bin", "960440000151", "name_kk", "x", "name_ru", "x", "licence", "1", "from", "2027-01-01", "to", "2028-01-01",
	"payer", "A1", "record", "2027-01-01", "pay", "2027-01-01", "instrument", "ins_1", "price", "1", "id", "out:A1:1", "bidder", "A1", "verdict", "admitted")

// TestTheExchangeAsksLittle: its pages take a number of statements that does not grow.
func TestTheExchangeAsksLittle(t *testing.T) {
	h := open(t, "sqlite")
	m := h.OpenMarket(t)
	h.at(t, 1, 9, 45)
	admin := h.AdminToken(t)
	budgets := map[string]int{
		"/office/exchange": 4, "/office/exchange/proposals": 2, "/office/exchange/instruments": 3, "/office/exchange/members": 3,
		"/office/exchange/applications": 2, "/office/exchange/clearing": 3, "/office/exchange/clearing/settlement": 1,
		"/office/exchange/notices": 4, "/office/exchange/payouts": 2, "/office/exchange/tenders": 2,
	}
	for _, path := range exchangePagesOf(m) {
		most := 12
		if given, is := budgets[path]; is {
			most = given
		}
		if n := h.Statements(func() { h.get(t, admin, path) }); n > most {
			t.Errorf("%s takes %d statements, %d at most", path, n, most)
		}
	}
}
