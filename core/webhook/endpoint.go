package webhook

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/webhook/webhookdb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Draft is an endpoint as somebody describes it.
type Draft struct {
	Name   string
	URL    string
	Events []string
}

// check says what is wrong with a draft, and brings it into its form.
func (d *Draft) check() error {
	var wrong []fault.Field
	d.Name, d.URL = strings.TrimSpace(d.Name), strings.TrimSpace(d.URL)
	if d.Name == "" || utf8.RuneCountInString(d.Name) > nameMax || text.Fits(d.Name, 4*nameMax) != nil {
		wrong = append(wrong, fault.Say("Write the name in at most {n} characters.").With("n", nameMax).At("/name"))
	}
	if !callable(d.URL) {
		wrong = append(wrong, fault.Say("Write a public address that begins with https:// and names no user.").At("/url"))
	}
	d.Events = slices.Compact(slices.Sorted(slices.Values(d.Events)))
	if len(d.Events) == 0 || slices.ContainsFunc(d.Events, func(e string) bool { return !slices.Contains(Events, e) }) {
		wrong = append(wrong, fault.Say("Choose at least one event of the list.").At("/events"))
	}
	return ErrInvalid.Fields(wrong...)
}

// callable tells whether an address can be that of a receiver. Whether it leads out of this network is seen when it is called.
func callable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > urlMax || text.Fits(address, urlMax) != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https"
}

// Add has a program told from now on. The secret is given once, and nobody can see it again.
func Add(tx *db.Tx, keys seal.Keys, seller string, d Draft) (Endpoint, string, error) {
	if err := d.check(); err != nil {
		return Endpoint{}, "", err
	}
	q := webhookdb.New(tx)
	n, err := q.CountEndpoints(tx.Context(), seller)
	if err != nil {
		return Endpoint{}, "", err
	}
	if n >= endpointsMax {
		return Endpoint{}, "", ErrTooMany.About("%d of %s", n, seller)
	}
	e := Endpoint{ID: EndpointID(tx.Mint("whk")), Seller: seller, Name: d.Name, URL: d.URL, Events: d.Events, State: On, Made: tx.Now()}
	secret := freshSecret()
	if e.secret, err = sealed(keys, secret, e.ID); err != nil {
		return Endpoint{}, "", err
	}
	if err := q.AddEndpoint(tx.Context(), webhookdb.AddEndpointParams{
		ID: string(e.ID), Seller: seller, Name: e.Name, URL: e.URL, Events: db.In(e.Events), State: string(e.State), Secret: e.secret,
		MadeAt: span.Micros(e.Made),
	}); err != nil {
		return Endpoint{}, "", err
	}
	return e, secret, e.changed(tx, "added")
}

// Revise changes what a program is called, where it is and what it wants.
func Revise(tx *db.Tx, seller string, id EndpointID, d Draft) (Endpoint, error) {
	e, err := Get(tx, seller, id)
	if err != nil {
		return Endpoint{}, err
	}
	if err := d.check(); err != nil {
		return Endpoint{}, err
	}
	e.Name, e.URL, e.Events = d.Name, d.URL, d.Events
	return e, e.save(tx, "revised")
}

// Switch pauses an endpoint, or has it told again. Events of the time between are not told later.
func Switch(tx *db.Tx, seller string, id EndpointID, on bool) (Endpoint, error) {
	e, err := Get(tx, seller, id)
	if err != nil {
		return Endpoint{}, err
	}
	e.State = Paused
	if on {
		e.State, e.FailingSince = On, time.Time{}
	}
	return e, e.save(tx, "switched")
}

// secretBoth is how long the secret before is good beside a new one, so that a program can change over at leisure.
const secretBoth = 24 * time.Hour

// Renew gives an endpoint a new secret. For a day messages are signed with both.
func Renew(tx *db.Tx, keys seal.Keys, seller string, id EndpointID) (Endpoint, string, error) {
	e, err := Get(tx, seller, id)
	if err != nil {
		return Endpoint{}, "", err
	}
	secret := freshSecret()
	e.before, e.beforeUntil = e.secret, tx.Now().Add(secretBoth)
	if e.secret, err = sealed(keys, secret, e.ID); err != nil {
		return Endpoint{}, "", err
	}
	return e, secret, webhookdb.New(tx).Renew(tx.Context(), webhookdb.RenewParams{
		Secret: e.secret, SecretBefore: e.before, BeforeUntil: span.Micros(e.beforeUntil), ID: string(e.ID),
	})
}

// Remove forgets an endpoint and what it was told.
func Remove(tx *db.Tx, seller string, id EndpointID) error {
	e, err := Get(tx, seller, id)
	if err != nil {
		return err
	}
	q := webhookdb.New(tx.Later())
	if err := errors.Join(q.RemoveEndpoint(tx.Context(), string(id)), q.RemoveMessages(tx.Context(), string(id))); err != nil {
		return err
	}
	e.State = Paused
	return e.changed(tx, "removed")
}

// Get gives an endpoint of a seller. Another's is as unknown as none.
func Get(tx *db.Tx, seller string, id EndpointID) (Endpoint, error) {
	row, err := webhookdb.New(tx).Endpoint(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Seller != seller {
		return Endpoint{}, ErrUnknown.About("%s of %s", id, seller)
	}
	if err != nil {
		return Endpoint{}, err
	}
	return restored(row)
}

// Of gives the endpoints of a seller, the oldest first.
func Of(tx *db.Tx, seller string) ([]Endpoint, error) {
	rows, err := webhookdb.New(tx).Endpoints(tx.Context(), seller)
	if err != nil {
		return nil, err
	}
	return allRestored(rows)
}

func allRestored(rows []webhookdb.WebhookEndpoint) ([]Endpoint, error) {
	all := make([]Endpoint, len(rows))
	for i, row := range rows {
		e, err := restored(row)
		if err != nil {
			return nil, err
		}
		all[i] = e
	}
	return all, nil
}

func restored(row webhookdb.WebhookEndpoint) (Endpoint, error) {
	e := Endpoint{
		ID: EndpointID(row.ID), Seller: row.Seller, Name: row.Name, URL: row.URL, State: State(row.State), Made: span.FromMicros(row.MadeAt),
		FailingSince: span.FromMicros(row.FailingSince), secret: row.Secret, before: row.SecretBefore, beforeUntil: span.FromMicros(row.BeforeUntil),
	}
	return e, json.Unmarshal([]byte(row.Events), &e.Events)
}

func (e Endpoint) save(tx *db.Tx, why string) error {
	if err := webhookdb.New(tx).Revise(tx.Context(), webhookdb.ReviseParams{
		Name: e.Name, URL: e.URL, Events: db.In(e.Events), State: string(e.State), FailingSince: span.Micros(e.FailingSince), ID: string(e.ID),
	}); err != nil {
		return err
	}
	return e.changed(tx, why)
}

// changed states what the endpoint is told of from now on.
func (e Endpoint) changed(tx *db.Tx, why string) error {
	c := Changed{Endpoint: e.ID, Seller: e.Seller, Why: why}
	if e.State == On {
		c.Events = e.Events
	}
	return tx.Emit(c)
}
