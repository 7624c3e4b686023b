package api

import (
	"context"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f face) mountTenders(api *web.API) {
	const tag = "Exchange: auctions and tenders"
	of := web.Faults(bidding.ErrUnknown, floor.ErrSeat)
	web.Query(api, "GET /v1/exchange/tenders", listTenders, web.Public(),
		web.Doc("List auctions and tenders, the youngest first. Go on before the last number.", tag), of)
	web.Query(api, "GET /v1/exchange/tenders/{id}", f.showTender, web.Public(),
		web.Doc("Show one as everybody may see it, or as an account of one's own may: its rank, its own bids, and after the end all of them.", tag), of)
	web.Query(api, "GET /v1/exchange/tenders/{id}/result", f.showResult, web.Public(),
		web.Doc("Show what was won, once it is decided.", tag), of, web.Faults(bidding.ErrStanding))
	web.Command(api, "POST /v1/exchange/tenders", announceTender, web.SignedIn(), web.Status(201),
		web.Doc("Announce an auction, a placement or a tender for an account. Its terms do not change any more.", tag),
		web.Faults(floor.ErrSeat, bidding.ErrInvalid, bidding.ErrFull, exchange.ErrUnknown, exchange.ErrStanding))
	web.Act(api, "POST /v1/exchange/tenders/{id}/guarantee", f.lodgeGuarantee, web.SignedIn(), web.Status(201),
		web.Doc("Lodge the guarantee of an account. It leaves what is free, and comes back when the account has not won.", tag), of,
		web.Faults(bidding.ErrFree, bidding.ErrSecured, bidding.ErrUnqualified, bidding.ErrStanding, bidding.ErrBarred, auction.ErrSelf, floor.ErrRefused, floor.ErrElsewhere, exchange.ErrUnknown, exchange.ErrStanding))
	web.Command(api, "POST /v1/exchange/tenders/{id}/bids", f.enterBid, web.SignedIn(), web.Status(201),
		web.Doc("Bid for an account. A bid for a lot has one price, one in a tender a price of each item with zero for what it leaves out, one at a falling clock a quantity only.", tag), of,
		web.Faults(bidding.ErrUnsecured, bidding.ErrUnqualified, bidding.ErrBarred, bidding.ErrFull, bidding.ErrNoSeal, bidding.ErrStanding, auction.ErrBid, auction.ErrLow, auction.ErrHigh,
			auction.ErrOwn, auction.ErrSelf, auction.ErrOver, auction.ErrNotBegun, auction.ErrSealed, auction.ErrBarred, auction.ErrTick, auction.ErrOverflow, auction.ErrMarket, exchange.ErrStanding))
	f.mountOffers(api)
	web.Command(api, "POST /v1/exchange/tenders/{id}/withdrawal", withdrawTender, web.SignedIn(),
		web.Doc("Withdraw a notice of one's own before the first bid. Guarantees go back.", tag), of,
		web.Faults(bidding.ErrStranger, bidding.ErrHasBids, bidding.ErrStanding, bidding.ErrReason))
	web.Command(api, "POST /v1/exchange/tenders/{id}/exclusions", f.excludeBidder, web.SignedIn(),
		web.Doc("Take a bidder out of a tender of one's own, until it is decided.", tag), of, web.Faults(bidding.ErrStranger, bidding.ErrStanding, bidding.ErrFull))
	web.Command(api, "POST /v1/exchange/tenders/{id}/fulfilments", fulfilTender, web.SignedIn(),
		web.Doc("Say that a contract was kept, of what was won of goods or works in words.", tag), of, web.Faults(bidding.ErrStranger, bidding.ErrStanding))
	web.Command(api, "POST /v1/office/exchange/tenders/{id}/breach", ofHouse(proposeBreach), web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that the winner has not kept a contract. Another person confirms it, and his guarantee goes to who announced.", "Office: exchange"),
		web.Faults(bidding.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
}

type tenderBreach struct {
	ID     bidding.NoticeID `path:"id" maxLength:"40"`
	Award  int64            `json:"award" minimum:"1"`
	Reason exchange.Reason  `json:"reason" minLength:"1" maxLength:"500"`
}

// proposeBreach proposes that a contract was broken.
func proposeBreach(tx *db.Tx, in tenderBreach) (proposalView, error) {
	if _, err := bidding.Get(tx, in.ID); err != nil {
		return proposalView{}, err
	}
	return viewProposal(exchange.Propose(tx, bidding.KindBreak, exchange.Subject(in.ID), bidding.Breach{Award: in.Award}, in.Reason))
}

// noticeView is what was announced. Prices are whole numbers in the smallest unit of the currency.
type noticeView struct {
	ID         bidding.NoticeID `json:"id"`
	Number     int64            `json:"number"`
	Code       string           `json:"code"`
	Kind       bidding.Kind     `json:"kind" enum:"english,dutch,sealed_first,sealed_second,tender,tender_two,placement"`
	State      bidding.State    `json:"state" enum:"announced,open,judging,second,decided,settled,failed,withdrawn"`
	Account    string           `json:"account" doc:"Who announced: in a tender he buys, in all others he sells."`
	Title      text.Localized   `json:"title"`
	Words      text.Localized   `json:"words,omitempty"`
	Instrument string           `json:"instrument,omitempty" doc:"What is traded; absent for goods and works in words."`
	Items      []tenderItemView `json:"items" nullable:"false"`
	Currency   money.Currency   `json:"currency"`
	Measure    measure.Unit     `json:"measure,omitempty"`
	Lot        int64            `json:"lot" doc:"How many countable parts of the instrument one of the quantity is."`
	Basis      string           `json:"basis,omitempty" doc:"By Incoterms 2020."`
	Place      string           `json:"place,omitempty"`
	Guarantee  int64            `json:"guarantee"`
	Opens      time.Time        `json:"opens"`
	Unseals    time.Time        `json:"unseals,omitzero"`
	Ends       time.Time        `json:"ends" doc:"As it stands now; bids may move it."`
	Best       int64            `json:"best,omitempty" doc:"The best price, where everybody may see it."`
	Terms      bidding.Terms    `json:"terms"`
	Class      exchange.Class   `json:"class,omitempty"`
	Closed     bool             `json:"closed,omitempty" doc:"It is for accounts that were invited."`
	Reason     string           `json:"reason,omitempty"`
}

// tenderItemView is one thing that is sold or asked for.
type tenderItemView struct {
	Name     text.Localized `json:"name,omitempty"`
	Quantity int64          `json:"quantity"`
	Ceiling  int64          `json:"ceiling,omitempty"`
}

func viewNotice(n bidding.Notice) noticeView {
	v := noticeView{
		ID: n.ID, Number: n.Number, Code: n.Code(), Kind: n.Kind, State: n.State, Account: n.Account, Title: n.Title, Words: n.Words, Instrument: n.Instrument,
		Items: make([]tenderItemView, len(n.Items)), Currency: n.Currency, Measure: n.Measure, Lot: n.Lot, Basis: string(n.Basis), Place: n.Place,
		Guarantee: n.Guarantee, Opens: n.Opens, Unseals: n.Unseals, Ends: n.Ends, Best: n.Best, Terms: n.Terms, Class: n.Class, Closed: len(n.Invited) > 0,
		Reason: n.Reason,
	}
	for i, item := range n.Items {
		v.Items[i] = tenderItemView(item)
	}
	return v
}

type tendersAsk struct {
	Kind   bidding.Kind  `query:"kind" enum:"english,dutch,sealed_first,sealed_second,tender,tender_two,placement"`
	State  bidding.State `query:"state" enum:"announced,open,second,decided,settled,failed,withdrawn"`
	Live   bool          `query:"live" doc:"Only those that are not decided."`
	Mine   string        `query:"mine" maxLength:"40" doc:"Only those that this account of yours has announced, secured or bid for."`
	Before int64         `query:"before" minimum:"0"`
	Limit  int           `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// listTenders lists notices.
func listTenders(tx *db.Tx, in tendersAsk) (web.List[noticeView], error) {
	page := web.List[noticeView]{Items: []noticeView{}}
	filter := bidding.Filter{Kind: in.Kind, State: in.State, Live: in.Live, Before: in.Before, Mine: in.Mine != ""}
	if in.Mine != "" {
		a, err := reached(tx, in.Mine)
		if err != nil {
			return page, err
		}
		filter.Accounts = []string{a.Code}
	}
	found, err := bidding.List(tx, filter, in.Limit)
	for _, n := range found {
		page.Items = append(page.Items, viewNotice(n))
	}
	return page, err
}

type tenderAsk struct {
	ID      bidding.NoticeID `path:"id" maxLength:"40"`
	Account string           `query:"account" maxLength:"40" doc:"As this account of yours sees it."`
}

// seenTenderView is a notice as somebody may see it now.
type seenTenderView struct {
	noticeView
	Announcer bool          `json:"announcer,omitempty"`
	Bidders   int           `json:"bidders" doc:"How many have bid, where that may be known."`
	Clock     int64         `json:"clock,omitempty" doc:"What a falling clock shows."`
	Left      int64         `json:"left,omitempty"`
	Least     int64         `json:"least,omitempty" doc:"The lowest next bid of an English auction."`
	Met       bool          `json:"met,omitempty" doc:"The seller would sell at the best price."`
	Ranks     []int         `json:"ranks,omitempty" doc:"Your ranks, for each item or for the whole; 0 for no part."`
	Bests     []int64       `json:"bests,omitempty"`
	Leads     bool          `json:"leads,omitempty"`
	Pledge    string        `json:"pledge,omitempty" enum:"held,released,drawn" doc:"Where your guarantee is."`
	History   []tenderSaid  `json:"history" nullable:"false"`
	Awards    []tenderAward `json:"awards" nullable:"false"`
	Offers    []tenderOffer `json:"offers,omitempty" doc:"Of a first stage that is judged: your own, and for who announced all of them once it is over."`
}

// tenderSaid is a bid as somebody may see it.
type tenderSaid struct {
	Number   int64     `json:"number"`
	At       time.Time `json:"at"`
	Bidder   int       `json:"bidder" doc:"The bidders are numbered as they came."`
	Account  string    `json:"account,omitempty" doc:"Of one's own bids, and for who announced."`
	Mine     bool      `json:"mine,omitempty"`
	Prices   []int64   `json:"prices,omitempty"`
	Quantity int64     `json:"quantity,omitempty"`
	Market   bool      `json:"market,omitempty"`
	Excluded bool      `json:"excluded,omitempty" doc:"No bid: the bidder was taken out."`
}

// tenderAward is what was won.
type tenderAward struct {
	Number   int64              `json:"number"`
	Item     int                `json:"item"`
	Buyer    string             `json:"buyer,omitempty" doc:"For both sides of it only."`
	Seller   string             `json:"seller,omitempty"`
	Price    int64              `json:"price"`
	Quantity int64              `json:"quantity"`
	Amount   int64              `json:"amount"`
	State    bidding.AwardState `json:"state" enum:"agreed,traded,refused,fulfilled,broken"`
	Reason   string             `json:"reason,omitempty"`
}

// look gives a notice as an account that whoever asks may look at sees it, or as everybody does.
func (f face) look(tx *db.Tx, in tenderAsk) (bidding.Seen, error) {
	if in.Account == "" {
		return bidding.Look(tx, f.Hammer.Keys(), in.ID, "")
	}
	a, err := reached(tx, in.Account)
	if err != nil {
		return bidding.Seen{}, err
	}
	return bidding.Look(tx, f.Hammer.Keys(), in.ID, a.Code)
}

// showTender shows a notice.
func (f face) showTender(tx *db.Tx, in tenderAsk) (seenTenderView, error) {
	s, err := f.look(tx, in)
	if err != nil {
		return seenTenderView{}, err
	}
	v := seenTenderView{
		noticeView: viewNotice(s.Notice), Announcer: s.Announcer, Bidders: s.Bidders, Clock: s.Price, Left: s.Left, Least: s.Least, Met: s.Met,
		Ranks: s.Ranks, Bests: s.Bests, Leads: s.Leads, History: make([]tenderSaid, len(s.History)), Awards: viewAwards(s),
	}
	v.State = s.Stage
	v.Offers = viewOffers(s.Offers)
	if s.Pledge != nil {
		v.Pledge = string(s.Pledge.State)
	}
	for i, b := range s.History {
		v.History[i] = tenderSaid{b.Number, b.At, b.Bidder, b.Account, b.Mine, b.Prices, b.Quantity, b.Market, b.Excluded}
	}
	return v, nil
}

func viewAwards(s bidding.Seen) []tenderAward {
	all := make([]tenderAward, len(s.Awards))
	for i, a := range s.Awards {
		all[i] = tenderAward{a.Number, a.Item, a.Buyer, a.Seller, a.Price, a.Quantity, s.Amount(a.Price, a.Quantity), a.State, a.Reason}
	}
	return all
}

// resultView is what a bidding has come to.
type resultView struct {
	State   bidding.State `json:"state" enum:"decided,settled,failed,withdrawn"`
	Decided time.Time     `json:"decided"`
	Awards  []tenderAward `json:"awards" nullable:"false"`
}

// showResult shows what was won.
func (f face) showResult(tx *db.Tx, in tenderAsk) (resultView, error) {
	s, err := f.look(tx, in)
	if err == nil && s.State.Live() {
		err = bidding.ErrStanding.About("%s is %s", in.ID, s.State)
	}
	return resultView{s.State, s.Decided, viewAwards(s)}, err
}

type noticeDraft struct {
	Account    string           `json:"account" minLength:"1" maxLength:"40"`
	Kind       bidding.Kind     `json:"kind" enum:"english,dutch,sealed_first,sealed_second,tender,tender_two,placement"`
	Instrument string           `json:"instrument,omitempty" maxLength:"40"`
	Title      text.Localized   `json:"title,omitempty"`
	Words      text.Localized   `json:"words,omitempty"`
	Items      []tenderItemView `json:"items" minItems:"1" maxItems:"20"`
	Currency   money.Currency   `json:"currency,omitempty" doc:"Of what is described in words."`
	Measure    measure.Unit     `json:"measure,omitempty" doc:"By UN/ECE Recommendation 20, of what is described in words."`
	Basis      string           `json:"basis,omitempty" maxLength:"3"`
	Place      string           `json:"place,omitempty" maxLength:"200"`
	Deliver    string           `json:"deliver,omitempty" maxLength:"10" doc:"A day."`
	Guarantee  int64            `json:"guarantee,omitempty" minimum:"0"`
	Opens      time.Time        `json:"opens"`
	Unseals    time.Time        `json:"unseals,omitzero" doc:"The end of the first of two stages."`
	Ends       time.Time        `json:"ends"`
	Terms      bidding.Terms    `json:"terms,omitzero" doc:"Times in microseconds, shares in millionths. With judging, the first of two stages takes offers without prices, which staff judges for so long."`
	Class      exchange.Class   `json:"class,omitempty" enum:"cautious,balanced,experienced"`
	Invited    []string         `json:"invited,omitempty" maxItems:"200"`
}

// announceTender announces for an account of one's own.
func announceTender(tx *db.Tx, in noticeDraft) (noticeView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return noticeView{}, err
	}
	n := bidding.Notice{
		Kind: in.Kind, Instrument: in.Instrument, Title: in.Title, Words: in.Words, Currency: in.Currency, Measure: in.Measure, Basis: exchange.Incoterm(in.Basis),
		Place: in.Place, Guarantee: in.Guarantee, Opens: in.Opens, Unseals: in.Unseals, Ends: in.Ends, Terms: in.Terms, Class: in.Class, Invited: in.Invited,
	}
	if in.Deliver != "" {
		if n.Deliver, err = span.Parse(in.Deliver); err != nil {
			return noticeView{}, bidding.ErrInvalid.Fields(fault.Found("/deliver", err))
		}
	}
	for _, item := range in.Items {
		n.Items = append(n.Items, bidding.Item(item))
	}
	n, err = bidding.Announce(tx, s.Holder, n)
	return viewNotice(n), err
}

type tenderAct struct {
	ID      bidding.NoticeID `path:"id" maxLength:"40"`
	Account string           `json:"account" minLength:"1" maxLength:"40"`
}

// guaranteeView says where a guarantee is.
type guaranteeView struct {
	State string `json:"state" enum:"done,running" doc:"One that is running goes on by itself."`
}

// lodgeGuarantee lodges the guarantee of an account, once.
func (f face) lodgeGuarantee(ctx context.Context, in tenderAct) (guaranteeView, error) {
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return guaranteeView{}, err
	}
	outcome, err := f.Hammer.Lodge(ctx, web.WhoFrom(ctx), floor.Lodging{Notice: in.ID, Account: s.Code})
	switch outcome {
	case saga.Failed:
		return guaranteeView{}, err
	case saga.Done:
		return guaranteeView{"done"}, nil
	}
	return guaranteeView{"running"}, nil
}

type bidDraft struct {
	tenderAct
	Prices   []int64 `json:"prices,omitempty" maxItems:"20"`
	Quantity int64   `json:"quantity,omitempty" minimum:"0"`
	Market   bool    `json:"market,omitempty" doc:"An order of a placement that names no price."`
}

// enterBid bids for an account.
func (f face) enterBid(tx *db.Tx, in bidDraft) (tenderSaid, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return tenderSaid{}, err
	}
	b, err := bidding.Enter(tx, f.Hammer.Keys(), in.ID, s.Holder, bidding.Bid{Prices: in.Prices, Quantity: in.Quantity, Market: in.Market})
	return tenderSaid{Number: b.Number, At: b.At, Account: b.Account, Mine: true, Prices: b.Prices, Quantity: b.Quantity, Market: b.Market}, err
}

type tenderWithdrawal struct {
	tenderAct
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Shown to everybody."`
}

// withdrawTender takes a notice back.
func withdrawTender(tx *db.Tx, in tenderWithdrawal) (noticeView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return noticeView{}, err
	}
	n, err := bidding.Withdraw(tx, in.ID, s.Code, in.Reason)
	return viewNotice(n), err
}

type tenderExclusion struct {
	tenderAct
	Bidder string `json:"bidder" minLength:"1" maxLength:"40" doc:"The account of the bidder."`
}

// excludeBidder takes a bidder out.
func (f face) excludeBidder(tx *db.Tx, in tenderExclusion) (noticeView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return noticeView{}, err
	}
	n, err := bidding.Exclude(tx, f.Hammer.Keys(), in.ID, s.Code, in.Bidder)
	return viewNotice(n), err
}

type tenderFulfilment struct {
	tenderAct
	Award int64 `json:"award" minimum:"1"`
}

// fulfilTender says that a contract was kept.
func fulfilTender(tx *db.Tx, in tenderFulfilment) (noticeView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return noticeView{}, err
	}
	n, err := bidding.Fulfil(tx, in.ID, s.Code, in.Award)
	return viewNotice(n), err
}
