package session

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"sauda/gear/db"
	"sauda/gear/session/sessiondb"
)

// Key lets a program act for a user, within scopes of its own.
type Key struct {
	ID      string
	User    string
	Name    string
	Hint    string // Hint is the beginning of the secret, for people to tell keys apart.
	Scopes  []string
	Began   time.Time
	Expires time.Time // Expires is zero for a key without an end.
	Used    time.Time // Used is exact to TouchEvery, and zero when the key was never used.
	Revoked time.Time // Revoked is zero while the key works.
}

// KeyDraft asks for a key.
type KeyDraft struct {
	Name    string
	Scopes  []string
	Expires time.Time // Expires is zero for no end.
}

// hintSize is how much of a secret is shown later: enough to tell keys apart, too little to guess the rest.
const hintSize = 10

// Issue makes a key of the present actor and gives its secret, which is shown once and not kept. A scope that the actor
// does not hold is refused: a key never may more than its owner.
func (k *Keeper) Issue(tx *db.Tx, d KeyDraft) (secretText string, key Key, err error) {
	d.Name = strings.TrimSpace(d.Name)
	if d.Name == "" || len(d.Name) > 200 || len(d.Scopes) == 0 || len(d.Scopes) > 100 || (!d.Expires.IsZero() && !d.Expires.After(tx.Now())) {
		return "", Key{}, ErrKeyDraft
	}
	for _, scope := range d.Scopes {
		if !tx.Who().May(scope) {
			return "", Key{}, ErrScopes.With("scope", scope)
		}
	}
	scopes := slices.Compact(slices.Sorted(slices.Values(d.Scopes)))
	list, err := json.Marshal(scopes)
	if err != nil {
		return "", Key{}, err
	}
	secretText = keyPrefix + secret()
	key = Key{ID: tx.Mint("key"), User: tx.Who().ID, Name: d.Name, Hint: secretText[:hintSize], Scopes: scopes, Began: tx.Now(), Expires: d.Expires}
	err = sessiondb.New(tx).KeepAPIKey(tx.Context(), sessiondb.KeepAPIKeyParams{
		ID: key.ID, Hash: digest(secretText), UserID: key.User, Name: key.Name, Hint: key.Hint, Scopes: string(list),
		Began: key.Began.UnixMicro(), Expires: stamp(key.Expires),
	})
	return secretText, key, err
}

// Keys gives all keys of a user, revoked ones too, the oldest first.
func (k *Keeper) Keys(tx *db.Tx, user string) ([]Key, error) {
	rows, err := sessiondb.New(tx).ListAPIKeys(tx.Context(), user)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, 0, len(rows))
	for _, r := range rows {
		key, err := keyOf(r)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Revoke ends a key for good. A key that is not the user's, or is revoked already, is ErrMissing.
func (k *Keeper) Revoke(tx *db.Tx, user, id string) error {
	hashes, err := sessiondb.New(tx).RevokeAPIKey(tx.Context(), sessiondb.RevokeAPIKeyParams{At: tx.Now().UnixMicro(), UserID: user, ID: id})
	if err != nil {
		return err
	}
	if len(hashes) == 0 {
		return ErrMissing.About("key %s of %s", id, user)
	}
	tx.AfterCommit(func() { k.forget(hashes...) })
	return nil
}

// findKey gives the actor behind a key: staff with those of the key's scopes that its owner still holds. The key of a
// buyer acts as the buyer.
func (k *Keeper) findKey(tx *db.Tx, secretText string) (Speaker, error) {
	row, err := sessiondb.New(tx).FindAPIKey(tx.Context(), digest(secretText))
	if errors.Is(err, sql.ErrNoRows) {
		return Speaker{}, ErrUnknown
	}
	if err != nil {
		return Speaker{}, err
	}
	key, err := keyOf(row)
	if err != nil {
		return Speaker{}, err
	}
	if !key.Revoked.IsZero() || (!key.Expires.IsZero() && !tx.Now().Before(key.Expires)) {
		return Speaker{}, ErrUnknown.About("key %s is revoked or has expired", key.ID)
	}
	owner, err := k.o.Lookup(tx, key.User)
	if err != nil {
		return Speaker{}, unknown(err)
	}
	who := owner
	if owner.Kind != db.KindBuyer {
		who.Kind = db.KindStaff
		who.Scopes = nil
		for _, scope := range key.Scopes {
			if owner.May(scope) {
				who.Scopes = append(who.Scopes, scope)
			}
		}
	}
	who.Session = key.ID
	return Speaker{Who: who, Key: true, Due: tx.Now().Sub(key.Used) > TouchEvery}, nil
}

func keyOf(r sessiondb.SessionKey) (Key, error) {
	key := Key{ID: r.ID, User: r.UserID, Name: r.Name, Hint: r.Hint, Began: micros(r.Began), Expires: at(r.Expires), Used: at(r.Used), Revoked: at(r.Revoked)}
	return key, json.Unmarshal([]byte(r.Scopes), &key.Scopes)
}

// stamp keeps no time as 0, and at gives it back.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func at(stamp int64) time.Time {
	if stamp == 0 {
		return time.Time{}
	}
	return micros(stamp)
}

// HoldsSecret tells whether a JSON text has a token, a key, a ticket or a signing secret of ours as one of its strings. Such a text is answered and
// never kept.
func HoldsSecret(body []byte) bool {
	for _, prefix := range []string{tokenPrefix, keyPrefix, ticketPrefix, SigningPrefix} {
		if bytes.Contains(body, []byte(`"`+prefix)) {
			return true
		}
	}
	return false
}
