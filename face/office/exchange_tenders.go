package office

import (
	"sauda/core/exchange/bidding"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountTenders(site *web.Site) {
	web.Page(site, "GET /office/exchange/tenders", f.judgeable, web.Needs(ScopeExchangeRead))
	web.Page(site, "GET /office/exchange/tenders/{id}", f.offers, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/tenders/{id}/verdicts", f.judgeOffer, web.Needs(ScopeExchangeDecide))
}

// judgeableRow is a tender with offers, as it stands.
type judgeableRow struct {
	bidding.Waiting
	Stage bidding.State
}

// judgeable lists the tenders whose bidders are judged before they name prices.
func (f face) judgeable(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.tenders"))
	if err != nil {
		return nil, err
	}
	found, err := bidding.Judgeable(tx)
	rows := make([]judgeableRow, len(found))
	for i, w := range found {
		rows[i] = judgeableRow{w, w.StageAt(tx.Now())}
	}
	return judgeablePage(p, rows), err
}

type offersAsk struct {
	ID bidding.NoticeID `path:"id" maxLength:"40"`
}

// offersView are the offers of a tender.
type offersView struct {
	bidding.Notice
	Stage  bidding.State
	Offers []bidding.Offer
	Judges bool // Judges says that verdicts are still possible.
}

// offers shows what was brought to the first stage of a tender, and who may judge it judges.
func (f face) offers(tx *db.Tx, in offersAsk) (web.View, error) {
	n, err := bidding.Get(tx, in.ID)
	if err != nil {
		return nil, err
	}
	p, err := f.exchangePage(tx.Context(), n.Code()+" · "+n.Title.In(lang(tx.Context())))
	if err != nil {
		return nil, err
	}
	v := offersView{Notice: n, Stage: n.StageAt(tx.Now()), Judges: n.State.Live() && !tx.Now().Before(n.Unseals) && tx.Now().Before(n.Ends)}
	v.Offers, err = bidding.Offers(tx, f.Keys, n)
	return offersPage(p, v), err
}

type verdictForm struct {
	ID      bidding.NoticeID `path:"id" maxLength:"40"`
	Bidder  string           `json:"bidder" maxLength:"40"`
	Verdict bidding.Verdict  `json:"verdict" enum:"admitted,refused"`
	Reason  string           `json:"reason,omitempty" maxLength:"500"`
}

// judgeOffer says whether a bidder may name prices.
func (f face) judgeOffer(tx *db.Tx, in verdictForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("exchange/tenders/"+string(in.ID), "judged"), bidding.Judge(tx, in.ID, in.Bidder, in.Verdict, in.Reason)
}
