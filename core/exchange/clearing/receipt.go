package clearing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Receipt says that goods lie in a store and whose they are. What the receipts of an account add up to is what the
// account has of the goods in the ledger, at every moment.
type Receipt struct {
	ID       string
	Asset    string // Asset is the code of the goods that are traded.
	Lot      string
	Quality  string
	Store    string
	Expires  span.Day
	Quantity int64
	Owner    string // Owner is the one account that it belongs to.
	Origin   string // Origin is the receipt that it was divided from, if it was.
}

// Lodge brings goods in by their receipt. The same number told again changes nothing; with other contents it is
// ErrDiffers. An asset that came in without receipts before cannot have some: it is ErrReceipt.
func Lodge(tx *db.Tx, r Receipt) error {
	if r.ID == "" || r.Lot == "" || r.Store == "" || r.Expires.IsZero() || r.Quantity <= 0 || r.Quantity > sizeMax || r.Origin != "" ||
		checkAssets(r.Asset) != nil || money.Currency(r.Asset).Valid() || ledger.ExchangeMargin(r.Owner).Check() != nil {
		return ErrReceipt.About("%+v", r)
	}
	tx.Strict() // No loose ones may come in at the same time.
	m := Movement{Ref: "receipt:" + r.ID, Place: ledger.Exchange(r.Owner), Asset: r.Asset, Amount: r.Quantity, Cause: r.ID}
	fresh, err := m.first(tx, m.Amount, "")
	if err != nil || !fresh {
		return err
	}
	q := clearingdb.New(tx)
	loose, err := q.LooseOf(tx.Context(), r.Asset)
	if err != nil {
		return err
	}
	if loose > 0 {
		return ErrReceipt.About("%s came in without receipts before", r.Asset)
	}
	rows, err := q.AddReceipt(tx.Context(), clearingdb.AddReceiptParams{
		ID: r.ID, Asset: r.Asset, Lot: r.Lot, Quality: r.Quality, Store: r.Store, Expires: r.Expires.String(), Quantity: r.Quantity, Owner: r.Owner,
	})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrDiffers.About("receipt %s", r.ID)
	}
	moves := make(sums)
	moves.pass(house("vault"), m.Place, m.Asset, m.Amount)
	transfers, err := moves.transfers()
	if err != nil {
		return err
	}
	_, err = ledger.Post(tx, ledger.Posting{Kind: "exchange.deposit", Ref: m.Ref, Cause: m.Cause, Transfers: transfers})
	return err
}

// Release lets the goods of a receipt leave the store: the owner has fetched them. Told again it is ErrOwner.
func Release(tx *db.Tx, id, owner string) error {
	tx.Strict() // Whose it is, is judged, then it goes.
	tx.Lock("clearing")
	q := clearingdb.New(tx)
	rows, err := q.ReleaseReceipt(tx.Context(), clearingdb.ReleaseReceiptParams{ID: id, Owner: owner})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrOwner.About("receipt %s of %s", id, owner)
	}
	r, err := q.GetReceipt(tx.Context(), id)
	if err != nil {
		return err
	}
	m := Movement{Ref: "release:" + id, Place: ledger.Exchange(owner), Asset: r.Asset, Amount: r.Quantity}
	if _, err := m.first(tx, -m.Amount, ""); err != nil {
		return err
	}
	moves := make(sums)
	moves.pass(m.Place, house("vault"), m.Asset, m.Amount)
	transfers, err := moves.transfers()
	if err != nil {
		return err
	}
	_, err = ledger.Post(tx, ledger.Posting{Kind: "exchange.withdrawal", Ref: m.Ref, Cause: id, Transfers: transfers})
	return err
}

// Receipts gives the receipts that an account owns, by goods, the ones that expire first first.
func Receipts(tx *db.Tx, owner string) ([]Receipt, error) {
	rows, err := clearingdb.New(tx).ReceiptsOf(tx.Context(), owner)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, byExpiry)
	all := make([]Receipt, len(rows))
	for i, r := range rows {
		expires, err := span.Parse(r.Expires)
		if err != nil {
			return nil, err
		}
		all[i] = Receipt{r.ID, r.Asset, r.Lot, r.Quality, r.Store, expires, r.Quantity, r.Owner, r.Origin}
	}
	return all, nil
}

// noGoods refuses to move an asset without its receipts. Money has none.
func noGoods(tx *db.Tx, asset string) error {
	if money.Currency(asset).Valid() {
		return nil
	}
	goods, err := clearingdb.New(tx).GoodsAmong(tx.Context(), db.In([]string{asset}))
	if err != nil {
		return err
	}
	if len(goods) > 0 {
		return ErrGoods.About("%s", asset)
	}
	return nil
}

// carry hands receipts over as the goods go: from who gives, those that expire first, to who gets. A receipt of which a
// part goes is divided, and the new one names it as its origin. Changes of anything but goods need none.
func carry(tx *db.Tx, moves sums) error {
	var assets []string
	for _, h := range moves.inOrder() {
		if !money.Currency(h.asset).Valid() && !slices.Contains(assets, h.asset) {
			assets = append(assets, h.asset)
		}
	}
	if len(assets) == 0 {
		return nil
	}
	goods, err := clearingdb.New(tx).GoodsAmong(tx.Context(), db.In(assets))
	if err != nil || len(goods) == 0 {
		return err
	}
	var givers []string
	for _, h := range moves.inOrder() {
		owner, _ := strings.CutPrefix(string(h.place), "exchange/")
		if moves[h] < 0 && slices.Contains(goods, h.asset) && !slices.Contains(givers, owner) {
			givers = append(givers, owner)
		}
	}
	rows, err := clearingdb.New(tx).ReceiptsIn(tx.Context(), clearingdb.ReceiptsInParams{Assets: db.In(goods), Owners: db.In(givers)})
	if err != nil {
		return err
	}
	slices.Sort(goods)
	slices.SortFunc(rows, byExpiry)
	for _, asset := range goods {
		if err := carryOne(tx, asset, moves, rows); err != nil {
			return err
		}
	}
	return nil
}

// byExpiry orders receipts by goods, the ones that expire first first. It stands here, because databases order texts
// differently.
func byExpiry(a, b clearingdb.ClearingReceipt) int {
	return cmp.Or(cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Expires, b.Expires), cmp.Compare(a.ID, b.ID))
}

// carryOne hands over the receipts for one kind of goods.
func carryOne(tx *db.Tx, asset string, moves sums, rows []clearingdb.ClearingReceipt) error {
	type lot struct {
		clearingdb.ClearingReceipt
		gone bool // gone says that its own number has a new owner already.
	}
	var given []*lot // given are receipts and parts of them, as much as their owners give.
	var getters []held
	for _, h := range moves.inOrder() {
		if h.asset != asset {
			continue
		}
		if moves[h] > 0 {
			getters = append(getters, h)
			continue
		}
		need := -moves[h]
		for _, r := range rows {
			if r.Asset == asset && string(ledger.Exchange(r.Owner)) == string(h.place) && need > 0 {
				take := min(need, r.Quantity)
				need -= take
				one := &lot{ClearingReceipt: r}
				if take < r.Quantity { // The rest stays under its number.
					if err := turnReceipt(tx, r.ID, r.Owner, r.Quantity-take); err != nil {
						return err
					}
					one.gone = true
				}
				one.Quantity = take
				given = append(given, one)
			}
		}
		if need > 0 {
			return fmt.Errorf("clearing: %s has %d %s fewer in receipts than in the ledger", h.place, need, asset)
		}
	}
	for _, h := range getters {
		owner, _ := strings.CutPrefix(string(h.place), "exchange/")
		for need := moves[h]; need > 0; {
			if len(given) == 0 {
				return fmt.Errorf("clearing: no receipt for %d %s of %s", need, asset, h.place)
			}
			one := given[0]
			take := min(need, one.Quantity)
			need -= take
			if err := handOver(tx, one.ClearingReceipt, owner, take, one.gone || take < one.Quantity); err != nil {
				return err
			}
			if one.Quantity -= take; one.Quantity == 0 {
				given = given[1:]
			}
		}
	}
	return nil
}

// handOver gives a receipt to its new owner, or a part of it under a number of its own.
func handOver(tx *db.Tx, r clearingdb.ClearingReceipt, owner string, quantity int64, divided bool) error {
	if !divided {
		return turnReceipt(tx, r.ID, owner, quantity)
	}
	return clearingdb.New(tx.Later()).AddReceiptPart(tx.Context(), clearingdb.AddReceiptPartParams{
		ID: tx.Mint("rcp"), Asset: r.Asset, Lot: r.Lot, Quality: r.Quality, Store: r.Store, Expires: r.Expires,
		Quantity: quantity, Owner: owner, Origin: r.ID,
	})
}

func turnReceipt(tx *db.Tx, id, owner string, quantity int64) error {
	return clearingdb.New(tx.Later()).TurnReceipt(tx.Context(), clearingdb.TurnReceiptParams{Owner: owner, Quantity: quantity, ID: id})
}
