package venue_test

import (
	"fmt"
	"testing"

	"sauda/core/exchange/venue"
)

// TestForgotten: a movement is known by its name for a month of the books, and what is older counts as moved; so the market does
// not grow with its age. What was undone or agreed is known for good.
func TestForgotten(t *testing.T) {
	const day = int64(86_400_000_000)
	m := open(t)
	begun := 20_000 * day
	move := func(ref string, at int64) venue.Reason {
		e := m.do(venue.Input{Verb: venue.Move, Body: body(t, venue.Movement{Ref: ref, At: at, Account: 1, Asset: tenge, Amount: 1})})[0]
		if e.Kind == venue.Moved {
			m.paid[tenge]++
		}
		return e.Reason
	}
	sizes := map[int]int{}
	for n := range int64(200) {
		m.now = begun + n*day
		for k := range 5 {
			if why := move(fmt.Sprint("m", n, "-", k), m.now); why != 0 {
				t.Fatal(why.Code())
			}
			if why := move(fmt.Sprint("m", n, "-", k), m.now); why != venue.Repeated {
				t.Fatalf("the second time it is %s", why.Code())
			}
		}
		if n%50 == 49 {
			kept, err := venue.Import(m.v.Export(nil))
			if err != nil || kept.Hash() != m.v.Hash() {
				t.Fatalf("the state is taken up with %v", err)
			}
			m.v = kept
			sizes[int(n)] = len(m.v.Export(nil))
		}
	}
	if grown := sizes[199] - sizes[99]; grown > 200 {
		t.Errorf("in a hundred days the state has grown by %d bytes", grown)
	}
	if !m.v.HasMoved("m180-1") || m.v.HasMoved("m160-1") {
		t.Error("what is known is not that of the last month")
	}
	for _, ref := range []string{"m160-1", "never told"} {
		if why := move(ref, begun+160*day); why != venue.Repeated {
			t.Errorf("%s, of long ago, is %s", ref, why.Code())
		}
	}
	if err := m.sound(); err != nil {
		t.Error(err)
	}
}
