package office

import (
	"context"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	tape "sauda/core/exchange/feed"
	"sauda/flow/floor"
)

// thousands writes a whole number with its thousands apart.
func thousands(ctx context.Context, n int64) string {
	apart := "\u00a0"
	if lang(ctx) == "en" {
		apart = ","
	}
	digits, sign := strings.TrimPrefix(number(n), "-"), ""
	if n < 0 {
		sign = "−"
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(apart)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// instrumentName is what people call an instrument: a security by its short name, goods by their name.
func instrumentName(ctx context.Context, i exchange.Instrument) string {
	if i.Security != nil && i.Security.Short != "" {
		return i.Security.Short
	}
	return in(ctx, i.Name)
}

// priced writes a price of an instrument, and a dash for none.
func priced(ctx context.Context, i exchange.Instrument, r auction.Reference) string {
	if !r.Known {
		return "—"
	}
	return sum(ctx, money.Of(r.Price, i.Currency))
}

// held writes an amount of an asset of the exchange: money as such, all else by the piece.
func held(ctx context.Context, n int64, asset string) string {
	if money.Currency(asset).Valid() {
		return sum(ctx, money.Of(n, money.Currency(asset)))
	}
	return thousands(ctx, n)
}

// hour writes a time of the day, with seconds as the market has them.
func hour(at time.Time) string { return at.In(span.Almaty).Format("15:04:05") }

// phaseID is the text of a phase.
func phaseID(p auction.Phase) string { return p.String() }

// indicated writes what an auction would give now.
func indicated(ctx context.Context, i exchange.Instrument, s tape.Summary) string {
	if s.Auction == 0 || s.Indication.Outcome != auction.Struck {
		return ""
	}
	return t(ctx, "exchange.indicated", "price", sum(ctx, money.Of(s.Indication.Price, i.Currency)), "volume", thousands(ctx, s.Indication.Volume*i.Terms.Unit))
}

// comes says what comes next, and nothing where nothing comes by itself.
func comes(ctx context.Context, a floor.Ahead, phase auction.Phase) string {
	switch {
	case a.What == "":
		return ""
	case phase == auction.RandomEnd:
		return t(ctx, "exchange.comes.latest", "at", hour(a.At))
	}
	return t(ctx, "exchange.comes", "what", t(ctx, "exchange.step."+a.What), "at", hour(a.At))
}
