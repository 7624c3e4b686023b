package office

import (
	"net/url"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/order"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountPieces(site *web.Site) {
	if f.Pieces {
		web.Page(site, "GET /office/components", f.components, web.Needs(ScopeHouseRead))
	}
}

// moods are the colours of what is said.
var moods = []string{"good", "warn", "bad"}

// components shows every piece of the office in all its states, for whoever builds pages of it.
func (f face) components(tx *db.Tx, _ struct{}) (web.View, error) {
	today := span.DayOf(tx.Now(), span.Almaty)
	hours := make([]order.Hour, 0, 2*weekDays)
	for i := range 2 * weekDays { // Made up: a week that grows, beside one that did not.
		at := today.AddDays(-i).Start(span.Almaty)
		hours = append(hours, order.Hour{At: at, Early: true, Orders: int64(3 + i%4), Total: money.Of(int64(1_500_000+(2*weekDays-i)*190_000+i%3*400_000), f.Currency)})
	}
	filled := form{
		Values: url.Values{"right": {"4870000000017"}, "wrong": {"487"}, "stale": {"1990"}},
		Wrong:  map[string]string{"wrong": t(tx.Context(), "pieces.wrong")}, Now: url.Values{"right": {"4870000000017"}, "wrong": {"487"}, "stale": {"2190"}},
	}
	return componentsPage(f.page("settings", t(tx.Context(), "pieces.title")), filled, tradeOf(hours, tx.Now(), f.Currency)), nil
}

// shownStates are the states of shipments as badges show them.
func shownStates() []shipping.State { return shipping.States() }
