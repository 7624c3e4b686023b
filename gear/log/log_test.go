package log_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"sauda/gear/log"
)

func TestSecretsAreNeverWritten(t *testing.T) {
	for _, form := range []log.Form{log.Text, log.JSON, log.Auto} {
		var b bytes.Buffer
		l := log.New(&b, slog.LevelInfo, form)
		l.With("session_token", "hush").WithGroup("card").Info("paid", "PAN", "hush", "CVV", "hush", "amount", 5)
		l.Info("in", slog.Group("headers", "Authorization", "hush", "X-Api-Key", "hush", "Set-Cookie", "hush"), "password", []byte("hush"))
		if got := b.String(); strings.Contains(got, "hush") || strings.Count(got, log.Redacted) != 7 || !strings.Contains(got, "amount") {
			t.Errorf("form %d wrote %s", form, got)
		}
	}
}

func TestTheRequestStandsInTheLine(t *testing.T) {
	var b bytes.Buffer
	l := log.New(&b, slog.LevelInfo, log.JSON)
	ctx := context.WithValue(t.Context(), log.RequestKey{}, "r-1")
	l.With("a", 1).InfoContext(ctx, "one")
	l.InfoContext(t.Context(), "two")
	l.DebugContext(ctx, "three")
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"request":"r-1"`) || strings.Contains(lines[1], "request") {
		t.Fatalf("%q", lines)
	}
}
