package waitlist_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema, waitlist.Schema}

var (
	staff = db.Who{Kind: db.KindStaff, ID: "usr_s", Seller: string(seller.Own), Scopes: []string{"orders.*"}}
	alien = db.Who{Kind: db.KindStaff, ID: "usr_a", Seller: "sel_two", Scopes: []string{"*"}}
	guest = db.Who{Kind: db.KindGuest}
)

func buyer(party string) db.Who { return db.Who{Kind: db.KindBuyer, ID: "usr_" + party, Party: party} }

// seats are a kind whose lines are pools: each takes so many of it. Those in over are over.
type seats struct {
	mu   sync.Mutex
	over map[string]bool
}

func (*seats) Awaits() string { return "seat" }

func (k *seats) Demands(_ *db.Tx, all []waitlist.Wait) (map[waitlist.ID]waitlist.Demand, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	demands := make(map[waitlist.ID]waitlist.Demand)
	for _, w := range all {
		if !k.over[w.Line] {
			demands[w.ID] = waitlist.Demand{Ways: [][]hold.Want{{{Key: w.Line, Quantity: int64(w.Places)}}}, Until: w.Closes}
		}
	}
	return demands, nil
}

// house is a store with lines that are full.
type house struct {
	*dbtest.Store
	kind  *seats
	kinds waitlist.Kinds
}

func each(t *testing.T, test func(t *testing.T, h house)) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		kind := &seats{over: make(map[string]bool)}
		test(t, house{s, kind, waitlist.KindsOf(kind)})
	})
}

// full opens a line with so many places, which are taken.
func (h house) full(t *testing.T, line string, places int64) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		if _, err := hold.SetMany(tx, []hold.Level{{Key: line, Subject: "s", Capacity: places}}); err != nil {
			return err
		}
		if err := hold.Take(tx, "sold/"+line, []hold.Want{{Key: line, Quantity: places}}, tx.Now().Add(time.Hour)); err != nil {
			return err
		}
		return hold.Confirm(tx, "sold/"+line)
	})
}

func (h house) free(t *testing.T, line string, n int64) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		return hold.ReleasePart(tx, "sold/"+line, []hold.Want{{Key: line, Quantity: n}})
	})
}

func (h house) ask(line string, places int, email string) waitlist.Ask {
	now := h.Clock.Now().Truncate(24 * time.Hour)
	return waitlist.Ask{Kind: "seat", Line: line, Seller: seller.Own, Product: "prd_1", Places: places, Starts: now.Add(240 * time.Hour),
		Ends: now.Add(250 * time.Hour), Closes: now.Add(230 * time.Hour), Name: text.Localized{"kk": "Шарын"}, Label: text.Localized{"kk": "шілде"},
		Email: email, Lang: "kk"}
}

func (h house) join(who db.Who, a waitlist.Ask) (w waitlist.Wait, err error) {
	err = h.As(who).Try(func(tx *db.Tx) error { w, err = waitlist.Join(tx, a); return err })
	h.Clock.Advance(time.Millisecond)
	return w, err
}

func (h house) joined(t *testing.T, who db.Who, line string, places int) waitlist.Wait {
	t.Helper()
	email := ""
	if who.Kind == db.KindGuest {
		email = "guest@example.kz"
	}
	w, err := h.join(who, h.ask(line, places, email))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (h house) serve(t *testing.T, line string) (n int) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) (err error) { n, err = h.kinds.Serve(tx, line); return err })
	return n
}

func (h house) state(t *testing.T, id waitlist.ID) (s waitlist.State) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		w, err := waitlist.Told(tx, id)
		if fault.Of(err) == waitlist.ErrUnknown {
			return nil
		}
		s = w.State
		return err
	})
	return s
}

func (h house) taken(t *testing.T, line string) (n int64) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		all, err := hold.Pools(tx, []string{line})
		n = all[line].Taken
		return err
	})
	return n
}

// TestTheFirstWhoFits: who asked first is served first; who asked for more than is free keeps his place and is passed; what is
// offered nobody else can take; an offer that lapses goes to the next, and who let it pass is out.
func TestTheFirstWhoFits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 10)
		three, one, two := h.joined(t, buyer("ann"), "a", 3), h.joined(t, buyer("bob"), "a", 1), h.joined(t, guest, "a", 2)
		if h.serve(t, "a") != 0 {
			t.Fatal("offered of nothing")
		}
		h.free(t, "a", 1)
		if h.serve(t, "a") != 1 || h.state(t, one.ID) != waitlist.StateOffered || h.state(t, three.ID) != waitlist.StateWaiting {
			t.Fatalf("one is free: %s, %s", h.state(t, one.ID), h.state(t, three.ID))
		}
		if err := h.Try(func(tx *db.Tx) error {
			return hold.Take(tx, "cart/x", []hold.Want{{Key: "a", Quantity: 1}}, tx.Now().Add(time.Hour))
		}); fault.Of(err) != hold.ErrSoldOut {
			t.Errorf("somebody else has taken it: %v", err)
		}
		h.free(t, "a", 4)
		if h.serve(t, "a") != 1 || h.state(t, three.ID) != waitlist.StateOffered || h.state(t, two.ID) != waitlist.StateWaiting {
			t.Errorf("four are free: %s, %s", h.state(t, three.ID), h.state(t, two.ID))
		}
		h.Clock.Advance(waitlist.OfferTime)
		h.Moment(t, func(tx *db.Tx) error { _, err := waitlist.Lapse(tx, 10); return err })
		if h.state(t, one.ID) != waitlist.StateLapsed || h.taken(t, "a") != 5 {
			t.Errorf("lapsed is %s, %d taken", h.state(t, one.ID), h.taken(t, "a"))
		}
		if h.serve(t, "a") != 1 || h.state(t, two.ID) != waitlist.StateOffered {
			t.Errorf("the next is %s", h.state(t, two.ID))
		}
		again := h.joined(t, buyer("bob"), "a", 1)
		if again.ID == one.ID || again.State != waitlist.StateWaiting {
			t.Errorf("again is %+v", again)
		}
		h.Clock.Advance(8 * 24 * time.Hour)
		h.Moment(t, func(tx *db.Tx) error { _, err := waitlist.Lapse(tx, 10); return err })
		if h.state(t, one.ID) != "" || h.state(t, three.ID) != "" {
			t.Errorf("kept for ever: %s %s", h.state(t, one.ID), h.state(t, three.ID))
		}
	})
}

// TestAnOfferIsHanded: what was made of an offer holds it, in parts too, and what is not handed over is free when all is done; an
// offer ends at the cut-off, and is nobody's when its time is over.
func TestAnOfferIsHanded(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 10)
		w := h.joined(t, buyer("ann"), "a", 2)
		h.free(t, "a", 2)
		h.serve(t, "a")
		hand := func(to string, n int) error {
			return h.As(buyer("ann")).Try(func(tx *db.Tx) error {
				now, err := waitlist.Get(tx, w.ID)
				if err != nil {
					return err
				}
				return waitlist.Hand(tx, now, waitlist.Handing{To: to, Ref: "ref_" + to, Places: n, Wants: []hold.Want{{Key: "a", Quantity: int64(n)}}})
			})
		}
		if err := hand("one", 1); err != nil || h.state(t, w.ID) != waitlist.StateOffered || h.taken(t, "a") != 10 {
			t.Fatalf("%v: %s, %d", err, h.state(t, w.ID), h.taken(t, "a"))
		}
		if err := hand("two", 2); fault.Of(err) != hold.ErrNotHeld {
			t.Errorf("two of one: %v", err)
		}
		if err := hand("two", 1); err != nil || h.state(t, w.ID) != waitlist.StateTaken || h.taken(t, "a") != 10 {
			t.Errorf("%v: %s, %d", err, h.state(t, w.ID), h.taken(t, "a"))
		}
		if err := hand("three", 1); fault.Of(err) != waitlist.ErrNone {
			t.Errorf("three: %v", err)
		}
		late := h.joined(t, buyer("bob"), "a", 1)
		h.Clock.Set(late.Closes.Add(-time.Hour))
		h.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, "one") })
		h.serve(t, "a")
		h.Look(t, func(tx *db.Tx) error {
			got, err := waitlist.Told(tx, late.ID)
			if !got.Until.Equal(late.Closes) {
				t.Errorf("until %s, and it closes at %s", got.Until, late.Closes)
			}
			return err
		})
	})
}

// TestEnds: a date that has passed, a thing that is over, a person who leaves, is removed or is erased.
func TestEnds(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 5)
		h.full(t, "b", 5)
		ann, bob, eve := h.joined(t, buyer("ann"), "a", 1), h.joined(t, buyer("bob"), "a", 1), h.joined(t, guest, "a", 1)
		more := h.joined(t, buyer("ann"), "b", 1)
		h.free(t, "a", 1)
		h.serve(t, "a")
		if err := h.As(buyer("bob")).Try(func(tx *db.Tx) error { return waitlist.Leave(tx, ann.ID) }); fault.Of(err) != waitlist.ErrUnknown {
			t.Errorf("another leaves for her: %v", err)
		}
		if err := h.As(alien).Try(func(tx *db.Tx) error { return waitlist.Remove(tx, seller.Own, bob.ID) }); fault.Of(err) != waitlist.ErrDenied {
			t.Errorf("another seller: %v", err)
		}
		h.As(buyer("ann")).Moment(t, func(tx *db.Tx) error { return waitlist.Leave(tx, ann.ID) })
		if h.serve(t, "a") != 1 || h.state(t, bob.ID) != waitlist.StateOffered || h.taken(t, "a") != 5 {
			t.Errorf("the next has %s", h.state(t, bob.ID))
		}
		h.As(staff).Moment(t, func(tx *db.Tx) error { return waitlist.Remove(tx, seller.Own, bob.ID) })
		h.serve(t, "a")
		h.As(guest).Look(t, func(tx *db.Tx) error {
			w, err := waitlist.Get(tx, eve.ID)
			if w.State != waitlist.StateOffered || w.Email != "guest@example.kz" {
				t.Errorf("the guest has %+v", w)
			}
			return err
		})
		h.Moment(t, func(tx *db.Tx) error { return waitlist.Forget(tx, "", "Guest@example.kz") })
		if h.state(t, eve.ID) != "" || h.taken(t, "a") != 4 {
			t.Errorf("erased is %s, %d taken", h.state(t, eve.ID), h.taken(t, "a"))
		}
		last := h.joined(t, buyer("zoe"), "a", 1)
		h.serve(t, "a")
		h.kind.over["a"] = true
		h.serve(t, "a")
		if h.state(t, last.ID) != waitlist.StateEnded || h.taken(t, "a") != 4 {
			t.Errorf("over is %s, %d taken", h.state(t, last.ID), h.taken(t, "a"))
		}
		h.Clock.Set(more.Closes)
		h.Moment(t, func(tx *db.Tx) error { _, err := h.kinds.ServeAfter(tx, "", 10); return err })
		if h.state(t, more.ID) != waitlist.StateLate {
			t.Errorf("late is %s", h.state(t, more.ID))
		}
	})
}

// TestJoining: nobody stands twice for the same; limits hold; who cannot be written to does not wait; places in the line are told.
func TestJoining(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 5)
		first := h.joined(t, buyer("ann"), "a", 2)
		if again := h.joined(t, buyer("ann"), "a", 5); again.ID != first.ID || again.Places != 2 {
			t.Errorf("twice: %+v", again)
		}
		h.joined(t, guest, "a", 1)
		bob := h.joined(t, buyer("bob"), "a", 1)
		other := h.ask("a", 1, "")
		other.Starts, other.Ends = other.Ends, other.Ends.Add(time.Hour)
		if _, err := h.join(buyer("bob"), other); err != nil {
			t.Fatal(err)
		}
		h.As(buyer("bob")).Look(t, func(tx *db.Tx) error {
			mine, err := waitlist.Mine(tx)
			if len(mine) != 2 || mine[0].ID != bob.ID || mine[0].Ahead != 2 || mine[1].Ahead != 0 {
				t.Errorf("bob's are %+v", mine)
			}
			return err
		})
		bad := h.ask("a", 1, "no address")
		late := h.ask("a", 1, "")
		late.Closes = h.Clock.Now()
		for name, c := range map[string]struct {
			who  db.Who
			ask  waitlist.Ask
			want *fault.Fault
		}{
			"a guest without an address": {guest, h.ask("a", 1, ""), waitlist.ErrPerson},
			"no address":                 {guest, bad, waitlist.ErrInvalid},
			"staff":                      {staff, h.ask("a", 1, "a@example.kz"), waitlist.ErrPerson},
			"nobody":                     {buyer("eve"), h.ask("a", 0, ""), waitlist.ErrInvalid},
			"a crowd":                    {buyer("eve"), h.ask("a", 61, ""), waitlist.ErrInvalid},
			"too late":                   {buyer("eve"), late, waitlist.ErrOver},
		} {
			if _, err := h.join(c.who, c.ask); fault.Of(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		for n := range waitlist.PersonMax {
			h.joined(t, buyer("cat"), fmt.Sprint("line", n), 1)
		}
		if _, err := h.join(buyer("cat"), h.ask("a", 1, "")); fault.Of(err) != waitlist.ErrMany {
			t.Errorf("one too many: %v", err)
		}
	})
}

// TestStaff: the office sees who waits, offers by hand before the others, and no more than is free.
func TestStaff(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 5)
		h.joined(t, buyer("ann"), "a", 1)
		bob := h.joined(t, buyer("bob"), "a", 2)
		offer := func(who db.Who) error {
			return h.As(who).Try(func(tx *db.Tx) error { _, err := h.kinds.Offer(tx, seller.Own, bob.ID); return err })
		}
		if err := offer(staff); fault.Of(err) != waitlist.ErrTooFew {
			t.Errorf("of nothing: %v", err)
		}
		h.free(t, "a", 2)
		if err := offer(alien); fault.Of(err) != waitlist.ErrDenied {
			t.Errorf("another seller: %v", err)
		}
		if err := offer(staff); err != nil || h.state(t, bob.ID) != waitlist.StateOffered {
			t.Errorf("offered: %v, %s", err, h.state(t, bob.ID))
		}
		if err := offer(staff); err != nil || h.taken(t, "a") != 5 {
			t.Errorf("twice: %v", err)
		}
		h.As(staff).Look(t, func(tx *db.Tx) error {
			all, err := waitlist.Of(tx, seller.Own, "", waitlist.Wait{}, 1)
			if err != nil || len(all) != 1 || all[0].Party != "ann" {
				t.Fatalf("%v: %+v", err, all)
			}
			all, err = waitlist.Of(tx, seller.Own, "", all[0], 10)
			if len(all) != 1 || all[0].ID != bob.ID {
				t.Errorf("behind her %+v", all)
			}
			return err
		})
		h.Moment(t, func(tx *db.Tx) error {
			if bare, err := waitlist.Unheld(tx); err != nil || len(bare) != 0 {
				t.Errorf("%v: %v", err, bare)
			}
			return hold.Release(tx, bob.ID.Owner())
		})
		h.Look(t, func(tx *db.Tx) error {
			bare, err := waitlist.Unheld(tx)
			if len(bare) != 1 {
				t.Errorf("not found by the doctor: %v", bare)
			}
			return err
		})
	})
}

// TestCrowd: while a hundred join and leave, places come free and many clocks serve at once: each place is offered once.
func TestCrowd(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 30)
		var crowd sync.WaitGroup
		var offers atomic.Int64
		for n := range 60 {
			crowd.Go(func() {
				if _, err := h.join(buyer(fmt.Sprint("p", n)), h.ask("a", 1+n%3, "")); err != nil {
					t.Errorf("%d: %v", n, err)
				}
			})
			if n%3 == 0 {
				crowd.Go(func() { h.free(t, "a", 1) })
			}
			crowd.Go(func() {
				if err := h.Try(func(tx *db.Tx) error {
					made, err := h.kinds.Serve(tx, "a")
					tx.AfterCommit(func() { offers.Add(int64(made)) })
					return err
				}); err != nil {
					t.Errorf("serve %d: %v", n, err)
				}
			})
		}
		crowd.Wait()
		h.serve(t, "a")
		h.Look(t, func(tx *db.Tx) error {
			odd, err := hold.Audit(tx)
			if len(odd) > 0 {
				t.Errorf("pools are off: %+v", odd)
			}
			return err
		})
		if n := h.taken(t, "a"); n != 30 {
			t.Errorf("%d of 30 are taken, while people wait for one", n)
		}
	})
}

// TestServeIsBounded: to look through a line costs the same for one as for a hundred who wait.
func TestServeIsBounded(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.full(t, "a", 5)
		look := func() int {
			return h.Statements(func() { h.serve(t, "a") })
		}
		empty := look()
		h.joined(t, buyer("p"), "a", 1)
		one := look()
		for n := range 100 {
			h.joined(t, buyer(fmt.Sprint("p", n)), "a", 1)
		}
		if many := look(); many != one || one-empty > 1 {
			t.Errorf("%d statements for nobody, %d for one and %d for a hundred", empty, one, many)
		}
	})
}

// paper is a line on a sheet of paper.
type paper struct {
	sold  int
	queue []*waiter
}

type waiter struct {
	id      waitlist.ID
	who     string
	places  int
	offered time.Time
}

// TestModel joins, leaves, frees, sells, serves and lets lapse at random beside a sheet of paper: the order is kept, never more is
// promised than there is, and each place that comes free is offered to one.
func TestModel(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		const places = 8
		seed := rand.Uint64()
		dice := rand.New(rand.NewPCG(seed, 3))
		defer func() {
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		}()
		h.full(t, "a", places)
		p := paper{sold: places}
		for n := range 250 {
			h.Clock.Advance(time.Second)
			switch dice.IntN(6) {
			case 0, 1:
				w := h.joined(t, buyer(fmt.Sprint("p", n)), "a", 1+dice.IntN(3))
				p.queue = append(p.queue, &waiter{id: w.ID, who: w.Party, places: w.Places})
			case 2:
				if p.sold > 0 {
					h.free(t, "a", 1)
					p.sold--
				}
			case 3:
				if len(p.queue) > 0 {
					i := dice.IntN(len(p.queue))
					x := p.queue[i]
					h.As(buyer(x.who)).Moment(t, func(tx *db.Tx) error { return waitlist.Leave(tx, x.id) })
					p.queue = append(p.queue[:i], p.queue[i+1:]...)
				}
			case 4:
				h.Clock.Advance(5 * time.Hour)
				h.Moment(t, func(tx *db.Tx) error { _, err := waitlist.Lapse(tx, 100); return err })
				p.lapse(h.Clock.Now())
			case 5:
				got, want := h.serve(t, "a"), p.serve(h.Clock.Now(), places)
				if got != want {
					t.Fatalf("step %d: %d offers, on paper %d", n, got, want)
				}
			}
			p.compare(t, h, n, places)
			if t.Failed() || h.Clock.Now().After(h.ask("a", 1, "").Closes) {
				return
			}
		}
	})
}

func (p *paper) free(places int) int {
	for _, x := range p.queue {
		if !x.offered.IsZero() {
			places -= x.places
		}
	}
	return places - p.sold
}

func (p *paper) serve(at time.Time, places int) (n int) {
	for _, x := range p.queue {
		if x.offered.IsZero() && x.places <= p.free(places) {
			x.offered = at
			n++
		}
	}
	return n
}

func (p *paper) lapse(at time.Time) {
	var rest []*waiter
	for _, x := range p.queue {
		if x.offered.IsZero() || at.Before(x.offered.Add(waitlist.OfferTime)) {
			rest = append(rest, x)
		}
	}
	p.queue = rest
}

func (p *paper) compare(t *testing.T, h house, step, places int) {
	t.Helper()
	if got, want := h.taken(t, "a"), int64(places-p.free(places)); got != want || got > int64(places) {
		t.Fatalf("step %d: %d are taken, on paper %d", step, got, want)
	}
	for _, x := range p.queue {
		want := waitlist.StateWaiting
		if !x.offered.IsZero() {
			want = waitlist.StateOffered
		}
		if got := h.state(t, x.id); got != want {
			t.Fatalf("step %d: %s is %s, on paper %s", step, x.who, got, want)
		}
	}
}
