package terminal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

// tenderDraft is a notice as it is typed.
type tenderDraft struct {
	web.Typed
	Account    string `json:"account" maxLength:"40"`
	Key        string `json:"key,omitempty" maxLength:"60"`
	Kind       string `json:"kind" maxLength:"20"`
	Instrument string `json:"instrument,omitempty" maxLength:"40"`
	Title      string `json:"title,omitempty" maxLength:"1000"`
	Words      string `json:"words,omitempty" maxLength:"20000"`
	Quantity   string `json:"quantity,omitempty" maxLength:"30"`
	Measure    string `json:"measure,omitempty" maxLength:"10"`
	Basis      string `json:"basis,omitempty" maxLength:"5"`
	Place      string `json:"place,omitempty" maxLength:"1000"`
	Deliver    string `json:"deliver,omitempty" maxLength:"20"`
	Document   string `json:"document,omitempty" maxLength:"1000"`
	Opens      string `json:"opens,omitempty" maxLength:"30"`
	Unseals    string `json:"unseals,omitempty" maxLength:"30"`
	Judging    string `json:"judging,omitempty" maxLength:"10"`
	Ends       string `json:"ends,omitempty" maxLength:"30"`
	Guarantee  string `json:"guarantee,omitempty" maxLength:"30"`
	Class      string `json:"class,omitempty" maxLength:"20"`
	Invited    string `json:"invited,omitempty" maxLength:"10000"`
	Start      string `json:"start,omitempty" maxLength:"30"`
	Reserve    string `json:"reserve,omitempty" maxLength:"30"`
	Step       string `json:"step,omitempty" maxLength:"30"`
	Every      string `json:"every,omitempty" maxLength:"10"`
	Window     string `json:"window,omitempty" maxLength:"10"`
	Ceiling    string `json:"ceiling,omitempty" maxLength:"30"`
	ShowsBest  bool   `json:"shows_best,omitempty"`
	Uniform    bool   `json:"uniform,omitempty"`
}

type newTenderView struct {
	page
	Seats       []floor.Seat
	Instruments []exchange.Instrument
	Form        form
	Key         string
}

// tenderMeasures are the units that the form offers.
var tenderMeasures = []measure.Unit{measure.Tonne, measure.Kilogram, measure.Piece}

var tenderBases = []string{"", "EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"}

// newTender is the form of a notice. Who trades for nobody is told how to come to.
func (f *face) newTender(ctx context.Context, _ struct{}) (web.View, error) {
	v := f.newTenderView(ctx)
	now := f.Now().In(span.Almaty)
	v.Form.Values["opens"], v.Form.Values["ends"] = now.Add(10*time.Minute).Format(typedTime), now.Add(24*time.Hour).Format(typedTime)
	return newTenderPage(v), nil
}

// typedTime is how a browser writes a day and a clock.
const typedTime = "2006-01-02T15:04"

func (f *face) newTenderView(ctx context.Context) newTenderView {
	v := newTenderView{page: f.page(ctx, "tenders", t(ctx, "tenders.new")), Seats: f.Floor.Seats(web.WhoFrom(ctx).ID), Key: web.FormKey(ctx)}
	v.Form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	for _, i := range f.Floor.Instruments() {
		if i.State == exchange.StateListed && i.Kind != exchange.Forward {
			v.Instruments = append(v.Instruments, i)
		}
	}
	slices.SortFunc(v.Instruments, func(a, b exchange.Instrument) int { return strings.Compare(a.Code, b.Code) })
	return v
}

// announceTender announces what was typed, once however often it is sent.
func (f *face) announceTender(ctx context.Context, in tenderDraft) (web.Then, error) {
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	var n bidding.Notice // It is filled by the moment, which may be run twice and begins with what was typed each time.
	read, err := in.notice(ctx, f)
	if err == nil {
		err = web.Do(ctx, func(tx *db.Tx) error {
			if fresh, err := web.Once(tx, in.Key); err != nil || !fresh {
				return err
			}
			n, err = bidding.Announce(tx, seat.Holder, read)
			return err
		})
	}
	switch {
	case err == nil && n.ID == "":
		return web.See("/exchange/tenders?mine=true"), nil // It was announced before.
	case err == nil:
		return web.See("/exchange/tenders/" + string(n.ID) + "?account=" + seat.Code + "&done=announced"), nil
	case !refused(err):
		return web.Then{}, err
	}
	v := f.newTenderView(ctx)
	v.Form = typed(ctx, in.Typed)
	v.Form.add(ctx, err)
	for pointer, name := range map[string]string{
		"items/0/quantity": "quantity", "items/0/ceiling": "ceiling", "terms/start": "start", "terms/reserve": "reserve", "terms/step": "step",
		"terms/every": "every", "terms/window": "window", "terms/extends": "window", "terms/judging": "judging", "documents/0/link": "document", "terms": "start",
	} {
		if said := v.Form.Wrong[pointer]; said != "" {
			v.Form.Wrong[name] = said
		}
	}
	if len(v.Form.Wrong) > 0 && v.Form.Said == "" {
		v.Form.Said = said(ctx, ErrInvalid)
	}
	return web.Again(newTenderPage(v)), nil
}

// notice reads what was typed, or gives the fields that are wrong.
func (in tenderDraft) notice(ctx context.Context, f *face) (bidding.Notice, error) {
	r := &reader{i: exchange.Instrument{Currency: money.KZT, Terms: exchange.Terms{Unit: 1, Lot: 1}}}
	n := bidding.Notice{
		Kind: bidding.Kind(in.Kind), Instrument: in.Instrument, Currency: money.KZT, Measure: measure.Unit(in.Measure),
		Basis: exchange.Incoterm(in.Basis), Place: in.Place, Class: exchange.Class(in.Class), Invited: strings.Fields(strings.ReplaceAll(in.Invited, ",", " ")),
	}
	lang := web.Lang(ctx)
	if title := strings.TrimSpace(in.Title); title != "" {
		n.Title = text.Localized{lang: title}
	}
	if words := strings.TrimSpace(in.Words); words != "" {
		n.Words = text.Localized{lang: words}
	}
	if link := strings.TrimSpace(in.Document); link != "" {
		n.Documents = []bidding.Document{{Name: t(ctx, "tenders.document"), Link: link}}
	}
	lot := int64(1)
	if in.Instrument != "" {
		i, err := f.Floor.Instrument(in.Instrument)
		if err != nil {
			return n, err
		}
		r.i, lot = i, i.Terms.Lot
	}
	quantity := r.parts("quantity", in.Quantity, true)
	if quantity%lot != 0 {
		r.wrong("quantity", fault.Say("This must be a multiple of {n}.").With("n", counted(r.i, lot).String()))
	}
	n.Items = []bidding.Item{{Quantity: quantity / lot}}
	n.Opens, n.Ends = r.time("opens", in.Opens, true), r.time("ends", in.Ends, true)
	n.Unseals = r.time("unseals", in.Unseals, n.Kind == bidding.TenderTwo)
	n.Guarantee = r.price("guarantee", in.Guarantee, false)
	if in.Deliver != "" {
		day, err := span.Parse(in.Deliver)
		if err != nil {
			r.wrong("deliver", fault.Say("Write a day, for example 2026-11-29."))
		}
		n.Deliver = day
	}
	in.terms(&n, r)
	if len(r.fields) > 0 {
		return n, ErrInvalid.Fields(r.fields...)
	}
	return n, nil
}

// terms reads the rules that count for the kind; what others have is not looked at.
func (in tenderDraft) terms(n *bidding.Notice, r *reader) {
	minutes := func(name, typed string) int64 {
		if typed = strings.TrimSpace(typed); typed == "" {
			return 0
		}
		m, err := strconv.ParseInt(typed, 10, 32)
		if err != nil {
			r.wrong(name, fault.Say("This value is not right."))
		}
		return (time.Duration(m) * time.Minute).Microseconds()
	}
	if n.Kind.Buys() {
		n.Items[0].Ceiling = r.price("ceiling", in.Ceiling, false)
		n.Terms.ShowsBest, n.Terms.AgainstSelf = in.ShowsBest, true
	} else {
		n.Terms.Start = r.price("start", in.Start, n.Kind == bidding.Dutch)
		n.Terms.Reserve = r.price("reserve", in.Reserve, false)
	}
	if n.Kind == bidding.TenderTwo {
		n.Terms.Judging = minutes("judging", in.Judging)
	}
	switch n.Kind {
	case bidding.English, bidding.Tender, bidding.TenderTwo:
		n.Terms.Window = minutes("window", in.Window)
		n.Terms.Extends = n.Terms.Window
	case bidding.Placement:
		n.Terms.Uniform, n.Terms.MarketShare = in.Uniform, 7*money.One/10 // KASE, specialised trading for placement.
	case bidding.Dutch:
		n.Terms.Every = minutes("every", in.Every)
	}
	if n.Kind == bidding.English || n.Kind == bidding.Dutch {
		n.Terms.Step = r.price("step", in.Step, true)
	}
}

// time reads a day and a clock of Kazakhstan.
func (r *reader) time(name, typed string, needed bool) time.Time {
	if typed == "" {
		if needed {
			r.wrong(name, fault.Say("Fill this in."))
		}
		return time.Time{}
	}
	at, err := time.ParseInLocation(typedTime, typed, span.Almaty)
	if err != nil {
		r.wrong(name, fault.Say("This value is not right."))
	}
	return at
}
