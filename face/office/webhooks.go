package office

import (
	"context"
	"slices"

	"sauda/base/fault"
	"sauda/core/webhook"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountHooks(site *web.Site) {
	web.Page(site, "GET /office/webhooks", f.hooks, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/webhooks", f.addHook, web.Needs(ScopeHouseWrite))
	web.Page(site, "GET /office/webhooks/{id}", f.hook, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/webhooks/{id}", f.reviseHook, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/webhooks/{id}/switch", switchHook, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/webhooks/{id}/secret", f.renewHook, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/webhooks/{id}/test", tryHook, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/webhooks/{id}/removal", removeHook, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/webhooks/{id}/messages/{message}/repetition", repeatHook, web.Needs(ScopeHouseWrite))
}

// hooks lists the programs that are told of events.
func (f face) hooks(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := webhook.Of(tx, string(sellerOf(tx)))
	return hooksPage(f.page("webhooks", t(tx.Context(), "nav.webhooks")), all, hookForm{}), err
}

// hookForm is a program as it was typed.
type hookForm struct {
	web.Typed
	Name   string   `json:"name" maxLength:"200"`
	URL    string   `json:"url" maxLength:"2000"`
	Events []string `json:"events,omitempty" maxItems:"50"`
}

// hookChange is one that is there, as it was typed anew.
type hookChange struct {
	ID webhook.EndpointID `path:"id" maxLength:"60"`
	hookForm
}

// wants tells whether an event was chosen.
func (h hookForm) wants(event string) bool {
	return slices.Contains(h.Events, event)
}

func (h hookForm) draft() webhook.Draft {
	return webhook.Draft{Name: h.Name, URL: h.URL, Events: h.Events}
}

// addHook has a program told and shows the secret, which nobody can see again.
func (f face) addHook(tx *db.Tx, in hookForm) (web.Then, error) {
	p := f.page("webhooks", t(tx.Context(), "nav.webhooks"))
	err := web.ErrInvalid.Fields(in.Wrong...)
	if err == nil {
		var e webhook.Endpoint
		var secret string
		if e, secret, err = webhook.Add(tx, f.Keys, string(sellerOf(tx)), in.draft()); err == nil {
			return web.Show(hookSecret(tx.Context(), p, e, secret)), nil
		}
	}
	all, failed := webhook.Of(tx, string(sellerOf(tx)))
	if failed != nil {
		return web.Then{}, failed
	}
	if p, err = unkept(tx.Context(), p, &in.Typed, err); err != nil {
		return web.Then{}, err
	}
	return web.Again(hooksPage(p, all, in)), nil
}

// unkept puts a refusal beside the fields and above the form; what is no refusal of a form is given back.
func unkept(ctx context.Context, p page, typed *web.Typed, err error) (page, error) {
	if !amendable(err) {
		return p, err
	}
	typed.Wrong = fault.FieldsOf(err)
	p.Wrong = refusal(ctx, err)
	return p, nil
}

// hookSecret shows a fresh secret of a program, once.
func hookSecret(ctx context.Context, p page, e webhook.Endpoint, secret string) web.View {
	return secretPage(p, shownOnce{Of: e.Name, Secret: secret, How: t(ctx, "webhooks.how"), Back: to(ctx, "webhooks", string(e.ID))})
}

type hookAsk struct {
	ID     webhook.EndpointID `path:"id" maxLength:"60"`
	Before webhook.MessageID  `query:"before" maxLength:"60"`
}

// hookView is a program with what it was told.
type hookView struct {
	webhook.Endpoint
	Messages []webhook.Message
	Next     webhook.MessageID
	Form     hookForm
}

func loadHook(tx *db.Tx, in hookAsk) (hookView, error) {
	e, err := webhook.Get(tx, string(sellerOf(tx)), in.ID)
	if err != nil {
		return hookView{}, err
	}
	v := hookView{Endpoint: e, Form: hookForm{Name: e.Name, URL: e.URL, Events: e.Events}}
	v.Messages, v.Next, err = webhook.Messages(tx, e.Seller, e.ID, in.Before)
	return v, err
}

// hook shows a program and what it was told.
func (f face) hook(tx *db.Tx, in hookAsk) (web.View, error) {
	v, err := loadHook(tx, in)
	return hookPage(f.page("webhooks", v.Name), v), err
}

// reviseHook changes what a program is told, and where.
func (f face) reviseHook(tx *db.Tx, in hookChange) (web.Then, error) {
	err := web.ErrInvalid.Fields(in.Wrong...)
	if err == nil {
		if _, err = webhook.Revise(tx, string(sellerOf(tx)), in.ID, in.draft()); err == nil {
			return see("webhooks/"+string(in.ID), "saved"), nil
		}
	}
	v, failed := loadHook(tx, hookAsk{ID: in.ID})
	if failed != nil {
		return web.Then{}, failed
	}
	p, err := unkept(tx.Context(), f.page("webhooks", v.Name), &in.Typed, err)
	v.Form = in.hookForm
	return web.Again(hookPage(p, v)), err
}

type hookSwitch struct {
	ID webhook.EndpointID `path:"id" maxLength:"60"`
	On bool               `json:"on,omitempty"`
}

func switchHook(tx *db.Tx, in hookSwitch) (web.Then, error) {
	_, err := webhook.Switch(tx, string(sellerOf(tx)), in.ID, in.On)
	return see("webhooks/"+string(in.ID), "saved"), err
}

type hookOnly struct {
	ID webhook.EndpointID `path:"id" maxLength:"60"`
}

// renewHook gives a program a new secret and shows it.
func (f face) renewHook(tx *db.Tx, in hookOnly) (web.Then, error) {
	e, secret, err := webhook.Renew(tx, f.Keys, string(sellerOf(tx)), in.ID)
	return web.Show(hookSecret(tx.Context(), f.page("webhooks", t(tx.Context(), "nav.webhooks")), e, secret)), err
}

func tryHook(tx *db.Tx, in hookOnly) (web.Then, error) {
	_, err := webhook.Try(tx, string(sellerOf(tx)), in.ID)
	return see("webhooks/"+string(in.ID), "told"), err
}

func removeHook(tx *db.Tx, in hookOnly) (web.Then, error) {
	return see("webhooks", "removed"), webhook.Remove(tx, string(sellerOf(tx)), in.ID)
}

type hookRepeat struct {
	ID      webhook.EndpointID `path:"id" maxLength:"60"`
	Message webhook.MessageID  `path:"message" maxLength:"60"`
}

func repeatHook(tx *db.Tx, in hookRepeat) (web.Then, error) {
	return see("webhooks/"+string(in.ID), "told"), webhook.Again(tx, string(sellerOf(tx)), in.ID, in.Message)
}
