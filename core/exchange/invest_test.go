package exchange_test

import (
	"errors"
	"testing"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/gear/db"
)

// dana can file this.
func dana(m exchange.Member) exchange.Application {
	return exchange.Application{Party: "pty_dana", Member: m.ID, TaxNumber: "990101 300003", Questionnaire: "INVESTOR-1", Documents: []string{"att_1", "att_2"},
		Answers: exchange.Answers{"knows": {"risk"}, "traded": {"shares"}}}
}

func (h house) filed(t *testing.T, a exchange.Application) exchange.Application {
	t.Helper()
	return must(t, h.client, func(tx *db.Tx) (exchange.Application, error) { return exchange.File(tx, a) })
}

// TestAdmission: who has answered and brought documents becomes an investor when two people want it; then there is one
// account, of the class of the answers, and the same party can file no more.
func TestAdmission(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m := h.admitted(t)
		a := h.filed(t, dana(m))
		if a.Class != exchange.Balanced || a.Score != 15 || a.TaxNumber != "990101300003" {
			t.Errorf("filed: %+v", a)
		}
		file := func() error {
			return try(h.client, func(tx *db.Tx) (exchange.Application, error) { return exchange.File(tx, dana(m)) })
		}
		if err := file(); !errors.Is(err, exchange.ErrFiled) {
			t.Errorf("filed twice: %v", err)
		}
		subject := exchange.Subject(a.ID)
		p := must(t, h.asel, func(tx *db.Tx) (exchange.Proposal, error) {
			return exchange.Propose(tx, exchange.KindAdmit, subject, nil, because)
		})
		if err := try(h.asel, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) }); !errors.Is(err, exchange.ErrFourEyes) {
			t.Errorf("one person twice: %v", err)
		}
		if err := try(h.client, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) }); !errors.Is(err, exchange.ErrNotStaff) {
			t.Errorf("the applicant: %v", err)
		}
		must(t, h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) })
		a = must(t, h.Store, func(tx *db.Tx) (exchange.Application, error) { return exchange.GetApplication(tx, a.ID) })
		if a.State != exchange.ApplicationAdmitted || a.First != "usr_asel" || a.Second != "usr_bolat" || len(a.Documents) != 2 || a.Answers["knows"][0] != "risk" {
			t.Errorf("admitted: %+v", a)
		}
		of := must(t, h.Store, func(tx *db.Tx) ([]exchange.Account, error) { return exchange.AccountsOf(tx, "pty_dana") })
		if len(of) != 1 || of[0].ID != a.Account || of[0].Class != exchange.Balanced || of[0].Kind != exchange.Client || of[0].State != exchange.StateActive {
			t.Fatalf("accounts: %+v", of)
		}
		if past := h.history(t, exchange.Subject(of[0].ID)); len(past) != 1 || past[0].By != "usr_asel" || past[0].Second != "usr_bolat" {
			t.Errorf("history: %+v", past)
		}
		if of[0].Suits(h.listed(t, petrol())) || !of[0].Suits(h.listed(t, share())) {
			t.Error("a forward is for experienced investors, a share for all")
		}
		if err := file(); !errors.Is(err, exchange.ErrClient) {
			t.Errorf("a client files: %v", err)
		}
		if err := h.decided(exchange.KindAdmit, subject, nil); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("admitted twice: %v", err)
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Application, error) { return exchange.Refuse(tx, a.ID, because) }); !errors.Is(err, exchange.ErrDecided) {
			t.Errorf("refused afterwards: %v", err)
		}
		if err := h.decided(exchange.KindEnd, exchange.Subject(of[0].ID), nil); err != nil {
			t.Fatal(err)
		}
		if err := file(); err != nil {
			t.Errorf("who was a client once: %v", err)
		}
	})
}

// TestRefusal: a refusal needs a reason and a person of the exchange, ends what was proposed, and lets the party file again.
func TestRefusal(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.filed(t, dana(h.admitted(t)))
		p := must(t, h.asel, func(tx *db.Tx) (exchange.Proposal, error) {
			return exchange.Propose(tx, exchange.KindAdmit, exchange.Subject(a.ID), nil, because)
		})
		if waiting := must(t, h.Store, exchange.Applications); len(waiting) != 1 || waiting[0].ID != a.ID {
			t.Errorf("waiting: %+v", waiting)
		}
		if err := try(h.clerk, func(tx *db.Tx) (exchange.Application, error) { return exchange.Refuse(tx, a.ID, because) }); !errors.Is(err, exchange.ErrNotStaff) {
			t.Errorf("a clerk refuses: %v", err)
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Application, error) { return exchange.Refuse(tx, a.ID, " ") }); !errors.Is(err, exchange.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		got := must(t, h.asel, func(tx *db.Tx) (exchange.Application, error) {
			return exchange.Refuse(tx, a.ID, "The document cannot be read")
		})
		if got.State != exchange.ApplicationRefused || got.Reason != "The document cannot be read" || got.First != "usr_asel" {
			t.Errorf("refused: %+v", got)
		}
		if err := try(h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) }); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("who was refused is admitted: %v", err)
		}
		if of := must(t, h.Store, func(tx *db.Tx) ([]exchange.Account, error) { return exchange.AccountsOf(tx, "pty_dana") }); len(of) != 0 {
			t.Errorf("accounts of who was refused: %+v", of)
		}
		again := dana(exchange.Member{ID: a.Member})
		if h.filed(t, again).ID == a.ID {
			t.Error("the second application is the first one")
		}
		if waiting := must(t, h.Store, exchange.Applications); len(waiting) != 1 || waiting[0].ID == a.ID {
			t.Errorf("waiting: %+v", waiting)
		}
	})
}

// TestBadApplications: what is wrong is named by its field; a member who is no broker has no clients.
func TestBadApplications(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m := h.admitted(t)
		for n, c := range []struct {
			spoil  func(*exchange.Application)
			fields string
		}{
			{func(a *exchange.Application) { a.TaxNumber = "990101300004" }, "/tax_number"},
			{func(a *exchange.Application) { a.Party, a.Documents = "", nil }, "/party/documents"},
			{func(a *exchange.Application) { a.Documents = []string{"att_1", "att_1"} }, "/documents/1"},
			{func(a *exchange.Application) { a.Answers = exchange.Answers{"knows": {"risk"}} }, "/answers/traded"},
		} {
			a := dana(m)
			c.spoil(&a)
			err := try(h.client, func(tx *db.Tx) (exchange.Application, error) { return exchange.File(tx, a) })
			got := ""
			for _, f := range fault.FieldsOf(err) {
				got += f.Pointer
			}
			if !errors.Is(err, exchange.ErrInvalid) || got != c.fields {
				t.Errorf("%d: %v names %s, wanted %s", n, err, got, c.fields)
			}
		}
		dealer := broker()
		dealer.Code, dealer.BIN, dealer.Broker = "DEALER", otherBIN, false
		d := must(t, h.asel, func(tx *db.Tx) (exchange.Member, error) { return exchange.Admit(tx, dealer, because) })
		if err := try(h.client, func(tx *db.Tx) (exchange.Application, error) { return exchange.File(tx, dana(d)) }); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("with a dealer: %v", err)
		}
		other := asked()
		other.Experienced = 20
		if err := h.asel.Try(func(tx *db.Tx) error { return exchange.Publish(tx, other) }); !errors.Is(err, exchange.ErrTaken) {
			t.Errorf("other questions under the same code: %v", err)
		}
		other.Code, other.Questions[0].Text = "INVESTOR-2", map[string]string{"kk": "1", "ru": "1", "en": "", "zh": "1"}
		if err := h.asel.Try(func(tx *db.Tx) error { return exchange.Publish(tx, other) }); !errors.Is(err, exchange.ErrInvalid) || len(fault.FieldsOf(err)) != 1 {
			t.Errorf("a question that is not asked in English: %v", err)
		}
	})
}
