// Package carrier speaks to a carrier over HTTP: the protocol of the built-in carrier, which is that of many: a JSON
// consignment under an idempotency key, a label, tracking events, and webhooks signed with HMAC-SHA256.
//
// Whatever leaves open whether the carrier acted (no connection, no answer in time, an answer that cannot be read, a
// status of 5xx) is shipping.ErrNoAnswer.
package carrier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"sauda/base/place"
	"sauda/core/shipping"
)

// Config says where the carrier is and how we prove who we are.
type Config struct {
	Name   string           // Name is how methods and shipments refer to the carrier; shipping.BuiltIn when it is empty.
	URL    string           // URL is the address before /v1.
	Key    string           // Key is sent with every request.
	Secret string           // Secret is what webhooks are signed with.
	HTTP   *http.Client     // HTTP is a client with a time-out of ten seconds when it is nil.
	Now    func() time.Time // Now is time.Now when it is nil.
}

const (
	answerMax = 1 << 20          // answerMax bounds what is read of an answer: a label is the largest.
	patience  = 10 * time.Second // patience is how long a carrier may think.
)

// Client is a shipping.Carrier.
type Client struct{ config Config }

var _ shipping.Carrier = (*Client)(nil)

// New makes a client. It does not connect.
func New(c Config) *Client {
	if c.Name == "" {
		c.Name = shipping.BuiltIn
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: patience}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Client{c}
}

// Name gives the name under which the carrier is known here.
func (c *Client) Name() string { return c.config.Name }

// The protocol's bodies.
type (
	consignment struct {
		Reference string        `json:"reference"`
		Service   string        `json:"service"`
		From      place.Address `json:"from"`
		To        place.Address `json:"to"`
		Point     string        `json:"point,omitempty"`
		Collect   *amount       `json:"collect,omitempty"`
		Parcels   []parcel      `json:"parcels"`
	}
	amount struct {
		Minor    int64  `json:"amount"`
		Currency string `json:"currency"`
	}
	parcel struct {
		ID     string `json:"id"`
		Grams  int64  `json:"grams"`
		Length int64  `json:"length_mm,omitempty"`
		Width  int64  `json:"width_mm,omitempty"`
		Height int64  `json:"height_mm,omitempty"`
	}
	booking struct {
		Ref     string `json:"ref"`
		Parcels []struct {
			ID       string `json:"id"`
			Tracking string `json:"tracking"`
		} `json:"parcels"`
	}
	event struct {
		ID     string    `json:"id"`
		Parcel string    `json:"parcel,omitempty"`
		State  string    `json:"state"`
		At     time.Time `json:"at"`
		Place  string    `json:"place,omitempty"`
		Note   string    `json:"note,omitempty"`
	}
	problem struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}
)

// Book announces a consignment.
func (c *Client) Book(ctx context.Context, key string, s shipping.Consignment) (shipping.Booking, error) {
	body := consignment{Reference: string(s.Shipment), Service: string(s.Kind), From: s.From, To: s.To, Point: s.Point}
	if s.Collect.IsPositive() {
		body.Collect = &amount{s.Collect.Minor, string(s.Collect.Currency)}
	}
	for _, p := range s.Parcels {
		body.Parcels = append(body.Parcels, parcel{string(p.ID), int64(p.Mass), p.Size.Length, p.Size.Width, p.Size.Height})
	}
	var answer booking
	if err := c.ask(ctx, call{"POST", "/v1/consignments", key, body, &answer}); err != nil {
		return shipping.Booking{}, err
	}
	if answer.Ref == "" || len(answer.Parcels) != len(s.Parcels) {
		return shipping.Booking{}, shipping.ErrNoAnswer.About("a booking of %d parcels without reference or numbers", len(answer.Parcels))
	}
	booked := shipping.Booking{Ref: answer.Ref, Tracking: map[shipping.ParcelID]string{}}
	for _, p := range answer.Parcels {
		booked.Tracking[shipping.ParcelID(p.ID)] = p.Tracking
	}
	return booked, nil
}

// Label gives the labels of a booking.
func (c *Client) Label(ctx context.Context, ref string) (shipping.Document, error) {
	var d shipping.Document
	err := c.ask(ctx, call{"GET", "/v1/consignments/" + url.PathEscape(ref) + "/label", "", nil, &d})
	return d, err
}

// Track gives what happened to a booking.
func (c *Client) Track(ctx context.Context, ref string) ([]shipping.Event, error) {
	var answer struct {
		Events []event `json:"events"`
	}
	if err := c.ask(ctx, call{"GET", "/v1/consignments/" + url.PathEscape(ref) + "/events", "", nil, &answer}); err != nil {
		return nil, err
	}
	return eventsOf(answer.Events), nil
}

// Cancel takes a booking back.
func (c *Client) Cancel(ctx context.Context, key, ref string) error {
	return c.ask(ctx, call{"POST", "/v1/consignments/" + url.PathEscape(ref) + "/cancellation", key, struct{}{}, nil})
}

func eventsOf(told []event) []shipping.Event {
	events := make([]shipping.Event, len(told))
	for n, e := range told {
		events[n] = shipping.Event{
			ID: e.ID, Parcel: shipping.ParcelID(e.Parcel), State: shipping.State(e.State), At: e.At, Place: e.Place, Note: e.Note,
		}
	}
	return events
}

// call is one request and where its answer goes: nowhere, into a Document as it is, or decoded from JSON.
type call struct {
	method, path, key string
	body              any
	answer            any
}

func (c *Client) ask(ctx context.Context, q call) error {
	var body io.Reader
	if q.body != nil {
		encoded, err := json.Marshal(q.body)
		if err != nil {
			return err
		}
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, q.method, c.config.URL+q.path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.config.Key)
	if q.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if q.key != "" {
		request.Header.Set("Idempotency-Key", q.key)
	}
	answer, err := c.config.HTTP.Do(request)
	if err != nil {
		return shipping.ErrNoAnswer.About("%s %s: %w", q.method, q.path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(answer.Body, answerMax+1))
	if err != nil || len(content) > answerMax {
		return shipping.ErrNoAnswer.About("%s %s: the answer breaks off or is too long: %v", q.method, q.path, err)
	}
	if answer.StatusCode/100 != 2 {
		return refusal(answer.StatusCode, content)
	}
	switch into := q.answer.(type) {
	case nil:
		return nil
	case *shipping.Document:
		*into = shipping.Document{Type: answer.Header.Get("Content-Type"), Body: content}
		return nil
	}
	if err := json.Unmarshal(content, q.answer); err != nil {
		return shipping.ErrNoAnswer.About("%s %s: %w", q.method, q.path, err)
	}
	return nil
}

// refusal gives the fault of a status. Only a clear no of the carrier is a refusal; everything else may have acted.
func refusal(status int, body []byte) error {
	var p problem
	if json.Unmarshal(body, &p) != nil {
		p.Detail = fmt.Sprintf("%.200q", body)
	}
	switch {
	case status == http.StatusNotFound && p.Code == "unknown_consignment":
		return shipping.ErrUnknownRef.About("%s", p.Detail)
	case status == http.StatusConflict && p.Code == "key_reused":
		return shipping.ErrKeyReused.About("%s", p.Detail)
	case status == http.StatusConflict && p.Code == "handed_over":
		return shipping.ErrGone.About("%s", p.Detail)
	case status == http.StatusUnprocessableEntity:
		return shipping.ErrRefused.About("%s: %s", p.Code, p.Detail)
	}
	return shipping.ErrNoAnswer.About("status %d: %s", status, p.Detail)
}
