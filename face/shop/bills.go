package shop

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/payment"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountBills(site *web.Site, server *web.Server) {
	web.PageAct(site, "GET /bills", f.bills, web.Public())
	web.Form(site, "POST /bills/later", f.askLater, web.SignedIn())
	web.Form(site, "POST /bills/pay", f.payBills, web.Public())
	web.Page(site, "GET /bills/accounts/{id}", f.bill, web.Public())
	web.Form(site, "POST /bills/accounts/{id}/pay", f.payBill, web.Public())
	web.Form(site, "POST /bills/accounts/{id}/keep", f.keepBill, web.SignedIn())
	web.Form(site, "POST /bills/accounts/{id}/forget", f.forgetBill, web.SignedIn())
	web.Form(site, "POST /bills/accounts/{id}/readings", f.takeReading, web.SignedIn())
	web.FormAct(site, "POST /bills/accounts/{id}/ask", f.askAnew, web.Public())
	web.Form(site, "POST /bills/accounts/{id}/autopay", f.agreeAutopay, web.SignedIn())
	web.Form(site, "POST /bills/accounts/{id}/autopay/end", f.endAutopay, web.SignedIn())
	web.Page(site, "GET /bills/payments/{id}", f.receipt, web.SignedIn())
	server.Protocol("GET /bills/payments/{id}/receipt.pdf", f.receiptPaper, web.SignedIn())
}

// atOnce is how many accounts are paid by one form.
const atOnce = 20

type billsAsk struct {
	visitor
	Provider string `query:"provider" maxLength:"40"`
	Number   string `query:"number" maxLength:"60"`
	Done     string `query:"done" maxLength:"20"`
}

// billsView is the page of somebody's accounts, where others are found.
type billsView struct {
	page
	Providers []utility.Provider
	Rows      []billRow
	Form      form
	Done      string
	Key       string
	Later     bool // Later says that the provider of the form gives no answer just now.
}

// billRow is an account that is kept, with what it owes.
type billRow struct{ utility.KeptDue }

// billDones are what the pages of bills can say that was done.
var billDones = map[string]bool{"kept": true, "forgotten": true, "read": true, "later": true, "asked": true, "agreed": true, "ended": true}

// bills shows the accounts that somebody keeps, and finds others by provider and number: also from the address that the square
// code of a paper bill has. A provider that keeps its books elsewhere is asked once, while the reader waits.
func (f *face) bills(ctx context.Context, in billsAsk) (web.View, error) {
	var v billsView
	var of utility.Provider
	var found utility.Account
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		if v, err = f.openBills(tx, in); err != nil || in.Number == "" {
			return err
		}
		at := slices.IndexFunc(v.Providers, func(p utility.Provider) bool { return p.Code == in.Provider })
		if at < 0 {
			return utility.ErrProvider
		}
		of = v.Providers[at]
		found, err = utility.Find(tx, of.ID, in.Number)
		if errors.Is(err, utility.ErrAccount) && of.Remote != nil {
			err = nil
		}
		return err
	})
	if err == nil && in.Number == "" {
		return billsPage(v), nil
	}
	if err == nil && of.Remote != nil && found.ID == "" {
		found, err = f.Collect.Hear(ctx, of, in.Number)
	}
	if err == nil {
		return web.Onward("/bills/accounts/" + string(found.ID)), nil
	}
	v.Later = errors.Is(err, utility.ErrDown)
	if v.Later || refused(err) || errors.Is(err, utility.ErrProvider) || errors.Is(err, utility.ErrAccount) {
		v.Form.add(ctx, err)
		return billsPage(v), nil
	}
	return nil, err
}

func (f *face) openBills(tx *db.Tx, in billsAsk) (billsView, error) {
	ctx := tx.Context()
	v := billsView{page: f.page(ctx, in.visitor, "bills", t(ctx, "bills.title")), Key: web.FormKey(ctx)}
	v.Form = form{Values: map[string]string{"provider": in.Provider, "number": in.Number}, Wrong: map[string]string{}}
	if billDones[in.Done] {
		v.Done = in.Done
	}
	all, err := utility.All(tx)
	if err != nil {
		return v, err
	}
	for _, p := range all {
		if !p.Paused {
			v.Providers = append(v.Providers, p)
		}
	}
	if tx.Who().Party == "" {
		return v, nil
	}
	mine, err := utility.MyDues(tx)
	for _, k := range mine {
		v.Rows = append(v.Rows, billRow{k})
	}
	return v, err
}

// Account is what the row is of: what is kept and what is owed both name it.
func (r billRow) Account() utility.Account { return r.Due.Account }

// payable tells whether something is owed that can be paid now.
func (r billRow) payable() bool { return r.Owed > 0 && !r.Provider.Paused }

// Sum is what is owed, or nothing.
func (r billRow) Sum() money.Money { return money.Of(max(0, r.Owed), r.Provider.Currency) }

type billAsk struct {
	visitor
	ID   utility.AccountID `path:"id" maxLength:"60"`
	Done string            `query:"done" maxLength:"20"`
}

// billView is the page of one account.
type billView struct {
	page
	utility.Due
	Provider utility.Provider
	Saved    *utility.Saved // Saved is set when who looks keeps the account.
	Meters   []utility.Meter
	Bills    []utility.Bill
	Payments []utility.Payment
	Form     form
	Autopay  utility.Autopay // Autopay is what was agreed to; not On when nothing was.
	Turns    []utility.Turn
	Cards    []payment.KeptCard
	Unusual  utility.MeterID // Unusual is the meter whose reading has to be confirmed.
	Done     string
	Key      string
}

// bill shows what an account owes to whoever has found it by its number; meters and what was paid only to who keeps it.
func (f *face) bill(tx *db.Tx, in billAsk) (web.View, error) {
	v, err := f.openBill(tx, in)
	return billPage(v), err
}

func (f *face) openBill(tx *db.Tx, in billAsk) (billView, error) {
	ctx := tx.Context()
	v := billView{Form: form{Values: map[string]string{}, Wrong: map[string]string{}}, Key: web.FormKey(ctx)}
	a, err := utility.AccountOf(tx, in.ID)
	if err != nil {
		return v, err
	}
	if v.Provider, err = utility.Get(tx, a.Provider); err != nil {
		return v, err
	}
	v.page = f.page(ctx, in.visitor, "bills", billTitle(ctx, v.Provider, a))
	if billDones[in.Done] {
		v.Done = in.Done
	}
	dues, err := utility.DueOf(tx, v.Provider, []utility.Account{a})
	if err != nil {
		return v, err
	}
	v.Due = dues[a.ID]
	if tx.Who().Party == "" {
		return v, nil
	}
	saved, err := utility.MyAccount(tx, a.ID)
	if errors.Is(err, utility.ErrAccount) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Saved = &saved
	return v, errors.Join(v.history(tx), v.byItself(tx))
}

// billTitle names the page of an account.
func billTitle(ctx context.Context, p utility.Provider, a utility.Account) string {
	return in(ctx, p.Name) + " " + a.Number
}

// history fills what only who keeps the account sees.
func (v *billView) history(tx *db.Tx) error {
	meters, err := utility.Meters(tx, []utility.AccountID{v.Account.ID})
	if err != nil {
		return err
	}
	v.Meters = meters[v.Account.ID]
	if v.Bills, err = utility.Bills(tx, v.Account.ID); err != nil {
		return err
	}
	v.Payments, err = utility.PaymentsOf(tx, v.Account.ID, 12)
	return err
}

// sum writes an amount of the provider's money.
func (v billView) sum(ctx context.Context, minor int64) string {
	return amount(ctx, money.Of(minor, v.Provider.Currency))
}

// mine tells whether a payment was made by who looks.
func mine(ctx context.Context, p utility.Payment) bool {
	who := web.WhoFrom(ctx)
	return who.Party != "" && p.Party == who.Party
}

// metered tells whether readings are taken today.
func (v billView) metered() bool { return len(v.Meters) > 0 }

type billPaid struct {
	web.Typed
	visitor
	ID  utility.AccountID `path:"id" maxLength:"60"`
	Key string            `json:"key,omitempty" maxLength:"60"`
}

// What is said of a field that cannot be read.
var (
	wrongSum     = fault.Say("This value is not right.")
	wrongReading = fault.Say("This meter does not show such a number.")
)

// sumPrefix stands before the code of a line in the name of its field.
const sumPrefix = "sum."

// sumsIn gives the sums that were typed, by the codes of their lines.
func (b billPaid) sumsIn(currency money.Currency) (map[string]int64, error) {
	sums := map[string]int64{}
	for name := range b.Values {
		code, ok := strings.CutPrefix(name, sumPrefix)
		if !ok {
			continue
		}
		typed := strings.NewReplacer(",", ".", " ", "", "\u00a0", "").Replace(b.Values.Get(name))
		if typed == "" {
			typed = "0"
		}
		m, err := money.Parse(typed, currency)
		if err != nil {
			return nil, utility.ErrInvalid.At("/"+name, wrongSum)
		}
		sums[code] = m.Minor
	}
	return sums, nil
}

// payBill puts what is to be paid for an account into the basket.
func (f *face) payBill(tx *db.Tx, in billPaid) (web.Then, error) {
	if first, err := web.Once(tx, in.Key+" "+string(in.ID)); err != nil || !first {
		return web.See("/basket"), err
	}
	a, err := utility.AccountOf(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	p, err := utility.Get(tx, a.Provider)
	if err != nil {
		return web.Then{}, err
	}
	sums, err := in.sumsIn(p.Currency)
	if err == nil {
		err = f.choose(tx, in.visitor, p, a, sums)
	}
	if refused(err) {
		v, bad := f.openBill(tx, billAsk{visitor: in.visitor, ID: in.ID})
		v.page, v.Form = v.at("/bills/accounts/"+string(in.ID)), typed(tx.Context(), in.Typed, err)
		return web.Again(billPage(v)), bad
	}
	return web.See("/basket"), err
}

// choose makes a draft and puts it into the basket.
func (f *face) choose(tx *db.Tx, of visitor, p utility.Provider, a utility.Account, sums map[string]int64) error {
	d, err := utility.Choose(tx, p, a, sums)
	if err != nil {
		return err
	}
	return f.putBill(tx, of, p, d)
}

// putBill puts a draft into the basket.
func (f *face) putBill(tx *db.Tx, of visitor, p utility.Provider, d utility.Draft) error {
	return f.put(tx, of, cart.Addition{
		Variant: p.Variant, Quantity: measure.One, PriceSeen: money.Of(d.Sum, p.Currency), Source: "bills",
		Answers: map[string]string{catalog.ChosenCode: string(d.ID)},
	})
}

type billsPaid struct {
	web.Typed
	visitor
	Accounts []string `json:"account,omitempty" maxItems:"20"`
	Key      string   `json:"key,omitempty" maxLength:"60"`
}

// payBills puts all that some of the buyer's accounts owe into the basket: one order for all of them. Accounts that owe nothing
// and those of providers that take nothing for now are left out.
func (f *face) payBills(tx *db.Tx, in billsPaid) (web.Then, error) {
	if first, err := web.Once(tx, in.Key+" all"); err != nil || !first {
		return web.See("/basket"), err
	}
	v, err := f.openBills(tx, billsAsk{visitor: in.visitor})
	if err != nil {
		return web.Then{}, err
	}
	var wanted []utility.Wanted
	for _, r := range v.Rows {
		if len(wanted) < atOnce && slices.Contains(in.Accounts, string(r.Account().ID)) && r.payable() {
			wanted = append(wanted, utility.Wanted{Provider: r.Provider, Due: r.Due})
		}
	}
	chosen, err := utility.ChooseMany(tx, wanted)
	for i, d := range chosen {
		if err == nil {
			err = f.putBill(tx, in.visitor, wanted[i].Provider, d)
		}
	}
	if refused(err) {
		v.page = v.at("/bills")
		v.Form.add(tx.Context(), err)
		return web.Again(billsPage(v)), nil
	}
	return web.See("/basket"), err
}

type billKept struct {
	web.Typed
	visitor
	ID   utility.AccountID `path:"id" maxLength:"60"`
	Name string            `json:"name,omitempty" maxLength:"60"`
}

// keepBill keeps an account under a name.
func (f *face) keepBill(tx *db.Tx, in billKept) (web.Then, error) {
	return f.done(tx, in, "kept", func() error { return utility.Save(tx, in.ID, in.Name) })
}

// forgetBill keeps it no longer.
func (f *face) forgetBill(tx *db.Tx, in billKept) (web.Then, error) {
	return web.See("/bills?done=forgotten"), utility.Forget(tx, in.ID)
}

// done does what a form of an account asks for, or shows the page again.
func (f *face) done(tx *db.Tx, in billKept, said string, do func() error) (web.Then, error) {
	var err error
	if in.OK() {
		err = do()
	}
	if !in.OK() || refused(err) {
		v, bad := f.openBill(tx, billAsk{visitor: in.visitor, ID: in.ID})
		v.page, v.Form = v.at("/bills/accounts/"+string(in.ID)), typed(tx.Context(), in.Typed, err)
		if errors.Is(err, utility.ErrUnusual) {
			v.Unusual = utility.MeterID(in.Values.Get("meter"))
		}
		return web.Again(billPage(v)), bad
	}
	return web.See("/bills/accounts/" + string(in.ID) + "?done=" + said), err
}

type reading struct {
	billKept
	Meter utility.MeterID `json:"meter" maxLength:"60"`
	Value string          `json:"value" maxLength:"20"`
	Sure  bool            `json:"sure,omitempty"`
}

// takeReading takes what a meter shows, from who keeps the account.
func (f *face) takeReading(tx *db.Tx, in reading) (web.Then, error) {
	return f.done(tx, in.billKept, "read", func() error {
		if _, err := utility.MyAccount(tx, in.ID); err != nil {
			return err
		}
		a, err := utility.AccountOf(tx, in.ID)
		if err != nil {
			return err
		}
		p, err := utility.Get(tx, a.Provider)
		if err != nil {
			return err
		}
		value, err := quantity(in.Value)
		if err != nil {
			return utility.ErrInvalid.At("/value", wrongReading)
		}
		_, err = utility.Take(tx, p, in.ID, utility.Brought{Meter: in.Meter, Value: value, Sure: in.Sure, Channel: "buyer"})
		return err
	})
}

type receiptAsk struct {
	visitor
	ID utility.PaymentID `path:"id" maxLength:"60"`
}

// receiptView is the proof of a payment.
type receiptView struct {
	page
	utility.Payment
	Provider utility.Provider
	Of       utility.Account
}

// receipt shows the proof of a payment to who made it and to the provider's staff.
func (f *face) receipt(tx *db.Tx, in receiptAsk) (web.View, error) {
	v, err := f.proof(tx, in.ID)
	if err != nil {
		return nil, err
	}
	v.page = f.page(tx.Context(), in.visitor, "bills", t(tx.Context(), "bills.receipt"))
	return receiptPage(v), nil
}

// monthOf writes the month of a bill: "2026 ж. қараша".
func monthOf(ctx context.Context, d span.Day) string {
	year, month, _ := d.Date()
	return t(ctx, "bills.month."+strconv.Itoa(int(month)), "year", year)
}
