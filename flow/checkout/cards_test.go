package checkout_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/payment/cardsim"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/seal"
)

var (
	aigul = db.Who{Kind: db.KindBuyer, ID: "usr_aigul", Party: "pty_aigul", Session: "ses_1"}
	bolat = db.Who{Kind: db.KindBuyer, ID: "usr_bolat", Party: "pty_bolat", Session: "ses_2"}
)

// keys are those of a house; each letter is another one.
func keys(t *testing.T, letter string) seal.Keys {
	t.Helper()
	k, err := seal.Parse(base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32))))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// keeping is a desk that keeps cards.
func keeping(t *testing.T, w *flowtest.World, p *flowtest.Life) *checkout.Desk {
	t.Helper()
	desk := checkout.New(p.Teller, w.Cards)
	desk.Keys = keys(t, "a")
	return desk
}

// cards are those that somebody keeps.
func cards(t *testing.T, w *flowtest.World, who db.Who) (all []payment.KeptCard) {
	t.Helper()
	w.As(who).Look(t, func(tx *db.Tx) (err error) {
		all, err = payment.Cards(tx, who.Party)
		return err
	})
	return all
}

// keep is a purchase in which a card is entered and kept.
func keep(id cart.ID, token string) checkout.Purchase {
	p := card(id, token)
	p.Keep = true
	return p
}

// press is a purchase with a card that is kept.
func press(id cart.ID, of payment.CardID) checkout.Purchase {
	p := card(id, "")
	p.Card = of
	return p
}

// paidBy orders a basket of a kettle and gives the card that is kept after it.
func paidBy(t *testing.T, w *flowtest.World, desk *checkout.Desk, token string) payment.KeptCard {
	t.Helper()
	id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
	if a, err := desk.Order(t.Context(), aigul, keep(id, token)); err != nil || a.Order == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	all := cards(t, w, aigul)
	if len(all) == 0 {
		t.Fatal("no card is kept")
	}
	return all[0]
}

// TestACardIsKeptAndPays keeps a card while paying and pays with it by one press: its owner does, and nobody else.
func TestACardIsKeptAndPays(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk := keeping(t, w, w.Alive())
		kept := paidBy(t, w, desk, "tok_ok")
		if kept.Brand != "visa" || kept.Digits != "4242" || !kept.Preferred || !kept.Agreed.Equal(w.Clock.Now()) || strings.Contains(kept.Sealed, "cof_") {
			t.Errorf("kept is %+v", kept)
		}
		id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		a, err := desk.Order(t.Context(), aigul, press(id, kept.ID))
		if err != nil || a.Order == "" || a.Outcome != saga.Done {
			t.Fatalf("%+v, %v", a, err)
		}
		if o := w.Order(t, id); o.State != order.StatePlaced || w.Payments(t, id)[0].Captured.Minor != whole {
			t.Errorf("%s, %+v", o.State, w.Payments(t, id))
		}

		other := w.BasketOf(t, bolat, "mth_courier", w.Kettle)
		if _, err := desk.Order(t.Context(), bolat, press(other, kept.ID)); !errors.Is(err, payment.ErrNoCard) {
			t.Errorf("somebody else pays with it: %v", err)
		}
		guest := w.Basket(t, "mth_courier", w.Kettle)
		if _, err := desk.Order(t.Context(), flowtest.Guest, press(guest, kept.ID)); !errors.Is(err, payment.ErrNoCard) {
			t.Errorf("a guest pays with it: %v", err)
		}
		untouched(t, w, guest)
		if _, err := desk.Order(t.Context(), flowtest.Guest, keep(guest, "tok_ok")); err != nil {
			t.Errorf("a guest who wants his card kept: %v", err)
		}
		if n := len(cards(t, w, aigul)) + len(cards(t, w, bolat)); n != 1 {
			t.Errorf("%d cards are kept", n)
		}
		w.Look(t, func(tx *db.Tx) error {
			all, err := saga.List(tx, saga.Filter{Limit: 50})
			for _, s := range all {
				if strings.Contains(string(s.Body), "cof_") || strings.Contains(string(s.Body), kept.Sealed) {
					t.Errorf("a story keeps what stands for a card: %s", s.Body)
				}
			}
			return err
		})
		w.Sound(t)
	})
}

// TestACardThatIsGone pays with cards that the gateway has forgotten, that are sealed with a lost key, and that were taken
// away while the bank asked.
func TestACardThatIsGone(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		life := w.Alive()
		desk := keeping(t, w, life)
		good, gone := paidBy(t, w, desk, "tok_ok"), payment.KeptCard{}
		id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		if _, err := desk.Order(t.Context(), aigul, keep(id, "tok_gone")); err != nil {
			t.Fatal(err)
		}
		for _, c := range cards(t, w, aigul) {
			if c.ID != good.ID {
				gone = c
			}
		}
		id = w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		if _, err := desk.Order(t.Context(), aigul, press(id, gone.ID)); !errors.Is(err, payment.ErrCardGone) {
			t.Errorf("a card that is gone: %v", err)
		}
		if all := cards(t, w, aigul); len(all) != 1 || all[0].ID != good.ID {
			t.Errorf("kept are %+v", all)
		}
		lost := checkout.New(w.Alive().Teller, w.Cards)
		lost.Keys = keys(t, "b")
		if _, err := lost.Order(t.Context(), aigul, press(id, good.ID)); !errors.Is(err, payment.ErrToken) {
			t.Errorf("a card whose key is lost: %v", err)
		}
		if len(cards(t, w, aigul)) != 1 {
			t.Error("a card whose key is lost is removed")
		}
		if _, err := desk.Order(t.Context(), aigul, press(id, good.ID)); err != nil {
			t.Errorf("with the right key: %v", err)
		}
		w.Sound(t)
	})
}

// TestACardIsKeptOnlyWithItsOrder has the bank say no, the buyer say no, and the basket change: nothing is kept then, and
// the gateway is told to forget what it has.
func TestACardIsKeptOnlyWithItsOrder(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		id, changed := w.BasketOf(t, aigul, "mth_courier", w.Kettle), false
		life := w.Watched(func(point string) {
			if point == "after call authorize" && !changed {
				changed = true
				w.As(aigul).Moment(t, func(tx *db.Tx) error {
					return cart.SetContact(tx, id, cart.Contact{Email: "other@example.kz"})
				})
			}
		})
		desk := keeping(t, w, life)
		if _, err := desk.Order(t.Context(), aigul, keep(id, "tok_ok")); !errors.Is(err, cart.ErrStale) {
			t.Fatalf("the basket changed: %v", err)
		}
		for token, want := range map[string]error{"tok_declined": payment.ErrDeclined, "tok_insufficient": payment.ErrNoFunds} {
			if _, err := desk.Order(t.Context(), aigul, keep(id, token)); !errors.Is(err, want) {
				t.Errorf("%s: %v", token, err)
			}
		}
		if all := cards(t, w, aigul); len(all) != 0 {
			t.Errorf("kept are %+v", all)
		}
		if n := len(toBeForgotten(t, w)); n != 1 {
			t.Errorf("of %d cards the gateway is to be told", n)
		}
		w.Gateway.Inject(cardsim.Faults{Down: true})
		if err := desk.ForgetCards(t.Context(), w.Store.Store); err != nil || len(toBeForgotten(t, w)) != 1 {
			t.Errorf("a gateway that does not answer: %v, %+v", err, toBeForgotten(t, w))
		}
		w.Gateway.Inject(cardsim.Faults{})
		if err := desk.ForgetCards(t.Context(), w.Store.Store); err != nil || len(toBeForgotten(t, w)) != 0 {
			t.Errorf("told: %v, %+v", err, toBeForgotten(t, w))
		}

		// What its owner takes away is forgotten by the gateway too.
		kept := paidBy(t, w, desk, "tok_ok")
		opened, err := desk.Keys.Open(kept.Sealed, kept.Purpose())
		if err != nil {
			t.Fatal(err)
		}
		w.As(aigul).Moment(t, func(tx *db.Tx) error { return payment.TakeCardAway(tx, aigul.Party, kept.ID) })
		if err := desk.ForgetCards(t.Context(), w.Store.Store); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Cards.Authorize(t.Context(), "k", payment.Charge{
			Payment: "pay_1", Amount: kzt(100), Customer: aigul.Party, OnFile: onFile(t, opened), Lang: "kk",
		}); !errors.Is(err, payment.ErrCardGone) {
			t.Errorf("the gateway still knows it: %v", err)
		}
		w.Sound(t)
	})
}

// TestABankAsksForAKeptCard answers a challenge of a card that is being kept, and again when it pays.
func TestABankAsksForAKeptCard(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk := keeping(t, w, w.Alive())
		confirm := func(id cart.ID, p checkout.Purchase) {
			t.Helper()
			a, err := desk.Order(t.Context(), aigul, p)
			if err != nil || a.Outcome != saga.Waiting {
				t.Fatalf("%+v, %v", a, err)
			}
			answered(t, w, a.Next, "1234")
			if a, err = desk.Continue(t.Context(), aigul, id); err != nil || a.Order == "" {
				t.Fatalf("%+v, %v", a, err)
			}
		}
		id := w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		confirm(id, keep(id, "tok_challenge"))
		all := cards(t, w, aigul)
		if len(all) != 1 || all[0].Digits != "3220" {
			t.Fatalf("kept are %+v", all)
		}
		id = w.BasketOf(t, aigul, "mth_courier", w.Kettle)
		confirm(id, press(id, all[0].ID))
		w.Clock.Advance(time.Hour)
		w.Sound(t)
	})
}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// onFile reads what a gateway gave for a card.
func onFile(t *testing.T, opened string) (card payment.OnFile) {
	t.Helper()
	if err := json.Unmarshal([]byte(opened), &card); err != nil {
		t.Fatal(err)
	}
	return card
}
