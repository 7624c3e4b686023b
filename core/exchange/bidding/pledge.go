package bidding

import (
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
)

// MaySecure says what an account would lodge for a bidding, or why it cannot: nothing is asked for (ErrFree), it is there
// already (ErrSecured), it is not for this account, or it is over.
func MaySecure(tx *db.Tx, id NoticeID, a exchange.Account) (Notice, error) {
	n, err := Get(tx, id)
	if err != nil {
		return Notice{}, err
	}
	if err := n.admits(a); err != nil {
		return Notice{}, err
	}
	if err := n.qualified(tx, a.Code); err != nil { // Who is judged first lodges it when he was admitted.
		return Notice{}, err
	}
	switch {
	case n.Guarantee == 0:
		return Notice{}, ErrFree.About("%s", id)
	case !n.State.Live() || !tx.Now().Before(n.Ends):
		return Notice{}, ErrStanding.About("%s is %s", id, n.State)
	}
	pledges, err := Pledges(tx, id)
	if err != nil {
		return Notice{}, err
	}
	if slices.ContainsFunc(pledges, func(p Pledge) bool { return p.Account == a.Code }) {
		return Notice{}, ErrSecured.About("%s for %s", a.Code, id)
	}
	return n, nil
}

// Secure writes down that an account has lodged its guarantee, which the caller moves by the reference in the same
// moment. It can bid from now on.
func Secure(tx *db.Tx, id NoticeID, a exchange.Account, ref string) (Pledge, error) {
	tx.Strict() // It may be decided or withdrawn at the same time, which releases what is there.
	tx.Lock(lockOf(id))
	n, err := MaySecure(tx, id, a)
	if err != nil {
		return Pledge{}, err
	}
	p := Pledge{Notice: id, Account: a.Code, User: tx.Who().ID, Amount: n.Guarantee, Currency: n.Currency, Ref: ref, State: Held, At: tx.Now()}
	rows, err := biddingdb.New(tx).AddPledge(tx.Context(), biddingdb.AddPledgeParams{
		Notice: string(id), Account: p.Account, ByUser: p.User, Amount: p.Amount, Currency: string(p.Currency), Ref: ref, At: span.Micros(p.At),
	})
	if err != nil {
		return Pledge{}, err
	}
	if rows == 0 {
		return Pledge{}, ErrSecured.About("%s for %s", a.Code, id)
	}
	return p, nil
}

// Pledges gives all that secures a bidding, also what was released or drawn, by account.
func Pledges(tx *db.Tx, id NoticeID) ([]Pledge, error) {
	rows, err := biddingdb.New(tx).Pledges(tx.Context(), string(id))
	all := make([]Pledge, len(rows))
	for i, row := range rows {
		all[i] = pledgeOf(row)
	}
	return all, err
}

func pledgeOf(row biddingdb.BiddingPledge) Pledge {
	return Pledge{
		Notice: NoticeID(row.Notice), Account: row.Account, User: row.ByUser, Amount: row.Amount, Currency: money.Currency(row.Currency),
		Ref: row.Ref, State: PledgeState(row.State), At: span.FromMicros(row.At),
	}
}

// heldOf are the accounts whose guarantee is held.
func heldOf(pledges []Pledge) (accounts []string) {
	for _, p := range pledges {
		if p.State == Held {
			accounts = append(accounts, p.Account)
		}
	}
	return accounts
}

// release gives guarantees back, each once.
func release(tx *db.Tx, id NoticeID, accounts []string) error {
	return endPledges(tx, id, accounts, Released, "")
}

// draw gives a guarantee to who announced, once.
func draw(tx *db.Tx, n Notice, account string) error {
	return endPledges(tx, n.ID, []string{account}, Drawn, n.Account)
}

func endPledges(tx *db.Tx, id NoticeID, accounts []string, state PledgeState, to string) error {
	if len(accounts) == 0 {
		return nil
	}
	rows, err := biddingdb.New(tx).EndPledges(tx.Context(), biddingdb.EndPledgesParams{
		State: string(state), At: span.Micros(tx.Now()), Notice: string(id), Accounts: db.In(accounts),
	})
	if err != nil {
		return err
	}
	facts := make([]db.Fact, len(rows))
	for i, row := range rows {
		goes := to
		if goes == "" {
			goes = row.Account
		}
		facts[i] = PledgeEnded{id, row.Account, goes, row.Amount, row.Currency, row.Ref, state}
	}
	return tx.Emit(facts...)
}
