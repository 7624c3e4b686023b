package terminal

import (
	"strconv"
	"strings"

	"sauda/base/span"
	"sauda/core/exchange/feed"
)

// The small line of a day: how wide and how high it is drawn, in units of its own.
const (
	lineWide = 96
	lineHigh = 28
)

// line gives the points of a line through the closing prices of candles, for an SVG polyline of lineWide by lineHigh; it is empty
// with fewer than two.
func line(candles []feed.Candle) string {
	if len(candles) < 2 {
		return ""
	}
	low, high := candles[0].Close, candles[0].Close
	for _, c := range candles {
		low, high = min(low, c.Close), max(high, c.Close)
	}
	var b strings.Builder
	for n, c := range candles {
		x := n * lineWide / (len(candles) - 1)
		y := int64(lineHigh / 2)
		if high > low {
			y = 2 + (lineHigh-4)*(high-c.Close)/(high-low)
		}
		b.WriteString(strconv.Itoa(x) + "," + strconv.FormatInt(y, 10) + " ")
	}
	return strings.TrimSpace(b.String())
}

// today gives the candles that begin on the day of a moment in Almaty.
func today(candles []feed.Candle, now int64) []feed.Candle {
	from := span.Micros(span.DayOf(span.FromMicros(now), span.Almaty).Start(span.Almaty))
	for n, c := range candles {
		if c.Begins >= from {
			return candles[n:]
		}
	}
	return nil
}

// The chart that stands where no script draws a better one.
const (
	chartWide = 720
	chartHigh = 260
	chartStep = 9 // chartStep is from one candle to the next.
	chartMost = chartWide / chartStep
)

// bar is a candle as it is drawn.
type bar struct {
	X, Top, High   int64 // Top is the upper end of the body, High how high it is.
	WickTop, WickX int64
	WickEnd        int64
	Trend          string
}

// bars draws the last candles into a chart.
func bars(candles []feed.Candle) []bar {
	candles = candles[max(0, len(candles)-chartMost):]
	if len(candles) == 0 {
		return nil
	}
	low, high := candles[0].Low, candles[0].High
	for _, c := range candles {
		low, high = min(low, c.Low), max(high, c.High)
	}
	y := func(price int64) int64 {
		if high == low {
			return chartHigh / 2
		}
		return 8 + (chartHigh-16)*(high-price)/(high-low)
	}
	list := make([]bar, len(candles))
	for n, c := range candles {
		x := int64(chartWide - (len(candles)-n)*chartStep)
		top, bottom := y(max(c.Open, c.Close)), y(min(c.Open, c.Close))
		list[n] = bar{X: x, Top: top, High: max(1, bottom-top), WickX: x + 3, WickTop: y(c.High), WickEnd: y(c.Low), Trend: trend(c.Open, c.Close)}
	}
	return list
}

// packed writes candles for the script: seconds, open, high, low, close, quantity of each.
func packed(candles []feed.Candle, unit int64) string {
	var b strings.Builder
	b.WriteByte('[')
	for n, c := range candles {
		if n > 0 {
			b.WriteByte(',')
		}
		for k, v := range []int64{c.Begins / 1_000_000, c.Open, c.High, c.Low, c.Close, c.Qty * unit} {
			b.WriteString([]string{"[", ",", ",", ",", ",", ","}[k] + strconv.FormatInt(v, 10))
		}
		b.WriteByte(']')
	}
	b.WriteByte(']')
	return b.String()
}

// share gives how much of the greatest of some quantities another one is, in percent, for the bars of depth.
func share(part, most int64) string {
	if most <= 0 {
		return "0"
	}
	return strconv.FormatInt(max(1, part*100/most), 10)
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }
