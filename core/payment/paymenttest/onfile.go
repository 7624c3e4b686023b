package paymenttest

import (
	"fmt"
	"strings"

	"sauda/core/payment"
)

// filing is a charge in which a customer has a card kept.
func (b *bench) filing(token, customer string) payment.Charge {
	c := b.charge(token)
	c.Customer, c.Keep = customer, true
	return c
}

// paying is a charge with a card on file.
func (b *bench) paying(customer string, card payment.OnFile) payment.Charge {
	c := b.charge("")
	c.Customer, c.OnFile = customer, card
	return c
}

// filed has a customer pay with a card and keep it.
func (b *bench) filed(token, customer string) payment.OnFile {
	b.Helper()
	r, err := b.Gateway.Authorize(b.ctx, key(), b.filing(token, customer))
	return b.kept(b.totals(r, err, sums{whole, 0, 0, 0}).Ref)
}

// kept gives the card that a payment put on file, and holds it to what a buyer recognises it by.
func (b *bench) kept(ref string) payment.OnFile {
	b.Helper()
	card, err := b.Gateway.Kept(b.ctx, ref)
	if err != nil || card.Token == "" || len(card.Digits) != 4 || card.Brand == "" || card.Month < 1 || card.Month > 12 || card.Year < 2026 {
		b.Fatalf("the card on file of %s: %+v, %v", ref, card, err)
	}
	if said := fmt.Sprintf("%v %+v %#v %s", card, card, card, card.Token); strings.Contains(said, string(card.Token[4:])) {
		b.Errorf("what stands for a card is printed: %s", said)
	}
	return card
}

// none holds a payment to have put nothing on file.
func (b *bench) none(ref string) {
	b.Helper()
	if card, err := b.Gateway.Kept(b.ctx, ref); err != nil || card != (payment.OnFile{}) {
		b.Errorf("the card on file of %s: %+v, %v", ref, card, err)
	}
}

// onFile keeps a card, pays with it again and again, and forgets it.
func onFile(b *bench) {
	if !b.Keeps {
		return
	}
	owner := "pty_" + key()
	card := b.filed(b.Tokens.OK, owner)
	if again := b.filed(b.Tokens.OK, owner); again.Token != card.Token {
		b.Errorf("the same card of one customer is on file twice: %d and %d", len(card.Token), len(again.Token))
	}
	if other := b.filed(b.Tokens.OK, "pty_"+key()); other.Token == card.Token {
		b.Error("two customers have one card on file")
	}
	charge, k := b.paying(owner, card), key()
	first, err := b.Gateway.Authorize(b.ctx, k, charge)
	b.totals(first, err, sums{whole, 0, 0, 0})
	again, err := b.Gateway.Authorize(b.ctx, k, charge)
	if b.totals(again, err, sums{whole, 0, 0, 0}); again.Ref != first.Ref {
		b.Errorf("the same key authorized %s and %s", first.Ref, again.Ref)
	}
	r, err := b.Gateway.Capture(b.ctx, key(), first.Ref, kzt(whole))
	b.totals(r, err, sums{whole, whole, 0, 0})
	for _, stranger := range []string{"", "pty_stranger"} {
		_, err = b.Gateway.Authorize(b.ctx, key(), b.paying(stranger, card))
		b.refused(err, payment.ErrCardGone)
		if err := b.Gateway.Forget(b.ctx, key(), stranger, card); err != nil {
			b.Errorf("forgotten by %q: %v", stranger, err)
		}
	}
	r, err = b.Gateway.Authorize(b.ctx, key(), b.paying(owner, card))
	b.totals(r, err, sums{whole, 0, 0, 0})
	for range 2 {
		if err := b.Gateway.Forget(b.ctx, key(), owner, card); err != nil {
			b.Errorf("forgotten: %v", err)
		}
		_, err = b.Gateway.Authorize(b.ctx, key(), b.paying(owner, card))
		b.refused(err, payment.ErrCardGone)
	}
	if b.Tokens.Gone != "" {
		_, err = b.Gateway.Authorize(b.ctx, key(), b.paying(owner, b.filed(b.Tokens.Gone, owner)))
		b.refused(err, payment.ErrCardGone)
	}
}

// onFileChallenged has the bank ask, when a card is put on file and when it pays: it is kept only once the buyer has
// confirmed.
func onFileChallenged(b *bench) {
	if !b.Keeps || b.Answer == nil {
		return
	}
	owner := "pty_" + key()
	for _, confirm := range []bool{false, true} {
		r, err := b.Gateway.Authorize(b.ctx, key(), b.filing(b.Tokens.Challenge, owner))
		ref := b.totals(r, err, sums{0, 0, 0, 0}).Ref
		b.none(ref)
		b.Answer(b.T, r.Next, confirm)
		if !confirm {
			b.none(ref)
			continue
		}
		r, err = b.Gateway.Authorize(b.ctx, key(), b.paying(owner, b.kept(ref)))
		if b.totals(r, err, sums{0, 0, 0, 0}); r.State != payment.SaidChallenge {
			b.Errorf("a card on file that the bank asks for is %s", r.State)
		}
	}
}

// notOnFile looks for cards that nobody agreed to keep, and of payments that came to nothing.
func notOnFile(b *bench) {
	if !b.Keeps {
		return
	}
	b.none(b.authorized())
	guest := b.charge(b.Tokens.OK)
	guest.Keep = true // Without a customer there is nobody for whom to keep it.
	r, err := b.Gateway.Authorize(b.ctx, key(), guest)
	b.none(b.totals(r, err, sums{whole, 0, 0, 0}).Ref)
	r, err = b.Gateway.Authorize(b.ctx, key(), b.filing(b.Tokens.Declined, "pty_"+key()))
	b.none(b.totals(r, err, sums{0, 0, 0, 0}).Ref)
	_, err = b.Gateway.Kept(b.ctx, "nothing")
	b.refused(err, payment.ErrUnknown)
}
