package checkout_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/core/cart"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// witness is a gateway of which something is wrong, and which notes what it was told to forget.
type witness struct {
	payment.Gateway
	kept    func(payment.OnFile) (payment.OnFile, error) // kept is what it says in place of a card on file; nil says the card.
	refuses error                                        // refuses is what it says when it shall forget; nil forgets.
	keys    []string                                     // keys are those of the acts of forgetting.
	named   []string                                     // named are whom it was told of with each payment.
}

func (g *witness) Authorize(ctx context.Context, key string, c payment.Charge) (payment.Result, error) {
	g.named = append(g.named, c.Customer)
	return g.Gateway.Authorize(ctx, key, c)
}

func (g *witness) Kept(ctx context.Context, ref string) (payment.OnFile, error) {
	card, err := g.Gateway.Kept(ctx, ref)
	if g.kept != nil && err == nil {
		return g.kept(card)
	}
	return card, err
}

func (g *witness) Forget(ctx context.Context, key, customer string, card payment.OnFile) error {
	g.keys = append(g.keys, key)
	if g.refuses != nil {
		return g.refuses
	}
	return g.Gateway.Forget(ctx, key, customer, card)
}

// saying is a gateway that fails with an error where it should say which card is on file.
func saying(err error) func(payment.OnFile) (payment.OnFile, error) {
	return func(payment.OnFile) (payment.OnFile, error) { return payment.OnFile{}, err }
}

// witnessed is a desk whose gateway is watched.
func witnessed(t *testing.T, w *flowtest.World, p *flowtest.Life) (*checkout.Desk, *witness) {
	t.Helper()
	g := &witness{Gateway: w.Cards}
	desk := checkout.New(p.Teller, g)
	desk.Keys = keys(t, "a")
	return desk, g
}

// toBeForgotten are the cards of which gateways are still to be told.
func toBeForgotten(t *testing.T, w *flowtest.World) (all []payment.KeptCard) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) (err error) {
		all, err = payment.CardsGone(tx, "", 10)
		return err
	})
	return all
}

// TestAnOrderDoesNotWaitForItsCard has a gateway promise and take the money and not say, or refuse to say, which card it has
// put on file: the order stands at once, and the card is kept when the gateway has found its words.
func TestAnOrderDoesNotWaitForItsCard(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk, gateway := witnessed(t, w, p)
		for n, no := range []error{payment.ErrNoAnswer, payment.ErrRefused} {
			gateway.kept = saying(no)
			id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
			token := []string{"tok_ok", "tok_mastercard"}[n]
			if a, err := desk.Order(t.Context(), aigul, keep(id, token)); err != nil || a.Order == "" {
				t.Fatalf("%v: %+v, %v", no, a, err)
			}
			for range 4 {
				w.Clock.Advance(10 * time.Minute)
				p.Settle(t)
			}
			if o := w.Order(t, id); o.State != order.StatePlaced || w.Payments(t, id)[0].Captured.Minor != whole || len(cards(t, w, aigul)) != n {
				t.Errorf("%v: %s, %+v, %d cards", no, o.State, w.Payments(t, id), len(cards(t, w, aigul)))
			}
			gateway.kept = nil
			w.Clock.Advance(10 * time.Minute)
			p.Settle(t)
			if all := cards(t, w, aigul); len(all) != n+1 {
				t.Errorf("%v: after it has answered: %+v", no, all)
			}
		}
		w.Sound(t)
	})
}

// TestACardThatNobodyCouldTakeAwayIsForgotten has a gateway describe a card so that it cannot be shown, and describe it days
// later: its owner could not take it away, so it is no longer on file.
func TestACardThatNobodyCouldTakeAwayIsForgotten(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		p := w.Alive()
		desk, gateway := witnessed(t, w, p)
		gateway.kept = func(card payment.OnFile) (payment.OnFile, error) {
			card.Year = 30
			return card, nil
		}
		id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		if a, err := desk.Order(t.Context(), aigul, keep(id, "tok_ok")); err != nil || a.Outcome != saga.Done {
			t.Fatalf("%+v, %v", a, err)
		}
		if len(gateway.keys) != 1 || len(cards(t, w, aigul))+len(toBeForgotten(t, w)) != 0 {
			t.Errorf("forgotten by %v, kept are %+v, to be forgotten %+v", gateway.keys, cards(t, w, aigul), toBeForgotten(t, w))
		}
		gateway.kept = nil
		if card, err := w.Cards.Kept(t.Context(), w.Payments(t, id)[0].Ref); err != nil || card.Token != "" {
			t.Errorf("the gateway still has %v, %v", card, err)
		}

		gateway.kept = saying(payment.ErrNoAnswer)
		late := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		if a, err := desk.Order(t.Context(), aigul, keep(late, "tok_ok")); err != nil || a.Order == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		w.Clock.Advance(25 * time.Hour)
		gateway.kept = nil
		p.Settle(t)
		if len(cards(t, w, aigul)) != 0 || len(toBeForgotten(t, w)) != 1 {
			t.Errorf("a day later kept are %+v, to be forgotten %+v", cards(t, w, aigul), toBeForgotten(t, w))
		}
		w.Sound(t)
	})
}

// unordered fails unless nothing came of a basket: it holds nothing, and its payments are given up.
func unordered(t *testing.T, w *flowtest.World, id cart.ID) {
	t.Helper()
	if o, claims := w.Order(t, id), w.Claims(t, id); o.ID != "" || len(claims) != 0 {
		t.Errorf("the order %q stands, held is %v", o.ID, claims)
	}
	for _, p := range w.Payments(t, id) {
		if p.State() != payment.StateVoided {
			t.Errorf("its payment is %s", p.State())
		}
	}
}

// TestABuyerConfirmsTooLate answers the bank in the moment in which the story gives up: the bank has put the card on file and
// is told to forget it.
func TestABuyerConfirmsTooLate(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		var next payment.NextStep
		late := false
		p := w.Watched(func(point string) {
			if point == "after call authorize" && late {
				late = false
				answered(t, w, next, "1234")
			}
		})
		desk, gateway := witnessed(t, w, p)
		id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		a, err := desk.Order(t.Context(), aigul, keep(id, "tok_challenge"))
		if err != nil || a.Outcome != saga.Waiting {
			t.Fatalf("%+v, %v", a, err)
		}
		next, late = a.Next, true
		gateway.kept = saying(payment.ErrNoAnswer) // It is asked again.
		w.Clock.Advance(15 * time.Minute)
		p.Settle(t)
		gateway.kept = nil
		p.Rest(t, w)
		unordered(t, w, id)
		if len(cards(t, w, aigul)) != 0 || len(toBeForgotten(t, w)) != 1 {
			t.Errorf("kept are %+v, to be forgotten %+v", cards(t, w, aigul), toBeForgotten(t, w))
		}
		if err := desk.ForgetCards(t.Context(), w.Store.Store); err != nil || len(toBeForgotten(t, w)) != 0 {
			t.Errorf("to be forgotten %+v, %v", toBeForgotten(t, w), err)
		}

		// A gateway that never says is not waited for without end: the basket is its buyer's again.
		other := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		if a, err = desk.Order(t.Context(), aigul, keep(other, "tok_challenge")); err != nil || a.Outcome != saga.Waiting {
			t.Fatalf("%+v, %v", a, err)
		}
		next, late = a.Next, true
		gateway.kept = saying(payment.ErrNoAnswer)
		w.Clock.Advance(15 * time.Minute)
		p.Settle(t)
		p.Rest(t, w)
		p.Rest(t, w)
		unordered(t, w, other)
		w.Sound(t)
	})
}

// TestOnlyAGatewayThatWasToldHasForgotten takes a card away: whoever cannot tell its gateway, and a gateway that refuses,
// leave it to be told the next time.
func TestOnlyAGatewayThatWasToldHasForgotten(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk, gateway := witnessed(t, w, w.Alive())
		kept := paidBy(t, w, desk, "tok_ok")
		take := func() {
			w.As(aigul).Moment(t, func(tx *db.Tx) error { return payment.TakeCardAway(tx, aigul.Party, kept.ID) })
		}
		take()
		elsewhere, rekeyed, keyless := checkout.New(w.Alive().Teller), checkout.New(w.Alive().Teller, gateway), checkout.New(w.Alive().Teller, gateway)
		elsewhere.Keys, rekeyed.Keys = keys(t, "a"), keys(t, "b")
		for name, c := range map[string]struct {
			desk *checkout.Desk
			says error
			want error
		}{
			"a process without the gateway": {elsewhere, nil, payment.ErrRefused},
			"a process with another key":    {rekeyed, nil, payment.ErrToken},
			"a process without a key":       {keyless, nil, nil},
			"a gateway that refuses":        {desk, payment.ErrRefused, payment.ErrRefused},
			"a gateway that is silent":      {desk, payment.ErrNoAnswer, nil},
		} {
			gateway.refuses = c.says
			if err := c.desk.ForgetCards(t.Context(), w.Store.Store); !errors.Is(err, c.want) || len(toBeForgotten(t, w)) != 1 {
				t.Errorf("%s: %v, left are %+v", name, err, toBeForgotten(t, w))
			}
		}

		// It comes back and is taken away again: that is another act, which the gateway must not take for the first.
		gateway.refuses, gateway.keys = payment.ErrNoAnswer, nil
		told := func() {
			if err := desk.ForgetCards(t.Context(), w.Store.Store); err != nil {
				t.Error(err)
			}
		}
		told()
		told()
		w.Clock.Advance(time.Minute)
		if again := paidBy(t, w, desk, "tok_ok"); again.ID != kept.ID {
			t.Fatalf("the same card is %s and %s", kept.ID, again.ID)
		}
		take()
		gateway.refuses = nil
		told()
		if k := gateway.keys; len(k) != 3 || k[0] != k[1] || k[1] == k[2] || len(toBeForgotten(t, w)) != 0 {
			t.Errorf("told by %v, left are %+v", k, toBeForgotten(t, w))
		}

		// What cannot be told for so long never will.
		kept = paidBy(t, w, desk, "tok_ok")
		take()
		w.Clock.Advance(91 * 24 * time.Hour)
		if err := rekeyed.ForgetCards(t.Context(), w.Store.Store); !errors.Is(err, payment.ErrToken) || len(toBeForgotten(t, w)) != 0 {
			t.Errorf("after a quarter of a year: %v, left are %+v", err, toBeForgotten(t, w))
		}
	})
}

// TestTheBankLearnsOfABuyerOnlyForHisCard pays without keeping a card, with one that is kept, and by it.
func TestTheBankLearnsOfABuyerOnlyForHisCard(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk, gateway := witnessed(t, w, w.Alive())
		if _, err := desk.Order(t.Context(), aigul, card(w.BasketOf(t, aigul, "mth_courier", w.Kettle), "tok_ok")); err != nil {
			t.Fatal(err)
		}
		kept := paidBy(t, w, desk, "tok_ok")
		if _, err := desk.Order(t.Context(), aigul, press(w.BasketOf(t, aigul, "mth_courier", w.Kettle), kept.ID)); err != nil {
			t.Fatal(err)
		}
		if want := []string{"", aigul.Party, aigul.Party}; !slices.Equal(gateway.named, want) {
			t.Errorf("it is told of %q, want %q", gateway.named, want)
		}
	})
}
