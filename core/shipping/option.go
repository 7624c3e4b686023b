package shipping

import (
	"cmp"
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
)

// kilo is the grams of a kilogram.
const kilo = 1000

// Options gives the deliveries that can be chosen for a request, in the order of the shop. It is a pure function of the
// tariff. Of the zones of a method that hold the destination the most exact one counts: a city before a region, a region
// before a country, a country before the world; its limits of mass and goods are not gone around by a wider zone. A method
// without a price in the currency of the goods is not offered, nor is a pickup without points in the country.
func (t Tariff) Options(r Request) []Option {
	var options []Option
	for _, m := range t.Methods {
		if m.Ended || m.Seller != r.Seller {
			continue
		}
		if o, ok := t.option(m, r); ok {
			options = append(options, o)
		}
	}
	return options
}

// Choose gives the option of a method, as it is for a request now. One that is not offered is ErrNotOffered; a pickup needs
// one of its points, and no other method has one: else ErrPoint.
func (t Tariff) Choose(r Request, method MethodID, point PointID) (Option, error) {
	options := t.Options(r)
	at := slices.IndexFunc(options, func(o Option) bool { return o.Method == method })
	if at < 0 {
		return Option{}, ErrNotOffered.About("%.60q to %s", string(method), r.Destination.Country)
	}
	o := options[at]
	known := slices.ContainsFunc(o.Points, func(p Point) bool { return p.ID == point })
	if (o.Kind == Pickup) != known || (o.Kind != Pickup && point != "") {
		return Option{}, ErrPoint.About("%.60q of %s", string(point), method)
	}
	return o, nil
}

func (t Tariff) option(m Method, r Request) (Option, bool) {
	exact := -1
	var found *Rate
	var price money.Money
	for n := range m.Rates {
		rate := &m.Rates[n]
		e := t.Zones[rate.Zone].exactness(r.Destination)
		if e < 0 || e < exact || rate.currency() != r.Goods.Currency {
			continue
		}
		if e > exact {
			exact, found = e, nil
		}
		if found != nil {
			continue // The first rate of a zone that fits counts.
		}
		if p, ok := rate.price(r); ok {
			found, price = rate, p
		}
	}
	if found == nil {
		return Option{}, false
	}
	o := Option{
		Method: m.ID, Seller: m.Seller, Kind: m.Kind, Name: m.Name, Note: m.Note, Price: price, TaxClass: m.TaxClass,
		Carrier: m.Carrier, Zone: found.Zone, CashOnDelivery: m.CashOnDelivery, FreeFrom: found.FreeFrom,
		EarliestDay: r.Day.AddDays(found.DaysMin), LatestDay: r.Day.AddDays(found.DaysMax),
		Free: found.free(r),
	}
	if m.Kind == Pickup {
		o.Points = t.points(m.ID, r.Destination)
		return o, len(o.Points) > 0
	}
	return o, true
}

func (r Rate) currency() money.Currency {
	if len(r.Steps) == 0 {
		return ""
	}
	return r.Steps[0].Price.Currency
}

func (r Rate) free(q Request) bool { return r.FreeFrom.Minor > 0 && q.Goods.Minor >= r.FreeFrom.Minor }

// price gives what a request costs, or false when it is too heavy, or its goods too cheap or too dear.
func (r Rate) price(q Request) (money.Money, bool) {
	switch {
	case r.MassMax > 0 && q.Mass > r.MassMax,
		r.GoodsMin.Minor > 0 && q.Goods.Minor < r.GoodsMin.Minor,
		r.GoodsMax.Minor > 0 && q.Goods.Minor > r.GoodsMax.Minor:
		return money.Money{}, false
	}
	price, ok := r.byMass(q.Mass)
	if ok && r.free(q) {
		price.Minor = 0
	}
	return price, ok
}

func (r Rate) byMass(mass measure.Mass) (money.Money, bool) {
	for _, s := range r.Steps {
		if mass <= s.To {
			return s.Price, true
		}
	}
	last := r.Steps[len(r.Steps)-1]
	if r.PerKg.Minor <= 0 {
		return money.Money{}, false
	}
	begun := (int64(mass-last.To) + kilo - 1) / kilo
	more, err := r.PerKg.Times(begun, 1, money.HalfUp)
	if err != nil {
		return money.Money{}, false
	}
	price, err := last.Price.Add(more)
	return price, err == nil
}

// exactness is how exactly a zone holds an address: 3 by city, 2 by region, 1 by country, 0 as part of the world, -1 not
// at all.
func (z Zone) exactness(a place.Address) int {
	best := -1
	for _, area := range z.Areas {
		if area.holds(a) {
			best = max(best, area.depth())
		}
	}
	if slices.ContainsFunc(z.Except, func(area Area) bool { return area.holds(a) }) {
		return -1
	}
	return best
}

// holds says whether an address lies in an area. An address that does not name what the area asks for does not.
func (a Area) holds(at place.Address) bool {
	return (a.Country == "" || a.Country == at.Country) && (a.Region == "" || a.Region == at.Region) &&
		(a.City == "" || text.Fold(a.City) == text.Fold(at.City))
}

func (a Area) depth() int {
	switch {
	case a.City != "":
		return 3
	case a.Region != "":
		return 2
	case a.Country != "":
		return 1
	}
	return 0
}

// points gives the open points of a method in the country of an address: those in its city first, then in its region.
func (t Tariff) points(m MethodID, to place.Address) []Point {
	var near []Point
	for _, p := range t.Points {
		if p.Method == m && !p.Ended && p.Address.Country == to.Country {
			near = append(near, p)
		}
	}
	slices.SortStableFunc(near, func(a, b Point) int { return cmp.Compare(distance(a.Address, to), distance(b.Address, to)) })
	return near
}

func distance(a, b place.Address) int {
	switch {
	case a.Region == b.Region && text.Fold(a.City) == text.Fold(b.City):
		return 0
	case a.Region == b.Region:
		return 1
	}
	return 2
}
