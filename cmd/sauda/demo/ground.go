package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sauda/app"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/inventory"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/job"
)

// ground gives an empty house the shop itself, its warehouses and its tariff, before app furnishes it: so the house has
// them from its first day, and furnishing leaves them as they are.
func (s *sower) ground(ctx context.Context, config app.Config) error {
	store, err := app.OpenStore(ctx, config)
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, app.Schemas); err != nil {
		return errors.Join(err, store.Close())
	}
	err = job.Once(ctx, store, db.System, func(tx *db.Tx) error {
		_, err := seller.EnsureOwn(tx, seller.Enrolment{
			Name: s.said.Shop.Name, BIN: bin, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT,
		})
		if err != nil {
			return err
		}
		for _, w := range s.said.Warehouses {
			if _, err := inventory.AddWarehouse(tx, inventory.Warehouse{
				ID: warehouseID(w.ID), Seller: seller.Own, Open: true, Name: w.Name, Address: w.Address.in("kk"), Priority: w.Priority,
			}); err != nil {
				return fmt.Errorf("warehouse %s: %w", w.ID, err)
			}
		}
		return s.tariff(tx)
	})
	return errors.Join(err, store.Close())
}

func warehouseID(id string) inventory.WarehouseID {
	return inventory.WarehouseID("wh_" + strings.ToLower(id))
}

// tariff enters zones, methods and points.
func (s *sower) tariff(tx *db.Tx) error {
	for _, z := range s.said.Zones {
		if _, err := shipping.EnterZone(tx, shipping.Zone{ID: zoneID(z.ID), Seller: seller.Own, Name: z.Name, Areas: z.areas()}); err != nil {
			return fmt.Errorf("zone %s: %w", z.ID, err)
		}
	}
	for n, m := range s.said.Delivery {
		if _, err := shipping.EnterMethod(tx, m.method(n+1)); err != nil {
			return fmt.Errorf("delivery %s: %w", m.ID, err)
		}
		for _, p := range m.Points {
			if _, err := shipping.EnterPoint(tx, shipping.Point{
				ID: shipping.PointID("pnt_" + p.ID), Seller: seller.Own, Method: methodID(m.ID), Name: p.Name, Address: p.Address.in("kk"), Hours: p.week(),
			}); err != nil {
				return fmt.Errorf("point %s: %w", p.ID, err)
			}
		}
	}
	return nil
}

func zoneID(id string) shipping.ZoneID     { return shipping.ZoneID("zon_" + id) }
func methodID(id string) shipping.MethodID { return shipping.MethodID("mth_" + id) }

func (z zone) areas() []shipping.Area {
	var areas []shipping.Area
	for _, c := range z.Countries {
		areas = append(areas, shipping.Area{Country: place.Country(c)})
	}
	for _, r := range z.Regions {
		areas = append(areas, shipping.Area{Country: place.Country(z.Country), Region: place.Region(r)})
	}
	if len(areas) == 0 {
		areas = append(areas, shipping.Area{Country: place.Country(z.Country)})
	}
	return areas
}

// method gives a way of delivery. Couriers and points are the shop's own; parcels and post go with the built-in carrier,
// whatever it is called in the data, for it is the one that is connected.
func (m method) method(position int) shipping.Method {
	out := shipping.Method{
		ID: methodID(m.ID), Seller: seller.Own, Kind: shipping.Kind(m.Kind), Name: m.Name, Note: m.Text, TaxClass: m.TaxClass,
		CashOnDelivery: m.CashOnDelivery, Position: position,
	}
	if m.Kind == "abroad" {
		out.Kind = shipping.Post
	}
	if out.Kind == shipping.Parcel || out.Kind == shipping.Post {
		out.Carrier = shipping.BuiltIn
	}
	for _, z := range m.Zones {
		out.Rates = append(out.Rates, m.rate(z))
	}
	return out
}

// rate gives what the method costs in a zone. The open end of the data is what a kilogram beyond the last step costs, or,
// when there is no step below it, one price up to the heaviest parcel.
func (m method) rate(zone string) shipping.Rate {
	out := shipping.Rate{
		Zone: zoneID(zone), FreeFrom: money.Of(m.FreeFrom, money.KZT), MassMax: measure.Mass(m.MaxWeight), DaysMin: m.Days.Min, DaysMax: m.Days.Max,
	}
	for _, r := range m.Rates {
		switch {
		case r.UpTo > 0:
			out.Steps = append(out.Steps, shipping.Step{To: measure.Mass(r.UpTo), Price: money.Of(r.Price, money.KZT)})
		case len(out.Steps) == 0:
			out.Steps = append(out.Steps, shipping.Step{To: measure.Mass(m.MaxWeight), Price: money.Of(r.Price, money.KZT)})
		default:
			out.PerKg = money.Of(r.PerKg, money.KZT)
		}
	}
	return out
}

// week gives the hours of each day.
func (p point) week() []shipping.Hours {
	var week []shipping.Hours
	for _, h := range p.Hours {
		days := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
		if h.Days == "sat-sun" {
			days = []time.Weekday{time.Saturday, time.Sunday}
		}
		for _, d := range days {
			week = append(week, shipping.Hours{Day: d, Opens: h.From, Until: h.To})
		}
	}
	return week
}
