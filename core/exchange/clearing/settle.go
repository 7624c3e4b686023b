package clearing

import (
	"fmt"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Run is one settlement. A house may run several on a day, as trades of that day come in; what is not settled after the
// last has failed.
type Run struct {
	Day     span.Day
	Last    bool
	Next    func(span.Day) span.Day // Next gives the first day of settlement after a day.
	Penalty money.Rate              // Penalty is what a day of failure costs, of the money that the open part is worth.
	BuyIn   int64                   // BuyIn is after how many failures a trade may be bought in.
}

// Part is what a settlement took of one trade.
type Part struct {
	Trade    uint64 `json:"trade"`
	Quantity int64  `json:"quantity"`
	Amount   int64  `json:"amount"`
	Whole    bool   `json:"whole"` // Whole says that nothing of the trade is open any more.
}

// Failure is what a trade leaves open at the end of a day.
type Failure struct {
	Trade   uint64 `json:"trade"`
	Account string `json:"account"` // Account is who lacked.
	Lacks   string `json:"lacks"`   // Lacks is what he lacked: the asset or the currency.
	Open    int64  `json:"open"`
	Owed    int64  `json:"owed"`
	Penalty int64  `json:"penalty"`
	Fails   int64  `json:"fails"`
	BuyIn   bool   `json:"buy_in"` // BuyIn says that it has failed often enough to be bought in.
}

// Settlement is what a run came to.
type Settlement struct {
	Batch    string // Batch names the posting; empty when nothing moved.
	Parts    []Part
	Failures []Failure // Failures are those of the last run of a day.
	Dues     int       // Dues counts the fees, penalties and claims that were paid.
}

// Settle delivers against payment all that is due by a day and can be: one posting moves the net of it through the house,
// so that nobody ever sees one leg without the other. Who lacks securities or money delivers or pays for what he can, his
// oldest trades first; a trade is settled in part where that is possible. Then fees, penalties and claims that are due
// are paid from what money is left, the oldest first and each whole or not at all, in the same moment.
//
// A forward waits on its day for the last run: it is traded until the evening, and marked before it is delivered.
//
// The last run of a day states as failed what is left, charges a penalty to who lacked, in favour of the other side, and
// rolls the trade to the next day. Run again, it settles what has become possible, and nobody fails twice on a day. The
// number of statements does not grow with each trade but with hundreds of them.
func Settle(tx *db.Tx, run Run) (Settlement, error) {
	if run.Day.IsZero() || run.Next == nil || !run.Day.Before(run.Next(run.Day)) || run.Penalty.Check() != nil {
		return Settlement{}, ErrRun.About("%+v", run)
	}
	tx.Strict() // What everybody has is judged, then moved.
	tx.Lock("clearing")
	rows, err := clearingdb.New(tx).DueClaims(tx.Context(), run.Day.String())
	if err != nil {
		return Settlement{}, err
	}
	claims := make([]*claim, len(rows))
	for i, r := range rows {
		claims[i] = claimOf(clearingdb.ClaimsOfRow(r))
	}
	claims = slices.DeleteFunc(claims, func(c *claim) bool { return !run.Last && c.forward && c.due == run.Day.String() })
	dueRows, err := clearingdb.New(tx).DuesBy(tx.Context(), run.Day.String())
	if err != nil {
		return Settlement{}, err
	}
	dues, err := duesOf(dueRows)
	if err != nil {
		return Settlement{}, err
	}
	have, err := holdings(tx, concerned(claims, dues))
	if err != nil {
		return Settlement{}, err
	}
	after := choose(claims, have)
	paid := payable(dues, after)
	moves, beside := make(sums), besideFees(paid)
	for h, n := range after {
		moves[h] = n - have[h] - beside[h]
	}
	done := Settlement{Parts: parts(claims), Dues: len(paid)}
	if len(done.Parts)+len(paid) > 0 {
		done.Batch = tx.Mint("stl")
	}
	if err := moves.post(tx, "exchange.settle", done.Batch, run.Day.String()); err != nil {
		return Settlement{}, err
	}
	if err := beside.post(tx, "exchange.dues", done.Batch, run.Day.String()); err != nil {
		return Settlement{}, err
	}
	if err := turn(tx, paid, "paid"); err != nil {
		return Settlement{}, err
	}
	if err := keep(tx, run, claims, &done); err != nil {
		return Settlement{}, err
	}
	if err := taught(claims).write(tx); err != nil {
		return Settlement{}, err
	}
	return done, done.state(tx, run.Day)
}

// taught gives what the market has to learn of a run: which purchases are settled, and what was delivered of forwards, for which
// nothing was due.
func taught(claims []*claim) *lessons {
	l := newLessons()
	for _, c := range claims {
		l.settled(c, c.take)
		if c.forward && c.take > 0 {
			l.delivered(c)
		}
	}
	return l
}

// besideFees gives what dues move that no trade has promised when it was made: penalties, claims, differences, what was
// advanced. They are a posting of their own, for the market has not counted on them.
func besideFees(dues []due) sums {
	moves := make(sums)
	for _, d := range dues {
		if d.kind != "fee" {
			moves.pay(d)
		}
	}
	return moves
}

// state states what a run came to.
func (s Settlement) state(tx *db.Tx, day span.Day) error {
	if len(s.Parts) > 0 {
		if err := tx.Emit(Settled{Batch: s.Batch, Day: day.String(), Parts: s.Parts}); err != nil {
			return err
		}
	}
	if len(s.Failures) > 0 {
		return tx.Emit(Failed{Day: day.String(), Failures: s.Failures})
	}
	return nil
}

func claimOf(r clearingdb.ClaimsOfRow) *claim {
	return &claim{
		trade: r.Trade, buyer: r.Buyer, seller: r.Seller, asset: r.Asset, currency: r.Currency, instrument: r.Instrument,
		day: r.Day, due: r.Due,
		open: r.Open, owed: r.Owed, fails: r.Fails, failing: State(r.State) == Failing, forward: r.Forward == 1,
	}
}

// concerned gives all places that a settlement could take from.
func concerned(claims []*claim, dues []due) []ledger.Account {
	s := make(sums)
	for _, c := range claims {
		s[sold(c)], s[bought(c)] = 0, 0
	}
	for _, d := range dues {
		s[held{d.payer, d.currency}] = 0
	}
	return s.places()
}

// parts gives what is taken of each claim.
func parts(claims []*claim) []Part {
	var taken []Part
	for _, c := range claims {
		if c.take > 0 {
			taken = append(taken, Part{Trade: uint64(c.trade), Quantity: c.take, Amount: c.pay, Whole: c.take == c.open})
		}
	}
	return taken
}

// keep writes down what became of the claims of a run.
func keep(tx *db.Tx, run Run, claims []*claim, done *Settlement) error {
	var whole []string
	var steps []step
	var penalties []due
	next := run.Next(run.Day)
	for _, c := range claims {
		if c.take == c.open {
			whole = append(whole, fmt.Sprint(c.trade))
			continue
		}
		s := step{trade: c.trade, take: c.take, pay: c.pay, due: c.due}
		if run.Last {
			f := c.failure(run)
			done.Failures = append(done.Failures, f)
			s.fails, s.failing, s.due = 1, string(c.lacks), next.String()
			if f.Penalty > 0 && c.buyer != c.seller {
				penalties = append(penalties, c.penalty(run.Day, next, f))
			}
		}
		if s.take > 0 || s.fails > 0 {
			steps = append(steps, s)
		}
	}
	if len(whole) > 0 {
		if err := clearingdb.New(tx.Later()).SettleWhole(tx.Context(), db.In(whole)); err != nil {
			return err
		}
	}
	if err := writeSteps(tx, steps); err != nil {
		return err
	}
	if err := writeFailures(tx, run.Day, claims, done.Failures); err != nil {
		return err
	}
	return writeDues(tx, penalties)
}

// failure says what a claim leaves open, and by whose lack.
func (c *claim) failure(run Run) Failure {
	f := Failure{
		Trade: uint64(c.trade), Account: c.seller, Lacks: c.asset, Open: c.open - c.take, Owed: c.owed - c.pay, Fails: c.fails + 1,
	}
	if c.lacks == Buy {
		f.Account, f.Lacks = c.buyer, c.currency
	}
	f.Penalty = run.Penalty.Of(money.Of(f.Owed, money.Currency(c.currency)), money.HalfUp).Minor
	f.BuyIn = run.BuyIn > 0 && f.Fails >= run.BuyIn
	return f
}

// penalty is what who failed owes to the other side, from the next day on.
func (c *claim) penalty(day, next span.Day, f Failure) due {
	other := c.buyer
	if c.lacks == Buy {
		other = c.seller
	}
	return due{
		id: fmt.Sprintf("penalty:%d:%s", c.trade, day), kind: "penalty", payer: ledger.Exchange(f.Account), payee: ledger.Exchange(other),
		currency: c.currency, amount: f.Penalty, day: next, trade: c.trade,
	}
}

// writeFailures writes down who failed on a day.
func writeFailures(tx *db.Tx, day span.Day, claims []*claim, failures []Failure) error {
	currencies := make(map[uint64]string, len(claims))
	for _, c := range claims {
		currencies[uint64(c.trade)] = c.currency
	}
	for chunk := range slices.Chunk(failures, rowsMax) {
		args := make([]any, 0, 9*len(chunk))
		for _, f := range chunk {
			args = append(args, int64(f.Trade), day.String(), f.Account, f.Lacks, f.Open, f.Owed, currencies[f.Trade], f.Penalty, f.Fails)
		}
		query := []string{`INSERT INTO clearing_failure (trade, day, account, lacks, open, owed, currency, penalty, fails) VALUES `,
			values(args, 9), ` ON CONFLICT (trade, day) DO NOTHING`}
		if _, err := tx.Later().ExecContext(tx.Context(), strings.Join(query, ""), args...); err != nil {
			return err
		}
	}
	return nil
}
