package clearing

import (
	"fmt"
	"math"

	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Purchase completes a failing trade at the cost of who failed.
type Purchase struct {
	Trade   uint64
	After   int64  // After is how often the trade must have failed.
	Account string // Account takes the place of who failed; empty when nobody does, and the difference alone is paid.
	Amount  int64  // Amount is what it is paid, or pays, for all that is open; without an account, what that is worth.
}

// BuyIn ends a trade that has failed too often. When the seller failed, another account delivers what is open and is paid
// the amount of the purchase; when the buyer failed, another one takes and pays it. Who did not fail gets what was agreed,
// or better: of a price that is worse for him, who failed pays the difference; of one that is better, he has the gain.
// With no other account he gets the difference in money. All of it is one posting. It returns what who failed has paid.
//
// Before the trade has failed so often it is ErrEarly; when somebody lacks what he has to give it is ErrShort, and a
// default may be the next thing. A trade of which nothing is open, also one that was bought in, is ErrUnknown.
func BuyIn(tx *db.Tx, p Purchase) (int64, error) {
	if p.Trade > math.MaxInt64 || p.Amount < 0 {
		return 0, ErrUnknown.About("trade %d for %d", p.Trade, p.Amount)
	}
	tx.Strict() // What all three have is judged, then moved.
	tx.Lock("clearing")
	rows, err := clearingdb.New(tx).ClaimOf(tx.Context(), int64(p.Trade))
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, ErrUnknown.About("nothing is open of trade %d", p.Trade)
	}
	c := claimOf(clearingdb.ClaimsOfRow(rows[0]))
	failing, other := c.buyer, c.seller
	if c.failing {
		failing, other = c.seller, c.buyer
	}
	if c.fails < max(1, p.After) {
		return 0, ErrEarly.About("trade %d has failed %d times, not %d", p.Trade, c.fails, p.After)
	}
	if p.Account == failing || p.Account == other {
		return 0, ErrMovement.About("%s is a side of trade %d", p.Account, p.Trade)
	}
	cost := p.Amount - c.owed // What the other side would lose.
	if !c.failing {
		cost = c.owed - p.Amount
	}
	moves := make(sums)
	if p.Account != "" {
		from, to := ledger.Exchange(p.Account), ledger.Exchange(other)
		if !c.failing {
			from, to = to, from
		}
		moves.pass(from, to, c.asset, c.open)
		moves.pass(to, from, c.currency, p.Amount)
	}
	cost = max(0, cost)
	moves.pass(ledger.Exchange(failing), ledger.Exchange(other), c.currency, cost)
	if err := moves.covered(tx); err != nil {
		return 0, err
	}
	ref := fmt.Sprint(p.Trade)
	if err := moves.post(tx, "exchange.buy_in", ref, ref); err != nil {
		return 0, err
	}
	if err := end(tx, []*claim{c}, BoughtIn); err != nil {
		return 0, err
	}
	l := newLessons()
	l.ended(c)
	if err := l.write(tx); err != nil {
		return 0, err
	}
	return cost, tx.Emit(BroughtIn{Trade: p.Trade, Failing: failing, Cost: cost})
}

// end ends what is open of claims.
func end(tx *db.Tx, claims []*claim, state State) error {
	if len(claims) == 0 {
		return nil
	}
	ids := make([]string, len(claims))
	for i, c := range claims {
		ids[i] = fmt.Sprint(c.trade)
	}
	return clearingdb.New(tx.Later()).EndOpen(tx.Context(), clearingdb.EndOpenParams{State: string(state), Trades: db.In(ids)})
}
