// Package cardsim is the built-in card gateway: a faithful stand-in for a bank, for the demo, tests and measurements.
//
// It authorizes, captures, voids and refunds, each act once for its key, in part where a bank would. It shows the page
// where a card number becomes a token, and the page where the buyer confirms, as in 3-D Secure. It signs its messages,
// and it can fail in every way in which a gateway does: see Tokens and Faults. It moves no money, and the card numbers
// that it takes belong to nobody.
//
// Everything that it did is in a journal that is only added to, so it survives a crash of its own. Without a path it
// remembers nothing beyond its life.
package cardsim

import (
	"crypto/rand"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"sync"
	"time"

	"sauda/base/ident"
	"sauda/core/payment"
)

// Config says how the gateway works. The zero Config is a gateway in memory that sends no messages.
type Config struct {
	Path     string    // Path is the journal; empty keeps everything in memory.
	Secret   string    // Secret is the API key that callers send; empty lets everybody in.
	Base     string    // Base is where the pages are as a browser sees them; "/gateway" when it is empty.
	Returns  []string  // Returns are the origins that the card page may send a buyer back to, beside paths of its own host.
	Random   io.Reader // Random makes references and tokens; the system's randomness when it is nil.
	Seed     uint64    // Seed makes the injected faults repeatable.
	Now      func() time.Time
	Slow     time.Duration // Slow is how long a slow answer takes; 3 seconds when it is 0.
	Log      *slog.Logger
	Messages Messages
}

// Messages says where events are sent.
type Messages struct {
	URL       string            // URL receives events; empty sends none.
	Secret    string            // Secret signs them.
	Transport http.RoundTripper // Transport carries them; http.DefaultTransport when it is nil.
	All       bool              // All sends an event for every act, and not only for those whose outcome the caller may not know.
	Late      time.Duration     // Late is how long a late message waits; 2 seconds when it is 0.
}

// Sim is the gateway. It is an http.Handler with these routes, relative to where it is mounted:
//
//	POST /v1/authorizations                    GET /v1/authorizations/{ref}
//	POST /v1/authorizations/{ref}/captures     …/voids     …/refunds
//	GET  /v1/authorizations/{ref}/card         POST /v1/cards/removals
//	GET  /v1/settlements/{day}
//	GET, POST /pay     GET, POST /challenge/{ref}     GET /style.css
//	GET, PUT /admin/faults                     from this machine only
type Sim struct {
	config Config
	mux    *http.ServeMux
	log    *slog.Logger

	mu      sync.Mutex
	book    book
	journal *journal
	faults  Faults
	chance  *mathrand.Rand
	lost    map[string]bool // Keys whose answer was lost once.

	post *post
}

// book is everything that the journal tells.
type book struct {
	authorizations map[string]*authorization // By reference.
	acts           map[string]*act           // By key.
	cards          map[string]*card          // By one-time token.
	filed          map[string]*filed         // Cards on file, by what stands for them.
	moves          map[string][]Move         // By day.
	pending        []message                 // Events that were not delivered, in their order.
}

// authorization is one payment as the gateway knows it.
type authorization struct {
	result    payment.Result
	payment   payment.ID
	amount    int64
	behaviour behaviour
	returnURL string
	lang      string
	text      string
	card      string // card is the last four digits.
	begun     time.Time
	tries     int    // tries counts wrong codes.
	files     *filed // files is the card that is put on file once the money is promised; nil when none is.
}

// act is what was done, or refused, for a key.
type act struct {
	what   string // what is a fingerprint of the request: the same key with another is refused.
	ref    string
	result payment.Result // result is the answer, as it was then.
	code   string         // code is the refusal; empty when it was done.
	left   int64
}

// card is what a one-time token stands for.
type card struct {
	behaves string // behaves names the standing token that it works like.
	signs   payment.Signs
	made    time.Time
	key     string // key is the act that used it.
}

const (
	slowDefault = 3 * time.Second
	lateDefault = 2 * time.Second
	tokenLife   = 30 * time.Minute
	patience    = 15 * time.Minute // patience is how long a challenge waits for the buyer.
)

// New opens the gateway and reads its journal.
func New(c Config) (*Sim, error) {
	if c.Base == "" {
		c.Base = "/gateway"
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Slow == 0 {
		c.Slow = slowDefault
	}
	if c.Messages.Late == 0 {
		c.Messages.Late = lateDefault
	}
	if c.Messages.Transport == nil {
		c.Messages.Transport = http.DefaultTransport
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Sim{
		config: c, log: c.Log, chance: mathrand.New(mathrand.NewPCG(c.Seed, c.Seed)),
		lost: map[string]bool{},
		book: book{
			authorizations: map[string]*authorization{}, acts: map[string]*act{}, cards: map[string]*card{}, filed: map[string]*filed{},
			moves: map[string][]Move{},
		},
	}
	var err error
	if s.journal, err = openJournal(c.Path, s.book.apply); err != nil {
		return nil, err
	}
	s.routes()
	s.post = newPost(s)
	return s, nil
}

// Close stops sending messages and closes the journal. What was not delivered is sent when the gateway opens again.
func (s *Sim) Close() error {
	s.post.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.close()
}

// ServeHTTP answers callers of the API and buyers.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Sim) routes() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("POST /v1/authorizations", s.api(s.authorize))
	s.mux.HandleFunc("GET /v1/authorizations/{ref}", s.api(s.look))
	s.mux.HandleFunc("GET /v1/authorizations/{ref}/card", s.api(s.kept))
	s.mux.HandleFunc("POST /v1/cards/removals", s.api(s.forget))
	s.mux.HandleFunc("POST /v1/authorizations/{ref}/captures", s.api(s.capture))
	s.mux.HandleFunc("POST /v1/authorizations/{ref}/voids", s.api(s.void))
	s.mux.HandleFunc("POST /v1/authorizations/{ref}/refunds", s.api(s.refund))
	s.mux.HandleFunc("GET /v1/settlements/{day}", s.settlement)
	s.mux.HandleFunc("GET /pay", s.payPage)
	s.mux.HandleFunc("POST /pay", s.payForm)
	s.mux.HandleFunc("GET /challenge/{ref}", s.challengePage)
	s.mux.HandleFunc("POST /challenge/{ref}", s.challengeForm)
	s.mux.HandleFunc("GET /style.css", style)
	s.mux.HandleFunc("GET /admin/faults", s.adminFaults)
	s.mux.HandleFunc("PUT /admin/faults", s.adminFaults)
}

// mint makes a reference that nobody can guess.
func (s *Sim) mint(prefix string) string { return ident.New(prefix, s.config.Now(), s.config.Random) }
