package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
	"sauda/gear/seal"
)

// Hammer brings biddings to their end: it takes what secures a bid, has notices decided when their time has come, and
// makes trades of what was won.
//
//	lodge:   name ──▶ debit: the market gives it up ──▶ hold: the ledger moves it, and the bidder may bid
//	                    ▲                                 │ refused
//	                    └────────── credited back ────────┘
//	award:   trade: the market makes each trade once ──▶ end: what became of it is written down
type Hammer struct {
	floor  *Floor
	teller *saga.Teller
	keys   seal.Keys
}

// Lodging is the guarantee of an account for a bidding.
type Lodging struct {
	Notice  bidding.NoticeID `json:"notice"`
	Account string           `json:"account"` // Account is its code.
	Ref     string           `json:"ref,omitempty"`
	Asset   string           `json:"asset,omitempty"`
	Amount  int64            `json:"amount,omitempty"`
	Number  uint32           `json:"number,omitempty"` // Number and Of are the account and the asset, as the market calls them.
	Of      uint32           `json:"of,omitempty"`
}

// Awarding is what was won in a bidding for an instrument, on its way to be traded.
type Awarding struct {
	Notice   bidding.NoticeID  `json:"notice"`
	Outcomes []bidding.Outcome `json:"outcomes,omitempty"`
	Deals    []awarded         `json:"deals"`
	Code     string            `json:"code"`
}

// awarded is one award in the words of the market.
type awarded struct {
	Award      int64     `json:"award"`
	Price      int64     `json:"price"`
	Qty        int64     `json:"qty"`
	How        venue.How `json:"how"`
	Buyer      string    `json:"buyer"`
	Seller     string    `json:"seller"`
	BuyerUser  string    `json:"buyer_user"`
	SellerUser string    `json:"seller_user"`
}

const (
	lodgingStory  = "exchange_lodging"
	awardingStory = "exchange_award"
	turnsAtOnce   = 100 // turnsAtOnce is how many notices are brought to where they stand in one round.
)

// NewHammer makes a hammer whose teller knows its stories. The keys open what was sealed.
func NewHammer(f *Floor, teller *saga.Teller, keys seal.Keys) *Hammer {
	h := &Hammer{floor: f, teller: teller, keys: keys}
	saga.Learn(teller, saga.Story[Lodging]{Name: lodgingStory, Steps: []saga.Step[Lodging]{
		{Name: "name", Do: nameLodging},
		{Name: "debit", Call: h.debit, Recall: h.credit},
		{Name: "hold", Do: holdLodging},
	}})
	saga.Learn(teller, saga.Story[Awarding]{Name: awardingStory, Steps: []saga.Step[Awarding]{
		{Name: "deals", Do: readDeals},
		{Name: "trade", Call: h.trade},
		{Name: "end", Do: endAwards},
	}})
	return h
}

// Keys are what biddings are sealed by.
func (h *Hammer) Keys() seal.Keys { return h.keys }

// Lodge takes the guarantee of an account for a bidding out of its free money. Told again it is lodged once. What is not
// free is ErrRefused; what a bidding says against it, is said by bidding.MaySecure. Then the account has what it had.
func (h *Hammer) Lodge(ctx context.Context, who db.Who, l Lodging) (saga.Outcome, error) {
	_, outcome, err := saga.Tell(ctx, h.teller, who, saga.Name{Story: lodgingStory, Key: string(l.Notice) + "/" + l.Account},
		Lodging{Notice: l.Notice, Account: l.Account})
	return outcome, err
}

// nameLodging finds out how much it is and what the market calls it.
func nameLodging(tx *db.Tx, l *Lodging) error {
	a, err := exchange.GetAccount(tx, l.Account)
	if err != nil {
		return err
	}
	n, err := bidding.MaySecure(tx, l.Notice, a)
	if err != nil {
		return err
	}
	if l.Of, err = assetOf(tx, string(n.Currency)); err != nil {
		return err
	}
	l.Account, l.Number, l.Asset, l.Amount, l.Ref = a.Code, a.Number, string(n.Currency), n.Guarantee, tx.Mint("plg")
	return nil
}

func (h *Hammer) debit(ctx context.Context, _ string, l *Lodging) error {
	return h.floor.move(ctx, venue.Movement{Ref: l.movement(), Account: l.Number, Asset: l.Of, Amount: -l.Amount})
}

func (h *Hammer) credit(ctx context.Context, _ string, l *Lodging) error {
	return h.floor.move(ctx, venue.Movement{Ref: l.movement() + " back", Account: l.Number, Asset: l.Of, Amount: l.Amount})
}

// movement is how the market calls what the ledger will move.
func (l *Lodging) movement() string { return MovementRef("exchange.move", l.Ref, l.Account, l.Asset) }

// holdLodging moves it among what secures bids, and lets the account bid.
func holdLodging(tx *db.Tx, l *Lodging) error {
	a, err := exchange.GetAccount(tx, l.Account)
	if err != nil {
		return err
	}
	if _, err := bidding.Secure(tx, l.Notice, a, l.Ref); err != nil {
		return err
	}
	return clearing.Move(tx, clearing.Movement{
		Ref: l.Ref, Place: ledger.ExchangePledge(l.Account), Asset: l.Asset, Amount: l.Amount, Cause: string(l.Notice),
	}, ledger.Exchange(l.Account))
}

// PledgeEnded gives a guarantee to whom it belongs now. Told again it changes nothing; the market hears of it as of all
// that the ledger moves.
func PledgeEnded(tx *db.Tx, e bidding.PledgeEnded) error {
	return clearing.Move(tx, clearing.Movement{
		Ref: e.Ref + ":" + string(e.State), Place: ledger.Exchange(e.To), Asset: e.Currency, Amount: e.Amount, Cause: string(e.Notice),
	}, ledger.ExchangePledge(e.Account))
}

// Turn brings all notices to where they stand now, each in a moment of its own, so that none holds up the others.
func (h *Hammer) Turn(ctx context.Context, store *db.Store) error {
	var due []bidding.NoticeID
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		due, err = bidding.Due(tx, turnsAtOnce)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, job.Once(ctx, store, db.System, func(tx *db.Tx) error {
			_, err := bidding.Turn(tx, h.keys, id)
			return err
		}))
	}
	return err
}

// Decided begins to make trades of what was won of an instrument. What was won in words is a contract already.
func (h *Hammer) Decided(tx *db.Tx, e bidding.NoticeDecided) error {
	if e.Instrument == "" || e.Awards == 0 {
		return nil
	}
	return saga.Begin(tx, h.teller, saga.Name{Story: awardingStory, Key: string(e.Notice)}, Awarding{Notice: e.Notice})
}

// Broken carries out that two people have found a contract broken. One that has come to its end meanwhile stays as it is.
func Broken(tx *db.Tx, e exchange.Confirmed) error {
	if e.Kind != bidding.KindBreak {
		return nil
	}
	var b bidding.Breach
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return exchange.ErrInvalid.About("%s: %w", e.Proposal, err)
	}
	_, err := bidding.Break(tx, bidding.NoticeID(e.Subject), b.Award)
	if errors.Is(err, bidding.ErrStanding) {
		return nil
	}
	return err
}

// readDeals puts what was won into the words of the market.
func readDeals(tx *db.Tx, w *Awarding) error {
	n, err := bidding.Get(tx, w.Notice)
	if err != nil {
		return err
	}
	awards, err := bidding.Awards(tx, w.Notice)
	if err != nil {
		return err
	}
	how := venue.HowLot
	switch {
	case n.Kind == bidding.Placement:
		how = venue.HowPlacement
	case n.Kind.Buys():
		how = venue.HowTender
	}
	w.Code, w.Deals = n.Instrument, make([]awarded, len(awards))
	for i, a := range awards {
		w.Deals[i] = awarded{a.Number, a.Price, a.Quantity * (n.Lot / n.Unit), how, a.Buyer, a.Seller, a.BuyerUser, a.SellerUser}
	}
	return nil
}

// trade has the market make each trade once, under a name that never changes. What the market cannot take now, because its
// session is closed, it is asked for again later; what one side lacks is the end of that award and of no other.
func (h *Hammer) trade(ctx context.Context, _ string, w *Awarding) error {
	for _, d := range w.Deals[len(w.Outcomes):] {
		o, err := h.deal(ctx, w, d)
		if err != nil {
			return err
		}
		w.Outcomes = append(w.Outcomes, o)
	}
	return nil
}

func (h *Hammer) deal(ctx context.Context, w *Awarding, d awarded) (bidding.Outcome, error) {
	i, err := h.floor.Instrument(w.Code)
	if err != nil {
		return bidding.Outcome{}, fmt.Errorf("%w: %w", saga.ErrLater, err) // The market has not learned of it, or runs elsewhere.
	}
	buy, buys := h.floor.seatAt(d.BuyerUser, d.Buyer)
	sell, sells := h.floor.seatAt(d.SellerUser, d.Seller)
	if !buys || !sells || i.State == exchange.StateDelisted {
		return bidding.Outcome{Award: d.Award, State: bidding.Refused, Reason: venue.NotAdmitted.Code()}, nil
	}
	body, err := json.Marshal(venue.Agreement{
		Ref: fmt.Sprintf("bidding %s %d", w.Notice, d.Award), How: d.How,
		Trades: []venue.Trade{{Price: d.Price, Qty: d.Qty, Buy: buy.party(), Sell: sell.party()}},
	})
	if err != nil {
		return bidding.Outcome{}, fmt.Errorf("write award %d of %s: %w", d.Award, w.Notice, err)
	}
	events, err := h.floor.Do(ctx, venue.Input{Verb: venue.Agree, Instrument: i.Number, Body: body})
	if err != nil {
		return bidding.Outcome{}, fmt.Errorf("%w: %w", saga.ErrLater, err) // It may be made: asked again it is Repeated.
	}
	o := bidding.Outcome{Award: d.Award, State: bidding.Traded}
	e := events[0]
	switch {
	case e.Kind != venue.Refused || e.Reason == venue.Repeated:
		return o, nil
	case e.Reason == venue.WrongPhase || e.Reason == venue.Suspended:
		return bidding.Outcome{}, fmt.Errorf("%w: %s is not traded now", saga.ErrLater, w.Code)
	}
	o.State, o.Reason = bidding.Refused, e.Reason.Code()
	switch o.Reason {
	case risk.BuyingPower.Code():
		o.Blame = d.Buyer
	case risk.Securities.Code(), risk.Unsettled.Code():
		o.Blame = d.Seller
	}
	return o, nil
}

// seatAt gives the seat of a user for an account, by what the market was taught last.
func (f *Floor) seatAt(user, account string) (Seat, bool) {
	all := f.Seats(user)
	at := slices.IndexFunc(all, func(s Seat) bool { return s.Code == account })
	if at < 0 {
		return Seat{}, false
	}
	return all[at], true
}

func (s Seat) party() venue.Party {
	return venue.Party{Account: s.Account, Trader: s.Trader, Member: s.Member}
}

// endAwards writes down what became of what was won. Somebody may have said so before.
func endAwards(tx *db.Tx, w *Awarding) error {
	_, err := bidding.End(tx, w.Notice, w.Outcomes)
	if errors.Is(err, bidding.ErrStanding) {
		return nil
	}
	return err
}
