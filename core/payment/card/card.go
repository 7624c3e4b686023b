// Package card speaks the protocol of the built-in card gateway. It is one of the drivers behind payment.Gateway.
//
// The protocol is JSON over HTTP: acts are POSTs that carry an Idempotency-Key, answers are payment.Result, refusals are
// problems with a code. Whatever is no answer (a broken connection, a time-out, an overloaded server) may hide an act
// that was done, so it is payment.ErrNoAnswer, and whoever asked asks again with the same key. No retry is made here.
package card

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/payment"
)

// Name is the name of the gateway in records and accounts.
const Name = "card"

// KeyHeader carries the key of an act.
const KeyHeader = "Idempotency-Key"

const (
	waitDefault = 10 * time.Second // A bank answers an authorization in less; a buyer does not wait for longer.
	answerMax   = 64 << 10
	idleMax     = 64 // Connections that are kept open, one for each story that may ask at once.
)

// Config says where the gateway is.
type Config struct {
	URL       string            // URL is where the gateway's /v1 is.
	Secret    string            // Secret is the API key.
	Wait      time.Duration     // Wait bounds each act; 10 seconds when it is 0.
	Transport http.RoundTripper // Transport carries the requests; a pool of kept connections when it is nil.
}

// Client is the gateway as the house sees it. It may be used by several goroutines.
type Client struct {
	url    string
	secret string
	wait   time.Duration
	http   *http.Client
}

var _ payment.Gateway = (*Client)(nil)

// New gives a client. It does not ask the gateway anything yet.
func New(c Config) *Client {
	if c.Wait == 0 {
		c.Wait = waitDefault
	}
	if c.Transport == nil {
		pool := http.DefaultTransport.(*http.Transport).Clone()
		pool.MaxIdleConnsPerHost = idleMax
		c.Transport = pool
	}
	return &Client{
		url: strings.TrimSuffix(c.URL, "/"), secret: c.Secret, wait: c.Wait,
		http: &http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // An API does not redirect; whoever does so is not the gateway.
		}},
	}
}

// Authorization is the body that asks for a promise of money.
type Authorization struct {
	Payment     payment.ID  `json:"payment"`
	Amount      money.Money `json:"amount"`
	Token       string      `json:"token"`
	ReturnURL   string      `json:"return_url"`
	Description string      `json:"description"`
	Lang        string      `json:"lang"`

	// Of a card on file: for whom, whether to keep it, and which one pays and by which agreement.
	Customer  string         `json:"customer,omitempty"`
	Keep      bool           `json:"keep,omitempty"`
	OnFile    payment.Hidden `json:"on_file,omitempty"`
	Agreement payment.Hidden `json:"agreement,omitempty"`
}

// Removal is the body that takes a card off file. Its token stands in no address, because addresses are written into logs.
type Removal struct {
	Customer string         `json:"customer"`
	OnFile   payment.Hidden `json:"on_file"`
}

// Part is the body that names an amount to capture or to refund.
type Part struct {
	Amount money.Money `json:"amount"`
}

// Problem is the body of a refusal.
type Problem struct {
	Code string `json:"code"`
	Left int64  `json:"left,omitempty"` // Left is what is left to capture or to refund, in minor units.
	Text string `json:"text"`
}

// Codes of refusals.
const (
	CodeToken    = "token"
	CodeGone     = "card_gone"
	CodeOver     = "over"
	CodeSettled  = "settled"
	CodeUnknown  = "unknown"
	CodeKey      = "key_reused"
	CodeInvalid  = "invalid"
	CodeSignedIn = "unauthenticated"
)

// refusals says which fault a refusal is. All others mean that the two programs do not understand each other.
var refusals = map[string]*fault.Fault{
	CodeToken:   payment.ErrToken,
	CodeGone:    payment.ErrCardGone,
	CodeOver:    payment.ErrOver,
	CodeSettled: payment.ErrSettled,
	CodeUnknown: payment.ErrUnknown,
}

// Name is the gateway's name.
func (c *Client) Name() string { return Name }

// Authorize asks for a promise of money.
func (c *Client) Authorize(ctx context.Context, key string, charge payment.Charge) (payment.Result, error) {
	return c.ask(ctx, key, "/v1/authorizations", Authorization{
		Payment: charge.Payment, Amount: charge.Amount, Token: charge.Token, ReturnURL: charge.ReturnURL,
		Description: charge.Description, Lang: charge.Lang,
		Customer: charge.Customer, Keep: charge.Keep, OnFile: charge.OnFile.Token, Agreement: charge.OnFile.Agreement,
	})
}

// Capture takes a part of what is promised, or all of it.
func (c *Client) Capture(ctx context.Context, key, ref string, amount money.Money) (payment.Result, error) {
	return c.ask(ctx, key, "/v1/authorizations/"+url.PathEscape(ref)+"/captures", Part{amount})
}

// Void gives up what is promised and not yet captured.
func (c *Client) Void(ctx context.Context, key, ref string) (payment.Result, error) {
	return c.ask(ctx, key, "/v1/authorizations/"+url.PathEscape(ref)+"/voids", struct{}{})
}

// Refund gives back a part of what was captured, or all of it.
func (c *Client) Refund(ctx context.Context, key, ref string, amount money.Money) (payment.Result, error) {
	return c.ask(ctx, key, "/v1/authorizations/"+url.PathEscape(ref)+"/refunds", Part{amount})
}

// Look says where the payment stands now.
func (c *Client) Look(ctx context.Context, ref string) (payment.Result, error) {
	return c.ask(ctx, "", "/v1/authorizations/"+url.PathEscape(ref), nil)
}

// Kept gives the card that a payment put on file.
func (c *Client) Kept(ctx context.Context, ref string) (payment.OnFile, error) {
	path := "/v1/authorizations/" + url.PathEscape(ref) + "/card"
	status, answer, err := c.send(ctx, "", path, nil)
	switch {
	case err != nil:
		return payment.OnFile{}, err
	case status == http.StatusNoContent:
		return payment.OnFile{}, nil
	case status == http.StatusOK:
		var kept payment.OnFile
		if json.Unmarshal(answer, &kept) != nil || kept.Token == "" {
			return payment.OnFile{}, payment.ErrNoAnswer.About("%s: an answer of %d bytes that cannot be read", path, len(answer))
		}
		return kept, nil
	}
	_, err = read(path, status, answer)
	return payment.OnFile{}, err
}

// Forget takes a card of a customer off file.
func (c *Client) Forget(ctx context.Context, key, customer string, card payment.OnFile) error {
	const path = "/v1/cards/removals"
	status, answer, err := c.send(ctx, key, path, Removal{customer, card.Token})
	if err != nil || status == http.StatusNoContent {
		return err
	}
	if _, err = read(path, status, answer); err == nil {
		err = payment.ErrRefused.About("%s: status %d", path, status)
	}
	return err
}

// ask sends one request and reads what it says of a payment. Without a body it only looks.
func (c *Client) ask(ctx context.Context, key, path string, body any) (payment.Result, error) {
	status, answer, err := c.send(ctx, key, path, body)
	if err != nil {
		return payment.Result{}, err
	}
	return read(path, status, answer)
}

// send sends one request and gives its answer as it came.
func (c *Client) send(ctx context.Context, key, path string, body any) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	method, content := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		if content, err = json.Marshal(body); err != nil {
			return 0, nil, payment.ErrRefused.About("%s: %v", path, err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, payment.ErrRefused.About("%s: %v", path, err)
	}
	request.GetBody = nil // Else the transport asks again by itself where it sees a key, and nobody learns of the loss.
	request.Header.Set("Authorization", "Bearer "+c.secret)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set(KeyHeader, key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, payment.ErrNoAnswer.About("%s: %w", path, err)
	}
	answer, err = io.ReadAll(io.LimitReader(response.Body, answerMax))
	_ = response.Body.Close() // What matters was read, or its error is told below.
	if err != nil {
		return 0, nil, payment.ErrNoAnswer.About("%s: %w", path, err)
	}
	return response.StatusCode, answer, nil
}

// read understands an answer.
func read(path string, status int, answer []byte) (payment.Result, error) {
	switch {
	case status == http.StatusOK || status == http.StatusCreated:
		var r payment.Result
		if err := json.Unmarshal(answer, &r); err != nil || r.Ref == "" {
			return payment.Result{}, payment.ErrNoAnswer.About("%s: an answer that cannot be read: %.200q", path, answer)
		}
		return r, nil
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout:
		return payment.Result{}, payment.ErrNoAnswer.About("%s: status %d", path, status)
	}
	var p Problem
	if err := json.Unmarshal(answer, &p); err != nil {
		return payment.Result{}, payment.ErrRefused.About("%s: status %d: %.200q", path, status, answer)
	}
	refusal, known := refusals[p.Code]
	if !known {
		return payment.Result{}, payment.ErrRefused.About("%s: status %d: %s: %s", path, status, p.Code, p.Text)
	}
	if p.Code == CodeOver {
		return payment.Result{}, refusal.With("left", p.Left)
	}
	return payment.Result{}, refusal.About("%s: %s", path, p.Text)
}
