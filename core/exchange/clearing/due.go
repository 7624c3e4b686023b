package clearing

import (
	"cmp"
	"slices"

	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// due is money that a place owes beside its trades.
type due struct {
	id       string
	kind     string
	payer    ledger.Account
	payee    ledger.Account
	currency string
	amount   int64
	tax      int64 // tax is the part of the amount that goes to the tax account.
	day      span.Day
	trade    int64
}

// duesOf reads dues, the oldest first.
func duesOf(rows []clearingdb.ClearingDue) ([]due, error) {
	all := make([]due, len(rows))
	for i, r := range rows {
		day, err := span.Parse(r.Day)
		if err != nil {
			return nil, err
		}
		all[i] = due{
			id: r.ID, kind: r.Kind, payer: ledger.Account(r.Payer), payee: ledger.Account(r.Payee), currency: r.Currency,
			amount: r.Amount, tax: r.Tax, day: day, trade: r.Trade,
		}
	}
	slices.SortFunc(all, func(a, b due) int { // Here, because databases order texts differently.
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.trade, b.trade), cmp.Compare(a.id, b.id))
	})
	return all, nil
}

// pay moves what is due from its payer to its payee, and the tax in it to the tax account.
func (s sums) pay(d due) {
	s.pass(d.payer, d.payee, d.currency, d.amount-d.tax)
	s.pass(d.payer, house("tax"), d.currency, d.tax)
}

// payable gives of some dues, the oldest first, those that can be paid whole with what there is, and takes them from it.
// Of what one place owes in one currency, nothing is paid before what is older. Who is paid himself may pay with that.
func payable(dues []due, have sums) (paid []due) {
	for again := true; again; {
		again = false
		var waiting []due
		blocked := make(map[held]bool)
		for _, d := range dues {
			h := held{d.payer, d.currency}
			if blocked[h] || have[h] < d.amount {
				blocked[h] = true
				waiting = append(waiting, d)
				continue
			}
			have.pay(d)
			paid, again = append(paid, d), true
		}
		dues = waiting
	}
	return paid
}

// turn sets dues to a state.
func turn(tx *db.Tx, dues []due, state string) error {
	if len(dues) == 0 {
		return nil
	}
	ids := make([]string, len(dues))
	for i, d := range dues {
		ids[i] = d.id
	}
	return clearingdb.New(tx.Later()).TurnDues(tx.Context(), clearingdb.TurnDuesParams{State: state, Ids: db.In(ids)})
}

// Due is money that an account owes beside its trades.
type Due struct {
	Kind     string // Kind is fee, penalty, claim (of a dividend), call (a variation that the house advanced) or difference.
	Currency string
	Amount   int64
	Tax      int64 // Tax is the VAT in it.
	Day      span.Day
	Trade    uint64 // Trade is what it came of, if it was one.
}

// Dues gives what an account still has to pay beside its trades, the oldest first.
func Dues(tx *db.Tx, account string) ([]Due, error) {
	dues, err := owing(tx, []ledger.Account{ledger.Exchange(account)})
	if err != nil {
		return nil, err
	}
	all := make([]Due, len(dues))
	for i, d := range dues {
		all[i] = Due{d.kind, d.currency, d.amount, d.tax, d.day, uint64(d.trade)}
	}
	return all, nil
}

// owing gives all that some places have to pay, the oldest first.
func owing(tx *db.Tx, payers []ledger.Account) ([]due, error) {
	rows, err := clearingdb.New(tx).DuesOf(tx.Context(), db.In(payers))
	if err != nil {
		return nil, err
	}
	return duesOf(rows)
}
