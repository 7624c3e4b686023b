package fix

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"github.com/quickfixgo/quickfix"
)

// anOrder is a NewOrderSingle as a broker sends it, with 22 fields.
func anOrder() []byte {
	return seal(nil, "FIX.4.4", []byte("35=D\x0134=4711\x0149=BROKER\x0152=20261130-09:00:00.123\x0156=SAUDA\x0111=ord-2026-00000007\x01"+
		"21=1\x0122=4\x0148=KZ000A1CTMK2\x0155=KZTO\x01207=XKAZ\x0154=1\x0160=20261130-09:00:00.123\x0138=1500\x0140=2\x01"+
		"44=812.50\x0115=KZT\x0159=0\x0158=client 4711\x01"))
}

// answering is all that an order takes but the net and the store.
type answering struct {
	m       Message
	j       *judge
	session *Session
	body    Body
	out     []byte
}

func newAnswering() *answering {
	id := ID{Version: FIX44, Sender: "SAUDA", Target: "BROKER"}
	return &answering{
		j:       newJudge(Terms{ID: id}, Limits{}.usual()),
		session: &Session{terms: Terms{ID: id}, begin: id.Version.Begin()},
	}
}

// answer reads an order, judges it by the dictionary, takes out what an exchange needs, and writes the whole message that
// answers it.
func (a *answering) answer(tb testing.TB, order []byte) {
	if _, err := a.m.Read(order, Limits{}); err != nil {
		tb.Fatal(err)
	}
	if wrong := a.j.message(&a.m); wrong != nil {
		tb.Fatal(wrong.Text, wrong.Tag)
	}
	price, _ := a.m.Decimal(44, 2)
	size, _ := a.m.Int(38)
	at, _ := a.m.Time(60)
	id, _ := a.m.Bytes(11)
	a.body.Reset().Int(37, 1234567).Bytes(11, id).Int(17, 7654321).Char(150, '0').Char(39, '0').Text(55, "KZTO")
	a.body.Char(54, a.m.Char(54)).Int(38, size).Decimal(44, price, 2).Int(151, size).Int(14, 0).Char(6, '0').Time(60, at)
	s := a.session
	s.scratch = s.around(appendInt(append(s.scratch[:0], "35=8\x01"...), tagMsgSeqNum, 4711), at)
	a.out = seal(a.out[:0], s.begin, s.scratch, a.body.body)
}

// TestOrderAsksForNoMemory: reading and judging an order and writing the answer asks for no memory, and the answer is one.
func TestOrderAsksForNoMemory(t *testing.T) {
	a, order := newAnswering(), anOrder()
	if allocs := testing.AllocsPerRun(1000, func() { a.answer(t, order) }); allocs != 0 {
		t.Errorf("%v times for each order", allocs)
	}
	var m Message
	if n, err := m.Read(a.out, Limits{}); err != nil || n != len(a.out) || !m.Is("8") || m.Text(44) != "812.50" {
		t.Errorf("%q: %v", a.out, err)
	}
	if wrong := a.j.message(&m); wrong != nil {
		t.Errorf("%q: %s (%d)", a.out, wrong.Text, wrong.Tag)
	}
}

// BenchmarkOrder puts what an order takes beside quickfixgo, which reads the same bytes and takes out a value, without
// judging them. The ratio is of processor time, the best of several rounds each.
func BenchmarkOrder(b *testing.B) {
	a, order := newAnswering(), anOrder()
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := a.m.Read(order, Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read, judged and answered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a.answer(b, order)
		}
	})
	b.Run("quickfixgo, read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			other(b, order)
		}
	})
	b.Run("ratio", func(b *testing.B) {
		const n = 20_000
		best := [2]time.Duration{1 << 62, 1 << 62}
		for b.Loop() {
			for range 3 {
				from := used(b)
				for range n {
					a.answer(b, order)
				}
				between := used(b)
				for range n {
					other(b, order)
				}
				best = [2]time.Duration{min(best[0], between-from), min(best[1], used(b)-between)}
			}
		}
		b.ReportMetric(float64(best[0].Nanoseconds())/n, "cpu-ns/ours")
		b.ReportMetric(float64(best[1].Nanoseconds())/n, "cpu-ns/quickfixgo")
		b.ReportMetric(float64(best[1])/float64(best[0]), "times-as-fast")
	})
}

func other(tb testing.TB, order []byte) {
	m := quickfix.NewMessage()
	if err := quickfix.ParseMessage(m, bytes.NewBuffer(order)); err != nil {
		tb.Fatal(err)
	}
	if size, err := m.Body.GetInt(38); err != nil || size != 1500 {
		tb.Fatal(size, err)
	}
}

// used gives the processor time that the process has taken.
func used(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
