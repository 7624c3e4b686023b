package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"sauda/base/span"
	"sauda/core/webhook/webhookdb"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/reach"
	"sauda/gear/seal"
)

const (
	batch    = 50               // batch is how many messages are taken at a time.
	lease    = 10 * time.Minute // lease is how long a message that was taken is nobody else's.
	patience = 10 * time.Second // patience is how long a receiver may take to answer; the standard wants 15 to 30 s at most.
	turnMax  = 20 * time.Second // turnMax is after how long a slow receiver gets no more of a batch, so that others need not wait for it.
	atOnce   = 8                // atOnce is how many receivers are called at the same time.
	failing  = 5 * 24 * time.Hour
)

// pauses are those after each failure, as the standard proposes; after the last a message is given up: a little more than
// three days in all.
var pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Bringer brings messages to their receivers.
type Bringer struct {
	Store *db.Store
	Keys  seal.Keys
	HTTP  http.RoundTripper // HTTP reaches the receivers; reach.Transport, which knows public addresses only, when it is nil.
}

// errand is what one endpoint is to be told, in order.
type errand struct {
	to       Endpoint
	messages []Message
}

// outcome is how a try ended.
type outcome struct {
	message Message
	status  int
	failure error // failure is nil when the receiver has it.
	tried   bool  // tried is false for what was put off, because the one before failed or the turn was over.
}

// Bring brings every message that is due, and returns when none is. No receiver waits long for another; when one fails, what
// else is due to it is put off with that message. A process that dies after a receiver has answered and before that was
// written down brings the message again, with the same id.
func (b Bringer) Bring(ctx context.Context) error {
	if b.HTTP == nil {
		b.HTTP = reach.Transport(patience)
	}
	client := &http.Client{Transport: b.HTTP, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for ctx.Err() == nil {
		var errands []errand
		if err := job.Once(ctx, b.Store, db.System, func(tx *db.Tx) (err error) {
			errands, err = take(tx)
			return err
		}); err != nil || len(errands) == 0 {
			return err
		}
		turn := make(chan struct{}, atOnce)
		failures := make([]error, len(errands))
		var all sync.WaitGroup
		for i, e := range errands {
			all.Go(func() {
				turn <- struct{}{}
				defer func() { <-turn }()
				failures[i] = b.run(ctx, client, e)
			})
		}
		all.Wait()
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// run brings what one endpoint is to be told and writes down how that went, all in one moment.
func (b Bringer) run(ctx context.Context, client *http.Client, e errand) error {
	outcomes := make([]outcome, 0, len(e.messages))
	failed, began := false, time.Now()
	for _, m := range e.messages {
		o := outcome{message: m}
		if o.tried = !failed && ctx.Err() == nil && time.Since(began) < turnMax; o.tried {
			o.status, o.failure = b.post(ctx, client, e.to, m)
			failed = o.failure != nil
		}
		outcomes = append(outcomes, o)
	}
	return job.Once(context.WithoutCancel(ctx), b.Store, db.System, func(tx *db.Tx) error { return settle(tx, e.to, outcomes) })
}

// answerMax is how much of an answer is read: it says nothing that is needed.
const answerMax = 4 << 10

// post sends one message. Any answer of the two hundreds is a receipt.
func (b Bringer) post(ctx context.Context, client *http.Client, to Endpoint, m Message) (status int, err error) {
	now := b.Store.Now()
	secrets, err := to.secrets(b.Keys, now)
	if err != nil {
		return 0, err
	}
	signature, err := Sign(secrets, m.ID, now, m.Body)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, strings.NewReader(m.Body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Sauda")
	r.Header.Set("webhook-id", string(m.ID))
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	answer, err := client.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // The address may hold a password of the receiver; it is known without it.
			err = wrapped.Err
		}
		return 0, err
	}
	defer answer.Body.Close() //nolint:errcheck // Nothing of it is kept.
	said, _ := io.ReadAll(io.LimitReader(answer.Body, answerMax))
	if answer.StatusCode/100 != 2 {
		return answer.StatusCode, fmt.Errorf("%s: %.200q", answer.Status, bytes.TrimSpace(said))
	}
	return answer.StatusCode, nil
}

// take leases the messages that are due, by receiver. What is due to one that is not on is given up.
func take(tx *db.Tx) ([]errand, error) {
	q := webhookdb.New(tx)
	rows, err := q.Due(tx.Context(), webhookdb.DueParams{Now: span.Micros(tx.Now()), Page: batch})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var ids []string
	of := make(map[string][]Message)
	for _, row := range rows {
		if of[row.Endpoint] == nil {
			ids = append(ids, row.Endpoint)
		}
		m := messageOf(row)
		m.Tries++
		of[row.Endpoint] = append(of[row.Endpoint], m)
		if err := webhookdb.New(tx.Later()).Lease(tx.Context(), webhookdb.LeaseParams{DueAt: span.Micros(tx.Now().Add(lease)), ID: row.ID}); err != nil {
			return nil, err
		}
	}
	found, err := q.SomeEndpoints(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	endpoints, err := allRestored(found)
	if err != nil {
		return nil, err
	}
	var errands []errand
	for _, to := range endpoints {
		if to.State == On {
			errands = append(errands, errand{to, of[string(to.ID)]})
			delete(of, string(to.ID))
		}
	}
	for id := range of {
		if err := giveUp(tx, EndpointID(id), "the receiver is not switched on"); err != nil {
			return nil, err
		}
	}
	return errands, nil
}

// giveUp ends all that waits for an endpoint.
func giveUp(tx *db.Tx, id EndpointID, why string) error {
	return webhookdb.New(tx.Later()).GiveUp(tx.Context(), webhookdb.GiveUpParams{EndedAt: span.Micros(tx.Now()), Error: why, Endpoint: string(id)})
}

// settle writes down how the tries of one endpoint went, and stops it when it is gone or has failed for days.
func settle(tx *db.Tx, to Endpoint, outcomes []outcome) error {
	q := webhookdb.New(tx.Later())
	since, gone := to.FailingSince, false
	for _, o := range outcomes {
		p := webhookdb.SettleParams{ID: string(o.message.ID), State: string(Brought), Tries: o.message.Tries, EndedAt: span.Micros(tx.Now()), Status: int64(o.status)}
		switch {
		case !o.tried:
			p.State, p.EndedAt, p.Tries = string(Waiting), 0, o.message.Tries-1
			p.DueAt = span.Micros(tx.Now().Add(pauses[0]))
		case o.failure == nil:
			since = time.Time{}
		default:
			gone = gone || o.status == http.StatusGone
			if since.IsZero() {
				since = tx.Now()
			}
			p.Error = cut(o.failure.Error())
			p.State = string(GivenUp)
			if int(o.message.Tries) <= len(pauses) {
				p.State, p.EndedAt = string(Waiting), 0
				p.DueAt = span.Micros(tx.Now().Add(pauses[o.message.Tries-1]))
			}
		}
		if err := q.Settle(tx.Context(), p); err != nil {
			return err
		}
	}
	state := On
	if gone || !since.IsZero() && tx.Now().Sub(since) > failing {
		state = Stopped
	}
	if state == On && since.Equal(to.FailingSince) {
		return nil
	}
	if err := q.Fared(tx.Context(), webhookdb.FaredParams{FailingSince: span.Micros(since), State: string(state), ID: string(to.ID)}); err != nil || state == On {
		return err
	}
	to.State = Stopped
	return errors.Join(giveUp(tx, to.ID, "the receiver was stopped"), to.changed(tx, "stopped"))
}

func cut(s string) string {
	runes := []rune(strings.ToValidUTF8(s, "�"))
	return string(runes[:min(len(runes), errorMax)])
}
