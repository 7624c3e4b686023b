package day

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"sauda/app"
	"sauda/core/payment/cardsim"
	"sauda/core/promotion"
	"sauda/core/shipping/carriersim"
	"sauda/core/utility/billersim"
	"sauda/gear/mail"
	"sauda/gear/web"
)

// town is the house and the world around it.
type town struct {
	plan   Plan
	chance *rand.Rand // chance is what people and the world do; only the goroutine that lives the days asks it.
	clock  *clock
	luck   *luck

	life  atomic.Pointer[life]
	post  atomic.Bool // post says that messages of the gateway and the carrier are let through.
	cards *cardsim.Sim
	roads *carriersim.Carrier
	desks []*http.Server      // desks are the loopback servers of the gateway and the carrier.
	lines *billersim.Provider // lines is the telecom.
	at    [3]string           // at are their addresses.

	token   string // token is the session of the staff.
	goods   []good
	given   []promotion.ID     // given are the promotions, those with codes after the first.
	orders  map[string]*bought // orders are those that the house has acknowledged to their buyers.
	unsure  []string           // unsure are baskets whose buyers left while the order went on by itself.
	refused map[string]int     // refused counts the clear refusals by their code.
	why     string             // why is the last refusal.
	deaths  int
	today   tally
	letters atomic.Int64

	services
	codes       sync.Mutex
	letterCodes []string // letterCodes are those of certificates, as the letters have them.
}

// life is one opening of the house, from its start to the death of its process.
type life struct {
	house *app.House
	born  time.Time
	dead  chan struct{}
	left  atomic.Int64 // left is how many points a story may still pass before the process dies; 0 is any number.
	once  sync.Once

	steps  atomic.Int64 // steps counts the points that stories have passed, and calmed is what it was when all rested.
	calmed int64
}

// at is called at every point where the process could die. When it dies there, nobody who is on the way in it ever gets
// any further: that is what the end of a process is to them.
func (l *life) at(string) {
	l.steps.Add(1)
	select {
	case <-l.dead:
		select {}
	default:
	}
	if l.left.Load() > 0 && l.left.Add(-1) == 0 {
		l.once.Do(func() { close(l.dead) })
		select {}
	}
}

const (
	signing       = "the gateway's secret of a simulation"
	secret        = "the gateway's key of a simulation"
	carrierSecret = "the carrier's secret of a simulation"
	carrierKey    = "the carrier's key of a simulation"
	password      = "kesh-batqan-kun" // password is the administrator's, in a house that lives for a minute.
	slowAnswer    = time.Millisecond
)

// settle opens the gateway, the carrier and the house, and fills its shelves.
func (t *town) settle(ctx context.Context) (err error) {
	t.cards, err = cardsim.New(cardsim.Config{
		Path: filepath.Join(t.plan.Data, "gateway.journal"), Secret: secret, Random: t.luck, Seed: t.plan.Seed, Now: t.clock.now,
		Slow: slowAnswer, Log: t.plan.Log,
		Messages: cardsim.Messages{URL: "http://house/v1/webhooks/card", Secret: signing, Transport: road{t}},
	})
	if err != nil {
		return err
	}
	t.roads, err = carriersim.New(carriersim.Config{
		Key: carrierKey, Secret: carrierSecret, Hook: "http://house/v1/webhooks/carrier", Pace: 6 * time.Hour, Now: t.clock.now,
		Journal: filepath.Join(t.plan.Data, "carrier.journal"), HTTP: &http.Client{Transport: road{t}},
	})
	if err != nil {
		return err
	}
	for n, handler := range []http.Handler{t.cards, t.roads} {
		if t.at[n], err = t.open(ctx, handler); err != nil {
			return err
		}
	}
	if err := t.phones(ctx); err != nil {
		return err
	}
	if err := t.wake(ctx); err != nil {
		return err
	}
	return t.furnish(ctx)
}

// open lets a handler be reached at an address of the loopback.
func (t *town) open(ctx context.Context, h http.Handler) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, ErrorLog: quietLog}
	t.desks = append(t.desks, server)
	go func() { _ = server.Serve(listener) }() // It ends when the town is left.
	return "http://" + listener.Addr().String(), nil
}

// wake opens the house, for the first time or after its death.
func (t *town) wake(ctx context.Context) error {
	l := &life{dead: make(chan struct{}), born: t.clock.now()}
	house, err := app.Open(ctx, app.Config{
		Data: t.plan.Data, Postgres: t.plan.Postgres, Log: t.plan.Log, Now: t.clock.now, Random: t.luck, Quiet: true,
		Limits: web.Limits{Off: true}, AdminPassword: password, Patience: -1, At: l.at,
		Cards:    app.Cards{URL: t.at[0], Secret: secret, Signing: signing},
		Carrier:  app.Carrier{URL: t.at[1], Key: carrierKey, Signing: carrierSecret},
		Mail:     app.Mail{To: (*postbox)(t)},
		Internet: app.Internet{HTTP: wires{t.at[2]}},
	})
	if err != nil {
		return fmt.Errorf("open the house: %w", err)
	}
	l.house = house
	t.life.Store(l)
	return nil
}

// alive gives the house, which is opened again first when it has died.
func (t *town) alive(ctx context.Context) (*life, error) {
	l := t.life.Load()
	select {
	case <-l.dead:
	default:
		return l, nil
	}
	t.deaths++
	t.today.deaths++
	if err := l.house.Close(); err != nil { // Only to let go of the file: nothing is finished by it.
		return nil, fmt.Errorf("bury the house: %w", err)
	}
	if err := t.wake(ctx); err != nil {
		return nil, err
	}
	return t.life.Load(), nil
}

// within runs something in the house and says whether the house lived to see its end.
func (l *life) within(do func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
		return true
	case <-l.dead:
		return false
	}
}

// leave closes everything.
func (t *town) leave() error {
	var err error
	if l := t.life.Load(); l != nil {
		err = l.house.Close()
	}
	for _, d := range t.desks {
		err = errors.Join(err, d.Close())
	}
	if t.cards != nil {
		err = errors.Join(err, t.cards.Close())
	}
	if t.roads != nil {
		err = errors.Join(err, t.roads.Close())
	}
	return err
}

// trouble begins or ends a trouble of the world, or has the house die soon.
func (t *town) trouble() {
	switch {
	case t.lineTrouble():
	case t.happens(25):
		t.cards.Inject(cardsim.Faults{LoseBefore: 200, LoseAfter: 200, Twice: 500, Late: 300, Forged: 300, Decline: 50})
	case t.happens(10):
		t.cards.Inject(cardsim.Faults{Down: true})
	case t.happens(80):
		t.cards.Inject(cardsim.Faults{})
		return
	case t.happens(30):
		kinds := []carriersim.FaultKind{carriersim.LoseAnswer, carriersim.Unavailable, carriersim.Twice, carriersim.Backwards, carriersim.Forge}
		t.roads.Next(carriersim.Fault{Kind: kinds[t.chance.IntN(len(kinds))]})
	case t.happens(60):
		t.roads.Next(carriersim.Fault{Kind: carriersim.Refuse, Path: "/v1/consignments"}) // The next parcel, by its address.
	case t.happens(20):
		t.life.Load().left.Store(1 + t.chance.Int64N(30))
	default:
		return
	}
	t.today.troubles++
}

// giftCode is how the code of a certificate looks.
var giftCode = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`)

// postbox counts the letters, and keeps the codes of certificates.
type postbox town

// Send implements mail.Sender.
func (p *postbox) Send(_ context.Context, l mail.Letter) error {
	p.letters.Add(1)
	if code := giftCode.FindString(l.Text); code != "" {
		p.codes.Lock()
		p.letterCodes = append(p.letterCodes, code)
		p.codes.Unlock()
	}
	return nil
}
