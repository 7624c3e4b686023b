package fix

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// scriptLines are the messages of the acceptance scripts, as they are written there: some are meant to be wrong.
func scriptLines(t testing.TB) (lines [][]byte) {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/quickfixgo/quickfix").Output()
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "_test", "definitions", "*", "*", "*.def"))
	if err != nil || len(scripts) < 467 {
		t.Fatalf("%d scripts: %v", len(scripts), err)
	}
	clock := regexp.MustCompile(`<TIME([+-]\d+)?>`)
	known := make(map[string]bool)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			_, message, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "8=FIX")
			if !ok || line[0] == '#' || known[message] {
				continue
			}
			known[message] = true
			lines = append(lines, whole8(clock.ReplaceAllString("8=FIX"+message, "20261130-09:00:00")))
		}
	}
	return lines
}

// whole8 gives a message of a script its length and its sum, whatever it says of them.
func whole8(line string) []byte {
	head, rest, _ := strings.Cut(line, "\x01")
	rest = regexp.MustCompile(`^9=\d+\x01`).ReplaceAllString(rest, "")
	rest = regexp.MustCompile(`10=[^\x01]*\x01$`).ReplaceAllString(rest, "")
	return seal(nil, strings.TrimPrefix(head, "8="), []byte(rest))
}

// TestScriptMessages: nearly all messages of the scripts are read, each to its last byte, and written again they are the same.
func TestScriptMessages(t *testing.T) {
	lines := scriptLines(t)
	good := 0
	var m Message
	for _, line := range lines {
		n, err := m.Read(line, Limits{})
		if errors.Is(err, ErrGarbled) {
			continue
		}
		if err != nil || n != len(line) {
			t.Errorf("%q: %d of %d bytes, %v", line, n, len(line), err)
			continue
		}
		good++
		if again := written(&m); !bytes.Equal(again, line) {
			t.Errorf("%q becomes %q", line, again)
		}
	}
	if good < len(lines)*95/100 || good == len(lines) {
		t.Errorf("%d of %d messages are none", len(lines)-good, len(lines))
	}
}

// written writes a message from its fields.
func written(m *Message) []byte {
	var b []byte
	for i := range m.Len() {
		tag, value := m.Field(i)
		b = append(append(appendTag(b, tag), value...), soh)
	}
	return b
}

// FuzzRead: whatever comes, reading it ends, goes forward, and gives either nothing or a message that is written the same
// way again; judging it by any version and going through its groups ends too.
func FuzzRead(f *testing.F) {
	for _, line := range scriptLines(f) {
		f.Add(line)
	}
	f.Add([]byte("8=FIX.4.2\x019=60\x0135=A\x0134=1\x0195=9\x0196=a\x0110=000\x01b\x0198=0\x01"))
	var judges []*judge
	for v := FIX40; v <= FIX50SP2; v++ {
		judges = append(judges, newJudge(Terms{ID: ID{Version: v}}, Limits{}.usual()))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Message
		for rest := b; ; {
			n, err := m.Read(rest, Limits{Bytes: 4096, Fields: 200})
			if n < 0 || n > len(rest) {
				t.Fatalf("%d of %d bytes", n, len(rest))
			}
			if errors.Is(err, ErrMore) {
				return
			}
			if n == 0 {
				t.Fatalf("no way forward: %v", err)
			}
			if err == nil {
				if again := written(&m); !bytes.Equal(again, m.Raw()) {
					t.Fatalf("%q becomes %q", m.Raw(), again)
				}
				for _, j := range judges {
					judged(&m, j)
				}
			}
			rest = rest[n:]
		}
	})
}

func judged(m *Message, j *judge) (entries int) {
	wrong := j.message(m)
	if m.shape == nil || wrong != nil {
		return 0
	}
	for _, g := range m.shape.groups {
		for e := range m.Entries(int(g.tag)) {
			entries++
			for _, inner := range g.members {
				for range e.Entries(int(inner.tag)) {
					entries++
				}
			}
		}
	}
	return entries
}

// TestPieces: a stream that comes in pieces of any size gives the messages that it gives as a whole, with rubbish between
// them passed over.
func TestPieces(t *testing.T) {
	lines := scriptLines(t)
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		for range rapid.IntRange(1, 12).Draw(t, "messages") {
			switch line := rapid.SampledFrom(lines).Draw(t, "line"); rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				stream = append(stream, "rubbish 8=F\x01"...)
			case 1:
				spoilt := bytes.Clone(line)
				spoilt[len(spoilt)-3] ^= 1
				stream = append(stream, spoilt...)
			default:
				stream = append(stream, line...)
			}
		}
		want := messagesOf(stream, len(stream))
		if got := messagesOf(stream, rapid.IntRange(1, 40).Draw(t, "piece")); got != want {
			t.Fatalf("in pieces %q, as a whole %q", got, want)
		}
	})
}

// messagesOf reads a stream that comes in pieces of some size.
func messagesOf(stream []byte, piece int) string {
	var all strings.Builder
	var have []byte
	var m Message
	for len(stream) > 0 {
		n := min(piece, len(stream))
		have, stream = append(have, stream[:n]...), stream[n:]
		for {
			n, err := m.Read(have, Limits{})
			if err == nil {
				fmt.Fprintf(&all, "%s\n", m.Raw())
			}
			have = have[n:]
			if errors.Is(err, ErrMore) {
				break
			}
		}
	}
	return all.String()
}

// TestBadMessages: what is wrong with a message is seen, and how much of what came goes with it.
func TestBadMessages(t *testing.T) {
	good := string(seal(nil, "FIX.4.4", []byte("35=0\x0134=2\x0149=TW\x01")))
	for _, c := range []struct {
		why, in string
		n       int
		err     error
	}{
		{"whole", good, len(good), nil},
		{"its end is missing", good[:len(good)-1], 0, ErrMore},
		{"only its beginning", good[:5], 0, ErrMore},
		{"rubbish before it", "xx\x01" + good, 3 + len(good), nil},
		{"rubbish only", "rubbish", 6, ErrMore},
		{"another sum", good[:len(good)-2] + "x\x01", len(good), ErrGarbled},
		{"a sum above 255", "8=FIX.4.4\x019=5\x0135=0\x0110=256\x01", 26, ErrGarbled},
		{"a sum of one digit", "8=FIX.4.4\x019=5\x0135=0\x0110=1\x01", 24, ErrGarbled},
		{"a length that is too short", strings.Replace(good, "9=16", "9=15", 1), len(good), ErrGarbled},
		{"a length that is too long", strings.Replace(good, "9=16", "9=17", 1) + good, 2 * len(good), ErrGarbled},
		{"a length that is no number", "8=FIX.4.4\x019=x\x01", 12, ErrGarbled},
		{"a length that cannot be", "8=FIX.4.4\x019=65537\x01", 16, ErrTooLong},
		{"no type in the third place", string(seal(nil, "FIX.4.4", []byte("34=2\x0135=0\x0149=TW\x01"))), len(good), ErrGarbled},
		{"a tag with a zero before it", string(seal(nil, "FIX.4.4", []byte("35=0\x0134=2\x01049=TW\x01"))), len(good) + 1, ErrGarbled},
		{"a tag that is no number", string(seal(nil, "FIX.4.4", []byte("35=0\x0134=2\x014x=TW\x01"))), len(good), ErrGarbled},
		{"no value at all", string(seal(nil, "FIX.4.4", []byte("35=0\x0134=2\x0149TW2\x01"))), len(good), ErrGarbled},
		{"data beyond the end", string(seal(nil, "FIX.4.4", []byte("35=0\x0195=9\x0196=TW\x01"))), len(good), ErrGarbled},
	} {
		var m Message
		if n, err := m.Read([]byte(c.in), Limits{}); n != c.n || !errors.Is(err, c.err) {
			t.Errorf("%s: %d bytes, %v; want %d, %v", c.why, n, err, c.n, c.err)
		}
	}
	var m Message
	if _, err := m.Read([]byte(good), Limits{Fields: 5}); !errors.Is(err, ErrTooManyFields) {
		t.Errorf("six fields: %v", err)
	}
}

// TestData: what has a length may hold the signs that end fields and messages.
func TestData(t *testing.T) {
	secret := []byte("a\x0110=000\x018=FIX.4.4\x01=")
	var b Body
	b.Data(95, 96, secret).Int(108, 30)
	var m Message
	if _, err := m.Read(seal(nil, "FIX.4.4", []byte("35=A\x01"), b.body), Limits{}); err != nil {
		t.Fatal(err)
	}
	if got, _ := m.Bytes(96); !bytes.Equal(got, secret) {
		t.Errorf("%q became %q", secret, got)
	}
	if n, ok := m.Int(108); !ok || n != 30 {
		t.Errorf("behind it stands %d", n)
	}
}

// TestValues: what Body writes, Message reads, and as the rest of the world reads it.
func TestValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-99_999_999_999_999, 99_999_999_999_999).Draw(t, "n")
		digits := rapid.IntRange(0, 3).Draw(t, "digits")
		at := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at"))
		text := rapid.StringMatching(`[a-z=]{1,9}`).Draw(t, "text")
		var b Body
		b.Int(1, n).Decimal(44, n, digits).Time(60, at.UnixMicro()).Text(58, text).Yes(43, true).Text(55, "")
		var m Message
		if _, err := m.Read(seal(nil, "FIX.4.4", []byte("35=D\x01"), b.body), Limits{}); err != nil {
			t.Fatal(err)
		}
		if got, ok := m.Int(1); !ok || got != n {
			t.Errorf("%d became %d", n, got)
		}
		if got, ok := m.Decimal(44, digits); !ok || got != n {
			t.Errorf("%d with %d digits became %s, and %d", n, digits, m.Text(44), got)
		}
		if want := at.UTC().Format("20060102-15:04:05.000"); m.Text(60) != want {
			t.Errorf("%s became %s", want, m.Text(60))
		}
		if got, ok := m.Time(60); !ok || got != at.UnixMicro() {
			t.Errorf("%d became %d", at.UnixMicro(), got)
		}
		if _, ok := m.Bytes(55); ok || m.Text(58) != text || !m.Yes(43) {
			t.Errorf("%q", m.Raw())
		}
	})
}

// TestNumbers: what is no number, no amount of the wanted fineness and no moment is none.
func TestNumbers(t *testing.T) {
	for in, want := range map[string]int64{"1": 100, "1.5": 150, "-0.05": -5, "007": 700, "1.500": 150, "1.": 100, ".5": 50} {
		if got, ok := decimal([]byte(in), 2); !ok || got != want {
			t.Errorf("%q is %d, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "-", ".", "+1", "1e3", "1.005", "1.2.3", "1 ", "99999999999999999999"} {
		if got, ok := decimal([]byte(in), 2); ok {
			t.Errorf("%q is %d", in, got)
		}
	}
	for _, in := range []string{"", "20261130", "20261130-09:00", "20261131-09:00:00", "20260229-09:00:00", "20261130-24:00:00", "20261130-09:60:00", "20261130-09:00:61", "20261130-09:00:00.", "2026113a-09:00:00", "20261130-09:00:00.0000000001"} {
		if got, ok := moment([]byte(in)); ok {
			t.Errorf("%q is %d", in, got)
		}
	}
	for _, in := range []string{"20240229-23:59:59.999999", "20000229-00:00:00", "19991231-23:59:59.5", "21000301-00:00:00"} {
		want, err := time.Parse("20060102-15:04:05.999999", in)
		if got, ok := moment([]byte(in)); err != nil || !ok || got != want.UnixMicro() {
			t.Errorf("%q is %d, not %d", in, got, want.UnixMicro())
		}
	}
}

// TestSum holds the fast sum to the obvious one.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 2000 {
		b := make([]byte, n)
		var want byte
		for i := range b {
			b[i] = byte(r.Uint32() | 0xf0)
			want += b[i]
		}
		if got := checksum(b); got != want {
			t.Fatalf("%d bytes sum up to %d, not %d", n, got, want)
		}
	}
}

// TestGroups: entries, and entries inside of them, are found; what is wrong with them is told.
func TestGroups(t *testing.T) {
	j := newJudge(Terms{ID: ID{Version: FIX44}}, Limits{Entries: 3}.usual())
	order := "35=D\x0134=2\x0149=TW\x0152=20261130-09:00:00\x0156=ISLD\x0111=1\x0154=1\x0160=20261130-09:00:00\x0140=1\x0138=5\x0155=X\x01"
	for _, c := range []struct {
		parties       string
		reason, entry int
	}{
		{"453=2\x01448=A\x01447=D\x01452=1\x01802=1\x01523=s\x01803=1\x01448=B\x01452=3\x01", -1, 3},
		{"453=0\x01", -1, 0},
		{"453=1\x01448=A\x01448=B\x01", ReasonGroupCount, 0},
		{"453=2\x01448=A\x01", ReasonGroupCount, 0},
		{"453=1\x01447=D\x01448=A\x01", ReasonGroupCount, 0},
		{"453=1\x01448=A\x01452=1\x01447=D\x01", ReasonGroupOrder, 0},
		{"453=1\x01448=A\x01447=D\x01447=D\x01", ReasonRepeated, 0},
		{"453=1\x01448=A\x01447=\x01", ReasonEmpty, 0},
		{"453=1\x01448=A\x01452=x\x01", ReasonValue, 0},
		{"453=4\x01448=A\x01448=B\x01448=C\x01448=D\x01", ReasonValue, 0},
		{"453=-1\x01", ReasonFormat, 0},
		{"448=A\x01", ReasonNotDefined, 0},
	} {
		var m Message
		if _, err := m.Read(seal(nil, "FIX.4.4", []byte(order+c.parties)), Limits{}); err != nil {
			t.Fatal(err)
		}
		reason := -1
		if wrong := j.message(&m); wrong != nil {
			reason = wrong.Reason
		}
		if reason != c.reason {
			t.Errorf("%q: reason %d, not %d", c.parties, reason, c.reason)
		}
		if entries := judged(&m, j); entries != c.entry {
			t.Errorf("%q: %d entries, not %d", c.parties, entries, c.entry)
		}
	}
}
