package exchange

import (
	"regexp"
	"slices"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange/auction"
	"sauda/core/ledger"
)

// InstrumentID names an instrument.
type InstrumentID string

// Kind is what an instrument is.
type Kind string

// The kinds. The first three are securities, the others goods.
const (
	Share   Kind = "share"
	BondOf  Kind = "bond"
	Unit    Kind = "unit"    // Unit is a unit of a fund.
	Spot    Kind = "spot"    // Spot is goods that are there.
	Forward Kind = "forward" // Forward is goods to be delivered in a month that is named, with margin until then.
)

// owned gives the code of what is owned through an instrument.
func (i Instrument) owned() string {
	if i.Goods != nil && i.Goods.Gives != "" {
		return i.Goods.Gives
	}
	return i.Code
}

// Security says whether it is a security.
func (k Kind) Security() bool { return k == Share || k == BondOf || k == Unit }

// Instrument is what is traded: one security, or goods of one grade, basis, store and time.
type Instrument struct {
	ID      InstrumentID `json:"-"`
	Number  uint32       `json:"-"` // Number is what the venue calls it: given once and never again.
	Asset   Asset        `json:"-"` // Asset is what is owned through it.
	Paid    Asset        `json:"-"` // Paid is the currency.
	State   State        `json:"-"`
	Version int64        `json:"-"` // Version grows with every change of what it says.
	Code    string       `json:"-"` // Code is the ISIN of a security, a code of the house for goods.

	Kind     Kind           `json:"kind"`
	Name     text.Localized `json:"name"`
	Currency money.Currency `json:"currency"`
	Security *Security      `json:"security,omitempty"`
	Goods    *Goods         `json:"goods,omitempty"`
	Terms    Terms          `json:"terms"`
	Ticks    Ticks          `json:"-"` // Ticks is the table that the terms name.
}

// Security is what a security has.
type Security struct {
	ISIN    ISIN   `json:"isin"`
	Short   string `json:"short"`             // Short is the financial instrument short name: the issuer, a stroke, what it is (ISO 18774).
	Issuer  string `json:"issuer"`            // Issuer is who answers for it, by a string that others know.
	Nominal int64  `json:"nominal,omitempty"` // Nominal is in minor units; zero for what has none.
	Bond    *Bond  `json:"bond,omitempty"`
}

// Goods is what goods have: which they are, where they lie and how they are delivered.
type Goods struct {
	Grade   text.Localized `json:"grade"`
	Basis   Incoterm       `json:"basis"`
	Store   string         `json:"store"` // Store is where they lie, by a string that others know; the named place of the basis.
	Measure measure.Unit   `json:"measure"`
	Divides int64          `json:"divides"`         // Divides is into how many countable parts one Measure is divided: 1000 for tonnes by the kilogram.
	Expires span.Day       `json:"expires"`         // Expires is the last day of trade of a forward.
	Gives   string         `json:"gives,omitempty"` // Gives is the code of the goods that a forward delivers; empty is its own.
	Month   string         `json:"month,omitempty"` // Month is when a forward is delivered: 2027-03.
}

// Incoterm is a basis of delivery by the three letters of Incoterms 2020 (ICC publication 723).
type Incoterm string

// Known says whether it is one of the eleven.
func (i Incoterm) Known() bool { return slices.Contains(incoterms, i) }

// incoterms are the eleven rules of 2020; the last four are for sea and inland water only.
var incoterms = []Incoterm{"EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"}

// Incoterms are the bases of delivery that there are.
func Incoterms() []Incoterm { return slices.Clone(incoterms) }

// Terms are how an instrument is traded.
type Terms struct {
	Group string `json:"group"` // Group names the schedule of its days.
	Table string `json:"table"` // Table names its price steps.

	Unit     int64 `json:"unit"` // Unit is for how many countable parts a price is; a lot holds a whole number of it, so that every value is whole.
	Lot      int64 `json:"lot"`
	QtyMin   int64 `json:"qty_min"` // QtyMin is the smallest order; the book does not know it, who stands before it does.
	QtyMax   int64 `json:"qty_max"`
	PriceMin int64 `json:"price_min,omitempty"`
	PriceMax int64 `json:"price_max,omitempty"`
	Negative bool  `json:"negative,omitempty"`

	Collar Collar `json:"collar"`
	Weight int64  `json:"weight,omitempty"` // Weight and First say who is served at one price, as book.Rules has them.
	First  int64  `json:"first,omitempty"`
	Call   Call   `json:"call"`

	Cycle         int64      `json:"cycle"` // Cycle is how many days of trade after a trade it is settled: 0 or 2, usually.
	Maker         money.Rate `json:"maker,omitempty"`
	Taker         money.Rate `json:"taker,omitempty"`
	Short         bool       `json:"short,omitempty"`          // Short lets accounts that may sell what they do not have; a forward has a margin instead.
	SellUnsettled bool       `json:"sell_unsettled,omitempty"` // SellUnsettled lets bought securities be sold before they are settled.
	Class         Class      `json:"class,omitempty"`          // Class is which investors it is for at least; empty is for all.
	Initial       money.Rate `json:"initial,omitempty"`        // Initial and Least are the margins of a forward, as shares of its value; Initial is not below a fee.
	Least         money.Rate `json:"least,omitempty"`
}

// Collar is how far a price may move, as auction.Collar has it.
type Collar struct {
	Dynamic  money.Rate `json:"dynamic,omitempty"`
	Static   money.Rate `json:"static,omitempty"`
	Extended money.Rate `json:"extended,omitempty"`
	Least    int64      `json:"least,omitempty"`
}

// Call is how call auctions find their price: the rule of a market, with what this instrument has otherwise.
type Call struct {
	Market     string              `json:"market"`
	Candidates *auction.Candidates `json:"candidates,omitempty"`
	Pressure   *auction.Pressure   `json:"pressure,omitempty"`
	Cap        *money.Rate         `json:"cap,omitempty"`
	Choice     *auction.Choice     `json:"choice,omitempty"`
	Tie        *auction.Tie        `json:"tie,omitempty"`
	Fallback   *auction.Fallback   `json:"fallback,omitempty"`
	Sharing    *auction.Sharing    `json:"sharing,omitempty"`
}

const (
	quantityMax = 1 << 37 // quantityMax and countMax are what the book can count.
	countMax    = 1 << 60
	unitMax     = 1 << 31 // unitMax is what risk can count.
	cycleMax    = 30
)

var (
	// shortName is the form of ISO 18774: at most 15 characters of the issuer, a stroke, at most 19 of what it is.
	shortName  = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 ]{0,14}/[A-Z0-9][A-Z0-9 .%-]{0,18}$`)
	monthShape = regexp.MustCompile(`^2\d{3}-(0[1-9]|1[0-2])$`)
)

func endAfterStart() fault.Sentence { return fault.Say("Choose an end after the start.") }

func percents() fault.Sentence { return fault.Say("Write the rate in percent, from 0 to 100.") }

func between(least, most int64) fault.Sentence {
	return fault.Say("Give a whole number from {least} to {most}.").With("least", least).With("most", most)
}

// cleaned gives an instrument as it is stored, or ErrInvalid with all that is wrong with its fields.
func (i Instrument) cleaned() (Instrument, error) {
	c := &checker{}
	oneOf(c, i.Kind, "/kind", Share, BondOf, Unit, Spot, Forward)
	i.Name = c.named(i.Name, "/name")
	c.when(i.Currency.Check() != nil, "/currency", fault.Say("Name the currency by its three letters, for example KZT."))
	filled := fault.Say("Fill this in.")
	c.when(i.Kind.Security() != (i.Security != nil), "/security", filled)
	c.when(i.Kind.Security() == (i.Goods != nil), "/goods", filled)
	if s := i.Security; s != nil {
		isin, err := ParseISIN(string(s.ISIN))
		if err != nil {
			c.fields = append(c.fields, fault.Found("/security/isin", err))
		}
		one := *s
		one.ISIN, i.Security, i.Code = isin, &one, string(isin)
		c.shaped(s.Short, shortName, "/security/short")
		c.within(int64(len(s.Issuer)), 1, nameMax, "/security/issuer")
		c.within(s.Nominal, 0, countMax, "/security/nominal")
		c.when((i.Kind == BondOf) != (s.Bond != nil) || s.Bond != nil && s.Nominal == 0, "/security/bond", filled)
		if s.Bond != nil {
			s.Bond.check(c)
		}
	}
	if g := i.Goods; g != nil {
		one := *g
		one.Grade = c.named(g.Grade, "/goods/grade")
		i.Goods = &one
		// It is an asset of the ledger too, which trades are settled on, and no money.
		c.when(!codeShape.MatchString(i.Code) || ledger.CheckAsset(i.Code) != nil || money.Currency(i.Code).Valid(), "/code",
			fault.Say("This does not have the form that is asked for."))
		i.Goods.check(c, i.Kind)
	}
	i.Terms.check(c, i.Kind)
	return i, c.fault()
}

func (g Goods) check(c *checker, kind Kind) {
	oneOf(c, g.Basis, "/goods/basis", incoterms...)
	c.within(int64(len(g.Store)), 1, nameMax, "/goods/store")
	c.when(g.Measure.Check() != nil, "/goods/measure", fault.Say("Name a unit of measure by its code, for example C62 for a piece or KGM for a kilogram."))
	c.within(g.Divides, 1, 1_000_000, "/goods/divides")
	forward := kind == Forward
	c.when(g.Gives != "" && (!forward || !codeShape.MatchString(g.Gives) || ledger.CheckAsset(g.Gives) != nil || money.Currency(g.Gives).Valid()),
		"/goods/gives", fault.Say("This does not have the form that is asked for."))
	c.when(forward == g.Expires.IsZero(), "/goods/expires", fault.Say("Write a day, for example 2026-11-29."))
	if forward {
		c.shaped(g.Month, monthShape, "/goods/month")
		c.when(len(g.Month) == 7 && len(g.Expires.String()) == 10 && g.Expires.String()[:7] > g.Month, "/goods/month", endAfterStart())
	} else {
		c.when(g.Month != "", "/goods/month", fault.Say("This does not have the form that is asked for."))
	}
}

func (t Terms) check(c *checker, kind Kind) {
	c.shaped(t.Group, codeShape, "/terms/group")
	c.shaped(t.Table, codeShape, "/terms/table")
	c.within(t.Unit, 1, unitMax, "/terms/unit")
	c.within(t.Lot, 1, quantityMax, "/terms/lot")
	if t.Unit > 0 && t.Lot > 0 {
		c.when(t.Lot%t.Unit != 0, "/terms/lot", fault.Say("This must be a multiple of {n}.").With("n", t.Unit))
		c.when(t.QtyMax%t.Unit != 0, "/terms/qty_max", fault.Say("This must be a multiple of {n}.").With("n", t.Unit))
		c.when(t.QtyMin%t.Lot != 0, "/terms/qty_min", fault.Say("This must be a multiple of {n}.").With("n", t.Lot))
	}
	c.within(t.QtyMin, max(t.Lot, 1), quantityMax, "/terms/qty_min")
	c.within(t.QtyMax, max(t.QtyMin, 1), quantityMax, "/terms/qty_max")
	least := int64(0)
	if t.Negative {
		least = -countMax
	}
	c.within(t.PriceMin, least, countMax, "/terms/price_min")
	c.within(t.PriceMax, t.PriceMin, countMax, "/terms/price_max")
	c.when(auction.Collar(t.Collar).Check() != nil, "/terms/collar", percents())
	c.within(t.Weight, 0, 1<<10, "/terms/weight")
	c.within(t.First, 0, 10_000, "/terms/first")
	c.when(t.First > 0 && t.Weight == 0, "/terms/weight", between(1, 1<<10))
	_, err := t.Call.rule(nil)
	c.when(err != nil, "/terms/call", fault.Say("This value is not right."))
	c.within(t.Cycle, 0, cycleMax, "/terms/cycle")
	c.when(t.Maker.Check() != nil, "/terms/maker", percents())
	c.when(t.Taker.Check() != nil, "/terms/taker", percents())
	oneOf(c, t.Class, "/terms/class", "", Cautious, Balanced, Experienced)
	c.when(t.Initial.Check() != nil || (kind == Forward) != (t.Initial > 0), "/terms/initial", percents())
	c.when(t.Initial > 0 && t.Initial < max(t.Maker, t.Taker), "/terms/initial", fault.Say("This value is not right."))
	c.when(kind == Forward && t.Short, "/terms/short", fault.Say("This value is not right."))
	c.when(t.Least.Check() != nil || t.Least > t.Initial, "/terms/least", percents())
}

// keeps says whether a change leaves as it is what trades have been made by: what it is, in which currency, and in which
// parts it is counted.
func (i Instrument) keeps(next Instrument) bool {
	if i.Kind != next.Kind || i.Currency != next.Currency || i.Code != next.Code || i.Terms.Unit != next.Terms.Unit || i.Terms.Negative != next.Terms.Negative {
		return false
	}
	if i.Goods != nil {
		a, b := *i.Goods, *next.Goods
		return a.Basis == b.Basis && a.Store == b.Store && a.Measure == b.Measure && a.Divides == b.Divides && a.Expires == b.Expires && a.Month == b.Month && a.Gives == b.Gives
	}
	a, b := *i.Security, *next.Security
	if a.Nominal != b.Nominal || a.Issuer != b.Issuer {
		return false
	}
	return a.Bond == nil || *a.Bond == *b.Bond
}
