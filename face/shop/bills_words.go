package shop

import (
	"context"
	"strconv"

	"sauda/base/money"
	"sauda/core/utility"
	"sauda/gear/web"
)

// partWords says how a part of a line came about: so much at such a price.
func partWords(ctx context.Context, p utility.Provider, service string, part utility.Part) string {
	lang := web.Lang(ctx)
	s, _ := p.Service(service)
	unit := ""
	if part.Base == utility.BaseMeter && s.Unit != "" {
		unit = "\u00a0" + s.Unit.Sign(lang)
	}
	words := part.Quantity.Format(lang) + unit + " × " + priceWords(part.Price, p.Currency) + " = " + amount(ctx, money.Of(part.Sum, p.Currency))
	if part.Step > 0 {
		words = t(ctx, "bills.step", "step", strconv.Itoa(part.Step)) + ": " + words
	}
	if part.Norm {
		words += " (" + t(ctx, "bills.norm") + ")"
	}
	if part.Days > 0 {
		words += " (" + t(ctx, "bills.days", "days", strconv.Itoa(part.Days)) + ")"
	}
	return words
}

// priceWords writes a price of a tariff with its four decimal places, as far as they are there.
func priceWords(p utility.Price, currency money.Currency) string {
	whole := money.Of(int64(p)/100, currency).Decimal()
	if rest := int64(p) % 100; rest != 0 {
		more := strconv.FormatInt(rest+100, 10)[1:]
		return whole + more
	}
	return whole
}

// channelName says who took the money.
func channelName(ctx context.Context, p utility.Provider, channel string) string {
	if channel == utility.Here {
		return t(ctx, "bills.channel.here")
	}
	return t(ctx, "bills.channel.bank") + ": " + p.ChannelName(channel, web.Lang(ctx))
}

// readingTyped is the reading of a meter as it was typed.
func readingTyped(v billView, m utility.Meter) string {
	if v.Form.Values["meter"] == string(m.ID) {
		return v.Form.Values["value"]
	}
	return ""
}

// autopayDay is the day that is chosen in the form of autopay: that by which the bill is to be paid, unless another was typed.
func autopayDay(v billView) int {
	if day, err := strconv.Atoi(v.Form.Values["day"]); err == nil {
		return day
	}
	return min(v.Provider.DueDay, lastDay)
}

// lastDay is the last one that every month has.
const lastDay = 28

// sign is that of the money of a provider.
func (v billView) sign(ctx context.Context) string { return v.Provider.Currency.Sign(web.Lang(ctx)) }
