package fix_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"sauda/gear/fix"
)

var house = fix.ID{Version: fix.FIX44, Sender: "ISLD", Target: "TW"}

// set starts a server with one session.
func set(t *testing.T, c fix.Config) (*fix.Server, string) {
	t.Helper()
	if c.Stores == nil {
		c.Stores = fix.NewMemory()
	}
	if c.Sessions == nil {
		c.Sessions = []fix.Terms{{ID: house}}
	}
	server, err := fix.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return server, serve(t, server)
}

// logon logs on under a number and hears the answer.
func (l *line) logon(number int, more string) string {
	l.t.Helper()
	l.say("A", number, "98=0\x01108=30\x01"+more)
	return l.hear()
}

// TestFlood: what is above the agreed rate is refused and counted, the rest goes through; who goes on is logged out. The
// rate comes back with time.
func TestFlood(t *testing.T) {
	c := newClock()
	app := &desk{}
	server, address := set(t, fix.Config{Application: app, Now: c.Now, Sessions: []fix.Terms{{ID: house, Rate: 100, Burst: 20}}})
	l := connect(t, address, house)
	l.now = c.Now
	l.logon(1, "")
	number := 2
	flood := func(n int) (served, refused int) {
		for range n {
			l.say("D", number, l.order(number))
			number++
		}
		for range n {
			switch got := l.hear(); {
			case strings.Contains(got, "|35=8|"):
				served++
			case strings.Contains(got, "|35=j|") && strings.Contains(got, "|58=Throttled: too many messages a second|") && strings.Contains(got, "|380=0|"):
				refused++
			default:
				t.Fatalf("neither served nor refused: %q", got)
			}
		}
		return served, refused
	}
	for round, want := range []int{20, 20, 10} {
		if served, refused := flood(50); served != want || refused != 50-want {
			t.Errorf("round %d: %d served, %d refused", round, served, refused)
		}
		c.move([]time.Duration{time.Second, 100 * time.Millisecond, 0}[round])
	}
	if in, _ := server.Session(house).Numbers(); in != int64(number) {
		t.Errorf("%d is expected, not %d", in, number)
	}
	for i := range 2000 {
		l.say("D", number+i, l.order(i))
	}
	last := ""
	for got := l.hear(); got != ""; got = l.hear() {
		last = got
		if strings.Contains(got, "|35=5|") {
			l.say("5", number+2000, "")
		}
	}
	if !strings.Contains(last, "|35=5|") || !strings.Contains(last, "|58=Too many messages|") {
		t.Errorf("the last word is %q", last)
	}
}

// TestSlowReader: who does not read is cut off, and nobody waits for him; when he comes again he gets all that he has
// missed, while what is new goes on behind it.
func TestSlowReader(t *testing.T) {
	other := fix.ID{Version: fix.FIX44, Sender: "ISLD", Target: "OTHER"}
	server, address := set(t, fix.Config{
		Application: &desk{}, Stores: fix.Folder{Path: t.TempDir()}, QueueMax: 1 << 20,
		Sessions: []fix.Terms{{ID: house}, {ID: other}},
	})
	slow, quick := connect(t, address, house), connect(t, address, other)
	slow.logon(1, "")
	quick.logon(1, "")
	session, news := server.Session(house), strings.Repeat("n", 400)
	sent := 0
	send := func() {
		sent++
		if err := session.Send("B", new(fix.Body).Int(148, int64(sent)).Text(58, news)); err != nil {
			t.Fatal(err)
		}
	}
	for session.Online() {
		send()
		if sent > 1_000_000 {
			t.Fatal("nobody cuts him off")
		}
	}
	for range 100 {
		send()
	}
	quick.say("1", 2, "112=there?\x01")
	if got := quick.hear(); !strings.Contains(got, "|112=there?|") {
		t.Errorf("the other one hears %q", got)
	}
	again := connect(t, address, house)
	again.say("A", 2, "98=0\x01108=30\x01")
	again.say("2", 3, "7=1\x0116=0\x01")
	if got := again.hear(); !strings.Contains(got, fmt.Sprintf("|35=A|34=%d|", sent+2)) {
		t.Fatalf("the answer is %q", got)
	}
	before, number, told := sent, 0, 0
	for told < sent {
		got := again.hear()
		if number == 0 { // The request has been heard.
			for range 10 {
				send()
			}
		}
		at := valueOf(got, 34)
		if number++; at == 1 || at == before+2 {
			if next := valueOf(got, 36); !strings.Contains(got, "|35=4|") || next != at+1 {
				t.Fatalf("instead of a gap for the Logon comes %q", got)
			}
			continue
		}
		told++
		if repeated := strings.Contains(got, "|43=Y|"); at != number || valueOf(got, 148) != told || repeated != (told <= before) {
			t.Fatalf("message %d, news %d: %.90q", number, told, got)
		}
	}
	t.Logf("%d messages were told before he was cut off", before)
}

// valueOf reads a number out of a shown message; less than zero is none.
func valueOf(message string, tag int) int {
	_, rest, ok := strings.Cut(message, fmt.Sprintf("|%d=", tag))
	n := 0
	if _, err := fmt.Sscanf(rest, "%d|", &n); !ok || err != nil {
		return -1
	}
	return n
}

// TestRestart: numbers and messages outlive the server, whether it ends well or dies.
func TestRestart(t *testing.T) {
	for _, dies := range []bool{false, true} {
		t.Run(fmt.Sprint("dies=", dies), func(t *testing.T) {
			folder := fix.Folder{Path: t.TempDir(), Sync: true}
			server, address := set(t, fix.Config{Application: &desk{}, Stores: folder})
			l := connect(t, address, house)
			l.logon(1, "")
			for i := range 10 {
				l.say("D", 2+i, l.order(i))
				if got := l.hear(); !strings.Contains(got, "|11=c") {
					t.Fatalf("the answer is %q", got)
				}
			}
			eventually(t, "all are noted", func() bool { in, _ := server.Session(house).Numbers(); return in == 12 })
			if dies {
				folder.Path = copied(t, server, folder.Path)
			} else {
				over := make(chan error)
				go func() { over <- server.Close(context.Background(), "Good night") }()
				if got := l.hear(); !strings.Contains(got, "|35=5|34=12|") || !strings.Contains(got, "|58=Good night|") {
					t.Errorf("the farewell is %q", got)
				}
				l.say("5", 12, "")
				if err := <-over; err != nil {
					t.Fatal(err)
				}
			}
			in, out := 13, 13
			if dies {
				in, out = 12, 12
			}
			server, address = set(t, fix.Config{Application: &desk{}, Stores: folder})
			if a, b := server.Session(house).Numbers(); int(a) != in || int(b) != out {
				t.Fatalf("the numbers are %d and %d, not %d and %d", a, b, in, out)
			}
			l = connect(t, address, house)
			if got := l.logon(in, ""); valueOf(got, 34) != out {
				t.Errorf("the answer to the Logon is %q", got)
			}
			l.say("2", in+1, "7=2\x0116=11\x01")
			for i := range 10 {
				if got := l.hear(); valueOf(got, 34) != 2+i || !strings.Contains(got, fmt.Sprintf("|11=c%d|", i)) || !strings.Contains(got, "|43=Y|") {
					t.Errorf("again comes %q", got)
				}
			}
		})
	}
}

// TestTwoServers: the files of a session belong to one process.
func TestTwoServers(t *testing.T) {
	folder := fix.Folder{Path: t.TempDir()}
	set(t, fix.Config{Application: &desk{}, Stores: folder})
	if _, err := fix.New(fix.Config{Application: &desk{}, Stores: folder, Sessions: []fix.Terms{{ID: house}}}); err == nil {
		t.Error("two servers use one folder")
	}
}

// TestNextExpected: who says what he expects (789) gets it without asking, and says by himself what we expect.
func TestNextExpected(t *testing.T) {
	server, address := set(t, fix.Config{Application: &desk{}})
	session := server.Session(house)
	for i := range 3 {
		if err := session.Send("B", new(fix.Body).Int(148, int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	l := connect(t, address, house)
	if got := l.logon(1, "789=9\x01"); !strings.Contains(got, "|35=5|") || !strings.Contains(got, "NextExpectedMsgSeqNum too high, the next number is 4") {
		t.Errorf("a number that was never sent: %q", got)
	}
	if got := l.hear(); got != "" {
		t.Errorf("and then comes %q", got)
	}
	l = connect(t, address, house)
	if got := l.logon(4, "789=2\x01"); !strings.Contains(got, "|35=A|34=5|") || !strings.Contains(got, "|789=1|") {
		t.Errorf("the answer is %q", got)
	}
	for _, want := range []string{"|35=B|34=2|43=Y|", "|35=B|34=3|43=Y|", "|35=4|34=4|43=Y|"} {
		if got := l.hear(); !strings.Contains(got, want) {
			t.Errorf("want %s, got %q", want, got)
		}
	}
	l.say("0", 5, "")
	if got := l.hear(); !strings.Contains(got, "|35=2|34=6|") || !strings.Contains(got, "|7=1|16=0|") {
		t.Errorf("who forgets to fill the gap hears %q", got)
	}
	l.say("4", 1, "43=Y\x01122=20261130-09:00:00\x0136=6\x01123=Y\x01")
	l.say("1", 6, "112=x\x01")
	if got := l.hear(); !strings.Contains(got, "|35=0|34=7|") {
		t.Errorf("after the gap was filled comes %q", got)
	}
}

// TestShown: what is shown goes out under a number and is not sent again; while nobody is there it takes none.
func TestShown(t *testing.T) {
	server, address := set(t, fix.Config{Application: &desk{}})
	session := server.Session(house)
	show := func(id int64) {
		t.Helper()
		if err := session.Show("B", new(fix.Body).Int(148, id)); err != nil {
			t.Fatal(err)
		}
	}
	show(1)
	if _, out := session.Numbers(); out != 1 {
		t.Errorf("nobody is there, and the next number is %d", out)
	}
	l := connect(t, address, house)
	l.logon(1, "")
	show(2)
	if err := session.Send("B", new(fix.Body).Int(148, 3)); err != nil {
		t.Fatal(err)
	}
	show(4)
	for _, want := range []string{"|35=B|34=2|", "|35=B|34=3|", "|35=B|34=4|"} {
		if got := l.hear(); !strings.Contains(got, want) {
			t.Errorf("want %s, got %q", want, got)
		}
	}
	l.say("2", 2, "7=1\x0116=0\x01")
	for _, want := range []string{"|35=4|34=1|43=Y|", "|35=B|34=3|43=Y|", "|35=4|34=4|43=Y|"} {
		if got := l.hear(); !strings.Contains(got, want) {
			t.Errorf("again: want %s, got %q", want, got)
		}
	}
}

// broken is an application that cannot serve what it is brought.
type broken struct{ desk }

func (*broken) OnMessages(*fix.Session, []fix.Message) { panic("no") }

// TestPanic: an application that panics ends this connection, and the house lives on; what it could not serve does not come
// again.
func TestPanic(t *testing.T) {
	server, address := set(t, fix.Config{Application: &broken{}})
	l := connect(t, address, house)
	l.logon(1, "")
	l.say("D", 2, l.order(1))
	if got := l.hear(); got != "" {
		t.Errorf("it is answered by %q", got)
	}
	eventually(t, "the connection is over", func() bool { return !server.Session(house).Online() })
	if in, _ := server.Session(house).Numbers(); in != 3 {
		t.Errorf("%d is expected", in)
	}
	l = connect(t, address, house)
	if got := l.logon(3, ""); !strings.Contains(got, "|35=A|") {
		t.Errorf("then: %q", got)
	}
}

// TestLimits: what is too long, has too many fields or entries is told so, and nothing else suffers.
func TestLimits(t *testing.T) {
	_, address := set(t, fix.Config{Application: &desk{}, Limits: fix.Limits{Bytes: 2000, Fields: 40, Entries: 2}})
	l := connect(t, address, house)
	l.logon(1, "")
	l.say("D", 2, l.order(1)+strings.Repeat("58=x\x01", 50))
	if got := l.hear(); !strings.Contains(got, "|35=3|") || !strings.Contains(got, "|45=2|58=More fields than allowed|") {
		t.Errorf("fields: %q", got)
	}
	l.say("D", 3, l.order(1)+"453=3\x01448=a\x01448=b\x01448=c\x01")
	if got := l.hear(); !strings.Contains(got, "|45=3|58=More than 2 entries in a repeating group|371=453|") {
		t.Errorf("entries: %q", got)
	}
	l.say("D", 4, l.order(1))
	if got := l.hear(); !strings.Contains(got, "|35=8|") {
		t.Errorf("then: %q", got)
	}
	l.say("D", 5, l.order(1)+"58="+strings.Repeat("x", 3000)+"\x01")
	if got := l.hear(); !strings.Contains(got, "|35=5|") || !strings.Contains(got, "|58=Message longer than allowed|") {
		t.Errorf("bytes: %q", got)
	}
}

// TestStrangers: who is connected without a word, talks nonsense, or is one too many is closed without an answer.
func TestStrangers(t *testing.T) {
	c := newClock()
	server, address := set(t, fix.Config{Application: &desk{}, Now: c.Now, ConnectionsMax: 2})
	silent, loud := connect(t, address, house), connect(t, address, house)
	if _, err := loud.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if got := loud.hear(); got != "" {
		t.Errorf("nonsense is answered by %q", got)
	}
	eventually(t, "there is room again", func() bool {
		l := connect(t, address, house)
		l.now = c.Now
		return l.logon(1, "141=Y\x01") != ""
	})
	eventually(t, "one is too many", func() bool { return connect(t, address, house).hear() == "" })
	c.move(9 * time.Second)
	server.Beat()
	c.move(time.Second)
	server.Beat()
	if got := silent.hear(); got != "" {
		t.Errorf("silence is answered by %q", got)
	}
}
