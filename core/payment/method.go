package payment

import (
	"cmp"
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// Code names a payment method.
type Code string

// The methods that the house knows how to carry out. Which of them are offered, where, and for how much, is data.
const (
	Card Code = "card"             // Card is paid through a gateway while ordering.
	Cash Code = "cash_on_delivery" // Cash is paid to the carrier or at the pickup point, without a gateway.
	// Nothing is what an order is paid by that costs nothing. It is no row, no payment is ever begun by it, and it is the
	// only method for a sum of zero.
	Nothing Code = "nothing"
)

// nothing is what stands in the place of a way to pay where nothing is to pay.
var nothing = text.Localized{"kk": "Төлейтін ештеңе жоқ", "ru": "Платить не нужно", "en": "Nothing to pay", "zh": "无需付款"}

// Method is one way to pay as it is offered in one country and currency.
type Method struct {
	Code     Code
	Country  string // Country is an ISO 3166-1 code; empty offers the method in every country without a row of its own.
	Currency money.Currency
	Gateway  string // Gateway is the name of the gateway; empty for a method without one.
	Name     text.Localized
	Least    int64 // Least and Most are the limits of one payment, both included, in minor units.
	Most     int64
	Position int64 // Position orders the methods on a page.
	Offered  bool
}

// Ask is what decides which methods are offered.
type Ask struct {
	Country string
	Amount  money.Money
}

// Offer enters a method, or changes the one of the same code, country and currency.
func Offer(tx *db.Tx, m Method) error {
	if err := m.Currency.Check(); err != nil {
		return err
	}
	if m.Least < 1 || m.Most < m.Least || (m.Code != Card && m.Code != Cash) {
		return ErrMethod.About("%s from %d to %d", m.Code, m.Least, m.Most)
	}
	offered := int64(0)
	if m.Offered {
		offered = 1
	}
	if err := paymentdb.New(tx).OfferMethod(tx.Context(), paymentdb.OfferMethodParams{
		Code: string(m.Code), Country: m.Country, Currency: string(m.Currency), Gateway: m.Gateway, Name: m.Name.String(),
		Least: m.Least, Most: m.Most, Position: m.Position, Offered: offered, Changed: span.Micros(tx.Now()),
	}); err != nil {
		return err
	}
	return tx.Emit(MethodOffered{Code: m.Code, Country: m.Country, Currency: m.Currency, Offered: m.Offered})
}

// Methods gives the methods that are offered for a purchase, in the order of the page. The row of a country comes before
// the row for every country. There may be none.
func Methods(tx *db.Tx, a Ask) ([]Method, error) {
	rows, err := paymentdb.New(tx).Methods(tx.Context(), paymentdb.MethodsParams{
		Currency: string(a.Amount.Currency), Country: a.Country,
	})
	if err != nil {
		return nil, err
	}
	all := make([]Method, len(rows))
	for i, r := range rows {
		if all[i], err = methodOf(r); err != nil {
			return nil, err
		}
	}
	return Offered(all, a), nil
}

// AllMethods gives every row, offered or not, for Offered.
func AllMethods(tx *db.Tx) ([]Method, error) {
	rows, err := paymentdb.New(tx).AllMethods(tx.Context())
	if err != nil {
		return nil, err
	}
	all := make([]Method, len(rows))
	for i, r := range rows {
		if all[i], err = methodOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Offered is Methods as a pure function of the rows, in whatever order.
func Offered(all []Method, a Ask) []Method {
	if a.Amount.IsZero() {
		return []Method{{Code: Nothing, Currency: a.Amount.Currency, Name: nothing, Offered: true}}
	}
	best := map[Code]Method{}
	for _, m := range all {
		if m.Currency != a.Amount.Currency || (m.Country != "" && m.Country != a.Country) {
			continue
		}
		if had, ok := best[m.Code]; !ok || had.Country == "" {
			best[m.Code] = m
		}
	}
	var offered []Method
	for _, m := range best {
		if m.Offered && a.Amount.Minor >= m.Least && a.Amount.Minor <= m.Most {
			offered = append(offered, m)
		}
	}
	slices.SortFunc(offered, func(a, b Method) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Code, b.Code))
	})
	return offered
}

func methodOf(r paymentdb.PaymentMethod) (Method, error) {
	m := Method{
		Code: Code(r.Code), Country: r.Country, Currency: money.Currency(r.Currency), Gateway: r.Gateway,
		Least: r.Least, Most: r.Most, Position: r.Position, Offered: r.Offered != 0,
	}
	return m, m.Name.Scan(r.Name)
}

// limitMost bounds a payment in the seeded methods: ten million of the main unit.
const limitMost = 10_000_000_00

// Seed offers both methods in tenge: cards everywhere, cash in Kazakhstan. Seeding twice changes nothing.
func Seed(tx *db.Tx, gateway string) error {
	if err := Offer(tx, Method{
		Code: Card, Currency: money.KZT, Gateway: gateway, Least: 1, Most: limitMost, Position: 1, Offered: true,
		Name: text.Localized{"kk": "Банк картасы", "ru": "Банковская карта", "en": "Bank card", "zh": "银行卡"},
	}); err != nil {
		return err
	}
	return Offer(tx, Method{
		Code: Cash, Country: "KZ", Currency: money.KZT, Least: 1, Most: limitMost / 10, Position: 2, Offered: true,
		Name: text.Localized{"kk": "Алған кезде төлеу", "ru": "Оплата при получении", "en": "Cash on delivery", "zh": "货到付款"},
	})
}
