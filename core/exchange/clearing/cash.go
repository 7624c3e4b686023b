package clearing

import (
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Movement is an amount of an asset that comes in from outside or goes out.
type Movement struct {
	Ref    string         // Ref names the one thing that it comes of: a payment, an order to the depository.
	Place  ledger.Account // Place is where: an account, a share in the default fund, capital, income or tax of the house.
	Asset  string
	Amount int64
	Cause  string
}

// check refuses what is no movement over the border of the exchange.
func (m Movement) check() error {
	open := m.Place == house("capital") || m.Place == house("income") || m.Place == house("tax")
	for _, root := range []string{"exchange/", "exchange-fund/", "exchange-pledge/"} {
		open = open || strings.HasPrefix(string(m.Place), root)
	}
	if m.Amount > sizeMax {
		return ErrOverflow.About("%+v", m)
	}
	if !open || m.Ref == "" || m.Amount <= 0 || m.Place.Check() != nil || checkAssets(m.Asset) != nil {
		return ErrMovement.About("%+v", m)
	}
	return nil
}

// Deposit brings money or securities in. The same reference told again changes nothing; with other contents it is
// ErrDiffers. Goods come in by Lodge.
func Deposit(tx *db.Tx, m Movement) error {
	if !money.Currency(m.Asset).Valid() {
		tx.Strict() // Nobody may lodge the first receipt for it at the same time.
	}
	fresh, err := m.told(tx, m.Amount, "")
	if err != nil || !fresh {
		return err
	}
	if err := noGoods(tx, m.Asset); err != nil {
		return err
	}
	return m.post(tx, "exchange.deposit", m.Amount)
}

// Withdraw takes money or securities out. What the account owes beside its trades stays: with less than that left it is
// ErrShort, and so it is with less than nothing. The same reference told again changes nothing. What is held for orders
// is for whoever keeps those to say.
func Withdraw(tx *db.Tx, m Movement) error {
	tx.Strict() // What is there is judged, then moved.
	tx.Lock("clearing")
	fresh, err := m.told(tx, -m.Amount, "")
	if err != nil || !fresh {
		return err
	}
	if err := noGoods(tx, m.Asset); err != nil {
		return err
	}
	have, err := holdings(tx, []ledger.Account{m.Place})
	if err != nil {
		return err
	}
	dues, err := owing(tx, []ledger.Account{m.Place})
	if err != nil {
		return err
	}
	left := have[held{m.Place, m.Asset}] - m.Amount
	for _, d := range dues {
		if d.currency == m.Asset {
			left -= d.amount
		}
	}
	if left < 0 {
		return ErrShort.About("%d %s from %s, %d too many", m.Amount, m.Asset, m.Place, -left)
	}
	return m.post(tx, "exchange.withdrawal", -m.Amount)
}

// reserved are beginnings of references that clearing gives by itself.
var reserved = []string{"receipt:", "release:", "split:"}

// told is first for a movement that somebody else names.
func (m Movement) told(tx *db.Tx, amount int64, source ledger.Account) (bool, error) {
	for _, begin := range reserved {
		if strings.HasPrefix(m.Ref, begin) {
			return false, ErrMovement.About("reference %s", m.Ref)
		}
	}
	return m.first(tx, amount, source)
}

// first writes a movement down and says whether it is told for the first time.
func (m Movement) first(tx *db.Tx, amount int64, source ledger.Account) (bool, error) {
	if err := m.check(); err != nil {
		return false, err
	}
	q := clearingdb.New(tx)
	rows, err := q.AddMovement(tx.Context(), clearingdb.AddMovementParams{
		Ref: m.Ref, Place: string(m.Place), Source: string(source), Asset: m.Asset, Amount: amount, At: span.Micros(tx.Now()),
	})
	if err != nil || rows == 1 {
		return rows == 1, err
	}
	was, err := q.GetMovement(tx.Context(), m.Ref)
	if err != nil {
		return false, err
	}
	if was.Place != string(m.Place) || was.Source != string(source) || was.Asset != m.Asset || was.Amount != amount {
		return false, ErrDiffers.About("movement %s was %d %s at %s", m.Ref, was.Amount, was.Asset, was.Place)
	}
	return false, nil
}

func (m Movement) post(tx *db.Tx, kind string, amount int64) error {
	moves := make(sums)
	moves.pass(house("vault"), m.Place, m.Asset, amount)
	return moves.post(tx, kind, m.Ref, m.Cause)
}

// Move takes an amount to a place of the exchange from another one: into the default fund or among what secures a bid, or
// out of it. The same reference told again changes nothing. With less at the source than that it is ErrShort. Goods move
// in trades only.
func Move(tx *db.Tx, m Movement, from ledger.Account) error {
	source := m
	source.Place = from
	if err := source.check(); err != nil {
		return err
	}
	if from == m.Place {
		return ErrMovement.About("%+v from itself", m)
	}
	tx.Strict() // What is there is judged, then moved.
	tx.Lock("clearing")
	fresh, err := m.told(tx, m.Amount, from)
	if err != nil || !fresh {
		return err
	}
	if err := noGoods(tx, m.Asset); err != nil {
		return err
	}
	moves := make(sums)
	moves.pass(from, m.Place, m.Asset, m.Amount)
	if err := moves.covered(tx); err != nil {
		return err
	}
	return moves.post(tx, "exchange.move", m.Ref, m.Cause)
}
