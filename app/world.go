package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/payment/cardsim"
	"sauda/core/shipping"
	"sauda/core/shipping/carrier"
	"sauda/core/shipping/carriersim"
	"sauda/core/utility/billersim"
	"sauda/gear/mail"
)

// Cards says which gateway takes cards.
type Cards struct {
	URL     string // URL is where the gateway is; empty is the built-in test gateway, which moves no money.
	Secret  string // Secret is the API key of a gateway at a URL.
	Signing string // Signing is the secret of the gateway's messages; the built-in one makes its own when it is empty.
	Seed    uint64 // Seed makes the faults of the test gateway repeatable.
}

// Carrier says which carrier brings parcels.
type Carrier struct {
	URL     string // URL is where the carrier is; empty is the built-in simulated one.
	Key     string
	Signing string        // Signing is the secret of the carrier's messages; the built-in one makes its own when it is empty.
	Pace    time.Duration // Pace is the time between two events of a simulated parcel; six hours when it is zero.
}

// Biller says whether there is a provider that only pretends: for the demonstration and for tests.
type Biller struct {
	Sims map[string]billersim.Config // Sims are such providers by the name of their host, which no address of the world has.
	Owe  map[string]billersim.Account
}

// Mail says how letters leave the house: to a mail server, or into a folder when it has no address.
type Mail struct {
	SMTP mail.SMTP
	To   mail.Sender // To is another way, for tests.
}

// Internet is how the house reaches addresses that somebody else has written: receivers of webhooks, names that may be a
// seller's. Without it, it is the internet itself and nothing inside this network; tests answer for it.
type Internet struct {
	HTTP http.RoundTripper
	TXT  func(ctx context.Context, name string) ([]string, error)
}

// world is the drivers of the outside world.
type world struct {
	gateways []payment.Gateway
	carriers []shipping.Carrier
	signing  string              // signing is the secret of the card gateway's messages.
	parcels  *carrier.Client     // parcels verifies the carrier's messages.
	cards    *cardsim.Sim        // cards is the test gateway; nil when a real one is connected.
	roads    *carriersim.Carrier // roads is the simulated carrier; nil when a real one is connected.
	letters  mail.Sender
	billers  map[string]*billersim.Provider // billers are the simulated providers by the name of their host.
}

// openWorld connects the drivers. What is built in runs in this process and speaks to the house without a socket, by the
// same protocol as from outside.
func openWorld(c Config, h *House) (world, error) {
	w := world{signing: c.Cards.Signing}
	home := inProcess{h}
	if err := w.openCards(c, h, home); err != nil {
		return w, err
	}
	if err := w.openRoads(c, h, home); err != nil {
		return w, err
	}
	if err := w.openBillers(c, h); err != nil {
		return w, err
	}
	w.letters = c.Mail.To
	if w.letters == nil && c.Mail.SMTP.Host != "" {
		w.letters = c.Mail.SMTP
	}
	if w.letters == nil {
		w.letters = mail.Folder{Dir: filepath.Join(c.Data, "letters"), Now: c.Now}
	}
	return w, nil
}

func (w *world) openCards(c Config, h *House, home http.RoundTripper) error {
	if c.Cards.URL != "" {
		w.gateways = []payment.Gateway{card.New(card.Config{URL: c.Cards.URL, Secret: c.Cards.Secret})}
		return nil
	}
	secret := rand.Text()
	if w.signing == "" {
		w.signing = rand.Text()
	}
	sim, err := cardsim.New(cardsim.Config{
		Path: below(c.Data, "cards.journal"), Secret: secret, Base: gatewayPath, Seed: c.Cards.Seed, Now: c.Now, Log: c.Log,
		Returns:  []string{c.PublicURL},
		Messages: cardsim.Messages{URL: "http://house/v1/webhooks/card", Secret: w.signing, Transport: home},
	})
	if err != nil {
		return err
	}
	w.cards = sim
	h.closers = append(h.closers, sim.Close)
	w.gateways = []payment.Gateway{card.New(card.Config{URL: "http://gateway", Secret: secret, Transport: card.InProcess(sim)})}
	return nil
}

func (w *world) openRoads(c Config, h *House, home http.RoundTripper) error {
	if c.Carrier.URL != "" {
		w.parcels = carrier.New(carrier.Config{URL: c.Carrier.URL, Key: c.Carrier.Key, Secret: c.Carrier.Signing, Now: c.Now})
		w.carriers = []shipping.Carrier{w.parcels}
		return nil
	}
	key, secret := rand.Text(), c.Carrier.Signing
	if secret == "" {
		secret = rand.Text()
	}
	roads, err := carriersim.New(carriersim.Config{
		Key: key, Secret: secret, Hook: "http://house/v1/webhooks/carrier", Journal: below(c.Data, "carrier.journal"),
		Pace: c.Carrier.Pace, Now: c.Now, HTTP: &http.Client{Transport: home},
	})
	if err != nil {
		return err
	}
	w.roads = roads
	h.closers = append(h.closers, roads.Close)
	w.parcels = carrier.New(carrier.Config{
		URL: "http://carrier", Key: key, Secret: secret, Now: c.Now, HTTP: &http.Client{Transport: card.InProcess(roads)},
	})
	w.carriers = []shipping.Carrier{w.parcels}
	return nil
}

// TestGateway is the built-in card gateway, for tests and simulations; nil when a real one is connected.
func (h *House) TestGateway() *cardsim.Sim { return h.world.cards }

// TestCarrier is the built-in simulated carrier; nil when a real one is connected.
func (h *House) TestCarrier() *carriersim.Carrier { return h.world.roads }

// below is a file of the house's folder; a house without one keeps it in memory.
func below(folder, name string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, name)
}

// gatewayPath is where the pages of the test gateway are shown.
const gatewayPath = "/gateway"

// inProcess carries the messages of built-in drivers to the house.
type inProcess struct{ house *House }

// RoundTrip implements http.RoundTripper.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	return card.InProcess(p.house.Handler()).RoundTrip(r)
}

// drive moves the simulated carrier's parcels and sends its messages until ctx ends.
func (w *world) drive(ctx context.Context, log *slog.Logger) error {
	if w.roads == nil {
		<-ctx.Done()
		return nil
	}
	if err := w.roads.Run(ctx, driveEvery); err != nil && ctx.Err() == nil {
		log.Error("carrier: the simulated carrier stopped", "error", err)
	}
	return nil
}

// driveEvery is how often the simulated carrier looks whether a parcel has moved.
const driveEvery = 5 * time.Second
