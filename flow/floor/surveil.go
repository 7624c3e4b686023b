package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/conduct"
	"sauda/core/exchange/venue"
	"sauda/core/exchange/watch"
	"sauda/gear/db"
	"sauda/gear/job"
)

const (
	surveilEvery = 100 * time.Millisecond // surveilEvery is how long events wait for who watches over the market: far less than his line is long.
	surveilSoon  = 2 * time.Second        // surveilSoon is how long an alert may wait until people see it,
	surveilRest  = 30 * time.Second       // surveilRest and how long what was seen is not written down when there is none: that much is told again after a crash.
)

// RulesOf are the bounds of an instrument for those who watch over the market.
func RulesOf(i exchange.Instrument) watch.Rules {
	if i.Kind.Security() {
		return watch.Shares
	}
	return watch.Goods
}

// lookout watches over the market for the books.
type lookout struct {
	floor  *Floor
	store  *db.Store
	desk   *watch.Desk
	watch  *Watch
	from   uint64 // from is the last event that is written down.
	fresh  bool
	alerts []watch.Alert
	wrote  time.Time
}

// Surveil looks at every event behind the last one that is written down, those from before a crash too, and writes down what it
// sees, in one moment with up to where: now, or when it is time. So no alert is lost and none is there twice. Who has fallen behind
// too far, or was overtaken, begins again behind what is written down. Before the market was taught whose the accounts are, it does
// nothing.
func (f *Floor) Surveil(ctx context.Context, store *db.Store, now bool) error {
	if f == nil || !f.config.Surveilled {
		return nil
	}
	f.looking.Lock()
	defer f.looking.Unlock()
	f.mu.Lock()
	known, upTo := f.owners != nil, f.told
	f.mu.Unlock()
	if !known {
		return nil
	}
	err := f.lookUpTo(ctx, store, upTo)
	if o := f.out; err == nil && (now || len(o.alerts) > 0 && f.now()-span.Micros(o.wrote) >= int64(surveilSoon/time.Microsecond) ||
		f.now()-span.Micros(o.wrote) >= int64(surveilRest/time.Microsecond)) {
		err = o.write(ctx)
	}
	if err != nil && f.out != nil {
		f.Leave(f.out.watch)
		f.out = nil
	}
	return err
}

// lookUpTo looks at the events up to one that was told already.
func (f *Floor) lookUpTo(ctx context.Context, store *db.Store, upTo uint64) error {
	if f.out == nil {
		o, err := f.takeLookout(ctx, store)
		if err != nil {
			return err
		}
		if o.watch, err = f.Watch(); err != nil {
			return err
		}
		f.out = o
		if o.desk.Seq() < o.watch.Begun {
			if err := f.retell(ctx, o.desk.Seq(), o.watch.Begun, o.take); err != nil {
				return err
			}
		}
	}
	for f.out.desk.Seq() < upTo {
		events, open := <-f.out.watch.Events
		if !open {
			return errBehind
		}
		f.out.take(events)
	}
	return nil
}

// errBehind says that too many events have waited, or that the floor has closed.
var errBehind = errors.New("who watches over the exchange was too slow")

// takeLookout begins with what is written down.
func (f *Floor) takeLookout(ctx context.Context, store *db.Store) (*lookout, error) {
	o := &lookout{floor: f, store: store, desk: watch.New(func(number uint32) watch.Rules { return RulesOf(f.Instruments()[number]) }, f.ownerOf), wrote: f.config.Now()}
	var lines []watch.Kept
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) error {
		seq, ok, err := conduct.LastSeen(tx)
		if err != nil {
			return err
		}
		o.from, o.fresh = seq, !ok
		lines, err = conduct.Lines(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return o, o.desk.TakeUp(o.from, lines)
}

func (o *lookout) take(events []venue.Event) { o.alerts = append(o.alerts, o.desk.Take(events)...) }

// write writes down what was seen since the last time.
func (o *lookout) write(ctx context.Context) error {
	g := conduct.Glance{From: o.from, UpTo: o.desk.Seq(), Fresh: o.fresh}
	if g.UpTo == g.From && !g.Fresh {
		return nil
	}
	var err error
	if g.Lines, err = o.desk.Changed(); err != nil {
		return err
	}
	for _, a := range o.alerts {
		g.Alerts = append(g.Alerts, conduct.Raised{Alert: a, Suspects: o.floor.suspects(a)})
	}
	if err := job.Once(ctx, o.store, db.System, func(tx *db.Tx) error { return conduct.Write(tx, g) }); err != nil {
		return err
	}
	o.from, o.fresh, o.alerts, o.wrote = g.UpTo, false, nil, o.floor.config.Now()
	o.floor.surveilled(g.UpTo)
	return nil
}

// ownerOf gives whose an account is.
func (f *Floor) ownerOf(account uint32) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.owners[account]
}

// suspects gives whom an alert is about: its owners, and the users who have entered its orders.
func (f *Floor) suspects(a watch.Alert) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := slices.Clone(a.Owners)
	add := func(account, trader uint32) {
		if user := f.users[trader]; user != "" && slices.Contains(a.Owners, f.owners[account]) {
			all = append(all, user)
		}
	}
	for _, o := range a.Orders {
		add(o.Account, o.Trader)
	}
	for _, d := range a.Deals {
		add(d.Buy.Account, d.Buy.Trader)
		add(d.Sell.Account, d.Sell.Trader)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// surveilled says that events up to one were looked at and what was seen is written down.
func (f *Floor) surveilled(upTo uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = max(f.seen, upTo)
}

// retell tells the events behind one up to another again, from the last snapshot and the records behind it. Where these are gone
// it tells what there is and says so in the log: no snapshot is kept that would forget them, unless nobody had ever looked.
func (f *Floor) retell(ctx context.Context, after, upTo uint64, tell func([]venue.Event)) error {
	v, from, err := f.lastKept()
	if err != nil {
		return err
	}
	if kept := v.Reported(); kept > after && after > 0 {
		f.config.Log.Error("nobody has looked at some events of the exchange, and they are gone", "from", after+1, "to", kept)
	}
	var events []venue.Event
	for record, err := range f.journal.Read(from + 1) {
		var in venue.Input
		if err == nil {
			err = venue.Decode(record.Payload, &in)
		}
		if err != nil {
			return fmt.Errorf("record %d of the exchange: %w", record.Seq, err)
		}
		in.Body = slices.Clone(in.Body)
		events = v.Apply(&in, events[:0])
		tell(slices.DeleteFunc(events, func(e venue.Event) bool { return e.Seq <= after || e.Seq > upTo }))
		if v.Reported() >= upTo || ctx.Err() != nil {
			break
		}
	}
	return ctx.Err()
}
