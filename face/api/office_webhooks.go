package api

import (
	"time"

	"sauda/core/webhook"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountReceivers adds what a seller says about the programs that are told of his events.
func (f face) mountReceivers(api *web.API) {
	const group = "Office: webhooks"
	web.Query(api, "GET /v1/office/webhooks", listReceivers, web.Needs(scopeHouseRead), web.Doc("List the programs that are told of events.", group))
	web.Command(api, "POST /v1/office/webhooks", f.addReceiver, web.Needs(scopeHouseWrite), web.Status(201),
		web.Doc("Have a program told of events. The secret that signs its messages (Standard Webhooks 1.0.0) is shown once.", group),
		web.Faults(webhook.ErrInvalid, webhook.ErrTooMany, webhook.ErrNoSeal))
	web.Command(api, "PUT /v1/office/webhooks/{id}", reviseReceiver, web.Needs(scopeHouseWrite),
		web.Doc("Change what a program is told and where, pause it, or switch it on again.", group), web.Faults(webhook.ErrUnknown, webhook.ErrInvalid))
	web.Command(api, "DELETE /v1/office/webhooks/{id}", removeReceiver, web.Needs(scopeHouseWrite),
		web.Doc("Tell a program nothing any more and forget what it was told.", group), web.Faults(webhook.ErrUnknown))
	web.Command(api, "POST /v1/office/webhooks/{id}/secret", f.renewReceiver, web.Needs(scopeHouseWrite),
		web.Doc("Give a program a new secret. For a day messages are signed with both.", group), web.Faults(webhook.ErrUnknown, webhook.ErrNoSeal))
	web.Command(api, "POST /v1/office/webhooks/{id}/test", tryReceiver, web.Needs(scopeHouseWrite), web.Status(202),
		web.Doc("Send a message that says nothing, to see whether it arrives.", group), web.Faults(webhook.ErrUnknown, webhook.ErrOff))
	web.Query(api, "GET /v1/office/webhooks/{id}/messages", listTold, web.Needs(scopeHouseRead),
		web.Doc("What a program was told in the last thirty days, the latest first.", group), web.Faults(webhook.ErrUnknown))
	web.Command(api, "POST /v1/office/webhooks/{id}/messages/{message}/repetition", repeatTold, web.Needs(scopeHouseWrite), web.Status(202),
		web.Doc("Bring a message once more, with its id.", group), web.Faults(webhook.ErrUnknown, webhook.ErrOff, webhook.ErrWaiting))
}

// receiverView is a program that is told.
type receiverView struct {
	ID           webhook.EndpointID `json:"id"`
	Name         string             `json:"name"`
	URL          string             `json:"url"`
	Events       []string           `json:"events" nullable:"false"`
	State        webhook.State      `json:"state" enum:"on,paused,stopped"`
	FailingSince *time.Time         `json:"failing_since,omitempty" doc:"Absent while all goes well."`
	Secret       string             `json:"secret,omitempty" doc:"Shown once: in the answer that makes it."`
}

func viewReceiver(e webhook.Endpoint, secret string) receiverView {
	v := receiverView{ID: e.ID, Name: e.Name, URL: e.URL, Events: e.Events, State: e.State, Secret: secret}
	if !e.FailingSince.IsZero() {
		v.FailingSince = &e.FailingSince
	}
	return v
}

func listReceivers(tx *db.Tx, _ struct{}) (web.List[receiverView], error) {
	all, err := webhook.Of(tx, string(sellerOf(tx)))
	page := web.List[receiverView]{Items: make([]receiverView, len(all))}
	for i, e := range all {
		page.Items[i] = viewReceiver(e, "")
	}
	return page, err
}

// receiverDraft is a program as somebody describes it.
type receiverDraft struct {
	Name   string   `json:"name" required:"true" maxLength:"200"`
	URL    string   `json:"url" required:"true" maxLength:"2000" doc:"A public address that begins with https://."`
	Events []string `json:"events" required:"true" maxItems:"50" doc:"Such as order.placed."`
}

func (d receiverDraft) draft() webhook.Draft {
	return webhook.Draft{Name: d.Name, URL: d.URL, Events: d.Events}
}

// addReceiver has a program told, and gives the secret.
func (f face) addReceiver(tx *db.Tx, in receiverDraft) (receiverView, error) {
	e, secret, err := webhook.Add(tx, f.Keys, string(sellerOf(tx)), in.draft())
	return viewReceiver(e, secret), err
}

type receiverChange struct {
	ID webhook.EndpointID `path:"id" maxLength:"60"`
	receiverDraft
	On bool `json:"on" required:"true" doc:"Whether it is told anything."`
}

// reviseReceiver changes a program and whether it is told.
func reviseReceiver(tx *db.Tx, in receiverChange) (receiverView, error) {
	e, err := webhook.Revise(tx, string(sellerOf(tx)), in.ID, in.draft())
	if err == nil && in.On != (e.State == webhook.On) {
		e, err = webhook.Switch(tx, string(sellerOf(tx)), in.ID, in.On)
	}
	return viewReceiver(e, ""), err
}

type receiverAsk struct {
	ID webhook.EndpointID `path:"id" maxLength:"60"`
}

func removeReceiver(tx *db.Tx, in receiverAsk) (web.None, error) {
	return web.None{}, webhook.Remove(tx, string(sellerOf(tx)), in.ID)
}

func (f face) renewReceiver(tx *db.Tx, in receiverAsk) (receiverView, error) {
	e, secret, err := webhook.Renew(tx, f.Keys, string(sellerOf(tx)), in.ID)
	return viewReceiver(e, secret), err
}

// tellingView names a message that is on its way.
type tellingView struct {
	ID webhook.MessageID `json:"id"`
}

func tryReceiver(tx *db.Tx, in receiverAsk) (tellingView, error) {
	id, err := webhook.Try(tx, string(sellerOf(tx)), in.ID)
	return tellingView{id}, err
}

type toldAsk struct {
	ID     webhook.EndpointID `path:"id" maxLength:"60"`
	Cursor webhook.MessageID  `query:"cursor" maxLength:"60"`
}

// toldView is a message as it was brought, or not.
type toldView struct {
	ID      webhook.MessageID `json:"id"`
	Event   string            `json:"event"`
	Object  string            `json:"object"`
	State   webhook.Progress  `json:"state" enum:"waiting,brought,given_up"`
	Tries   int64             `json:"tries"`
	Written time.Time         `json:"written"`
	Due     *time.Time        `json:"due,omitempty" doc:"When it is tried next, while it waits."`
	Status  int               `json:"status,omitempty" doc:"Of the last answer."`
	Error   string            `json:"error,omitempty" doc:"Why the last try failed."`
}

func listTold(tx *db.Tx, in toldAsk) (web.List[toldView], error) {
	all, next, err := webhook.Messages(tx, string(sellerOf(tx)), in.ID, in.Cursor)
	page := web.List[toldView]{Items: make([]toldView, len(all)), Next: string(next)}
	for i, m := range all {
		page.Items[i] = toldView{ID: m.ID, Event: m.Event, Object: m.Object, State: m.State, Tries: m.Tries, Written: m.Written, Status: m.Status, Error: m.Error}
		if m.State == webhook.Waiting {
			page.Items[i].Due = &m.Due
		}
	}
	return page, err
}

type repetition struct {
	ID      webhook.EndpointID `path:"id" maxLength:"60"`
	Message webhook.MessageID  `path:"message" maxLength:"60"`
}

func repeatTold(tx *db.Tx, in repetition) (tellingView, error) {
	return tellingView{in.Message}, webhook.Again(tx, string(sellerOf(tx)), in.ID, in.Message)
}
