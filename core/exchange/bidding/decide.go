package bidding

import (
	"cmp"
	"slices"

	"sauda/base/span"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Due gives the notices whose next turn has come, at most so many, the longest due first.
func Due(tx *db.Tx, most int) ([]NoticeID, error) {
	rows, err := biddingdb.New(tx).Due(tx.Context(), biddingdb.DueParams{At: span.Micros(tx.Now()), Page: int64(most)})
	ids := make([]NoticeID, len(rows))
	for i, id := range rows {
		ids[i] = NoticeID(id)
	}
	return ids, err
}

// Turn brings a notice to where it stands now: open, its second stage, or decided. Decided once, it stays so, whoever
// asks again or at the same time. Who has not won gets his guarantee back; what was won is an Award.
func Turn(tx *db.Tx, keys seal.Keys, id NoticeID) (Notice, error) {
	tx.Strict() // What was won is judged by all bids, and decided once.
	tx.Lock(lockOf(id))
	n, err := Get(tx, id)
	if err != nil || !n.State.Live() {
		return n, err
	}
	if tx.Now().Before(n.Ends) {
		next := n.stateAt(tx.Now())
		if next == n.State {
			return n, nil
		}
		m, entries, err := n.tell(tx, keys)
		if err != nil {
			return Notice{}, err
		}
		if t, opens := m.(*tender); opens {
			if err := t.turn(span.Micros(tx.Now())); err != nil {
				return Notice{}, err
			}
		}
		if next == Second {
			n.Best = n.best(m, entries)
		}
		if n, err = n.become(tx, next); err != nil {
			return Notice{}, err
		}
		return n, tx.Emit(Turned{n.ID, n.State})
	}
	return n.decide(tx, keys)
}

// decide awards what was won.
func (n Notice) decide(tx *db.Tx, keys seal.Keys) (Notice, error) {
	m, entries, err := n.tell(tx, keys)
	if err != nil {
		return Notice{}, err
	}
	trades, err := m.award(span.Micros(n.Ends))
	if err != nil {
		return Notice{}, err
	}
	slices.SortStableFunc(trades, func(a, b auction.Trade) int { return cmp.Compare(a.Item, b.Item) })
	users := map[string]string{n.Account: n.User}
	for _, b := range entries {
		if !b.excludes {
			users[b.Account] = b.User
		}
	}
	keeps := make(map[string]bool)
	q := biddingdb.New(tx.Later())
	for i, t := range trades {
		a := Award{Buyer: string(t.Buyer), Seller: string(t.Seller)}
		keeps[a.Winner(n.Kind)] = true
		err := q.AddAward(tx.Context(), biddingdb.AddAwardParams{
			Notice: string(n.ID), Number: int64(i + 1), Item: int64(t.Item), Buyer: a.Buyer, BuyerUser: users[a.Buyer], Seller: a.Seller,
			SellerUser: users[a.Seller], Price: t.Price, Quantity: t.Quantity, At: span.Micros(tx.Now()),
		})
		if err != nil {
			return Notice{}, err
		}
	}
	pledges, err := Pledges(tx, n.ID)
	if err != nil {
		return Notice{}, err
	}
	free := slices.DeleteFunc(heldOf(pledges), func(account string) bool { return keeps[account] })
	if err := release(tx, n.ID, free); err != nil {
		return Notice{}, err
	}
	state := Decided
	if len(trades) == 0 {
		state = Failed
	} else {
		n.Best = trades[0].Price
	}
	if n, err = n.become(tx, state); err != nil {
		return Notice{}, err
	}
	return n, tx.Emit(NoticeDecided{n.ID, n.Kind, n.Instrument, len(trades)})
}

// Outcome is what became of an award. Blame is who lacked what he had to give; empty for nobody.
type Outcome struct {
	Award  int64      `json:"award"`
	State  AwardState `json:"state"`
	Reason string     `json:"reason,omitempty"`
	Blame  string     `json:"blame,omitempty"`
}

// End says what became of awards, each once. The guarantee of a winner goes back when all that he has won has come to its
// end, and to who announced when the winner is to blame. A notice of which nothing is open any more is settled, or failed
// when nothing was kept.
func End(tx *db.Tx, id NoticeID, outcomes []Outcome) (Notice, error) {
	tx.Strict() // Whether anything is open is judged over all awards.
	tx.Lock(lockOf(id))
	n, err := Get(tx, id)
	if err != nil {
		return Notice{}, err
	}
	if n.State != Decided {
		return Notice{}, ErrStanding.About("%s is %s", id, n.State)
	}
	awards, err := Awards(tx, id)
	if err != nil {
		return Notice{}, err
	}
	q := biddingdb.New(tx.Later())
	for _, o := range outcomes {
		at := slices.IndexFunc(awards, func(a Award) bool { return a.Number == o.Award && a.State == Agreed })
		if at < 0 {
			return Notice{}, ErrStanding.About("award %d of %s", o.Award, id)
		}
		err := q.EndAward(tx.Context(), biddingdb.EndAwardParams{
			State: string(o.State), Reason: o.Reason, At: span.Micros(tx.Now()), Notice: string(id), Number: o.Award,
		})
		if err != nil {
			return Notice{}, err
		}
		awards[at].State = o.State
		if winner := awards[at].Winner(n.Kind); o.Blame == winner {
			if err := draw(tx, n, winner); err != nil {
				return Notice{}, err
			}
		}
	}
	return n.conclude(tx, awards)
}

// conclude releases the guarantees of those who have nothing open, and settles what has nothing open at all.
func (n Notice) conclude(tx *db.Tx, awards []Award) (Notice, error) {
	bound, free, kept := make(map[string]bool), []string{}, false
	for _, a := range awards {
		bound[a.Winner(n.Kind)] = bound[a.Winner(n.Kind)] || a.State == Agreed
		kept = kept || a.State == Traded || a.State == Fulfilled
	}
	open := false
	for _, a := range awards {
		winner := a.Winner(n.Kind)
		open = open || bound[winner]
		if !bound[winner] && !slices.Contains(free, winner) {
			free = append(free, winner)
		}
	}
	if err := release(tx, n.ID, free); err != nil {
		return Notice{}, err
	}
	if open {
		return n, nil
	}
	state := Settled
	if !kept {
		state = Failed
	}
	n, err := n.become(tx, state)
	if err != nil {
		return Notice{}, err
	}
	return n, tx.Emit(NoticeSettled{n.ID, n.State})
}

// Fulfil says that a contract was kept. Who announced says so, for what was described in words: the guarantee of the
// winner goes back.
func Fulfil(tx *db.Tx, id NoticeID, account string, award int64) (Notice, error) {
	n, err := own(tx, id, account)
	if err != nil {
		return Notice{}, err
	}
	if n.Instrument != "" {
		return Notice{}, ErrStanding.About("%s is of %s: the exchange settles it", id, n.Instrument)
	}
	return End(tx, id, []Outcome{{Award: award, State: Fulfilled}})
}

// Break says that the winner has not kept a contract: two people of the exchange have found so. His guarantee goes to who
// announced.
func Break(tx *db.Tx, id NoticeID, award int64) (Notice, error) {
	n, err := Get(tx, id)
	if err != nil {
		return Notice{}, err
	}
	awards, err := Awards(tx, id)
	if err != nil {
		return Notice{}, err
	}
	at := slices.IndexFunc(awards, func(a Award) bool { return a.Number == award })
	if at < 0 || n.Instrument != "" {
		return Notice{}, ErrStanding.About("award %d of %s", award, id)
	}
	return End(tx, id, []Outcome{{Award: award, State: Broken, Blame: awards[at].Winner(n.Kind)}})
}

// Awards gives what was won in a bidding, by item.
func Awards(tx *db.Tx, id NoticeID) ([]Award, error) {
	rows, err := biddingdb.New(tx).Awards(tx.Context(), string(id))
	all := make([]Award, len(rows))
	for i, row := range rows {
		all[i] = Award{
			Notice: NoticeID(row.Notice), Number: row.Number, Item: int(row.Item), Buyer: row.Buyer, Seller: row.Seller, BuyerUser: row.BuyerUser,
			SellerUser: row.SellerUser, Price: row.Price, Quantity: row.Quantity, State: AwardState(row.State), Reason: row.Reason, At: span.FromMicros(row.At),
		}
	}
	return all, err
}
