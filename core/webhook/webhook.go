// Package webhook tells the programs of sellers what happens in the shop: their accounts, their warehouse, their own site.
//
// An endpoint is an address of a program and the events that it wants. What it is told is a message: a row, written in a
// moment of its own that follows the fact, and brought by an errand that tries again with growing pauses and gives up
// visibly in the end. A message says what happened to which object and nothing of people: a program that wants more asks
// the API with its key, and sees the object as it is then. So it does no harm that a message may come twice, late, or
// before an earlier one.
//
// How a message is written, signed and tried again is Standard Webhooks 1.0.0 (standardwebhooks.com), so that its
// libraries verify it in every language. It does not know orders: which facts become events stands in app/hooks.go.
//
//	message   waiting ─▶ brought
//	             └─────▶ given up ─▶ waiting (by hand)
//	endpoint  on ⇄ paused (by hand)
//	          on ─▶ stopped (gone, or failing for days) ─▶ on (by hand)
package webhook

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of endpoints and messages.
var Schema = db.Schema{Name: "webhook", Files: schemaFiles}

// Faults of webhooks.
var (
	ErrInvalid = fault.New(fault.Invalid, "webhook.invalid", "Some fields are not right: see each of them.")
	ErrUnknown = fault.New(fault.Missing, "webhook.unknown", "There is no such receiver or message. It may have been removed.")
	ErrTooMany = fault.New(fault.Conflict, "webhook.too_many", "There are as many receivers as a seller may have. Remove one first.")
	ErrWaiting = fault.New(fault.Conflict, "webhook.waiting", "This message is on its way already.")
	ErrOff     = fault.New(fault.Conflict, "webhook.off", "This receiver is paused. Switch it on first.")
	ErrNoSeal  = fault.New(fault.Unavailable, "webhook.no_seal", "This house has no key to keep secrets with. Whoever runs it must set one first.")
)

// EndpointID names an endpoint.
type EndpointID string

// MessageID names a message. It is what a receiver knows a repeated one by.
type MessageID string

// State says whether an endpoint is told anything.
type State string

// The states of an endpoint.
const (
	On      State = "on"
	Paused  State = "paused"  // Paused by hand: nothing is written for it.
	Stopped State = "stopped" // Stopped by the house: it said that it is gone, or it failed for days.
)

// Events are what a program can be told of, in the order in which they happen. Those of orders are called as their facts are.
var Events = []string{
	"order.placed", "order.numbered", "order.packed", "order.handed_over", "order.delivered", "order.came_back",
	"order.lines_cancelled", "order.cancelled", "order.returned", "order.refunded", StockChanged,
}

// StockChanged says that a variant ran out in all warehouses together, or came in.
const StockChanged = "stock.changed"

// Test is the event of a message that only tries the way. No endpoint needs to want it.
const Test = "webhook.test"

// Endpoint is a program that is told.
type Endpoint struct {
	ID           EndpointID
	Seller       string
	Name         string
	URL          string
	Events       []string
	State        State
	FailingSince time.Time // FailingSince is zero while all goes well.
	Made         time.Time
	secret       string // secret is sealed.
	before       string // before is the sealed secret before, good until beforeUntil.
	beforeUntil  time.Time
}

// Progress says how far a message has come.
type Progress string

// The ways of a message.
const (
	Waiting Progress = "waiting"
	Brought Progress = "brought"
	GivenUp Progress = "given_up"
)

// Message is what one endpoint is told of one event.
type Message struct {
	ID       MessageID
	Endpoint EndpointID
	Event    string
	Object   string // Object is the order or the variant it is about.
	Body     string // Body is the JSON that is sent.
	State    Progress
	Tries    int64
	Written  time.Time
	Due      time.Time // Due is when it is tried next, while it waits.
	Ended    time.Time
	Status   int    // Status is that of the last answer; 0 when there was none.
	Error    string // Error is why the last try failed.
}

// Limits of what is kept.
const (
	endpointsMax = 20
	nameMax      = 60
	urlMax       = 500
	errorMax     = 500
)
