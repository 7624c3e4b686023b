package office

import (
	"net/url"
	"strconv"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountDrafts(site *web.Site) {
	web.Page(site, "GET /office/exchange/instruments/new", f.newInstrument, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/instruments", f.draftInstrument, web.Needs(ScopeExchangeWrite))
	web.Page(site, "GET /office/exchange/instruments/{id}/terms", f.instrumentTerms, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/instruments/{id}/terms", f.reviseInstrument, web.Needs(ScopeExchangeWrite))
}

// kinds are what can be listed, in the order in which they are offered.
var kinds = []exchange.Kind{exchange.Share, exchange.BondOf, exchange.Unit, exchange.Spot, exchange.Forward}

// draft is an instrument as it is typed: a new one, or another version of one that is there.
type draft struct {
	form
	Kind   exchange.Kind
	Was    exchange.Instrument // Was is empty for a new one.
	Tables []exchange.Table
	Groups []string
}

// draftAsk asks for the form of a kind; the whole of it is told by the fields.
type draftAsk struct {
	Kind exchange.Kind `query:"kind" maxLength:"10"`
}

// newInstrument shows the form of an instrument that shall be listed.
func (f face) newInstrument(tx *db.Tx, in draftAsk) (web.View, error) {
	v := draft{Kind: kindOf(string(in.Kind)), form: form{Values: url.Values{
		"currency": {string(money.KZT)}, "unit": {"1"}, "lot": {"1"}, "qty_min": {"1"}, "qty_max": {"1000000"}, "cycle": {"2"}, "call": {"kase"},
		"collar_dynamic": {"10"}, "collar_extended": {"30"}, "divides": {"1"}, "measure": {"C62"},
	}}}
	return f.draftPage(tx, v, nil)
}

func kindOf(typed string) exchange.Kind {
	for _, k := range kinds {
		if string(k) == typed {
			return k
		}
	}
	return exchange.Share
}

// draftPage shows the form with what it offers, and what was refused.
func (f face) draftPage(tx *db.Tx, v draft, refused error) (web.View, error) {
	ctx := tx.Context()
	title := t(ctx, "listing.new")
	if v.Was.ID != "" {
		title = instrumentName(ctx, v.Was)
	}
	p, err := f.exchangePage(ctx, title)
	if err != nil {
		return nil, err
	}
	if v.Tables, err = exchange.Tables(tx); err != nil {
		return nil, err
	}
	all, err := exchange.Schedules(tx)
	if err != nil {
		return nil, err
	}
	for n, s := range all {
		if n == 0 || all[n-1].Group != s.Group {
			v.Groups = append(v.Groups, s.Group)
		}
	}
	if refused != nil {
		p.Wrong = i18n.Fault(lang(ctx), refused)
	}
	return draftPage(p, v), nil
}

type draftTyped struct{ web.Typed }

// draftInstrument puts an instrument down that is not traded yet; whoever looks at it lists it.
func (f face) draftInstrument(tx *db.Tx, in draftTyped) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	v := draft{Kind: kindOf(in.Values.Get("kind")), form: form{Values: in.Values}}
	i, err := exchange.Draft(tx, readInstrument(in.Values, exchange.Instrument{Kind: v.Kind}), exchange.Reason(in.Values.Get("reason")))
	if err == nil {
		return see(partyAddress(exchange.Subject(i.ID)), "drafted"), nil
	}
	return f.draftAgain(tx, v, err)
}

// draftAgain shows a form again with what is wrong in it.
func (f face) draftAgain(tx *db.Tx, v draft, err error) (web.Then, error) {
	if !mendable(err) {
		return web.Then{}, err
	}
	v.note(tx.Context(), err, draftField(v.Kind))
	page, err := f.draftPage(tx, v, err)
	return web.Again(page), err
}

// instrumentTerms shows the form of the next version of an instrument.
func (f face) instrumentTerms(tx *db.Tx, in instrumentAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	i, err := exchange.GetInstrument(tx, string(in.ID))
	if err != nil {
		return nil, err
	}
	return f.draftPage(tx, draft{Kind: i.Kind, Was: i, form: form{Values: instrumentStored(i)}}, nil)
}

type reviseTyped struct {
	web.Typed
	ID      exchange.InstrumentID `path:"id" maxLength:"60"`
	Version int64                 `json:"version"`
}

// reviseInstrument puts what was typed in the place of what an instrument says. What it said is kept.
func (f face) reviseInstrument(tx *db.Tx, in reviseTyped) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	was, err := exchange.GetInstrument(tx, string(in.ID))
	if err != nil {
		return web.Then{}, err
	}
	next := readInstrument(in.Values, was)
	next.Version = in.Version
	if _, err = exchange.Revise(tx, next, exchange.Reason(in.Values.Get("reason"))); err == nil {
		return see(partyAddress(exchange.Subject(in.ID)), "saved"), nil
	}
	return f.draftAgain(tx, draft{Kind: was.Kind, Was: was, form: form{Values: in.Values}}, err)
}

// draftField gives the field of the form for a pointer: its last part, but where two have the same one.
func draftField(kind exchange.Kind) func(string) string {
	return func(pointer string) string {
		switch pointer {
		case "/terms/short":
			return "short_sale"
		case "/security/bond/basis":
			return "count"
		case "/security/bond":
			return "nominal"
		case "/terms/collar":
			return "collar_dynamic"
		case "/terms/least":
			return "margin_least"
		case "/name", "/goods/grade":
			return pointer[strings.LastIndex(pointer, "/")+1:] + "_" + text.Languages[0]
		}
		return pointer[strings.LastIndex(pointer, "/")+1:]
	}
}

// wholeTerms are the numbers among the terms by the names of their fields, and rateTerms the shares.
func wholeTerms(t *exchange.Terms) map[string]*int64 {
	return map[string]*int64{"unit": &t.Unit, "lot": &t.Lot, "qty_min": &t.QtyMin, "qty_max": &t.QtyMax, "cycle": &t.Cycle}
}

func rateTerms(t *exchange.Terms) map[string]*money.Rate {
	return map[string]*money.Rate{
		"collar_dynamic": &t.Collar.Dynamic, "collar_static": &t.Collar.Static, "collar_extended": &t.Collar.Extended,
		"maker": &t.Maker, "taker": &t.Taker, "initial": &t.Initial, "margin_least": &t.Least,
	}
}

func flagTerms(t *exchange.Terms) map[string]*bool {
	return map[string]*bool{"short_sale": &t.Short, "sell_unsettled": &t.SellUnsettled}
}

// readPercent reads a share in per cent; what is none is read as one that the verb refuses.
func readPercent(typed string) money.Rate {
	if clean(typed) == "" {
		return 0
	}
	r, err := money.ParseRate(plainNumber(typed))
	if err != nil {
		return noNumber
	}
	return r
}

func readLong(typed string) int64 {
	if plainNumber(typed) == "" {
		return 0
	}
	n, err := strconv.ParseInt(plainNumber(typed), 10, 64)
	if err != nil {
		return noNumber
	}
	return n
}

func readDay(typed string) span.Day {
	day, _ := span.Parse(clean(typed)) // What is no day is refused as none.
	return day
}

// readTexts reads a text in each language.
func readTexts(v url.Values, name string) text.Localized {
	l := text.Localized{}
	for _, one := range text.Languages {
		if said := clean(v.Get(name + "_" + one)); said != "" {
			l[one] = said
		}
	}
	return l
}

// readInstrument reads what was typed onto an instrument: what the form does not ask for stays as it is.
func readInstrument(v url.Values, i exchange.Instrument) exchange.Instrument {
	i.Name, i.Currency = readTexts(v, "name"), money.Currency(clean(v.Get("currency")))
	for name, n := range wholeTerms(&i.Terms) {
		*n = readLong(v.Get(name))
	}
	for name, r := range rateTerms(&i.Terms) {
		*r = readPercent(v.Get(name))
	}
	for name, is := range flagTerms(&i.Terms) {
		*is = v.Get(name) != ""
	}
	i.Terms.PriceMin, i.Terms.PriceMax = readSum(plainNumber(v.Get("price_min")), i.Currency), readSum(plainNumber(v.Get("price_max")), i.Currency)
	i.Terms.Group, i.Terms.Table = v.Get("group"), v.Get("table")
	i.Terms.Class, i.Terms.Call.Market = exchange.Class(v.Get("class")), v.Get("call")
	if i.Kind.Security() {
		s := exchange.Security{
			ISIN: exchange.ISIN(strings.ToUpper(clean(v.Get("isin")))), Short: clean(v.Get("short")), Issuer: clean(v.Get("issuer")),
			Nominal: readSum(plainNumber(v.Get("nominal")), i.Currency),
		}
		if i.Kind == exchange.BondOf {
			s.Bond = &exchange.Bond{
				Issued: readDay(v.Get("issued")), Matures: readDay(v.Get("matures")), Yearly: readLong(v.Get("yearly")),
				Rate: readPercent(v.Get("rate")), Basis: exchange.Basis(v.Get("count")),
			}
		}
		i.Security = &s
		return i
	}
	if i.ID == "" {
		i.Code = strings.ToUpper(clean(v.Get("code")))
	}
	i.Goods = &exchange.Goods{
		Grade: readTexts(v, "grade"), Basis: exchange.Incoterm(v.Get("basis")), Store: clean(v.Get("store")), Measure: measure.Unit(clean(v.Get("measure"))),
		Divides: readLong(v.Get("divides")), Expires: readDay(v.Get("expires")), Month: clean(v.Get("month")), Gives: strings.ToUpper(clean(v.Get("gives"))),
	}
	return i
}

// instrumentStored writes an instrument as the fields of its form.
func instrumentStored(i exchange.Instrument) url.Values {
	sum := func(minor int64) string { return money.Of(minor, i.Currency).Decimal() }
	v := url.Values{
		"currency": {string(i.Currency)}, "price_min": {sum(i.Terms.PriceMin)}, "price_max": {sum(i.Terms.PriceMax)}, "group": {i.Terms.Group},
		"table": {i.Terms.Table}, "class": {string(i.Terms.Class)}, "call": {i.Terms.Call.Market}, "code": {i.Code},
	}
	for name, n := range wholeTerms(&i.Terms) {
		v.Set(name, strconv.FormatInt(*n, 10))
	}
	for name, r := range rateTerms(&i.Terms) {
		if *r != 0 {
			v.Set(name, r.String())
		}
	}
	for name, is := range flagTerms(&i.Terms) {
		if *is {
			v.Set(name, "1")
		}
	}
	for l, said := range i.Name {
		v.Set("name_"+l, said)
	}
	if s := i.Security; s != nil {
		v.Set("isin", string(s.ISIN))
		v.Set("short", s.Short)
		v.Set("issuer", s.Issuer)
		v.Set("nominal", sum(s.Nominal))
		if b := s.Bond; b != nil {
			for name, said := range map[string]string{"issued": b.Issued.String(), "matures": b.Matures.String(), "yearly": strconv.FormatInt(b.Yearly, 10), "rate": b.Rate.String(), "count": string(b.Basis)} {
				v.Set(name, said)
			}
		}
		return v
	}
	g := i.Goods
	for l, said := range g.Grade {
		v.Set("grade_"+l, said)
	}
	for name, said := range map[string]string{"basis": string(g.Basis), "store": g.Store, "measure": string(g.Measure), "divides": strconv.FormatInt(g.Divides, 10), "month": g.Month, "gives": g.Gives} {
		v.Set(name, said)
	}
	if !g.Expires.IsZero() {
		v.Set("expires", g.Expires.String())
	}
	return v
}

// callMarkets are the markets whose rule of call auctions can be taken.
var callMarkets = auction.RuleNames()

var bondBases = []exchange.Basis{exchange.Actual365, exchange.Thirty360, exchange.ThirtyE360}
