package office

import (
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountSettings(site *web.Site) {
	web.Page(site, "GET /office/settings", f.settings, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/settings/name", f.renameSeller, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/settings/regime", f.changeRegime, web.Needs(ScopeHouseWrite))
}

// regimes are those that a seller of a country can choose, by the beginning of their names.
var regimes = []seller.Regime{
	seller.KZVAT, seller.KZSimplified, seller.KZSelfEmployed, seller.KZFarm, seller.UZVAT, seller.UZTurnover, seller.USSales,
}

// settings shows who the seller is.
func (f face) settings(tx *db.Tx, _ struct{}) (web.View, error) {
	s, err := seller.Get(tx, sellerOf(tx))
	today := span.DayOf(tx.Now(), span.Almaty)
	return settingsPage(f.page("settings", t(tx.Context(), "nav.settings")), s, today, f.Pieces), err
}

type sellerForm struct{ web.Typed }

// renameSeller gives the seller another name.
func (f face) renameSeller(tx *db.Tx, in sellerForm) (web.Then, error) {
	_, err := seller.Rename(tx, sellerOf(tx), readLocalized(in.Values, "name"))
	return see("settings", "saved"), err
}

type regimeForm struct {
	Regime seller.Regime `json:"regime" maxLength:"40"`
	From   span.Day      `json:"from"`
}

// changeRegime has the seller taxed in another way from a day on.
func (f face) changeRegime(tx *db.Tx, in regimeForm) (web.Then, error) {
	_, err := seller.ChangeRegime(tx, sellerOf(tx), seller.RegimeFrom{Regime: in.Regime, From: in.From})
	return see("settings", "saved"), err
}
