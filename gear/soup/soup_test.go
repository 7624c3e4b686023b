package soup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var began = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// door is a listener whose lines are pipes: they hold nothing, so that who does not read is slow at once.
type door struct {
	lines chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case line := <-d.lines:
		return line, nil
	case <-d.ended:
		return nil, net.ErrClosed
	}
}

func (d *door) Close() error   { d.once.Do(func() { close(d.ended) }); return nil }
func (d *door) Addr() net.Addr { return &net.TCPAddr{} }

// house is a server of a test, with a clock that a test sets.
type house struct {
	*Server
	t    *testing.T
	door *door
	mu   sync.Mutex
	now  time.Time
	log  *Log
}

func open(t *testing.T, c Config) *house {
	h := &house{t: t, door: &door{lines: make(chan net.Conn), ended: make(chan struct{})}, now: began, log: newLog(t, "S1")}
	if c.Enter == nil {
		c.Enter = func(_ context.Context, l Login) (Terms, error) {
			if l.Password != "sauda_key_longer_than_ten_letters" {
				return Terms{}, errors.New("unknown")
			}
			late, _ := time.ParseDuration(l.User)
			return Terms{Late: late, Name: "one"}, nil
		}
	}
	c.Present = func() *Log { h.mu.Lock(); defer h.mu.Unlock(); return h.log }
	c.Now = func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }
	h.Server = NewServer(c)
	served := make(chan error, 1)
	go func() { served <- h.Serve(h.door) }()
	t.Cleanup(func() {
		if err := errors.Join(h.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return h
}

func newLog(t *testing.T, name string) *Log {
	l, err := NewLog(t.TempDir(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Retire() })
	return l
}

// say adds numbered messages, and lets them be heard.
func say(t *testing.T, l *Log, from, to int, at time.Time) {
	t.Helper()
	for n := from; n <= to; n++ {
		if err := l.Add(fmt.Appendf(nil, "message %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Flush(at); err != nil {
		t.Fatal(err)
	}
}

func (h *house) call(l Login) net.Conn {
	ours, theirs := net.Pipe()
	h.door.lines <- theirs
	if l.Password == "" {
		l.Password = "sauda_key_longer_than_ten_letters"
	}
	if _, err := ours.Write(l.Packet()); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = ours.Close() })
	return ours
}

// next reads one packet.
func next(t *testing.T, from net.Conn) (byte, string) {
	t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, err.Error()
	}
	b := make([]byte, binary.BigEndian.Uint16(head[:]))
	if _, err := io.ReadFull(from, b); err != nil {
		t.Fatal(err)
	}
	return b[0], string(b[1:])
}

// heard reads packets until a number of messages has come, and gives the first and the last.
func heard(t *testing.T, from net.Conn, n int) (first, last string) {
	t.Helper()
	for n > 0 {
		kind, text := next(t, from)
		switch kind {
		case packetHeartbeat:
			continue
		case packetSequenced:
		default:
			t.Fatalf("a packet %c %q", kind, text)
		}
		if first == "" {
			first = text
		}
		last = text
		n--
	}
	return first, last
}

// TestGaps: whoever comes hears all from the number that he asks for, what was there and what comes; who comes again goes on
// where he was; zero is what comes next.
func TestGaps(t *testing.T) {
	h := open(t, Config{})
	say(t, h.log, 1, 5000, began)
	for _, from := range []int{1, 2, 1024, 1025, 1026, 3000, 5000, 5001} {
		line := h.call(Login{Session: "S1", Next: uint64(from)})
		if kind, text := next(t, line); kind != packetAccepted || strings.TrimSpace(text[:10]) != "S1" || strings.TrimSpace(text[10:]) != strconv.Itoa(from) {
			t.Fatalf("from %d: %c %q", from, kind, text)
		}
		if from <= 5000 {
			first, last := heard(t, line, 5001-from)
			if first != fmt.Sprint("message ", from) || last != "message 5000" {
				t.Fatalf("from %d: %s to %s", from, first, last)
			}
		}
		_ = line.Close()
	}
	line := h.call(Login{})
	if _, text := next(t, line); strings.TrimSpace(text[10:]) != "5001" {
		t.Errorf("the next one is %s", text[10:])
	}
	say(t, h.log, 5001, 5003, began)
	if first, last := heard(t, line, 3); first != "message 5001" || last != "message 5003" {
		t.Errorf("what came was %s to %s", first, last)
	}
	h.log.End()
	for kind := byte(packetHeartbeat); kind != packetEnd; {
		if kind, _ = next(t, line); kind != packetHeartbeat && kind != packetEnd {
			t.Fatalf("at the end comes %c", kind)
		}
	}
	if err := h.log.Flush(began); !errors.Is(err, ErrEnded) {
		t.Errorf("after the end: %v", err)
	}
}

// TestRejected: a wrong key, another session, a number that is not there yet, and too many of one name.
func TestRejected(t *testing.T) {
	h := open(t, Config{})
	say(t, h.log, 1, 3, began)
	for name, c := range map[string]struct {
		login Login
		why   string
	}{
		"key": {Login{Password: "another_key"}, "A"}, "session": {Login{Session: "S2"}, "S"}, "number": {Login{Next: 5}, "S"},
	} {
		if kind, text := next(t, h.call(c.login)); kind != packetRejected || text != c.why {
			t.Errorf("%s: %c %q", name, kind, text)
		}
	}
	h = open(t, Config{NamesMax: 1})
	first := h.call(Login{Next: 1})
	if kind, _ := next(t, first); kind != packetAccepted {
		t.Fatalf("%c", kind)
	}
	if kind, text := next(t, h.call(Login{Next: 1})); kind != packetRejected || text != "A" {
		t.Errorf("the second of one name: %c %q", kind, text)
	}
	stranger, theirs := net.Pipe()
	h.door.lines <- theirs
	go func() { _, _ = stranger.Write([]byte("GET / HTTP/1.1\r\n\r\n")) }()
	if kind, why := next(t, stranger); kind != 0 {
		t.Errorf("a stranger hears %c %s", kind, why)
	}
}

// TestBeats: a silent line has heartbeats; one that says goodbye, or what nobody understands, or nothing for too long, is ended.
func TestBeats(t *testing.T) {
	h := open(t, Config{BeatEvery: time.Millisecond})
	for _, last := range []string{"\x00\x01O", "\x00\x01X", "\x00\x00", "\xff\xff"} {
		line := h.call(Login{})
		for range 5 {
			if kind, _ := next(t, line); kind != packetHeartbeat && kind != packetAccepted {
				t.Fatalf("%c", kind)
			}
		}
		go func() { _, _ = line.Write([]byte("\x00\x01R\x00\x03+hi" + last)) }()
		for kind := byte(packetHeartbeat); kind != 0; {
			kind, _ = next(t, line)
		}
	}
	h = open(t, Config{BeatEvery: time.Millisecond, SilenceMax: 20 * time.Millisecond})
	line := h.call(Login{})
	for kind := byte(packetHeartbeat); kind != 0; {
		kind, _ = next(t, line)
	}
}

// TestSlow: who takes nothing is cut off, and others hear everything meanwhile.
func TestSlow(t *testing.T) {
	h := open(t, Config{SendWait: time.Second, SilenceMax: time.Hour})
	slow, quick := h.call(Login{Next: 1}), h.call(Login{Next: 1})
	for _, line := range []net.Conn{slow, quick} {
		if kind, _ := next(t, line); kind != packetAccepted {
			t.Fatalf("%c", kind)
		}
	}
	say(t, h.log, 1, 2000, began)
	if _, last := heard(t, quick, 2000); last != "message 2000" {
		t.Error(last)
	}
	for {
		if _, err := slow.Write([]byte("\x00\x01R")); err != nil {
			break
		}
	}
}

// TestLate: who may hear late only hears what was said so long ago, to the message; when his time has come, all of it.
func TestLate(t *testing.T) {
	h := open(t, Config{BeatEvery: time.Millisecond})
	say(t, h.log, 1, 10, began.Add(-20*time.Minute))
	say(t, h.log, 11, 20, began.Add(-5*time.Minute))
	if kind, text := next(t, h.call(Login{User: "15m", Next: 12})); kind != packetRejected {
		t.Errorf("what is not to be heard yet: %c %q", kind, text)
	}
	line := h.call(Login{User: "15m", Next: 1})
	next(t, line)
	if _, last := heard(t, line, 10); last != "message 10" {
		t.Error(last)
	}
	for range 20 {
		if kind, text := next(t, line); kind != packetHeartbeat {
			t.Fatalf("too soon: %c %q", kind, text)
		}
	}
	h.mu.Lock()
	h.now = began.Add(10 * time.Minute)
	h.mu.Unlock()
	if first, last := heard(t, line, 10); first != "message 11" || last != "message 20" {
		t.Errorf("%s to %s", first, last)
	}
}

// TestJudgedAgain: whose key ends is cut off.
func TestJudgedAgain(t *testing.T) {
	var mu sync.Mutex
	may := true
	h := open(t, Config{BeatEvery: time.Millisecond, CheckEvery: 2 * time.Millisecond, Enter: func(context.Context, Login) (Terms, error) {
		mu.Lock()
		defer mu.Unlock()
		if !may {
			return Terms{}, errors.New("revoked")
		}
		return Terms{}, nil
	}})
	line := h.call(Login{})
	for range 5 {
		if kind, why := next(t, line); kind == 0 {
			t.Fatal(why)
		}
	}
	mu.Lock()
	may = false
	mu.Unlock()
	for kind := byte(packetHeartbeat); kind != 0; {
		kind, _ = next(t, line)
	}
}

// FuzzLogin: any packet is a login or none; what was read and written again is the same login.
func FuzzLogin(f *testing.F) {
	f.Add(Login{User: "me", Password: "sauda_key_longer_than_ten_letters", Session: "S1", Next: 7}.Packet()[2:])
	f.Add([]byte("L"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := readLogin(b)
		if err != nil {
			return
		}
		again, err := readLogin(l.Packet()[2:])
		if err != nil || again != l {
			t.Fatalf("%+v is read again as %+v, %v", l, again, err)
		}
	})
}
