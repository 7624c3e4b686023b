// Package risk judges orders before they reach a book and holds what they need until they end: nobody trades with what he
// has not.
//
// It knows members, their traders and accounts, what each account has of each asset, the limits that were set for
// them, and all open orders. It is a pure machine, like the book: no clock, no dice, no store; the time comes with the
// input, and the same verbs in the same order give the same answers. It asks for no memory once it has seen as many
// orders, accounts and instruments as it will hold.
//
//	        Take ──────▶ book.Apply ──────▶ Follow
//	         │                                │
//	judged, and held                what the reports say:
//	at the worst price                Refused               gives back
//	         │                        Traded                pays and brings, at the price of the trade
//	         ▼                        Cancelled, Reduced    release
//	 refused: nothing has             Replaced              is what Take has held
//	 changed but the counts
//
// After each Follow, what is held of an account is exactly the sum over its open orders of what each can cost: of a
// buyer the quantity at its limit and the highest fee, of a seller what he sells, and in forwards the margin of the
// position that all orders of one side could lead to, so that closing one needs no more.
//
// It does not know why a price is what it is, when a session begins, or how trades are netted: reference prices, marks
// and settlements are told to it. Every order that comes here has a limit; whoever takes market orders gives them one.
//
// docs/exchange/risk.md has the rules, each with its source.
package risk

import (
	"sauda/base/money"
	"sauda/core/exchange/book"
	"sauda/core/exchange/slots"
)

// most is the largest amount of anything that an account may have, hold or ask for: four of them can be added.
const most = 1 << 60

// piecesMax is how much one piece of a quantity may stand for.
const piecesMax = 1 << 31

// Kind says what a trade in an instrument leads to.
type Kind uint8

// The kinds of instruments. Their numbers are written in journals and never change.
const (
	Cash    Kind = iota // Cash exchanges the asset for its price.
	Forward             // Forward is a promise to do so later, for which a margin is held.
	kinds
)

// Instrument is what risk needs to know of one.
type Instrument struct {
	ID       uint32
	Asset    uint32 // Asset is what is bought and sold.
	Currency uint32 // Currency is the asset in which it is paid.
	Kind     Kind
	Unit     int64      // Unit is what price times quantity is multiplied by to give money; zero is one.
	Piece    int64      // Piece is how much of the asset, in its smallest unit, one of a quantity is; zero is one.
	Maker    money.Rate // Maker is the fee of the order that rested.
	Taker    money.Rate // Taker is the fee of the order that came in.
	Auction  money.Rate // Auction is the fee of both in an auction.
	Margin   money.Rate // Margin is how much of the value of a forward is held; not below the highest fee.
	Collar   money.Rate // Collar is how far from the reference a limit may lie on its dear side; zero is any distance.
	Resale   bool       // Resale says that what was bought may be sold before it is settled.
	Proceeds bool       // Proceeds says that what a sale brings may be spent before it is settled.
	Short    bool       // Short says that accounts which may do so can sell what they have not.
}

// instrument is one with what has been told about it.
type instrument struct {
	Instrument
	highest  money.Rate // highest of its fees.
	mark     int64
	marked   bool
	ref      int64
	referred bool
	dearest  int64 // dearest and cheapest are the collar for buyers and for sellers.
	cheapest int64
	money    int32 // money is the slot of its currency.
}

// asset is what there is of one in all accounts.
type asset struct {
	id     uint32
	supply int64 // supply is what has been credited and not debited.
	fees   int64 // fees is what trades owe to the house.
	lent   int64 // lent is by how much all accounts together may have come below nothing, at most; it only grows.
}

// order is one that is open, in 64 bytes: a line of the cache.
type order struct {
	id      uint64
	price   int64
	left    int64
	traded  int64
	held    int64 // held is what it holds of the balance: money, or the asset.
	account int32 // account, trader and member are stakes.
	trader  int32
	member  int32
	next    int32 // next is the next free slot.
	side    book.Side
}

// Risk is the state of the machine. It must not be used by two goroutines at once.
type Risk struct {
	instruments []instrument // Slot zero of each slab is nobody; of parties it is everybody.
	assets      []asset
	parties     []party
	balances    []balance
	stakes      []stake
	orders      slots.Slab[order]
	byIns       slots.Index
	byAsset     slots.Index
	byParty     [whos]slots.Index
	byBalance   slots.Index
	byStake     [whos]slots.Index
	byOrder     slots.Table
	free        int32
	pending     pending
	ask         asking
	alarms      []Alarm
}

// New gives a machine without anybody, with memory for a number of open orders.
func New(orders int) *Risk {
	orders = min(max(orders, 1), 1<<25)
	r := &Risk{
		instruments: make([]instrument, 1), assets: make([]asset, 1), parties: make([]party, 1), balances: make([]balance, 1),
		stakes: make([]stake, 1),
		byIns:  slots.NewIndex(0), byAsset: slots.NewIndex(0), byBalance: slots.NewIndex(0), byOrder: slots.NewTable(orders),
	}
	r.orders.Give(r.orders.Take()) // So that slot zero is there.
	for who := range r.byParty {
		r.byParty[who], r.byStake[who] = slots.NewIndex(0), slots.NewIndex(0)
	}
	return r
}

// AddInstrument makes an instrument known. Once known its terms stay, because orders are held by them: a second time is
// Known, and terms that contradict themselves are BadTerms.
func (r *Risk) AddInstrument(terms Instrument) Reason {
	if r.byIns.Find(uint64(terms.ID)) != 0 {
		return Known
	}
	if terms.Unit == 0 {
		terms.Unit = 1
	}
	if terms.Piece == 0 {
		terms.Piece = 1
	}
	i := instrument{Instrument: terms, highest: max(terms.Maker, terms.Taker, terms.Auction)}
	for _, rate := range []money.Rate{terms.Maker, terms.Taker, terms.Auction, terms.Margin, terms.Collar} {
		if rate.Check() != nil {
			return BadTerms
		}
	}
	if terms.ID == 0 || terms.Kind >= kinds || terms.Asset == terms.Currency || terms.Unit < 1 || terms.Unit > piecesMax ||
		terms.Piece < 1 || terms.Piece > piecesMax || terms.Kind == Forward && (terms.Margin < i.highest || terms.Margin == 0 || terms.Short) ||
		terms.Kind == Cash && terms.Margin != 0 {
		return BadTerms
	}
	i.money = r.asset(terms.Currency)
	r.asset(terms.Asset)
	r.instruments = append(r.instruments, i)
	r.byIns.Put(uint64(terms.ID), int32(len(r.instruments)-1))
	return NoReason
}

// Reference says around which price the collar of an instrument lies now. A limit on its edge is inside; what is open
// already is not judged again.
func (r *Risk) Reference(ins uint32, price int64) Reason {
	i := &r.instruments[r.byIns.Find(uint64(ins))]
	switch {
	case i.ID == 0:
		return UnknownInstrument
	case price > most || price < -most:
		return TooMuch
	}
	away := share(int64(magnitude(price)), i.Collar)
	i.ref, i.referred, i.dearest, i.cheapest = price, true, price+away, price-away
	return NoReason
}

// asset gives the slot of an asset, which need not have been seen before.
func (r *Risk) asset(id uint32) int32 {
	slot := r.byAsset.Find(uint64(id))
	if slot == 0 {
		slot = int32(len(r.assets))
		r.assets = append(r.assets, asset{id: id})
		r.byAsset.Put(uint64(id), slot)
	}
	return slot
}
