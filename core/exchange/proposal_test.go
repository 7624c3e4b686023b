package exchange_test

import (
	"errors"
	"testing"
	"time"

	"sauda/core/exchange"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// halt is what another context would propose: it is carried out by who hears that it was confirmed.
const halt exchange.ProposalKind = "venue.halt"

func propose(t *testing.T, s *dbtest.Store, subject exchange.Subject) exchange.Proposal {
	t.Helper()
	return must(t, s, func(tx *db.Tx) (exchange.Proposal, error) {
		return exchange.Propose(tx, halt, subject, map[string]int{"minutes": 10}, because)
	})
}

// TestFourEyes: whoever proposes can neither confirm nor decline, and others cannot withdraw; who does not work there, and
// the house itself, can do none of it; what is decided, by whatever way, is not decided again.
func TestFourEyes(t *testing.T) {
	type verb = func(*db.Tx, exchange.ProposalID) (exchange.Proposal, error)
	confirm, withdraw := verb(exchange.Confirm), verb(exchange.WithdrawProposal)
	decline := func(tx *db.Tx, id exchange.ProposalID) (exchange.Proposal, error) {
		return exchange.Decline(tx, id, "Not now")
	}
	each(t, func(t *testing.T, h house) {
		system := h.As(db.System)
		for n, c := range []struct {
			who  *dbtest.Store
			do   verb
			no   error
			then exchange.ProposalState
		}{
			{h.asel, confirm, exchange.ErrFourEyes, exchange.ProposalOpen}, {h.asel, decline, exchange.ErrFourEyes, exchange.ProposalOpen},
			{h.bolat, withdraw, exchange.ErrFourEyes, exchange.ProposalOpen}, {h.clerk, confirm, exchange.ErrNotStaff, exchange.ProposalOpen},
			{h.client, confirm, exchange.ErrNotStaff, exchange.ProposalOpen}, {system, confirm, exchange.ErrNotStaff, exchange.ProposalOpen},
			{system, decline, exchange.ErrNotStaff, exchange.ProposalOpen}, {h.bolat, confirm, nil, exchange.ProposalConfirmed},
			{h.bolat, decline, nil, exchange.ProposalDeclined}, {h.asel, withdraw, nil, exchange.ProposalWithdrawn},
		} {
			p := propose(t, h.asel, "ins_1")
			err := try(c.who, func(tx *db.Tx) (exchange.Proposal, error) { return c.do(tx, p.ID) })
			var now exchange.Proposal
			h.Look(t, func(tx *db.Tx) (err error) {
				now, err = exchange.GetProposal(tx, p.ID)
				return err
			})
			if !errors.Is(err, c.no) || now.State != c.then {
				t.Errorf("%d: %v, then %s", n, err, now.State)
			}
			if c.no == nil {
				for _, do := range []verb{confirm, decline} {
					if err := try(h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return do(tx, p.ID) }); !errors.Is(err, exchange.ErrDecided) {
						t.Errorf("%d decided again: %v", n, err)
					}
				}
				continue
			}
			must(t, h.asel, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.WithdrawProposal(tx, p.ID) })
		}
		if err := try(h.clerk, func(tx *db.Tx) (exchange.Proposal, error) {
			return exchange.Propose(tx, halt, "ins_1", nil, because)
		}); !errors.Is(err, exchange.ErrNotStaff) {
			t.Errorf("a clerk proposes: %v", err)
		}
		for _, kind := range []exchange.ProposalKind{"", "halt", "Venue.halt", "venue.halt now"} {
			if err := try(h.asel, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Propose(tx, kind, "ins_1", nil, because) }); !errors.Is(err, exchange.ErrInvalid) {
				t.Errorf("a proposal of the kind %q: %v", kind, err)
			}
		}
	})
}

// TestProposals: one thing is proposed once at a time; what nobody decides in a day lapses, also before the clock has seen
// it, and can be proposed again; who hears of a confirmation gets the body.
func TestProposals(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		p := propose(t, h.asel, "ins_1")
		again := func(s *dbtest.Store) error {
			return try(s, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Propose(tx, halt, "ins_1", nil, because) })
		}
		if err := again(h.bolat); !errors.Is(err, exchange.ErrProposed) {
			t.Errorf("proposed twice: %v", err)
		}
		propose(t, h.bolat, "ins_2")
		h.Clock.Advance(24 * time.Hour)
		confirm := func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) }
		if err := try(h.bolat, confirm); !errors.Is(err, exchange.ErrLapsed) {
			t.Errorf("confirmed too late: %v", err)
		}
		if err := again(h.bolat); err != nil {
			t.Errorf("proposed again after a day: %v", err)
		}
		if err := try(h.asel, confirm); !errors.Is(err, exchange.ErrLapsed) {
			t.Errorf("confirmed after it has lapsed: %v", err)
		}
		h.Clock.Advance(25 * time.Hour)
		for _, want := range []int64{1, 0} {
			if n := must(t, h.As(db.System), exchange.LapseProposals); n != want {
				t.Errorf("%d lapsed, wanted %d", n, want)
			}
		}
		p = propose(t, h.asel, "ins_1")
		if open := must(t, h.Store, exchange.OpenProposals); len(open) != 1 || open[0].ID != p.ID || string(open[0].Body) != `{"minutes":10}` {
			t.Errorf("open: %v", open)
		}
		must(t, h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) })
		facts := h.Facts(t)
		last := facts[len(facts)-1]
		want := `{"proposal":"` + string(p.ID) + `","kind":"venue.halt","subject":"ins_1","body":{"minutes":10}}`
		if last.Name != "exchange.confirmed" || string(last.Body) != want {
			t.Errorf("the last fact is %s %s", last.Name, last.Body)
		}
	})
}

// TestOvertaken: what cannot be done any more when it is confirmed is refused, and the proposal stays open to be declined.
func TestOvertaken(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		i := h.listed(t, share())
		subject := exchange.Subject(i.ID)
		h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Suspend(tx, subject, because) })
		p := must(t, h.asel, func(tx *db.Tx) (exchange.Proposal, error) {
			return exchange.Propose(tx, exchange.KindResume, subject, nil, because)
		})
		if err := h.decided(exchange.KindEnd, subject, nil); err != nil {
			t.Fatal(err)
		}
		if err := try(h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) }); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("what is delisted is resumed: %v", err)
		}
		got := must(t, h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Decline(tx, p.ID, "It is delisted") })
		if got.State != exchange.ProposalDeclined || got.Note != "It is delisted" || got.Decided != "usr_bolat" {
			t.Errorf("declined: %+v", got)
		}
	})
}
