package webhook

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/webhook/webhookdb"
	"sauda/gear/db"
)

// Event is what happened.
type Event struct {
	Seller string
	Type   string // Type is one of Events.
	Object string // Object is what it happened to.
	Data   any    // Data is what a program is told of it: names of things and states, no people.
}

// payload is the JSON of a message (Standard Webhooks, "Payload structure").
type payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // Timestamp is that of the event, not of the try.
	Data      any       `json:"data"`
}

// Tell writes a message for each endpoint of the seller that is on and wants the event.
func Tell(tx *db.Tx, e Event) error {
	all, err := Of(tx, e.Seller)
	if err != nil {
		return err
	}
	for _, to := range all {
		if to.State == On && slices.Contains(to.Events, e.Type) {
			if _, err := write(tx, to.ID, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// Try writes a message that says nothing, so that somebody sees whether messages arrive.
func Try(tx *db.Tx, seller string, id EndpointID) (MessageID, error) {
	e, err := Get(tx, seller, id)
	if err != nil {
		return "", err
	}
	if e.State != On {
		return "", ErrOff.About("%s", id)
	}
	return write(tx, id, Event{Seller: seller, Type: Test, Object: string(id), Data: struct {
		Endpoint EndpointID `json:"endpoint"`
	}{id}})
}

func write(tx *db.Tx, to EndpointID, e Event) (MessageID, error) {
	body, err := json.Marshal(payload{e.Type, tx.Now().UTC(), e.Data})
	if err != nil {
		return "", err
	}
	id := MessageID(tx.Mint("msg"))
	return id, webhookdb.New(tx.Later()).AddMessage(tx.Context(), webhookdb.AddMessageParams{
		ID: string(id), Endpoint: string(to), Event: e.Type, Object: e.Object, Body: string(body), At: span.Micros(tx.Now()),
	})
}

// pageMax is how many messages are shown at once.
const pageMax = 50

// Messages gives what an endpoint was told, the latest first, and from where the next page goes on; empty at the end.
func Messages(tx *db.Tx, seller string, id EndpointID, before MessageID) ([]Message, MessageID, error) {
	if _, err := Get(tx, seller, id); err != nil {
		return nil, "", err
	}
	if before == "" {
		before = "msg_zzzzzzzzzzzzzzzzzzzzzzzzzz" // It comes after every id, in the order of any language.
	}
	rows, err := webhookdb.New(tx).MessagesBefore(tx.Context(), webhookdb.MessagesBeforeParams{
		Endpoint: string(id), ID: string(before), Page: pageMax + 1,
	})
	if err != nil {
		return nil, "", err
	}
	all := make([]Message, len(rows))
	for i, row := range rows {
		all[i] = messageOf(row)
	}
	if len(all) > pageMax {
		return all[:pageMax], all[pageMax-1].ID, nil
	}
	return all, "", nil
}

// Again has a message brought once more, from its first try.
func Again(tx *db.Tx, seller string, id EndpointID, m MessageID) error {
	e, err := Get(tx, seller, id)
	if err != nil {
		return err
	}
	row, err := webhookdb.New(tx).Message(tx.Context(), string(m))
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Endpoint != string(id) {
		return ErrUnknown.About("%s of %s", m, id)
	}
	if err != nil {
		return err
	}
	if e.State != On {
		return ErrOff.About("%s", id)
	}
	if row.State == string(Waiting) {
		return ErrWaiting.About("%s", m)
	}
	return webhookdb.New(tx).Again(tx.Context(), webhookdb.AgainParams{DueAt: span.Micros(tx.Now()), ID: string(m)})
}

// Kept is how long messages can be looked at and sent again.
const Kept = 30 * 24 * time.Hour

// Forget drops at most so many messages that are older than Kept, and says how many it dropped.
func Forget(tx *db.Tx, most int) (int, error) {
	n, err := webhookdb.New(tx).Forget(tx.Context(), webhookdb.ForgetParams{Before: span.Micros(tx.Now().Add(-Kept)), Page: int64(most)})
	return int(n), err
}

func messageOf(row webhookdb.WebhookMessage) Message {
	return Message{
		ID: MessageID(row.ID), Endpoint: EndpointID(row.Endpoint), Event: row.Event, Object: row.Object, Body: row.Body, State: Progress(row.State),
		Tries: row.Tries, Written: span.FromMicros(row.WrittenAt), Due: span.FromMicros(row.DueAt), Ended: span.FromMicros(row.EndedAt),
		Status: int(row.Status), Error: row.Error,
	}
}
