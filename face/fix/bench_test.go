package fix_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

func used(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// sealed is a message of a client, by hand: the benchmark shall not measure the client.
func sealed(trader, kind string, number int, body string) []byte {
	inner := fmt.Sprintf("35=%s\x0134=%d\x0149=%s\x0152=%s\x0156=SAUDA\x01%s", kind, number, trader, time.Now().UTC().Format("20060102-15:04:05.000"), body)
	m := fmt.Appendf(nil, "8=FIX.4.4\x019=%d\x01%s", len(inner), inner)
	sum := 0
	for _, b := range m {
		sum += int(b)
	}
	return fmt.Appendf(m, "10=%03d\x01", sum%256)
}

// BenchmarkGateway brings pairs of an order and its cancellation through the gateway over TCP, and as many to the floor
// alone. It prints requests a second, and how many times the processor time of the floor they take; the journal is on the disk
// in both.
func BenchmarkGateway(b *testing.B) {
	m := open(b)
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(m.port)))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // It is over.
	var answers atomic.Int64
	if _, err := conn.Write(sealed(m.trader.Code, "A", 1, "98=0\x01108=3600\x01554="+m.secret+"\x01")); err != nil {
		b.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(conn)
		lines.Buffer(nil, 1<<20)
		lines.Split(func(data []byte, end bool) (int, []byte, error) {
			if n := bytes.Index(data, []byte("\x0110=")); n >= 0 && len(data) >= n+8 {
				return n + 8, data[:n+8], nil
			}
			return 0, nil, nil
		})
		for lines.Scan() {
			if bytes.Contains(lines.Bytes(), []byte("\x0135=8\x01")) {
				answers.Add(1)
			}
		}
	}()
	const n = 20_000
	round := 0
	for b.Loop() {
		var out []byte
		for i := range n / 2 {
			id, number := fmt.Sprintf("%d-%d", round, i), 2+round*n+2*i
			out = append(out, sealed(m.trader.Code, "D", number, fmt.Sprintf("11=%s\x0155=%s\x0154=1\x0160=20261130-09:00:00\x0138=10\x0140=2\x0144=990.00\x01", id, m.Share.Code))...)
			out = append(out, sealed(m.trader.Code, "F", number+1, fmt.Sprintf("11=c%s\x0141=%s\x0155=%s\x0154=1\x0160=20261130-09:00:00\x0138=10\x01", id, id, m.Share.Code))...)
		}
		before, from, began := answers.Load(), used(b), time.Now()
		if _, err := conn.Write(out); err != nil {
			b.Fatal(err)
		}
		for end := time.Now().Add(time.Minute); answers.Load() < before+n; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				b.Fatalf("%d of %d were answered", answers.Load()-before, n)
			}
		}
		b.ReportMetric(n/time.Since(began).Seconds(), "requests/s")
		gate := used(b) - from
		alone := m.alone(b, round, n)
		b.ReportMetric(float64(gate.Microseconds())/n, "cpu-µs/request")
		b.ReportMetric(float64(gate)/float64(alone), "times-the-floor")
		round++
	}
}

// alone gives the processor time of as many requests to the floor.
func (m *market) alone(tb testing.TB, round, n int) time.Duration {
	tb.Helper()
	var answers atomic.Int64
	answer := func([]venue.Event, error) { answers.Add(1) }
	from := used(tb)
	for i := range n {
		in := venue.Input{
			Verb: venue.Enter, Instrument: m.Share.Number, Account: m.Accounts[0].Number, Trader: m.trader.Number, Member: m.Member.Number,
			Client: fmt.Sprintf("f%d-%d", round, i/2), Order: book.Input{Price: 990_00, Qty: 10},
		}
		if i%2 == 1 {
			in.Verb, in.Target = venue.Cancel, in.Client
		}
		for m.Floor.Send(in, answer) != nil {
			time.Sleep(time.Millisecond)
		}
	}
	for answers.Load() < int64(n) {
		time.Sleep(time.Millisecond)
	}
	return used(tb) - from
}
