package intake

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless reads as one text over and over, up to a number of bytes.
type endless struct {
	begin io.Reader
	over  []byte
	left  int
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	if n, err := e.begin.Read(p); err == nil {
		return n, nil
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.over[e.at:])
	e.at = (e.at + n) % len(e.over)
	e.left -= n
	return n, nil
}

// TestALongFileTakesNoRoom: a CSV is read row by row, so what it takes does not grow with it. Sixty-four megabytes stand for
// the gigabytes of a hostile one; whole gigabytes end at totalMax.
func TestALongFileTakesNoRoom(t *testing.T) {
	plan, err := Plan{Format: CSV}.settled()
	if err != nil {
		t.Fatal(err)
	}
	row := []byte("a,Шай қара,500,\"" + strings.Repeat("Ұзақ сипаттама. ", 60) + "\"\n")
	in, err := newLines(&endless{begin: strings.NewReader("sku,name,price,description\n"), over: bytes.Repeat(row, 64), left: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	r, err := newTable(in, plan)
	if err != nil {
		t.Fatal(err)
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows := 0
	for {
		item, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if item.bad {
			t.Fatalf("row %d is refused", rows)
		}
		if rows++; rows%10_000 == 0 {
			runtime.GC()
			if runtime.ReadMemStats(&now); now.HeapAlloc > before.HeapAlloc+8<<20 {
				t.Fatalf("after %d rows %d bytes are in use, %d before", rows, now.HeapAlloc, before.HeapAlloc)
			}
		}
	}
	if rows < 30_000 {
		t.Errorf("%d rows", rows)
	}
}

// TestACellWithoutAnEnd: a quotation mark that is never closed makes one row of the rest of the file, which is refused as
// soon as it is longer than a row may be, not when the file ends.
func TestACellWithoutAnEnd(t *testing.T) {
	plan, err := Plan{Format: CSV}.settled()
	if err != nil {
		t.Fatal(err)
	}
	source := &endless{begin: strings.NewReader("sku,name,price\na,\"Шай"), over: []byte(strings.Repeat("ха ", 1<<10)), left: 1 << 30}
	in, err := newLines(source)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newTable(in, plan)
	if err == nil {
		_, err = r.next()
	}
	if !errors.Is(err, ErrRowSize) || source.left < 1<<29 {
		t.Errorf("%v, with %d bytes left to read", err, source.left)
	}
}
