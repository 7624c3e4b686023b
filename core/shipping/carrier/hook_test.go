package carrier

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/shipping"
)

// FuzzVerify gives truly signed bodies of any content: a message comes out, or ErrForged.
func FuzzVerify(f *testing.F) {
	for _, seed := range []string{
		`{"ref":"CN1","events":[{"id":"e1","state":"delivered","at":"2026-11-24T07:00:00Z"}]}`, `{"ref":"CN1"}`, `{}`, `[]`, ``, "\xff",
		`{"ref":1}`, `{"ref":"CN1","events":[{"at":"yesterday"}]}`, `{"ref":"CN1","events":null}`,
	} {
		f.Add([]byte(seed), "1795503600")
	}
	now := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
	c := New(Config{Secret: "secret", Now: func() time.Time { return now }})
	f.Fuzz(func(t *testing.T, body []byte, stamp string) {
		for _, at := range []string{strconv.FormatInt(now.Unix(), 10), stamp} {
			header := http.Header{}
			header.Set(HeaderTimestamp, at)
			header.Set(HeaderSignature, hex.EncodeToString(sign("secret", at, body)))
			m, err := c.Verify(header, body)
			if err != nil && !errors.Is(err, shipping.ErrForged) {
				t.Fatal(err)
			}
			if (err == nil) != (m.Ref != "") {
				t.Fatalf("%+v and %v", m, err)
			}
		}
	})
}

func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   *fault.Fault
	}{
		{404, `{"code":"unknown_consignment"}`, shipping.ErrUnknownRef},
		{404, `<html>no such page</html>`, shipping.ErrNoAnswer}, // A proxy, not the carrier.
		{409, `{"code":"key_reused"}`, shipping.ErrKeyReused},
		{409, `{"code":"handed_over"}`, shipping.ErrGone},
		{409, `{"code":"something_else"}`, shipping.ErrNoAnswer},
		{422, `{"code":"invalid"}`, shipping.ErrRefused},
		{401, `{}`, shipping.ErrNoAnswer},
		{500, ``, shipping.ErrNoAnswer},
		{503, ``, shipping.ErrNoAnswer},
	} {
		if err := refusal(c.status, []byte(c.body)); fault.Of(err) != c.want {
			t.Errorf("%d %s: %v, want %s", c.status, c.body, err, c.want.Code)
		}
	}
}
