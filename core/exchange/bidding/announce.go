package bidding

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
)

const (
	liveMax    = 20   // liveMax is how many notices of one account can be under way at once.
	entriesMax = 2000 // entriesMax is how much can be said in one bidding: all of it is told again for each bid.
	reasonMax  = 500
)

// Announce gives notice of something. The account is that of who sells, or in a tender buys; who announces must be one who
// trades for it, which is for the caller to know. An instrument has its price steps, lots and investors; of it there is
// one item. Fields that are wrong are ErrInvalid; more than twenty under way are ErrFull.
func Announce(tx *db.Tx, a exchange.Account, n Notice) (Notice, error) {
	tx.Strict() // How many there are is judged, and the next number is given.
	tx.Lock("bidding numbers")
	if a.State != exchange.StateActive {
		return Notice{}, exchange.ErrStanding.About("%s is %s", a.Code, a.State)
	}
	n.ID, n.Account, n.Party, n.User = NoticeID(tx.Mint("btn")), a.Code, a.Party, tx.Who().ID
	n.State, n.Announced, n.Planned, n.Lot, n.Unit, n.Ticks = Announced, tx.Now(), span.Micros(n.Ends), 1, 1, nil
	if n.Kind != TenderTwo {
		n.Unseals = time.Time{}
	}
	c := &checker{}
	if err := n.about(tx, c); err != nil {
		return Notice{}, err
	}
	n.check(c, tx.Now())
	if err := c.fault(); err != nil {
		return Notice{}, err
	}
	live, err := biddingdb.New(tx).LiveOf(tx.Context(), n.Account)
	if err != nil {
		return Notice{}, err
	}
	if live >= liveMax {
		return Notice{}, ErrFull.About("%s has %d", n.Account, live)
	}
	if n.Number, err = biddingdb.New(tx).LastNumber(tx.Context()); err != nil {
		return Notice{}, err
	}
	n.Number++
	if err := n.add(tx); err != nil {
		return Notice{}, err
	}
	return n, tx.Emit(NoticeGiven{n.ID, n.Number, n.Kind, n.Account})
}

// about fills in what follows from the instrument.
func (n *Notice) about(tx *db.Tx, c *checker) error {
	if n.Instrument == "" {
		return nil
	}
	i, err := exchange.GetInstrument(tx, n.Instrument)
	if err != nil {
		return err
	}
	c.when(i.State != exchange.StateListed, "/instrument", wrongValue())
	n.Instrument, n.Currency, n.Lot, n.Unit, n.Ticks, n.Measure = i.Code, i.Currency, i.Terms.Lot, i.Terms.Unit, i.Ticks.Auction(), ""
	if n.Class == "" {
		n.Class = i.Terms.Class
	}
	if n.Title.IsEmpty() {
		n.Title = i.Name
	}
	if i.Goods != nil {
		n.Basis, n.Place = i.Goods.Basis, i.Goods.Store
	}
	c.when(len(n.Items) != 1, "/items", between(1, 1))
	for at, item := range n.Items {
		c.within(item.Quantity, 1, i.Terms.QtyMax/i.Terms.Lot, pointer("/items", at, "quantity"))
	}
	return nil
}

func (n Notice) add(tx *db.Tx) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return biddingdb.New(tx).AddNotice(tx.Context(), biddingdb.AddNoticeParams{
		ID: string(n.ID), Number: n.Number, Kind: string(n.Kind), Account: n.Account, Party: n.Party, ByUser: n.User, Instrument: n.Instrument,
		Currency: string(n.Currency), Guarantee: n.Guarantee, OpensAt: span.Micros(n.Opens), UnsealsAt: span.Micros(n.Unseals), EndsAt: span.Micros(n.Ends),
		TurnsAt: n.turns(), AnnouncedAt: span.Micros(n.Announced), Body: string(body),
	})
}

// turns is when the clock brings it into its next state; zero for never.
func (n Notice) turns() int64 {
	switch {
	case n.State == Announced:
		return span.Micros(n.Opens)
	case n.State == Open && n.Kind == TenderTwo:
		return span.Micros(n.Second())
	case n.State.Live():
		return span.Micros(n.Ends)
	}
	return 0
}

// Withdraw takes a notice back before the first bid or offer, with a reason that is shown. Guarantees are released. Of another's
// it is ErrStranger, with bids ErrHasBids, and what is not under way ErrStanding.
func Withdraw(tx *db.Tx, id NoticeID, account string, reason string) (Notice, error) {
	tx.Strict() // No bid may come at the same time.
	tx.Lock(lockOf(id))
	n, err := own(tx, id, account)
	if err != nil {
		return Notice{}, err
	}
	switch {
	case !n.State.Live():
		return Notice{}, ErrStanding.About("%s is %s", id, n.State)
	case n.Entries > 0:
		return Notice{}, ErrHasBids.About("%s has %d entries", id, n.Entries)
	}
	if offers, err := n.counted(tx); err != nil || offers > 0 {
		return Notice{}, cmp.Or(err, error(ErrHasBids.About("%s has %d offers", id, offers)))
	}
	if n.Reason, err = cleanedReason(reason); err != nil {
		return Notice{}, err
	}
	if n, err = n.become(tx, Withdrawn); err != nil {
		return Notice{}, err
	}
	pledges, err := Pledges(tx, id)
	if err != nil {
		return Notice{}, err
	}
	if err := release(tx, id, heldOf(pledges)); err != nil {
		return Notice{}, err
	}
	return n, tx.Emit(NoticeWithdrawn{n.ID, n.Reason})
}

// own gives a notice to who has announced it.
func own(tx *db.Tx, id NoticeID, account string) (Notice, error) {
	n, err := Get(tx, id)
	if err == nil && (account == "" || n.Account != account) {
		return Notice{}, ErrStranger.About("%s of %s is not of %.40q", id, n.Account, account)
	}
	return n, err
}

func cleanedReason(reason string) (string, error) {
	s, err := text.Clean(strings.TrimSpace(reason))
	if err != nil || s == "" || text.Limit(s, reasonMax) != nil {
		return "", ErrReason.About("%.80q", reason)
	}
	return s, nil
}

func lockOf(id NoticeID) string { return "bidding:" + string(id) }

// become brings a notice into another state, as long as nobody has written beside it since it was read: then it is
// ErrStanding.
func (n Notice) become(tx *db.Tx, state State) (Notice, error) {
	was := n.State
	n.State = state
	if !state.Live() && n.Decided.IsZero() {
		n.Decided = tx.Now()
	}
	rows, err := biddingdb.New(tx).Turn(tx.Context(), biddingdb.TurnParams{
		State: string(state), TurnsAt: n.turns(), DecidedAt: span.Micros(n.Decided), Best: n.Best, Reason: n.Reason, ID: string(n.ID),
		Was: string(was), Entries: n.Entries,
	})
	if err != nil {
		return Notice{}, err
	}
	if rows == 0 {
		return Notice{}, ErrStanding.About("%s is %s no more", n.ID, was)
	}
	return n, nil
}
