package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sauda/gear/seal"
	"sauda/gear/session"
)

// secretLength is how many random bytes a secret has; the standard wants 24 to 64.
const secretLength = 32

func freshSecret() string {
	raw := make([]byte, secretLength)
	_, _ = rand.Read(raw) // crypto/rand ends the process rather than fail.
	return session.SigningPrefix + base64.StdEncoding.EncodeToString(raw)
}

// sealed seals a secret for its endpoint.
func sealed(keys seal.Keys, secret string, id EndpointID) (string, error) {
	if !keys.Ready() {
		return "", ErrNoSeal
	}
	return keys.Seal(secret, purpose(id))
}

func purpose(id EndpointID) string { return "webhook " + string(id) }

// secrets opens what messages are signed with at a time: the secret, and the one before it as long as that is good.
func (e Endpoint) secrets(keys seal.Keys, now time.Time) ([]string, error) {
	all := []string{e.secret}
	if e.before != "" && now.Before(e.beforeUntil) {
		all = append(all, e.before)
	}
	for i, s := range all {
		open, err := keys.Open(s, purpose(e.ID))
		if err != nil {
			return nil, fmt.Errorf("webhook: the secret of %s: %w", e.ID, err)
		}
		all[i] = open
	}
	return all, nil
}

// Sign gives the value of the header webhook-signature: for each secret the HMAC-SHA256 of id, time and body with dots
// between, in base64 behind the version of the scheme.
func Sign(secrets []string, id MessageID, at time.Time, body string) (string, error) {
	signed := string(id) + "." + strconv.FormatInt(at.Unix(), 10) + "." + body
	all := make([]string, len(secrets))
	for i, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, session.SigningPrefix))
		if err != nil {
			return "", fmt.Errorf("webhook: a secret is no base64: %w", err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(signed))
		all[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(all, " "), nil
}
