package venue_test

import (
	"testing"

	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// TestADivision takes back what stands, has the last price stand for the new units, and is done once. What the books have taken
// goes although an order holds it, and what is due changes by name.
func TestADivision(t *testing.T) {
	m := open(t)
	m.must(venue.Input{Verb: venue.Begin, Instrument: 1})
	m.enter(1, 1, book.Input{Price: 900, Qty: 10, Life: book.Lasting})
	m.enter(1, 2, book.Input{Side: book.Sell, Price: 1090, Qty: 5_000, Life: book.Lasting})
	divide := venue.Input{Verb: venue.Price, Instrument: 1, Body: body(t, venue.Mark{Ref: "split", New: 3, Old: 1})}
	if got := told(m.do(divide)); got != "1 cancelled 10@900 left 0: asked_all; 2 cancelled 5000@1090 left 0: asked_all" {
		t.Errorf("divided: %s", got)
	}
	if got := told(m.do(divide)); got != "refused: repeated" {
		t.Errorf("again: %s", got)
	}
	divide.Body = body(t, venue.Mark{Ref: "other", New: 0, Old: 1})
	if got := told(m.do(divide)); got != "refused: bad_body" {
		t.Errorf("into nothing: %s", got)
	}
	m.enter(1, 2, book.Input{Side: book.Sell, Price: 330, Qty: 4_990, Life: book.Lasting})
	move := func(mv venue.Movement) string {
		return told(m.do(venue.Input{Verb: venue.Move, Account: 2, Body: body(t, mv)}))
	}
	if got := move(venue.Movement{Ref: "a", Account: 2, Asset: shares, Amount: -100}); got != "refused: buying_power" {
		t.Errorf("what an order holds is taken out: %s", got)
	}
	if got := move(venue.Movement{Ref: "a", Account: 2, Asset: shares, Amount: -100, Forced: true}); got != "" {
		t.Errorf("what the books have taken: %s", got)
	}
	if got := move(venue.Movement{Ref: "b", Account: 2, Asset: shares, Amount: -5_000, Forced: true}); got != "refused: not_there" {
		t.Errorf("more than there is: %s", got)
	}
	if got := move(venue.Movement{Ref: "c", Account: 2, Asset: shares, Due: 90, Forced: true}); got != "" {
		t.Errorf("something is due: %s", got)
	}
	if b := m.v.Risk().Balance(2, shares); b.Settled != 4_900 || b.Due != 90 || b.Free != 0 {
		t.Errorf("in the end: %+v", b)
	}
	before := m.v.Hash()
	again, err := venue.Import(m.v.Export(nil))
	if err != nil || again.Hash() != before {
		t.Errorf("taken up again: %v", err)
	}
}
