// Package reach asks the world by addresses that somebody else has written: those in files, those that people type. It
// connects to public addresses only, so that nobody can make the house ask its neighbours.
package reach

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// ErrNear refuses an address inside this network.
var ErrNear = errors.New("reach: nothing is asked for inside this network")

// Transport connects to public addresses only, and waits at most so long for each part of an answer. The address is looked
// at when it is connected to, so that no name can change its meaning between. Near are addresses inside this network that
// may be asked all the same: for tests only.
func Transport(wait time.Duration, near ...netip.AddrPort) *http.Transport {
	dialer := &net.Dialer{Timeout: wait, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !slices.Contains(near, to) && !isPublic(to.Addr().Unmap()) {
			return fmt.Errorf("%w: %s", ErrNear, to)
		}
		return nil
	}}
	return &http.Transport{
		DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, TLSHandshakeTimeout: wait, ResponseHeaderTimeout: wait,
		IdleConnTimeout: wait, // Who makes a transport for one errand leaves its connections behind.
	}
}

// reserved are networks that are no part of the world though they look so, and those of IPv6 in which an address of IPv4 is
// written, which may be any. They are the special addresses of the registries of IANA.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("fec0::/10"),
}

// isPublic tells whether an address is one of the world.
func isPublic(a netip.Addr) bool {
	within := func(p netip.Prefix) bool { return p.Contains(a) }
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(reserved, within)
}
