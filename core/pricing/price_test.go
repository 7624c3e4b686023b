package pricing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
)

var today = span.MustDay("2026-11-24")

// market is sellers of several countries and regimes, each with goods of several classes and units.
func market() pricing.Conditions {
	c := pricing.Conditions{Offers: map[catalog.VariantID]catalog.Offer{}, Prices: pricing.Prices{},
		Sellers: map[seller.ID]seller.Seller{}, Taxes: tax.Known()}
	for id, s := range map[seller.ID]seller.Seller{
		"payer":   {Country: place.KZ, Regimes: []seller.RegimeFrom{{Regime: seller.KZVAT}}},
		"simple":  {Country: place.KZ, Regimes: []seller.RegimeFrom{{Regime: seller.KZSimplified}}},
		"uzbek":   {Country: place.UZ, Regimes: []seller.RegimeFrom{{Regime: seller.UZVAT}}},
		"seattle": {Country: place.US, Regimes: []seller.RegimeFrom{{Regime: seller.USSales}}},
	} {
		s.ID, s.State = id, seller.StateActive
		c.Sellers[id] = s
	}
	return c
}

// goods is a variant and what its price and tax depend on.
type goods struct {
	variant catalog.VariantID
	owner   seller.ID
	class   tax.Class
	unit    measure.Unit
}

// stock shows goods at prices.
func stock(c pricing.Conditions, g goods, steps ...pricing.Step) {
	c.Offers[g.variant] = catalog.Offer{Variant: g.variant, Product: "prd_" + catalog.ProductID(g.variant), Seller: g.owner,
		SKU: string(g.variant), Name: text.Localized{"kk": "Тауар"}, Unit: g.unit, TaxClass: g.class, State: catalog.StateOnSale}
	for _, s := range steps {
		s.Seller = g.owner
		s.Amount.Currency = money.KZT
		c.Prices[g.variant] = append(c.Prices[g.variant], s)
	}
}

func step(from int64, minor int64) pricing.Step {
	return pricing.Step{List: "prl_1", ListName: text.Localized{"kk": "Бөлшек"}, From: measure.Of(from), Amount: money.Money{Minor: minor}}
}

func draft(lines ...pricing.DraftLine) pricing.Draft {
	return pricing.Draft{Currency: money.KZT, Day: today, Lines: lines,
		Destination: place.Address{Country: place.KZ, City: "Алматы"}}
}

func line(name string, variant catalog.VariantID, quantity string) pricing.DraftLine {
	q, err := measure.Parse(quantity)
	if err != nil {
		panic(err)
	}
	return pricing.DraftLine{Line: name, Variant: variant, Quantity: q}
}

func mustPrice(t *testing.T, d pricing.Draft, c pricing.Conditions) pricing.Quote {
	t.Helper()
	q, err := pricing.Price(d, c)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func codes(reasons []pricing.Reason) (codes []string) {
	for _, r := range reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

func TestOneBasketOfSeveralRegimes(t *testing.T) {
	c := market()
	stock(c, goods{"shirt", "payer", tax.Standard, measure.Piece}, step(10, 90_000), step(0, 100_000))
	stock(c, goods{"pills", "payer", tax.Medical, measure.Piece}, step(0, 105_000))
	stock(c, goods{"honey", "simple", tax.Standard, measure.Kilogram}, step(0, 333_333))
	stock(c, goods{"melon", "uzbek", tax.Standard, measure.Piece}, step(0, 100))
	stock(c, goods{"mug", "seattle", tax.Standard, measure.Piece}, step(0, 1_000))
	d := draft(line("1", "shirt", "2"), line("2", "pills", "1"), line("3", "honey", "0.5"), line("4", "melon", "1"), line("5", "mug", "1"))
	d.Destination = place.Address{}
	d.Delivery = []pricing.Delivery{{Method: "courier", Name: text.Localized{"kk": "Курьер"}, Amount: money.Of(116_000, money.KZT), Seller: "payer"}}
	q := mustPrice(t, d, c)
	for i, want := range []struct {
		subtotal, tax, total int64
		mark                 string
		reasons              []string
	}{
		{200_000, 27_586, 200_000, "", []string{"price.list", "tax.included"}},
		{105_000, 5_000, 105_000, "", []string{"price.list", "tax.included"}},
		{166_667, 0, 166_667, tax.WithoutVAT, []string{"price.list", "subtotal.rounded", "tax.mark"}},
		{100, 11, 100, "", []string{"price.list", "tax.included"}},
		{1_000, 0, 1_000, "", []string{"price.list", "tax.added"}},
	} {
		l := q.Lines[i]
		if l.Subtotal.Minor != want.subtotal || l.Tax.Amount.Minor != want.tax || l.Total.Minor != want.total || l.Tax.Mark != want.mark ||
			!slices.Equal(codes(l.Reasons), want.reasons) {
			t.Errorf("line %d: %+v %v", i+1, l, codes(l.Reasons))
		}
	}
	if q.Delivery[0].Tax.Amount.Minor != 16_000 || q.Total.Minor != 200_000+105_000+166_667+100+1_000+116_000 || q.Due != q.Total ||
		q.TaxTotal.Minor != 27_586+5_000+11+16_000 || len(q.Taxes) != 5 {
		t.Errorf("delivery %+v total %v tax %v in %d sums", q.Delivery[0], q.Total, q.TaxTotal, len(q.Taxes))
	}
}

func TestAStepIsReachedByQuantity(t *testing.T) {
	c := market()
	stock(c, goods{"shirt", "payer", tax.Standard, measure.Piece}, step(10, 90_000), step(0, 100_000))
	for quantity, want := range map[string]int64{"9": 100_000, "10": 90_000, "11": 90_000} {
		q := mustPrice(t, draft(line("1", "shirt", quantity)), c)
		if q.Lines[0].UnitPrice.Minor != want {
			t.Errorf("%s cost %v each", quantity, q.Lines[0].UnitPrice)
		}
	}
	q := mustPrice(t, draft(line("1", "shirt", "10")), c)
	if got := q.Lines[0].Reasons[0].Text("kk"); got != "«Бөлшек» баға тізіміндегі көтерме баға (ең аз мөлшері: 10\u00a0дана): 900\u00a0₸" {
		t.Errorf("the reason is %q", got)
	}
}

func TestExportAndATaxOnTop(t *testing.T) {
	c := market()
	stock(c, goods{"shirt", "payer", tax.Standard, measure.Piece}, step(0, 116_000))
	stock(c, goods{"mug", "seattle", tax.Standard, measure.Piece}, step(0, 999))
	d := draft(line("1", "shirt", "1"), line("2", "mug", "1"), line("3", "mug", "1"))
	d.Destination = place.Address{Country: place.US, District: "WA", City: "Seattle"}
	q := mustPrice(t, d, c)
	if l := q.Lines[0]; l.Tax.Class != tax.ExportZero || !l.Tax.Amount.IsZero() || !slices.Contains(codes(l.Reasons), "tax.export") {
		t.Errorf("the exported shirt: %+v", l)
	}
	// 6.5 % of 19.98 is 1.2987, so 1.30 in all: 0.65 each.
	if q.Lines[1].Tax.Amount.Minor+q.Lines[2].Tax.Amount.Minor != 130 || q.Lines[1].Total.Minor != 999+65 || q.Lines[1].Tax.Inclusive ||
		!slices.Contains(codes(q.Lines[1].Reasons), "tax.shared") {
		t.Errorf("the mugs: %+v %+v", q.Lines[1], q.Lines[2])
	}
}

func TestWhatCannotBeSoldIsRefused(t *testing.T) {
	c := market()
	stock(c, goods{"shirt", "payer", tax.Standard, measure.Piece}, step(0, 100_000))
	stock(c, goods{"dear", "payer", tax.Standard, measure.Piece}, step(0, 100_000_000))
	stock(c, goods{"wholesale", "payer", tax.Standard, measure.Piece}, step(10, 100_000))
	stock(c, goods{"odd", "payer", "luxury", measure.Piece}, step(0, 1))
	stock(c, goods{"foreign", "payer", tax.Standard, measure.Piece})
	c.Prices["foreign"] = []pricing.Step{{Seller: "simple", Amount: money.Of(1, money.KZT)}}
	stock(c, goods{"ended", "payer", tax.Standard, measure.Piece}, step(0, 1))
	ended := c.Offers["ended"]
	ended.State = catalog.StateEnded
	c.Offers["ended"] = ended
	for name, r := range map[string]struct {
		draft pricing.Draft
		want  error
	}{
		"unknown variant":     {draft(line("1", "nothing", "1")), pricing.ErrNotForSale},
		"ended":               {draft(line("1", "ended", "1")), pricing.ErrNotForSale},
		"too few":             {draft(line("1", "wholesale", "9")), pricing.ErrNoPrice},
		"another's list":      {draft(line("1", "foreign", "1")), pricing.ErrNoPrice},
		"half a piece":        {draft(line("1", "shirt", "0.5")), measure.ErrStep},
		"nothing of it":       {draft(line("1", "shirt", "0")), pricing.ErrInvalid},
		"less than nothing":   {draft(line("1", "shirt", "-1")), pricing.ErrInvalid},
		"absurd":              {draft(line("1", "dear", "9000000000000")), money.ErrOverflow},
		"one name twice":      {draft(line("1", "shirt", "1"), line("1", "shirt", "1")), pricing.ErrInvalid},
		"no rate":             {draft(line("1", "odd", "1")), tax.ErrNoRate},
		"no currency":         {pricing.Draft{Day: today}, money.ErrCurrency},
		"another currency":    {pricing.Draft{Day: today, Currency: money.USD, Lines: []pricing.DraftLine{line("1", "shirt", "1")}}, pricing.ErrNoPrice},
		"delivery of nobody":  {pricing.Draft{Day: today, Currency: money.KZT, Delivery: []pricing.Delivery{{Seller: "x", Amount: money.Of(1, money.KZT)}}}, pricing.ErrInvalid},
		"delivery in dollars": {pricing.Draft{Day: today, Currency: money.KZT, Delivery: []pricing.Delivery{{Seller: "payer", Amount: money.Of(1, money.USD)}}}, pricing.ErrInvalid},
	} {
		if _, err := pricing.Price(r.draft, c); !errors.Is(err, r.want) {
			t.Errorf("%s: %v, want %v", name, err, r.want)
		}
	}
	kept, problems := pricing.Sellable(draft(line("1", "shirt", "1"), line("2", "ended", "1"), line("3", "wholesale", "1"), line("4", "odd", "1")), c)
	if len(kept.Lines) != 1 || len(problems) != 3 || !errors.Is(problems[2].Err, tax.ErrNoRate) || problems[0].Line != "2" || !errors.Is(problems[1].Err, pricing.ErrNoPrice) {
		t.Errorf("kept %v, problems %v", kept.Lines, problems)
	}
}

func TestAnEmptyDraftCostsNothing(t *testing.T) {
	q := mustPrice(t, draft(), market())
	if q.Total != money.Of(0, money.KZT) || q.TaxTotal != q.Total || len(q.Lines) != 0 {
		t.Errorf("nothing costs %+v", q)
	}
}

func TestAdjustmentsArePhasedAndSpread(t *testing.T) {
	c := market()
	stock(c, goods{"a", "payer", tax.Standard, measure.Piece}, step(0, 10_000))
	stock(c, goods{"b", "payer", tax.Standard, measure.Piece}, step(0, 20_000))
	d := draft(line("1", "a", "1"), line("2", "b", "1"), line("3", "a", "1"))
	d.Delivery = []pricing.Delivery{{Method: "post", Amount: money.Of(5_000, money.KZT), Seller: "payer"}}
	off := func(phase pricing.Phase, a pricing.Adjustment) pricing.Adjuster {
		return pricing.Adjuster{Phase: phase, Adjust: func(pricing.Basis) ([]pricing.Adjustment, error) { return []pricing.Adjustment{a}, nil }}
	}
	reason := pricing.Reason{Code: "test.gift", Params: pricing.Params{Name: text.Localized{"ru": "Подарок"}}}
	c.Adjust = []pricing.Adjuster{ // Out of order on purpose.
		off(pricing.PhaseTender, pricing.Adjustment{Amount: money.Of(4_000, money.KZT), Reason: reason}),
		off(pricing.PhaseDelivery, pricing.Adjustment{Delivery: "payer", Amount: money.Of(5_000, money.KZT), Reason: reason}),
		off(pricing.PhaseOrder, pricing.Adjustment{Amount: money.Of(100, money.KZT), Reason: reason}),
		off(pricing.PhaseLine, pricing.Adjustment{Lines: []string{"2"}, Amount: money.Of(10_000, money.KZT), Reason: reason}),
	}
	q := mustPrice(t, d, c)
	// After the line's own discount all three weigh the same: 100 is 34, 33, 33.
	if q.Lines[0].Discount.Minor != 34 || q.Lines[1].Discount.Minor != 10_033 || q.Lines[2].Discount.Minor != 33 {
		t.Errorf("discounts %v %v %v", q.Lines[0].Discount, q.Lines[1].Discount, q.Lines[2].Discount)
	}
	if q.Goods.Minor != 29_900 || !q.DeliveryTotal.IsZero() || q.Discount.Minor != 15_100 || q.Total.Minor != 29_900 || q.Due.Minor != 25_900 {
		t.Errorf("totals %+v", q)
	}
	if got := q.Tenders[0].Reason.Text("kk"); got != "Подарок: −40\u00a0₸" {
		t.Errorf("the reason is %q", got)
	}
	for name, greedy := range map[string]pricing.Adjuster{
		"line":      off(pricing.PhaseLine, pricing.Adjustment{Lines: []string{"1"}, Amount: money.Of(10_001, money.KZT)}),
		"order":     off(pricing.PhaseOrder, pricing.Adjustment{Amount: money.Of(40_001, money.KZT)}),
		"delivery":  off(pricing.PhaseDelivery, pricing.Adjustment{Delivery: "payer", Amount: money.Of(5_001, money.KZT)}),
		"elsewhere": off(pricing.PhaseDelivery, pricing.Adjustment{Delivery: "uzbek", Amount: money.Of(1, money.KZT)}),
		"tender":    off(pricing.PhaseTender, pricing.Adjustment{Amount: money.Of(45_001, money.KZT)}),
		"surcharge": off(pricing.PhaseOrder, pricing.Adjustment{Amount: money.Of(-1, money.KZT)}),
		"currency":  off(pricing.PhaseOrder, pricing.Adjustment{Amount: money.Of(1, money.USD)}),
	} {
		c.Adjust = []pricing.Adjuster{greedy}
		if _, err := pricing.Price(d, c); !errors.Is(err, pricing.ErrAdjustment) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMovedPriceIsSeen(t *testing.T) {
	c := market()
	stock(c, goods{"a", "payer", tax.Standard, measure.Piece}, step(0, 10_000))
	d := draft(line("1", "a", "1"), line("2", "a", "2"))
	before := mustPrice(t, d, c)
	c.Prices["a"][0].Amount.Minor++
	after := mustPrice(t, d, c)
	if before.Fingerprint() == after.Fingerprint() {
		t.Error("the fingerprint is the same")
	}
	moved := after.Moved(map[string]money.Money{"1": before.Lines[0].UnitPrice})
	if len(moved) != 1 || moved[0].Line != "1" || moved[0].Now.Minor != 10_001 {
		t.Errorf("moved: %+v", moved)
	}
}

// world is a random market, a draft of it and adjustments.
func world(t *rapid.T) (pricing.Draft, pricing.Conditions) {
	c := market()
	owners := []seller.ID{"payer", "simple", "uzbek", "seattle"}
	classes := map[seller.ID][]tax.Class{"payer": {tax.Standard, tax.Medical, tax.Periodical, tax.Exempt},
		"simple": {tax.Standard, tax.Medical}, "uzbek": {tax.Standard}, "seattle": {tax.Standard}}
	d := draft()
	d.Destination = rapid.SampledFrom([]place.Address{{}, {Country: place.KZ}, {Country: place.US, District: "WA"}, {Country: place.UZ}}).Draw(t, "to")
	for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
		owner := rapid.SampledFrom(owners).Draw(t, "seller")
		id := catalog.VariantID(fmt.Sprint("v", i))
		stock(c, goods{id, owner, rapid.SampledFrom(classes[owner]).Draw(t, "class"), measure.Kilogram},
			step(5, rapid.Int64Range(0, 2_000_000).Draw(t, "bulk")), step(0, rapid.Int64Range(0, 2_000_000).Draw(t, "price")))
		d.Lines = append(d.Lines, pricing.DraftLine{Line: fmt.Sprint("line", i), Variant: id,
			Quantity: measure.Quantity(rapid.Int64Range(1, 20_000).Draw(t, "grams") * 1_000)})
	}
	for _, owner := range owners {
		if rapid.Bool().Draw(t, "delivered") {
			d.Delivery = append(d.Delivery, pricing.Delivery{Method: "m", Seller: owner, Amount: money.Of(rapid.Int64Range(0, 300_000).Draw(t, "delivery"), money.KZT)})
		}
	}
	if rapid.Bool().Draw(t, "adjusted") {
		parts := rapid.Int64Range(0, 1_000_000).Draw(t, "share")
		c.Adjust = []pricing.Adjuster{{Phase: pricing.PhaseOrder, Adjust: func(b pricing.Basis) ([]pricing.Adjustment, error) {
			var sum int64
			for _, l := range b.Lines {
				sum += l.Subtotal.Minor - l.Discount.Minor
			}
			return []pricing.Adjustment{{Amount: money.Rate(parts).Of(money.Of(sum, money.KZT), money.Down)}}, nil
		}}}
	}
	return d, c
}

func TestQuotesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, c := world(t)
		q, err := pricing.Price(d, c)
		if err != nil {
			t.Fatal(err)
		}
		var goods, delivery, taxes, listed int64
		for _, l := range q.Lines {
			if l.Tax.Net.Minor+l.Tax.Amount.Minor != l.Total.Minor || l.Discount.Minor > l.Subtotal.Minor || len(l.Reasons) < 2 {
				t.Fatalf("%+v does not add up", l)
			}
			if l.Tax.Inclusive && l.Total.Minor != l.Subtotal.Minor-l.Discount.Minor || !l.Tax.Inclusive && l.Tax.Net.Minor != l.Subtotal.Minor-l.Discount.Minor {
				t.Fatalf("%+v costs something else than its price", l)
			}
			goods += l.Total.Minor
			taxes += l.Tax.Amount.Minor
		}
		for _, l := range q.Delivery {
			delivery += l.Total.Minor
			taxes += l.Tax.Amount.Minor
		}
		for _, s := range q.Taxes {
			listed += s.Amount.Minor
			if s.Net.Minor+s.Amount.Minor != s.Gross.Minor {
				t.Fatalf("%+v does not add up", s)
			}
		}
		if goods != q.Goods.Minor || delivery != q.DeliveryTotal.Minor || goods+delivery != q.Total.Minor || taxes != q.TaxTotal.Minor || listed != taxes {
			t.Fatalf("the totals %+v do not add up", q)
		}
	})
}

func TestTheOrderOfLinesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, c := world(t)
		q, err := pricing.Price(d, c)
		if err != nil {
			t.Fatal(err)
		}
		d.Lines = rapid.Permutation(d.Lines).Draw(t, "order")
		again, err := pricing.Price(d, c)
		if err != nil {
			t.Fatal(err)
		}
		if again.Total != q.Total || again.TaxTotal != q.TaxTotal || again.Fingerprint() != q.Fingerprint() {
			t.Fatalf("%v became %v", q.Total, again.Total)
		}
		for _, l := range q.Lines {
			for _, other := range again.Lines {
				if l.Line == other.Line && (l.Total != other.Total || l.Tax != other.Tax || l.Discount != other.Discount) {
					t.Fatalf("%+v became %+v", l, other)
				}
			}
		}
	})
}

// The slow twin computes every total in exact fractions and rounds only where the policy says so.
func TestQuotesAgreeWithTheSlowTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, c := world(t)
		c.Adjust = nil
		q, err := pricing.Price(d, c)
		if err != nil {
			t.Fatal(err)
		}
		total, taxes := twin(d, c)
		if q.Total.Minor != total || q.TaxTotal.Minor != taxes {
			t.Fatalf("total %v tax %v, the twin says %d and %d", q.Total, q.TaxTotal, total, taxes)
		}
	})
}

func twin(d pricing.Draft, c pricing.Conditions) (total, taxes int64) {
	type group struct {
		seller seller.ID
		rate   money.Rate
		class  tax.Class
		mark   string
	}
	sums := map[group]int64{}
	add := func(owner seller.ID, class tax.Class, amount int64) {
		s := c.Sellers[owner]
		rate, err := c.Taxes.Find(tax.Supply{Country: s.Country, Regime: string(s.Regime(d.Day)), Class: class,
			Destination: d.Destination.Country, Region: d.Destination.District, Day: d.Day})
		if err != nil {
			panic(err)
		}
		if rate.Class == tax.ExportZero {
			class = tax.ExportZero
		}
		total += amount
		per := new(big.Rat).Add(big.NewRat(1, 1), big.NewRat(int64(rate.Parts), 1_000_000))
		if s.Country == place.US {
			per = big.NewRat(1, 1)
		}
		exact := func(amount int64) int64 {
			tax := new(big.Rat).Mul(big.NewRat(amount, 1), big.NewRat(int64(rate.Parts), 1_000_000))
			return halfUp(tax.Quo(tax, per))
		}
		if s.Country == place.KZ {
			taxes += exact(amount)
			return
		}
		g := group{owner, rate.Parts, class, rate.Mark}
		before := exact(sums[g])
		sums[g] += amount
		taxes += exact(sums[g]) - before
		if s.Country == place.US {
			total += exact(sums[g]) - before
		}
	}
	for _, l := range d.Lines {
		steps := c.Prices[l.Variant]
		price := steps[1].Amount.Minor
		if l.Quantity >= measure.Of(5) {
			price = steps[0].Amount.Minor
		}
		subtotal := halfUp(new(big.Rat).Mul(big.NewRat(price, 1), big.NewRat(int64(l.Quantity), 1_000_000)))
		add(c.Offers[l.Variant].Seller, c.Offers[l.Variant].TaxClass, subtotal)
	}
	for _, delivery := range d.Delivery {
		add(delivery.Seller, tax.Standard, delivery.Amount.Minor)
	}
	return total, taxes
}

func halfUp(r *big.Rat) int64 {
	r = new(big.Rat).Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

func TestEveryReasonSpeaksFourLanguages(t *testing.T) {
	params := pricing.Params{Name: text.Localized{"kk": "Атау"}, Amount: money.Of(100, money.KZT), Quantity: measure.Of(2),
		Unit: measure.Piece, Rate: money.Percent(16), Clause: "TC art. 503(1)"}
	for _, code := range []string{pricing.PriceList, pricing.PriceStep, pricing.SubtotalRounded, pricing.TaxIncluded, pricing.TaxAdded,
		pricing.TaxMark, pricing.TaxExport, pricing.TaxShared, pricing.DeliveryPrice} {
		said := map[string]bool{}
		for _, lang := range text.Languages {
			words := pricing.Reason{Code: code, Params: params}.Text(lang)
			if words == "" || said[words] || slices.Contains([]byte(words), '{') {
				t.Errorf("%s in %s: %q", code, lang, words)
			}
			said[words] = true
		}
	}
}

func BenchmarkPrice(b *testing.B) {
	c := market()
	stock(c, goods{"a", "payer", tax.Standard, measure.Piece}, step(0, 10_000))
	stock(c, goods{"b", "payer", tax.Medical, measure.Piece}, step(0, 20_000))
	d := draft(line("1", "a", "1"), line("2", "b", "2"))
	d.Delivery = []pricing.Delivery{{Method: "post", Amount: money.Of(5_000, money.KZT), Seller: "payer"}}
	for b.Loop() {
		if _, err := pricing.Price(d, c); err != nil {
			b.Fatal(err)
		}
	}
}

// A story keeps its quote as JSON between two steps; it must come back as it was.
func TestAQuoteSurvivesStorage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, c := world(t)
		q, err := pricing.Price(d, c)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var back pricing.Quote
		if err := json.Unmarshal(body, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(q, back) || back.Fingerprint() != q.Fingerprint() {
			t.Fatalf("stored\n%+v\nread\n%+v", q, back)
		}
	})
}
