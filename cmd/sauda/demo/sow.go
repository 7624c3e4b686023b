package demo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"sauda/app"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/identity"
	"sauda/core/media"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
)

// Password opens the account of everybody in the demonstration: the shop's people, the buyers, the administrator. It is
// known to the whole world, so a demonstration is never a shop.
const Password = "sauda-demo"

// bin is the business number of the demonstration shop. Its check digit is right; nobody has it.
const bin = "251040000121"

// The states in which a house can be.
var (
	// ErrForeign means that the house belongs to a real shop, which is never filled with invented orders.
	ErrForeign = errors.New("this house is not a demonstration: choose another folder or database")
	// ErrHalf means that filling was cut off, and that it cannot go on from there.
	ErrHalf = errors.New("the filling of this demonstration was cut off: begin anew with --reset, or with an empty database")
)

// sower fills one house.
type sower struct {
	house  *app.House
	clock  *clock
	said   catalogue
	say    func(done, all int)
	staff  map[string]db.Who            // staff is by the first part of the address: gulnar.
	buyers map[string]db.Who            // buyers is likewise; those without an account are guests.
	goods  map[string]catalog.VariantID // goods is by SKU.
	prices map[string]money.Money       // prices are of one unit, by SKU.
	group  course.CohortID              // group is the one of the language school that has begun.
	kids   course.CohortID              // kids is the group of children that takes students.
	pair   course.CohortID              // pair is the group of two that is full.
	drawn  map[string]media.File        // drawn are the pictures of the goods, by what they are called.
	centre []catalog.Media              // centre is what the utility centre is drawn as.
}

func newSower(said catalogue, say func(done, all int)) *sower {
	return &sower{
		clock: &clock{}, said: said, say: say, staff: map[string]db.Who{}, buyers: map[string]db.Who{},
		goods: map[string]catalog.VariantID{}, prices: map[string]money.Money{}, drawn: map[string]media.File{},
	}
}

// clock shows the time that is being lived through. It moves on by a millisecond whenever somebody looks, so that what
// comes later is later.
type clock struct{ micros atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMicro(c.micros.Add(1000)).UTC() }

// until moves the clock to at, never back.
func (c *clock) until(at time.Time) {
	if to := at.UnixMicro(); to > c.micros.Load() {
		c.micros.Store(to)
	}
}

// Sown says whether the house of a configuration is a demonstration that is full. An empty house is not; one of somebody
// else is ErrForeign, and one whose filling was cut off is ErrHalf.
func Sown(ctx context.Context, config app.Config) (bool, error) {
	store, err := app.OpenStore(ctx, config)
	if err != nil {
		return false, err
	}
	full, err := sown(ctx, store)
	return full, errors.Join(err, store.Close())
}

func sown(ctx context.Context, store *db.Store) (full bool, err error) {
	if err := store.Migrate(ctx, app.Schemas); err != nil {
		return false, err
	}
	c, err := read()
	if err != nil {
		return false, err
	}
	err = job.Look(ctx, store, db.System, func(tx *db.Tx) error {
		own, err := seller.Get(tx, seller.Own)
		if errors.Is(err, seller.ErrUnknown) {
			return nil
		}
		if err != nil {
			return err
		}
		if own.BIN != bin {
			return ErrForeign
		}
		// The last of the people is employed last of all.
		_, _, err = identity.ByEmail(tx, c.People[len(c.People)-1].Email)
		if errors.Is(err, identity.ErrUnknown) {
			return ErrHalf
		}
		full = err == nil
		return err
	})
	return full, err
}

// Sow fills an empty house with the shop, its goods, its people and a month of trade that ends at the instant end. It
// tells say how far it is. It opens the house by itself and closes it again.
func Sow(ctx context.Context, config app.Config, end time.Time, say func(done, all int)) error {
	c, err := read()
	if err != nil {
		return err
	}
	s := newSower(c, say)
	s.clock.until(end.Add(-life))
	config.Now, config.AdminPassword = s.clock.now, Password
	if err := s.ground(ctx, config); err != nil {
		return err
	}
	if s.house, err = app.Open(ctx, config); err != nil {
		return err
	}
	return errors.Join(s.fill(ctx, end), s.house.Close())
}

// life is how far back the life of the demonstration begins: a day before its month, to fill the shelves.
const life = 31 * 24 * time.Hour

// fill does everything that needs an open house.
func (s *sower) fill(ctx context.Context, end time.Time) error {
	hash, err := session.Hash(ctx, Password)
	if err != nil {
		return err
	}
	last := len(s.said.People) - 1
	if err := s.employ(ctx, s.said.People[:last], hash); err != nil {
		return err
	}
	if err := s.register(ctx, hash); err != nil {
		return err
	}
	if err := s.shelve(ctx); err != nil {
		return err
	}
	if err := s.dress(ctx); err != nil {
		return err
	}
	if err := s.teach(ctx, end); err != nil {
		return err
	}
	if err := s.file(ctx); err != nil {
		return err
	}
	if err := s.live(ctx, end); err != nil {
		return err
	}
	if err := s.attend(ctx); err != nil {
		return err
	}
	if err := s.applies(ctx); err != nil {
		return err
	}
	if err := s.give(ctx); err != nil {
		return err
	}
	if err := s.bill(ctx, end); err != nil {
		return err
	}
	return s.employ(ctx, s.said.People[last:], hash)
}

// once is a moment of the house itself.
func (s *sower) once(ctx context.Context, what string, do func(*db.Tx) error) error {
	return s.as(ctx, db.System, what, do)
}

// as is a moment of somebody.
func (s *sower) as(ctx context.Context, who db.Who, what string, do func(*db.Tx) error) error {
	if err := job.Once(ctx, s.house.Store, who, do); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// employ makes people members of the office.
func (s *sower) employ(ctx context.Context, people []person, hash string) error {
	return s.once(ctx, "employ", func(tx *db.Tx) error {
		for _, p := range people {
			e := identity.Employment{Email: p.Email, Name: p.Name, Lang: p.Lang, Hash: hash, Role: identity.Role(p.Role), Scopes: p.Scopes}
			if e.Role == identity.RoleStaff {
				e.Seller = string(seller.Own)
			}
			u, err := identity.Employ(tx, e)
			if err != nil {
				return fmt.Errorf("%s: %w", p.Email, err)
			}
			s.staff[called(p.Email)] = u.Who("")
		}
		return nil
	})
}

// register makes the buyers known, except for those who like to stay guests.
func (s *sower) register(ctx context.Context, hash string) error {
	return s.once(ctx, "register", func(tx *db.Tx) error {
		for n, b := range s.said.Buyers {
			if guest(n) {
				continue
			}
			r := identity.Registration{
				Email: b.Email, Name: b.Name, Lang: b.Lang, Hash: hash, Kind: identity.PartyKind(b.Kind), Phone: b.Phone, Country: place.Country(b.Address.Country),
			}
			if r.Kind == identity.Organisation {
				r.Organisation = b.Name
			}
			u, err := identity.Register(tx, r)
			if err != nil {
				return fmt.Errorf("%s: %w", b.Email, err)
			}
			s.buyers[called(b.Email)] = u.Who("")
		}
		return nil
	})
}
