package terminal

import (
	"slices"

	"sauda/core/exchange"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountActing(site *web.Site) {
	web.Page(site, "GET /exchange/accounts/{account}", f.acting, web.SignedIn())
	web.Form(site, "POST /exchange/accounts/{account}/grants", f.grant, web.SignedIn())
}

type actingAsk struct {
	Account string `path:"account" maxLength:"40"`
	Done    string `query:"done" maxLength:"20"`
}

// actingDones are what the page can say that was done.
var actingDones = []string{"granted", "taken_back"}

// actingView shows who may act for the owner of an account.
type actingView struct {
	page
	Account exchange.Account
	Member  exchange.Member
	Traders []exchange.TraderFor
	Names   map[string]string
}

// acting shows the owner of an account who may trade on it: the traders of the member who keeps it. To everybody else the account
// is not there.
func (f *face) acting(tx *db.Tx, in actingAsk) (web.View, error) {
	v := actingView{page: f.page(tx.Context(), "portfolio", t(tx.Context(), "acting")), Names: map[string]string{}}
	if slices.Contains(actingDones, in.Done) {
		v.Done = t(tx.Context(), "acting.done."+in.Done)
	}
	var err error
	if v.Account, err = exchange.AccountFor(tx, tx.Who().Party, in.Account); err != nil {
		return nil, err
	}
	if v.Member, err = exchange.GetMember(tx, string(v.Account.Member)); err != nil {
		return nil, err
	}
	if v.Traders, err = exchange.TradersFor(tx, v.Account); err != nil {
		return nil, err
	}
	v.Traders = slices.DeleteFunc(v.Traders, func(one exchange.TraderFor) bool { return !one.Granted && one.State != exchange.StateActive })
	ids := make([]identity.UserID, len(v.Traders))
	for n, one := range v.Traders {
		ids[n] = identity.UserID(one.User)
	}
	users, err := identity.Users(tx, ids)
	for id, u := range users {
		v.Names[string(id)] = u.Name
	}
	return actingPage(v), err
}

type actingForm struct {
	Account string            `path:"account" maxLength:"40"`
	Trader  exchange.TraderID `json:"trader" maxLength:"60"`
	Ends    bool              `json:"ends,omitempty"`
}

// grant lets a trader act for the owner of an account, or no more. Only the owner may; the trader is one of the member who keeps it.
func (f *face) grant(tx *db.Tx, in actingForm) (web.Then, error) {
	a, err := exchange.AccountFor(tx, tx.Who().Party, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	page := "/exchange/accounts/" + a.Code + "?done="
	if in.Ends {
		return web.See(page + "taken_back"), exchange.Withdraw(tx, in.Trader, a.ID)
	}
	return web.See(page + "granted"), exchange.Grant(tx, in.Trader, a.ID)
}
