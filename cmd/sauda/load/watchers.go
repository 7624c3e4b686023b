package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sauda/app"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

const (
	watchersMany  = 1000
	watchersShare = 0.9 // watchersShare is how much of the orders must be taken while so many watch.
	perAddress    = 50  // perAddress is how many guests the stream takes from one address.
	watchDepth    = 20
	isinWatched   = "US0378331005"
)

// watchers measures how many orders are taken while a thousand watch the book on the stream, beside how many without them: the
// same market, one after the other, twice.
func (b *bench) watchers(ctx context.Context) (err error) {
	b.say("exchange: %d who watch", watchersMany)
	h, err := app.Open(ctx, app.Config{Data: filepath.Join(b.folder, "watched"), Quiet: true, Limits: web.Limits{Off: true}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := watched(ctx, h); err != nil {
		return err
	}
	var shows sync.WaitGroup
	shows.Go(func() { h.Board.Run(ctx, nil) })
	defer shows.Wait()
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h.Handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer server.Close() //nolint:errcheck // It is over.
	var alone, beside [2]Figures
	var heard atomic.Int64
	for n := range alone {
		if alone[n], err = b.orders(ctx, h.Floor, 0); err != nil {
			return err
		}
		leave, err := watch(ctx, listener.Addr().String(), &heard)
		if err != nil {
			return err
		}
		before := heard.Load()
		beside[n], err = b.orders(ctx, h.Floor, 0)
		leave()
		if err != nil {
			return err
		}
		if heard.Load() == before {
			return errors.New("those who watch have heard nothing")
		}
	}
	share := (beside[0].PerSecond + beside[1].PerSecond) / (alone[0].PerSecond + alone[1].PerSecond)
	row := Row{
		What: fmt.Sprintf("orders while %d watch, of those without (%d MB were heard)", watchersMany, heard.Load()>>20), Engine: "exchange",
		Figures: beside[1], Ceiling: alone[1].PerSecond, Ratio: share,
	}
	b.report.add(row.judged(watchersShare, fmt.Sprintf("≥ %.1f", watchersShare), share >= watchersShare))
	return nil
}

// watched lists a share by the books, so that the stream knows it, and lets traders of the market alone trade it.
func watched(ctx context.Context, h *app.House) error {
	const because = exchange.Reason("A measurement")
	who := db.Who{Kind: db.KindStaff, ID: "usr_bench", Seller: "sel_own", Scopes: []string{"exchange.*"}}
	var roll floor.Roll
	err := job.Once(ctx, h.Store, who, func(tx *db.Tx) error {
		if _, err := exchange.OpenCalendar(tx, "ALWAYS", []time.Weekday{0, 1, 2, 3, 4, 5, 6}, nil); err != nil {
			return err
		}
		if err := exchange.LayTicks(tx, "STEPS", exchange.Ticks{{From: 0, Step: 1}}); err != nil {
			return err
		}
		err := exchange.LaySchedule(tx, exchange.Schedule{Group: "MAIN", From: span.MustDay("2026-01-05"), Calendar: "ALWAYS", Full: []exchange.Slot{
			{Step: "begin_continuous", At: exchange.Clock(1, 0, 0)}, {Step: "close", At: exchange.Clock(23, 0, 0)}}})
		if err != nil {
			return err
		}
		drafted, err := exchange.Draft(tx, exchange.Instrument{
			Kind: exchange.Share, Currency: money.KZT, Name: text.Localized{"kk": "Акция", "ru": "Акция", "en": "Share"},
			Security: &exchange.Security{ISIN: isinWatched, Short: "SHARE/SH", Issuer: "pty_bench"},
			Terms: exchange.Terms{Group: "MAIN", Table: "STEPS", Unit: 1, Lot: 1, QtyMin: 1, QtyMax: 1_000_000, PriceMax: 1_000_000_00,
				Call: exchange.Call{Market: "kase"}, Cycle: 2, SellUnsettled: true},
		}, because)
		if err != nil {
			return err
		}
		if err := exchange.List(tx, drafted.ID, because); err != nil {
			return err
		}
		roll, err = floor.ReadRoll(tx, span.DayOf(tx.Now(), span.Almaty))
		return err
	})
	if err != nil {
		return err
	}
	if err := h.Floor.Teach(ctx, roll); err != nil {
		return err
	}
	i, err := h.Floor.Instrument(isinWatched)
	if err != nil {
		return err
	}
	if i.Number != 1 {
		return fmt.Errorf("the share has number %d", i.Number)
	}
	return supplied(ctx, h.Floor, []uint32{i.Paid.Number, i.Asset.Number})
}

// supplied admits traders who have plenty of all assets, and opens the day of the first instrument.
func supplied(ctx context.Context, f *floor.Floor, assets []uint32) error {
	var inputs []venue.Input
	for a := uint32(1); a <= traders; a++ {
		inputs = append(inputs, bodied(venue.Input{Verb: venue.Admit}, venue.Admission{
			Member: 1, Traders: []uint32{a}, Account: &venue.Account{Number: a, Code: fmt.Sprint("A", a), Member: 1, Traders: []uint32{a}},
		}))
		for _, asset := range assets {
			inputs = append(inputs, bodied(venue.Input{Verb: venue.Move}, venue.Movement{Ref: fmt.Sprint(a, "-", asset), Account: a, Asset: asset, Amount: 1 << 45}))
		}
	}
	inputs = append(inputs, venue.Input{Verb: venue.Begin}, venue.Input{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.BeginContinuous}})
	return told(ctx, f, inputs)
}

// watch lets a thousand guests follow the book from as many addresses of this machine as the stream wants, and gives how all of
// them leave. What they hear is counted, and not looked at: nothing but the house shall be measured.
func watch(ctx context.Context, addr string, heard *atomic.Int64) (leave func(), err error) {
	var conns []net.Conn
	var all sync.WaitGroup
	leave = func() {
		for _, c := range conns {
			_ = c.Close()
		}
		all.Wait()
	}
	for n := range watchersMany {
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+n/perAddress))}}
		conn, err := from.DialContext(ctx, "tcp", addr)
		if err != nil {
			leave()
			return nil, err
		}
		conns = append(conns, conn)
		reads := bufio.NewReader(conn)
		if err := follows(conn, reads, addr); err != nil {
			leave()
			return nil, err
		}
		all.Go(func() { _, _ = io.Copy(counter{heard}, reads) })
	}
	return leave, nil
}

// follows begins a WebSocket (RFC 6455 §4.1) and follows the book.
func follows(conn io.Writer, reads *bufio.Reader, addr string) error {
	_, err := fmt.Fprintf(conn, "GET /v1/exchange/stream HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", addr)
	if err != nil {
		return err
	}
	line, err := reads.ReadString('\n')
	if err != nil || !strings.Contains(line, " 101 ") {
		return fmt.Errorf("the stream answers %q: %w", line, err)
	}
	for line != "\r\n" {
		if line, err = reads.ReadString('\n'); err != nil {
			return err
		}
	}
	say := fmt.Sprintf(`{"op":"subscribe","ch":"book","in":%q,"depth":%d}`, isinWatched, watchDepth)
	_, err = conn.Write(append([]byte{0x81, 0x80 | byte(len(say)), 0, 0, 0, 0}, say...)) // A mask of zeros (§5.3).
	return err
}

// counter counts bytes.
type counter struct{ n *atomic.Int64 }

func (c counter) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return len(b), nil
}
