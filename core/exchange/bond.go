package exchange

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
)

// Basis says how the days of a coupon are counted against a year.
type Basis string

// The bases. ISDA is the 2006 Definitions, section 4.16, day count fraction.
const (
	Actual365 Basis = "act_365" // Actual365 is Actual/365 (Fixed): the days that there are, of 365 (ISDA 4.16(d)).
	// Thirty360 is 30/360, Bond Basis (ISDA 4.16(f)): a month has 30 days; the 31st counts as the 30th at the beginning, and
	// at the end only when the beginning lies on the 30th or 31st.
	Thirty360 Basis = "30_360"
	// ThirtyE360 is 30E/360, Eurobond Basis (ISDA 4.16(g)): the 31st counts as the 30th at both ends. ICMA has used it for
	// bonds before it went over to Actual/Actual (Rule 251).
	ThirtyE360 Basis = "30e_360"
)

// count gives the days from one day to another, and how many a year has.
func (b Basis) count(from, to span.Day) (days, year int64) {
	if b == Actual365 {
		return int64(from.DaysUntil(to)), 365
	}
	y1, m1, d1 := from.Date()
	y2, m2, d2 := to.Date()
	if d1 == 31 {
		d1 = 30
	}
	if d2 == 31 && (b == ThirtyE360 || d1 == 30) {
		d2 = 30
	}
	return int64(360*(y2-y1) + 30*(int(m2)-int(m1)) + d2 - d1), 360
}

// Bond is what a bond promises.
type Bond struct {
	Issued  span.Day   `json:"issued"`
	Matures span.Day   `json:"matures"`
	Yearly  int64      `json:"yearly"` // Yearly is how many coupons a year has: 0 (none), 1, 2, 4 or 12.
	Rate    money.Rate `json:"rate"`   // Rate is what a year brings, as a share of the nominal.
	Basis   Basis      `json:"basis"`
}

// Coupon is one period of a bond: it earns from its first day until the day before To, and is paid on To, or on the next
// day of trade.
type Coupon struct {
	From span.Day `json:"from"`
	To   span.Day `json:"to"`
}

func (b *Bond) check(c *checker) {
	c.within(b.Yearly, 0, 12, "/security/bond/yearly")
	c.when(b.Yearly > 0 && 12%b.Yearly != 0, "/security/bond/yearly", between(0, 12))
	c.when(b.Issued.IsZero() || !b.Issued.Before(b.Matures), "/security/bond/matures", endAfterStart())
	y1, _, _ := b.Issued.Date()
	y2, _, _ := b.Matures.Date()
	c.when(y2-y1 > bondYearsMax, "/security/bond/matures", endAfterStart())
	c.when(b.Rate.Check() != nil || (b.Yearly == 0) != (b.Rate == 0), "/security/bond/rate", percents())
	oneOf(c, b.Basis, "/security/bond/basis", Actual365, Thirty360, ThirtyE360)
}

// bondYearsMax bounds the coupons of a bond to 1,200.
const bondYearsMax = 100

// Coupons gives the periods of a bond in their order. They are counted back from the end, each beginning on the day of the
// month on which the bond ends, or on the last day of a shorter month, so that only the first one can be short.
func (b *Bond) Coupons() []Coupon {
	if b.Yearly == 0 {
		return nil
	}
	months := int(12 / b.Yearly)
	var back []Coupon
	for n, to := 1, b.Matures; b.Issued.Before(to); n++ {
		from := monthsBefore(b.Matures, n*months)
		if from.Before(b.Issued) {
			from = b.Issued
		}
		back = append(back, Coupon{From: from, To: to})
		to = from
	}
	slices.Reverse(back)
	return back
}

// monthsBefore gives the same day of an earlier month, or its last day.
func monthsBefore(day span.Day, months int) span.Day {
	y, m, d := day.Date()
	first := time.Date(y, m-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return span.DayOf(first.AddDate(0, 0, min(d, last)-1), time.UTC)
}

// Pays gives what the coupon of a period brings for a quantity of bonds, rounded once, half up.
func (b *Bond) Pays(c Coupon, nominal money.Money, quantity int64) (money.Money, error) {
	return b.earned(c.From, c.To, nominal, quantity)
}

// Accrued gives what has been earned on a day since the last coupon for a quantity of bonds, rounded once, half up: what
// the buyer pays to the seller above a clean price. On a day of a coupon, before the issue and from the end on it is
// nothing. The day is that of settlement (ICMA Rule 251.1).
func (b *Bond) Accrued(day span.Day, nominal money.Money, quantity int64) (money.Money, error) {
	for _, c := range b.Coupons() {
		if !day.Before(c.From) && day.Before(c.To) {
			return b.earned(c.From, day, nominal, quantity)
		}
	}
	return money.Of(0, nominal.Currency), nil
}

func (b *Bond) earned(from, to span.Day, nominal money.Money, quantity int64) (money.Money, error) {
	whole, err := nominal.Times(quantity, 1, money.Down)
	if err != nil {
		return money.Money{}, err
	}
	days, year := b.Basis.count(from, to)
	// A period has at most a year, so that the rate of all its days is below 366 times the whole.
	minor, ok := money.MulDiv(whole.Minor, int64(b.Rate)*days, int64(money.One)*year, money.HalfUp)
	if !ok {
		return money.Money{}, money.ErrOverflow.About("%d bonds of %s", quantity, nominal)
	}
	return money.Of(minor, nominal.Currency), nil
}
