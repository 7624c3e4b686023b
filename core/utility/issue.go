package utility

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// Run is the issuing of the bills of a month.
type Run struct {
	ID       RunID
	Provider ProviderID
	Month    span.Day
	Done     bool
	Seen     int64 // Seen is how many accounts it went through, of Of when it began.
	Of       int64
	Bills    int64
	Sum      int64
	Skipped  int64 // Skipped are accounts that are closed or had nothing to pay for.
	Begun    time.Time
	Ended    time.Time
}

// Percent is how far a run is, from 0 to 100.
func (r Run) Percent() int64 {
	if r.Done || r.Of == 0 {
		return 100
	}
	return min(99, r.Seen*100/r.Of)
}

// Begin begins to issue the bills of a month; Issue goes on with it. A month is issued once: another time is ErrRunning.
func Begin(tx *db.Tx, p Provider, month span.Day) (Run, error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return Run{}, err
	}
	this := MonthOf(span.DayOf(tx.Now(), span.Almaty))
	if month.IsZero() || month != MonthOf(month) || this.Before(month) || month.Before(this.AddDays(-731)) || p.Remote != nil {
		return Run{}, ErrMonth.About("%s", month)
	}
	of, err := CountAccounts(tx, p.ID)
	if err != nil {
		return Run{}, err
	}
	r := Run{ID: RunID(tx.Mint("run")), Provider: p.ID, Month: month, Of: of, Begun: tx.Now()}
	rows, err := utilitydb.New(tx).BeginRun(tx.Context(), utilitydb.BeginRunParams{
		ID: string(r.ID), Provider: string(p.ID), Month: month.String(), Of: of, BegunAt: span.Micros(r.Begun),
	})
	if err == nil && rows == 0 {
		err = ErrRunning.About("%s of %s", month, p.Code)
	}
	return r, err
}

// Runs gives the runs of a provider, the latest month first.
func Runs(tx *db.Tx, provider ProviderID) ([]Run, error) {
	rows, err := utilitydb.New(tx).Runs(tx.Context(), string(provider))
	all := make([]Run, len(rows))
	for i, r := range rows {
		var e error
		all[i], _, e = runOf(r)
		err = errors.Join(err, e)
	}
	return all, err
}

func runOf(r utilitydb.UtilityRun) (Run, string, error) {
	month, err := dayOf(r.Month)
	return Run{
		ID: RunID(r.ID), Provider: ProviderID(r.Provider), Month: month, Done: r.State == "done", Seen: r.Seen, Of: r.Of, Bills: r.Bills,
		Sum: r.Sum, Skipped: r.Skipped, Begun: span.FromMicros(r.BegunAt), Ended: span.FromMicros(r.DoneAt),
	}, r.After, err
}

// Issue issues the bills of so many accounts of a run that is under way, and says whether there is more to do. What it has done
// is kept with the place where it stands, in one moment: a run that is cut off goes on there, and no account gets two bills of a
// month. One posting of the ledger holds all debts of a call.
func Issue(tx *db.Tx, most int) (more bool, err error) {
	row, err := utilitydb.New(tx).RunningRun(tx.Context())
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r, after, err := runOf(row)
	if err != nil {
		return false, err
	}
	p, err := Get(tx, r.Provider)
	if err != nil {
		return false, err
	}
	accounts, err := Accounts(tx, r.Provider, after, most)
	if err != nil {
		return false, err
	}
	if len(accounts) > 0 {
		after = accounts[len(accounts)-1].Number
		if err := r.issue(tx, p, accounts); err != nil {
			return false, err
		}
	}
	r.Done = len(accounts) < most
	state, ended := "running", time.Time{}
	if r.Done {
		state, ended = "done", tx.Now()
	}
	err = utilitydb.New(tx).MoveRun(tx.Context(), utilitydb.MoveRunParams{
		After: after, Seen: r.Seen, Bills: r.Bills, Sum: r.Sum, Skipped: r.Skipped, State: state, DoneAt: span.Micros(ended), ID: string(r.ID),
	})
	if err == nil && r.Done {
		err = tx.Emit(MonthIssued{p.ID, p.Seller, r.ID, r.Month, r.Bills, r.Sum})
	}
	return true, err
}

// issue writes the bills of some accounts and what they owe by them.
func (r *Run) issue(tx *db.Tx, p Provider, accounts []Account) error {
	ids := make([]AccountID, 0, len(accounts))
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	meters, err := Meters(tx, ids)
	if err != nil {
		return err
	}
	var bills []Bill
	var debts []ledger.Transfer
	for _, a := range accounts {
		r.Seen++
		b, err := Calculate(p, a, meters[a.ID], r.Month)
		if err != nil || a.Closed || b.Total == 0 { // What cannot be counted is left out, and shown as skipped.
			r.Skipped++
			continue
		}
		b.ID, b.Issued = BillID(tx.Mint("utb")), tx.Now()
		bills = append(bills, b)
		debts = append(debts, ledger.Move(receivable(a.ID), ledger.UtilityIncome(string(p.ID)), p.money(b.Total), string(p.Seller)))
		r.Bills, r.Sum = r.Bills+1, r.Sum+b.Total
	}
	if len(bills) == 0 {
		return nil
	}
	if err := writeBills(tx, bills); err != nil {
		return err
	}
	_, err = ledger.Post(tx, ledger.Posting{
		Kind: KindBilled, Ref: fmt.Sprintf("%s/%d", r.ID, r.Seen), Cause: p.Code + " " + r.Month.String(), Transfers: debts,
	})
	if err != nil || len(meters) == 0 {
		return err
	}
	return utilitydb.New(tx.Later()).BillMeters(tx.Context(), db.In(ids))
}

// Calculate gives the bill of an account for a month: a pure function of what the provider charges, the account and its meters.
// A meter that was read in the month, or after the last bill, tells what was used; without one the norm of those who live there
// counts.
func Calculate(p Provider, a Account, meters []Meter, month span.Day) (Bill, error) {
	b := Bill{Provider: p.ID, Account: a.ID, Month: month, Due: dueOf(month, p.DueDay)}
	for _, s := range p.Services {
		use := Use{People: a.People, Area: a.Area}
		for _, m := range meters {
			if m.Service == s.Code && !m.LastDay.Before(month) {
				use.Read = true
				use.Used += m.used(m.Billed, m.Last)
			}
		}
		sum, parts, err := Charge(s.Tariffs, month, use)
		if err != nil {
			return Bill{}, err
		}
		if sum > 0 || use.Read {
			b.Lines, b.Total = append(b.Lines, Line{Service: s.Code, Sum: sum, Parts: parts}), b.Total+sum
		}
	}
	if b.Total > sumMax {
		return Bill{}, ErrTariff.About("%d", b.Total)
	}
	return b, nil
}

// writeBills writes bills, many rows a statement.
func writeBills(tx *db.Tx, bills []Bill) error {
	for from := 0; from < len(bills); from += rowsMax {
		chunk := bills[from:min(from+rowsMax, len(bills))]
		args := make([]any, 0, 8*len(chunk))
		rows := make([]string, len(chunk))
		for i, b := range chunk {
			lines, err := json.Marshal(b.Lines)
			if err != nil {
				return err
			}
			n := len(args)
			rows[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8)
			args = append(args, string(b.ID), string(b.Provider), string(b.Account), b.Month.String(), b.Due.String(), b.Total, string(lines), span.Micros(b.Issued))
		}
		query := `INSERT INTO utility_bill (id, provider, account, month, due, total, lines, issued_at) VALUES ` + strings.Join(rows, ", ")
		if _, err := tx.Later().ExecContext(tx.Context(), query, args...); err != nil {
			return err
		}
	}
	return nil
}

// Charged is a bill that a provider brings, in place of one that is calculated here: one sum by service.
type Charged struct {
	Number string
	Lines  []Line
}

// Bring issues bills of a month that the provider has calculated itself, a thousand at most, in one moment. Accounts that are
// not there, closed, or have a bill of that month are given back by number.
func Bring(tx *db.Tx, p Provider, month span.Day, charged []Charged) (left []string, err error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return nil, err
	}
	if month != MonthOf(month) || len(charged) > accountsMax {
		return nil, ErrMonth.About("%s with %d bills", month, len(charged))
	}
	accounts, taken, err := chargeable(tx, p, month, charged)
	if err != nil {
		return nil, err
	}
	var bills []Bill
	var debts []ledger.Transfer
	for _, c := range charged {
		a, there := accounts[Number(c.Number)]
		total := int64(0)
		for _, l := range c.Lines {
			if _, known := p.Service(l.Service); !known || l.Sum < 0 || l.Sum > sumMax {
				return nil, ErrFile.About("%.40q of %.40s", l.Service, c.Number)
			}
			total += l.Sum
		}
		if !there || a.Closed || taken[a.ID] || total == 0 || total > sumMax {
			left = append(left, c.Number)
			continue
		}
		taken[a.ID] = true
		bills = append(bills, Bill{ID: BillID(tx.Mint("utb")), Provider: p.ID, Account: a.ID, Month: month, Due: dueOf(month, p.DueDay), Total: total, Lines: c.Lines, Issued: tx.Now()})
		debts = append(debts, ledger.Move(receivable(a.ID), ledger.UtilityIncome(string(p.ID)), p.money(total), string(p.Seller)))
	}
	if len(bills) == 0 {
		return left, nil
	}
	if err := writeBills(tx, bills); err != nil {
		return nil, err
	}
	_, err = ledger.Post(tx, ledger.Posting{Kind: KindBilled, Ref: tx.Mint("run"), Cause: p.Code + " " + month.String(), Transfers: debts})
	return left, err
}

// chargeable gives the accounts of some bills by number, and those that have a bill of the month already.
func chargeable(tx *db.Tx, p Provider, month span.Day, charged []Charged) (map[string]Account, map[AccountID]bool, error) {
	numbers := make([]string, len(charged))
	for i, c := range charged {
		numbers[i] = Number(c.Number)
	}
	rows, err := utilitydb.New(tx).AccountsByNumbers(tx.Context(), utilitydb.AccountsByNumbersParams{Provider: string(p.ID), Numbers: db.In(numbers)})
	if err != nil {
		return nil, nil, err
	}
	accounts, ids := map[string]Account{}, make([]AccountID, len(rows))
	for i, r := range rows {
		a, err := accountOf(r, nil)
		if err != nil {
			return nil, nil, err
		}
		accounts[a.Number], ids[i] = a, a.ID
	}
	billed, err := utilitydb.New(tx).BilledIn(tx.Context(), utilitydb.BilledInParams{Accounts: db.In(ids), Month: month.String()})
	taken := map[AccountID]bool{}
	for _, id := range billed {
		taken[AccountID(id)] = true
	}
	return accounts, taken, err
}
