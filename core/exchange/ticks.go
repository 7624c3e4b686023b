package exchange

import (
	"encoding/json"

	"sauda/base/fault"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Band is a part of a table of price steps: from this price on, prices are whole multiples of Step.
type Band struct {
	From int64 `json:"from"`
	Step int64 `json:"step"`
}

// Ticks are the price steps of instruments, by bands that rise from zero. The book and the auctions read the same table;
// that they find the same prices in it is why a band has to begin on a multiple of its own step and of the one below
// (RTS 11, Regulation (EU) 2017/588, has its table so).
type Ticks []Band

const (
	bandsMax = 40
	stepMax  = 1 << 40
)

func (t Ticks) check() error {
	c := &checker{}
	c.when(len(t) == 0 || len(t) > bandsMax, "/bands", fault.Say("Give at most this many: {n}.").With("n", bandsMax))
	for i, b := range t {
		c.within(b.Step, 1, stepMax, "/bands/step")
		if i == 0 {
			c.within(b.From, 0, 0, "/bands/from")
		} else if b.Step > 0 && t[i-1].Step > 0 {
			c.within(b.From, t[i-1].From+1, 1<<60, "/bands/from")
			c.when(b.From%b.Step != 0, "/bands/from", fault.Say("This must be a multiple of {n}.").With("n", b.Step))
			c.when(b.From%t[i-1].Step != 0, "/bands/from", fault.Say("This must be a multiple of {n}.").With("n", t[i-1].Step))
		}
	}
	return c.fault()
}

// Book gives the steps as the order book reads them.
func (t Ticks) Book() []book.Band {
	bands := make([]book.Band, len(t))
	for i, b := range t {
		bands[i] = book.Band{From: b.From, Tick: b.Step}
	}
	return bands
}

// Auction gives the steps as auctions read them.
func (t Ticks) Auction() auction.Ticks {
	bands := make(auction.Ticks, len(t))
	for i, b := range t {
		bands[i] = auction.Band{From: b.From, Step: b.Step}
	}
	return bands
}

// LayTicks puts down a table of price steps under a code. A table never changes, so that the history of an instrument says
// which steps it had: the same table again changes nothing, and another one under this code is ErrTaken.
func LayTicks(tx *db.Tx, code string, t Ticks) error {
	c := &checker{}
	c.shaped(code, codeShape, "/code")
	if err := c.fault(); err != nil {
		return err
	}
	if err := t.check(); err != nil {
		return err
	}
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	rows, err := exchangedb.New(tx).LayTicks(tx.Context(), exchangedb.LayTicksParams{Code: code, Bands: string(body)})
	if err != nil || rows == 1 {
		return err
	}
	there, err := exchangedb.New(tx).Ticks(tx.Context(), code)
	if err == nil && there != string(body) {
		return ErrTaken.About("ticks %s", code)
	}
	return err
}

// Table is a table of price steps with its code.
type Table struct {
	Code  string
	Ticks Ticks
}

// Tables gives all tables of price steps, by their codes.
func Tables(tx *db.Tx) ([]Table, error) {
	rows, err := exchangedb.New(tx).AllTicks(tx.Context())
	return each(rows, err, func(row exchangedb.ExchangeTick) (Table, error) {
		t := Table{Code: row.Code}
		return t, json.Unmarshal([]byte(row.Bands), &t.Ticks)
	})
}

// GetTicks gives a table of price steps, or ErrUnknown.
func GetTicks(tx *db.Tx, code string) (Ticks, error) {
	body, err := exchangedb.New(tx).Ticks(tx.Context(), code)
	if err != nil {
		return nil, missing(err, code)
	}
	var t Ticks
	return t, json.Unmarshal([]byte(body), &t)
}
