package office

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountDelivery(site *web.Site) {
	web.Page(site, "GET /office/delivery", f.delivery, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/delivery/{id}", f.setRates, web.Needs(ScopeHouseWrite))
}

// delivery shows the seller's ways of delivery with zones, prices and pickup points.
func (f face) delivery(tx *db.Tx, _ struct{}) (web.View, error) {
	tariff, err := shipping.Load(tx, []seller.ID{sellerOf(tx)})
	return deliveryPage(f.page("delivery", t(tx.Context(), "nav.delivery")), tariff), err
}

type ratesForm struct {
	web.Typed
	ID shipping.MethodID `path:"id" maxLength:"60"`
}

// rf names a field of a rate: its free-above sum, or the price of one of its steps.
func rf(rate int, what string) string { return "r_" + strconv.Itoa(rate) + "_" + what }

// step names the field of the price of a step.
func step(n int) string { return "step_" + strconv.Itoa(n) }

// setRates sets the prices of a method and the sums from which it costs nothing. A field that is missing changes nothing;
// an empty sum means never.
func (f face) setRates(tx *db.Tx, in ratesForm) (web.Then, error) {
	tariff, err := shipping.Load(tx, []seller.ID{sellerOf(tx)})
	if err != nil {
		return web.Then{}, err
	}
	at := slices.IndexFunc(tariff.Methods, func(m shipping.Method) bool { return m.ID == in.ID })
	if at < 0 {
		return web.Then{}, web.ErrMissing.About("%s is no method of %s", in.ID, sellerOf(tx))
	}
	m := tariff.Methods[at]
	for n := range m.Rates {
		if err := readRate(&m.Rates[n], n, in.Values); err != nil {
			return web.Then{}, err
		}
	}
	_, err = shipping.EnterMethod(tx, m)
	return see("delivery", "saved"), err
}

// readRate takes what was typed about a rate into it.
func readRate(r *shipping.Rate, n int, typed url.Values) error {
	for s := range r.Steps {
		field := rf(n, step(s))
		if !typed.Has(field) {
			continue
		}
		price, err := readPrice(typed.Get(field), currencyOf(*r))
		if err != nil {
			return err
		}
		r.Steps[s].Price = price
	}
	if field := rf(n, "free"); typed.Has(field) {
		free := money.Money{}
		if said := clean(typed.Get(field)); said != "" {
			var err error
			if free, err = readPrice(said, currencyOf(*r)); err != nil {
				return err
			}
		}
		r.FreeFrom = free
	}
	return nil
}

// readPrice reads an amount that is not below zero.
func readPrice(typed string, currency money.Currency) (money.Money, error) {
	price, err := money.Parse(clean(typed), currency)
	if err == nil && price.IsNegative() {
		err = money.ErrAmount.About("%s", price)
	}
	return price, err
}

// currencyOf is the currency of a rate.
func currencyOf(r shipping.Rate) money.Currency {
	for _, s := range r.Steps {
		return s.Price.Currency
	}
	return r.PerKg.Currency
}

// zones gives the zones of a tariff in the order of their ids.
func zones(tariff shipping.Tariff) []shipping.Zone {
	all := slices.Collect(maps.Values(tariff.Zones))
	slices.SortFunc(all, func(a, b shipping.Zone) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// areas writes the places of a zone.
func areas(ctx context.Context, z shipping.Zone) string {
	words := make([]string, 0, len(z.Areas))
	for _, a := range z.Areas {
		words = append(words, area(ctx, a))
	}
	said := strings.Join(slices.Compact(words), ", ")
	if len(z.Except) == 0 {
		return said
	}
	words = words[:0]
	for _, a := range z.Except {
		words = append(words, area(ctx, a))
	}
	return t(ctx, "delivery.except", "places", said, "except", strings.Join(words, ", "))
}

// area writes one place by its most exact name.
func area(ctx context.Context, a shipping.Area) string {
	switch {
	case a.City != "":
		return a.City
	case a.Region != "":
		return a.Region.Name(lang(ctx))
	case a.Country != "":
		return a.Country.Name(lang(ctx))
	}
	return t(ctx, "delivery.everywhere")
}

// daysOf is how long a delivery takes.
func daysOf(ctx context.Context, r shipping.Rate) string {
	switch {
	case r.DaysMax == 0:
		return t(ctx, "delivery.same_day")
	case r.DaysMin == r.DaysMax:
		return t(ctx, "delivery.in_days", "days", r.DaysMax)
	}
	return t(ctx, "delivery.days", "from", r.DaysMin, "to", r.DaysMax)
}

// carrierName is what a carrier is called; one that was connected goes by its own name.
func carrierName(ctx context.Context, carrier string) string {
	if carrier == shipping.BuiltIn {
		return t(ctx, "carrier.built_in")
	}
	return carrier
}
