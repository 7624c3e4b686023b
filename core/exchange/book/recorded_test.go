package book

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// shared is where the data for tests lie; they are no part of the project.
const shared = "../../../../shared/data/exchange/"

// message is one of the recorded flows, in the words of FLASH1.md.
type message struct {
	Seq   uint64 `json:"seq"`
	Type  string `json:"type"`
	Side  string `json:"side"`
	IOC   bool   `json:"ioc"`
	Qty   int64  `json:"qty"`
	ID    uint64 `json:"id"`
	Price int64  `json:"price"`
}

// input gives the message as the book takes it.
func (m message) input() Input {
	in := Input{ID: m.ID, Qty: m.Qty, Price: m.Price, Life: Lasting}
	if m.Side == "sell" {
		in.Side = Sell
	}
	if m.IOC {
		in.Life = Immediate
	}
	in.Verb = map[string]Verb{"new": Enter, "cancel": Cancel, "modify": Replace}[m.Type]
	return in
}

// line writes a report as FLASH1.md does; ok is false for one that it does not know.
func line(seq uint64, r Report) (kind int, text string) {
	switch {
	case r.Kind == Accepted:
		return 0, fmt.Sprintf("0,%d,%d,%d,%d,%d", seq, r.Side, r.ID, r.Price, r.Qty)
	case r.Kind == Traded:
		return 1, fmt.Sprintf("1,%d,%d,%d,%d,%d", seq, r.Price, r.Qty, r.ID, r.Other)
	case r.Kind == Cancelled:
		return 2, fmt.Sprintf("2,%d,%d,%d,%d", seq, r.Side, r.ID, r.Price)
	case r.Kind == Replaced:
		return 3, fmt.Sprintf("3,%d,%d,%d,%d,%d", seq, r.Side, r.ID, r.Price, r.Qty)
	case r.Kind == Refused && r.Verb == Cancel:
		return 4, fmt.Sprintf("4,%d,%d", seq, r.ID)
	case r.Kind == Refused && r.Verb == Replace:
		return 5, fmt.Sprintf("5,%d,%d", seq, r.ID)
	case r.Kind == Refused:
		return 6, fmt.Sprintf("refused,%d,%s", seq, r.Reason.Code())
	}
	return -1, ""
}

// play gives the lines that a book without the rule that a smaller quantity keeps its place writes about messages.
func play(t *testing.T, messages []message) []string {
	t.Helper()
	b, err := New(Rules{LosesAlways: true, AnyID: true})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var reports []Report
	for _, m := range messages {
		in := m.input()
		reports = b.Apply(&in, reports[:0])
		var byKind [7][]string
		for _, r := range reports {
			if kind, text := line(m.Seq, r); kind >= 0 {
				byKind[kind] = append(byKind[kind], text)
			}
		}
		lines = slices.AppendSeq(lines, slices.Values(slices.Concat(byKind[:]...)))
	}
	return lines
}

func digest(lines []string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))
}

// TestMatchingCases: the cases on which five engines agree are answered as they are.
func TestMatchingCases(t *testing.T) {
	text, err := os.ReadFile(shared + "matching_cases.json")
	if err != nil {
		t.Fatalf("the cases of ../shared/data/exchange are not there: %v", err)
	}
	var file struct {
		Cases []struct {
			Name     string
			Messages []message
			Reports  []string
			Digest   string `json:"reports_sha256"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 17 {
		t.Fatalf("%d cases instead of 17", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Name == "deep_recursive_sweep_5000" {
				c.Messages = deepSweep()
			}
			lines := play(t, c.Messages)
			if c.Digest != "" {
				if digest(lines) != c.Digest {
					t.Errorf("%d lines have another digest", len(lines))
				}
				return
			}
			if len(lines) == 0 || !slices.Equal(lines, c.Reports) {
				t.Errorf("wrote %q, wants %q", lines, c.Reports)
			}
		})
	}
}

// deepSweep are five thousand orders of one and one that takes them all: the case that is told by its generator.
func deepSweep() []message {
	var messages []message
	for i := range uint64(5000) {
		messages = append(messages, message{Seq: i, Type: "new", Side: "sell", Qty: 1, ID: i + 1, Price: 100})
	}
	return append(messages, message{Seq: 5000, Type: "new", Side: "buy", Qty: 5000, ID: 5001, Price: 100, IOC: true})
}

// TestRecordedFlows: the report streams of five recorded flows of 39,878 messages each have the digests on which the
// engines agree.
func TestRecordedFlows(t *testing.T) {
	hashes, err := os.ReadFile(shared + "flash1_small/hashes.txt")
	if err != nil {
		t.Fatalf("the recorded flows of ../shared/data/exchange are not there: %v", err)
	}
	flows := strings.Split(strings.TrimSpace(string(hashes)), "\n")
	if len(flows) != 5 {
		t.Fatalf("%d flows instead of 5", len(flows))
	}
	for _, flow := range flows {
		fields := strings.Fields(flow)
		t.Run(fields[0], func(t *testing.T) {
			messages := recorded(t, fields[0])
			if len(messages) != 39_878 {
				t.Fatalf("%d messages instead of 39,878", len(messages))
			}
			if got := digest(play(t, messages)); got != fields[2] {
				t.Errorf("the reports have the digest %s, not %s", got, fields[2])
			}
		})
	}
}

// recorded reads one recorded flow.
func recorded(tb testing.TB, name string) []message {
	tb.Helper()
	file, err := os.Open(fmt.Sprintf("%sflash1_small/orders_%s_s23_n20000.bin.gz", shared, name))
	if err != nil {
		tb.Fatalf("the recorded flow %s of ../shared/data/exchange is not there: %v", name, err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	bytes, err := io.ReadAll(unzipped)
	if err != nil {
		tb.Fatal(err)
	}
	le := binary.LittleEndian
	messages := make([]message, le.Uint32(bytes[12:]))
	for i := range messages {
		m := bytes[16+40*i:]
		messages[i] = message{
			Type: []string{"new", "cancel", "modify"}[m[0]], Side: []string{"buy", "sell"}[m[1]], IOC: m[2] != 0,
			Qty: int64(le.Uint32(m[4:])), Seq: le.Uint64(m[8:]), ID: le.Uint64(m[16:]), Price: int64(le.Uint64(m[24:])),
		}
	}
	return messages
}
