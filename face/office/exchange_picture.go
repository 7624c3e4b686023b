package office

import (
	"slices"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/watch"
)

// The picture of an alert: how wide and how high it is drawn, in units of its own.
const (
	pictureWide = 720
	pictureHigh = 220
	pictureEdge = 10 // pictureEdge is what stays free around it.
)

// picture is the price around an alert, with the trades and orders that it is about.
type picture struct {
	Line   string // Line are the points of the price.
	Dots   []dot
	Stands []stand
	Low    int64
	High   int64
	From   int64
	To     int64
}

// dot is a trade of the alert.
type dot struct{ X, Y int64 }

// stand is an order of the alert: from when to when it stood at its price.
type stand struct {
	X, Y, Wide int64
	Side       string
}

// scaled gives a part of a length: n of whole, whatever the unit of both.
func scaled(n, length, whole int64) int64 {
	part, ok := money.MulDiv(n, length, whole, money.Down)
	if !ok {
		return 0
	}
	return part
}

// drawn draws the trades of a market around those of an alert, and its orders.
func drawn(orders []watch.Order, deals []watch.Deal, market []clearing.Traded) picture {
	type point struct{ at, price int64 }
	var line []point
	var p picture
	begun := false
	see := func(at, price int64) {
		if !begun {
			p.From, p.To, p.Low, p.High, begun = at, at, price, price, true
		}
		p.From, p.To, p.Low, p.High = min(p.From, at), max(p.To, at), min(p.Low, price), max(p.High, price)
	}
	for _, d := range deals {
		see(d.Time, d.Price)
	}
	for _, o := range orders {
		see(o.From, o.Price)
		see(max(o.From, o.Until), o.Price)
	}
	if !begun {
		return p
	}
	margin := (p.To-p.From)/10 + 60*1_000_000 // A minute and a tenth before and after.
	p.From, p.To = p.From-margin, p.To+margin
	for _, t := range slices.Backward(market) {
		if at := span.Micros(t.At); at >= p.From && at <= p.To && !t.Busted {
			line = append(line, point{at, t.Price})
			p.Low, p.High = min(p.Low, t.Price), max(p.High, t.Price)
		}
	}
	x := func(at int64) int64 {
		return pictureEdge + (pictureWide-2*pictureEdge)*((at-p.From)/1000)/max((p.To-p.From)/1000, 1)
	}
	y := func(price int64) int64 {
		if p.High == p.Low {
			return pictureHigh / 2
		}
		return pictureEdge + scaled(p.High-price, pictureHigh-2*pictureEdge, p.High-p.Low)
	}
	var points []string
	for _, one := range line {
		points = append(points, strconv.FormatInt(x(one.at), 10)+","+strconv.FormatInt(y(one.price), 10))
	}
	p.Line = strings.Join(points, " ")
	for _, d := range deals {
		p.Dots = append(p.Dots, dot{x(d.Time), y(d.Price)})
	}
	for _, o := range orders {
		until := o.Until
		if until == 0 {
			until = p.To
		}
		side := "buy"
		if o.Side == book.Sell {
			side = "sell"
		}
		p.Stands = append(p.Stands, stand{x(o.From), y(o.Price), max(x(until)-x(o.From), 2), side})
	}
	return p
}
