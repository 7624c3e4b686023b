package session

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/session/sessiondb"
)

// Faults of passkeys.
var (
	ErrPasskey    = fault.New(fault.Invalid, "session.passkey", "The passkey was not accepted. Try again, or sign in by other means.")
	ErrNoPasskeys = fault.New(fault.Conflict, "session.no_passkeys", "Passkeys need the shop's own address with https. Sign in by other means.")
	ErrManyKeys   = fault.New(fault.Conflict, "session.many_passkeys", "You have 20 passkeys already. Remove one that you do not need.")
)

const (
	passkeysMax  = 20 // passkeysMax is more than anybody has devices.
	passkeyName  = 60 // passkeyName bounds what somebody calls a passkey, in characters.
	ceremonyTime = 5 * time.Minute

	purposeAdd   = "passkey_add"
	purposeEnter = "passkey_enter"
)

// Passkey is a key on a device of somebody, as he sees it.
type Passkey struct {
	ID    string
	Name  string
	Began time.Time
	Used  time.Time // Used is zero for one that nobody has signed in by.
}

// Site is for whom passkeys are made: a browser uses them at this address and nowhere else (WebAuthn Level 3 §13.4.9).
type Site struct {
	origin string
	host   string
}

// SiteOf gives the site at the address of the house, or, of a house that is reached on this machine only, at the address
// "localhost" by which it is asked. There is none without https, and none at a bare number: browsers make no passkeys there.
func SiteOf(home, asked string) (Site, error) {
	u, err := url.Parse(home)
	if err != nil {
		return Site{}, ErrNoPasskeys.About("%q: %w", home, err)
	}
	ip := net.ParseIP(u.Hostname())
	name, _, _ := net.SplitHostPort(asked)
	switch {
	case u.Scheme == "https" && ip == nil && u.Host != "":
		return Site{origin: u.Scheme + "://" + u.Host, host: u.Hostname()}, nil
	case (home == "" || ip.IsLoopback() || u.Hostname() == "localhost") && (name == "localhost" || asked == "localhost"):
		return Site{origin: "http://" + asked, host: "localhost"}, nil
	}
	return Site{}, ErrNoPasskeys.About("at %q, asked as %q", home, asked)
}

// ceremony is the library, set up for one site. Whoever uses a key must prove himself to his device too, by a finger, a face
// or a PIN: so a passkey is both factors, and no password is asked for beside it.
func (s Site) ceremony(name string) (*webauthn.WebAuthn, error) {
	required := true
	return webauthn.New(&webauthn.Config{
		RPID: s.host, RPDisplayName: name, RPOrigins: []string{s.origin},
		AttestationPreference: protocol.PreferNoAttestation, // Which make it is, is nobody's business.
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &required,
			UserVerification: protocol.VerificationRequired,
		},
	})
}

// Owner is somebody as the library sees him.
type Owner struct {
	ID    string // ID goes to the device and says nothing about the person.
	Email string // Email and Name are shown by the device when it asks.
	Name  string
	keys  []webauthn.Credential
}

// WebAuthnID is the user handle.
func (o Owner) WebAuthnID() []byte { return []byte(o.ID) }

// WebAuthnName tells accounts of one person apart.
func (o Owner) WebAuthnName() string { return o.Email }

// WebAuthnDisplayName is what the device shows.
func (o Owner) WebAuthnDisplayName() string { return o.Name }

// WebAuthnCredentials are the keys that there are.
func (o Owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// Begun is a ceremony for the browser: Options for its call, and the secret of the ticket that comes back with its answer.
type Begun struct {
	Ticket  string `json:"ticket"`
	Options any    `json:"options"`
}

// BeginPasskey begins to make a passkey of somebody who is signed in. A device that has one of his already makes no second.
func BeginPasskey(tx *db.Tx, at Site, shop string, of Owner) (Begun, error) {
	rows, err := sessiondb.New(tx).Passkeys(tx.Context(), of.ID)
	if err != nil {
		return Begun{}, err
	}
	if len(rows) >= passkeysMax {
		return Begun{}, ErrManyKeys.About("%s", of.ID)
	}
	if err := of.hold(rows); err != nil {
		return Begun{}, err
	}
	w, err := at.ceremony(shop)
	if err != nil {
		return Begun{}, err
	}
	options, state, err := w.BeginRegistration(of, webauthn.WithExclusions(webauthn.Credentials(of.keys).CredentialDescriptors()))
	if err != nil {
		return Begun{}, err
	}
	return begun(tx, Ticket{Purpose: purposeAdd, User: of.ID}, options.Response, state)
}

// hold gives the owner the keys that are stored of him.
func (o *Owner) hold(rows []sessiondb.SessionPasskey) error {
	o.keys = make([]webauthn.Credential, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Record), &o.keys[i]); err != nil {
			return err
		}
	}
	return nil
}

func begun(tx *db.Tx, t Ticket, options any, state *webauthn.SessionData) (Begun, error) {
	body, err := json.Marshal(state)
	if err != nil {
		return Begun{}, err
	}
	t.Body = string(body)
	ticket, err := keepTicket(tx, t, "", ceremonyTime)
	return Begun{ticket, options}, err
}

// taken spends the ticket of a ceremony and gives what was remembered of it.
func taken(tx *db.Tx, purpose, ticket string) (Ticket, webauthn.SessionData, error) {
	var state webauthn.SessionData
	t, err := FindTicket(tx, purpose, ticket)
	if err == nil {
		err = Spend(tx, t)
	}
	if errors.Is(err, ErrCode) {
		err = ErrPasskey.About("no ceremony: %w", err)
	}
	if err != nil {
		return t, state, err
	}
	return t, state, json.Unmarshal([]byte(t.Body), &state)
}

// Answer is what a browser answers to a ceremony: the ticket with which it began, and the JSON of its own.
type Answer struct {
	Ticket string
	JSON   string
}

// AddPasskey keeps the passkey that a device has made, under a name.
func AddPasskey(tx *db.Tx, at Site, of Owner, a Answer, name string) (Passkey, error) {
	t, state, err := taken(tx, purposeAdd, a.Ticket)
	if err != nil {
		return Passkey{}, err
	}
	if t.User != of.ID {
		return Passkey{}, ErrPasskey.About("the ceremony of somebody else")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(a.JSON))
	if err != nil {
		return Passkey{}, ErrPasskey.About("%w", err)
	}
	w, err := at.ceremony("")
	if err != nil {
		return Passkey{}, err
	}
	made, err := w.CreateCredential(of, state, parsed)
	if err != nil {
		return Passkey{}, ErrPasskey.About("%w", err)
	}
	record, err := json.Marshal(made)
	if err != nil {
		return Passkey{}, err
	}
	key := Passkey{ID: tx.Mint("psk"), Name: called(name), Began: tx.Now()}
	rows, err := sessiondb.New(tx).KeepPasskey(tx.Context(), sessiondb.KeepPasskeyParams{
		ID: key.ID, Credential: spelled(made.ID), UserID: of.ID, Name: key.Name, Record: string(record), Began: tx.Now().UnixMicro(),
	})
	if err == nil && rows == 0 {
		err = ErrPasskey.About("it is somebody's already")
	}
	return key, err
}

func spelled(credential []byte) string { return base64.RawURLEncoding.EncodeToString(credential) }

// called is a name as it is kept: on one line, and not too long.
func called(name string) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " "))
	return string(runes[:min(len(runes), passkeyName)])
}

// BeginEntry begins to sign in by a passkey. Nobody says who he is: his device knows.
func BeginEntry(tx *db.Tx, at Site) (Begun, error) {
	w, err := at.ceremony("")
	if err != nil {
		return Begun{}, err
	}
	options, state, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Begun{}, err
	}
	return begun(tx, Ticket{Purpose: purposeEnter}, options.Response, state)
}

// Enter gives whose passkey has answered. One that is not known, was removed, or seems to have been copied is ErrPasskey.
func Enter(tx *db.Tx, at Site, a Answer) (user string, err error) {
	_, state, err := taken(tx, purposeEnter, a.Ticket)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(a.JSON))
	if err != nil {
		return "", ErrPasskey.About("%w", err)
	}
	row, err := sessiondb.New(tx).FindPasskey(tx.Context(), spelled(parsed.RawID))
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrPasskey.About("it is not known")
	}
	if err != nil {
		return "", err
	}
	owner := Owner{ID: row.UserID}
	if err := owner.hold([]sessiondb.SessionPasskey{row}); err != nil {
		return "", err
	}
	w, err := at.ceremony("")
	if err != nil {
		return "", err
	}
	used, err := w.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != owner.ID {
			return nil, ErrPasskey
		}
		return owner, nil
	}, state, parsed)
	if err != nil {
		return "", ErrPasskey.About("%w", err)
	}
	if used.Authenticator.CloneWarning {
		return "", ErrPasskey.About("the key %s counts backwards: it may have been copied", row.ID)
	}
	record, err := json.Marshal(used)
	if err != nil {
		return "", err
	}
	return row.UserID, sessiondb.New(tx.Later()).UsePasskey(tx.Context(), sessiondb.UsePasskeyParams{
		Record: string(record), At: tx.Now().UnixMicro(), ID: row.ID,
	})
}

// Passkeys gives those of a user, the oldest first.
func Passkeys(tx *db.Tx, user string) ([]Passkey, error) {
	rows, err := sessiondb.New(tx).Passkeys(tx.Context(), user)
	keys := make([]Passkey, len(rows))
	for i, r := range rows {
		keys[i] = Passkey{ID: r.ID, Name: r.Name, Began: micros(r.Began), Used: at(r.Used)}
	}
	return keys, err
}

// NamePasskey calls a passkey of a user otherwise. One that is not his is ErrMissing.
func NamePasskey(tx *db.Tx, user, id, name string) error {
	rows, err := sessiondb.New(tx).NamePasskey(tx.Context(), sessiondb.NamePasskeyParams{Name: called(name), ID: id, UserID: user})
	if err == nil && rows == 0 {
		err = ErrMissing.About("passkey %s of %s", id, user)
	}
	return err
}

// DropPasskey has a passkey open nothing any more. One that is not the user's is ErrMissing.
func DropPasskey(tx *db.Tx, user, id string) error {
	rows, err := sessiondb.New(tx).DropPasskey(tx.Context(), sessiondb.DropPasskeyParams{ID: id, UserID: user})
	if err == nil && rows == 0 {
		err = ErrMissing.About("passkey %s of %s", id, user)
	}
	return err
}

// DropPasskeys does so with all of a user.
func DropPasskeys(tx *db.Tx, user string) error {
	return sessiondb.New(tx.Later()).DropPasskeys(tx.Context(), user)
}
