package shop

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/base/qr"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/gear/web"
)

func langOf(ctx context.Context) string { return web.Lang(ctx) }

// dateField is a field for a day.
type dateField struct{ Name, Label, Value string }

func dateOn(name, label, value string) dateField { return dateField{name, label, value} }

func dayNumber(d span.Day) int {
	_, _, n := d.Date()
	return n
}

// monthWords names a month with its year.
func monthWords(ctx context.Context, d span.Day) string {
	y, m, _ := d.Date()
	return t(ctx, "booking.month."+strconv.Itoa(int(m))) + " " + strconv.Itoa(y)
}

// inSquare writes a price for a square of the calendar: thousands, where there are any.
func inSquare(ctx context.Context, m money.Money) string {
	whole := m.Minor / 100
	if whole < 10_000 {
		return strings.TrimSuffix(amount(ctx, m), "\u00a0₸")
	}
	return t(ctx, "booking.thousands", "n", (whole+500)/1000)
}

// slotWords writes when a slot begins.
func slotWords(s booking.Slot) string { return fmt.Sprintf("%02d:%02d", s.Minute/60, s.Minute%60) }

func orOne(s string) string { return cmp.Or(s, "1") }

// drawn is the ticket as a drawing that a camera reads.
func drawn(ticket string) string {
	code, err := qr.Encode([]byte(ticket))
	if err != nil { // A ticket is far shorter than what fits.
		return ""
	}
	return code.SVG("qr")
}
