package shipping

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/core/shipping/shippingdb"
	"sauda/gear/db"
)

// Tariff is the zones, methods and points of some sellers. It may be shared: nothing changes it.
type Tariff struct {
	Version int64
	Zones   map[ZoneID]Zone
	Methods []Method // Methods are in the order in which they are offered.
	Points  []Point
}

// Limits of a tariff, so that a row stays small.
const (
	nameMax  = 200
	areasMax = 500
	ratesMax = 500
	stepsMax = 50
	daysMax  = 365
	idMax    = 60
)

// Version tells when the tariffs were last changed. A Tariff that was loaded at this version is still right.
func Version(tx *db.Tx) (int64, error) { return shippingdb.New(tx).TariffVersion(tx.Context()) }

// Load gives the tariff of some sellers, in one statement. Its version is the latest of theirs.
func Load(tx *db.Tx, sellers []seller.ID) (Tariff, error) {
	t := Tariff{Zones: map[ZoneID]Zone{}}
	err := entries(tx, sellers, func(kind string, version int64, body []byte) error {
		t.Version = max(t.Version, version)
		switch kind {
		case "zone":
			var z Zone
			err := json.Unmarshal(body, &z)
			t.Zones[z.ID] = z
			return err
		case "method":
			t.Methods = append(t.Methods, Method{})
			return json.Unmarshal(body, &t.Methods[len(t.Methods)-1])
		}
		t.Points = append(t.Points, Point{})
		return json.Unmarshal(body, &t.Points[len(t.Points)-1])
	})
	slices.SortStableFunc(t.Methods, func(a, b Method) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return t, err
}

// entries visits the rows of some sellers in the order of their ids.
func entries(tx *db.Tx, sellers []seller.ID, visit func(kind string, version int64, body []byte) error) (err error) {
	const query = `SELECT kind, version, body FROM shipping_tariff
		WHERE seller IN (SELECT value FROM json_each($1)) ORDER BY id`
	rows, err := tx.QueryContext(tx.Context(), query, db.In(sellers))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var kind, body string
		var version int64
		if err := rows.Scan(&kind, &version, &body); err != nil {
			return err
		}
		if err := visit(kind, version, []byte(body)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EnterZone adds a zone, or replaces the one with its id.
func EnterZone(tx *db.Tx, z Zone) (Zone, error) {
	var wrong problems
	wrong.named(z.Name)
	wrong.when(len(z.Areas) == 0 || len(z.Areas) > areasMax || len(z.Except) > areasMax, "/areas", fault.Say("Name from 1 to {n} areas.").With("n", areasMax))
	for n, a := range slices.Concat(z.Areas, z.Except) {
		bad := (a.Country != "" && !a.Country.Valid()) || (a.Region != "" && !a.Region.Valid()) || (a.Country == "" && a.Region != "") ||
			(a.Country == "" && a.City != "") || len(a.City) > nameMax
		wrong.when(bad, fmt.Sprint("/areas/", n), fault.Say("Name a country, and within it a region or a city."))
	}
	z.ID = cmp.Or(z.ID, ZoneID(tx.Mint("zon")))
	return z, enter(tx, entry{string(z.ID), z.Seller, "zone", z}, wrong)
}

// EnterMethod adds a method, or replaces the one with its id. Ended ones stay for the orders that name them.
func EnterMethod(tx *db.Tx, m Method) (Method, error) {
	var wrong problems
	wrong.named(m.Name)
	wrong.when(!slices.Contains([]Kind{Courier, Parcel, Pickup, Post}, m.Kind), "/kind", fault.Say("Choose courier, parcel, pickup or post."))
	wrong.when(len(m.Rates) == 0 || len(m.Rates) > ratesMax, "/rates", fault.Say("Give from 1 to {n} rates.").With("n", ratesMax))
	for n, r := range m.Rates {
		wrong.rate(fmt.Sprint("/rates/", n), r)
	}
	m.ID = cmp.Or(m.ID, MethodID(tx.Mint("mth")))
	return m, enter(tx, entry{string(m.ID), m.Seller, "method", m}, wrong)
}

// clock is a time of day.
var clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$|^24:00$`)

// EnterPoint adds a pickup point, or replaces the one with its id.
func EnterPoint(tx *db.Tx, p Point) (Point, error) {
	var wrong problems
	wrong.named(p.Name)
	p.Address = p.Address.Cleaned()
	if err := p.Address.Check(); err != nil {
		for _, f := range fault.FieldsOf(err) {
			f.Pointer = "/address" + f.Pointer
			wrong = append(wrong, f)
		}
	}
	wrong.when(p.Method == "", "/method", fault.Say("Name the delivery method of the point."))
	for n, h := range p.Hours {
		bad := h.Day < 0 || h.Day > 6 || !clock.MatchString(h.Opens) || !clock.MatchString(h.Until) || h.Opens >= h.Until
		wrong.when(bad, fmt.Sprint("/hours/", n), fault.Say("Write the hours of a day as 09:00 and 18:00."))
	}
	p.ID = cmp.Or(p.ID, PointID(tx.Mint("pnt")))
	return p, enter(tx, entry{string(p.ID), p.Seller, "point", p}, wrong)
}

// problems are the fields of a tariff that are wrong.
type problems []fault.Field

func (p *problems) when(bad bool, pointer string, said fault.Sentence) {
	if bad {
		*p = append(*p, said.At(pointer))
	}
}

func (p *problems) named(name text.Localized) {
	p.when(name.IsEmpty() || name.Check(nameMax) != nil, "/name", fault.Say("Write the name in at least one language, at most {n} characters.").With("n", nameMax))
}

// rate finds what is wrong with a rate: steps that do not rise, another currency, days that run backwards.
func (p *problems) rate(at string, r Rate) {
	currency := r.currency()
	p.when(r.Zone == "", at+"/zone", fault.Say("Name the zone of the rate."))
	p.when(!currency.Valid() || len(r.Steps) > stepsMax, at+"/steps", fault.Say("Give from 1 to {n} steps with a price in a currency.").With("n", stepsMax))
	for n, s := range r.Steps {
		bad := s.To <= 0 || s.To.Check() != nil || s.Price.IsNegative() || s.Price.Currency != currency || (n > 0 && s.To <= r.Steps[n-1].To)
		p.when(bad, fmt.Sprint(at, "/steps/", n), fault.Say("Let the masses rise and give each a price that is not below zero, in one currency."))
	}
	for name, m := range map[string]money.Money{"per_kg": r.PerKg, "goods_min": r.GoodsMin, "goods_max": r.GoodsMax, "free_from": r.FreeFrom} {
		p.when(m.IsNegative() || (m.Minor != 0 && m.Currency != currency), at+"/"+name, fault.Say("Give an amount that is not below zero, in the currency of the steps."))
	}
	p.when(r.MassMax < 0, at+"/mass_max", fault.Say("Give a mass that is not below zero."))
	p.when(r.DaysMin < 0 || r.DaysMax < r.DaysMin || r.DaysMax > daysMax, at+"/days_max", fault.Say("Give from how many to how many days it takes, at most {n}.").With("n", daysMax))
}

// entry is one row of a tariff.
type entry struct {
	id     string
	seller seller.ID
	kind   string
	body   any
}

// enter writes a row, unless something is wrong with it or another seller or kind has its id. The same again changes
// nothing.
func enter(tx *db.Tx, e entry, wrong problems) error {
	wrong.when(e.seller == "", "/seller", fault.Say("Name the seller."))
	wrong.when(len(e.id) > idMax, "/id", fault.Say("Use an id of at most {n} characters.").With("n", idMax))
	slices.SortFunc(wrong, func(a, b fault.Field) int { return cmp.Compare(a.Pointer, b.Pointer) })
	if err := ErrTariff.Fields(wrong...); err != nil {
		return err
	}
	body, err := json.Marshal(e.body)
	if err != nil {
		return err
	}
	q := shippingdb.New(tx)
	was, err := q.GetEntry(tx.Context(), e.id)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	case err == nil && (was.Seller != string(e.seller) || was.Kind != e.kind):
		return ErrTariff.At("/id", fault.Say("This id is taken. Choose another one."))
	case err == nil && was.Body == string(body):
		return nil
	}
	tx.Lock("shipping_tariff")
	version, err := Version(tx)
	if err != nil {
		return err
	}
	err = q.Enter(tx.Context(), shippingdb.EnterParams{
		ID: e.id, Seller: string(e.seller), Kind: e.kind, Version: version + 1, Body: string(body),
	})
	if err != nil {
		return err
	}
	return tx.Emit(TariffChanged{e.seller, version + 1})
}
