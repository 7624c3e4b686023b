package office

import (
	"context"
	"net/url"

	"sauda/base/fault"
	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

func (f face) mountHosts(site *web.Site) {
	web.Page(site, "GET /office/window/hosts", f.hosts, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/window/hosts", f.askHost, web.Needs(ScopeHouseWrite))
	web.FormAct(site, "POST /office/window/hosts/{id}/proof", f.proveHost, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/window/hosts/{id}/word", f.confirmHost, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/window/hosts/{id}/end", f.dropHost, web.Needs(ScopeHouseWrite))
}

// hosts shows the names under which the window is shown by itself, and how each is proved.
func (f face) hosts(tx *db.Tx, _ struct{}) (web.View, error) {
	return f.hostsView(tx, form{Values: url.Values{}}, "")
}

func (f face) hostsView(tx *db.Tx, typed form, wrong string) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	all, err := window.Hosts(tx, string(sellerOf(tx)))
	p := f.page("window", t(tx.Context(), "hosts.title"))
	p.Wrong = wrong
	return hostsPage(p, all, typed), err
}

type hostForm struct {
	web.Typed
	Host string `json:"host" maxLength:"253"`
}

// askHost adds a name, which then waits to be proved.
func (f face) askHost(tx *db.Tx, in hostForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	err := web.ErrInvalid.Fields(in.Wrong...)
	if err == nil {
		_, err = window.AskHost(tx, string(sellerOf(tx)), in.Host)
	}
	if err == nil {
		return see("window/hosts", "host_asked"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	typed := form{Values: in.Values}
	typed.note(tx.Context(), err, func(string) string { return "host" })
	v, bad := f.hostsView(tx, typed, refusal(tx.Context(), err))
	return web.Again(v), bad
}

type hostAsk struct {
	ID string `path:"id" maxLength:"253"` // ID is the name: the audit says what was acted on by this word.
}

// proveHost looks in the world whether a name is the shop's.
func (f face) proveHost(ctx context.Context, in hostAsk) (web.Then, error) {
	var of string
	look := func(do func(tx *db.Tx) error) error { return job.Look(ctx, f.Store, web.WhoFrom(ctx), do) }
	err := look(func(tx *db.Tx) error {
		of = string(sellerOf(tx))
		return keeper(tx)
	})
	if err == nil {
		err = f.Hosts.Prove(ctx, web.WhoFrom(ctx), of, in.ID)
	}
	if err == nil {
		return see("window/hosts", "host_confirmed"), nil
	}
	if kind := fault.Of(err).Kind; kind != fault.Conflict {
		return web.Then{}, err
	}
	said := refusal(ctx, err)
	var v web.View
	err = look(func(tx *db.Tx) (err error) {
		v, err = f.hostsView(tx, form{Values: url.Values{}}, said)
		return err
	})
	return web.Again(v), err
}

// confirmHost takes an administrator's word that a name is the shop's.
func (f face) confirmHost(tx *db.Tx, in hostAsk) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("window/hosts", "host_confirmed"), window.ConfirmHost(tx, string(sellerOf(tx)), in.ID, window.ProofWord)
}

// dropHost gives a name up.
func (f face) dropHost(tx *db.Tx, in hostAsk) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("window/hosts", "host_dropped"), window.DropHost(tx, string(sellerOf(tx)), in.ID)
}
