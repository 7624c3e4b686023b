// Package session knows who speaks: sign-in, sessions, keys of programs, and the brake on guessing.
//
// It keeps no users. Whoever wires the house says how a user id becomes an actor (Options.Lookup); passwords are hashed
// here and stored by whoever owns the user. Tokens and keys are random and stored as SHA-256 only: who reads the tables
// cannot speak for anybody.
//
// Reading a session writes nothing. Now and then (TouchEvery, Options.Rotate) the reader is told that a session is Due,
// and Renew then notes that it was seen and, for a cookie, gives it a fresh token.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/session/sessiondb"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of this package.
var Schema = db.Schema{Name: "session", Files: schemaFiles}

// Faults of sign-in.
var (
	ErrUnknown   = fault.New(fault.Unauthenticated, "session.unknown", "This session or key is not valid any more. Please sign in again.")
	ErrMismatch  = fault.New(fault.Unauthenticated, "session.mismatch", "The e-mail or the password is wrong. Please check both and try again.")
	ErrThrottled = fault.New(fault.Limited, "session.throttled", "Too many attempts to sign in. Please wait a little and try again.")
	ErrPassword  = fault.New(fault.Invalid, "session.password", "Choose a password of 8 to 128 characters that is not easy to guess.")
	ErrMissing   = fault.New(fault.Missing, "session.missing", "There is no such session or key.")
	ErrScopes    = fault.New(fault.Denied, "session.scopes", "A key cannot be allowed more than its owner.")
	ErrKeyDraft  = fault.New(fault.Invalid, "session.key_draft", "Give the key a name, at least one scope, and a day in the future on which it ends.")
)

const (
	// TouchEvery is how exactly the time a session or key was last used is known; more would write on each request.
	TouchEvery = 5 * time.Minute
	// graceTime is how long the token before a rotation still works, for requests that were under way.
	graceTime = time.Minute
	// memoryTime is how long a found session is remembered without asking the store. A revoked session of another
	// process may speak for so long.
	memoryTime = 5 * time.Second
	// memoryMax bounds the remembered sessions; beyond it all are forgotten and found again.
	memoryMax = 20_000
	// agentMax bounds what is kept of a browser's name.
	agentMax = 200
	// tokenPrefix and keyPrefix tell the two kinds of secrets apart, and let scanners find leaked ones.
	tokenPrefix = "st_"
	keyPrefix   = "sk_"
)

// SigningPrefix tells a secret by which messages to a program are signed (Standard Webhooks 1.0.0, "Signature scheme").
const SigningPrefix = "whsec_"

// Options say how long sessions last. Zero values take the defaults.
type Options struct {
	Lookup   func(tx *db.Tx, user string) (db.Who, error) // Lookup makes an actor of a user id. A fault means that the user may not act any more.
	TLS      bool                                         // TLS says that browsers come by https, so cookies are Secure and bound to the host.
	Idle     time.Duration                                // Idle ends a session that nobody used for so long; 14 days.
	Absolute time.Duration                                // Absolute ends every session after so long; 90 days.
	Rotate   time.Duration                                // Rotate gives a cookie a fresh token after so long; 12 hours.
	Now      func() time.Time                             // Now is the clock for what is remembered; time.Now.
}

// Keeper keeps the sessions of one process. It is safe for many goroutines.
type Keeper struct {
	o      Options
	mu     sync.RWMutex
	memory map[string]remembered // By the hash of the token.
}

type remembered struct {
	speaker Speaker
	until   time.Time
}

// Speaker is who speaks by a token or key.
type Speaker struct {
	Who db.Who
	Key bool // Key says that a program speaks by an API key, not a person by a session.
	Due bool // Due says that Renew should be called.
}

// Session is a place where a user is signed in.
type Session struct {
	ID      string
	User    string
	Began   time.Time
	Seen    time.Time // Seen is exact to TouchEvery.
	Address string
	Agent   string
}

// Client is where a sign-in comes from; people see it in the list of their sessions.
type Client struct {
	Address string
	Agent   string
}

// New makes a keeper.
func New(o Options) *Keeper {
	if o.Lookup == nil {
		panic("session: Options.Lookup is not set")
	}
	if o.Idle == 0 {
		o.Idle = 14 * 24 * time.Hour
	}
	if o.Absolute == 0 {
		o.Absolute = 90 * 24 * time.Hour
	}
	if o.Rotate == 0 {
		o.Rotate = 12 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Keeper{o: o, memory: make(map[string]remembered)}
}

// Begin signs a user in and gives the token, which is not kept and cannot be had again. Every sign-in has a token of its
// own, so one that was planted in the browser before is worth nothing.
func (k *Keeper) Begin(tx *db.Tx, user string, from Client) (token string, s Session, err error) {
	token = tokenPrefix + secret()
	s = Session{ID: tx.Mint("ses"), User: user, Began: tx.Now(), Seen: tx.Now(), Address: from.Address, Agent: cut(from.Agent, agentMax)}
	err = sessiondb.New(tx.Later()).KeepSession(tx.Context(), sessiondb.KeepSessionParams{
		ID: s.ID, Hash: digest(token), UserID: user, At: tx.Now().UnixMicro(), Address: s.Address, Agent: s.Agent,
	})
	return token, s, err
}

// Recall gives the speaker of a token from memory, if he was found a few seconds ago.
func (k *Keeper) Recall(token string) (Speaker, bool) {
	hash := digest(token)
	k.mu.RLock()
	r, ok := k.memory[hash]
	k.mu.RUnlock()
	if !ok || k.o.Now().After(r.until) {
		return Speaker{}, false
	}
	return r.speaker, true
}

// Find gives the speaker of a session token or an API key, and remembers him for a few seconds. A token that is unknown,
// revoked, idle or old is ErrUnknown, and so is one whose user may not act any more.
func (k *Keeper) Find(tx *db.Tx, token string) (Speaker, error) {
	var s Speaker
	var err error
	if strings.HasPrefix(token, keyPrefix) {
		s, err = k.findKey(tx, token)
	} else {
		s, err = k.findSession(tx, token)
	}
	if err == nil {
		k.remember(digest(token), s)
	}
	return s, err
}

func (k *Keeper) findSession(tx *db.Tx, token string) (Speaker, error) {
	hash := digest(token)
	row, err := sessiondb.New(tx).FindSession(tx.Context(), hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Speaker{}, ErrUnknown
	}
	if err != nil {
		return Speaker{}, err
	}
	now := tx.Now()
	switch {
	case now.Sub(micros(row.Seen)) > k.o.Idle, now.Sub(micros(row.Began)) > k.o.Absolute:
		return Speaker{}, ErrUnknown.About("session %s has ended by time", row.ID)
	case row.Hash != hash && now.Sub(micros(row.Rotated)) > graceTime:
		return Speaker{}, ErrUnknown.About("session %s was rotated", row.ID)
	}
	who, err := k.o.Lookup(tx, row.UserID)
	if err != nil {
		return Speaker{}, unknown(err)
	}
	who.Session = row.ID
	due := now.Sub(micros(row.Seen)) > TouchEvery || now.Sub(micros(row.Rotated)) > k.o.Rotate
	return Speaker{Who: who, Due: due && row.Hash == hash}, nil
}

// unknown turns the refusal of a user into ErrUnknown; a failing store stays what it is.
func unknown(err error) error {
	switch fault.Of(err).Kind {
	case fault.Internal, fault.Unavailable:
		return err
	}
	return ErrUnknown.About("the user may not act: %w", err)
}

// Renew notes that a session or key is in use. When the token of a session is old and rotate is true, it gives a fresh
// one and the old one works for a minute more; otherwise fresh is empty. Of two at once one rotates.
func (k *Keeper) Renew(tx *db.Tx, token string, rotate bool) (fresh string, err error) {
	hash, now, q := digest(token), tx.Now(), sessiondb.New(tx)
	tx.AfterCommit(func() { k.forget(hash) })
	if strings.HasPrefix(token, keyPrefix) {
		key, err := q.FindAPIKey(tx.Context(), hash)
		if err != nil {
			return "", none(err)
		}
		return "", q.TouchAPIKey(tx.Context(), sessiondb.TouchAPIKeyParams{At: now.UnixMicro(), ID: key.ID})
	}
	row, err := q.FindSession(tx.Context(), hash)
	if err != nil {
		return "", none(err)
	}
	if !rotate || row.Hash != hash || now.Sub(micros(row.Rotated)) <= k.o.Rotate {
		return "", q.TouchSession(tx.Context(), sessiondb.TouchSessionParams{At: now.UnixMicro(), ID: row.ID})
	}
	fresh = tokenPrefix + secret()
	rows, err := q.RotateSession(tx.Context(), sessiondb.RotateSessionParams{
		Fresh: digest(fresh), Hash: hash, At: now.UnixMicro(), ID: row.ID,
	})
	if err != nil || rows == 0 {
		return "", err
	}
	return fresh, nil
}

// List gives the places where a user is signed in, the latest first.
func (k *Keeper) List(tx *db.Tx, user string) ([]Session, error) {
	rows, err := sessiondb.New(tx).ListSessions(tx.Context(), user)
	if err != nil {
		return nil, err
	}
	list := make([]Session, 0, len(rows))
	for _, r := range rows {
		if now := tx.Now(); now.Sub(micros(r.Seen)) > k.o.Idle || now.Sub(micros(r.Began)) > k.o.Absolute {
			continue
		}
		list = append(list, Session{ID: r.ID, User: r.UserID, Began: micros(r.Began), Seen: micros(r.Seen), Address: r.Address, Agent: r.Agent})
	}
	return list, nil
}

// End signs a user out in one place. A session that is not the user's, or has ended, is ErrMissing.
func (k *Keeper) End(tx *db.Tx, user, id string) error {
	rows, err := sessiondb.New(tx).EndSession(tx.Context(), sessiondb.EndSessionParams{UserID: user, ID: id})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrMissing.About("session %s of %s", id, user)
	}
	tx.AfterCommit(func() { k.forget(rows[0].Hash, rows[0].Previous) })
	return nil
}

// EndAll signs a user out everywhere but in the session keep (which may be empty): after a change of password.
func (k *Keeper) EndAll(tx *db.Tx, user, keep string) error {
	rows, err := sessiondb.New(tx).EndSessions(tx.Context(), sessiondb.EndSessionsParams{UserID: user, Keep: keep})
	if err != nil {
		return err
	}
	tx.AfterCommit(func() {
		for _, r := range rows {
			k.forget(r.Hash, r.Previous)
		}
	})
	return nil
}

// Purge deletes what has ended by time. It is meant for a daily job.
func (k *Keeper) Purge(tx *db.Tx) error {
	q, now := sessiondb.New(tx), tx.Now()
	_, err := q.PurgeSessions(tx.Context(), sessiondb.PurgeSessionsParams{
		Seen: now.Add(-k.o.Idle).UnixMicro(), Began: now.Add(-k.o.Absolute).UnixMicro(),
	})
	if err != nil {
		return err
	}
	if _, err := q.PurgeTickets(tx.Context(), now.UnixMicro()); err != nil {
		return err
	}
	_, err = q.PurgeThrottles(tx.Context(), now.Add(-forgetTime).UnixMicro())
	return err
}

func (k *Keeper) remember(hash string, s Speaker) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.memory) >= memoryMax {
		clear(k.memory)
	}
	k.memory[hash] = remembered{speaker: s, until: k.o.Now().Add(memoryTime)}
}

func (k *Keeper) forget(hashes ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range hashes {
		delete(k.memory, h)
	}
}

// Forget drops all that is remembered: a change of users or scopes then counts at once in this process.
func (k *Keeper) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.memory)
}

// secret is 256 random bits.
func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand ends the process rather than fail.
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func micros(at int64) time.Time { return time.UnixMicro(at).UTC() }

func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown
	}
	return err
}

// cut keeps at most n bytes of s, whole characters of valid UTF-8.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
