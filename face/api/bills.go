package api

import (
	"context"
	"strconv"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/payment"
	"sauda/core/utility"
	"sauda/flow/collect"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountBills adds what buyers do with the bills of providers.
func (f face) mountBills(api *web.API) {
	const group = "Bills"
	finding := web.Faults(utility.ErrProvider, utility.ErrAccount, utility.ErrClosed, utility.ErrRefused, utility.ErrPaused, utility.ErrDown)
	kept := web.Faults(utility.ErrBuyer, utility.ErrAccount)
	web.Query(api, "GET /v1/bill-providers", billProviders, web.Public(),
		web.Doc("List who sends bills that can be paid here.", group))
	web.Act(api, "POST /v1/bill-accounts", f.findBillAccount, web.Public(),
		web.Doc("Find an account by its number. A provider that keeps its books elsewhere is asked what is owed.", group), finding)
	web.Query(api, "GET /v1/bill-accounts/{id}", showBillAccount, web.Public(),
		web.Doc("Show what an account owes, line by line.", group), web.Faults(utility.ErrAccount))
	web.Command(api, "POST /v1/bill-accounts/{id}/choices", chooseBill, web.Public(), web.Status(201),
		web.Doc("Choose what is to be paid. Nothing is paid before it is ordered: put variant_id into a basket, with the answer chosen being the id.", group),
		web.Faults(utility.ErrAccount, utility.ErrInvalid, utility.ErrNothing, utility.ErrBounds, utility.ErrPaying, utility.ErrPaused))
	web.Query(api, "GET /v1/bill-payments/{id}", showBillPayment, web.SignedIn(),
		web.Doc("Show the receipt of a payment to who made it.", group), web.Faults(utility.ErrPayment))
	web.Query(api, "GET /v1/me/bill-accounts", myBillAccounts, web.SignedIn(),
		web.Doc("List the accounts that the buyer keeps, with what they owe.", group), web.Faults(utility.ErrBuyer))
	web.Command(api, "POST /v1/me/bill-accounts", askBillLater, web.SignedIn(), web.Status(201),
		web.Doc("Keep a number whose provider gives no answer just now; the provider is asked again by itself.", group),
		web.Faults(utility.ErrBuyer, utility.ErrProvider, utility.ErrAccount, utility.ErrHere, utility.ErrMany))
	web.Command(api, "PUT /v1/me/bill-accounts/{id}", keepBillAccount, web.SignedIn(),
		web.Doc("Keep an account under a name.", group), kept, web.Faults(utility.ErrInvalid, utility.ErrMany))
	web.Command(api, "DELETE /v1/me/bill-accounts/{id}", forgetBillAccount, web.SignedIn(),
		web.Doc("Keep an account no longer. What was paid for it by itself ends.", group), web.Faults(utility.ErrBuyer))
	web.Query(api, "GET /v1/me/bill-accounts/{id}/bills", formerBills, web.SignedIn(),
		web.Doc("List the bills of an account that the buyer keeps, the latest first.", group), kept)
	web.Query(api, "GET /v1/me/bill-accounts/{id}/payments", billPayments, web.SignedIn(),
		web.Doc("List what was paid for an account that the buyer keeps, the latest first.", group), kept)
	web.Query(api, "GET /v1/me/bill-accounts/{id}/autopay", showAutopay, web.SignedIn(),
		web.Doc("Show what the buyer has agreed to have paid by itself for an account, and what became of it.", group), web.Faults(utility.ErrBuyer, utility.ErrAutopay))
	web.Command(api, "PUT /v1/me/bill-accounts/{id}/autopay", agreeAutopay, web.SignedIn(),
		web.Doc("Have what an account owes paid by itself with a card that the buyer keeps, within limits. It takes the place of what was agreed to before.", group),
		kept, web.Faults(utility.ErrInvalid, utility.ErrRefused, utility.ErrPaused))
	web.Command(api, "DELETE /v1/me/bill-accounts/{id}/autopay", endAutopay, web.SignedIn(),
		web.Doc("Have nothing paid by itself any more for an account.", group), web.Faults(utility.ErrBuyer))
}

// billProviderView is who sends bills.
type billProviderView struct {
	Code      string         `json:"code"`
	Kind      utility.Kind   `json:"kind" enum:"centre,water,heat,power,gas,telecom,housing,fees,school"`
	Name      text.Localized `json:"name"`
	City      text.Localized `json:"city,omitempty"`
	Currency  money.Currency `json:"currency"`
	Elsewhere bool           `json:"elsewhere" doc:"Whether it keeps its books elsewhere and is asked."`
	Paused    bool           `json:"paused" doc:"Whether it takes no payments for now."`
}

// billProviders lists them.
func billProviders(tx *db.Tx, _ struct{}) (web.List[billProviderView], error) {
	all, err := utility.All(tx)
	page := web.List[billProviderView]{Items: make([]billProviderView, len(all))}
	for i, p := range all {
		page.Items[i] = billProviderView{Code: p.Code, Kind: p.Kind, Name: p.Name, City: p.City, Currency: p.Currency, Elsewhere: p.Remote != nil, Paused: p.Paused}
	}
	return page, err
}

// billAccountView is an account with what it owes, as whoever knows its number may see it.
type billAccountView struct {
	ID       utility.AccountID `json:"id"`
	Provider string            `json:"provider" doc:"Its code."`
	Number   string            `json:"number"`
	Holder   string            `json:"holder,omitempty" doc:"Masked."`
	Address  string            `json:"address,omitempty" doc:"Masked, but for its numbers."`
	Owed     money.Money       `json:"owed" doc:"Below zero when more was paid than was due."`
	Lines    []billLineView    `json:"lines" nullable:"false" doc:"What may be paid. Their sums are together what is owed, or nothing."`
	Month    *span.Day         `json:"month,omitempty" doc:"The month of the latest bill, by its first day."`
	Due      *span.Day         `json:"due,omitempty" doc:"By when it is to be paid."`
	Told     *billToldView     `json:"told,omitempty" doc:"What a provider elsewhere has said."`
	Payable  bool              `json:"payable" doc:"Whether payments are taken now."`
}

// billLineView is what may be paid for one service.
type billLineView struct {
	Code     string         `json:"code"`
	Name     text.Localized `json:"name"`
	Sum      money.Money    `json:"sum" doc:"What is owed."`
	Most     money.Money    `json:"most" doc:"What may be paid at most."`
	Editable bool           `json:"editable"`
}

// billToldView is what a provider elsewhere has said of an account.
type billToldView struct {
	At      time.Time       `json:"at" doc:"When it was asked."`
	Silent  bool            `json:"silent" doc:"Whether it has never answered."`
	Missing bool            `json:"missing" doc:"Whether it knows no such number."`
	Fields  []utility.Field `json:"fields,omitempty" doc:"Masked."`
}

func viewBillAccount(p utility.Provider, d utility.Due) billAccountView {
	a := d.Account
	v := billAccountView{
		ID: a.ID, Provider: p.Code, Number: a.Number, Holder: utility.Masked(a.Holder), Address: utility.MaskedAddress(a.Address), Owed: money.Of(d.Owed, p.Currency),
		Lines: make([]billLineView, len(d.Lines)), Payable: p.Variant != "" && !p.Paused,
	}
	for i, l := range d.Lines {
		v.Lines[i] = billLineView{l.Service, p.LineName(l.Service), money.Of(l.Sum, p.Currency), money.Of(l.Most, p.Currency), l.Editable}
	}
	if d.Bill.ID != "" {
		v.Month, v.Due = &d.Bill.Month, &d.Bill.Due
	}
	if p.Remote != nil {
		v.Told = &billToldView{a.Told.At, a.Told.Silent, a.Told.Missing, a.Told.Fields}
	}
	return v
}

// billDue gives an account with its provider and what it owes.
func billDue(tx *db.Tx, id utility.AccountID) (utility.Provider, utility.Due, error) {
	a, err := utility.AccountOf(tx, id)
	if err != nil {
		return utility.Provider{}, utility.Due{}, err
	}
	p, err := utility.Get(tx, a.Provider)
	if err != nil {
		return p, utility.Due{}, err
	}
	dues, err := utility.DueOf(tx, p, []utility.Account{a})
	return p, dues[id], err
}

// billNumber is a number at a provider.
type billNumber struct {
	Provider string `json:"provider" maxLength:"40" doc:"Its code."`
	Number   string `json:"number" maxLength:"60"`
}

// findBillAccount finds an account. A provider elsewhere is asked once, while whoever asks waits.
func (f face) findBillAccount(ctx context.Context, in billNumber) (v billAccountView, err error) {
	var p utility.Provider
	var a utility.Account
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		if p, err = utility.ByCode(tx, in.Provider); err == nil && p.Remote == nil {
			a, err = utility.Find(tx, p.ID, in.Number)
		}
		return err
	})
	if err == nil && p.Paused && p.Remote != nil {
		err = utility.ErrPaused.About("%s", p.Code)
	}
	if err == nil && p.Remote != nil {
		a, err = f.Collect.Hear(ctx, p, in.Number)
	}
	if err != nil {
		return v, err
	}
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		v, err = showBillAccount(tx, billAccountAsk{a.ID})
		return err
	})
	return v, err
}

type billAccountAsk struct {
	ID utility.AccountID `path:"id" maxLength:"60" doc:"The account."`
}

// showBillAccount shows what one owes, to whoever has found it by its number.
func showBillAccount(tx *db.Tx, in billAccountAsk) (billAccountView, error) {
	p, due, err := billDue(tx, in.ID)
	if err != nil {
		return billAccountView{}, err
	}
	return viewBillAccount(p, due), nil
}

// billChoice is what is to be paid.
type billChoice struct {
	billAccountAsk
	Sums []billSum `json:"sums,omitempty" maxItems:"60" doc:"Lines of which another sum is paid than is owed."`
}

type billSum struct {
	Code   string `json:"code" maxLength:"40" doc:"The code of a line."`
	Amount int64  `json:"amount" minimum:"0" doc:"In minor units of the provider's currency; nothing leaves the line out."`
}

// chosenBillView is what was chosen.
type chosenBillView struct {
	ID      utility.DraftID   `json:"id" doc:"The answer chosen of the line of a basket."`
	Variant catalog.VariantID `json:"variant_id"`
	Price   money.Money       `json:"price"`
	Lines   []paidLineView    `json:"lines" nullable:"false"`
}

// paidLineView is what is paid for one service.
type paidLineView struct {
	Code string         `json:"code"`
	Name text.Localized `json:"name"`
	Sum  money.Money    `json:"sum"`
}

func viewPaidLines(p utility.Provider, all []utility.PaidLine) []paidLineView {
	lines := make([]paidLineView, len(all))
	for i, l := range all {
		lines[i] = paidLineView{l.Service, p.LineName(l.Service), money.Of(l.Sum, p.Currency)}
	}
	return lines
}

// chooseBill writes down what is to be paid.
func chooseBill(tx *db.Tx, in billChoice) (chosenBillView, error) {
	p, due, err := billDue(tx, in.ID)
	if err != nil {
		return chosenBillView{}, err
	}
	sums := make(map[string]int64, len(in.Sums))
	for _, s := range in.Sums {
		sums[s.Code] = s.Amount
	}
	d, err := utility.Choose(tx, p, due.Account, sums)
	return chosenBillView{ID: d.ID, Variant: p.Variant, Price: money.Of(d.Sum, p.Currency), Lines: viewPaidLines(p, d.Lines)}, err
}

// billPaymentView is a payment for an account.
type billPaymentView struct {
	ID      utility.PaymentID `json:"id"`
	Account utility.AccountID `json:"account_id"`
	Number  string            `json:"number" doc:"By which a bank and a receipt call it."`
	Dated   time.Time         `json:"dated"`
	Here    bool              `json:"here" doc:"Whether it was paid in this shop, not at a bank."`
	Sum     money.Money       `json:"sum"`
	Lines   []paidLineView    `json:"lines" nullable:"false" doc:"None when nothing was said of lines."`
	State   utility.State     `json:"state" enum:"here,waiting,told,refused" doc:"What a provider elsewhere has decided; here needs nobody to decide."`
	Why     string            `json:"why,omitempty" doc:"Why it was refused, as a word."`
	Ref     string            `json:"provider_ref,omitempty" doc:"What the provider calls it."`
}

func viewBillPayment(p utility.Provider, x utility.Payment) billPaymentView {
	return billPaymentView{
		ID: x.ID, Account: x.Account, Number: strconv.FormatInt(x.Number, 10), Dated: x.Dated, Here: x.Channel == utility.Here, Sum: money.Of(x.Sum, p.Currency),
		Lines: viewPaidLines(p, x.Lines), State: x.Told, Why: x.ToldWhy, Ref: x.ToldRef,
	}
}

type billPaymentAsk struct {
	ID utility.PaymentID `path:"id" maxLength:"60" doc:"The payment."`
}

// showBillPayment shows a receipt.
func showBillPayment(tx *db.Tx, in billPaymentAsk) (billPaymentView, error) {
	x, p, err := utility.ReceiptOf(tx, in.ID)
	return viewBillPayment(p, x), err
}

// keptBillView is an account that a buyer keeps.
type keptBillView struct {
	Name    string          `json:"name"`
	Autopay bool            `json:"autopay" doc:"Whether it is paid by itself."`
	Account billAccountView `json:"account"`
}

// myBillAccounts lists them: four statements, and three for each provider of theirs.
func myBillAccounts(tx *db.Tx, _ struct{}) (web.List[keptBillView], error) {
	page := web.List[keptBillView]{Items: []keptBillView{}}
	all, err := utility.MyDues(tx)
	for _, k := range all {
		page.Items = append(page.Items, keptBillView{Name: k.Name, Autopay: k.Autopay, Account: viewBillAccount(k.Provider, k.Due)})
	}
	return page, err
}

// askBillLater keeps a number of which its provider gives no answer.
func askBillLater(tx *db.Tx, in billNumber) (billAccountView, error) {
	p, err := utility.ByCode(tx, in.Provider)
	if err != nil {
		return billAccountView{}, err
	}
	a, err := utility.AskLater(tx, p, in.Number)
	if err != nil {
		return billAccountView{}, err
	}
	return showBillAccount(tx, billAccountAsk{a.ID})
}

type billKept struct {
	billAccountAsk
	Name string `json:"name,omitempty" maxLength:"60"`
}

// keepBillAccount keeps one under a name.
func keepBillAccount(tx *db.Tx, in billKept) (web.None, error) {
	return web.None{}, utility.Save(tx, in.ID, in.Name)
}

// forgetBillAccount keeps it no longer.
func forgetBillAccount(tx *db.Tx, in billAccountAsk) (web.None, error) {
	return web.None{}, utility.Forget(tx, in.ID)
}

// formerBillView is what a month cost.
type formerBillView struct {
	ID    utility.BillID `json:"id"`
	Month span.Day       `json:"month" doc:"By its first day."`
	Due   span.Day       `json:"due"`
	Total money.Money    `json:"total"`
	Lines []paidLineView `json:"lines" nullable:"false"`
}

// keptProvider gives the provider of an account that the buyer keeps; one that he does not keep is as unknown as none.
func (in billAccountAsk) keptProvider(tx *db.Tx) (utility.Provider, error) {
	if _, err := utility.MyAccount(tx, in.ID); err != nil {
		return utility.Provider{}, err
	}
	a, err := utility.AccountOf(tx, in.ID)
	if err != nil {
		return utility.Provider{}, err
	}
	return utility.Get(tx, a.Provider)
}

// formerBills lists the bills of an account.
func formerBills(tx *db.Tx, in billAccountAsk) (web.List[formerBillView], error) {
	page := web.List[formerBillView]{Items: []formerBillView{}}
	p, err := in.keptProvider(tx)
	if err != nil {
		return page, err
	}
	all, err := utility.Bills(tx, in.ID)
	for _, b := range all {
		v := formerBillView{ID: b.ID, Month: b.Month, Due: b.Due, Total: money.Of(b.Total, p.Currency), Lines: make([]paidLineView, len(b.Lines))}
		for i, l := range b.Lines {
			v.Lines[i] = paidLineView{l.Service, p.LineName(l.Service), money.Of(l.Sum, p.Currency)}
		}
		page.Items = append(page.Items, v)
	}
	return page, err
}

// paymentsShown is how many payments of an account are listed.
const paymentsShown = 50

// billPayments lists what was paid for an account.
func billPayments(tx *db.Tx, in billAccountAsk) (web.List[billPaymentView], error) {
	page := web.List[billPaymentView]{Items: []billPaymentView{}}
	p, err := in.keptProvider(tx)
	if err != nil {
		return page, err
	}
	all, err := utility.PaymentsOf(tx, in.ID, paymentsShown)
	for _, x := range all {
		page.Items = append(page.Items, viewBillPayment(p, x))
	}
	return page, err
}

// autopayView is what somebody has agreed to.
type autopayView struct {
	Card       payment.CardID `json:"card"`
	Day        int            `json:"day" doc:"From which day of a month on it is paid."`
	BillLimit  money.Money    `json:"bill_limit" doc:"What is paid at once at most."`
	MonthLimit money.Money    `json:"month_limit" doc:"What is paid in a calendar month at most."`
	Next       span.Day       `json:"next" doc:"When it is looked what is owed."`
	Agreed     time.Time      `json:"agreed_at"`
	Turns      []turnView     `json:"turns" nullable:"false" doc:"What became of it, the latest first."`
}

// turnView is what became of a day.
type turnView struct {
	Day   span.Day          `json:"day"`
	State utility.TurnState `json:"state" enum:"paid,stopped,failed"`
	Sum   money.Money       `json:"sum"`
	Why   string            `json:"why,omitempty" doc:"Why it was stopped or has failed, as a word."`
	Order string            `json:"order_id,omitempty"`
}

// showAutopay shows what the buyer has agreed to.
func showAutopay(tx *db.Tx, in billAccountAsk) (autopayView, error) {
	all, err := utility.MyAutopays(tx)
	if err != nil {
		return autopayView{}, err
	}
	a := all[in.ID]
	if !a.On {
		return autopayView{}, utility.ErrAutopay.About("%s", in.ID)
	}
	p, err := utility.Get(tx, a.Provider)
	if err != nil {
		return autopayView{}, err
	}
	turns, err := utility.Turns(tx, a.ID)
	v := autopayView{Card: payment.CardID(a.Card), Day: a.Day, BillLimit: money.Of(a.BillLimit, p.Currency), MonthLimit: money.Of(a.MonthLimit, p.Currency),
		Next: a.Next, Agreed: a.Agreed, Turns: make([]turnView, len(turns))}
	for i, x := range turns {
		v.Turns[i] = turnView{x.Day, x.State, money.Of(x.Sum, p.Currency), x.Why, x.Order}
	}
	return v, err
}

// autopayTerms are what somebody agrees to.
type autopayTerms struct {
	billAccountAsk
	Card       payment.CardID `json:"card" maxLength:"60" doc:"A card that the buyer keeps at the seller of the provider."`
	Day        int            `json:"day" minimum:"1" maximum:"28" doc:"From which day of a month on it is paid."`
	BillLimit  int64          `json:"bill_limit" minimum:"1" doc:"What is paid at once at most, in minor units of the provider's currency."`
	MonthLimit int64          `json:"month_limit" minimum:"1" doc:"What is paid in a calendar month at most."`
}

// agreeAutopay keeps it.
func agreeAutopay(tx *db.Tx, in autopayTerms) (autopayView, error) {
	_, err := collect.Agree(tx, utility.Autopay{Account: in.ID, Card: string(in.Card), Day: in.Day, BillLimit: in.BillLimit, MonthLimit: in.MonthLimit})
	if err != nil {
		return autopayView{}, err
	}
	return showAutopay(tx, in.billAccountAsk)
}

// endAutopay ends it.
func endAutopay(tx *db.Tx, in billAccountAsk) (web.None, error) {
	return web.None{}, utility.EndAutopay(tx, in.ID)
}
