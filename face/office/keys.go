package office

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/span"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f face) mountKeys(site *web.Site) {
	web.Page(site, "GET /office/keys", f.keys, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/keys", f.issue, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/keys/{id}/revocation", f.revoke, web.Needs(ScopeHouseWrite))
}

// keys lists the reader's own API keys.
func (f face) keys(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := f.Sessions.Keys(tx, tx.Who().ID)
	return keysPage(f.page("keys", t(tx.Context(), "nav.keys")), all, keyForm{}), err
}

type keyForm struct {
	web.Typed
	Name    string   `json:"name" maxLength:"200"`
	Expires span.Day `json:"expires,omitempty"`
	Scopes  []string `json:"scopes,omitempty" maxItems:"100"`
}

// issue makes a key and shows its secret, which nobody can see again.
func (f face) issue(tx *db.Tx, in keyForm) (web.Then, error) {
	all, err := f.Sessions.Keys(tx, tx.Who().ID)
	if err != nil {
		return web.Then{}, err
	}
	p := f.page("keys", t(tx.Context(), "nav.keys"))
	err = web.ErrInvalid.Fields(in.Wrong...)
	if err == nil {
		d := session.KeyDraft{Name: in.Name, Scopes: in.Scopes}
		if !in.Expires.IsZero() {
			d.Expires = in.Expires.AddDays(1).Start(span.Almaty)
		}
		var secret string
		var key session.Key
		if secret, key, err = f.Sessions.Issue(tx, d); err == nil {
			return web.Show(secretPage(p, shownOnce{Of: key.Name, Secret: secret, How: t(tx.Context(), "keys.how"), Back: to(tx.Context(), "keys")})), nil
		}
	}
	if !amendable(err) {
		return web.Then{}, err
	}
	p.Wrong = refusal(tx.Context(), err)
	return web.Again(keysPage(p, all, in)), nil
}

// shownOnce is a secret that nobody sees again.
type shownOnce struct {
	Of     string // Of is what it is called that has it.
	Secret string
	How    string // How says what to do with it.
	Back   templ.SafeURL
}

type revokeForm struct {
	ID string `path:"id" maxLength:"60"`
}

// revoke ends one of the reader's own keys.
func (f face) revoke(tx *db.Tx, in revokeForm) (web.Then, error) {
	return see("keys", "revoked"), f.Sessions.Revoke(tx, tx.Who().ID, in.ID)
}

// holds tells whether scopes contain one, by itself or by a star.
func holds(held []string, scope string) bool {
	return db.Who{Kind: db.KindStaff, Scopes: held}.May(scope)
}

// scopeNames writes scopes as a list for people. A star is everything that it stands for.
func scopeNames(ctx context.Context, held []string) string {
	var names []string
	for _, s := range Scopes {
		if holds(held, s) {
			names = append(names, t(ctx, "scope."+s))
		}
	}
	for _, s := range held {
		if !slices.Contains(Scopes, s) && !strings.Contains(s, "*") {
			names = append(names, s)
		}
	}
	if len(names) == 0 {
		return "—"
	}
	return strings.Join(names, " · ")
}
