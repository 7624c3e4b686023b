package office

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

const (
	billFileMax  = 16 << 20 // billFileMax bounds a file of accounts, of bills or of a register.
	billRowsMax  = 20_000   // billRowsMax is how many rows of a file are taken in one moment.
	billRowsEach = 1000
)

func (f face) mountBills(server *web.Server, site *web.Site) {
	reads, writes := web.Needs(utility.ScopeRead), web.Needs(utility.ScopeWrite)
	web.Page(site, "GET /office/bills", f.billProviders, reads)
	f.mountBillSetup(site)
	web.Page(site, "GET /office/bills/{id}", f.billProvider, reads)
	web.Page(site, "GET /office/bills/{id}/accounts", f.billAccounts, reads)
	web.Form(site, "POST /office/bills/{id}/runs", f.issueBills, writes)
	web.Upload(site, "POST /office/bills/{id}/accounts", readBillAccounts, f.bringAccounts, writes, web.BodyMax(billFileMax))
	web.Upload(site, "POST /office/bills/{id}/brought", f.readBrought, f.bringBills, writes, web.BodyMax(billFileMax))
	web.Upload(site, "POST /office/bills/{id}/reconciliation", f.readTheirs, f.reconcileBills, writes, web.BodyMax(billFileMax))
	web.Form(site, "POST /office/bills/{id}/registers", f.moveBillRegister, writes)
	server.Protocol("GET /office/bills/{id}/registers/{channel}/{day}/payments.csv", f.billRegisterFile, reads)
	server.Protocol("POST /office/bills/{id}/registers/{channel}/{day}/order.xml", f.billOrderFile, writes)
}

// billProviders lists the providers of the reader's seller.
func (f face) billProviders(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := utility.Of(tx, sellerOf(tx))
	return billProvidersPage(f.page("bills", t(tx.Context(), "nav.bills")), all), err
}

type billAsk struct {
	ID   utility.ProviderID `path:"id" maxLength:"60"`
	Done string             `query:"done" maxLength:"20"`
}

// billBoard is a provider with its runs, its registers and what has to be looked at.
type billBoard struct {
	utility.Provider
	Accounts  int64
	Today     []utility.Collected
	Day       span.Day
	Runs      []utility.Run
	Registers []utility.DayRegister
	Doubts    []utility.Doubt
	Waits     []utility.Untold // Waits are payments of which the provider has not been told yet.
	Odd       []utility.Untold // Odd are those of which it took another sum.
	Months    []span.Day       // Months are those that can be issued.
}

func loadBoard(tx *db.Tx, id utility.ProviderID) (b billBoard, err error) {
	if b.Provider, err = utility.Own(tx, id, utility.ScopeRead); err != nil {
		return b, err
	}
	b.Day = span.DayOf(tx.Now(), span.Almaty)
	if b.Accounts, err = utility.CountAccounts(tx, id); err != nil {
		return b, err
	}
	if b.Today, err = utility.Today(tx, id, b.Day); err != nil {
		return b, err
	}
	if b.Runs, err = utility.Runs(tx, id); err != nil {
		return b, err
	}
	if b.Registers, err = utility.Registers(tx, id); err != nil {
		return b, err
	}
	if b.Remote != nil {
		if b.Waits, err = utility.Waits(tx, id); err != nil {
			return b, err
		}
		if b.Odd, err = utility.Odd(tx, id); err != nil {
			return b, err
		}
	}
	b.Doubts, err = utility.Doubts(tx, b.Provider, b.Day.AddDays(-60))
	for month, n := utility.MonthOf(b.Day), 0; n < 3; month, n = utility.MonthOf(month.AddDays(-1)), n+1 {
		if !slices.ContainsFunc(b.Runs, func(r utility.Run) bool { return r.Month == month }) {
			b.Months = append(b.Months, month)
		}
	}
	return b, err
}

// billProvider shows a provider; while bills are being issued, it loads itself again.
func (f face) billProvider(tx *db.Tx, in billAsk) (web.View, error) {
	b, err := loadBoard(tx, in.ID)
	p := f.page("bills", b.Name.In(web.Lang(tx.Context())))
	if slices.ContainsFunc(b.Runs, func(r utility.Run) bool { return !r.Done }) {
		p.Soon = 3
	}
	return billBoardPage(p, b, utility.Difference{}), err
}

// again shows the page of a provider with a refusal on top.
func (f face) billAgain(tx *db.Tx, id utility.ProviderID, err error) (web.Then, error) {
	if !amendable(err) {
		return web.Then{}, err
	}
	b, bad := loadBoard(tx, id)
	p := f.page("bills", b.Name.In(web.Lang(tx.Context())))
	p.Wrong = refusal(tx.Context(), err)
	return web.Again(billBoardPage(p, b, utility.Difference{})), bad
}

// billDone leads back to a provider.
func billDone(id utility.ProviderID) web.Then { return see("bills/"+string(id), "saved") }

type billRun struct {
	ID    utility.ProviderID `path:"id" maxLength:"60"`
	Month string             `json:"month" maxLength:"10"`
}

// issueBills begins to issue the bills of a month.
func (f face) issueBills(tx *db.Tx, in billRun) (web.Then, error) {
	p, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err != nil {
		return web.Then{}, err
	}
	month, err := span.Parse(in.Month)
	if err != nil {
		err = utility.ErrMonth.About("%w", err)
	} else {
		_, err = utility.Begin(tx, p, month)
	}
	if err != nil {
		return f.billAgain(tx, in.ID, err)
	}
	return billDone(in.ID), nil
}

type billUpload struct {
	ID      utility.ProviderID `path:"id" maxLength:"60"`
	Month   string             `json:"month,omitempty" maxLength:"10"`
	Channel string             `json:"channel,omitempty" maxLength:"40"`
	Day     string             `json:"day,omitempty" maxLength:"10"`
	File    web.Files          `json:"file"`
}

// readFile reads the one file of a form.
func readFile(in billUpload, read func(io.Reader) error) error {
	if len(in.File) != 1 {
		return utility.ErrFile.About("%d files", len(in.File))
	}
	file, err := in.File[0].Open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return read(file)
}

// broughtAccounts are accounts as a file has them, or why it cannot be read.
type broughtAccounts struct {
	all []utility.Account
	err error
}

func readBillAccounts(_ context.Context, in billUpload) (b broughtAccounts, _ error) {
	b.err = readFile(in, func(r io.Reader) (err error) {
		b.all, err = utility.ReadAccounts(r)
		return err
	})
	return b, nil
}

// bringAccounts opens the accounts of a file, or revises them, all or none.
func (f face) bringAccounts(tx *db.Tx, in billUpload, b broughtAccounts) (web.Then, error) {
	p, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err != nil {
		return web.Then{}, err
	}
	if err = b.err; err == nil && len(b.all) > billRowsMax {
		err = utility.ErrFile.With("line", billRowsMax)
	}
	if err == nil {
		for some := range slices.Chunk(b.all, billRowsEach) {
			if _, err = utility.OpenMany(tx, p, some); err != nil {
				break
			}
		}
	}
	if err != nil {
		return f.billAgain(tx, in.ID, err)
	}
	return billDone(in.ID), nil
}

// broughtBills are bills as a file has them, or why it cannot be read.
type broughtBills struct {
	all []utility.Charged
	err error
}

func (f face) readBrought(ctx context.Context, in billUpload) (b broughtBills, err error) {
	var p utility.Provider
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		p, err = utility.Own(tx, in.ID, utility.ScopeWrite)
		return err
	})
	if err != nil {
		return b, err
	}
	b.err = readFile(in, func(r io.Reader) (err error) {
		b.all, err = utility.ReadBills(p, r)
		return err
	})
	return b, nil
}

// bringBills issues the bills of a file, all or none.
func (f face) bringBills(tx *db.Tx, in billUpload, b broughtBills) (web.Then, error) {
	p, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err != nil {
		return web.Then{}, err
	}
	month, bad := span.Parse(in.Month)
	switch {
	case b.err != nil:
		err = b.err
	case bad != nil:
		err = utility.ErrMonth.About("%w", bad)
	case len(b.all) > billRowsMax:
		err = utility.ErrFile.With("line", billRowsMax)
	}
	if err == nil {
		for some := range slices.Chunk(b.all, billRowsEach) {
			if _, err = utility.Bring(tx, p, month, some); err != nil {
				break
			}
		}
	}
	if err != nil {
		return f.billAgain(tx, in.ID, err)
	}
	return billDone(in.ID), nil
}

// theirRegister is a register of the other side, or why it cannot be read.
type theirRegister struct {
	all []utility.Entry
	err error
}

func (f face) readTheirs(_ context.Context, in billUpload) (r theirRegister, _ error) {
	r.err = readFile(in, func(from io.Reader) (err error) {
		r.all, err = utility.ReadRegister(f.Currency, from)
		return err
	})
	return r, nil
}

// reconcileBills compares a register with that of the other side, and shows in what they differ.
func (f face) reconcileBills(tx *db.Tx, in billUpload, theirs theirRegister) (web.Then, error) {
	p, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err != nil {
		return web.Then{}, err
	}
	day, bad := span.Parse(in.Day)
	if err = theirs.err; err == nil && bad != nil {
		err = utility.ErrRegister.About("%w", bad)
	}
	var d utility.Difference
	if err == nil {
		d, err = utility.Reconcile(tx, p, in.Channel, day, theirs.all)
	}
	if err != nil {
		return f.billAgain(tx, in.ID, err)
	}
	b, err := loadBoard(tx, in.ID)
	return web.Show(billBoardPage(f.page("bills", b.Name.In(web.Lang(tx.Context()))), b, d)), err
}

type billRegisterMove struct {
	ID      utility.ProviderID `path:"id" maxLength:"60"`
	Channel string             `json:"channel" maxLength:"40"`
	Day     span.Day           `json:"day"`
}

// moveBillRegister says that the money of a register has come to the provider.
func (f face) moveBillRegister(tx *db.Tx, in billRegisterMove) (web.Then, error) {
	p, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err == nil {
		_, err = utility.Settled(tx, p, in.Channel, in.Day)
	}
	return billDone(in.ID), err
}

// register gives the register that the address of a file names.
func (f face) billRegister(x web.Exchange, do func(*db.Tx, utility.Provider, utility.DayRegister) error) error {
	day, err := span.Parse(x.PathValue("day"))
	if err != nil {
		return utility.ErrRegister.About("%w", err)
	}
	return job.Look(x.Context(), f.Store, web.WhoFrom(x.Context()), func(tx *db.Tx) error {
		p, err := utility.Own(tx, utility.ProviderID(x.PathValue("id")), utility.ScopeRead)
		if err != nil {
			return err
		}
		r, err := utility.RegisterOf(tx, p.ID, x.PathValue("channel"), day)
		if err != nil {
			return err
		}
		return do(tx, p, r)
	})
}

// billRegisterFile sends the payments of a register.
func (f face) billRegisterFile(x web.Exchange) error {
	var p utility.Provider
	var entries []utility.Entry
	var r utility.DayRegister
	err := f.billRegister(x, func(tx *db.Tx, of utility.Provider, found utility.DayRegister) (err error) {
		p, r = of, found
		entries, err = utility.Entries(tx, found)
		return err
	})
	if err != nil {
		return err
	}
	sent := web.Sent{Name: "register-" + r.Number + ".csv", Kind: "text/csv; charset=utf-8", Object: string(p.ID) + " " + r.Number}
	return x.Send(sent, func(to io.Writer) error { return utility.WriteRegister(to, p, entries) })
}

// billOrderFile sends the payment order of a register; from then on the register does not change.
func (f face) billOrderFile(x web.Exchange) error {
	var p utility.Provider
	var r utility.DayRegister
	x.Body = http.MaxBytesReader(x, x.Body, exportFormMax)
	from := utility.Payer{IBAN: strings.ReplaceAll(x.PostFormValue("iban"), " ", ""), BIC: strings.TrimSpace(x.PostFormValue("bic"))}
	err := f.billRegister(x, func(tx *db.Tx, of utility.Provider, found utility.DayRegister) error {
		own, err := seller.Get(tx, seller.Own)
		p, r = of, found
		from.Name, from.BIN = own.Name.In("kk"), own.BIN
		return err
	})
	if err != nil {
		return err
	}
	var order strings.Builder
	if err := x.Moment(func(tx *db.Tx) (err error) {
		if r, err = utility.Send(tx, p, r.Channel, r.Day); err != nil {
			return err
		}
		order.Reset()
		return utility.Order(&order, from, p, r, tx.Now())
	}); err != nil {
		return err
	}
	sent := web.Sent{Name: "pain001-" + r.Number + ".xml", Kind: "application/xml", Object: string(p.ID) + " " + r.Number}
	return x.Send(sent, func(to io.Writer) error {
		_, err := io.WriteString(to, order.String())
		return err
	})
}

type billAccountsAsk struct {
	ID    utility.ProviderID `path:"id" maxLength:"60"`
	After string             `query:"after" maxLength:"60"`
	Q     string             `query:"q" maxLength:"60"`
}

// billAccountList is a page of accounts with what they owe.
type billAccountList struct {
	utility.Provider
	Ask  billAccountsAsk
	Rows []utility.Due
	Next string
}

// billAccounts lists the accounts of a provider by number, from a number on.
func (f face) billAccounts(tx *db.Tx, in billAccountsAsk) (web.View, error) {
	l := billAccountList{Ask: in}
	var err error
	if l.Provider, err = utility.Own(tx, in.ID, utility.ScopeRead); err != nil {
		return nil, err
	}
	var accounts []utility.Account
	if in.Q != "" {
		a, bad := utility.Find(tx, in.ID, in.Q)
		if bad == nil {
			accounts = []utility.Account{a}
		}
	} else if accounts, err = utility.Accounts(tx, in.ID, in.After, listed+1); err != nil {
		return nil, err
	}
	if len(accounts) > listed {
		accounts = accounts[:listed]
		l.Next = accounts[listed-1].Number
	}
	dues, err := utility.DueOf(tx, l.Provider, accounts)
	for _, a := range accounts {
		l.Rows = append(l.Rows, dues[a.ID])
	}
	return billAccountsPage(f.page("bills", l.Name.In(web.Lang(tx.Context()))), l), err
}

// billSum writes an amount of a provider's money.
func billSum(ctx context.Context, p utility.Provider, minor int64) string {
	return sum(ctx, money.Of(minor, p.Currency))
}

// billChannel names who took the money: this house, or a bank as people call it.
func billChannel(ctx context.Context, p utility.Provider, channel string) string {
	if channel == utility.Here {
		return t(ctx, "bills.channel.here")
	}
	return p.ChannelName(channel, web.Lang(ctx))
}

// billMonth writes the month of bills.
func billMonth(ctx context.Context, d span.Day) string {
	year, month, _ := d.Date()
	return t(ctx, "bills.month", "month", fmt.Sprintf("%02d", int(month)), "year", strconv.Itoa(year))
}
