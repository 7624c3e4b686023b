package account

import (
	"context"

	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/customer"
	"sauda/core/enquiry"
	"sauda/core/estimate"
	"sauda/core/gift"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/payment"
	"sauda/core/review"
	"sauda/core/utility"
	"sauda/core/waitlist"
	"sauda/core/wish"
	"sauda/flow/account/accountdb"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
)

// AskErasure has the account of who is signed in erased when the time to think is over, and tells him so by a letter: if it
// was not he, he learns of it. Asked twice, it is asked once.
func (d Desk) AskErasure(tx *db.Tx) (identity.Erasure, error) {
	u, err := buyer(tx)
	if err != nil {
		return identity.Erasure{}, err
	}
	if e, asked, err := identity.ErasureOf(tx, u.ID); err != nil || asked {
		return e, err
	}
	e, err := identity.AskErasure(tx, u.ID)
	if err != nil {
		return e, err
	}
	return e, d.write(tx, u, notify.ErasureAsked, map[string]string{"day": dayIn(u.Lang, e.Due), "url": d.page(u.Lang, "/account")})
}

// KeepAccount takes that back.
func (d Desk) KeepAccount(tx *db.Tx) error {
	u, err := Person(tx)
	if err != nil {
		return err
	}
	return identity.KeepAccount(tx, u.ID)
}

// erase erases the account that is due longest, and tells what of it lies among the files. Of what the house keeps, these
// stay: orders with their documents, payments and the ledger, for as long as the tax law looks at them, with the name and
// address that the contract was made with; what he wrote, asked and answered about goods and is shown, without his name;
// letters about orders; the decisions about consent and the rows of the audit, which name nobody but an id.
func (d Desk) erase(tx *db.Tx) (done bool, lie []string, err error) {
	tx.Strict() // As customer.Leave: asked for before the first statement, it costs nothing.
	due, err := identity.DueErasures(tx, 1)
	if err != nil || len(due) == 0 {
		return false, nil, err
	}
	u, err := identity.Get(tx, due[0].User)
	if err != nil {
		return false, nil, err
	}
	for _, step := range []func() error{
		func() error { return cart.Leave(tx, string(u.Party)) },
		func() error { return review.Leave(tx, string(u.Party)) },
		func() error { return agreement.Leave(tx, string(u.Party)) },
		func() error { return payment.LeaveCards(tx, string(u.Party)) },
		func() error { return utility.ForgetParty(tx, string(u.Party)) },
		func() error { return gift.ForgetParty(tx, string(u.Party)) },
		func() error { return enquiry.Leave(tx, string(u.Party)) },
		func() error { return estimate.Leave(tx, string(u.Party)) },
		func() error { return waitlist.Forget(tx, string(u.Party), u.Email) },
		func() error { return wish.Leave(tx, string(u.Party)) },
		func() error { return customer.Leave(tx, string(u.Party), u.Email) },
		func() error { return notify.ForgetTo(tx, u.Email) },
		func() error { return session.DropTickets(tx, string(u.ID)) },
		func() error { return session.DropPasskeys(tx, string(u.ID)) },
		func() error { return d.Sessions.EndAll(tx, string(u.ID), "") },
		func() error { return identity.Erase(tx, due[0]) },
	} {
		if err := step(); err != nil {
			return false, nil, err
		}
	}
	lie, err = accountdb.New(tx).DropExports(tx.Context(), string(u.ID))
	return true, lie, err
}

// Erase erases all accounts whose time is over, each in a moment of its own.
func (d Desk) Erase(ctx context.Context, store *db.Store) error {
	for ctx.Err() == nil {
		var done bool
		var lie []string
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			done, lie, err = d.erase(tx)
			return err
		})
		if err != nil || !done {
			return err
		}
		for _, name := range lie {
			if name == "" { // It was never gathered.
				continue
			}
			if err := d.Blobs.Forget(ctx, name); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}
