package utility

import (
	"encoding/json"
	"errors"

	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// Lines that are not of a service.
const (
	Arrears = "arrears" // Arrears are what is owed from before the latest bill.
	Advance = "advance" // Advance is paid beyond what is owed, where the provider takes that.
	ToldSum = "told"    // ToldSum is what a remote provider says is owed.
)

// DueLine is what may be paid for one line.
type DueLine struct {
	Service  string
	Sum      int64 // Sum is what is owed, and what is paid unless the payer says otherwise.
	Most     int64 // Most is what may be paid at most.
	Editable bool
}

// Due is what an account owes.
type Due struct {
	Account Account
	Bill    Bill  // Bill is the latest one; without an id there is none.
	Owed    int64 // Owed is what the ledger says, below zero when more was paid than was due.
	Lines   []DueLine
}

// receivable is the ledger's account of what a personal account owes.
func receivable(a AccountID) ledger.Account { return ledger.Utility(string(a)) }

// DueOf gives what some accounts owe, by account, in at most three statements. All accounts are of one provider.
func DueOf(tx *db.Tx, p Provider, accounts []Account) (map[AccountID]Due, error) {
	all := make(map[AccountID]Due, len(accounts))
	if p.Remote != nil || len(accounts) == 0 {
		for _, a := range accounts {
			all[a.ID] = Due{Account: a, Owed: a.Told.Owed(), Lines: p.lines(Bill{}, a.Told.Owed(), nil)}
		}
		return all, nil
	}
	ids, books := make([]AccountID, len(accounts)), make([]ledger.Account, len(accounts))
	for i, a := range accounts {
		ids[i], books[i] = a.ID, receivable(a.ID)
	}
	owed, err := owedBy(tx, p, books)
	if err != nil {
		return nil, err
	}
	bills, err := latestBills(tx, ids)
	if err != nil {
		return nil, err
	}
	paid, err := paidFor(tx, ids, bills)
	for _, a := range accounts {
		b, minor := bills[a.ID], owed[receivable(a.ID)]
		all[a.ID] = Due{Account: a, Bill: b, Owed: minor, Lines: p.lines(b, minor, paid[b.ID])}
	}
	return all, err
}

// owedBy gives the balances of accounts of the ledger, in one statement.
func owedBy(tx *db.Tx, p Provider, books []ledger.Account) (map[ledger.Account]int64, error) {
	turnovers, err := ledger.Turnovers(tx, books)
	owed := make(map[ledger.Account]int64, len(turnovers))
	for account, all := range turnovers {
		for _, t := range all {
			if t.Asset == string(p.Currency) {
				owed[account] += t.Debit - t.Credit
			}
		}
	}
	return owed, err
}

func latestBills(tx *db.Tx, ids []AccountID) (map[AccountID]Bill, error) {
	rows, err := utilitydb.New(tx).LatestBills(tx.Context(), db.In(ids))
	all := make(map[AccountID]Bill, len(rows))
	for _, r := range rows {
		b, e := billOf(r)
		all[b.Account], err = b, errors.Join(err, e)
	}
	return all, err
}

// paidFor gives what was paid for each line of bills, in one statement.
func paidFor(tx *db.Tx, ids []AccountID, bills map[AccountID]Bill) (map[BillID]map[string]int64, error) {
	var of []BillID
	for _, b := range bills {
		of = append(of, b.ID)
	}
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := utilitydb.New(tx).PaymentsForBills(tx.Context(), utilitydb.PaymentsForBillsParams{Accounts: db.In(ids), Bills: db.In(of)})
	paid := map[BillID]map[string]int64{}
	for _, r := range rows {
		var lines []PaidLine
		err = errors.Join(err, json.Unmarshal([]byte(r.Lines), &lines))
		by := paid[BillID(r.Bill)]
		if by == nil {
			by = map[string]int64{}
			paid[BillID(r.Bill)] = by
		}
		for _, l := range lines {
			by[l.Service] += l.Sum
		}
	}
	return paid, err
}

// lines gives what may be paid. What was paid without saying for which line, by a bank or in advance, first covers what is owed
// from before, then the lines in their order. The sums of the lines are together what is owed, or nothing.
func (p Provider) lines(b Bill, owed int64, paid map[string]int64) []DueLine {
	var lines []DueLine
	rest := int64(0)
	for _, l := range b.Lines {
		s, _ := p.Service(l.Service)
		sum := max(0, l.Sum-paid[l.Service])
		lines, rest = append(lines, DueLine{Service: l.Service, Sum: sum, Most: s.Most, Editable: s.Editable}), rest+sum
	}
	before := owed - rest
	if p.Remote != nil {
		lines, before = append(lines, DueLine{Service: ToldSum, Sum: max(0, owed), Most: p.SumMax, Editable: true}), 0
	}
	for i := range lines {
		l := &lines[i]
		if before < 0 {
			taken := min(-before, l.Sum)
			l.Sum, before = l.Sum-taken, before+taken
		}
		if l.Most == 0 || !l.Editable {
			l.Most = l.Sum
		}
	}
	if before > 0 {
		lines = append([]DueLine{{Service: Arrears, Sum: before, Most: before, Editable: true}}, lines...)
	}
	if p.SumMax > 0 && p.Remote == nil {
		lines = append(lines, DueLine{Service: Advance, Most: p.SumMax, Editable: true})
	}
	return lines
}

// Bills gives the bills of an account, the latest first, two years of them at most.
func Bills(tx *db.Tx, account AccountID) ([]Bill, error) {
	rows, err := utilitydb.New(tx).BillsOf(tx.Context(), string(account))
	all := make([]Bill, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = billOf(r)
		err = errors.Join(err, e)
	}
	return all, err
}

func billOf(r utilitydb.UtilityBill) (Bill, error) {
	b := Bill{ID: BillID(r.ID), Provider: ProviderID(r.Provider), Account: AccountID(r.Account), Total: r.Total, Issued: span.FromMicros(r.IssuedAt)}
	var errMonth, errDue error
	b.Month, errMonth = dayOf(r.Month)
	b.Due, errDue = dayOf(r.Due)
	return b, errors.Join(errMonth, errDue, json.Unmarshal([]byte(r.Lines), &b.Lines))
}

// Owed gives what one account owes, below zero when more was paid than was due.
func Owed(tx *db.Tx, p Provider, a Account) (int64, error) {
	if p.Remote != nil {
		return a.Told.Owed(), nil
	}
	return ledger.Balance(tx, receivable(a.ID), string(p.Currency))
}
