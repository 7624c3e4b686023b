package office

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shelf"
	"sauda/gear/web"
)

// pointed writes a decimal number as the spreadsheets of the reader's language read it.
func pointed(ctx context.Context, decimal string) string {
	if l := web.Lang(ctx); l == "kk" || l == "ru" {
		return strings.ReplaceAll(decimal, ".", ",")
	}
	return decimal
}

// plainSum is an amount for a file: a number alone.
func plainSum(ctx context.Context, m money.Money) string {
	if m.Currency == "" {
		return ""
	}
	return pointed(ctx, m.Decimal())
}

// textual is a column of a text that is the same on the page and in a file.
func textual[R any](name, class string, usual bool, text func(context.Context, R) string) column[R] {
	cell := func(r R) templ.Component { return textCell(func(ctx context.Context) string { return text(ctx, r) }) }
	return column[R]{Name: name, Class: class, Usual: usual, Cell: cell, Plain: text}
}

// amounts is a column of money.
func amounts[R any](name string, usual bool, of func(R) money.Money) column[R] {
	return column[R]{
		Name: name, Class: "num", Usual: usual,
		Cell: func(r R) templ.Component {
			return textCell(func(ctx context.Context) string { return sum(ctx, of(r)) })
		},
		Plain: func(ctx context.Context, r R) string { return plainSum(ctx, of(r)) },
	}
}

// orderColumns are those of the list of orders.
var orderColumns = []column[order.Summary]{
	{Name: "code", Class: "nb", Usual: true, Cell: orderCode, Plain: func(_ context.Context, o order.Summary) string { return o.Code }},
	textual("number", "nb", true, func(_ context.Context, o order.Summary) string { return o.Number }),
	{Name: "placed", Class: "nb", Usual: true, Cell: func(o order.Summary) templ.Component { return instant(o.PlacedAt) },
		Plain: func(ctx context.Context, o order.Summary) string { return clock(ctx, o.PlacedAt) }},
	textual("buyer", "", true, func(_ context.Context, o order.Summary) string { return o.Name }),
	textual("email", "", false, func(_ context.Context, o order.Summary) string { return o.Email }),
	textual("method", "", true, func(ctx context.Context, o order.Summary) string { return t(ctx, "method."+o.Method) }),
	amounts("total", true, func(o order.Summary) money.Money { return o.Total }),
	textual("currency", "", false, func(_ context.Context, o order.Summary) string { return string(o.Total.Currency) }),
	{Name: "state", Usual: true, Cell: func(o order.Summary) templ.Component { return badge("order.state", string(o.State)) },
		Plain: func(ctx context.Context, o order.Summary) string { return t(ctx, "order.state."+string(o.State)) }},
}

// productColumns are those of the list of products.
var productColumns = []column[shelf.Card]{
	{Name: "picture", Class: "thumb", Usual: true, Cell: productCover, Plain: coverAddress},
	{Name: "name", Usual: true, Cell: productName, Plain: func(ctx context.Context, c shelf.Card) string { return in(ctx, c.Name) }},
	textual("brand", "", true, func(_ context.Context, c shelf.Card) string { return c.Brand }),
	{Name: "sku", Usual: true, Cell: productSKU, Plain: func(_ context.Context, c shelf.Card) string { return skusOf(c) }},
	{Name: "price", Class: "num", Usual: true, Cell: productPrice, Plain: func(ctx context.Context, c shelf.Card) string { return plainSum(ctx, c.Price) }},
	textual("availability", "", true, func(ctx context.Context, c shelf.Card) string { return t(ctx, "availability."+string(c.Availability)) }),
	{Name: "score", Class: "num", Usual: true, Cell: productScore, Plain: func(_ context.Context, c shelf.Card) string { return scoreWords(c.Score) }},
	{Name: "origin", Cell: func(c shelf.Card) templ.Component {
		return textCell(func(ctx context.Context) string { return originOf(ctx, c) })
	}, Plain: originOf},
	{Name: "since", Class: "nb", Cell: func(c shelf.Card) templ.Component { return instant(c.Since) },
		Plain: func(ctx context.Context, c shelf.Card) string { return clock(ctx, c.Since) }},
	{Name: "state", Usual: true, Cell: func(c shelf.Card) templ.Component { return badge("product.state", string(c.State)) },
		Plain: func(ctx context.Context, c shelf.Card) string { return t(ctx, "product.state."+string(c.State)) }},
}

func originOf(ctx context.Context, c shelf.Card) string {
	if c.Origin == "" {
		return ""
	}
	return c.Origin.Name(lang(ctx))
}

func coverAddress(_ context.Context, c shelf.Card) string {
	if c.Cover == nil {
		return ""
	}
	return c.Cover.URL
}

// skusOf are the SKUs of all variants.
func skusOf(c shelf.Card) string {
	all := make([]string, len(c.Variants))
	for i, v := range c.Variants {
		all[i] = v.SKU
	}
	return strings.Join(all, " ")
}

// paymentColumns are those of the list of payments.
var paymentColumns = []column[payment.Payment]{
	{Name: "when", Class: "nb", Usual: true, Cell: paymentWhen, Plain: func(ctx context.Context, p payment.Payment) string { return clock(ctx, p.At) }},
	textual("method", "", true, func(ctx context.Context, p payment.Payment) string { return t(ctx, "method."+string(p.Method)) }),
	{Name: "order", Usual: true, Cell: paymentOrder, Plain: func(_ context.Context, p payment.Payment) string { return p.Order }},
	amounts("amount", true, func(p payment.Payment) money.Money { return p.Amount }),
	amounts("captured", true, func(p payment.Payment) money.Money { return p.Captured }),
	amounts("refunded", true, func(p payment.Payment) money.Money { return p.Refunded }),
	textual("gateway", "", false, func(_ context.Context, p payment.Payment) string { return p.Gateway }),
	textual("ref", "", false, func(_ context.Context, p payment.Payment) string { return p.Ref }),
	{Name: "state", Usual: true, Cell: func(p payment.Payment) templ.Component { return paymentBadge(p) },
		Plain: func(ctx context.Context, p payment.Payment) string { return t(ctx, "payment.state."+string(p.State())) }},
}

// stockColumns are those of the list of stock: one for each warehouse, and the sums. What is not counted has none.
func stockColumns(ctx context.Context, warehouses []inventory.Warehouse) []column[gridRow] {
	columns := []column[gridRow]{
		{Name: "product", Usual: true, Cell: stockName, Plain: func(ctx context.Context, r gridRow) string { return r.name(ctx) }},
		{Name: "sku", Usual: true, Cell: func(r gridRow) templ.Component { return skuCell(r.Variant.SKU) },
			Plain: func(_ context.Context, r gridRow) string { return r.Variant.SKU }},
	}
	for i, w := range warehouses {
		c := levels(string(w.ID), len(warehouses) <= usualWarehouses, func(r gridRow) measure.Quantity { return r.Stocks[i].OnHand },
			func(r gridRow) bool { return isLow(r.Stocks[i]) })
		c.Head = in(ctx, w.Name)
		columns = append(columns, c)
	}
	never := func(gridRow) bool { return false }
	return append(columns,
		levels("on_hand", true, func(r gridRow) measure.Quantity { return r.Total().OnHand }, never),
		levels("promised", true, func(r gridRow) measure.Quantity { return r.Total().Promised }, never),
		levels("left", true, func(r gridRow) measure.Quantity { return r.Total().Left() }, func(r gridRow) bool { return r.Total().Left() <= 0 }),
		textual("unit", "", false, func(ctx context.Context, r gridRow) string { return r.Variant.Unit.Sign(lang(ctx)) }),
	)
}

// usualWarehouses is how many stand side by side unless somebody chose.
const usualWarehouses = 4

// levels is a column of quantities; alarming ones stand out.
func levels(name string, usual bool, of func(gridRow) measure.Quantity, alarming func(gridRow) bool) column[gridRow] {
	return column[gridRow]{
		Name: name, Class: "num", Usual: usual,
		Cell: func(r gridRow) templ.Component { return levelCell(r, of(r), alarming(r)) },
		Plain: func(ctx context.Context, r gridRow) string {
			if !r.counted() {
				return ""
			}
			return pointed(ctx, of(r).String())
		},
	}
}
