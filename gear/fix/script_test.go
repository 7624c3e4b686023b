package fix_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/gear/fix"
)

// definitions is the folder of the acceptance scripts, which come with quickfixgo.
var definitions = sync.OnceValues(func() (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/quickfixgo/quickfix").Output()
	return filepath.Join(strings.TrimSpace(string(dir)), "_test", "definitions", "server"), err
})

var versions = map[string]fix.Version{
	"fix40": fix.FIX40, "fix41": fix.FIX41, "fix42": fix.FIX42, "fix43": fix.FIX43, "fix44": fix.FIX44,
	"fix50": fix.FIX50, "fix50sp1": fix.FIX50SP1, "fix50sp2": fix.FIX50SP2,
}

// scriptsAll is how many scripts there are; none is left out.
const scriptsAll = 467

// TestScripts plays the acceptance scripts of QuickFIX over TCP, all of them, for every version.
func TestScripts(t *testing.T) {
	dir, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for name, version := range versions {
		scripts, err := filepath.Glob(filepath.Join(dir, name, "*.def"))
		if err != nil {
			t.Fatal(err)
		}
		played += len(scripts)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stage := newStage(t, fix.Terms{ID: fix.ID{Version: version, Sender: "ISLD", Target: "TW"}, ResetOnLogon: true}, fix.NewMemory())
			for _, script := range scripts {
				t.Run(strings.TrimSuffix(filepath.Base(script), ".def"), func(t *testing.T) { stage.play(t, script) })
			}
		})
	}
	if played != scriptsAll {
		t.Errorf("%d scripts were there, not %d", played, scriptsAll)
	}
}

// clock stands still until somebody moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// echo is the application that the scripts ask for: it sends orders and definitions back as they came, their fields in
// the order of their tags, and swallows what it is told that it may know, and knows.
type echo struct {
	mu    sync.Mutex
	known map[*fix.Session]map[string]bool
}

func (e *echo) OnLogon(s *fix.Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known[s] = make(map[string]bool)
}

func (e *echo) OnLogout(*fix.Session) {}

func (e *echo) OnMessages(s *fix.Session, batch []fix.Message) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range batch {
		m := &batch[i]
		if !m.Is("D") && !m.Is("d") {
			_ = s.Refuse(m, fix.Unsupported)
			continue
		}
		_, again := m.Again()
		if id, ok := m.Bytes(11); ok {
			if again && e.known[s][string(id)] {
				continue
			}
			e.known[s][string(id)] = true
		}
		var b fix.Body
		if again {
			b.Head(97, []byte("Y"))
		}
		var places []int
		for i := range m.Len() {
			if tag, _ := m.Field(i); !around[tag] {
				places = append(places, i)
			}
		}
		slices.SortStableFunc(places, func(x, y int) int {
			a, _ := m.Field(x)
			b, _ := m.Field(y)
			return a - b
		})
		for _, i := range places {
			tag, value := m.Field(i)
			b.Bytes(tag, value)
		}
		_ = s.Send(string(m.Type()), &b)
	}
}

// around are the fields that the scripts have in headers and trailers.
var around = map[int]bool{8: true, 9: true, 10: true, 34: true, 35: true, 43: true, 49: true, 52: true, 56: true, 97: true, 122: true, 115: true, 116: true, 128: true, 129: true, 144: true, 145: true}

// stage is a server with one session, and a clock that the scripts move.
type stage struct {
	clock   *clock
	server  *fix.Server
	session *fix.Session
	address string
}

func newStage(t *testing.T, terms fix.Terms, stores fix.Stores) *stage {
	t.Helper()
	s := &stage{clock: newClock()}
	var err error
	s.server, err = fix.New(fix.Config{
		Sessions: []fix.Terms{terms}, Application: &echo{known: make(map[*fix.Session]map[string]bool)}, Stores: stores, Now: s.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.session = s.server.Session(terms.ID)
	s.address = serve(t, s.server)
	return s
}

// serve lets a server listen until the test ends.
func serve(t *testing.T, server *fix.Server) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- server.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		if err := server.Close(ctx, ""); err != nil && !errors.Is(err, fix.ErrClosed) {
			t.Error(err)
		}
		if err := <-over; err != nil && !errors.Is(err, fix.ErrClosed) { // It may end before it has begun.
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// player plays one script.
type player struct {
	*stage
	t     *testing.T
	conns map[byte]*peer
	brief bool // brief says that the script is about time that passes.
}

// peer is one connection of a script.
type peer struct {
	net.Conn
	r *bufio.Reader
}

func (s *stage) play(t *testing.T, script string) {
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	for s.session.Online() { // The script before has just hung up.
		time.Sleep(time.Millisecond)
	}
	p := &player{stage: s, t: t, conns: make(map[byte]*peer), brief: bytes.Contains(text, []byte("\x01108=6\x01"))}
	defer func() {
		for _, c := range p.conns {
			_ = c.Close()
		}
	}()
	steps := 0
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimRight(line, "\r ")
		if line == "" || line[0] == '#' {
			continue
		}
		steps++
		if err := p.step(line); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
	}
	if steps < 3 {
		t.Errorf("a script of %d steps", steps)
	}
}

// step plays one line: i and e are connections, I is said, E is awaited.
func (p *player) step(line string) error {
	verb, who := line[0], byte('1')
	line = line[1:]
	if len(line) > 2 && line[1] == ',' {
		who, line = line[0], line[2:]
	}
	line = p.fill(line)
	c := p.conns[who]
	switch {
	case verb == 'i' && line == "CONNECT":
		conn, err := net.Dial("tcp", p.address)
		if err == nil {
			c = &peer{Conn: conn}
			c.r = bufio.NewReader(&patient{p, conn})
			p.conns[who] = c
		}
		return err
	case verb == 'i' && line == "DISCONNECT":
		return c.Close()
	case verb == 'e' && line == "DISCONNECT":
		if b, err := c.r.ReadByte(); err == nil {
			return fmt.Errorf("not the end, but %q", b)
		} else if errors.Is(err, errPatience) {
			return err
		}
		return nil
	case verb == 'I':
		_, err := c.Write([]byte(line))
		return err
	case verb == 'E':
		got, err := receive(c.r)
		if err != nil {
			return fmt.Errorf("want %s: %w", show(line), err)
		}
		return compare(line, got)
	}
	return fmt.Errorf("what is %c%s", verb, line)
}

var (
	timePlace = regexp.MustCompile(`<TIME([+-]\d+)?>`)
	sumPlace  = regexp.MustCompile("\x0110=[^\x01]*\x01$")
)

// fill puts in the time, and the length and the check sum where a line leaves them out.
func (p *player) fill(line string) string {
	line = timePlace.ReplaceAllStringFunc(line, func(place string) string {
		by, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(place, "<TIME"), ">")) // Nothing is zero.
		return p.clock.Now().Add(time.Duration(by) * time.Second).Format("20060102-15:04:05")
	})
	if !strings.HasPrefix(line, "8=") {
		return line
	}
	head, rest, _ := strings.Cut(line, "\x01")
	head += "\x01"
	sum := sumPlace.FindString("\x01" + rest)
	body := strings.TrimSuffix("\x01"+rest, sum)[1:]
	if sum != "" {
		body += "\x01"
		sum = sum[1:]
	}
	if !strings.Contains("\x01"+body, "\x019=") {
		head += fmt.Sprintf("9=%d\x01", len(body))
	}
	if sum == "" {
		n := 0
		for _, c := range []byte(head + body) {
			n += int(c)
		}
		sum = fmt.Sprintf("10=%03d\x01", n%256)
	}
	return head + body + sum
}

// patient reads, and moves the clock of the server when nothing comes for a while.
type patient struct {
	*player
	conn net.Conn
}

var errPatience = errors.New("nothing comes")

func (p *patient) Read(b []byte) (int, error) {
	wait := 2 * time.Second
	if p.brief {
		wait = 60 * time.Millisecond
	}
	for range 40 {
		if err := p.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return 0, err
		}
		n, err := p.conn.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		p.clock.move(time.Second)
		p.server.Beat()
		wait = 60 * time.Millisecond
	}
	return 0, errPatience
}

// receive reads one message by its length.
func receive(r *bufio.Reader) (string, error) {
	begin, err := r.ReadString(1)
	if err != nil {
		return "", err
	}
	length, err := r.ReadString(1)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(length, "9=") {
		return "", fmt.Errorf("no length: %q", begin+length)
	}
	n, err := strconv.Atoi(length[2 : len(length)-1])
	if err != nil {
		return "", err
	}
	rest := make([]byte, n+7)
	_, err = io.ReadFull(r, rest)
	return begin + length + string(rest), err
}

// sequence is MsgSeqNum in a line.
var sequence = regexp.MustCompile("\x0134=\\d+\x01")

// patterns are the fields of which a script knows only what they look like.
var patterns = map[string]*regexp.Regexp{
	"10": regexp.MustCompile(`^\d{3}$`), "52": moment, "60": moment, "42": moment, "122": moment,
}

var moment = regexp.MustCompile(`^\d{8}-\d{2}:\d{2}:\d{2}([.]\d{3})?$`)

func compare(want, got string) error {
	wants, gots := strings.Split(want, "\x01"), strings.Split(got, "\x01")
	if len(wants) != len(gots) {
		return fmt.Errorf("want %s\n got %s", show(want), show(got))
	}
	for i := range wants {
		tag, value, _ := strings.Cut(wants[i], "=")
		gotTag, gotValue, _ := strings.Cut(gots[i], "=")
		fits := value == gotValue
		if pattern := patterns[tag]; pattern != nil {
			fits = pattern.MatchString(gotValue)
		}
		if tag != gotTag || !fits {
			return fmt.Errorf("field %d:\nwant %s\n got %s", i, show(want), show(got))
		}
	}
	return nil
}

func show(message string) string { return strings.ReplaceAll(message, "\x01", "|") }
