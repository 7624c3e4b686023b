package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

// Faults of the stream.
var (
	errUpgrade = fault.New(fault.Malformed, "api.stream_upgrade", "This address speaks WebSocket (RFC 6455). Connect to it with wss:// instead of https://.")
	errMessage = fault.New(fault.Malformed, "api.stream_message", "The message cannot be understood. Send one JSON object with an op that the description knows.")
	errFollows = fault.New(fault.Limited, "api.stream_follows", "One connection follows so many channels only. Unsubscribe from one first.")
)

// Limits of the stream.
const (
	streamTime     = 24 * time.Hour   // streamTime is how long one connection lasts.
	streamsAll     = 4000             // streamsAll is how many connections there are at once.
	streamsUser    = 10               // streamsUser is how many of them one user may have,
	streamsAddress = 50               // streamsAddress how many guests from one address.
	saidMax        = 4 << 10          // saidMax is the longest message of a client, in bytes.
	saidRate       = 50               // saidRate is how many messages a second one connection may send in the long run,
	saidBurst      = 200              // saidBurst how many at once.
	followsMax     = 100              // followsMax is how many channels one connection follows.
	toldMax        = 256              // toldMax is how many messages wait for a client before it is too slow.
	ordersAhead    = 64               // ordersAhead is how many requests of a client wait for the market.
	tellTime       = 10 * time.Second // tellTime is how long a client may take for one message.
	pingEvery      = 30 * time.Second
	renewEvery     = time.Minute // renewEvery is how long somebody is believed to be who he was, and to have his seat.
)

// Codes by which the stream closes a connection (RFC 6455 §7.4.2 leaves 4000 to 4999 to us).
const (
	closedOut    = websocket.StatusCode(4001) // closedOut: the session has ended.
	closedDenied = websocket.StatusCode(4003) // closedDenied: an account that was followed may not be looked at any more.
	closedSlow   = websocket.StatusCode(4008) // closedSlow: the client does not take what it is told.
)

// stream is the market as those hear it who stay connected. One crier tells all what is public, and one router what is whose.
type stream struct {
	face
	crier  *crier
	late   *crier // late tells those who see the market later; it may be the same one.
	router *router
	begin  sync.Once
	over   chan struct{} // over is closed with the floor.

	mu   sync.Mutex
	open map[string]int // open counts connections by who has them; "" is all.
}

func (f face) mountExchangeStream(server *web.Server) {
	s := &stream{face: f, over: make(chan struct{}), open: make(map[string]int)}
	s.crier, s.router = newCrier(f, f.Board, s.over), newRouter(f, s.over)
	if s.late = s.crier; f.Board != nil {
		if late, by := f.Board.Late(); by > 0 {
			s.late = newCrier(f, late, s.over)
		}
	}
	server.Protocol("GET /v1/exchange/stream", s.serve, web.Public(), web.Time(streamTime))
}

// serve speaks with one client until one of the two ends it.
func (s *stream) serve(x web.Exchange) error {
	if s.Floor == nil {
		return floor.ErrElsewhere
	}
	if !strings.EqualFold(x.Request.Header.Get("Upgrade"), "websocket") {
		return errUpgrade
	}
	who := web.WhoFrom(x.Context())
	if err := ownOrigin(x.Request, who); err != nil {
		return err
	}
	leave, err := s.enter(streamKey(x.Context(), who))
	if err != nil {
		return err
	}
	defer leave()
	s.begin.Do(func() {
		go s.crier.run()
		if s.late != s.crier {
			go s.late.run()
		}
		go s.router.run()
	})
	conn, err := websocket.Accept(x.ResponseWriter, x.Request, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // The origin was looked at above.
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return nil // The client was told what it did wrong.
	}
	conn.SetReadLimit(saidMax)
	l := &listener{
		stream: s, conn: conn, ctx: x.Context(), who: who, lang: web.Lang(x.Context()), token: s.tokenOf(x.Request), out: make(chan []byte, toldMax),
		asks: make(chan func(context.Context), ordersAhead), ended: make(chan struct{}), follows: make(map[follow]bool), seats: make(map[string]kept),
	}
	if l.crier = s.crier; s.Board.For(who) != s.Board {
		l.crier = s.late
	}
	l.live()
	return nil
}

// ownOrigin refuses a page of another site that connects in the name of a browser which is known here: browsers let pages do
// that, and say whose page it is (RFC 6455 §10.2). A guest sees what is public from wherever he comes.
func ownOrigin(r *http.Request, who db.Who) error {
	origin := r.Header.Get("Origin")
	if origin == "" || who.Kind == db.KindGuest || r.Header.Get("Authorization") != "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || !strings.EqualFold(u.Host, r.Host) {
		return web.ErrCrossOrigin.About("%.100q", origin)
	}
	return nil
}

// tokenOf gives what the client has shown who it is by, so that it can be asked for again.
func (s *stream) tokenOf(r *http.Request) string {
	if _, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		return strings.TrimSpace(token)
	}
	if cookie, err := r.Cookie(s.Sessions.CookieName()); err == nil {
		return cookie.Value
	}
	return ""
}

func streamKey(ctx context.Context, who db.Who) (key string, most int) {
	if who.Kind == db.KindGuest {
		return "from " + web.Address(ctx), streamsAddress
	}
	return who.ID, streamsUser
}

// enter counts one more connection, or refuses it. It is counted until leave.
func (s *stream) enter(key string, most int) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[""] >= streamsAll || s.open[key] >= most {
		return nil, web.ErrLimited.About("%d connections, %d of %s", s.open[""], s.open[key], key)
	}
	s.open[""]++
	s.open[key]++
	s.Board.Crowd(s.open[""])
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open[""]--
		s.Board.Crowd(s.open[""])
		if s.open[key]--; s.open[key] == 0 {
			delete(s.open, key)
		}
	}, nil
}

// follow is a channel that a client follows.
type follow struct {
	ch   string
	what string // what is the code of the instrument or of the account.
}

// kept is a seat and when it was found.
type kept struct {
	seat floor.Seat
	at   time.Time
}

// listener is one client.
type listener struct {
	*stream
	crier *crier // crier tells him what is public, at once or later.
	conn  *websocket.Conn
	ctx   context.Context
	who   db.Who
	lang  string
	token string

	out   chan []byte                // out waits to be sent.
	asks  chan func(context.Context) // asks wait for the market, in the order in which they came.
	end   sync.Once
	ended chan struct{}
	code  websocket.StatusCode // code and why are set before ended is closed.
	why   string

	seats map[string]kept // seats belong to the goroutine that asks the market.
	mu    sync.Mutex
	// follows are the channels; those of accounts are looked at by the goroutine that renews.
	follows map[follow]bool
}

// live hears what the client says until the connection ends, and lets all go that belongs to it.
func (l *listener) live() {
	ctx, stop := context.WithCancel(l.ctx)
	var all sync.WaitGroup
	all.Go(l.send)
	all.Go(func() { l.renew(ctx) })
	all.Go(func() { l.ask(ctx) })
	l.hear(ctx)
	l.close(websocket.StatusNormalClosure, "")
	stop()
	l.crier.leave(l)
	l.router.leave(l)
	all.Wait()
	_ = l.conn.CloseNow()
}

// close ends the connection, for the first reason that there is.
func (l *listener) close(code websocket.StatusCode, why string) {
	l.end.Do(func() {
		l.code, l.why = code, why
		close(l.ended)
	})
}

// tell sends a message, which belongs to all who get it. It never waits: a client with too many before it is too slow.
func (l *listener) tell(message []byte) {
	select {
	case l.out <- message:
	default:
		l.close(closedSlow, "too slow")
	}
}

// send sends what waits, and says good-bye.
func (l *listener) send() {
	for {
		select {
		case message := <-l.out:
			ctx, stop := context.WithTimeout(context.WithoutCancel(l.ctx), tellTime)
			err := l.conn.Write(ctx, websocket.MessageText, message)
			stop()
			if err != nil {
				l.close(closedSlow, "too slow")
			}
		case <-l.over:
			l.close(websocket.StatusGoingAway, "the exchange is stopping")
		case <-l.ended:
			_ = l.conn.Close(l.code, l.why)
			return
		}
		select {
		case <-l.ended: // What still waits is not sent to one who is too slow for it.
			_ = l.conn.Close(l.code, l.why)
			return
		default:
		}
	}
}

// renew finds out now and then whether somebody is there, and whether he still is who he was.
func (l *listener) renew(ctx context.Context) {
	ping, again := time.NewTicker(pingEvery), time.NewTicker(renewEvery)
	defer ping.Stop()
	defer again.Stop()
	for {
		select {
		case <-ping.C:
			waits, stop := context.WithTimeout(ctx, tellTime)
			err := l.conn.Ping(waits)
			stop()
			if err != nil {
				l.close(closedSlow, "no answer to a ping")
			}
		case <-again.C:
			l.renewOnce(ctx)
		case <-l.ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

// renewOnce closes the connection of one whose session has ended, and of one who follows an account that he may not look at
// any more. When the store does not answer, the next time counts.
func (l *listener) renewOnce(ctx context.Context) {
	if l.who.Kind == db.KindGuest {
		return
	}
	l.mu.Lock()
	var accounts []string
	for f := range l.follows {
		if f.ch == "orders" {
			accounts = append(accounts, f.what)
		}
	}
	l.mu.Unlock()
	err := web.Look(ctx, func(tx *db.Tx) error {
		if _, err := l.Sessions.Find(tx, l.token); err != nil {
			return err
		}
		for _, account := range accounts {
			if _, err := reached(tx, account); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err == nil && l.Board.For(l.who) != l.crier.Board:
		l.close(websocket.StatusServiceRestart, "connect again")
	case errors.Is(err, session.ErrUnknown):
		l.close(closedOut, "signed out")
	case errors.Is(err, floor.ErrSeat), errors.Is(err, exchange.ErrUnknown):
		l.close(closedDenied, "not your account")
	}
}

// ask asks the market for what the client wants, one thing after the other.
func (l *listener) ask(ctx context.Context) {
	for {
		select {
		case do := <-l.asks:
			do(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// seatOf finds from where the client trades for an account; it is believed for a while, for the market judges every order too.
func (l *listener) seatOf(ctx context.Context, account string) (floor.Seat, error) {
	if l.who.Kind == db.KindGuest {
		return floor.Seat{}, web.ErrSignedOut
	}
	if k, ok := l.seats[account]; ok && time.Since(k.at) < renewEvery {
		return k.seat, nil
	}
	s, err := l.seat(ctx, account)
	if err != nil {
		delete(l.seats, account)
		return s, err
	}
	if len(l.seats) >= followsMax {
		clear(l.seats)
	}
	l.seats[account] = kept{s, time.Now()}
	return s, nil
}
