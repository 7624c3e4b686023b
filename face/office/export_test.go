package office

import (
	"context"
	"slices"

	"sauda/core/customer"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shelf"
)

// What the tests hold the texts to.
var (
	Deeds   = deeds
	Regimes = regimes
	Menu    = menu

	ExchangeTabs  = exchangeTabs
	ClearingRules = clearingRules
	ClearingFiles = clearingFiles
)

// ImportFields are the fields that have a name of their own.
var ImportFields = importFields

// What the desk has a text for each of.
var (
	Acts       = namesOf(acts, func(a act) string { return a.Name })
	KeyNames   = namesOf(keysOf, func(k struct{ Keys, Name string }) string { return k.Name })
	BulkActs   = bulkActs
	StartSteps = namesOf(startSteps, func(s struct {
		Name string
		Path []string
	}) string {
		return s.Name
	})
	Columns = slices.Concat(
		namesOf(orderColumns, func(c column[order.Summary]) string { return c.Name }),
		namesOf(productColumns, func(c column[shelf.Card]) string { return c.Name }),
		namesOf(paymentColumns, func(c column[payment.Payment]) string { return c.Name }),
		namesOf(customerColumns("KZT"), func(c column[customer.Customer]) string { return c.Name }),
		namesOf(shortColumns, func(c column[shortRow]) string { return c.Name }),
		namesOf(stockColumns(context.Background(), nil), func(c column[gridRow]) string { return c.Name }),
	)
	Icons = icons
)

func namesOf[T any](all []T, name func(T) string) []string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
	}
	return names
}

// Mailto is tried by itself.
var Mailto = mailto

// Differences and Harmless are tried by themselves.
var (
	Differences = differences
	Harmless    = harmless
)
