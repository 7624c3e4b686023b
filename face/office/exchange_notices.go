package office

import (
	"encoding/json"
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountNotices(site *web.Site) {
	web.Page(site, "GET /office/exchange/notices", f.notices, web.Needs(ScopeExchangeRead))
	web.Page(site, "GET /office/exchange/notices/{ref}", f.notice, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/notices", f.proposeNotice, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/notices/{ref}/end", f.proposeCallOff, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/instruments/{id}/fix", f.proposeFix, web.Needs(ScopeExchangeDecide))
}

// noticeKinds are what issuers announce.
var noticeKinds = []clearing.ActionKind{clearing.Dividend, clearing.Coupon, clearing.Splitting}

// noticesBack is how many days the list of notices goes back.
const noticesBack = 366

// noticeRow is a notice with the instrument that it is about.
type noticeRow struct {
	clearing.Notice
	Instrument exchange.Instrument
}

// noticesView is what issuers have announced, and for whom they can.
type noticesView struct {
	Rows       []noticeRow
	Securities []exchange.Instrument
	Today      span.Day
}

// notices lists what issuers have announced, the last one first.
func (f face) notices(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.notices"))
	if err != nil {
		return nil, err
	}
	v := noticesView{Today: span.DayOf(tx.Now(), span.Almaty)}
	all, err := clearing.NoticesSince(tx, v.Today.AddDays(-noticesBack))
	if err != nil {
		return nil, err
	}
	of, err := f.securities(tx)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		i := slices.IndexFunc(of, func(i exchange.Instrument) bool { return i.Asset.Code == n.Asset })
		row := noticeRow{Notice: n}
		if i >= 0 {
			row.Instrument = of[i]
		}
		v.Rows = append(v.Rows, row)
	}
	v.Securities = slices.DeleteFunc(of, func(i exchange.Instrument) bool { return i.State == exchange.StateDelisted })
	return noticesPage(p, v), nil
}

// securities gives the securities that were ever listed.
func (f face) securities(tx *db.Tx) ([]exchange.Instrument, error) {
	all, err := exchange.Instruments(tx, exchange.StateListed, exchange.StateSuspended, exchange.StateDelisted)
	return slices.DeleteFunc(all, func(i exchange.Instrument) bool { return !i.Kind.Security() }), err
}

type noticeAsk struct {
	Ref string `path:"ref" maxLength:"60"`
}

// noticeView is one notice with who gets something of it.
type noticeView struct {
	noticeRow
	Entitled []clearing.Entitlement
	Total    int64
	Ex       span.Day // Ex is the first day on which who buys is not entitled any more; zero where nobody knows.
}

// entitledShown is how many who are entitled a page shows.
const entitledShown = 500

// notice shows one notice and, as things stand, who is entitled.
func (f face) notice(tx *db.Tx, in noticeAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	n, err := clearing.GetNotice(tx, in.Ref)
	if err != nil {
		return nil, err
	}
	v := noticeView{noticeRow: noticeRow{Notice: n}}
	if v.Instrument, err = exchange.GetInstrument(tx, n.Asset); err != nil {
		return nil, err
	}
	if _, c, err := exchange.ScheduleOn(tx, v.Instrument.Terms.Group, n.Record); err == nil {
		v.Ex, _ = v.Instrument.ExDay(c, n.Record) // Without one, the page says nothing of it.
	}
	if v.Entitled, err = clearing.Entitlements(tx, n); err != nil {
		return nil, err
	}
	for _, e := range v.Entitled {
		v.Total += e.Amount
	}
	v.Entitled = v.Entitled[:min(len(v.Entitled), entitledShown)]
	p, err := f.exchangePage(tx.Context(), instrumentName(tx.Context(), v.Instrument))
	return noticePage(p, v), err
}

type noticeForm struct {
	Instrument exchange.InstrumentID `json:"instrument" maxLength:"60"`
	Kind       clearing.ActionKind   `json:"kind" maxLength:"10"`
	Amount     string                `json:"amount" maxLength:"30"`
	New        int64                 `json:"new,omitempty" minimum:"0" maximum:"1000000"`
	Old        int64                 `json:"old,omitempty" minimum:"0" maximum:"1000000"`
	Payer      string                `json:"payer" maxLength:"40"`
	Record     string                `json:"record" maxLength:"10"`
	Pay        string                `json:"pay,omitempty" maxLength:"10"`
	Reason     exchange.Reason       `json:"reason" maxLength:"500"`
}

// read makes a notice of a form.
func (in noticeForm) read(tx *db.Tx) (clearing.Notice, error) {
	i, err := exchange.GetInstrument(tx, string(in.Instrument))
	if err != nil {
		return clearing.Notice{}, err
	}
	if _, err := exchange.GetAccount(tx, in.Payer); err != nil {
		return clearing.Notice{}, err
	}
	amount, err := money.Parse(plainNumber(in.Amount), i.Currency)
	if err != nil {
		return clearing.Notice{}, err
	}
	n := clearing.Notice{Kind: in.Kind, Asset: i.Asset.Code, Currency: string(i.Currency), Amount: amount.Minor, Per: 1, Payer: in.Payer}
	if n.Record, err = span.Parse(in.Record); err != nil {
		return clearing.Notice{}, err
	}
	n.Pay = n.Record
	if in.Kind == clearing.Splitting {
		n.New, n.Old = in.New, in.Old
		return n, nil
	}
	n.Pay, err = span.Parse(in.Pay)
	return n, err
}

// proposeNotice asks another person to announce what an issuer will do. What could not be announced now is refused at once.
func (f face) proposeNotice(tx *db.Tx, in noticeForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	n, err := in.read(tx)
	if err != nil {
		return web.Then{}, err
	}
	if err := n.Fits(span.DayOf(tx.Now(), span.Almaty)); err != nil {
		return web.Then{}, err
	}
	return propose(tx, proposalForm{Kind: floor.KindNotice, Subject: exchange.Subject(in.Instrument), Reason: in.Reason}, n)
}

type noticeEndForm struct {
	Ref    string          `path:"ref" maxLength:"60"`
	Reason exchange.Reason `json:"reason" maxLength:"500"`
}

// proposeCallOff asks another person to call off what was announced.
func (f face) proposeCallOff(tx *db.Tx, in noticeEndForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	n, err := clearing.GetNotice(tx, in.Ref)
	if err != nil {
		return web.Then{}, err
	}
	if n.State != clearing.NoticeAnnounced {
		return web.Then{}, clearing.ErrUnderWay.About("%s is %s", n.Ref, n.State)
	}
	i, err := exchange.GetInstrument(tx, n.Asset)
	if err != nil {
		return web.Then{}, err
	}
	return propose(tx, proposalForm{Kind: floor.KindCallOff, Subject: exchange.Subject(i.ID), Reason: in.Reason}, floor.CallingOff{Ref: n.Ref})
}

type fixForm struct {
	ID     exchange.InstrumentID `path:"id" maxLength:"60"`
	Price  string                `json:"price" maxLength:"30"`
	Reason exchange.Reason       `json:"reason" maxLength:"500"`
}

// proposeFix asks another person to set the settlement price of a forward.
func (f face) proposeFix(tx *db.Tx, in fixForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	i, err := exchange.GetInstrument(tx, string(in.ID))
	if err != nil {
		return web.Then{}, err
	}
	price, err := money.Parse(plainNumber(in.Price), i.Currency)
	if err != nil {
		return web.Then{}, err
	}
	if err := floor.CheckFix(tx, i, floor.Fix{Price: price.Minor}); err != nil {
		return web.Then{}, err
	}
	return propose(tx, proposalForm{Kind: floor.KindFix, Subject: exchange.Subject(i.ID), Reason: in.Reason}, floor.Fix{Price: price.Minor})
}

// foretellCycle says what a proposal about the life of an instrument would do; empty for any other.
func foretellCycle(tx *db.Tx, p exchange.Proposal, name string, i *exchange.Instrument) (string, error) {
	ctx := tx.Context()
	if i == nil {
		return "", nil
	}
	switch p.Kind {
	case floor.KindNotice:
		var n clearing.Notice
		if err := json.Unmarshal(p.Body, &n); err != nil {
			return "", err
		}
		if n.Kind == clearing.Splitting {
			return t(ctx, "exchange.will.split", "what", name, "new", n.New, "old", n.Old, "day", date(ctx, n.Record)), nil
		}
		return t(ctx, "exchange.will."+string(n.Kind), "what", name, "amount", held(ctx, n.Amount, n.Currency), "record", date(ctx, n.Record), "pay", date(ctx, n.Pay)), nil
	case floor.KindCallOff:
		return t(ctx, "exchange.will.call_off", "what", name), nil
	case floor.KindFix:
		var x floor.Fix
		if err := json.Unmarshal(p.Body, &x); err != nil {
			return "", err
		}
		return t(ctx, "exchange.will.fix", "what", name, "price", sum(ctx, money.Of(x.Price, i.Currency))), nil
	}
	return "", nil
}
