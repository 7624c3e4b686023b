package api_test

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/notify"
	"sauda/core/payment"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/core/shipping/carriersim"
	"sauda/gear/db"
)

// update records what is answered to steps that expect "?", and writes the golden files anew.
var update = flag.Bool("update", false, "write answers that are not expected yet, and golden files")

// conversations gives the names of the files.
func conversations(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	return files
}

// TestConversations holds every conversation in a fresh house on each engine.
func TestConversations(t *testing.T) {
	for _, file := range conversations(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := readConversation(string(text))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			apptest.Each(t, func(t *testing.T, h *apptest.House) {
				c := talk{h: h, names: names{}, tokens: map[string]string{}, market: &market{}}
				c.prepare(t)
				for i := range steps {
					c.take(t, file, &steps[i])
				}
			})
			if *update {
				if err := os.WriteFile(file, []byte(rewritten(string(text), steps)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// talk is a conversation that is being held.
type talk struct {
	h      *apptest.House
	names  names
	tokens map[string]string
	market *market // market is empty before the exchange has opened.
}

// pixel is a PNG of one pixel.
const pixel = "\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\x0aIDAT" +
	"x\xdach\x00\x00\x00\x82\x00\x81\xdaE\x08;\x00\x00\x00\x00IEND\xaeB`\x82"

// prepare gives names to what is there from the beginning, and opens the shop of a rival.
func (c talk) prepare(t *testing.T) {
	t.Helper()
	c.names["a picture"], c.names["half a picture"] = pixel, pixel[:40]
	for sku, good := range c.h.Goods {
		called := strings.ToLower(sku)
		c.names[called] = string(good.Variant)
		c.names[called+".product"] = string(good.Product)
	}
	c.h.Moment(t, func(tx *db.Tx) error {
		rival, err := seller.Enrol(tx, seller.Enrolment{
			Name: text.Localized{"en": "Rival"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT,
		})
		c.names["rival"] = string(rival.ID)
		return err
	})
}

// token gives the token of an actor, who comes into being when first mentioned.
func (c talk) token(t *testing.T, actor string) string {
	t.Helper()
	if token, ok := c.tokens[actor]; ok {
		return token
	}
	var token string
	switch actor {
	case "guest":
	case "admin":
		token = c.h.AdminToken(t)
	case "staff": // Works for the own shop and may do everything there.
		token = c.h.Staffed(t, "staff@example.kz", string(seller.Own), "*")
	case "clerk": // Works for the own shop and may only look at orders.
		token = c.h.Staffed(t, "clerk@example.kz", string(seller.Own), "orders.read")
	case "rival": // Works for another seller and may do everything there.
		token = c.h.Staffed(t, "rival@example.kz", c.names["rival"], "*")
	case "forger":
		token = "ses_forged"
	default: // A buyer of this name.
		token = c.h.Registered(t, actor+"@example.kz")
	}
	c.tokens[actor] = token
	return token
}

// take takes one step.
func (c talk) take(t *testing.T, file string, s *step) {
	t.Helper()
	where := fmt.Sprintf("%s:%d: %s %s", file, s.line, s.method, s.path)
	if s.event != "" {
		c.happen(t, where, s.event)
		return
	}
	fill := func(text string) string {
		filled, unknown := c.names.fill(text)
		if unknown != "" {
			t.Fatalf("%s: nothing is called %s", where, unknown)
		}
		return filled
	}
	body := fill(s.body)
	c.h.Clock.Advance(time.Second)
	c.sign(body)
	var headers []string
	for _, header := range s.header {
		headers = append(headers, fill(header))
	}
	client := c.h.As(c.token(t, s.actor))
	var sent any
	if body != "" || s.method == "POST" || s.method == "PUT" {
		sent = c.long(body)
	}
	answer, err := client.Send(s.method, fill(s.path), sent, headers...)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if *update && s.status == "?" {
		record(s, c.names, answer.Status, answer.Header, answer.Body)
	}
	if err := s.check(c.names, answer.Status, answer.Header, answer.Body); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
}

// long writes out what would be too long for a file: "a×300" is three hundred letters.
func (c talk) long(body string) string {
	for {
		at := strings.Index(body, "×")
		if at < 1 {
			return body
		}
		var times int
		rest := body[at+len("×"):]
		if _, err := fmt.Sscanf(rest, "%d", &times); err != nil {
			return body
		}
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		_, size := utf8.DecodeLastRuneInString(body[:at])
		body = body[:at-size] + strings.Repeat(body[at-size:at], times) + rest[digits:]
	}
}

// sign makes the signatures that a message with this body could have.
func (c talk) sign(body string) {
	now := c.h.Clock.Now()
	c.names["signed"] = payment.Sign(apptest.Signing, now, []byte(body))
	c.names["signed falsely"] = payment.Sign("guessed", now, []byte(body))
	c.names["signed long ago"] = payment.Sign(apptest.Signing, now.Add(-10*time.Minute), []byte(body))
	c.names["carrier time"] = fmt.Sprint(now.Unix())
	c.names["carrier signed"] = carrierSignature(apptest.CarrierSigning, now, body)
	c.names["carrier signed falsely"] = carrierSignature("guessed", now, body)
}

// happen has something happen that is no request.
func (c talk) happen(t *testing.T, where, event string) {
	t.Helper()
	words := strings.Fields(event)
	switch words[0] {
	case "bills": // From here on there are providers that send bills.
		openBills(t, c.h)
	case "settle":
		c.h.Settled(t)
	case "market": // From here on alma and berik trade a share, each on an account of their own.
		*c.market = *openMarket(t, c.h, func(name string) { c.token(t, name) })
		for name, a := range c.market.accounts {
			c.names[name+".account"] = string(a.ID)
		}
	case "board": // The board shows what has happened, and what has traded is written down.
		c.market.record(t)
		c.market.shown(t)
	case "index": // The search index is built, and follows from here on whenever things settle.
		if err := c.h.Search.Catch(t.Context()); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	case "promotion": // From here on a code takes so many per cent off everything.
		c.h.Moment(t, func(tx *db.Tx) error {
			rate, err := money.ParseRate(words[2])
			if err != nil {
				return err
			}
			p, err := promotion.Add(tx, promotion.Promotion{Seller: seller.Own, Currency: money.KZT, Name: text.Localized{"en": words[1]},
				Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: rate}, Coupons: promotion.Coupons{Codes: words[1:2]}})
			if err == nil {
				_, err = promotion.Start(tx, p.Seller, p.ID)
			}
			return err
		})
	case "gifts": // From here on certificates of so much are sold.
		c.h.Moment(t, func(tx *db.Tx) error {
			worth, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				return err
			}
			c.names["gifts"], err = apptest.Gifts(tx, worth)
			return err
		})
	case "later":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		c.h.Later(t, d)
	case "confirm": // The buyer types the code that the bank has sent.
		address, _ := c.names.fill(words[1])
		c.confirm(t, address, words[2])
	case "plan": // From here on a thing can be subscribed to, every week or month and for so many per cent less.
		c.plan(t, words[1], words[2])
	case "letter": // From here on the code in the latest letter to an address is known; none is an empty one.
		c.h.Look(t, func(tx *db.Tx) error {
			all, err := notify.To(tx, words[1])
			c.names["mailed"] = "none"
			if len(all) > 0 {
				c.names["mailed"] = cmp.Or(all[0].Params["key"], all[0].Params["code"])
			}
			return err
		})
	case "messages": // The gateway sends what it still has to say.
		if err := c.h.TestGateway().Flush(t.Context()); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		c.h.Settled(t)
	case "booking": // From here on the carrier's name for a shipment is known.
		id, _ := c.names.fill(words[1])
		c.h.Look(t, func(tx *db.Tx) error {
			s, err := shipping.Get(tx, shipping.ShipmentID(id))
			c.names["booking"] = s.Booking
			return err
		})
	case "publish": // From here on other houses may fetch the calendar of a resource, whose address is known.
		id, _ := c.names.fill(words[1])
		c.h.Moment(t, func(tx *db.Tx) error {
			r, err := booking.Publish(tx, seller.Own, booking.ResourceID(id), true)
			c.names["calendar"] = booking.CalendarPath(c.h.Desk.Keys, r)
			return err
		})
	case "spoil": // Something is delivered that nobody has sent: its reaction cannot succeed.
		c.h.Moment(t, func(tx *db.Tx) error { return tx.Emit(shipping.Delivered{Shipment: "shp_lost"}) })
	case "roads": // The carrier tells what is new.
		for range 3 { // Some of its messages are not believed, and come again.
			_, _ = c.h.TestCarrier().Tell(t.Context())
		}
		c.h.Settled(t)
	case "carrier":
		c.h.TestCarrier().Next(carriersim.Fault{Kind: carriersim.FaultKind(words[1])})
	default:
		t.Fatalf("%s: what is %q?", where, event)
	}
}

// confirm fills in the form of the gateway's challenge.
func (c talk) confirm(t *testing.T, address, code string) {
	t.Helper()
	browser := c.h.Browser(t)
	response, err := browser.PostForm(apptest.Base+address, url.Values{"code": {code}, "answer": {"confirm"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

// rewritten gives the text of a conversation with what was recorded.
func rewritten(text string, steps []step) string {
	lines := strings.Split(text, "\n")
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		for n := s.line; n < len(lines); n++ {
			if strings.HasPrefix(lines[n], "> ") && n > s.line && lines[n-1] == "" {
				break
			}
			if lines[n] != "< ?" {
				continue
			}
			answer := []string{"< " + s.status}
			for _, header := range s.want {
				answer = append(answer, "< "+header)
			}
			if s.answer != "" {
				answer = append(answer, "", s.answer)
			}
			lines = append(lines[:n:n], append(answer, lines[n+1:]...)...)
			break
		}
	}
	return strings.Join(lines, "\n")
}

// carrierSignature signs a message as the carrier does.
func carrierSignature(secret string, now time.Time, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "%d.%s", now.Unix(), body)
	return hex.EncodeToString(mac.Sum(nil))
}

// plan has a thing subscribed to.
func (c talk) plan(t *testing.T, sku, share string) {
	t.Helper()
	c.h.Moment(t, func(tx *db.Tx) error {
		rate, err := money.ParseRate(share)
		if err != nil {
			return err
		}
		return agreement.Set(tx, agreement.Plan{
			Product: catalog.ProductID(c.names[sku+".product"]), Seller: string(seller.Own), Offered: true,
			PlanBody: agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryWeek, agreement.EveryMonth}, Share: rate, Months: 6},
		})
	})
}
