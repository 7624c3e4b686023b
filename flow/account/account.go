// Package account does what a person does about himself: he proves who he is by a code that goes to his mailbox, changes
// his address and password, says what he allows, takes his data along, and leaves.
//
// It knows no page. It meets here because each of these touches several contexts: the person (identity), his sessions
// (gear/session), the letters (notify), and whatever is kept about him elsewhere.
//
//	AskSignIn, AskPassword, AskEmail ──a letter──▶ SignIn, ResetPassword, ChangeEmail
//	AskErasure ──seven days──▶ Erase
//
// Whoever asks for a code is answered the same, whether anybody has that mailbox or not.
package account

import (
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/session"
)

// Desk does what people do about themselves.
type Desk struct {
	Sessions *session.Keeper
	Blobs    blob.Store // Blobs keeps the data that people take along, until it is fetched or too late.
	Home     string     // Home stands before the addresses in letters.
}

// What a code proves.
const (
	PurposeSignIn   = "sign_in"
	PurposePassword = "password"
	PurposeEmail    = "email"
)

// ErrGuest says no to somebody who is not signed in as himself: a program that acts by a key changes nothing here.
var ErrGuest = fault.New(fault.Denied, "account.not_in_person", "Sign in yourself for this: a key of a program cannot change an account.")

// Person gives who is signed in, or ErrGuest for a guest and for a program.
func Person(tx *db.Tx) (identity.User, error) {
	who := tx.Who()
	if who.ID == "" || !strings.HasPrefix(who.Session, "ses_") {
		return identity.User{}, ErrGuest.About("%s %s by %.10s", who.Kind, who.ID, who.Session)
	}
	return identity.Get(tx, identity.UserID(who.ID))
}

// page is an address of the pages in the language of somebody.
func (d Desk) page(lang, path string) string { return d.Home + "/" + lang + path }

// write writes a letter to somebody about his account.
func (d Desk) write(tx *db.Tx, u identity.User, t notify.Template, params map[string]string) error {
	own, err := seller.Get(tx, seller.Own)
	if err != nil {
		return err
	}
	params["name"], params["shop"] = u.Name, own.Name.In(u.Lang)
	return notify.Send(tx, notify.Letter{
		Key: "account:" + tx.Mint("ltr"), To: u.Email, Lang: u.Lang, Template: t, Params: params,
	})
}

// minutes is how long a code is good, for its letter.
var minutes = strconv.Itoa(int(session.CodeTime / time.Minute))

// dayIn writes a day as letters do: day.month.year, and year-month-day for Chinese.
func dayIn(lang string, at time.Time) string {
	if lang == "zh" {
		return at.In(span.Almaty).Format("2006-01-02")
	}
	return at.In(span.Almaty).Format("02.01.2006")
}
