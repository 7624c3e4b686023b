package booking

import "sauda/base/money"

// Off is what a promotion took off the part of a price between two sums, in minor units: the first of the whole price, one of a
// change of what it made dearer. A booking that becomes cheaper keeps of it as much as it keeps of that part, and has all of it
// again when it becomes dearer again.
type Off struct {
	Low   int64 `json:"low,omitempty"`
	High  int64 `json:"high"`
	Minor int64 `json:"minor"`
}

// of gives what is taken off a price before fees. What was taken off a fee stays, as the fee does.
func (o Off) of(price int64) (int64, error) {
	if o.High <= o.Low {
		return o.Minor, nil
	}
	reaches := min(max(price, o.Low), o.High) - o.Low
	part, err := money.Of(o.Minor, money.KZT).Times(reaches, o.High-o.Low, money.Down)
	return part.Minor, err
}

// base is what parts of a price add up to without fees and without what was taken off.
func base(parts []Part) (minor int64) {
	for _, p := range parts {
		if p.Code != PartFee && p.Code != PartOff {
			minor += p.Amount.Minor
		}
	}
	return minor
}

// sumOf is what the parts of a code add up to.
func sumOf(parts []Part, code PartCode) (minor int64) {
	for _, p := range parts {
		if p.Code == code {
			minor += p.Amount.Minor
		}
	}
	return minor
}
