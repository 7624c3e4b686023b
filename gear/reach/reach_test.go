package reach_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"sauda/gear/reach"
)

func TestNobodyInsideIsAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	own := netip.MustParseAddrPort(strings.TrimPrefix(server.URL, "http://"))
	ask := func(address string, near ...netip.AddrPort) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := reach.Transport(time.Second, near...).RoundTrip(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	}
	if err := ask(server.URL, own); err != nil {
		t.Errorf("who is named may be asked: %v", err)
	}
	for _, inside := range []string{
		server.URL, "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/", "http://100.64.0.1/", "http://0.0.0.0/", "http://[::1]/",
		"http://[fd00::1]/", "http://[fe80::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/",
	} {
		if err := ask(inside); !errors.Is(err, reach.ErrNear) {
			t.Errorf("%s is asked: %v", inside, err)
		}
	}
}
