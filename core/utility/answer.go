package utility

import (
	"errors"
	"strconv"

	"sauda/core/utility/biller"
	"sauda/gear/db"
)

// Answer answers a bank that asks a provider. An error is a trouble of ours that says nothing of the account: the bank is told to
// come again.
//
// A provider that keeps its books elsewhere takes nothing here. A check gives what is owed and enough of the name and the address for the payer to see that it is his; the sum of a check means
// nothing at Kaspi and is held to the bounds of the provider at OSMP. A payment is money that the payer has parted with already, so
// it is refused only where there is no account to put it to: one that is closed, a provider that is paused and a sum outside of
// what is usually taken are not reasons. The same transaction again gets the first answer; with another sum or account it was paid
// before.
func Answer(tx *db.Tx, p Provider, from Peer, r biller.Request) (biller.Answer, error) {
	if r.Command == biller.Check && p.Paused || p.Remote != nil { // A provider elsewhere is asked where it is.
		return biller.Answer{Outcome: biller.Forbidden, Txn: r.Txn, Comment: ErrRefused.Text}, nil
	}
	if Number(r.Account) == "" {
		return biller.Answer{Outcome: biller.Format, Txn: r.Txn, Comment: ErrAccount.Text}, nil
	}
	a, err := Find(tx, p.ID, r.Account)
	if errors.Is(err, ErrAccount) {
		return biller.Answer{Outcome: biller.NotFound, Txn: r.Txn, Comment: ErrAccount.Text}, nil
	}
	if err != nil {
		return biller.Answer{}, err
	}
	if r.Command == biller.Check {
		return checked(tx, p, from, a, r)
	}
	pay, _, err := Pay(tx, p, Payment{Channel: from.Name, Txn: r.Txn, Account: a.ID, Sum: r.Sum, Dated: r.Date})
	said := biller.Answer{Txn: r.Txn, Own: strconv.FormatInt(pay.Number, 10), Sum: pay.Sum}
	switch {
	case errors.Is(err, ErrTxn):
		said.Outcome, said.Comment = biller.PaidBefore, ErrTxn.Text
	case errors.Is(err, ErrBounds):
		return biller.Answer{Outcome: biller.Other, Txn: r.Txn, Comment: ErrBounds.Text}, nil
	case err != nil:
		return biller.Answer{}, err
	}
	return said, nil
}

func checked(tx *db.Tx, p Provider, from Peer, a Account, r biller.Request) (biller.Answer, error) {
	said := biller.Answer{Txn: r.Txn}
	osmp := biller.Dialect(from.Dialect) == biller.OSMP && r.Sum > 0
	switch {
	case a.Closed:
		said.Outcome, said.Comment = biller.Inactive, ErrClosed.Text
		return said, nil
	case osmp && r.Sum < p.SumMin:
		said.Outcome, said.Comment = biller.TooSmall, ErrBounds.Text
		return said, nil
	case osmp && p.SumMax > 0 && r.Sum > p.SumMax:
		said.Outcome, said.Comment = biller.TooBig, ErrBounds.Text
		return said, nil
	}
	owed, err := Owed(tx, p, a)
	if err != nil {
		return biller.Answer{}, err
	}
	said.Sum = max(0, owed)
	for _, f := range []biller.Field{{Name: "Иесі / Владелец", Text: Masked(a.Holder)}, {Name: "Мекенжай / Адрес", Text: MaskedAddress(a.Address)}} {
		if f.Text != "" {
			said.Fields = append(said.Fields, f)
		}
	}
	return said, nil
}
