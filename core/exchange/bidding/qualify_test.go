package bidding_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding"
	"sauda/gear/db"
)

// judged is a tender of two stages: offers for half an hour, judged in ten minutes, prices until an hour after the beginning.
func judged() bidding.Notice {
	n := petrol(bidding.TenderTwo)
	n.Terms.Judging = (10 * time.Minute).Microseconds()
	n.Guarantee = 5_000
	return n
}

var can = bidding.Offer{Words: "Two tankers, a licence of 2024.", Documents: []bidding.Document{{Name: "Licence", Link: "https://files.example/1"}}}

func (h house) bring(id bidding.NoticeID, code string, o bidding.Offer) error {
	return h.Try(func(tx *db.Tx) error {
		_, err := bidding.Bring(tx, keys, id, account(code), o)
		return err
	})
}

func (h house) judge(id bidding.NoticeID, code string, v bidding.Verdict, reason string) error {
	return h.As(db.Who{ID: "usr_judge"}).Try(func(tx *db.Tx) error { return bidding.Judge(tx, id, code, v, reason) })
}

func (h house) offers(t *testing.T, n bidding.Notice) (all []bidding.Offer) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) {
		all, err = bidding.Offers(tx, keys, n)
		return err
	})
	return all
}

func want(t *testing.T, what string, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) {
		t.Errorf("%s: %v, not %v", what, err, wanted)
	}
}

// TestJudgedFirst: offers without prices are sealed until their stage is over; then people judge them; only who was admitted
// lodges a guarantee and bids, and the lowest price of these wins.
func TestJudgedFirst(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.announce(t, judged())
		a, b, c, late := "A00000002", "A00000003", "A00000004", "A00000005"
		want(t, "before it begins", h.bring(n.ID, a, can), auction.ErrNotBegun)
		h.Clock.Set(begins)
		if got := h.turn(t, n.ID); got.State != bidding.Open {
			t.Errorf("it is %s", got.State)
		}
		want(t, "of its own", h.bring(n.ID, holder.Code, can), auction.ErrSelf)
		want(t, "with nothing in it", h.bring(n.ID, a, bidding.Offer{Words: " "}), bidding.ErrInvalid)
		want(t, "with a bad link", h.bring(n.ID, a, bidding.Offer{Words: "x", Documents: []bidding.Document{{Name: "x", Link: "ftp://x"}}}), bidding.ErrInvalid)
		for n2, code := range []string{a, b, c, a} { // The last one takes the place of the first.
			o := can
			o.Words += strings.Repeat("!", n2)
			want(t, "an offer", h.bring(n.ID, code, o), nil)
		}
		want(t, "a price in the first stage", h.enter(n.ID, a, at(900)), bidding.ErrUnqualified)
		want(t, "a guarantee in the first stage", h.secure(n.ID, a), bidding.ErrUnqualified)
		want(t, "judged while they are sealed", h.judge(n.ID, a, bidding.Admitted, ""), bidding.ErrStanding)
		want(t, "withdrawn with offers", h.Try(func(tx *db.Tx) error { _, err := bidding.Withdraw(tx, n.ID, holder.Code, "x"); return err }), bidding.ErrHasBids)
		if all := h.offers(t, n); len(all) != 0 || len(h.look(t, n.ID, holder.Code).Offers) != 0 || len(h.look(t, n.ID, "").Offers) != 0 {
			t.Errorf("offers are read before their time: %v", all)
		}
		if own := h.look(t, n.ID, a).Offers; len(own) != 1 || own[0].Words != can.Words+"!!!" || own[0].Verdict != "" {
			t.Errorf("one's own offer is %+v", own)
		}

		h.Clock.Set(begins.Add(30 * time.Minute))
		want(t, "an offer too late", h.bring(n.ID, late, can), auction.ErrOver)
		if s := h.look(t, n.ID, b); s.Stage != bidding.Judging || len(s.Offers) != 1 {
			t.Errorf("it stands as %s with %d offers", s.Stage, len(s.Offers))
		}
		if all := h.offers(t, n); len(all) != 3 || all[0].Account != a || all[0].Words != can.Words+"!!!" || len(h.look(t, n.ID, holder.Code).Offers) != 3 {
			t.Errorf("the offers are %+v", all)
		}
		want(t, "no offer", h.judge(n.ID, late, bidding.Admitted, ""), bidding.ErrUnknown)
		want(t, "nobody", h.judge(n.ID, "", bidding.Admitted, ""), bidding.ErrUnknown)
		want(t, "no verdict", h.judge(n.ID, a, "perhaps", ""), bidding.ErrStanding)
		want(t, "refused without a reason", h.judge(n.ID, b, bidding.Barred, " "), bidding.ErrReason)
		want(t, "admitted", h.judge(n.ID, a, bidding.Admitted, ""), nil)
		want(t, "admitted is refused", h.judge(n.ID, a, bidding.Barred, "x"), bidding.ErrJudged)
		want(t, "refused", h.judge(n.ID, b, bidding.Barred, "No licence"), nil)
		want(t, "refused again", h.judge(n.ID, b, bidding.Barred, "x"), bidding.ErrJudged)
		want(t, "refused", h.judge(n.ID, c, bidding.Barred, "No tankers"), nil)
		want(t, "a refusal is turned", h.judge(n.ID, c, bidding.Admitted, "They are rented"), nil)
		if o := h.look(t, n.ID, b).Offers[0]; o.Verdict != bidding.Barred || o.Reason != "No licence" {
			t.Errorf("the refused one reads %+v", o)
		}
		for _, code := range []string{a, c} {
			want(t, "a guarantee", h.secure(n.ID, code), nil)
		}
		want(t, "the guarantee of the refused", h.secure(n.ID, b), bidding.ErrUnqualified)
		want(t, "a price while they are judged", h.enter(n.ID, a, at(900)), auction.ErrNotBegun)

		h.Clock.Set(begins.Add(40 * time.Minute))
		if got := h.turn(t, n.ID); got.State != bidding.Second {
			t.Errorf("the second stage is %s", got.State)
		}
		want(t, "the refused bids", h.enter(n.ID, b, at(100)), bidding.ErrUnqualified)
		want(t, "who came too late bids", h.enter(n.ID, late, at(100)), bidding.ErrUnqualified)
		want(t, "a price", h.enter(n.ID, a, at(900)), nil)
		want(t, "a price", h.enter(n.ID, c, at(850)), nil)
		want(t, "above one's own", h.enter(n.ID, a, at(901)), auction.ErrHigh)
		h.Clock.Set(begins.Add(time.Hour))
		if got := h.turn(t, n.ID); got.State != bidding.Decided {
			t.Errorf("the end is %s", got.State)
		}
		want(t, "judged after the end", h.judge(n.ID, b, bidding.Admitted, ""), bidding.ErrStanding)
		h.Look(t, func(tx *db.Tx) error {
			awards, err := bidding.Awards(tx, n.ID)
			if len(awards) != 1 || awards[0].Seller != c || awards[0].Price != 850 {
				t.Errorf("won: %+v", awards)
			}
			pledges, err2 := bidding.Pledges(tx, n.ID)
			if len(pledges) != 2 || pledges[0].State != bidding.Released || pledges[1].State != bidding.Held {
				t.Errorf("guarantees: %+v", pledges)
			}
			return errors.Join(err, err2)
		})
	})
}

// TestWhoJudges: nobody of who announced or of the bidder judges; whoever is admitted may still be excluded; where nobody is
// admitted nobody wins.
func TestWhoJudges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := judged()
		n.Guarantee = 0
		n = h.announce(t, n)
		h.Clock.Set(begins)
		want(t, "an offer", h.bring(n.ID, "A00000002", can), nil)
		h.Clock.Set(begins.Add(30 * time.Minute))
		for _, who := range []db.Who{{ID: "usr_1", Party: holder.Party}, {ID: "usr_2", Party: "pty_A00000002"}} {
			err := h.As(who).Try(func(tx *db.Tx) error { return bidding.Judge(tx, n.ID, "A00000002", bidding.Admitted, "") })
			want(t, who.Party, err, bidding.ErrConcerned)
		}
		var list []bidding.Waiting
		h.Look(t, func(tx *db.Tx) (err error) {
			list, err = bidding.Judgeable(tx)
			return err
		})
		if len(list) != 1 || list[0].Offers != 1 || list[0].Waiting != 1 {
			t.Errorf("to judge: %+v", list)
		}
		want(t, "admitted", h.judge(n.ID, "A00000002", bidding.Admitted, "All is there"), nil)
		h.Clock.Set(begins.Add(45 * time.Minute))
		want(t, "a price", h.enter(n.ID, "A00000002", at(900)), nil)
		h.Moment(t, func(tx *db.Tx) error {
			_, err := bidding.Exclude(tx, keys, n.ID, holder.Code, "A00000002")
			return err
		})
		want(t, "excluded", h.enter(n.ID, "A00000002", at(800)), auction.ErrBarred)
		h.Clock.Set(begins.Add(2 * time.Hour))
		if got := h.turn(t, n.ID); got.State != bidding.Failed {
			t.Errorf("the end is %s", got.State)
		}
	})
}

// TestJudgingFields: the time to judge belongs to a tender of two stages, and ends before the tender does; prices that must be
// beaten go with it.
func TestJudgingFields(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		announce := func(change func(*bidding.Notice)) error {
			n := judged()
			change(&n)
			return h.Try(func(tx *db.Tx) error { _, err := bidding.Announce(tx, holder, n); return err })
		}
		for what, change := range map[string]func(*bidding.Notice){
			"one stage": func(n *bidding.Notice) { n.Kind = bidding.Tender }, "below nothing": func(n *bidding.Notice) { n.Terms.Judging = -1 },
			"until the end": func(n *bidding.Notice) { n.Terms.Judging = (30 * time.Minute).Microseconds() }, "for ever": func(n *bidding.Notice) { n.Terms.Judging = 1 << 62 },
		} {
			err := announce(change)
			if !errors.Is(err, bidding.ErrInvalid) || !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Pointer == "/terms/judging" }) {
				t.Errorf("%s: %v", what, err)
			}
		}
		want(t, "a trade downwards", announce(func(n *bidding.Notice) { n.Terms.Beat, n.Terms.StepMin, n.Terms.StepMax = true, 5_000, 50_000 }), nil)
		plain := petrol(bidding.TenderTwo)
		n := h.announce(t, plain)
		h.Clock.Set(begins)
		want(t, "an offer where bids are sealed", h.bring(n.ID, "A00000002", can), bidding.ErrStanding)
		closed := account("A00000002")
		closed.State = exchange.StateSuspended
		m := h.announce(t, judged2())
		h.Clock.Set(begins.Add(time.Hour))
		want(t, "a closed account", h.Try(func(tx *db.Tx) error { _, err := bidding.Bring(tx, keys, m.ID, closed, can); return err }), exchange.ErrStanding)
	})
}

// judged2 is judged an hour later.
func judged2() bidding.Notice {
	n := judged()
	n.Opens, n.Unseals, n.Ends = n.Opens.Add(time.Hour), n.Unseals.Add(time.Hour), n.Ends.Add(time.Hour)
	return n
}
