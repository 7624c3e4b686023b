package bidding

import (
	"encoding/json"
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Said is an entry as somebody may see it: bidders have numbers in the order in which they came.
type Said struct {
	Bid
	Bidder   int  // Bidder is his number, from 1.
	Mine     bool // Mine says that it is of who looks.
	Excluded bool // Excluded is no bid: the bidder was taken out.
}

// Seen is a notice as an account may see it now, or as everybody may.
type Seen struct {
	Notice
	Now       time.Time
	Stage     State // Stage is how it stands now, also when the clock has not said so yet.
	For       string
	Announcer bool
	Over      bool    // Over says that its end has come; it is decided within seconds.
	Pledge    *Pledge // Pledge is that of who looks.
	Bidders   int     // Bidders is how many have bid, where that may be known.
	Price     int64   // Price is what a falling clock shows, and Left how much of its lot is there still.
	Left      int64
	Least     int64 // Least is the lowest next bid of an English auction, and Met says whether the seller would sell.
	Met       bool
	Ranks     []int   // Ranks are the places of who looks, for each item or for the whole; 0 for no part.
	Bests     []int64 // Bests are the best prices of a tender, where its terms show them.
	Leads     bool    // Leads says that who looks is first everywhere.
	History   []Said  // History is what may be seen of what was said, in its order: at least one's own bids.
	Awards    []Award // Awards of others have no accounts in them, but for who announced.
	Offers    []Offer // Offers of the first stage: one's own, and for who announced all of them once it is over.
}

// Look shows a notice to an account, or for an empty one to everybody. Sealed bids are shown to their bidder only, until
// they are opened; who leads is told by number; what is for invited accounts shows its bids to them only.
func Look(tx *db.Tx, keys seal.Keys, id NoticeID, account string) (Seen, error) {
	n, err := Get(tx, id)
	if err != nil {
		return Seen{}, err
	}
	s := Seen{Notice: n, Now: tx.Now(), Stage: n.StageAt(tx.Now()), For: account, Announcer: account != "" && account == n.Account}
	s.Over = n.State.Live() && !tx.Now().Before(n.Ends)
	if account != "" && n.Guarantee > 0 {
		pledges, err := Pledges(tx, id)
		if err != nil {
			return Seen{}, err
		}
		if at := slices.IndexFunc(pledges, func(p Pledge) bool { return p.Account == account }); at >= 0 {
			s.Pledge = &pledges[at]
		}
	}
	m, entries, err := n.tell(tx, keys)
	if err != nil {
		return Seen{}, err
	}
	if t, turns := m.(*tender); turns {
		if err := t.turn(span.Micros(tx.Now())); err != nil {
			return Seen{}, err
		}
	}
	if !n.State.Live() {
		if s.Awards, err = Awards(tx, id); err != nil {
			return Seen{}, err
		}
	}
	if s.Offers, err = n.offersFor(tx, keys, account); err != nil {
		return Seen{}, err
	}
	s.show(m, entries)
	return s, nil
}

// show fills in what may be seen of the machine and of what was said.
func (s *Seen) show(m machine, entries []Bid) {
	sealed := s.Kind.Sealed() && s.State.Live() && s.Stage != Second
	outside := len(s.Invited) > 0 && !s.Announcer && !slices.Contains(s.Invited, s.For)
	if outside {
		s.Best = 0
	}
	open := s.Kind == English || s.Kind == Dutch || !s.State.Live() || s.Kind.Buys() && s.Announcer
	open = open && !sealed && !outside
	numbers := make(map[string]int)
	for _, b := range entries {
		if numbers[b.Account] == 0 && !b.excludes {
			numbers[b.Account] = len(numbers) + 1
		}
		mine := s.For != "" && b.Account == s.For
		if !mine && !open {
			continue
		}
		number := numbers[b.Account]
		if b.User = ""; !mine && !s.Announcer {
			b.Account = ""
		}
		s.History = append(s.History, Said{b, number, mine, b.excludes})
	}
	if !sealed && !outside {
		s.Bidders = len(numbers)
		s.read(m)
	}
	if sealed {
		s.Entries = 0
	}
	if s.secret() && !s.Announcer {
		s.Terms.Reserve = 0
	}
	for i := range s.Awards {
		a := &s.Awards[i]
		if s.Announcer || s.For != "" && s.For == a.Winner(s.Kind) {
			continue
		}
		a.Buyer, a.Seller, a.BuyerUser, a.SellerUser, a.Reason = "", "", "", "", ""
	}
	if outside {
		s.Awards = nil
	}
	if !s.Announcer && !slices.Contains(s.Invited, s.For) {
		s.Invited = make([]string, min(len(s.Invited), 1)) // That there are some is no secret.
	}
}

// secret says whether the reserve is not shown yet.
func (n Notice) secret() bool {
	return n.State.Live() && (n.Kind == English || n.Kind == SealedFirst || n.Kind == SealedSecond || n.Kind == Placement)
}

// read fills in what the machine of an open bidding says.
func (s *Seen) read(m machine) {
	now := span.Micros(s.Now)
	switch m := m.(type) {
	case english:
		s.Least, s.Met = m.Least(), m.Met()
		if bids := m.Bids(); len(bids) > 0 {
			s.Leads = s.For != "" && string(bids[len(bids)-1].Bidder) == s.For
		}
	case *dutch:
		s.Price, s.Left = m.clock.Price(min(now, m.closes)), m.clock.Left()
	case *tender:
		competitions := len(s.Items)
		if s.Terms.Whole {
			competitions = 1
		}
		s.Leads = s.For != ""
		for place := range competitions {
			leader, best, err := m.Leader(place)
			if err != nil {
				return
			}
			rank, _ := m.Rank(auction.Party(s.For), place) // It is refused with the leader only.
			s.Ranks = append(s.Ranks, rank)
			s.Leads = s.Leads && string(leader) == s.For
			if s.Announcer || s.Terms.ShowsBest || s.Terms.Beat || !s.State.Live() {
				s.Bests = append(s.Bests, best)
			}
		}
	}
}

// best is the best price where everybody may see it, for lists.
func (n Notice) best(m machine, entries []Bid) int64 {
	switch m := m.(type) {
	case english:
		if bids := m.Bids(); len(bids) > 0 {
			return bids[len(bids)-1].Price
		}
	case *dutch:
		return entries[len(entries)-1].Prices[0]
	case *tender:
		if m.Sealed() || !n.Terms.ShowsBest && !n.Terms.Beat || !n.Terms.Whole && len(n.Items) > 1 {
			return 0
		}
		_, best, _ := m.Leader(0) // It is refused while bids are sealed only.
		return best
	}
	return 0
}

// Filter says which notices are listed. What is empty does not narrow the list.
type Filter struct {
	Kind     Kind
	State    State
	Live     bool // Live are those that are not decided.
	Mine     bool // Mine are those that Accounts have announced, secured, made an offer or bid for.
	Offered  bool // Offered are those that have offers of a first stage.
	Accounts []string
	Before   int64 // Before is the number before which the list begins; zero for the youngest.
}

const listMax = 100

// List gives notices as everybody may see them, the youngest first, at most so many.
func List(tx *db.Tx, f Filter, most int) ([]Notice, error) {
	flag := func(yes bool) int64 {
		if yes {
			return 1
		}
		return 0
	}
	if f.Before <= 0 {
		f.Before = 1 << 62
	}
	rows, err := biddingdb.New(tx).Notices(tx.Context(), biddingdb.NoticesParams{
		Before: f.Before, Kind: string(f.Kind), State: string(f.State), Live: flag(f.Live), Mine: flag(f.Mine), Offered: flag(f.Offered), Accounts: db.In(f.Accounts),
		Page: int64(max(1, min(most, listMax))),
	})
	if err != nil {
		return nil, err
	}
	all := make([]Notice, len(rows))
	for i, row := range rows {
		if all[i], err = noticeOf(row); err != nil {
			return nil, err
		}
		n := &all[i]
		if len(n.Invited) > 0 && !slices.Contains(f.Accounts, n.Account) {
			n.Best = 0
		}
		if n.Invited, n.User = nil, ""; n.secret() {
			n.Terms.Reserve = 0
		}
		if n.Sealed() {
			n.Entries = 0
		}
	}
	return all, nil
}

func noticeOf(row biddingdb.BiddingNotice) (Notice, error) {
	n := Notice{
		ID: NoticeID(row.ID), Number: row.Number, Kind: Kind(row.Kind), State: State(row.State), Account: row.Account, Party: row.Party, User: row.ByUser,
		Instrument: row.Instrument, Currency: money.Currency(row.Currency), Guarantee: row.Guarantee, Opens: span.FromMicros(row.OpensAt),
		Ends: span.FromMicros(row.EndsAt), Announced: span.FromMicros(row.AnnouncedAt), Entries: row.Entries, Best: row.Best, Reason: row.Reason,
		last: row.LastAt,
	}
	if row.UnsealsAt > 0 {
		n.Unseals = span.FromMicros(row.UnsealsAt)
	}
	if row.DecidedAt > 0 {
		n.Decided = span.FromMicros(row.DecidedAt)
	}
	return n, json.Unmarshal([]byte(row.Body), &n)
}
