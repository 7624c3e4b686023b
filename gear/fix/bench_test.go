package fix_test

import (
	"bytes"
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sauda/gear/fix"
)

// cpu gives the processor time that the process has taken.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// newOrder is a NewOrderSingle as a broker sends it, with 22 fields.
func newOrder(number int) []byte {
	l := &line{id: house, now: time.Now}
	return l.message("D", number, fmt.Sprintf("11=ord-2026-%08d\x0121=1\x0122=4\x0148=KZ000A1CTMK2\x0155=KZTO\x01207=XKAZ\x0154=1\x0160=20261130-09:00:00.123\x0138=1500\x0140=2\x0144=812.50\x0115=KZT\x0159=0\x0158=client 4711\x01", number))
}

// answerer answers each order with an execution report of the usual fields.
type answerer struct{ body fix.Body }

func (*answerer) OnLogon(*fix.Session)  {}
func (*answerer) OnLogout(*fix.Session) {}
func (a *answerer) OnMessages(s *fix.Session, batch []fix.Message) {
	for i := range batch {
		m := &batch[i]
		id, _ := m.Bytes(11)
		size, _ := m.Int(38)
		price, _ := m.Decimal(44, 2)
		b := a.body.Reset().Int(37, m.Number()).Bytes(11, id).Int(17, m.Number()).Char(150, '0').Char(39, '0').Text(55, "KZTO")
		b.Char(54, m.Char(54)).Int(38, size).Decimal(44, price, 2).Int(151, size).Int(14, 0).Char(6, '0')
		_ = s.Send("8", b)
	}
}

// BenchmarkSession sends orders over TCP through a whole session: read, judged by the dictionary of FIX 4.4, handed on,
// answered, kept and sent; the client is in the same process, and only counts what comes. It prints orders a second of
// this machine, and processor time an order of both sides.
func BenchmarkSession(b *testing.B) {
	for name, stores := range map[string]func() fix.Stores{
		"memory": func() fix.Stores { return fix.NewMemory() },
		"folder": func() fix.Stores { return fix.Folder{Path: b.TempDir()} },
	} {
		b.Run(name, func(b *testing.B) { throughSession(b, stores()) })
	}
}

func throughSession(b *testing.B, stores fix.Stores) {
	server, err := fix.New(fix.Config{Application: &answerer{}, Stores: stores, Sessions: []fix.Terms{{ID: house}}})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve(l) }() // Its end is that of the listener.
	defer func() { _ = l.Close() }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	by := &line{id: house, now: time.Now}
	if _, err := c.Write(by.message("A", 1, "98=0\x01108=0\x01")); err != nil {
		b.Fatal(err)
	}
	const n = 50_000
	var heard atomic.Int64
	go func() {
		mark, buffer, kept := []byte("\x0135=8\x01"), make([]byte, 256<<10), 0
		for {
			got, err := c.Read(buffer[kept:])
			if err != nil {
				return
			}
			got += kept
			heard.Add(int64(bytes.Count(buffer[:got], mark)))
			kept = copy(buffer, buffer[max(0, got-len(mark)+1):got]) // A mark may be cut in two.
		}
	}()
	number, rounds := 2, 0
	var wall, work time.Duration
	for b.Loop() {
		b.StopTimer()
		var orders [][]byte
		for range n / 50 {
			var batch []byte
			for range 50 {
				batch = append(batch, newOrder(number)...)
				number++
			}
			orders = append(orders, batch)
		}
		rounds++
		b.StartTimer()
		from, used := time.Now(), cpu(b)
		for _, batch := range orders {
			if _, err := c.Write(batch); err != nil {
				b.Fatal(err)
			}
		}
		for heard.Load() < int64(rounds*n) {
			time.Sleep(time.Millisecond)
		}
		wall, work = wall+time.Since(from), work+cpu(b)-used
	}
	b.ReportMetric(float64(rounds*n)/wall.Seconds(), "orders/s")
	b.ReportMetric(float64(work.Nanoseconds())/float64(rounds*n), "cpu-ns/order")
}
