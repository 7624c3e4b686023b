package shop

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/core/utility"
	"sauda/flow/collect"
	"sauda/gear/db"
	"sauda/gear/paper"
	"sauda/gear/web"
)

type askedLater struct {
	visitor
	Provider string `json:"provider" maxLength:"40"`
	Number   string `json:"number" maxLength:"60"`
}

// askLater keeps a number of which its provider gives no answer just now: it is asked again.
func (f *face) askLater(tx *db.Tx, in askedLater) (web.Then, error) {
	p, err := utility.ByCode(tx, in.Provider)
	if err != nil {
		return web.Then{}, err
	}
	a, err := utility.AskLater(tx, p, in.Number)
	return web.See("/bills/accounts/" + string(a.ID) + "?done=later"), err
}

type billAnew struct {
	web.Typed
	visitor
	ID utility.AccountID `path:"id" maxLength:"60"`
}

// askAnew asks a provider once more what an account owes. Without an answer the page says so, and a number that is kept is asked
// about again.
func (f *face) askAnew(ctx context.Context, in billAnew) (web.Then, error) {
	var p utility.Provider
	var a utility.Account
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		if a, err = utility.AccountOf(tx, in.ID); err != nil {
			return err
		}
		p, err = utility.Get(tx, a.Provider)
		return err
	})
	if err != nil {
		return web.Then{}, err
	}
	back := "/bills/accounts/" + string(in.ID)
	_, err = f.Collect.Hear(ctx, p, a.Number)
	if err == nil {
		return web.See(back + "?done=asked"), nil
	}
	if errors.Is(err, utility.ErrDown) && web.WhoFrom(ctx).Party != "" {
		err = web.Do(ctx, func(tx *db.Tx) error {
			_, err := utility.AskLater(tx, p, a.Number)
			return err
		})
		return web.See(back + "?done=later"), err
	}
	if !refused(err) && !errors.Is(err, utility.ErrDown) && !errors.Is(err, utility.ErrAccount) {
		return web.Then{}, err
	}
	var v billView
	bad := web.Look(ctx, func(tx *db.Tx) (err error) {
		v, err = f.openBill(tx, billAsk{visitor: in.visitor, ID: in.ID})
		return err
	})
	v.page, v.Form = v.at(back), typed(ctx, in.Typed, err)
	return web.Again(billPage(v)), bad
}

// byItself fills what is paid by itself, and the cards by which it could be.
func (v *billView) byItself(tx *db.Tx) error {
	all, err := utility.MyAutopays(tx)
	if err != nil {
		return err
	}
	if v.Autopay = all[v.Account.ID]; v.Autopay.On {
		if v.Turns, err = utility.Turns(tx, v.Autopay.ID); err != nil {
			return err
		}
	}
	v.Cards, err = collect.Cards(tx, v.Provider)
	return err
}

type autopayAgreed struct {
	billKept
	Card  string `json:"card,omitempty" maxLength:"60"`
	Day   int    `json:"day,omitempty"`
	Bill  string `json:"bill_limit,omitempty" maxLength:"20"`
	Month string `json:"month_limit,omitempty" maxLength:"20"`
}

// agreeAutopay has the bills of an account paid by a card of who asks, within limits.
func (f *face) agreeAutopay(tx *db.Tx, in autopayAgreed) (web.Then, error) {
	return f.done(tx, in.billKept, "agreed", func() error {
		a, err := utility.AccountOf(tx, in.ID)
		if err != nil {
			return err
		}
		p, err := utility.Get(tx, a.Provider)
		if err != nil {
			return err
		}
		agreed := utility.Autopay{Account: in.ID, Card: in.Card, Day: in.Day}
		if agreed.BillLimit, err = limitTyped(in.Bill, "/bill_limit", p.Currency); err != nil {
			return err
		}
		if agreed.MonthLimit, err = limitTyped(in.Month, "/month_limit", p.Currency); err != nil {
			return err
		}
		_, err = collect.Agree(tx, agreed)
		return err
	})
}

// limitTyped reads a limit.
func limitTyped(said, at string, currency money.Currency) (int64, error) {
	m, err := money.Parse(strings.NewReplacer(",", ".", " ", "", "\u00a0", "").Replace(said), currency)
	if err != nil {
		return 0, utility.ErrInvalid.At(at, wrongSum)
	}
	return m.Minor, nil
}

// endAutopay ends it.
func (f *face) endAutopay(tx *db.Tx, in billKept) (web.Then, error) {
	return f.done(tx, in, "ended", func() error { return utility.EndAutopay(tx, in.ID) })
}

// toldWords says what became of a payment at its provider, and why.
func toldWords(ctx context.Context, p utility.Payment) string {
	words := t(ctx, "bills.told."+string(p.Told))
	if p.Told == utility.StateRefused {
		words += ": " + t(ctx, "bills.why."+p.ToldWhy)
	}
	return words
}

// turnWords says what became of a day of autopay.
func (v billView) turnWords(ctx context.Context, turn utility.Turn) string {
	words := t(ctx, "bills.turn."+string(turn.State)) + ": " + v.sum(ctx, turn.Sum)
	if turn.Why != "" {
		words += " — " + t(ctx, "bills.turn."+turn.Why)
	}
	return words
}

// elsewhere tells whether the provider of an account has to be asked.
func (v billView) elsewhere() bool { return v.Provider.Remote != nil }

// receiptRows are what a receipt says, on its page and on paper.
func receiptRows(ctx context.Context, v receiptView) (rows []paper.Row) {
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, paper.Row{Name: name, Value: value})
		}
	}
	sum := func(minor int64) string { return amount(ctx, money.Of(minor, v.Provider.Currency)) }
	add(t(ctx, "bills.receipt_number"), strconv.FormatInt(v.Payment.Number, 10))
	add(t(ctx, "bills.when"), clock(ctx, v.Dated))
	add(t(ctx, "bills.provider"), in(ctx, v.Provider.Name))
	add(t(ctx, "bills.bin"), v.Provider.BIN)
	add(v.Provider.NumberName(web.Lang(ctx)), v.Of.Number)
	add(t(ctx, "bills.address"), v.Of.Address)
	for _, l := range v.Payment.Lines {
		add(in(ctx, v.Provider.LineName(l.Service)), sum(l.Sum))
	}
	add(t(ctx, "bills.paid"), sum(v.Payment.Sum))
	add(t(ctx, "bills.state"), toldWords(ctx, v.Payment))
	add(t(ctx, "bills.told_ref"), v.ToldRef)
	if !v.ToldAt.IsZero() {
		add(t(ctx, "bills.told_at"), clock(ctx, v.ToldAt))
	}
	return rows
}

// receiptPaper sends the proof of a payment as PDF, to who may see its page.
func (f *face) receiptPaper(x web.Exchange) error {
	ctx := x.Context()
	var v receiptView
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		v, err = f.proof(tx, utility.PaymentID(x.PathValue("id")))
		return err
	})
	if err != nil {
		return err
	}
	lang := web.Lang(ctx)
	x.Header().Set("Content-Type", "application/pdf")
	x.Header().Set("Content-Disposition", `attachment; filename="receipt-`+strconv.FormatInt(v.Payment.Number, 10)+`.pdf"`)
	x.Header().Set("Cache-Control", "private, no-store")
	x.WriteHeader(http.StatusOK)
	return paper.Draw(x, paper.Sheet{
		Title: t(ctx, "bills.receipt"), Lang: lang, Tall: true, Made: v.Dated, Rows: receiptRows(ctx, v),
		Lines: []paper.Line{{Text: t(ctx, "bills.receipt"), Size: 20, Bold: true}, {Text: in(ctx, v.Provider.Name), Size: 13, Gap: 4}},
		Below: []string{"№ " + strconv.FormatInt(v.Payment.Number, 10), clock(ctx, v.Dated)},
		Code:  strings.TrimSuffix(f.PublicURL, "/") + "/" + lang + "/bills/payments/" + string(v.Payment.ID),
	})
}

// proof finds a payment for who may see it.
func (f *face) proof(tx *db.Tx, id utility.PaymentID) (v receiptView, err error) {
	if v.Payment, v.Provider, err = utility.ReceiptOf(tx, id); err != nil {
		return v, err
	}
	v.Of, err = utility.AccountOf(tx, v.Payment.Account)
	return v, err
}
