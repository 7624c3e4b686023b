package venue_test

import (
	"bytes"
	"fmt"
	"testing"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// TestOrdersOfToday: the orders of an account come youngest first, also those that have ended, until the next day begins;
// each id that a trader has given leads to its order, and can be given anew when that is forgotten.
func TestOrdersOfToday(t *testing.T) {
	m := open(t)
	m.must(venue.Input{Verb: venue.Begin, Instrument: 1})
	var ids []uint64
	for n := range 2000 {
		o := book.Input{Price: 900, Qty: 10, Life: book.Lasting}
		if n%4 == 0 {
			o.Life = book.Day
		}
		ids = append(ids, m.enter(1, uint32(1+n%2), o)[0].Order)
	}
	for n := 1; n < len(ids); n += 2 {
		m.must(venue.Input{Verb: venue.Cancel, Instrument: 1, Order: book.Input{ID: ids[n]}})
	}
	first, _ := m.v.Find(ids[2])
	m.must(venue.Input{
		Verb: venue.Replace, Instrument: 1, Trader: first.Trader, Member: first.Member, Client: "another",
		Order: book.Input{ID: ids[2], Price: 905, Qty: 10},
	})
	for _, client := range []string{first.Client, "another"} {
		if o, ok := m.v.FindClient(first.Trader, client); !ok || o.ID != ids[2] || o.Client != "another" {
			t.Errorf("%s leads to %+v", client, o)
		}
	}
	judge := func(account uint32, live bool, most, wanted int) {
		t.Helper()
		list := m.v.OrdersOf(account, live, most)
		if len(list) != wanted {
			t.Fatalf("account %d has %d orders, wanted are %d", account, len(list), wanted)
		}
		for n, o := range list {
			if o.Account != account || live && !o.Live() || n > 0 && list[n-1].ID <= o.ID {
				t.Fatalf("order %d of account %d is %+v", n, account, o)
			}
		}
	}
	judge(1, false, 5000, 1000)
	judge(1, true, 5000, 1000)
	judge(2, false, 7, 7)
	judge(2, true, 5000, 0)
	m.step(1, auction.Stop)
	m.must(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.Waive, Auction: auction.Opening}})
	m.must(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.Waive, Auction: auction.Closing}})
	m.must(venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.Close}})
	judge(1, false, 5000, 1000)
	judge(1, true, 5000, 500)
	m.must(venue.Input{Verb: venue.Begin, Instrument: 1})
	judge(1, false, 5000, 500)
	judge(2, false, 5000, 0)
	if _, ok := m.v.Find(ids[1]); ok {
		t.Error("an order of yesterday is known")
	}
	if o, ok := m.v.FindClient(first.Trader, "another"); !ok || o.ID != ids[2] {
		t.Errorf("an order that lives has lost its id: %+v", o)
	}
	if _, ok := m.v.FindClient(10, "c2"); ok {
		t.Error("an id of yesterday is known")
	}
	var written bytes.Buffer
	if err := m.v.Write(&written); err != nil || !bytes.Equal(written.Bytes(), m.v.Export(nil)) {
		t.Errorf("what is written is not what is exported: %v", err)
	}
}

// TestGathered: the ids of orders that stay are as they were when those of many others were forgotten around them, day after day.
func TestGathered(t *testing.T) {
	m := furnish(t, 1)
	m.inputs, m.events = nil, nil
	var events []venue.Event
	var staying []uint64
	number := 0
	for range 4 {
		for n := range 40_000 {
			number++
			in := venue.Input{
				Verb: venue.Enter, Time: m.now, Instrument: 1, Account: 1, Trader: 1, Member: 1, Client: fmt.Sprintf("%036d", number),
				Order: book.Input{Price: 9_000, Qty: 1, Life: book.Day},
			}
			if n%1000 == 0 {
				in.Order.Life = book.Lasting
			}
			if events = m.v.Apply(&in, events[:0]); events[0].Kind == venue.Refused {
				t.Fatal(events[0].Reason.Code())
			}
			if n%1000 == 0 {
				staying = append(staying, events[0].Order)
			}
		}
		m.step(1, auction.Close)
		m.must(venue.Input{Verb: venue.Begin, Instrument: 1})
		m.step(1, auction.BeginContinuous)
		for n, id := range staying {
			want := fmt.Sprintf("%036d", 1+n*1000)
			if o, ok := m.v.Find(id); !ok || o.Client != want {
				t.Fatalf("order %d has the id %s, wanted is %s", id, o.Client, want)
			}
			if o, ok := m.v.FindClient(1, want); !ok || o.ID != id {
				t.Fatalf("the id %s leads to %+v", want, o)
			}
		}
	}
	if list := m.v.OrdersOf(1, false, 1<<20); len(list) != len(staying) {
		t.Errorf("%d orders are known, wanted are %d", len(list), len(staying))
	}
}

// TestNoMemory: a market that has seen a day asks for no memory for orders, trades and cancels of the next, and hardly any for
// reading them.
func TestNoMemory(t *testing.T) {
	m := furnish(t, 1)
	m.inputs, m.events = nil, nil
	events := make([]venue.Event, 0, 1<<10)
	number := 0
	var in venue.Input
	round := func() {
		for n := range 200 {
			number++
			in = venue.Input{
				Verb: venue.Enter, Time: m.now, Instrument: 1, Account: uint32(1 + n%2), Trader: uint32(1 + n%2), Member: 1, Client: clients[number],
				Order: book.Input{Side: book.Side(n % 2), Price: 10_000, Qty: 1 + int64(n%3)},
			}
			events = m.v.Apply(&in, events[:0])
			if events[0].Kind == venue.Refused {
				t.Fatal(events[0].Reason.Code())
			}
			in = venue.Input{Verb: venue.Cancel, Time: m.now, Instrument: 1, Order: book.Input{ID: events[0].Order}}
			events = m.v.Apply(&in, events[:0])
		}
	}
	for range 100 {
		round()
	}
	m.step(1, auction.Close)
	m.must(venue.Input{Verb: venue.Begin, Instrument: 1})
	m.step(1, auction.BeginContinuous)
	if n := testing.AllocsPerRun(50, round); n > 1 { // A chunk of ids now and then.
		t.Errorf("%v allocations in 200 orders", n)
	}
}

// clients are ids that exist before anything is measured.
var clients = func() (all []string) {
	for n := range 40_000 {
		all = append(all, fmt.Sprint("n", n))
	}
	return all
}()
