package bidding

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// A tender whose bidders are judged first:
//
//	Opens ── sealed offers without prices ── Unseals ── verdicts ── Second ── prices of those who were admitted ── Ends

// Verdict is what was found about an offer; none yet is empty.
type Verdict string

// The verdicts.
const (
	Admitted Verdict = "admitted"
	Barred   Verdict = "refused"
)

// Offer is what somebody brings to the first stage of a tender in which bidders are judged: how he would do it and what shows
// that he can, without a price.
type Offer struct {
	Account string    `json:"-"`
	User    string    `json:"-"`
	At      time.Time `json:"-"`
	Verdict Verdict   `json:"-"`
	Reason  string    `json:"-"` // Reason is why it was refused, or what was said beside an admission.
	Judge   string    `json:"-"`
	Judged  time.Time `json:"-"`

	Words     string     `json:"words"`
	Documents []Document `json:"documents,omitempty"`
}

// Qualifies says whether bidders are judged by offers without prices before they bid.
func (n Notice) Qualifies() bool { return n.Kind == TenderTwo && n.Terms.Judging > 0 }

// Second is when the second of two stages begins: at the end of the first, or where offers are judged so long after it.
func (n Notice) Second() time.Time {
	return n.Unseals.Add(time.Duration(n.Terms.Judging) * time.Microsecond)
}

// StageAt is how a notice stands at a moment, with the time in which offers are judged.
func (n Notice) StageAt(at time.Time) State {
	s := n.stateAt(at)
	if s == Open && n.Qualifies() && !at.Before(n.Unseals) {
		return Judging
	}
	return s
}

// offersMax is how many offers the first stage of a tender takes.
const offersMax = 200

// Bring takes an offer for the first stage of a tender in which bidders are judged, in the place of what the same account has
// brought before. It is sealed until that stage is over. Whom the notice is not for is ErrBarred, too early is
// auction.ErrNotBegun, too late auction.ErrOver, and of another kind of notice it is ErrStanding.
func Bring(tx *db.Tx, keys seal.Keys, id NoticeID, a exchange.Account, o Offer) (Offer, error) {
	tx.Strict() // How many there are is judged.
	tx.Lock(lockOf(id))
	n, err := Get(tx, id)
	if err != nil {
		return Offer{}, err
	}
	switch now := tx.Now(); {
	case !n.Qualifies():
		return Offer{}, ErrStanding.About("%s is a %s without offers", id, n.Kind)
	case now.Before(n.Opens):
		return Offer{}, auction.ErrNotBegun.About("offers for %s", id)
	case !n.State.Live() || !now.Before(n.Unseals):
		return Offer{}, auction.ErrOver.About("offers for %s, which is %s", id, n.State)
	case !keys.Ready():
		return Offer{}, ErrNoSeal
	}
	if err := n.admits(a); err != nil {
		return Offer{}, err
	}
	if err := o.check(); err != nil {
		return Offer{}, err
	}
	if has, err := n.counted(tx); err != nil || has >= offersMax {
		return Offer{}, cmp.Or(err, error(ErrFull.About("%s has %d offers", id, has)))
	}
	o.Account, o.User, o.At = a.Code, tx.Who().ID, tx.Now()
	plain, err := json.Marshal(o)
	if err != nil {
		return Offer{}, err
	}
	body, err := keys.Seal(string(plain), n.offered(a.Code))
	if err != nil {
		return Offer{}, err
	}
	_, err = biddingdb.New(tx).PutOffer(tx.Context(), biddingdb.PutOfferParams{
		Notice: string(id), Account: o.Account, ByUser: o.User, Party: a.Party, At: span.Micros(o.At), Body: body,
	})
	if err != nil {
		return Offer{}, err
	}
	return o, tx.Emit(Brought{id})
}

// offered is what an offer is sealed for.
func (n Notice) offered(account string) string {
	return fmt.Sprintf("offer of %s in %s", account, n.ID)
}

// check refuses an offer that says nothing or too much, and cleans its words.
func (o *Offer) check() error {
	c := &checker{}
	words, err := text.Clean(strings.TrimSpace(o.Words))
	c.when(err != nil || words == "" || text.Limit(words, wordsMax) != nil, "/words", fault.Say("Write this in at most {n} characters.").With("n", wordsMax))
	o.Words = words
	c.documents(o.Documents)
	return c.fault()
}

// documents notes what is wrong with papers.
func (c *checker) documents(all []Document) {
	c.within(int64(len(all)), 0, documentsMax, "/documents")
	for at, d := range all {
		u, err := url.Parse(d.Link)
		c.when(err != nil || u.Scheme != "https" || u.Host == "" || len(d.Link) > linkMax, pointer("/documents", at, "link"), wrongValue())
		c.when(d.Name == "" || text.Limit(d.Name, titleMax) != nil, pointer("/documents", at, "name"), wrongValue())
	}
}

// Judge says of an offer whether its bidder may name prices: from the end of the first stage until that of the tender. An
// admission stands, for who announced may still exclude the bidder; a refusal can be turned into an admission. A refusal needs
// a reason, which its bidder reads. Somebody who belongs to who announced or to the bidder is ErrConcerned, what is judged
// ErrJudged.
func Judge(tx *db.Tx, id NoticeID, bidder string, v Verdict, reason string) error {
	tx.Strict() // It is judged by what stands now.
	tx.Lock(lockOf(id))
	n, err := Get(tx, id)
	if err != nil {
		return err
	}
	if !n.Qualifies() || !n.State.Live() || tx.Now().Before(n.Unseals) || !tx.Now().Before(n.Ends) || v != Admitted && v != Barred {
		return ErrStanding.About("%q for an offer in %s, which is %s", v, id, n.State)
	}
	rows, err := biddingdb.New(tx).Offers(tx.Context(), biddingdb.OffersParams{Notice: string(id), Account: bidder})
	if err != nil {
		return err
	}
	if len(rows) != 1 || bidder == "" {
		return ErrUnknown.About("an offer of %.40q in %s", bidder, id)
	}
	if who := tx.Who(); who.ID == n.User || who.ID == rows[0].ByUser || who.Party != "" && (who.Party == n.Party || who.Party == rows[0].Party) {
		return ErrConcerned.About("%s judges %s in %s", who.ID, bidder, id)
	}
	if v == Barred || strings.TrimSpace(reason) != "" {
		if reason, err = cleanedReason(reason); err != nil {
			return err
		}
	}
	judged, err := biddingdb.New(tx).JudgeOffer(tx.Context(), biddingdb.JudgeOfferParams{
		Verdict: string(v), Reason: reason, Judge: tx.Who().ID, At: span.Micros(tx.Now()), Notice: string(id), Account: bidder,
	})
	if err != nil {
		return err
	}
	if judged == 0 {
		return ErrJudged.About("the offer of %s in %s is %s", bidder, id, rows[0].Verdict)
	}
	return tx.Emit(OfferJudged{id, bidder, rows[0].ByUser, v, reason})
}

// Offers gives what was brought to the first stage of a tender, the earliest first: sealed until that stage is over, and then
// readable for whoever judges and for who announced. Whether he may is for the caller to know.
func Offers(tx *db.Tx, keys seal.Keys, n Notice) ([]Offer, error) {
	if !n.Qualifies() || n.State == Withdrawn || tx.Now().Before(n.Unseals) {
		return nil, nil
	}
	return n.offers(tx, keys, "")
}

// offers gives the offers of a tender, opened; of one account, if one is named.
func (n Notice) offers(tx *db.Tx, keys seal.Keys, account string) ([]Offer, error) {
	rows, err := biddingdb.New(tx).Offers(tx.Context(), biddingdb.OffersParams{Notice: string(n.ID), Account: account})
	if err != nil {
		return nil, err
	}
	all := make([]Offer, len(rows))
	for i, row := range rows {
		plain, err := keys.Open(row.Body, n.offered(row.Account))
		if err == nil {
			err = json.Unmarshal([]byte(plain), &all[i])
		}
		if err != nil {
			return nil, fmt.Errorf("the offer of %s in %s: %w", row.Account, n.ID, err)
		}
		o := &all[i]
		o.Account, o.User, o.At = row.Account, row.ByUser, span.FromMicros(row.At)
		o.Verdict, o.Reason, o.Judge = Verdict(row.Verdict), row.Reason, row.Judge
		if row.JudgedAt > 0 {
			o.Judged = span.FromMicros(row.JudgedAt)
		}
	}
	slices.SortStableFunc(all, func(a, b Offer) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Account, b.Account)) })
	return all, nil
}

// offersFor gives the offers that an account may see: its own, and who announced all of them once the first stage is over.
func (n Notice) offersFor(tx *db.Tx, keys seal.Keys, account string) ([]Offer, error) {
	switch {
	case !n.Qualifies() || account == "":
		return nil, nil
	case account == n.Account:
		return Offers(tx, keys, n)
	}
	return n.offers(tx, keys, account)
}

// counted says how many offers a tender has.
func (n Notice) counted(tx *db.Tx) (int64, error) {
	rows, err := biddingdb.New(tx).CountOffers(tx.Context(), db.In([]NoticeID{n.ID}))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Offers, nil
}

// qualified refuses an account whose offer was not admitted.
func (n Notice) qualified(tx *db.Tx, account string) error {
	if !n.Qualifies() {
		return nil
	}
	rows, err := biddingdb.New(tx).Offers(tx.Context(), biddingdb.OffersParams{Notice: string(n.ID), Account: account})
	if err != nil {
		return err
	}
	if account == "" || len(rows) != 1 || Verdict(rows[0].Verdict) != Admitted {
		return ErrUnqualified.About("%s for %s", account, n.ID)
	}
	return nil
}

// Waiting is a tender with offers, and how many of them wait for a verdict.
type Waiting struct {
	Notice
	Offers  int64
	Waiting int64
}

// Judgeable gives the tenders in which bidders are judged and that have offers, the youngest first: those whose first stage is
// over, since before it nobody is told how many there are.
func Judgeable(tx *db.Tx) ([]Waiting, error) {
	found, err := List(tx, Filter{Offered: true}, listMax)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(n Notice) bool { return tx.Now().Before(n.Unseals) || n.State == Withdrawn })
	ids := make([]NoticeID, len(found))
	for i, n := range found {
		ids[i] = n.ID
	}
	rows, err := biddingdb.New(tx).CountOffers(tx.Context(), db.In(ids))
	all := make([]Waiting, len(found))
	for i, n := range found {
		all[i].Notice = n
		for _, row := range rows {
			if NoticeID(row.Notice) == n.ID {
				all[i].Offers, all[i].Waiting = row.Offers, row.Waiting
			}
		}
		if !n.State.Live() {
			all[i].Waiting = 0
		}
	}
	return all, err
}
