package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"sauda/app"
	"sauda/gear/mail"
	"sauda/gear/web"
)

// serveCommand serves a house until it is told to stop.
type serveCommand struct {
	place `embed:""`
	door  `embed:""`

	Listen  string  `help:"Address to listen at; port 0 takes a free one." default:"127.0.0.1:8080" env:"SAUDA_LISTEN" placeholder:"HOST:PORT"`
	Standby standby `embed:"" prefix:"exchange-" envprefix:"SAUDA_EXCHANGE_"`
	Cards   cards   `embed:"" prefix:"cards-" envprefix:"SAUDA_CARDS_"`
	Carrier parcels `embed:"" prefix:"carrier-" envprefix:"SAUDA_CARRIER_"`
	SMTP    letters `embed:"" prefix:"smtp-" envprefix:"SAUDA_SMTP_"`
}

// door says how the network comes in.
type door struct {
	PublicURL string        `help:"How browsers reach the house: https://shop.example." env:"SAUDA_PUBLIC_URL" placeholder:"URL"`
	NoLimits  bool          `help:"Lift the limits of rate, for measuring."`
	Quiet     bool          `help:"Keep no access log." short:"q"`
	TLSCert   string        `name:"tls-cert" help:"Certificate in PEM; without it the house speaks plain HTTP." type:"existingfile" env:"SAUDA_TLS_CERT"`
	TLSKey    string        `name:"tls-key" help:"Key of the certificate in PEM." type:"existingfile" env:"SAUDA_TLS_KEY"`
	FIX       string        `name:"fix" help:"Address at which brokers trade on the exchange by FIX; with --tls-cert by TLS." env:"SAUDA_FIX" placeholder:"HOST:PORT"`
	ITCH      string        `name:"itch" help:"Address at which programs hear the exchange, each order, by SoupBinTCP; with --tls-cert by TLS." env:"SAUDA_ITCH" placeholder:"HOST:PORT"`
	Late      time.Duration `name:"exchange-late" help:"How much later those see the exchange who have no account on it." default:"15m" env:"SAUDA_EXCHANGE_LATE"`
	Drain     time.Duration `help:"How long requests under way may take to end." default:"20s" env:"SAUDA_DRAIN"`
}

// cards says which gateway takes cards.
type cards struct {
	URL     string `help:"Card gateway; without it the built-in test gateway, which moves no money." env:"URL"`
	Secret  string `help:"API key at the gateway. Better given by the environment." env:"SECRET"`
	Signing string `help:"Secret that the gateway signs its messages with." env:"SIGNING"`
}

// parcels says which carrier brings parcels.
type parcels struct {
	URL     string        `help:"Carrier; without it a simulated one." env:"URL"`
	Key     string        `help:"API key at the carrier." env:"KEY"`
	Signing string        `help:"Secret that the carrier signs its messages with." env:"SIGNING"`
	Pace    time.Duration `help:"Time between two events of a simulated parcel." default:"6h" env:"PACE"`
}

// letters says how letters leave the house.
type letters struct {
	Host     string `help:"Mail server; without it letters are laid into the folder letters." env:"HOST"`
	Port     int    `help:"Its port." default:"587" env:"PORT"`
	User     string `help:"User at the mail server." env:"USER"`
	Password string `help:"Password at the mail server. Better given by the environment." env:"PASSWORD"`
	From     string `help:"Address that letters come from." env:"FROM"`
	Plain    bool   `help:"Allow a server without TLS: one on the same machine." env:"PLAIN"`
}

// Run serves until ctx ends.
func (c *serveCommand) Run(ctx context.Context, t tongue) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	if err := c.door.prepare(ctx); err != nil {
		return err
	}
	if config.Exchange.Meeting, err = c.Standby.follow(ctx, config, t); err != nil {
		return err
	}
	listener, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // It is closed already when the house has served.
	config = c.door.fit(config, listener.Addr())
	house, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	return c.door.serve(ctx, house, listener, func() { t.welcome(os.Stdout, c.door.address(listener.Addr()), house.FirstAdmin) })
}

// config is the house with its drivers, for the app.
func (c *serveCommand) config() (app.Config, error) {
	config, err := c.place.config()
	if err != nil {
		return config, err
	}
	if c.Cards.URL != "" && (c.Cards.Secret == "" || c.Cards.Signing == "") {
		return config, errors.New("a card gateway needs --cards-secret and --cards-signing")
	}
	if c.Carrier.URL != "" && (c.Carrier.Key == "" || c.Carrier.Signing == "") {
		return config, errors.New("a carrier needs --carrier-key and --carrier-signing")
	}
	if c.SMTP.Host != "" && c.SMTP.From == "" {
		return config, errors.New("a mail server needs --smtp-from: the address that letters come from")
	}
	config.Cards = app.Cards{URL: c.Cards.URL, Secret: c.Cards.Secret, Signing: c.Cards.Signing}
	config.Carrier = app.Carrier{URL: c.Carrier.URL, Key: c.Carrier.Key, Signing: c.Carrier.Signing, Pace: c.Carrier.Pace}
	config.Mail.SMTP = mail.SMTP{
		Host: c.SMTP.Host, Port: c.SMTP.Port, User: c.SMTP.User, Password: c.SMTP.Password, From: c.SMTP.From, Plain: c.SMTP.Plain,
	}
	if c.Cards.URL == "" {
		config.Log.Warn("cards are taken by the built-in test gateway: no money moves; connect a real one by --cards-url")
	}
	return config, nil
}

// listen takes an address before anything else is done, so that a taken one is said at once.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens at %s; stop it, or choose another address: --listen 127.0.0.1:0 takes a free port", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen at %s: %w", addr, err)
	}
	return listener, nil
}

// prepare refuses what cannot be served before a house is opened: an empty one says its first password only once.
func (d door) prepare(ctx context.Context) error {
	if (d.TLSCert == "") != (d.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	tune()
	return profile(ctx, os.Getenv("SAUDA_PPROF"))
}

// fit tells the house how it is reached.
func (d door) fit(c app.Config, at net.Addr) app.Config {
	c.PublicURL, c.Quiet, c.Version = d.PublicURL, d.Quiet, version
	c.Limits.Off = d.NoLimits
	c.Exchange.Late = d.Late
	if c.PublicURL == "" {
		c.PublicURL = d.address(at)
	}
	return c
}

// address is how the house is reached from this machine.
func (d door) address(at net.Addr) string {
	if d.TLSCert != "" {
		return "https://" + at.String()
	}
	return "http://" + at.String()
}

// openBeside opens the doors for programs of the exchange that were asked for.
func (d door) openBeside(ctx context.Context, house *app.House) error {
	for _, g := range []struct {
		addr string
		open func(ctx context.Context, addr, cert, key string) (net.Addr, error)
	}{{d.FIX, house.ServeFIX}, {d.ITCH, house.ServeITCH}} {
		if g.addr == "" {
			continue
		}
		if _, err := g.open(ctx, g.addr, d.TLSCert, d.TLSKey); err != nil {
			return err
		}
	}
	return nil
}

// serve runs an open house until ctx ends, and closes it: requests under way are answered, then reactions and stories
// under way are finished, then the store is let go. Ready is told when the first request can come.
func (d door) serve(ctx context.Context, house *app.House, listener net.Listener, ready func()) error {
	if err := d.openBeside(ctx, house); err != nil {
		return errors.Join(err, house.Close())
	}
	serving, stopServing := context.WithCancel(ctx)
	defer stopServing()
	// What runs behind the requests goes on until the last of them is answered: it may be waiting for a reaction.
	running, stopRunning := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRunning()
	ended := make(chan error, 1)
	go func() {
		ended <- house.Run(running)
		stopServing()
	}()
	err := web.Serve(serving, house.Handler(), web.Listen{
		On: listener, Cert: d.TLSCert, Key: d.TLSKey, Drain: d.Drain, Ready: func(net.Addr) { ready() },
	})
	stopRunning()
	return errors.Join(err, <-ended, house.Close())
}

// welcome says where the house is, and once, who keeps it. The first line is for tools: it never changes.
func (t tongue) welcome(w io.Writer, address string, admin app.Admin) {
	_, _ = fmt.Fprintln(w, "listening on "+address)
	if admin.Email != "" {
		t.say(w, "admin", "email", admin.Email, "password", admin.Password)
	}
}
