// Package log sets up the log of the house: text for a terminal, JSON for machines, the request in every line that has
// one, and no secrets.
package log

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
)

// RequestKey finds the name of a request in a context.
type RequestKey struct{}

// Redacted stands where a secret would be.
const Redacted = "[secret]"

// secrets are the keys whose values are never written. A key counts when one of its words, parted by _ - or ., is here.
var secrets = map[string]bool{
	"password": true, "passwd": true, "token": true, "secret": true, "authorization": true, "cookie": true,
	"cookies": true, "apikey": true, "signature": true, "pan": true, "cvv": true, "cvc": true, "dsn": true,
	"credential": true, "credentials": true, "iin": true,
}

// Form is how lines are written.
type Form int

// The forms.
const (
	Auto Form = iota // Auto is Text on a terminal and JSON elsewhere.
	Text
	JSON
)

// New makes a logger that writes to w.
func New(w io.Writer, level slog.Leveler, form Form) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: hide}
	if form == Auto && isTerminal(w) {
		form = Text
	}
	var h slog.Handler = slog.NewJSONHandler(w, o)
	if form == Text {
		h = slog.NewTextHandler(w, o)
	}
	return slog.New(withRequest{h})
}

// isTerminal tells whether w is a device that people look at.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// hide takes the value of a secret away. Groups keep their names and are looked into by slog itself.
func hide(_ []string, a slog.Attr) slog.Attr {
	if isSecret(a.Key) {
		return slog.String(a.Key, Redacted)
	}
	return a
}

// isSecret tells whether a key names a secret: "password", "card_token", "X-Api-Key", "apiKey".
func isSecret(key string) bool {
	lower := strings.ToLower(key)
	if strings.HasSuffix(lower, "apikey") || strings.HasSuffix(lower, "api_key") || strings.HasSuffix(lower, "api-key") {
		return true
	}
	for word := range strings.FieldsFuncSeq(lower, func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
		if secrets[word] {
			return true
		}
	}
	return false
}

// withRequest adds the request of the context to each line.
type withRequest struct{ slog.Handler }

func (h withRequest) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(RequestKey{}).(string); ok && id != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h withRequest) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withRequest{h.Handler.WithAttrs(attrs)}
}

func (h withRequest) WithGroup(name string) slog.Handler {
	return withRequest{h.Handler.WithGroup(name)}
}
