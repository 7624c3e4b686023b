package web

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web/webdb"
)

// KeyTime is how long an idempotency key is remembered.
const KeyTime = 24 * time.Hour

// idempotency is the key of one request (draft-ietf-httpapi-idempotency-key-header).
//
// Only good answers are kept: a refusal changed nothing, so asking again with the same key is simply asking again.
type idempotency struct {
	scope string // scope is who sent the key: two clients who choose the same one do not see each other's answers.
	key   string
	route string
	body  string
	old   bool // old says that find met an answer that has run out, which gives way.
}

// key reads the Idempotency-Key of a request, or nil when it has none. The draft has a quoted string (RFC 9651); clients
// that leave out the quotes are understood.
func (c *call) key(body []byte) (*idempotency, error) {
	said := c.r.Header["Idempotency-Key"]
	if len(said) == 0 {
		return nil, nil
	}
	key := said[0]
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if len(said) > 1 || len(key) == 0 || len(key) > 255 {
		return nil, ErrKey
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return nil, ErrKey
		}
	}
	sum := sha256.Sum256(body)
	k := &idempotency{key: key, route: c.r.Method + " " + c.r.URL.RequestURI(), body: hex.EncodeToString(sum[:])}
	switch {
	case c.who.ID != "":
		k.scope = string(c.who.Kind) + ":" + c.who.ID
	case c.who.Session != "":
		k.scope = "session:" + c.who.Session
	default:
		k.scope = "address:" + c.address().String()
	}
	return k, nil
}

// find gives the stored answer, if there is one that is not too old. Another request under the key is ErrKeyReused.
func (k *idempotency) find(tx *db.Tx) (answer, bool, error) {
	row, err := webdb.New(tx).FindKey(tx.Context(), webdb.FindKeyParams{Scope: k.scope, Key: k.key})
	k.old = false
	if errors.Is(err, sql.ErrNoRows) {
		return answer{}, false, nil
	}
	if err != nil {
		return answer{}, false, err
	}
	if tx.Now().Sub(time.UnixMicro(row.At)) > KeyTime {
		k.old = true
		return answer{}, false, nil
	}
	if row.Route != k.route || row.Body != k.body {
		return answer{}, false, ErrKeyReused
	}
	return answer{
		status: int(row.Status), body: []byte(row.Answer), etag: row.Etag, location: row.Location, replayed: true,
	}, true, nil
}

// keep stores the answer with the work that it answers. It comes after find in the same moment. An answer with a token or
// key in it is not stored: to sign in again is a new session, and a lost key is revoked.
func (k *idempotency) keep(tx *db.Tx, a answer) error {
	if session.HoldsSecret(a.body) {
		return nil
	}
	q := webdb.New(tx.Later())
	if k.old {
		if err := q.DropKey(tx.Context(), webdb.DropKeyParams{Scope: k.scope, Key: k.key}); err != nil {
			return err
		}
	}
	return q.KeepKey(tx.Context(), webdb.KeepKeyParams{
		Scope: k.scope, Key: k.key, Route: k.route, Body: k.body, Status: int64(a.status), Etag: a.etag,
		Location: a.location, Answer: string(a.body), At: tx.Now().UnixMicro(),
	})
}

// purgeMost bounds what one moment of PurgeKeys deletes, so that it stays short.
const purgeMost = 1000

// PurgeKeys forgets the keys that have run out, a thousand at a time. It is meant for a job every few minutes.
func PurgeKeys(tx *db.Tx) error {
	_, err := webdb.New(tx).PurgeKeys(tx.Context(), webdb.PurgeKeysParams{
		Before: tx.Now().Add(-KeyTime).UnixMicro(), Most: purgeMost,
	})
	return err
}
