package watch

import (
	"math"
	"math/bits"
)

// Rules are the bounds of a market. Times are in microseconds, shares in hundredths. Each pattern that has a zero count is not
// looked for.
type Rules struct {
	WashTrades int64 `json:"wash_trades"` // WashTrades of one owner with himself on one day raise an alert.

	RingTurns  int64 `json:"ring_turns"`  // RingTurns is how often two must change sides,
	RingWindow int64 `json:"ring_window"` // RingWindow in how long a time,
	RingShare  int64 `json:"ring_share"`  // RingShare is which share of what each of them trades in that time is with the other,
	RingNet    int64 `json:"ring_net"`    // RingNet and how much of it may stay with one of them.

	LayerTimes  int64 `json:"layer_times"`  // LayerTimes on one day raise an alert:
	LayerRatio  int64 `json:"layer_ratio"`  // LayerRatio is how many times more is shown on one side than is meant on the other,
	LayerLarge  int64 `json:"layer_large"`  // LayerLarge and how many times an average trade that is,
	LayerAge    int64 `json:"layer_age"`    // LayerAge entered no longer ago than this,
	LayerWithin int64 `json:"layer_within"` // LayerWithin is in what time after the trade it is taken back,
	LayerGone   int64 `json:"layer_gone"`   // LayerGone is which share of it, with no more than the rest entered again;
	LayerHabit  int64 `json:"layer_habit"`  // LayerHabit and which share of all such trades of the day ends like that.

	CloseWindow int64 `json:"close_window"` // CloseWindow is how long before the end of the day counts,
	CloseShare  int64 `json:"close_share"`  // CloseShare is which share of the trade in it one owner has on one side,
	CloseMove   int64 `json:"close_move"`   // CloseMove by how much, in hundredths of a hundredth, the price went his way,
	CloseTrades int64 `json:"close_trades"` // CloseTrades and how many trades there must be at least.

	FloodMessages int64 `json:"flood_messages"` // FloodMessages of one trader
	FloodWindow   int64 `json:"flood_window"`   // FloodWindow in so long a time,
	FloodRatio    int64 `json:"flood_ratio"`    // FloodRatio times his trades in it,
	FloodShort    int64 `json:"flood_short"`    // FloodShort is which share of what he takes back had stood for less than
	FloodLife     int64 `json:"flood_life"`     // FloodLife.
}

const (
	second = 1_000_000
	minute = 60 * second
)

// Shares are the bounds for securities. None of the sources names a number: these are ours, chosen so that the innocent of
// the seeded markets of the tests raise no alert (docs/exchange/surveillance.md has the shares of false alarms).
//
//   - Two trades with oneself on a day may still be two desks of one house that have met; from the second on somebody looks.
//   - A ring changes sides four times: once there and back is a change of mind, twice is a habit.
//   - Five times what is meant on the other side is more than any quote of both sides differs; a market maker who is hit enters
//     again what he takes back.
//   - Who shows much and is in a hurry on the other side now and then takes back what he shows now and then too; who layers does
//     it for the sake of the trade, so that it is the rule.
//   - The last ten minutes are what index funds and settlement prices look at; one hundredth is more than the steps of the
//     price make by themselves.
//   - Five hundred messages in ten seconds are more than a person, and than a quote of five levels a second, can need.
var Shares = Rules{
	WashTrades: 2,
	RingTurns:  4, RingWindow: 30 * minute, RingShare: 60, RingNet: 15,
	LayerTimes: 3, LayerRatio: 5, LayerLarge: 5, LayerAge: 10 * minute, LayerWithin: 10 * second, LayerGone: 80, LayerHabit: 40,
	CloseWindow: 10 * minute, CloseShare: 50, CloseMove: 100, CloseTrades: 3,
	FloodMessages: 500, FloodWindow: 10 * second, FloodRatio: 100, FloodShort: 80, FloodLife: second,
}

// Goods are the bounds for goods: fewer and larger trades, so that a quarter of the trade at the end of a day is what one buyer
// of a day needs, and a price moves by more.
var Goods = func() Rules {
	r := Shares
	r.CloseShare, r.CloseMove = 60, 200
	r.RingWindow = 2 * 60 * minute
	return r
}()

// ratio gives n times of by whole, rounded down, without overflow; of nothing it is nothing.
func ratio(n, of, whole int64) int64 {
	if n <= 0 || whole <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(n), uint64(of))
	if hi >= uint64(whole) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(min(q, math.MaxInt64))
}

// share gives a part of a whole in hundredths.
func share(part, whole int64) int64 { return ratio(part, 100, whole) }

// times tells whether a number is at least so many times another one, without overflow.
func times(n, factor, of int64) bool {
	hi, lo := bits.Mul64(uint64(max(factor, 0)), uint64(max(of, 0)))
	return hi == 0 && lo <= uint64(max(n, 0))
}
