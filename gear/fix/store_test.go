package fix_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/gear/fix"
)

// copied gives a copy of what a server has in a folder, as it would be found if the process died now.
func copied(t *testing.T, server *fix.Server, folder string) string {
	t.Helper()
	server.Beat() // What is noted without an answer reaches the file by the clock.
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	return to
}

// model is what a store must hold.
type model struct {
	in, out int64
	sent    map[int64]string
}

func (m *model) compare(t interface{ Fatalf(string, ...any) }, s fix.Store, from, to int64) {
	if in, out := s.Numbers(); in != m.in || out != m.out {
		t.Fatalf("the numbers are %d and %d, not %d and %d", in, out, m.in, m.out)
	}
	var want, got []string
	for n := from; n <= to; n++ {
		if wire, ok := m.sent[n]; ok {
			want = append(want, fmt.Sprint(n, wire))
		}
	}
	err := s.Read(from, to, func(n int64, wire []byte) bool {
		got = append(got, fmt.Sprint(n, string(wire)))
		return true
	})
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("from %d to %d there are %q, not %q; %v", from, to, got, want, err)
	}
}

// TestStores: both kinds keep what they are told, through flushes, resets and new beginnings.
func TestStores(t *testing.T) {
	for name, kind := range map[string]func(folder string) fix.Stores{
		"memory": func(string) fix.Stores { return fix.NewMemory() },
		"folder": func(folder string) fix.Stores { return fix.Folder{Path: folder} },
	} {
		t.Run(name, func(t *testing.T) {
			rounds := 0
			rapid.Check(t, func(rt *rapid.T) {
				rounds++
				stores := kind(filepath.Join(t.TempDir(), fmt.Sprint(rounds)))
				s, err := stores.Open(house)
				must := func(err error) {
					if err != nil {
						rt.Fatal(err)
					}
				}
				must(err)
				m := &model{1, 1, make(map[int64]string)}
				for range rapid.IntRange(1, 40).Draw(rt, "acts") {
					switch rapid.IntRange(0, 9).Draw(rt, "act") {
					case 0, 1, 2:
						wire := rapid.StringN(1, 30, 60).Draw(rt, "wire")
						must(s.Keep(m.out, []byte(wire)))
						m.sent[m.out] = wire
						m.out++
					case 3:
						must(s.Keep(m.out, nil))
						m.out++
					case 4, 5:
						m.in += rapid.Int64Range(1, 5).Draw(rt, "by")
						must(s.Expect(m.in))
					case 6:
						must(s.Flush())
					case 7:
						must(s.Close())
						s, err = stores.Open(house)
						must(err)
					case 8:
						if rapid.Bool().Draw(rt, "reset") {
							must(s.Reset())
							m = &model{1, 1, make(map[int64]string)}
						}
					}
					from := rapid.Int64Range(1, 10).Draw(rt, "from")
					m.compare(rt, s, from, from+rapid.Int64Range(0, 20).Draw(rt, "to"))
				}
				must(s.Close())
			})
		})
	}
}

// TestTorn: a file that ends at any byte, or is wrong at any byte, gives what stands whole before that, and goes on.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	s, err := fix.Folder{Path: dir}.Open(house)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int
	for i := range int64(4) {
		if err := errors.Join(s.Keep(i+1, fmt.Appendf(nil, "message %d", i+1)), s.Expect(i+2), s.Flush()); err != nil {
			t.Fatal(err)
		}
		whole, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(whole) != 1 {
			t.Fatal(whole, err)
		}
		info, err := os.Stat(whole[0])
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, int(info.Size()))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*")) // The pattern is well formed.
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := range text {
		spoilt := bytes.Clone(text)
		spoilt[at] ^= 0x40
		for _, content := range [][]byte{text[:at], spoilt} {
			if err := os.WriteFile(names[0], content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := fix.Folder{Path: dir}.Open(house)
			if err != nil {
				t.Fatal(err)
			}
			kept := int64(0)
			for _, end := range ends {
				if end <= at {
					kept++
				}
			}
			in, out := s.Numbers()
			if in != kept+1 || out < kept+1 || out > kept+2 {
				t.Fatalf("byte %d: the numbers are %d and %d, %d were whole", at, in, out, kept)
			}
			m := &model{in, out + 1, make(map[int64]string)}
			for n := range out - 1 {
				m.sent[n+1] = fmt.Sprint("message ", n+1)
			}
			m.sent[out] = "after"
			if err := s.Keep(out, []byte("after")); err != nil {
				t.Fatal(err)
			}
			m.compare(t, s, 1, 9)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
