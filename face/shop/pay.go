package shop

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/utility"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/saga"
	"sauda/gear/web"
)

// ErrUnasked is what a link to the return from the bank says that this browser did not wait for.
var ErrUnasked = fault.New(fault.Conflict, "shop.unasked", "This way back from the bank changed nothing: it was used before, or was not begun in this browser. To pay by card, place the order from your basket.")

func (f *face) mountPay(site *web.Site) {
	web.FormAct(site, "POST /checkout", f.order, web.Public())
	web.PageAct(site, "GET /checkout/return", f.comeBack, web.Public())
}

// complaints are the faults that the page of the checkout says when the address asks for one: nobody can make it say
// others.
var complaints = []*fault.Fault{
	checkout.ErrEmpty, checkout.ErrMissing, checkout.ErrChanged, checkout.ErrAltered, checkout.ErrSellers, checkout.ErrNoCash, checkout.ErrCurrency,
	checkout.ErrUndone, hold.ErrSoldOut, hold.ErrLapsed, payment.ErrMethod, payment.ErrDeclined, payment.ErrNoFunds,
	payment.ErrCancelled, payment.ErrToken, payment.ErrCardGone, payment.ErrNoCard, payment.ErrNoAnswer, payment.ErrRefused, pricing.ErrNotForSale, pricing.ErrNoPrice,
	saga.ErrTooLate, ErrUnasked, agreement.ErrMandate, choice.ErrUnknown, utility.ErrPaid, utility.ErrPaying,
}

func complaint(ctx context.Context, code string) string {
	for _, known := range complaints {
		if known.Code == code {
			return i18n.Fault(web.Lang(ctx), known)
		}
	}
	return ""
}

type ordering struct {
	visitor
	Cart   cart.ID `json:"cart" maxLength:"60"`
	Total  int64   `json:"total" minimum:"0"`
	Seen   int64   `json:"seen,omitempty" minimum:"0"`
	Method string  `json:"method,omitempty" maxLength:"100"`
	Keep   bool    `json:"keep_card,omitempty"`
	Agrees bool    `json:"mandate,omitempty"` // Agrees says that the card may be used again for what is subscribed to.
}

// order orders the basket for the total that stood on the button. For a card it leads to the gateway's page first, which
// leads back with a token; a card that the buyer keeps needs neither, but its bank may still ask. A basket that was ordered already leads to its order.
func (f *face) order(ctx context.Context, in ordering) (web.Then, error) {
	method, card := in.chosen()
	p := purchase{Cart: in.Cart, Total: money.Of(in.Total, f.Currency), Seen: in.Seen, State: rand.Text()}
	if in.Agrees {
		p.Mandate = web.Lang(ctx)
	}
	switch {
	case in.lapsed(ctx):
		return web.See(entranceTo("/checkout")), nil
	case method == "":
		return web.See(address("/checkout", "wrong", payment.ErrMethod.Code)), nil
	case method == payment.Card && card == "" && f.PayURL != "":
		p.Keep = (in.Keep || in.Agrees) && signedIn(ctx)
		f.keep(ctx, p)
		if f.payElsewhere() {
			return web.See("/checkout/return"), nil // A form may not lead to another site, but a page may have a link there.
		}
		return web.See(f.cardPage(ctx, p)), nil
	}
	buys := checkout.Purchase{Cart: p.Cart, Method: method, Card: card, Total: p.Total, Seen: p.Seen, Mandate: p.Mandate}
	if card != "" {
		p.Begun = true
		f.keep(ctx, p)
		buys.ReturnURL = f.returnURL(ctx, p)
	}
	a, err := f.Desk.Order(ctx, web.WhoFrom(ctx), buys)
	if err != nil {
		back, err := backTo(err, in.Method)
		return web.See(back), err
	}
	return web.See(f.arrive(ctx, a)), nil
}

// backTo is the address where the buyer can mend what was refused. What is nobody's to mend stays an error.
func backTo(err error, method string) (string, error) {
	no := fault.Of(err)
	switch {
	case errors.Is(err, cart.ErrUnknown), errors.Is(err, cart.ErrClosed):
		return "/basket", nil
	case errors.Is(err, cart.ErrStale): // The basket was changed while it was paid for.
		return address("/checkout", "wrong", checkout.ErrUndone.Code, "method", method), nil
	case slices.Contains(complaints, no):
		return address("/checkout", "wrong", no.Code, "method", method), nil
	case unknown(err):
		return "/basket", nil
	}
	return "", err
}

// arrive is where an answer leads: to the order, or to the page that waits for the bank.
func (f *face) arrive(ctx context.Context, a checkout.Answer) string {
	if a.Order == "" {
		return "/checkout/return"
	}
	f.setCookie(ctx, buyingCookie, "", -1)
	f.setCookie(ctx, basketCookie, "", -1)
	return "/orders/" + string(a.Order) + "?placed=1"
}

// purchase is a basket that its buyer pays by card, as a cookie of his browser has it.
type purchase struct {
	Cart  cart.ID
	Total money.Money
	Seen  int64  // Seen is the version of the basket that stood on the page.
	State string // State is the word that the bank has to bring back: nobody can guess it, and it is good for one token.
	Begun bool   // Begun says that the bank was asked once.
	Keep  bool   // Keep says that the buyer wants the card kept.

	Mandate string // Mandate is the language in which he agreed that it is used again.
}

// keep sends the browser the cookie of its purchase.
func (f *face) keep(ctx context.Context, p purchase) {
	value := strings.Join([]string{
		string(p.Cart), strconv.FormatInt(p.Total.Minor, 10), p.State, digit(p.Begun), digit(p.Keep), strconv.FormatInt(p.Seen, 10), p.Mandate,
	}, ".")
	f.setCookie(ctx, buyingCookie, value, buyingAge)
}

func digit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// buying reads the cookie of the purchase. Those of the releases before have four and six parts: their buyers
// were at the bank meanwhile.
func (f *face) buying(v visitor) (purchase, bool) {
	for _, value := range v.Of(buyingCookie) {
		parts := strings.Split(value, ".")
		if len(parts) == 4 {
			parts = append(parts, "0", "0")
		}
		if len(parts) == 6 {
			parts = append(parts, "")
		}
		if len(parts) != 7 || !ident.Valid("crt", parts[0]) || parts[2] == "" {
			continue
		}
		total, err := strconv.ParseInt(parts[1], 10, 64)
		seen, bad := strconv.ParseInt(parts[5], 10, 64)
		if err == nil && bad == nil && total >= 0 && seen >= 0 {
			return purchase{cart.ID(parts[0]), money.Of(total, f.Currency), seen, parts[2], parts[3] == "1", parts[4] == "1", parts[6]}, true
		}
	}
	return purchase{}, false
}

// returnURL is where the gateway sends the buyer of a purchase back to: a path when the gateway is in this house.
func (f *face) returnURL(ctx context.Context, p purchase) string {
	path := web.Link(ctx, address("/checkout/return", "state", p.State))
	if !f.payElsewhere() {
		return path
	}
	return strings.TrimSuffix(f.base(ctx), "/") + path
}

// payElsewhere tells whether the gateway's page is on another site.
func (f *face) payElsewhere() bool { return f.PayURL != "" && !strings.HasPrefix(f.PayURL, "/") }

// cardPage is the address of the gateway's page that turns a card into a token.
func (f *face) cardPage(ctx context.Context, p purchase) string {
	q := url.Values{
		"amount": {p.Total.Decimal()}, "currency": {string(p.Total.Currency)}, "lang": {web.Lang(ctx)},
		"return_url": {f.returnURL(ctx, p)}, "description": {t(ctx, "pay.description")},
	}
	return f.PayURL + "?" + q.Encode()
}

type comingBack struct {
	visitor
	State string `query:"state" maxLength:"60"`
	Token string `query:"token" maxLength:"200"`
}

// waitingPage is what the buyer has to do, or waits for.
type waitingPage struct {
	page
	CardPage string // CardPage is the gateway's page that takes the card; empty while there is nothing to do but wait.
	Total    money.Money
}

// waitSeconds is how soon a page that waits for the bank looks again.
const waitSeconds = 3

// comeBack goes on with a purchase: to the page that takes the card, with its token to the bank, with the bank's answer to
// the order.
//
// Anybody can send somebody a link to this address, so a token counts only from the browser that was sent to the bank:
// its cookie names the purchase and the state that the bank has to bring back. A token without that does nothing. Without
// a token this only looks how far the purchase of the cookie has come.
func (f *face) comeBack(ctx context.Context, in comingBack) (web.View, error) {
	p, ok := f.buying(in.visitor)
	switch {
	case in.lapsed(ctx):
		return web.Onward(entranceTo(web.Path(ctx))), nil
	case !ok && in.Token == "":
		return web.Onward("/checkout"), nil
	case !ok:
		return unasked(), nil
	}
	token, claimed := "", f.claim(ctx, in, p)
	switch {
	case claimed == nil:
		token, p.Begun = in.Token, true
		f.keep(ctx, p)
	case errors.Is(claimed, errTaken), errors.Is(claimed, errSpent):
		p.Begun = true
	case !errors.Is(claimed, ErrUnasked):
		return nil, claimed
	case in.Token != "":
		return unasked(), nil
	}
	a, err := f.goOn(ctx, p, token)
	if err == nil && a.Outcome == saga.Failed {
		switch {
		case errors.Is(claimed, errSpent):
			return unasked(), nil
		case errors.Is(claimed, errTaken) && a.Setback == nil && in.Token != "":
			a, err = f.goOn(ctx, p, in.Token) // The load that took it is about to begin, or was cut off before it could.
		}
	}
	if err != nil {
		back, err := backTo(err, string(payment.Card))
		return web.Onward(back), err
	}
	return f.whither(ctx, in.visitor, p, a)
}

// unasked leads to the checkout with the word that nothing happened.
func unasked() web.View { return web.Onward(address("/checkout", "wrong", ErrUnasked.Code)) }

// What claim says of a way back that was taken before: it is loaded again, or another token came by the same state.
var (
	errTaken = errors.New("shop: this way back was taken before")
	errSpent = errors.New("shop: another token came back before this one")
)

// claim takes a way back from the bank, once, with its audit row: later it is errTaken, and one with another token for
// the same state is errSpent. One that this browser and its present basket did not wait for is ErrUnasked.
func (f *face) claim(ctx context.Context, in comingBack, p purchase) error {
	if subtle.ConstantTimeCompare([]byte(in.State), []byte(p.State)) != 1 {
		return ErrUnasked
	}
	return web.Claim(ctx, string(p.Cart), func(tx *db.Tx) error {
		id, err := current(tx, in.visitor)
		if err != nil {
			return err
		}
		if id != p.Cart {
			return ErrUnasked.About("%s is not the basket of who asks", p.Cart)
		}
		first, err := web.Once(tx, "return "+in.State+" "+in.Token)
		if err != nil || !first {
			return cmp.Or(err, errTaken)
		}
		if in.Token == "" {
			return nil
		}
		first, err = web.Once(tx, "token "+in.State)
		if err == nil && !first {
			err = errSpent
		}
		return err
	})
}

// goOn tells the purchase with a fresh token, or asks how far it has come.
func (f *face) goOn(ctx context.Context, p purchase, token string) (checkout.Answer, error) {
	if token == "" {
		return f.Desk.Continue(ctx, web.WhoFrom(ctx), p.Cart)
	}
	return f.Desk.Order(ctx, web.WhoFrom(ctx), checkout.Purchase{
		Cart: p.Cart, Method: payment.Card, Token: token, Keep: p.Keep, Mandate: p.Mandate, Total: p.Total, Seen: p.Seen, ReturnURL: f.returnURL(ctx, p),
	})
}

// whither shows the buyer the one next thing after the purchase went on.
func (f *face) whither(ctx context.Context, v visitor, p purchase, a checkout.Answer) (web.View, error) {
	w := waitingPage{page: f.page(ctx, v, "basket", t(ctx, "pay.title")).at("/checkout/return"), Total: p.Total}
	switch {
	case a.Order != "":
		return web.Onward(f.arrive(ctx, a)), nil
	case a.Outcome == saga.Waiting && a.Next.URL != "":
		return web.Onward(a.Next.URL), nil
	case a.Outcome == saga.Waiting || a.Outcome == saga.Running:
		w.Refresh = waitSeconds
	case p.Begun && a.Setback != nil:
		back, err := backTo(a.Setback, string(payment.Card))
		return web.Onward(back), err
	case !p.Begun && f.payElsewhere():
		w.CardPage = f.cardPage(ctx, p)
	default:
		return web.Onward("/checkout"), nil
	}
	return waitPage(w), nil
}
