package api

import (
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountOffers adds the first stage of tenders whose bidders are judged.
func (f face) mountOffers(api *web.API) {
	const tag, office = "Exchange: auctions and tenders", "Office: exchange"
	web.Command(api, "POST /v1/exchange/tenders/{id}/offers", f.bringOffer, web.SignedIn(), web.Status(201),
		web.Doc("Bring an offer without a price to the first stage of a tender whose bidders are judged, in the place of the last one of this account. It is sealed until that stage is over.", tag),
		web.Faults(bidding.ErrUnknown, floor.ErrSeat, bidding.ErrInvalid, bidding.ErrBarred, bidding.ErrFull, bidding.ErrNoSeal, bidding.ErrStanding, auction.ErrSelf, auction.ErrOver,
			auction.ErrNotBegun, exchange.ErrStanding))
	web.Query(api, "GET /v1/office/exchange/tenders", ofHouse(listJudgeable), web.Needs(scopeExchangeRead),
		web.Doc("List the tenders whose first stage is over and has offers, the youngest first.", office))
	web.Query(api, "GET /v1/office/exchange/tenders/{id}/offers", ofHouse(f.listOffers), web.Needs(scopeExchangeRead),
		web.Doc("List the offers of the first stage of a tender, once it is over.", office), web.Faults(bidding.ErrUnknown))
	web.Command(api, "POST /v1/office/exchange/tenders/{id}/verdicts", ofHouse(f.judgeOffer), web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Say whether a bidder may name prices in the second stage. An admission stands; a refusal needs a reason and can be turned into an admission.", office),
		web.Faults(bidding.ErrUnknown, bidding.ErrStanding, bidding.ErrJudged, bidding.ErrConcerned, bidding.ErrReason))
}

// tenderOffer is an offer of a first stage.
type tenderOffer struct {
	Account   string          `json:"account"`
	At        time.Time       `json:"at"`
	Words     string          `json:"words"`
	Documents []offerDocument `json:"documents,omitempty"`
	Verdict   bidding.Verdict `json:"verdict,omitempty" enum:"admitted,refused" doc:"Absent until it is judged."`
	Reason    string          `json:"reason,omitempty"`
	Judged    time.Time       `json:"judged,omitzero"`
}

// offerDocument is a paper that belongs to an offer.
type offerDocument struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	Link string `json:"link" minLength:"1" maxLength:"500" doc:"An address that begins with https."`
}

func viewOffers(offers []bidding.Offer) []tenderOffer {
	all := make([]tenderOffer, len(offers))
	for i, o := range offers {
		all[i] = tenderOffer{Account: o.Account, At: o.At, Words: o.Words, Verdict: o.Verdict, Reason: o.Reason, Judged: o.Judged}
		for _, d := range o.Documents {
			all[i].Documents = append(all[i].Documents, offerDocument(d))
		}
	}
	return all
}

type offerDraft struct {
	tenderAct
	Words     string          `json:"words" minLength:"1" maxLength:"5000" doc:"How you would do it, and what shows that you can."`
	Documents []offerDocument `json:"documents,omitempty" maxItems:"20"`
}

// bringOffer brings an offer for an account.
func (f face) bringOffer(tx *db.Tx, in offerDraft) (tenderOffer, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return tenderOffer{}, err
	}
	o := bidding.Offer{Words: in.Words}
	for _, d := range in.Documents {
		o.Documents = append(o.Documents, bidding.Document(d))
	}
	o, err = bidding.Bring(tx, f.Hammer.Keys(), in.ID, s.Holder, o)
	return viewOffers([]bidding.Offer{o})[0], err
}

// judgeableView is a tender with offers.
type judgeableView struct {
	noticeView
	Offers  int64 `json:"offers"`
	Waiting int64 `json:"waiting" doc:"How many of them wait for a verdict."`
}

// listJudgeable lists the tenders that have offers.
func listJudgeable(tx *db.Tx, _ struct{}) (web.List[judgeableView], error) {
	found, err := bidding.Judgeable(tx)
	page := web.List[judgeableView]{Items: make([]judgeableView, len(found))}
	for i, w := range found {
		page.Items[i] = judgeableView{viewNotice(w.Notice), w.Offers, w.Waiting}
		page.Items[i].State = w.StageAt(tx.Now())
	}
	return page, err
}

type tenderOffersAsk struct {
	ID bidding.NoticeID `path:"id" maxLength:"40"`
}

// listOffers lists the offers of a tender.
func (f face) listOffers(tx *db.Tx, in tenderOffersAsk) (web.List[tenderOffer], error) {
	page := web.List[tenderOffer]{Items: []tenderOffer{}}
	n, err := bidding.Get(tx, in.ID)
	if err != nil {
		return page, err
	}
	offers, err := bidding.Offers(tx, f.Hammer.Keys(), n)
	page.Items = viewOffers(offers)
	return page, err
}

type offerVerdict struct {
	ID      bidding.NoticeID `path:"id" maxLength:"40"`
	Bidder  string           `json:"bidder" minLength:"1" maxLength:"40" doc:"The account of the bidder."`
	Verdict bidding.Verdict  `json:"verdict" enum:"admitted,refused"`
	Reason  string           `json:"reason,omitempty" maxLength:"500" doc:"The bidder reads it."`
}

// judgeOffer judges an offer, and gives all of them.
func (f face) judgeOffer(tx *db.Tx, in offerVerdict) (web.List[tenderOffer], error) {
	if err := bidding.Judge(tx, in.ID, in.Bidder, in.Verdict, in.Reason); err != nil {
		return web.List[tenderOffer]{Items: []tenderOffer{}}, err
	}
	return f.listOffers(tx, tenderOffersAsk{in.ID})
}
