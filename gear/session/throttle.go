package session

import (
	"math"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/session/sessiondb"
)

// brake is how failures slow the next attempt down: the first ones are free, then the wait doubles up to most.
type brake struct {
	free  int64
	first time.Duration
	most  time.Duration
}

var (
	// An account is braked gently at its worst: its owner must not be locked out by whoever knows his e-mail.
	accountBrake = brake{free: 5, first: 2 * time.Second, most: 2 * time.Minute}
	// An address is braked later, because an office shares one, and longer.
	addressBrake = brake{free: 20, first: 2 * time.Second, most: 15 * time.Minute}
)

// forgetTime is after how long without failures all is forgiven.
const forgetTime = 24 * time.Hour

// Attempt counts one attempt to sign in, before the password is looked at, so that many at once cannot all be free. It
// refuses with ErrThrottled and "retry_after" in seconds while the account or the address has to wait. The moment must be
// committed whatever the password turns out to be; then comes Succeeded, or nothing.
func Attempt(tx *db.Tx, account, address string) error {
	account, address = subject("account", account), subject("address", address)
	// On PostgreSQL attempts on one account queue here instead of failing each other.
	tx.Lock("throttle:" + account)
	rows, err := throttles(tx, account, address)
	if err != nil {
		return err
	}
	now := tx.Now()
	for _, r := range rows {
		if wait := micros(r.Until).Sub(now); wait > 0 {
			return fault.With(ErrThrottled, "retry_after", int64(math.Ceil(wait.Seconds())))
		}
	}
	for _, s := range []struct {
		subject string
		brake   brake
	}{{account, accountBrake}, {address, addressBrake}} {
		failures := rows[s.subject].Failures + 1
		if err := sessiondb.New(tx.Later()).KeepThrottle(tx.Context(), sessiondb.KeepThrottleParams{
			Subject: s.subject, Failures: failures, Until: now.Add(s.brake.wait(failures)).UnixMicro(), At: now.UnixMicro(),
		}); err != nil {
			return err
		}
	}
	return nil
}

// Succeeded forgives the account and takes the attempt off the address.
func Succeeded(tx *db.Tx, account, address string) error {
	account, address = subject("account", account), subject("address", address)
	rows, err := throttles(tx, account, address)
	if err != nil {
		return err
	}
	q := sessiondb.New(tx.Later())
	if err := q.DropThrottle(tx.Context(), account); err != nil {
		return err
	}
	r, ok := rows[address]
	switch {
	case !ok:
		return nil
	case r.Failures <= 1:
		return q.DropThrottle(tx.Context(), address)
	}
	return q.KeepThrottle(tx.Context(), sessiondb.KeepThrottleParams{
		Subject: address, Failures: r.Failures - 1, Until: tx.Now().UnixMicro(), At: tx.Now().UnixMicro(),
	})
}

// throttles gives what is known of the two subjects and not yet forgotten.
func throttles(tx *db.Tx, account, address string) (map[string]sessiondb.SessionThrottle, error) {
	rows, err := sessiondb.New(tx).FindThrottles(tx.Context(), sessiondb.FindThrottlesParams{Account: account, Address: address})
	if err != nil {
		return nil, err
	}
	known := make(map[string]sessiondb.SessionThrottle, len(rows))
	for _, r := range rows {
		if tx.Now().Sub(micros(r.At)) < forgetTime {
			known[r.Subject] = r
		}
	}
	return known, nil
}

// wait is how long the next attempt has to wait after so many failures.
func (b brake) wait(failures int64) time.Duration {
	if failures < b.free {
		return 0
	}
	doublings := min(failures-b.free, 30)
	return min(b.first<<doublings, b.most)
}

func subject(kind, name string) string {
	return digest(kind + ":" + strings.ToLower(strings.TrimSpace(name)))
}
