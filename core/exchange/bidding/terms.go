package bidding

import (
	"slices"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
)

const (
	titleMax     = 200
	wordsMax     = 5000
	placeMax     = 200
	itemsMax     = 20
	invitedMax   = 200
	documentsMax = 20
	linkMax      = 500
	priceMax     = 1 << 50 // priceMax, times the largest quantity, is far below what the ledger counts.
	quantityMax  = 1 << 30
	guaranteeMax = 1 << 50
	lastsMax     = 90 * 24 * time.Hour // lastsMax is how long a bidding lasts at most, and aheadMax how far ahead it begins.
	aheadMax     = 365 * 24 * time.Hour
	extendsMax   = 24 * time.Hour
)

// checker notes what is wrong, by field.
type checker struct{ fields []fault.Field }

func (c *checker) when(bad bool, pointer string, said fault.Sentence) {
	if bad {
		c.fields = append(c.fields, said.At(pointer))
	}
}

func (c *checker) within(n, least, most int64, pointer string) {
	c.when(n < least || n > most, pointer, between(least, most))
}

func (c *checker) fault() error { return ErrInvalid.Fields(c.fields...) }

func between(least, most int64) fault.Sentence {
	return fault.Say("Give a whole number from {least} to {most}.").With("least", least).With("most", most)
}

func wrongValue() fault.Sentence { return fault.Say("This value is not right.") }

func pointer(list string, at int, field string) string {
	return list + "/" + strconv.Itoa(at) + "/" + field
}

// check notes all that is wrong with a notice, and cleans its texts.
func (n *Notice) check(c *checker, now time.Time) {
	if !slices.Contains(Kinds, n.Kind) {
		c.when(true, "/kind", wrongValue())
		return
	}
	n.checkWords(c)
	n.checkTimes(c, now)
	c.when(n.Currency.Check() != nil, "/currency", fault.Say("Name the currency by its three letters, for example KZT."))
	c.when(n.Instrument == "" && n.Measure.Check() != nil, "/measure",
		fault.Say("Name a unit of measure by its code, for example C62 for a piece or KGM for a kilogram."))
	c.within(n.Guarantee, 0, guaranteeMax, "/guarantee")
	c.when(!slices.Contains([]exchange.Class{"", exchange.Cautious, exchange.Balanced, exchange.Experienced}, n.Class), "/class", wrongValue())
	c.within(int64(len(n.Invited)), 0, invitedMax, "/invited")
	for at, one := range n.Invited {
		c.when(one == "" || len(one) > 40 || one == n.Account || slices.Contains(n.Invited[:at], one), pointer("/invited", at, ""), wrongValue())
	}
	n.checkTerms(c)
	if len(c.fields) > 0 {
		return
	}
	if _, err := n.machine(); err != nil { // What the machine would refuse, it refuses here.
		c.when(true, "/terms", wrongValue())
	}
}

func (n *Notice) checkWords(c *checker) {
	filled := fault.Say("Write the name in at least one language, at most {n} characters.")
	title, err := n.Title.Cleaned()
	c.when(err != nil || title.CheckFilled(titleMax) != nil, "/title", filled.With("n", titleMax))
	words, err := n.Words.Cleaned()
	c.when(err != nil || words.Check(wordsMax) != nil, "/words", filled.With("n", wordsMax))
	n.Title, n.Words = title, words
	c.within(int64(len(n.Items)), 1, itemsMax, "/items")
	items := slices.Clone(n.Items)
	for at := range items {
		name, err := items[at].Name.Cleaned()
		c.when(err != nil || name.Check(titleMax) != nil || len(items) > 1 && name.CheckFilled(titleMax) != nil, pointer("/items", at, "name"), filled.With("n", titleMax))
		items[at].Name = name
		c.within(items[at].Quantity, 1, quantityMax, pointer("/items", at, "quantity"))
		c.within(items[at].Ceiling, 0, priceMax, pointer("/items", at, "ceiling"))
	}
	n.Items = items
	place, err := text.Clean(n.Place)
	c.when(err != nil || text.Limit(place, placeMax) != nil, "/place", fault.Say("Use at most {n} characters.").With("n", placeMax))
	n.Place = place
	c.when(n.Basis != "" && !n.Basis.Known(), "/basis", wrongValue())
	c.documents(n.Documents)
}

func (n *Notice) checkTimes(c *checker, now time.Time) {
	late := fault.Say("Choose an end after the start.")
	c.when(n.Opens.Before(now.Add(-time.Minute)) || n.Opens.After(now.Add(aheadMax)), "/opens", wrongValue())
	c.when(!n.Ends.After(n.Opens) || !n.Ends.After(now) || n.Ends.After(n.Opens.Add(lastsMax)), "/ends", late)
	if n.Kind == TenderTwo {
		c.when(!n.Unseals.After(n.Opens) || !n.Unseals.Before(n.Ends), "/unseals", late)
		c.within(n.Terms.Judging, 0, lastsMax.Microseconds(), "/terms/judging")
		c.when(n.Terms.Judging < 0 || n.Terms.Judging > 0 && !n.Second().Before(n.Ends), "/terms/judging", late)
	} else {
		c.when(n.Terms.Judging != 0, "/terms/judging", wrongValue())
	}
	lasts := max(n.Ends.Sub(n.Opens).Microseconds(), 0)
	if n.Kind != English && !n.Kind.Buys() {
		lasts = 0 // Nothing moves the end of the others.
	}
	c.within(n.Terms.Window, 0, lasts, "/terms/window")
	c.within(n.Terms.Extends, 0, extendsMax.Microseconds(), "/terms/extends")
}

// checkTerms notes what is wrong with the rules, as far as a field can be named.
func (n *Notice) checkTerms(c *checker) {
	t := n.Terms
	c.when(len(n.Items) > 1 && !n.Kind.Buys(), "/items", between(1, 1))
	for _, p := range []struct {
		price int64
		field string
	}{{t.Start, "/terms/start"}, {t.Reserve, "/terms/reserve"}} {
		c.within(p.price, 0, priceMax, p.field)
		c.when(!n.Ticks.Holds(p.price), p.field, wrongValue())
	}
	if n.Kind == English || n.Kind == Dutch {
		c.within(t.Step, 1, priceMax, "/terms/step")
		c.when(!n.Ticks.Holds(t.Step), "/terms/step", wrongValue())
	}
	if n.Kind == Dutch {
		c.within(t.Every, time.Second.Microseconds(), extendsMax.Microseconds(), "/terms/every")
		c.when(t.Reserve > t.Start, "/terms/reserve", wrongValue())
	}
	rate := fault.Say("Write the rate in percent, from 0 to 100.")
	for _, r := range []struct {
		rate  money.Rate
		field string
	}{{t.Decrement, "/terms/decrement"}, {t.StepMin, "/terms/step_min"}, {t.StepMax, "/terms/step_max"}, {t.MarketShare, "/terms/market_share"}} {
		c.when(r.rate.Check() != nil, r.field, rate)
	}
	if !n.Kind.Buys() {
		return
	}
	c.when(t.Beat && n.Kind == TenderTwo && !n.Qualifies(), "/terms/beat", wrongValue())
	c.when(t.Beat && (t.StepMin == 0 || t.StepMax < t.StepMin), "/terms/step_min", rate)
	c.when(!t.Beat && (t.StepMin != 0 || t.StepMax != 0), "/terms/step_min", wrongValue())
	for at, item := range n.Items {
		c.when(t.Beat && item.Ceiling == 0, pointer("/items", at, "ceiling"), fault.Say("Fill this in."))
		c.when(!n.Ticks.Holds(item.Ceiling), pointer("/items", at, "ceiling"), wrongValue())
	}
}

// lot is the lot of an auction, in the words of its machine.
func (n Notice) lot() auction.Lot {
	return auction.Lot{
		Seller: auction.Party(n.Account), Quantity: n.Items[0].Quantity, Start: n.Terms.Start, Reserve: n.Terms.Reserve, Step: max(1, n.Terms.Step),
		Begins: span.Micros(n.Opens), Ends: n.Planned, Window: n.Terms.Window, Extends: n.Terms.Extends,
	}
}

// need is what a tender asks for, in the words of its machine.
func (n Notice) need() auction.Terms {
	t := auction.Terms{
		Buyer: auction.Party(n.Account), Whole: n.Terms.Whole, Decrement: n.Terms.Decrement, Beat: n.Terms.Beat, StepMin: n.Terms.StepMin,
		StepMax: n.Terms.StepMax, AgainstSelf: n.Terms.AgainstSelf, TwoStages: n.Kind == TenderTwo, Opens: span.Micros(n.Opens),
		Unseals: span.Micros(n.Unseals), Ends: n.Planned, Window: n.Terms.Window, Extends: n.Terms.Extends,
	}
	if n.Terms.ByAny {
		t.Extending = auction.ByAny
	}
	if n.Qualifies() { // Prices are named in the second stage only, and in the open.
		t.TwoStages, t.Unseals, t.Opens = false, 0, span.Micros(n.Second())
	}
	for _, item := range n.Items {
		t.Items = append(t.Items, auction.Item{Name: item.Name.In("kk"), Quantity: item.Quantity, Ceiling: item.Ceiling})
	}
	return t
}

// issue is what is placed, in the words of its machine.
func (n Notice) issue() auction.Placement {
	p := auction.Placement{
		Issuer: auction.Party(n.Account), Quantity: n.Items[0].Quantity, Ticks: n.Ticks, Uniform: n.Terms.Uniform, MarketShare: n.Terms.MarketShare,
	}
	if least := max(n.Terms.Start, n.Terms.Reserve); least > 0 {
		p.Floor = auction.Ref(least)
	}
	return p
}
