package office_test

import "sauda/app/apptest"

// exchangeForms are where forms of the exchange are sent, about a market.
func exchangeForms(m apptest.Market) []string {
	share := "/office/exchange/instruments/" + string(m.Share.ID)
	return []string{
		share + "/halt", share + "/resumption", share + "/acceptance", "/office/exchange/proposals/prp_1/confirmation",
		"/office/exchange/proposals/prp_1/refusal", "/office/exchange/proposals/prp_1/withdrawal",
	}
}

// exchangeBudgets are how many statements pages may take.
var exchangeBudgets = map[string]int{"/office/exchange": 5, "/office/exchange/proposals": 4}
