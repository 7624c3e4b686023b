package api_test

import (
	"slices"
	"testing"

	"sauda/app/apptest"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/seller"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

// TestAStopHasItsReason: whoever stops an instrument or somebody who trades says why, and the history keeps it.
func TestAStopHasItsReason(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	m := openMarket(t, h, func(name string) { h.Registered(t, name+"@example.kz") })
	admin := h.Admin(t)
	admin.Do(t, 422, "POST", "/v1/office/exchange/instruments/"+apple+"/halt", map[string]any{})
	admin.Do(t, 204, "POST", "/v1/office/exchange/instruments/"+apple+"/halt", map[string]any{"reason": "The news"})
	admin.Do(t, 204, "POST", "/v1/office/exchange/kill", map[string]any{"subject": m.accounts["alma"].ID, "reason": "A robot runs wild"})
	h.Look(t, func(tx *db.Tx) error {
		i, err := exchange.GetInstrument(tx, apple)
		if err != nil {
			return err
		}
		for subject, why := range map[exchange.Subject]exchange.Reason{
			exchange.Subject(i.ID): "The news", exchange.Subject(m.accounts["alma"].ID): "A robot runs wild",
		} {
			past, err := exchange.History(tx, subject)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(past, func(p exchange.Past) bool { return p.Reason == why }) {
				t.Errorf("%s has the history %+v, without %q", subject, past, why)
			}
		}
		return nil
	})
}

// TestAPriceIsConfirmedInVain: the market is asked for a price as soon as it is confirmed; when no auction waits with one, whoever
// has confirmed it hears so.
func TestAPriceIsConfirmedInVain(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	openMarket(t, h, func(name string) { h.Registered(t, name+"@example.kz") })
	clerk := db.Who{Kind: db.KindStaff, ID: "usr_clerk_of_the_exchange", Seller: string(seller.Own), Scopes: []string{"exchange.*"}}
	var p exchange.Proposal
	err := job.Once(t.Context(), h.Store, clerk, func(tx *db.Tx) error {
		i, err := exchange.GetInstrument(tx, apple)
		if err != nil {
			return err
		}
		p, err = exchange.Propose(tx, floor.KindAccept, exchange.Subject(i.ID), floor.Acceptance{Auction: auction.Closing, Price: 100_00}, because)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	admin := h.Admin(t)
	path := "/v1/office/exchange/proposals/" + string(p.ID) + "/confirmation"
	if a := admin.Do(t, 409, "POST", path, nil); a.Code() != "floor.no_price" {
		t.Errorf("the market is not asked: %s", a.Code())
	}
	if a := admin.Do(t, 409, "POST", path, nil); a.Code() != "exchange.decided" {
		t.Errorf("confirmed twice: %s", a.Code())
	}
}
