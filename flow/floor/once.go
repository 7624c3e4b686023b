package floor

import (
	"context"
	"errors"

	"sauda/base/fault"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// EnterOnce is Enter for who may ask again because he has not heard the answer: an order that the same trader has entered today
// under the same id of his, and with the same contents, is given as it stands now, and none is entered. Another one under that
// id is refused, as by Enter.
func (f *Floor) EnterOnce(ctx context.Context, s Seat, a Ask) (venue.Order, error) {
	o, err := f.Enter(ctx, s, a)
	if !isRepeated(err) {
		return o, err
	}
	was, found, lost := f.Entered(ctx, s, a.Client)
	i, unknown := f.Instrument(a.Instrument)
	if !found || lost != nil || unknown != nil {
		return venue.Order{}, err
	}
	in, _ := a.input(i) // Enter has read it already.
	if was.Instrument != i.Number || was.Side != in.Side || was.Type != in.Type || was.Life != in.Life ||
		was.Auction != a.Auction || !samePrices(was, in) || was.Qty != in.Qty {
		return venue.Order{}, err
	}
	return was, nil
}

// ReplaceOnce is Replace for who may ask again: a change that was made under the same id is not made twice.
func (f *Floor) ReplaceOnce(ctx context.Context, s Seat, id uint64, a Ask) (venue.Order, error) {
	o, err := f.Replace(ctx, s, id, a)
	if !isRepeated(err) {
		return o, err
	}
	was, found, lost := f.Entered(ctx, s, a.Client)
	if !found || lost != nil || was.ID != id {
		return venue.Order{}, err
	}
	in, unread := a.input(f.Instruments()[was.Instrument])
	if unread != nil || !samePrices(was, in) || was.Left > in.Qty { // Some of it may have traded since.
		return venue.Order{}, err
	}
	return was, nil
}

// isRepeated tells whether an id of a client was used before.
func isRepeated(err error) bool {
	return errors.Is(err, ErrRefused) && fault.ParamsOf(err)["reason"] == venue.DuplicateClient.Code()
}

// samePrices tells whether an order has the prices that are asked for. A market order has the price of its protection, and one
// that has become a limit order that of its trade.
func samePrices(o venue.Order, in book.Input) bool {
	priced := o.Type == book.Limit || o.Type == book.StopLimit
	return (!priced || o.Price == in.Price) && o.Stop == in.Stop
}
