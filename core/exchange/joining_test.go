package exchange_test

import (
	"errors"
	"testing"

	"sauda/core/exchange"
	"sauda/gear/db"
)

// filedBy files an application of the client with the broker.
func (h house) filedBy(t *testing.T, m exchange.Member) exchange.Application {
	t.Helper()
	return must(t, h.client, func(tx *db.Tx) (exchange.Application, error) {
		return exchange.File(tx, exchange.Application{Party: client.Party, Member: m.ID, TaxNumber: "000101600997", Questionnaire: "INVESTOR-1",
			Answers: exchange.Answers{"knows": {"risk"}, "traded": {"shares"}}, Documents: []string{"att_1"}})
	})
}

// TestAskMore: an applicant is asked for what is missing, once at a time; before he has answered nobody admits him; only he answers,
// and what he brings is with the application afterwards.
func TestAskMore(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		a := h.filedBy(t, h.admitted(t))
		ask := func(tx *db.Tx) error { return exchange.AskMore(tx, a.ID, "Bring the second page, please.") }
		answer := func(party string) func(*db.Tx) error {
			return func(tx *db.Tx) error { return exchange.Answer(tx, party, a.ID, "Here it is.", "att_2", "att_1") }
		}
		admit := func(tx *db.Tx) error {
			_, err := exchange.Propose(tx, exchange.KindAdmit, exchange.Subject(a.ID), nil, because)
			return err
		}
		for n, c := range []struct {
			who interface {
				Try(func(*db.Tx) error) error
			}
			do   func(*db.Tx) error
			want error
		}{
			{h.client, answer(client.Party), exchange.ErrUnasked}, {h.clerk, ask, exchange.ErrNotStaff}, {h.asel, ask, nil}, {h.bolat, ask, exchange.ErrAsked},
			{h.asel, admit, exchange.ErrAsked}, {h.client, answer("pty_other"), exchange.ErrUnknown}, {h.client, answer(""), exchange.ErrUnknown},
			{h.client, answer(client.Party), nil}, {h.client, answer(client.Party), exchange.ErrUnasked}, {h.asel, admit, nil},
		} {
			if err := c.who.Try(c.do); !errors.Is(err, c.want) {
				t.Errorf("%d: %v, not %v", n, err, c.want)
			}
		}
		h.Look(t, func(tx *db.Tx) error {
			got, err := exchange.GetApplication(tx, a.ID)
			asked, err2 := exchange.Inquiries(tx, a.ID)
			mine, err3 := exchange.ApplicationsOf(tx, client.Party)
			if len(got.Documents) != 2 || len(asked) != 1 || asked[0].Answer != "Here it is." || exchange.Asked(asked) || len(mine) != 1 {
				t.Errorf("%+v %+v", got.Documents, asked)
			}
			return errors.Join(err, err2, err3)
		})
	})
}

// TestMemberByTwo: one person proposes a member and another one admits it; what could not be admitted is refused when it is
// proposed.
func TestMemberByTwo(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		b := broker()
		c := exchange.Candidate{Code: b.Code, BIN: b.BIN, Party: b.Party, Name: b.Name, Licence: b.Licence, Broker: true}
		propose := func(c exchange.Candidate) func(tx *db.Tx) (exchange.Proposal, error) {
			return func(tx *db.Tx) (exchange.Proposal, error) {
				return exchange.Propose(tx, exchange.KindMember, c.Subject(), c, because)
			}
		}
		wrong := c
		wrong.BIN = "990101300003"
		if err := try(h.asel, propose(wrong)); !errors.Is(err, exchange.ErrInvalid) {
			t.Errorf("a person as a member: %v", err)
		}
		p := must(t, h.asel, propose(c))
		confirm := func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) }
		if err := try(h.asel, confirm); !errors.Is(err, exchange.ErrFourEyes) {
			t.Errorf("confirmed by who proposed it: %v", err)
		}
		must(t, h.bolat, confirm)
		h.Look(t, func(tx *db.Tx) error {
			m, err := exchange.GetMember(tx, "BROKER")
			past, err2 := exchange.History(tx, exchange.Subject(m.ID))
			if m.State != exchange.StateActive || !m.Broker || len(past) != 1 || past[0].By != "usr_asel" || past[0].Second != "usr_bolat" {
				t.Errorf("%+v %+v", m, past)
			}
			return errors.Join(err, err2)
		})
		if err := try(h.asel, propose(c)); !errors.Is(err, exchange.ErrTaken) {
			t.Errorf("admitted twice: %v", err)
		}
	})
}

// TestActingFor: whose an account is sees who may act for him; another party learns nothing of it; investors are found by state and
// member.
func TestActingFor(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m, trader, own := h.party(t)
		h.Look(t, func(tx *db.Tx) error {
			a, err := exchange.AccountFor(tx, own.Party, own.Code)
			list, err2 := exchange.TradersFor(tx, a)
			if len(list) != 1 || list[0].ID != trader.ID || !list[0].Granted {
				t.Errorf("%+v", list)
			}
			for _, party := range []string{"", "pty_other"} {
				if _, err := exchange.AccountFor(tx, party, own.Code); !errors.Is(err, exchange.ErrGrant) {
					t.Errorf("%q: %v", party, err)
				}
			}
			none, err3 := exchange.Investors(tx, "", m.ID, 0, 10)
			if len(none) != 0 {
				t.Errorf("%d investors", len(none))
			}
			return errors.Join(err, err2, err3)
		})
	})
}
