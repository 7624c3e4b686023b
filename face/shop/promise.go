package shop

import (
	"slices"

	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/shipping"
	"sauda/gear/db"
)

// promise notes how and when one piece of the chosen variant would reach the town of the visitor, and for how much. What
// lies in no parcel, and what cannot be ordered now, is promised nothing.
func (f *face) promise(tx *db.Tx, s *shown) (err error) {
	s.Coming = nil
	if s.Page.Kind.Digital != nil || s.Page.Kind.Service != nil || !s.sells(s.Chosen) {
		return nil
	}
	day := span.DayOf(tx.Now(), span.Almaty)
	if made := s.Page.Kind.Made; made != nil {
		day = day.AddDays(made.Days)
	}
	s.Coming, err = f.Desk.Deliveries(tx, shipping.Request{
		Seller: s.Seller.ID, Destination: place.Address{Country: place.KZ, Region: s.Town}, Mass: s.mass(),
		Goods: s.Offers[s.Chosen.ID].Price, Day: day,
	})
	return err
}

// mass is what a parcel of one piece weighs: a bundle weighs what its parts do.
func (s shown) mass() (sum measure.Mass) {
	if len(s.Parts) == 0 {
		return s.Chosen.Mass
	}
	for _, part := range s.Parts {
		if m, err := part.Mass.Times(part.Quantity); err == nil {
			sum += m
		}
	}
	return sum
}

// towns are the regions to choose from: the cities that are regions of their own first, for most people live there.
func towns() []place.Region {
	all := place.Regions()
	slices.SortStableFunc(all, func(a, b place.Region) int {
		switch {
		case a.IsCity() == b.IsCity():
			return 0
		case a.IsCity():
			return -1
		}
		return 1
	})
	return all
}
