package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"sauda/app"
	"sauda/cmd/sauda/demo"
)

// demoCommand serves a shop that is filled on its first start. It has a folder of its own, so that it never meets a real
// house, and what is in it is worth nothing.
type demoCommand struct {
	Data     string        `help:"Folder of the demonstration." type:"path" default:"${demo}" env:"SAUDA_DEMO_DATA"`
	Postgres string        `help:"Keep it in PostgreSQL instead, in an empty database." placeholder:"DSN" env:"SAUDA_DEMO_POSTGRES"`
	Verbose  bool          `help:"Log what is usually not worth it." short:"v"`
	Listen   string        `help:"Address to listen at; when it is taken, the next free port." default:"127.0.0.1:8080" env:"SAUDA_LISTEN" placeholder:"HOST:PORT"`
	Pace     time.Duration `help:"Time between two events of a parcel." default:"45s"`
	Reset    bool          `help:"Begin anew: everything in the demonstration is lost."`
	Open     bool          `help:"Show the shop in the browser of this desktop."`

	door `embed:""`
}

// Run fills the demonstration if it is empty and serves it until ctx ends.
func (c *demoCommand) Run(ctx context.Context, t tongue) error {
	config, err := place{Data: c.Data, Postgres: c.Postgres, Verbose: c.Verbose}.config()
	if err != nil {
		return err
	}
	if err := c.door.prepare(ctx); err != nil {
		return err
	}
	listener, err := listenNear(ctx, c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // It is closed already when the house has served.
	config = c.door.fit(config, listener.Addr())
	config.AdminPassword, config.Carrier.Pace = demo.Password, c.Pace
	config.Biller = demo.Biller()
	config.Exchange.Late = min(config.Exchange.Late, lateInDemo)
	config.Quiet = !c.Verbose // Whoever tries the shop wants to read the invitation, not the log.
	if err := c.fill(ctx, config, t); err != nil {
		return err
	}
	house, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	address := c.door.address(listener.Addr())
	return c.door.serve(ctx, house, listener, func() {
		go func() {
			if err := demo.Live(ctx, house); err != nil {
				config.Log.Error("nobody trades on the exchange of the demonstration any more", "err", err)
			}
		}()
		go func() {
			if err := demo.Bid(ctx, house); err != nil {
				config.Log.Error("nobody bids in the auctions of the demonstration any more", "err", err)
			}
		}()
		t.welcome(os.Stdout, address, app.Admin{})
		t.invite(os.Stdout, address)
		if c.Open {
			show(ctx, address)
		}
	})
}

// listenNear listens at an address, or at the nearest port above it that is free.
func listenNear(ctx context.Context, addr string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil || at.Port() == 0 {
		return listen(ctx, addr)
	}
	for port := at.Port(); port < at.Port()+portsTried && port != 0; port++ {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", netip.AddrPortFrom(at.Addr(), port).String())
		if !errors.Is(err, syscall.EADDRINUSE) {
			return listener, err
		}
	}
	return listen(ctx, addr) // It says what is wrong.
}

// lateInDemo is how much later guests see the exchange of a demonstration: long enough to be seen, and nobody waits for it.
const lateInDemo = time.Minute

// portsTried is how many ports are tried; a machine where so many are taken has another problem.
const portsTried = 50

// fill fills an empty demonstration, and leaves a full one alone. One whose filling was cut off is begun anew.
func (c *demoCommand) fill(ctx context.Context, config app.Config, t tongue) error {
	full, err := demo.Sown(ctx, config)
	half := errors.Is(err, demo.ErrHalf) && c.Postgres == ""
	if err != nil && !half && (!c.Reset || !errors.Is(err, demo.ErrHalf)) {
		return err
	}
	if c.Reset && c.Postgres != "" {
		return errResetPostgres
	}
	if c.Reset || half {
		if err := empty(c.Data); err != nil {
			return err
		}
		full = false
	}
	if full {
		return nil
	}
	began := time.Now()
	if err := demo.Sow(ctx, config, began, t.filling(os.Stderr)); err != nil {
		return err
	}
	t.say(os.Stderr, "demo.filled", "took", t.decimal(time.Since(began).Seconds(), 1))
	return nil
}

// filling shows on a terminal how far the filling is, in one line; elsewhere it is silent.
func (t tongue) filling(w *os.File) func(done, all int) {
	info, err := w.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(int, int) {}
	}
	said := -1
	return func(done, all int) {
		if percent := done * 100 / all; percent != said {
			said = percent
			_, _ = io.WriteString(w, "\r"+t.text("demo.filling", "percent", fmt.Sprintf("%3d", percent))+"\r")
		}
	}
}

// empty takes everything of a house out of a folder and leaves what others have put there.
func empty(folder string) error {
	var err error
	for _, name := range []string{"sauda.db", "sauda.db-wal", "sauda.db-shm", "cards.journal", "carrier.journal", "media", "letters", "exchange", "fix"} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, name)))
	}
	return err
}

// invitationWide is how many columns the frame of the invitation has.
const invitationWide = 71

// invite says where everything is and who can sign in.
func (t tongue) invite(w io.Writer, address string) {
	office, buyers, err := demo.Accounts(string(t))
	if err != nil {
		return // Filling has read the same; it would have said so.
	}
	var b strings.Builder
	line := func(what, is string) { fmt.Fprintf(&b, "│  %-9s %s\n", what, is) }
	title := "┌─ " + t.text("demo.title") + " "
	b.WriteString(title + strings.Repeat("─", max(0, invitationWide-utf8.RuneCountInString(title))) + "\n")
	line(t.text("demo.shop"), address+"/   ("+t.text("demo.other_languages")+")")
	line(t.text("demo.office"), address+"/office")
	line("API", address+"/docs")
	b.WriteString("│\n")
	line(t.text("demo.password"), demo.Password+"   ("+t.text("demo.same")+")")
	for _, a := range office {
		line("", fmt.Sprintf("%-24s %s", a.Email, a.Duty))
	}
	for _, a := range buyers[:2] {
		line("", fmt.Sprintf("%-24s %s", a.Email, t.text("demo.buyer", "lang", a.Lang)))
	}
	b.WriteString("│\n")
	what := t.text("demo.cards")
	for _, card := range [][3]string{
		{"4242 4242 4242 4242", "ok", "tok_ok"}, {"4000 0000 0000 3220", "challenge", "tok_challenge"}, {"4000 0000 0000 0002", "declined", "tok_declined"},
	} {
		line(what, fmt.Sprintf("%-24s %-23s (API: %s)", card[0], t.text("demo.card."+card[1]), card[2]))
		what = ""
	}
	line("", t.text("demo.card.rest"))
	b.WriteString("└" + strings.Repeat("─", invitationWide-1) + "\n")
	_, _ = io.WriteString(w, b.String())
}

// show opens the address in the browser of the desktop. Without a desktop nothing happens: the address is printed.
func show(ctx context.Context, address string) {
	browser := exec.CommandContext(context.WithoutCancel(ctx), "xdg-open", address+"/")
	if browser.Start() == nil {
		go func() { _ = browser.Wait() }()
	}
}
