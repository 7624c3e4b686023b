package terminal

import (
	"context"
	"strconv"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
)

// couponsAhead is how many coupons a bond shows that are still to come.
const couponsAhead = 4

// coming is something that an issuer does on a day.
type coming struct {
	Kind   string   // Kind is dividend, coupon, split or promised: a coupon that the terms of a bond promise.
	Day    span.Day // Day is that of record; of what a bond promises, that of payment.
	Pay    span.Day
	Brings string // Brings is what one unit brings.
	State  string
	Mine   string // Mine is what the reader would get, by what he has now; empty for nothing.
}

// comes gives what the issuer of an instrument has announced and what the terms of a bond promise, the first one first.
func (f *face) comes(ctx context.Context, i exchange.Instrument, have int64) (all []coming) {
	said := make(map[span.Day]bool)
	for _, n := range f.Floor.Notices(i.Asset.Code) {
		if n.State == clearing.NoticeCalledOff {
			continue
		}
		c := coming{Kind: string(n.Kind), Day: n.Record, Pay: n.Pay, State: string(n.State), Brings: cash(ctx, n.Amount, money.Currency(n.Currency))}
		if n.Kind == clearing.Splitting {
			c.Brings = strconv.FormatInt(n.Old, 10) + " → " + strconv.FormatInt(n.New, 10)
		}
		if n.Kind == clearing.Coupon {
			said[n.Pay] = true
		}
		if got, err := n.Brings(have); err == nil && have > 0 && n.State == clearing.NoticeAnnounced {
			c.Mine = cash(ctx, got, money.Currency(n.Currency))
			if n.Kind == clearing.Splitting {
				c.Mine = manyOf(ctx, i, got)
			}
		}
		all = append(all, c)
	}
	if i.Security == nil || i.Security.Bond == nil {
		return all
	}
	today, shown := span.DayOf(f.Now(), span.Almaty), 0
	for _, p := range i.Security.Bond.Coupons() {
		if p.To.Before(today) || said[p.To] || shown == couponsAhead {
			continue
		}
		shown++
		if one, err := i.Security.Bond.Pays(p, money.Of(i.Security.Nominal, i.Currency), 1); err == nil {
			all = append(all, coming{Kind: "promised", Day: p.To, Pay: p.To, Brings: cash(ctx, one.Minor, i.Currency)})
		}
	}
	return all
}
