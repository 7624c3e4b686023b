package measure

import (
	"math"
	"math/bits"
)

// Limits of what is carried: more than any goods that a lorry takes, so that sums of them stay far from overflow.
const (
	massMax   = 1_000_000_000 // massMax is a thousand tonnes in grams.
	lengthMax = 1_000_000     // lengthMax is a kilometre in millimetres.
)

// Mass is a number of grams.
type Mass int64

// Check refuses a mass below zero or above a thousand tonnes.
func (m Mass) Check() error {
	if m < 0 || m > massMax {
		return ErrSize.About("%d grams", int64(m))
	}
	return nil
}

// Times gives the mass of a quantity, rounded up to whole grams, for a parcel is never lighter than what is in it. What
// cannot be counted is refused.
func (m Mass) Times(q Quantity) (Mass, error) {
	if m < 0 || q < 0 {
		return 0, ErrSize.About("%d grams times %s", int64(m), q)
	}
	high, low := bits.Mul64(uint64(m), uint64(q))
	if high >= uint64(One) {
		return 0, ErrOverflow.About("%d grams times %s", int64(m), q)
	}
	grams, rest := bits.Div64(high, low, uint64(One))
	if rest > 0 {
		grams++
	}
	if grams > math.MaxInt64 {
		return 0, ErrOverflow.About("%d grams times %s", int64(m), q)
	}
	return Mass(grams), nil
}

// Format gives the mass as people read it: "350 г", "1,25 кг".
func (m Mass) Format(lang string) string {
	if m > -1000 && m < 1000 {
		return Quantity(m*Mass(One)).Format(lang) + "\u00a0" + Gram.Sign(lang)
	}
	if m > Mass(Max/thousandth) || m < -Mass(Max/thousandth) {
		m /= 1000 // So large a mass is told in tonnes.
		return (Quantity(m) * thousandth).Format(lang) + "\u00a0" + Tonne.Sign(lang)
	}
	return (Quantity(m) * thousandth).Format(lang) + "\u00a0" + Kilogram.Sign(lang)
}

// Size is a box in millimetres. The zero Size is not known.
type Size struct {
	Length int64 `json:"length" doc:"Millimetres."`
	Width  int64 `json:"width" doc:"Millimetres."`
	Height int64 `json:"height" doc:"Millimetres."`
}

// IsZero says whether the size is not known.
func (s Size) IsZero() bool { return s == Size{} }

// Check refuses a side below zero or above a kilometre.
func (s Size) Check() error {
	for _, side := range [...]int64{s.Length, s.Width, s.Height} {
		if side < 0 || side > lengthMax {
			return ErrSize.About("%d x %d x %d mm", s.Length, s.Width, s.Height)
		}
	}
	return nil
}

// Volume gives cubic millimetres. A size that passes Check cannot overflow.
func (s Size) Volume() int64 { return s.Length * s.Width * s.Height }
