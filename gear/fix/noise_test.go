package fix_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sauda/gear/fix"
)

// TestNoise: whoever has logged on may say what he likes, also while he breaks off in the middle: all sessions of the house
// go on. What he says are lines of the scripts under any number and with bytes that are wrong.
func TestNoise(t *testing.T) {
	dir, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scripts, err := filepath.Glob(filepath.Join(dir, name, "*.def"))
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, script := range scripts {
				text, err := os.ReadFile(script)
				if err != nil {
					t.Fatal(err)
				}
				for line := range strings.Lines(string(text)) {
					if strings.HasPrefix(line, "I8=") {
						lines = append(lines, strings.TrimSpace(line[1:]))
					}
				}
			}
			id := fix.ID{Version: version, Sender: "ISLD", Target: "TW"}
			stage := newStage(t, fix.Terms{ID: id}, fix.NewMemory())
			seed := uint64(version)
			for range 40 {
				seed++
				t.Log("seed", seed) // Of a failure it tells where to look.
				noise(t, stage, id, lines, mathrand.New(mathrand.NewPCG(seed, 1)))
			}
			l := begin(t, stage, id)
			l.say("1", 2, "112=still there\x01")
			if got := l.hear(); !strings.Contains(got, "|112=still there|") {
				t.Fatalf("after seed %d: %q", seed, got)
			}
		})
	}
}

func logonOf(version fix.Version) string {
	body := "98=0\x01108=30\x01"
	if version >= fix.FIX50 {
		body += fmt.Sprintf("1137=%d\x01", 7+version-fix.FIX50)
	}
	return body
}

// begin logs on to a session in which nothing has been said.
func begin(t *testing.T, s *stage, id fix.ID) *line {
	t.Helper()
	eventually(t, "the session is free", func() bool { return !s.session.Online() })
	if err := s.session.Reset(); err != nil {
		t.Fatal(err)
	}
	l := connect(t, s.address, id)
	l.now = s.clock.Now
	l.say("A", 1, logonOf(id.Version))
	if got := l.hear(); !strings.Contains(got, "|35=A|34=1|") {
		t.Fatalf("a Logon is answered by %q", got)
	}
	return l
}

// noise is one connection: a good Logon, then anything.
func noise(t *testing.T, s *stage, id fix.ID, lines []string, r *mathrand.Rand) {
	l := begin(t, s, id)
	defer func() { _ = l.Close() }()
	go func() { _, _ = io.Copy(io.Discard, l.Conn) }()
	p := &player{stage: s, t: t}
	in, _ := s.session.Numbers()
	for range r.IntN(40) {
		line := lines[r.IntN(len(lines))]
		if in++; r.IntN(3) > 0 {
			line = sequence.ReplaceAllString(line, fmt.Sprintf("\x0134=%d\x01", in))
		}
		b := []byte(p.fill(line))
		switch r.IntN(12) {
		case 0:
			b[r.IntN(len(b))] = byte(r.Uint32())
		case 1:
			b = b[:r.IntN(len(b))]
		case 2:
			b = append(b, b[r.IntN(len(b)):]...)
		}
		if _, err := l.Write(b); err != nil {
			return
		}
	}
}

// TestTLS: a connection may be encrypted; who speaks plainly to it is not answered.
func TestTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"house"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	_, address := set(t, fix.Config{Application: &desk{}, TLS: &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}})
	l := connect(t, address, house)
	trusted := x509.NewCertPool()
	trusted.AddCert(leaf)
	secret := tls.Client(l.Conn, &tls.Config{RootCAs: trusted, ServerName: "house"})
	l.Conn = secret
	l.r.Reset(secret)
	if got := l.logon(1, ""); !strings.Contains(got, "|35=A|34=1|") {
		t.Errorf("the Logon is answered by %q", got)
	}
	l.say("5", 2, "")
	if got := l.hear(); !strings.Contains(got, "|35=5|34=2|") || l.hear() != "" {
		t.Errorf("the Logout is answered by %q", got)
	}
	plain := connect(t, address, house)
	plain.say("A", 3, "98=0\x01108=30\x01")
	if got := plain.hear(); strings.Contains(got, "35=") {
		t.Errorf("a plain Logon is answered by %q", got)
	}
}

// TestResetInside: a Logon inside of a session lets both sides begin anew, one without ResetSeqNumFlag has no meaning.
func TestResetInside(t *testing.T) {
	server, address := set(t, fix.Config{Application: &desk{}})
	l := connect(t, address, house)
	l.logon(1, "")
	if got := l.logon(2, ""); !strings.Contains(got, "|35=3|34=2|") || !strings.Contains(got, "|58=Logged on already|") {
		t.Errorf("a second Logon is answered by %q", got)
	}
	if got := l.logon(1, "141=Y\x01"); !strings.Contains(got, "|35=A|34=1|") || !strings.Contains(got, "|141=Y|") {
		t.Errorf("a new beginning is answered by %q", got)
	}
	if got := l.logon(3, "141=Y\x01"); !strings.Contains(got, "|35=A|34=1|") {
		t.Errorf("one that skips two numbers is answered by %q", got)
	}
	if got := l.hear(); !strings.Contains(got, "|35=2|34=2|") || !strings.Contains(got, "|7=1|16=0|") {
		t.Errorf("what it skips is asked for by %q", got)
	}
	if in, out := server.Session(house).Numbers(); in != 1 || out != 3 {
		t.Errorf("the numbers are %d and %d", in, out)
	}
	if err := server.Session(house).Reset(); err == nil {
		t.Error("a session in use is reset from outside")
	}
}

// TestVersionOfMessage: over FIXT a message may be of another version than the session; its fields are those of that.
func TestVersionOfMessage(t *testing.T) {
	id := fix.ID{Version: fix.FIX50SP2, Sender: "ISLD", Target: "TW"}
	_, address := set(t, fix.Config{Application: &desk{}, Sessions: []fix.Terms{{ID: id}}})
	l := connect(t, address, id)
	l.logon(1, "1137=9\x01")
	const of50SP1 = "1396=x\x01" // MarketSegmentDesc, which no order has, but 5.0 SP1 knows and 4.4 does not.
	for i, c := range []struct{ version, want string }{
		{"", "|45=2|58=Tag not defined for this message type|371=1396|"},
		{"1128=6\x01", "|45=3|58=Invalid tag number|371=1396|"},
		{"1128=8\x01", "|45=4|58=Tag not defined for this message type|371=1396|"},
	} {
		l.say("D", 2+i, c.version+l.order(i)+of50SP1)
		if got := l.hear(); !strings.Contains(got, c.want) {
			t.Errorf("version %q: %q", c.version, got)
		}
	}
}
