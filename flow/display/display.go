// Package display keeps in memory what the own shop shows around its goods, in step with the facts: no page of the shop asks
// the store for its look, its menus or its pages.
package display

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"sauda/core/window"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Keeper keeps the window of a seller. Between a publication and the next look of Run, a moment later, pages show what was
// before; without a store, or before the first Catch, the shop looks as the house does.
type Keeper struct {
	store  *db.Store
	seller string
	log    *slog.Logger
	kept   atomic.Pointer[window.Window]
	wake   chan struct{}
}

// New makes a keeper of a seller's window.
func New(store *db.Store, seller string, log *slog.Logger) *Keeper {
	return &Keeper{store: store, seller: seller, log: log, wake: make(chan struct{}, 1)}
}

// Window gives what is published. It never waits. A nil Keeper shows nothing.
func (k *Keeper) Window() *window.Window {
	if k == nil {
		return nil
	}
	return k.kept.Load()
}

// Home gives how all addresses begin for who asks by a name: by that name, when it was proved to be the seller's, and else by
// home. Whoever asks chooses the name, so that no other is ever written into a page; the port is always that of home.
func (k *Keeper) Home(asked, home string) string {
	name, _, err := net.SplitHostPort(asked)
	if err != nil {
		name = asked
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	own, err := url.Parse(home)
	if err != nil || !k.Window().Answers(name) {
		return home
	}
	at := url.URL{Scheme: cmp.Or(own.Scheme, "https"), Host: name}
	if port := own.Port(); port != "" {
		at.Host = net.JoinHostPort(name, port)
	}
	return at.String()
}

// Now is the clock of the store, by which what is kept is seen or over.
func (k *Keeper) Now() time.Time { return k.store.Now() }

// Catch loads the window as it is now.
func (k *Keeper) Catch(ctx context.Context) error {
	return job.Look(ctx, k.store, db.System, func(tx *db.Tx) error {
		w, err := window.Load(tx, k.seller)
		if err == nil {
			k.kept.Store(w)
		}
		return err
	})
}

// again is how long it waits after a load that failed.
const again = time.Second

// Run loads the window whenever something of it was published or ended, until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-k.wake:
		}
		if err := k.Catch(ctx); err != nil && ctx.Err() == nil {
			k.log.Error("display: the window could not be loaded", "error", err)
			k.stir()
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(again):
			}
		}
	}
}

// stir has Run load the window. A load that is asked for while one is under way is done after it.
func (k *Keeper) stir() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Followers keep it in step.
func (k *Keeper) Followers() []bus.Follower {
	stir := func(seller string) {
		if seller == k.seller {
			k.stir()
		}
	}
	return []bus.Follower{
		bus.Follow("display: a piece was published", func(e window.Published) { stir(e.Seller) }),
		bus.Follow("display: a name shows the window, or no longer", func(e window.HostChanged) { stir(e.Seller) }),
		bus.Follow("display: a piece was ended", func(e window.Ended) { stir(e.Seller) }),
	}
}
