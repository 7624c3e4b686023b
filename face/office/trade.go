package office

import (
	"fmt"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/gear/db"
)

// weekDays is how many days are compared with as many before them.
const weekDays = 7

// dayHours is how many hours a day of the chart has: clocks in Kazakhstan are never put forward or back.
const dayHours = 24

// figures are what was ordered in a time.
type figures struct {
	Orders int64
	Total  money.Money
}

func (f *figures) add(h order.Hour) {
	f.Orders += h.Orders
	f.Total.Minor += h.Total.Minor
}

// Average is what an order comes to; without orders it is nothing.
func (f figures) Average() money.Money {
	if f.Orders == 0 {
		return money.Of(0, f.Total.Currency)
	}
	minor, _ := money.MulDiv(f.Total.Minor, 1, f.Orders, money.HalfUp) // An average is no more than the sum.
	return money.Of(minor, f.Total.Currency)
}

// against are the figures of a time beside those of the same time a week before.
type against struct{ Now, Before figures }

// bar is one step of a chart: a day or an hour, beside the same one a week before.
type bar struct {
	against
	Day    span.Day
	Hour   int
	Height int64 // Height and Past are in parts of a hundred of the highest step of both weeks.
	Past   int64
}

// trade is how trade goes, in one currency.
type trade struct {
	Today against // Today is until now, and the same day of the week before until the same time.
	Week  against // Week is the last seven days until now, and the seven before until the same time.
	Days  []bar   // Days are the last seven; what follows now in the week before is in them.
	Hours []bar   // Hours are those of today.
	Hour  int     // Hour is the present one.
}

// readTrade adds up two weeks of a seller in one statement.
func readTrade(tx *db.Tx, of seller.ID, currency money.Currency) (trade, error) {
	now := tx.Now()
	today := span.DayOf(now, span.Almaty)
	cut := now.AddDate(0, 0, -weekDays)
	hours, err := order.Hours(tx, of, span.Days{From: today.AddDays(1 - 2*weekDays), To: today.AddDays(1)}, cut)
	return tradeOf(hours, now, currency), err
}

// tradeOf deals the hours of two weeks out to what is compared.
func tradeOf(hours []order.Hour, now time.Time, currency money.Currency) trade {
	today := span.DayOf(now, span.Almaty)
	cut := now.AddDate(0, 0, -weekDays)
	none := against{figures{Total: money.Of(0, currency)}, figures{Total: money.Of(0, currency)}}
	w := trade{Today: none, Week: none, Days: make([]bar, weekDays), Hours: make([]bar, dayHours), Hour: now.In(span.Almaty).Hour()}
	for i := range w.Days {
		w.Days[i] = bar{against: none, Day: today.AddDays(i + 1 - weekDays)}
	}
	for i := range w.Hours {
		w.Hours[i] = bar{against: none, Day: today, Hour: i}
	}
	for _, h := range hours {
		if h.Total.Currency != currency {
			continue
		}
		day := span.DayOf(h.At, span.Almaty)
		ago := day.DaysUntil(today)
		isPast := ago >= weekDays
		early := h.At.Before(cut) && h.Early // What the week before had sold by this time.
		i := weekDays - 1 - ago%weekDays
		hour := h.At.In(span.Almaty).Hour()
		switch {
		case isPast:
			w.Days[i].Before.add(h)
			if early {
				w.Week.Before.add(h)
			}
		default:
			w.Days[i].Now.add(h)
			w.Week.Now.add(h)
		}
		switch ago {
		case 0:
			w.Hours[hour].Now.add(h)
			w.Today.Now.add(h)
		case weekDays:
			w.Hours[hour].Before.add(h)
			if early {
				w.Today.Before.add(h)
			}
		}
	}
	scale(w.Days)
	scale(w.Hours)
	return w
}

// scale gives the steps of a chart their heights.
func scale(bars []bar) {
	highest := int64(0)
	for _, b := range bars {
		highest = max(highest, b.Now.Total.Minor, b.Before.Total.Minor)
	}
	if highest == 0 {
		return
	}
	for i := range bars {
		bars[i].Height, _ = money.MulDiv(bars[i].Now.Total.Minor, 100, highest, money.Up) // Both are parts of the highest.
		bars[i].Past, _ = money.MulDiv(bars[i].Before.Total.Minor, 100, highest, money.Up)
	}
}

// growth is by how many parts of a hundred something is more than before; it is not ok when there was nothing before.
func growth(now, before int64) (percent int64, ok bool) {
	if before == 0 {
		return 0, false
	}
	return money.MulDiv(now-before, 100, before, money.HalfUp)
}

// chartWide is the width of a chart in its own units.
const chartWide = 336

// barWide is the width of a step of a chart; the step of the week before stands half behind it.
func barWide(bars []bar) int { return chartWide / len(bars) * 6 / 10 }

// hourOf writes an hour for the foot of a bar.
func hourOf(hour int) string { return fmt.Sprintf("%02d", hour) }

// percentOf writes a growth with its sign.
func percentOf(percent int64) string {
	if percent > 0 {
		return "+" + number(percent) + "\u00a0%"
	}
	if percent < 0 {
		return "−" + number(-percent) + "\u00a0%"
	}
	return "0\u00a0%"
}
