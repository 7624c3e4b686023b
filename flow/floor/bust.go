package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// KindBust takes a trade back; its subject is that of TradeSubject, and it has no body.
const KindBust exchange.ProposalKind = "floor.bust"

const tradePrefix = "trade_"

// TradeSubject gives what proposals call a trade.
func TradeSubject(id uint64) exchange.Subject {
	return exchange.Subject(tradePrefix + strconv.FormatUint(id, 10))
}

// TradeOf gives the number of the trade that a proposal is about; not ok for anything else.
func TradeOf(s exchange.Subject) (id uint64, ok bool) {
	digits, ok := strings.CutPrefix(string(s), tradePrefix)
	id, err := strconv.ParseUint(digits, 10, 63)
	return id, ok && err == nil && id != 0
}

// Undone is a trade that two people take back.
//
//	books: clearing takes it back, with its postings ──▶ market: the venue undoes it, and everybody hears of it
//
// The books come first, for they alone can refuse: who no longer has what has to go back is seen there. The market cannot, and
// is told again under the number of the trade until it has heard. In between it has counted on what is not there any more, as
// it has until a trade is taken back; what an account then lacks, an alarm tells.
type Undone struct {
	Trade  uint64          `json:"trade"`
	Reason exchange.Reason `json:"reason"`
	Told   venue.Undoing   `json:"told"`             // Told is what the market hears.
	Shifts []Shift         `json:"shifts,omitempty"` // Shifts are what a split has made of the trade since.
}

const bustStory = "exchange_bust"

// ProposeBust proposes to take a trade back. One that is not known, that was taken back, or that has ended otherwise is refused
// as clearing would refuse it.
func ProposeBust(tx *db.Tx, id uint64, why exchange.Reason) (exchange.Proposal, error) {
	_, sides, err := clearing.Lookup(tx, id)
	if err != nil {
		return exchange.Proposal{}, err
	}
	switch sides[0].State {
	case clearing.Taken:
		return exchange.Proposal{}, clearing.ErrBusted.About("trade %d", id)
	case clearing.BoughtIn, clearing.Closed:
		return exchange.Proposal{}, clearing.ErrTooLate.About("trade %d is %s", id, sides[0].State)
	}
	return exchange.Propose(tx, KindBust, TradeSubject(id), nil, why)
}

// bust begins to take a trade back. A trade has one such story that ends well, whatever is confirmed again.
func (c *Chair) bust(tx *db.Tx, e exchange.Confirmed) error {
	id, ok := TradeOf(e.Subject)
	if !ok {
		return exchange.ErrInvalid.About("%.60q is no trade", string(e.Subject))
	}
	p, err := exchange.GetProposal(tx, e.Proposal)
	if err != nil {
		return err
	}
	return saga.Begin(tx, c.teller, saga.Name{Story: bustStory, Key: strconv.FormatUint(id, 10)}, Undone{Trade: id, Reason: p.Reason})
}

// bustBooks has clearing take a trade back, and puts into the words of the market what that was.
func bustBooks(tx *db.Tx, u *Undone) error {
	t, sides, err := clearing.Lookup(tx, u.Trade)
	if err != nil {
		return err
	}
	if u.Told, err = undoing(tx, t); err != nil {
		return err
	}
	u.Told.Settled = sides[0].Open == 0 && sides[0].Settled > 0
	if more := sides[0].Quantity - t.Quantity; more != 0 { // The market undoes what was traded, and hears of the rest beside it.
		u.Shifts = shiftsOf(map[clearing.Holding]int64{{Account: t.Buyer, Asset: t.Asset}: more, {Account: t.Seller, Asset: t.Asset}: -more}, nil)
	}
	if err := clearing.Bust(tx, u.Trade, string(u.Reason)); !errors.Is(err, clearing.ErrBusted) {
		return err
	}
	return nil // It was taken back otherwise, and the market may not have heard.
}

// undoing says of a trade that was written down what the market was told when it was made.
func undoing(tx *db.Tx, t clearing.Trade) (venue.Undoing, error) {
	i, err := exchange.GetInstrument(tx, t.Instrument)
	if err != nil {
		return venue.Undoing{}, err
	}
	told := venue.Trade{ID: t.ID, Instrument: i.Number, Price: t.Price, Qty: t.Quantity / i.Terms.Unit, How: hows[t.Kind], Ref: t.Ref}
	if t.Resting == clearing.Sell {
		told.Resting = book.Sell
	}
	for _, side := range [...]struct {
		of      *venue.Party
		account string
		order   uint64
		trader  uint32
		member  uint16
	}{{&told.Buy, t.Buyer, t.BuyOrder, t.BuyTrader, t.BuyMember}, {&told.Sell, t.Seller, t.SellOrder, t.SellTrader, t.SellMember}} {
		a, err := exchange.GetAccount(tx, side.account)
		if err != nil {
			return venue.Undoing{}, err
		}
		*side.of = venue.Party{Order: side.order, Account: a.Number, Trader: side.trader, Member: side.member}
		if side.member == 0 { // From before it was written down who traded.
			if err := anybody(tx, side.of, a); err != nil {
				return venue.Undoing{}, err
			}
		}
	}
	return venue.Undoing{Trade: told, Fees: &[2]int64{t.BuyFee, t.SellFee}}, nil
}

// anybody fills in the member of an account and one of its traders, in the name of whom the position is counted.
func anybody(tx *db.Tx, p *venue.Party, a exchange.Account) error {
	m, err := exchange.GetMember(tx, string(a.Member))
	if err != nil {
		return err
	}
	p.Member = m.Number
	traders, err := exchange.Traders(tx)
	for _, t := range traders {
		if t.Member == a.Member && p.Trader == 0 {
			p.Trader = t.Number
		}
	}
	return err
}

// bustMarket has the market undo a trade. That it has done so already is as good. Anything else that it answers is tried again,
// for the books have taken the trade back.
func (c *Chair) bustMarket(ctx context.Context, _ string, u *Undone) error {
	body, err := json.Marshal(u.Told)
	if err != nil {
		return fmt.Errorf("write the bust of trade %d: %w", u.Trade, err)
	}
	err = c.floor.command(ctx, venue.Input{Verb: venue.Bust, Instrument: u.Told.Trade.Instrument, Body: body})
	if err == nil || isReason(err, venue.Repeated) {
		return c.floor.shift(ctx, fmt.Sprint("bust ", u.Trade), u.Shifts)
	}
	return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
}

// isReason tells whether the market has refused something for a reason.
func isReason(err error, why venue.Reason) bool {
	return errors.Is(err, ErrRefused) && fault.ParamsOf(err)["reason"] == why.Code()
}

// BustTrouble gives why a trade could not be taken back when two people wanted it the last time; nil for none.
func BustTrouble(tx *db.Tx, id uint64) (trouble, err error) {
	stories, err := saga.List(tx, saga.Filter{Name: bustStory, Key: strconv.FormatUint(id, 10), Limit: 1})
	if err != nil || len(stories) == 0 {
		return nil, err
	}
	return stories[0].Reason, nil
}
