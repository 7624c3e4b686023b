package fix_test

import (
	"bufio"
	"fmt"
	"net"
	"testing"
	"time"

	"sauda/gear/fix"
)

// line is a client that says what a test wants it to say, by hand.
type line struct {
	net.Conn
	t   *testing.T
	id  fix.ID
	r   *bufio.Reader
	now func() time.Time
}

func connect(t *testing.T, address string, id fix.ID) *line {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &line{c, t, id, bufio.NewReader(c), time.Now}
}

// say sends a message, its body as fields.
func (l *line) say(kind string, number int, body string) {
	l.t.Helper()
	if _, err := l.Write(l.message(kind, number, body)); err != nil {
		l.t.Logf("%s %d is not heard: %v", kind, number, err)
	}
}

func (l *line) message(kind string, number int, body string) []byte {
	rest := fmt.Sprintf("35=%s\x0134=%d\x0149=%s\x0152=%s\x0156=%s\x01%s", kind, number, l.id.Target, l.now().UTC().Format("20060102-15:04:05.000"), l.id.Sender, body)
	whole := fmt.Sprintf("8=%s\x019=%d\x01%s", l.id.Version.Begin(), len(rest), rest)
	sum := 0
	for _, c := range []byte(whole) {
		sum += int(c)
	}
	return fmt.Appendf(nil, "%s10=%03d\x01", whole, sum%256)
}

// hear gives the next message with bars between its fields, or nothing when the other side has hung up.
func (l *line) hear() string {
	l.t.Helper()
	if err := l.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
	got, err := receive(l.r)
	if err != nil {
		if wait, ok := err.(net.Error); ok && wait.Timeout() {
			l.t.Fatal("nothing comes")
		}
		return ""
	}
	return show(got)
}

func (l *line) order(i int) string {
	return fmt.Sprintf("11=c%d\x0121=1\x0138=5\x0140=1\x0154=1\x0155=KZTO\x0160=20261130-09:00:00\x01", i)
}
