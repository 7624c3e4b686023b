package floor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/journal"
)

// The environment of a child that leads: its folder. A child is killed by the test.
const envLead = "SAUDA_CHILD_LEAD"

// TestMain runs the tests, or leads a market when the process is a child that a test will kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv(envLead); dir != "" {
		fmt.Fprintln(os.Stderr, "child:", leadChild(dir))
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// leadChild leads a market, says where a standby reaches it, and sends orders as fast as they are answered; each that was answered
// it says, and no other.
func leadChild(dir string) error {
	f, err := floor.Open(floor.Config{Disk: journal.Folder(dir), Meeting: floor.Meeting{Listen: "127.0.0.1:0"}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	say := func(what ...any) {
		_, _ = fmt.Fprintln(out, what...)
		_ = out.Flush()
	}
	say("meet", f.Address())
	for _, in := range furnishing() {
		if events, err := f.Do(context.Background(), in); err != nil || events[0].Kind == venue.Refused {
			return fmt.Errorf("verb %d: %+v, %w", in.Verb, events, err)
		}
	}
	answered := make(chan string, 1024)
	go func() {
		for n := 1; ; n++ {
			client := fmt.Sprint("c", n)
			in := venue.Input{
				Verb: venue.Enter, Instrument: 1, Account: 1, Trader: 1, Member: 1, Client: client,
				Order: book.Input{Side: book.Side(n % 2), Price: 100 + int64(n%7), Qty: 1},
			}
			for f.Send(in, func(events []venue.Event, err error) {
				if err == nil && events[0].Kind != venue.Refused {
					answered <- client
				}
			}) != nil {
				time.Sleep(time.Millisecond) // It is full.
			}
		}
	}()
	for client := range answered {
		say("safe", client)
	}
	return nil
}

// furnishing is what makes a market of one instrument, which trades, and one account that has plenty.
func furnishing() []venue.Input {
	rule, _ := auction.RuleOf("kase", nil)
	written := func(v any) []byte {
		b, _ := json.Marshal(v)
		return b
	}
	account := venue.Account{Number: 1, Code: "A1", Member: 1, Traders: []uint32{1}}
	return []venue.Input{
		{Verb: venue.List, Instrument: 1, Body: written(venue.Instrument{
			Code: "KZ1", Auction: rule, Reference: auction.Ref(100), Risk: risk.Instrument{ID: 1, Asset: 2, Currency: 1, Resale: true, Proceeds: true},
		})},
		{Verb: venue.Admit, Body: written(venue.Admission{Member: 1, Traders: []uint32{1}, Account: &account})},
		{Verb: venue.Move, Body: written(venue.Movement{Ref: "money", Account: 1, Asset: 1, Amount: 1 << 40})},
		{Verb: venue.Move, Body: written(venue.Movement{Ref: "shares", Account: 1, Asset: 2, Amount: 1 << 40})},
		{Verb: venue.Begin},
		{Verb: venue.Step, Instrument: 1, Step: auction.Input{Step: auction.BeginContinuous}},
	}
}

// TestTakeOver: two processes, of which the first is killed under load. The second has every order that was answered, in the
// state in which it was, goes on from there, and says what the first one had besides.
func TestTakeOver(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), envLead+"="+first)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	_, address, _ := strings.Cut(lines.Text(), " ")
	log := slog.New(slog.DiscardHandler)
	s, err := floor.StandBy(journal.Folder(second), floor.Meeting{Servers: []string{address}}, log)
	if err != nil {
		t.Fatal(err)
	}
	safe := map[string]bool{}
	for lines.Scan() {
		what, client, _ := strings.Cut(lines.Text(), " ")
		if what != "safe" {
			t.Fatal(lines.Text())
		}
		if safe[client] = true; len(safe) == 3000 {
			_ = child.Process.Kill() // What it had said before is still read.
		}
	}
	_ = child.Wait()
	if len(safe) < 3000 {
		t.Fatalf("the first one has answered %d orders only", len(safe))
	}
	if err := s.Wait(t.Context(), 300*time.Millisecond, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	if err := s.TakeOver(); err != nil {
		t.Fatal(err)
	}
	f, err := floor.Open(floor.Config{Disk: journal.Folder(second), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	err = f.Look(t.Context(), func(v *venue.Venue) {
		for client := range safe {
			if o, known := v.FindClient(1, client); !known || o.Qty != 1 {
				t.Errorf("order %s was answered and is lost: %+v", client, o)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Do(t.Context(), venue.Input{Verb: venue.Enter, Instrument: 1, Account: 1, Trader: 1, Member: 1, Client: "after", Order: book.Input{Price: 1, Qty: 1}}); err != nil {
		t.Errorf("the second one does not go on: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := floor.Compare(journal.Folder(first), journal.Folder(second))
	if err != nil || d.EpochB != 1 || d.From <= 3000 || len(d.Lost) > 0 && d.Same {
		t.Errorf("the two compare as %+v, %v", d.Difference, err)
	}
	for _, l := range d.Lost {
		if safe[l.Input.Client] {
			t.Errorf("%s was answered, and is said to be lost", l.Input.Client)
		}
	}
	t.Logf("%d orders were answered; the first one had %d more records", len(safe), len(d.Lost))
}
