// Package paymenttest holds every payment gateway to the same promises. A driver is right when Exercise passes on it.
package paymenttest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"sauda/base/money"
	"sauda/core/payment"
)

// Rig is a gateway under test and what stands around it.
type Rig struct {
	Gateway payment.Gateway
	Tokens  Tokens
	// Answer does what a buyer does at a challenge: confirms, or says no. Nil when the gateway has no challenge.
	Answer func(t *testing.T, next payment.NextStep, confirm bool)
	Keeps  bool // Keeps says that the gateway keeps cards on file.
}

// Tokens are test tokens of the gateway, each of a card that behaves so. An empty one is not tried.
type Tokens struct {
	OK, Challenge, Declined, NoFunds   string
	LostAfter, LostBefore              string // The answer to the authorization is lost once, after or before the act.
	CaptureLostAfter, RefundLostAfter  string
	CaptureLostBefore, VoidLostAfter   string
	VoidLostBefore, RefundLostBefore   string
	ChallengeLostAfter, CaptureRefused string
	Gone                               string // Gone can be put on file, and is not there any more when it shall pay.
}

const whole = 10_000

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// bench is one test of one rig.
type bench struct {
	*testing.T
	Rig
	ctx context.Context
}

var keys atomic.Int64

// key gives a key that was never used.
func key() string { return fmt.Sprintf("exercise-%d", keys.Add(1)) }

// Exercise runs the conformance suite. make gives a fresh rig for each test.
func Exercise(t *testing.T, open func(t *testing.T) Rig) {
	for name, test := range map[string]func(*bench){
		"authorize, capture, refund": whole3,
		"in parts":                   inParts,
		"more than there is":         tooMuch,
		"void":                       void,
		"void the rest":              voidRest,
		"the same key, the same act": sameKey,
		"the same key at once":       sameKeyAtOnce,
		"a key for another act":      otherAct,
		"declines":                   declines,
		"challenge":                  challenge,
		"a challenge given up":       challengeVoided,
		"lost answers":               lostAnswers,
		"unknown":                    unknown,
		"a context that ended":       ended,
		"a capture that is refused":  captureRefused,
		"a card on file":             onFile,
		"a card on file, challenged": onFileChallenged,
		"a card that was not put":    notOnFile,
	} {
		t.Run(name, func(t *testing.T) { test(&bench{t, open(t), t.Context()}) })
	}
}

func (b *bench) charge(token string) payment.Charge {
	return payment.Charge{
		Payment: payment.ID("pay_" + key()), Amount: kzt(whole), Token: token, ReturnURL: "/return", Description: "K7QF-3M2D-9XTR",
		Lang: "kk",
	}
}

// sums are what was authorized, captured, voided and refunded.
type sums [4]int64

// totals holds a result to its four totals.
func (b *bench) totals(r payment.Result, err error, want sums) payment.Result {
	b.Helper()
	if err != nil {
		b.Fatalf("refused: %v", err)
	}
	got := sums{r.Authorized.Minor, r.Captured.Minor, r.Voided.Minor, r.Refunded.Minor}
	if got != want {
		b.Errorf("authorized, captured, voided, refunded: %v, want %v", got, want)
	}
	return r
}

func (b *bench) refused(err error, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("%v, want %v", err, want)
	}
}

func (b *bench) authorized() string {
	b.Helper()
	r, err := b.Gateway.Authorize(b.ctx, key(), b.charge(b.Tokens.OK))
	return b.totals(r, err, sums{whole, 0, 0, 0}).Ref
}

func whole3(b *bench) {
	ref := b.authorized()
	r, err := b.Gateway.Capture(b.ctx, key(), ref, kzt(whole))
	b.totals(r, err, sums{whole, whole, 0, 0})
	r, err = b.Gateway.Refund(b.ctx, key(), ref, kzt(whole))
	b.totals(r, err, sums{whole, whole, 0, whole})
	r, err = b.Gateway.Look(b.ctx, ref)
	if b.totals(r, err, sums{whole, whole, 0, whole}); r.Ref != ref || r.State != payment.SaidRefunded {
		b.Errorf("looked at %s: %+v", ref, r)
	}
}

func inParts(b *bench) {
	ref := b.authorized()
	r, err := b.Gateway.Capture(b.ctx, key(), ref, kzt(3000))
	b.totals(r, err, sums{whole, 3000, 0, 0})
	r, err = b.Gateway.Refund(b.ctx, key(), ref, kzt(1000))
	b.totals(r, err, sums{whole, 3000, 0, 1000})
	r, err = b.Gateway.Capture(b.ctx, key(), ref, kzt(7000))
	b.totals(r, err, sums{whole, whole, 0, 1000})
	r, err = b.Gateway.Refund(b.ctx, key(), ref, kzt(9000))
	b.totals(r, err, sums{whole, whole, 0, whole})
}

func tooMuch(b *bench) {
	ref := b.authorized()
	_, err := b.Gateway.Capture(b.ctx, key(), ref, kzt(whole+1))
	b.refused(err, payment.ErrOver)
	_, err = b.Gateway.Refund(b.ctx, key(), ref, kzt(1))
	b.refused(err, payment.ErrSettled)
	r, err := b.Gateway.Capture(b.ctx, key(), ref, kzt(6000))
	b.totals(r, err, sums{whole, 6000, 0, 0})
	_, err = b.Gateway.Capture(b.ctx, key(), ref, kzt(4001))
	b.refused(err, payment.ErrOver)
	_, err = b.Gateway.Refund(b.ctx, key(), ref, kzt(6001))
	b.refused(err, payment.ErrOver)
	for _, bad := range []money.Money{kzt(0), kzt(-1), money.Of(1, money.USD)} {
		if _, err := b.Gateway.Capture(b.ctx, key(), ref, bad); err == nil {
			b.Errorf("captured %s", bad)
		}
	}
	r, err = b.Gateway.Look(b.ctx, ref)
	b.totals(r, err, sums{whole, 6000, 0, 0})
}

func void(b *bench) {
	ref := b.authorized()
	r, err := b.Gateway.Void(b.ctx, key(), ref)
	if b.totals(r, err, sums{whole, 0, whole, 0}); r.State != payment.SaidVoided {
		b.Errorf("voided is said as %s", r.State)
	}
	_, err = b.Gateway.Capture(b.ctx, key(), ref, kzt(1))
	b.refused(err, payment.ErrSettled)
	_, err = b.Gateway.Void(b.ctx, key(), ref)
	b.refused(err, payment.ErrSettled)
}

func voidRest(b *bench) {
	ref := b.authorized()
	r, err := b.Gateway.Capture(b.ctx, key(), ref, kzt(2500))
	b.totals(r, err, sums{whole, 2500, 0, 0})
	r, err = b.Gateway.Void(b.ctx, key(), ref)
	b.totals(r, err, sums{whole, 2500, 7500, 0})
	r, err = b.Gateway.Refund(b.ctx, key(), ref, kzt(2500))
	b.totals(r, err, sums{whole, 2500, 7500, 2500})
}

// sameKey asks for every act twice. The second answer is the first.
func sameKey(b *bench) {
	charge, k := b.charge(b.Tokens.OK), key()
	first, err := b.Gateway.Authorize(b.ctx, k, charge)
	b.totals(first, err, sums{whole, 0, 0, 0})
	ref := first.Ref
	captureKey, refundKey, voidKey := key(), key(), key()
	for range 2 {
		again, err := b.Gateway.Authorize(b.ctx, k, charge)
		if b.totals(again, err, sums{whole, 0, 0, 0}); again.Ref != ref {
			b.Errorf("the same key authorized %s and %s", ref, again.Ref)
		}
		r, err := b.Gateway.Capture(b.ctx, captureKey, ref, kzt(4000))
		b.totals(r, err, sums{whole, 4000, 0, 0})
	}
	for range 2 {
		r, err := b.Gateway.Refund(b.ctx, refundKey, ref, kzt(1500))
		b.totals(r, err, sums{whole, 4000, 0, 1500})
	}
	for range 2 {
		r, err := b.Gateway.Void(b.ctx, voidKey, ref)
		b.totals(r, err, sums{whole, 4000, 6000, 1500})
	}
	r, err := b.Gateway.Look(b.ctx, ref)
	b.totals(r, err, sums{whole, 4000, 6000, 1500})
}

func sameKeyAtOnce(b *bench) {
	ref, k := b.authorized(), key()
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			if _, err := b.Gateway.Capture(b.ctx, k, ref, kzt(1000)); err != nil {
				b.Errorf("capture: %v", err)
			}
		})
	}
	wait.Wait()
	r, err := b.Gateway.Look(b.ctx, ref)
	b.totals(r, err, sums{whole, 1000, 0, 0})
}

func otherAct(b *bench) {
	ref, k := b.authorized(), key()
	r, err := b.Gateway.Capture(b.ctx, k, ref, kzt(1000))
	b.totals(r, err, sums{whole, 1000, 0, 0})
	_, err = b.Gateway.Capture(b.ctx, k, ref, kzt(2000))
	b.refused(err, payment.ErrRefused)
	_, err = b.Gateway.Refund(b.ctx, k, ref, kzt(1000))
	b.refused(err, payment.ErrRefused)
	r, err = b.Gateway.Look(b.ctx, ref)
	b.totals(r, err, sums{whole, 1000, 0, 0})
}

func declines(b *bench) {
	for token, want := range map[string]error{b.Tokens.Declined: payment.ErrDeclined, b.Tokens.NoFunds: payment.ErrNoFunds} {
		r, err := b.Gateway.Authorize(b.ctx, key(), b.charge(token))
		b.totals(r, err, sums{0, 0, 0, 0})
		b.refused(r.Refusal(), want)
		if r.State != payment.SaidDeclined || r.Reason == "" {
			b.Errorf("%s: %+v", token, r)
		}
		_, err = b.Gateway.Capture(b.ctx, key(), r.Ref, kzt(1))
		b.refused(err, payment.ErrSettled)
	}
	_, err := b.Gateway.Authorize(b.ctx, key(), b.charge("tok_nobody_made_this"))
	b.refused(err, payment.ErrToken)
}

func challenge(b *bench) {
	if b.Answer == nil {
		return
	}
	for _, confirm := range []bool{true, false} {
		charge, k := b.charge(b.Tokens.Challenge), key()
		r, err := b.Gateway.Authorize(b.ctx, k, charge)
		b.totals(r, err, sums{0, 0, 0, 0})
		if r.State != payment.SaidChallenge || r.Next.Kind != "redirect" || r.Next.URL == "" {
			b.Fatalf("no challenge: %+v", r)
		}
		_, err = b.Gateway.Capture(b.ctx, key(), r.Ref, kzt(1))
		b.refused(err, payment.ErrSettled)
		b.Answer(b.T, r.Next, confirm)
		r, err = b.Gateway.Look(b.ctx, r.Ref)
		if confirm {
			b.totals(r, err, sums{whole, 0, 0, 0})
			r, err = b.Gateway.Capture(b.ctx, key(), r.Ref, kzt(whole))
			b.totals(r, err, sums{whole, whole, 0, 0})
			continue
		}
		b.totals(r, err, sums{0, 0, 0, 0})
		b.refused(r.Refusal(), payment.ErrCancelled)
	}
}

func challengeVoided(b *bench) {
	if b.Answer == nil {
		return
	}
	r, err := b.Gateway.Authorize(b.ctx, key(), b.charge(b.Tokens.Challenge))
	next := b.totals(r, err, sums{0, 0, 0, 0}).Next
	r, err = b.Gateway.Void(b.ctx, key(), r.Ref)
	b.totals(r, err, sums{0, 0, 0, 0})
	b.Answer(b.T, next, true)
	r, err = b.Gateway.Look(b.ctx, r.Ref)
	if b.totals(r, err, sums{0, 0, 0, 0}); r.State != payment.SaidVoided {
		b.Errorf("a challenge that was given up is %s", r.State)
	}
}

// lostAnswers asks again with the same key after each lost answer, and finds the act done once.
func lostAnswers(b *bench) {
	for _, token := range []string{b.Tokens.LostAfter, b.Tokens.LostBefore} {
		charge, k := b.charge(token), key()
		_, err := b.Gateway.Authorize(b.ctx, k, charge)
		b.refused(err, payment.ErrNoAnswer)
		r, err := b.Gateway.Authorize(b.ctx, k, charge)
		b.totals(r, err, sums{whole, 0, 0, 0})
	}
	for _, token := range []string{b.Tokens.CaptureLostAfter, b.Tokens.CaptureLostBefore} {
		b.lost(token, func(k, ref string) (payment.Result, error) { return b.Gateway.Capture(b.ctx, k, ref, kzt(4000)) },
			sums{whole, 4000, 0, 0})
	}
	for _, token := range []string{b.Tokens.VoidLostAfter, b.Tokens.VoidLostBefore} {
		b.lost(token, func(k, ref string) (payment.Result, error) { return b.Gateway.Void(b.ctx, k, ref) },
			sums{whole, 0, whole, 0})
	}
	for _, token := range []string{b.Tokens.RefundLostAfter, b.Tokens.RefundLostBefore} {
		b.lost(token, func(k, ref string) (payment.Result, error) {
			if r, err := b.Gateway.Capture(b.ctx, k+"-capture", ref, kzt(4000)); err != nil {
				return r, err
			}
			return b.Gateway.Refund(b.ctx, k, ref, kzt(1000))
		}, sums{whole, 4000, 0, 1000})
	}
}

// lost does an act whose answer is lost the first time.
func (b *bench) lost(token string, act func(k, ref string) (payment.Result, error), want sums) {
	b.Helper()
	if token == "" {
		return
	}
	r, err := b.Gateway.Authorize(b.ctx, key(), b.charge(token))
	ref, k := b.totals(r, err, sums{whole, 0, 0, 0}).Ref, key()
	_, err = act(k, ref)
	b.refused(err, payment.ErrNoAnswer)
	r, err = act(k, ref)
	b.totals(r, err, want)
	r, err = b.Gateway.Look(b.ctx, ref)
	b.totals(r, err, want)
}

func unknown(b *bench) {
	_, err := b.Gateway.Look(b.ctx, "nothing")
	b.refused(err, payment.ErrUnknown)
	_, err = b.Gateway.Capture(b.ctx, key(), "nothing/../else", kzt(1))
	b.refused(err, payment.ErrUnknown)
}

func ended(b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	_, err := b.Gateway.Authorize(ctx, key(), b.charge(b.Tokens.OK))
	b.refused(err, payment.ErrNoAnswer)
}

func captureRefused(b *bench) {
	if b.Tokens.CaptureRefused == "" {
		return
	}
	r, err := b.Gateway.Authorize(b.ctx, key(), b.charge(b.Tokens.CaptureRefused))
	b.totals(r, err, sums{whole, 0, 0, 0})
	_, err = b.Gateway.Capture(b.ctx, key(), r.Ref, kzt(whole))
	b.refused(err, payment.ErrSettled)
}
