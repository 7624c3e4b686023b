package shop

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountPrivacy(site *web.Site, server *web.Server) {
	web.Page(site, "GET /account/privacy", f.privacy, web.SignedIn())
	web.Form(site, "POST /account/consents", f.setConsents, web.SignedIn())
	web.Form(site, "POST /account/export", f.askExport, web.SignedIn())
	web.Form(site, "POST /account/erasure", f.askErasure, web.SignedIn())
	web.Form(site, "POST /account/erasure/undo", f.undoErasure, web.SignedIn())
	server.Protocol("GET /account/export/{id}", f.fetchExport, web.SignedIn())
}

// privacyView is the page of what a buyer allows, takes along, and leaves behind.
type privacyView struct {
	cabinet
	Consents []identity.Consent
	Export   account.Export
	Asked    bool // Asked says that there is an export.
}

// allowed tells whether a purpose is allowed now.
func (v privacyView) allowed(p identity.Purpose) bool {
	given, _ := identity.Allowed(v.Consents, p)
	return given
}

func (f *face) privacy(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in, "privacy")
	if err != nil {
		return nil, err
	}
	if err := c.buyer(); err != nil {
		return nil, err
	}
	v := privacyView{cabinet: c}
	if v.Consents, err = identity.Consents(tx, c.User.Party); err != nil {
		return nil, err
	}
	v.Export, v.Asked, err = f.Account.LatestExport(tx)
	if v.Asked && !v.Export.Ready && !v.Export.Gone {
		v.Refresh = 5
	}
	return privacyPage(v), err
}

type consentsSaid struct {
	visitor
	Learn  bool `json:"learn,omitempty"`
	Remind bool `json:"remind,omitempty"`
	Wishes bool `json:"wishes,omitempty"`
}

// setConsents notes what a buyer allows from now on.
func (f *face) setConsents(tx *db.Tx, in consentsSaid) (web.Then, error) {
	return web.See("/account/privacy?done=saved"), f.Account.Allow(tx, map[identity.Purpose]bool{
		identity.PurposeLearn: in.Learn, identity.PurposeRemind: in.Remind, identity.PurposeWishes: in.Wishes,
	})
}

// askExport has the data of a buyer gathered.
func (f *face) askExport(tx *db.Tx, _ visitor) (web.Then, error) {
	_, err := f.Account.AskExport(tx)
	return web.See("/account/privacy"), err
}

type erasureSaid struct {
	web.Typed
	visitor
	Sure bool `json:"sure,omitempty"`
}

// askErasure has the account erased after some days. Without the tick nothing happens.
func (f *face) askErasure(tx *db.Tx, in erasureSaid) (web.Then, error) {
	if !in.Sure {
		return web.See("/account/privacy"), nil
	}
	_, err := f.Account.AskErasure(tx)
	return web.See("/account/privacy"), err
}

// undoErasure takes that back.
func (f *face) undoErasure(tx *db.Tx, _ visitor) (web.Then, error) {
	return web.See("/account?done=kept"), f.Account.KeepAccount(tx)
}

// fetchExport gives the file of a buyer's data to him alone, for as long as it is there.
func (f *face) fetchExport(x web.Exchange) error {
	var e account.Export
	err := x.Moment(func(tx *db.Tx) (err error) {
		e, err = f.Account.ExportNamed(tx, account.ExportID(x.Request.PathValue("id")))
		return err
	})
	if err != nil {
		return err
	}
	body, err := f.Account.Fetch(x.Context(), e)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // It was only read.
	h := x.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Length", strconv.FormatInt(body.Size(), 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "sauda-" + string(e.ID) + ".zip"}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	x.WriteHeader(http.StatusOK)
	_, err = io.Copy(x, body)
	return err
}
