package clearing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Fixing is the settlement price of a forward on a day.
type Fixing struct {
	Instrument string
	Price      int64 // Price is for Unit units of the goods.
	Unit       int64
	Margin     int64 // Margin is the initial margin for Unit units of a net position.
}

// Call is an account that has too little for its forwards.
type Call struct {
	Account  string `json:"account"`
	Currency string `json:"currency"`
	Advanced int64  `json:"advanced"` // Advanced is variation that the house has paid for it, and that is due at once.
	Margin   int64  `json:"margin"`   // Margin is what lacks of the initial margin.
}

// Marked is what the marks of a day came to.
type Marked struct {
	Trades    int              // Trades counts the forwards that were marked.
	Variation map[string]int64 // Variation is what each account got, or gave when below zero.
	Calls     []Call           // Calls are by account and currency.
}

// Mark brings what is owed for every open forward to the settlement price of a day, also on the day of its delivery,
// before that is settled: who has gained gets the difference from who has lost, so the variations sum to zero. Then the
// initial margin of each account is made what its net positions need, from its money or back to it; a forward whose
// delivery has failed is marked no more, and needs its margin still.
//
// Who loses pays from his money, then from his margin; what lacks is advanced from the capital of the house and is due
// from him at once. When the capital does not reach either, it is ErrUncovered and nothing moves: a default comes first.
// A price of the day that was told before changes nothing; another one is ErrDiffers.
func Mark(tx *db.Tx, day span.Day, fixings []Fixing) (Marked, error) {
	tx.Strict() // What everybody has is judged, then moved.
	tx.Lock("clearing")
	if day.IsZero() {
		return Marked{}, ErrFixing.About("no day")
	}
	fresh, err := writeFixings(tx, day, fixings)
	if err != nil || len(fresh) == 0 {
		return Marked{}, err
	}
	if err := tx.Emit(Fixed{Day: day.String(), Instruments: sorted(fresh)}); err != nil {
		return Marked{}, err
	}
	rows, err := clearingdb.New(tx).Forwards(tx.Context())
	if err != nil {
		return Marked{}, err
	}
	claims := make([]*claim, len(rows))
	for i, r := range rows {
		claims[i] = claimOf(clearingdb.ClaimsOfRow(r))
	}
	variation, worths, err := variations(claims, fresh, day.String())
	if err != nil {
		return Marked{}, err
	}
	if err := writeWorths(tx, worths); err != nil {
		return Marked{}, err
	}
	m, err := newMargins(tx, day, claims)
	if err != nil {
		return Marked{}, err
	}
	if err := m.vary(variation); err != nil {
		return Marked{}, err
	}
	m.secure()
	batch := tx.Mint("mrk")
	if err := m.moves().post(tx, "exchange.mark", batch, day.String()); err != nil {
		return Marked{}, err
	}
	if err := writeDues(tx, m.advances(day, batch)); err != nil {
		return Marked{}, err
	}
	done := Marked{Trades: len(worths), Variation: make(map[string]int64), Calls: m.called()}
	for h, n := range variation {
		if account, ok := strings.CutPrefix(string(h.place), "exchange/"); ok && n != 0 {
			done.Variation[account] += n
		}
	}
	if len(done.Calls) > 0 {
		return done, tx.Emit(Called{Day: day.String(), Calls: done.Calls})
	}
	return done, nil
}

// Priced is the price of an instrument on a day.
type Priced struct {
	Instrument string
	Day        span.Day
	Price      int64
}

// LastPrices gives the last price of each of some instruments on the open market between two days, in one statement. What was
// agreed elsewhere and what was taken back is no price.
func LastPrices(tx *db.Tx, instruments []string, since, day span.Day) (map[string]Priced, error) {
	rows, err := clearingdb.New(tx).LastPrices(tx.Context(), clearingdb.LastPricesParams{Since: since.String(), Day: day.String(), Instruments: db.In(instruments)})
	if err != nil {
		return nil, err
	}
	all := make(map[string]Priced, len(rows))
	for _, r := range rows {
		on, err := span.Parse(r.Day)
		if err != nil {
			return nil, err
		}
		all[r.Instrument] = Priced{r.Instrument, on, r.Price}
	}
	return all, nil
}

// Fixings gives the last settlement price of each forward up to a day.
func Fixings(tx *db.Tx, day span.Day) (map[string]Priced, error) {
	rows, err := clearingdb.New(tx).LatestFixings(tx.Context(), day.String())
	if err != nil {
		return nil, err
	}
	all := make(map[string]Priced, len(rows))
	for _, r := range rows {
		on, err := span.Parse(r.Day)
		if err != nil {
			return nil, err
		}
		all[r.Instrument] = Priced{r.Instrument, on, r.Price}
	}
	return all, nil
}

// writeFixings writes prices down and gives those that are told for the first time.
func writeFixings(tx *db.Tx, day span.Day, fixings []Fixing) (map[string]Fixing, error) {
	told := make(map[string]Fixing, len(fixings))
	for _, f := range fixings {
		if _, twice := told[f.Instrument]; twice || f.Instrument == "" || f.Price < 0 || f.Unit <= 0 || f.Margin < 0 {
			return nil, ErrFixing.About("%+v", f)
		}
		told[f.Instrument] = f
	}
	fresh := make(map[string]Fixing, len(fixings))
	for chunk := range slices.Chunk(fixings, rowsMax) {
		args := make([]any, 0, 5*len(chunk))
		for _, f := range chunk {
			args = append(args, f.Instrument, day.String(), f.Price, f.Unit, f.Margin)
		}
		names, err := returned[string](tx, `INSERT INTO clearing_fixing (instrument, day, price, unit, margin) VALUES `+values(args, 5)+
			` ON CONFLICT (instrument, day) DO NOTHING RETURNING instrument`, args)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			fresh[name] = told[name]
		}
	}
	if len(fresh) == len(fixings) {
		return fresh, nil
	}
	rows, err := clearingdb.New(tx).FixingsOn(tx.Context(), day.String())
	if err != nil {
		return nil, err
	}
	for _, was := range rows {
		f, again := told[was.Instrument]
		if again && (Fixing{was.Instrument, was.Price, was.Unit, was.Margin}) != f {
			return nil, ErrDiffers.About("%s was fixed at %d on %s", f.Instrument, was.Price, day)
		}
	}
	return fresh, nil
}

// variations gives what new prices make of what is owed, and what that brings and costs everybody. What should have been
// delivered by now keeps its last price, and what was traded after the day waits for that of its own.
func variations(claims []*claim, prices map[string]Fixing, day string) (sums, []reworth, error) {
	variation := make(sums)
	var worths []reworth
	for _, c := range claims {
		f, ok := prices[c.instrument]
		if !ok || c.fails > 0 || c.due < day || c.day > day {
			continue
		}
		now, ok := money.MulDiv(c.open, f.Price, f.Unit, money.HalfUp)
		if !ok {
			return nil, nil, ErrOverflow.About("trade %d at %d", c.trade, f.Price)
		}
		variation.pass(ledger.Exchange(c.seller), ledger.Exchange(c.buyer), c.currency, now-c.owed)
		worths = append(worths, reworth{c.trade, c.open, now})
	}
	return variation, worths, nil
}

// margins is what accounts have, need and lack for their forwards.
type margins struct {
	before   sums
	have     sums
	need     map[held]int64 // need is the initial margin, by account.
	advanced map[held]int64
	lacks    map[held]int64
}

// newMargins loads what everybody has who has a forward or a margin, and says what net positions need by the last prices.
func newMargins(tx *db.Tx, day span.Day, claims []*claim) (*margins, error) {
	rows, err := clearingdb.New(tx).LatestFixings(tx.Context(), day.String())
	if err != nil {
		return nil, err
	}
	prices := make(map[string]Fixing, len(rows))
	for _, r := range rows {
		prices[r.Instrument] = Fixing{r.Instrument, r.Price, r.Unit, r.Margin}
	}
	secured, err := ledger.Balances(tx, "exchange-margin")
	if err != nil {
		return nil, err
	}
	m := &margins{need: make(map[held]int64), advanced: make(map[held]int64), lacks: make(map[held]int64)}
	places := map[ledger.Account]bool{house("capital"): true}
	for _, s := range secured {
		account := strings.TrimPrefix(string(s.Account), "exchange-margin/")
		m.need[held{ledger.Exchange(account), s.Asset}] += 0
	}
	type position struct{ account, instrument, currency string }
	net := make(map[position]int64)
	for _, c := range claims {
		net[position{c.buyer, c.instrument, c.currency}] += c.open
		net[position{c.seller, c.instrument, c.currency}] -= c.open
	}
	for p, n := range net {
		f, known := prices[p.instrument]
		amount := int64(0)
		if known {
			var ok bool
			if amount, ok = money.MulDiv(max(n, -n), f.Margin, f.Unit, money.Up); !ok {
				return nil, ErrOverflow.About("margin of %s for %s", p.account, p.instrument)
			}
		}
		m.need[held{ledger.Exchange(p.account), p.currency}] += amount
	}
	for h := range m.need {
		places[h.place] = true
		places[marginOf(h).place] = true
	}
	m.before, err = holdings(tx, slices.Sorted(maps.Keys(places)))
	m.have = maps.Clone(m.before)
	return m, err
}

// marginOf gives where the margin of an account stands.
func marginOf(h held) held {
	return held{ledger.ExchangeMargin(strings.TrimPrefix(string(h.place), "exchange/")), h.asset}
}

// vary pays variations: from the money of who loses, then from his margin, then from the capital of the house.
func (m *margins) vary(variation sums) error {
	for _, h := range variation.inOrder() {
		m.have[h] += variation[h]
	}
	for _, h := range variation.inOrder() {
		short := -m.have[h]
		if variation[h] >= 0 || short <= 0 {
			continue
		}
		short = min(short, -variation[h]) // What lacked before is another matter.
		taken := min(short, max(0, m.have[marginOf(h)]))
		m.have.pass(marginOf(h).place, h.place, h.asset, taken)
		if short -= taken; short > 0 {
			if m.have[held{house("capital"), h.asset}] < short {
				return ErrUncovered.About("%s lacks %d %s for its variation", h.place, short, h.asset)
			}
			m.have.pass(house("capital"), h.place, h.asset, short)
			m.advanced[h] = short
		}
	}
	return nil
}

// secure makes margins what they have to be, as far as there is money.
func (m *margins) secure() {
	for h, need := range m.need {
		lack := need - m.have[marginOf(h)]
		moved := min(lack, max(0, m.have[h]))
		m.have.pass(h.place, marginOf(h).place, h.asset, moved)
		if lack > moved {
			m.lacks[h] = lack - moved
		}
	}
}

// moves is what changes in all.
func (m *margins) moves() sums {
	moves := make(sums)
	for h, n := range m.have {
		moves[h] = n - m.before[h]
	}
	return moves
}

// advances is what the house has to get back.
func (m *margins) advances(day span.Day, batch string) []due {
	var dues []due
	for h, n := range m.advanced {
		dues = append(dues, due{
			id: fmt.Sprintf("call:%s:%s", batch, h.place), kind: "call", payer: h.place, payee: house("capital"), currency: h.asset, amount: n, day: day,
		})
	}
	return dues
}

// called lists who has too little.
func (m *margins) called() []Call {
	calls := make(map[held]Call)
	for _, h := range slices.SortedFunc(maps.Keys(m.need), held.compare) {
		if m.advanced[h] > 0 || m.lacks[h] > 0 {
			calls[h] = Call{strings.TrimPrefix(string(h.place), "exchange/"), h.asset, m.advanced[h], m.lacks[h]}
		}
	}
	return slices.SortedFunc(maps.Values(calls), func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency))
	})
}
