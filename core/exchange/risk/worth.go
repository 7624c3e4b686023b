package risk

import (
	"math/bits"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// worth gives what a quantity is worth at a price, without its sign; it is not ok if that is above most.
func (i *instrument) worth(price, qty int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(price), uint64(qty))
	if high != 0 || low > most {
		return 0, false
	}
	if i.Unit == 1 {
		return int64(low), true
	}
	high, low = bits.Mul64(low, uint64(i.Unit))
	return int64(low), high == 0 && low <= most
}

// amount gives how much of the asset a quantity is; it is not ok if that is above most.
func (i *instrument) amount(qty int64) (int64, bool) {
	high, low := bits.Mul64(uint64(qty), uint64(i.Piece))
	return int64(low), high == 0 && low <= most
}

// share gives a rate of an amount that is not below zero, rounded down: the fees of the parts of an order then never
// come to more than the fee of the whole, which is held.
func share(amount int64, rate money.Rate) int64 {
	if amount < 1<<43 { // A rate is below 2²⁰, and a division by a constant is many times faster.
		return amount * int64(rate) / int64(money.One)
	}
	high, low := bits.Mul64(uint64(amount), uint64(rate))
	quotient, _ := bits.Div64(high, low, uint64(money.One))
	return int64(quotient)
}

// shareUp gives it rounded up, as margins are.
func shareUp(amount int64, rate money.Rate) int64 {
	high, low := bits.Mul64(uint64(amount), uint64(rate))
	quotient, rest := bits.Div64(high, low, uint64(money.One))
	if rest != 0 {
		quotient++
	}
	return int64(quotient)
}

// worst gives what an order with so much left holds: of a buyer the money that it costs at its limit with the highest
// fee, of a seller the asset, and in a forward the highest fee. Take has seen that it can be counted.
func (i *instrument) worst(side book.Side, price, left int64) int64 {
	if side == book.Sell && i.Kind == Cash {
		return left * i.Piece
	}
	value := int64(magnitude(price)) * left * i.Unit
	fee := share(value, i.highest)
	if i.Kind == Forward {
		return fee
	}
	return value + fee
}

// margin gives what is held for a stake in a forward: the larger position that the orders of one side could lead to, at
// the mark. It is not ok if that cannot be counted.
func (i *instrument) margin(pos int64, open [2]int64) (int64, bool) {
	if i.Kind != Forward {
		return 0, true
	}
	value, ok := i.worth(i.mark, int64(max(magnitude(pos+open[book.Buy]), magnitude(pos-open[book.Sell]))))
	return shareUp(value, i.Margin), ok
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
