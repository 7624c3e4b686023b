package pricing

import (
	"database/sql"
	"embed"
	"errors"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing/pricingdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// ListID names a price list.
type ListID string

// List is prices of one seller in one currency, for one customer group or for everybody, on certain days.
type List struct {
	ID       ListID
	Seller   seller.ID
	Name     text.Localized
	Currency money.Currency
	Group    string // Group is a customer group; empty is everybody.
	Days     span.Days
	Priority int // Priority decides between lists: the higher one is asked first.
	Ended    bool
}

// Entry is a price: of one variant, from a quantity on, on certain days.
type Entry struct {
	Variant catalog.VariantID
	From    measure.Quantity // From is the quantity at which this price begins; zero is any quantity.
	Days    span.Days
	Amount  money.Money // Amount is for one unit, in the currency of the list.
}

// Step is a price that holds on the day asked for.
type Step struct {
	List     ListID
	Seller   seller.ID // Seller is whose list it is: a list prices nobody else's goods.
	ListName text.Localized
	From     measure.Quantity
	Amount   money.Money
	Group    string
	Priority int
	Since    span.Day // Since is when this price began; no day is "always".
}

// Prices are the steps by variant, the one to ask first in front. Unit finds the one that counts.
type Prices map[catalog.VariantID][]Step

// EntriesMax bounds how many prices are set at once: all writers wait for a moment.
const EntriesMax = 5_000

const (
	nameMax     = 200
	groupMax    = 60
	priorityMax = 1_000
)

// Faults of price lists.
var (
	ErrUnknownList = fault.New(fault.Missing, "pricing.unknown_list", "There is no such price list. Choose one of the seller's lists.")
	ErrList        = fault.New(fault.Invalid, "pricing.invalid_list", "Correct the marked fields of the price list.")
	ErrTooMany     = fault.New(fault.TooLarge, "pricing.too_many", "Send at most 5,000 prices at once.")
	ErrListEnded   = fault.New(fault.Conflict, "pricing.list_ended", "The price list has ended. Set the price in a list that holds.")
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of price lists.
var Schema = db.Schema{Name: "pricing", Files: schemaFiles}

// AddList makes a price list. Its id is given; what is said of it is in List.
func AddList(tx *db.Tx, l List) (List, error) {
	name, err := l.Name.Cleaned()
	if err != nil {
		return List{}, err
	}
	l.ID, l.Name, l.Group, l.Ended = ListID(tx.Mint("prl")), name, strings.TrimSpace(l.Group), false
	if err := l.check(); err != nil {
		return List{}, err
	}
	err = pricingdb.New(tx.Later()).InsertList(tx.Context(), pricingdb.InsertListParams{ID: string(l.ID),
		Seller: string(l.Seller), Name: l.Name.String(), Currency: string(l.Currency), CustomerGroup: l.Group,
		FromDay: l.Days.From.String(), ToDay: l.Days.To.String(), Priority: int64(l.Priority)})
	if err != nil {
		return List{}, err
	}
	return l, tx.Emit(ListAdded{List: l.ID, Seller: l.Seller})
}

func (l List) check() error {
	var wrong []fault.Field
	mark := func(ok bool, pointer string, said fault.Sentence) {
		if !ok {
			wrong = append(wrong, said.At(pointer))
		}
	}
	mark(l.Seller != "", "/seller", fault.Say("Name the seller."))
	mark(!l.Name.IsEmpty() && l.Name.Check(nameMax) == nil, "/name", fault.Say("Write the name in at least one language, at most {n} characters.").With("n", nameMax))
	mark(l.Currency.Valid(), "/currency", fault.Say("Name a currency by its ISO 4217 code, for example KZT."))
	mark(text.Fits(l.Group, groupMax) == nil, "/group", fault.Say("Name the customer group in at most {n} characters.").With("n", groupMax))
	mark(l.Days.Check() == nil, "/days", fault.Say("Let the first day come before the day on which the list ends."))
	mark(l.Priority >= -priorityMax && l.Priority <= priorityMax, "/priority", fault.Say("Choose a priority from {min} to {max}.").With("min", -priorityMax).With("max", priorityMax))
	return ErrList.Fields(wrong...)
}

// EnsureList gives the seller's list for everybody in this currency, without days and of priority zero, and adds it under
// this name when there is none. Run again, it changes nothing.
func EnsureList(tx *db.Tx, owner seller.ID, currency money.Currency, name text.Localized) (List, error) {
	tx.Strict() // No index says that there is one such list.
	lists, err := Lists(tx, owner)
	if err != nil {
		return List{}, err
	}
	for _, l := range lists {
		if l.Currency == currency && l.ForAll() {
			return l, nil
		}
	}
	return AddList(tx, List{Seller: owner, Name: name, Currency: currency})
}

// GetList gives a price list, or ErrUnknownList.
func GetList(tx *db.Tx, id ListID) (List, error) {
	row, err := pricingdb.New(tx).OneList(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return List{}, ErrUnknownList.About("%.60s", string(id))
	}
	if err != nil {
		return List{}, err
	}
	return listOf(row)
}

// Lists gives the price lists of a seller, those that hold first.
func Lists(tx *db.Tx, owner seller.ID) ([]List, error) {
	rows, err := pricingdb.New(tx).Lists(tx.Context(), string(owner))
	if err != nil {
		return nil, err
	}
	lists := make([]List, 0, len(rows))
	for _, row := range rows {
		l, err := listOf(row)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	return lists, nil
}

func listOf(row pricingdb.PriceList) (List, error) {
	l := List{ID: ListID(row.ID), Seller: seller.ID(row.Seller), Currency: money.Currency(row.Currency),
		Group: row.CustomerGroup, Priority: int(row.Priority), Ended: row.Ended != 0}
	if err := l.Name.Scan(row.Name); err != nil {
		return List{}, err
	}
	days, err := daysOf(row.FromDay, row.ToDay)
	l.Days = days
	return l, err
}

func daysOf(from, to string) (days span.Days, err error) {
	if err = days.From.Scan(from); err == nil {
		err = days.To.Scan(to)
	}
	return days, err
}

// EndList stops a price list from counting. Its prices stay, for a dispute. Twice is the same as once.
func EndList(tx *db.Tx, id ListID) (List, error) {
	l, err := GetList(tx, id)
	if err != nil || l.Ended {
		return l, err
	}
	l.Ended = true
	if err := pricingdb.New(tx.Later()).EndList(tx.Context(), string(id)); err != nil {
		return List{}, err
	}
	return l, tx.Emit(ListEnded{List: id, Seller: l.Seller})
}

// ForAll says whether the list is the one that EnsureList gives: for everybody, on all days, of priority zero.
func (l List) ForAll() bool {
	return l.Group == "" && l.Priority == 0 && l.Days == (span.Days{}) && !l.Ended
}
