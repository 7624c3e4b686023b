package sauda_test

import (
	"fmt"
	"go/ast"
	"os"
	"strings"
	"sync"
	"testing"
)

// law is one law of the house: what it says, who finds its breaches, a little tree that keeps it, and little trees that
// break it on purpose, so that a law which sees nothing is seen itself.
type law struct {
	name     string
	breaches func(*house) []string
	kept     string
	broken   []broken
}

// broken is a tree that breaks a law, and words of the breach that must be found.
type broken struct {
	why, want, tree string
}

// laws are all of them. docs/decisions/0001-the-plan.md says why we have them.
var laws = []law{
	{"imports run to the left", ringsRunLeft,
		`
-- core/order/order.go --
package order
import _ "sauda/base/money"
-- base/money/money.go --
package money
`, []broken{
			{"a machine knows the trade", "gear/web imports core/order", "-- gear/web/web.go --\npackage web\nimport _ \"sauda/core/order\"\n"},
			{"a context tells a story", "core/order imports flow/checkout", "-- core/order/order.go --\npackage order\nimport _ \"sauda/flow/checkout\"\n"},
			{"a face puts together", "face/api imports app", "-- face/api/api.go --\npackage api\nimport _ \"sauda/app\"\n"},
			{"a room outside", "none of the rings", "-- lib/order/order.go --\npackage order\n"},
		}},
	{"neighbours stay apart", neighboursApart,
		`
-- face/shop/shop.go --
package shop
import _ "sauda/face/shop/view"
-- flow/settle/settle.go --
package settle
import _ "sauda/core/order"
`, []broken{
			{"a flow in a flow", "flow/fulfil imports its neighbour flow/checkout", "-- flow/fulfil/fulfil.go --\npackage fulfil\nimport _ \"sauda/flow/checkout\"\n"},
			{"a face in a face", "face/shop imports its neighbour face/api", "-- face/shop/shop.go --\npackage shop\nimport _ \"sauda/face/api\"\n"},
			{"two agents", "imports its neighbour face/agent/ucp", "-- face/agent/mcp/mcp.go --\npackage mcp\nimport _ \"sauda/face/agent/ucp\"\n"},
		}},
	{"arrows are listed", arrowsListed,
		`
-- laws.txt --
# An order is an accepted quote.
order -> pricing # The quote.
-- core/order/order.go --
package order
import _ "sauda/core/pricing"
-- core/payment/card/card.go --
package card
import _ "sauda/core/payment"
`, []broken{
			{"not listed", "order -> cart is not in laws.txt", "-- core/order/order.go --\npackage order\nimport _ \"sauda/core/cart\"\n"},
			{"from a part of a context", "payment -> order is not", "-- core/payment/card/card.go --\npackage card\nimport _ \"sauda/core/order\"\n"},
			{"not used", "laws.txt:1: no import needs order -> pricing", "-- laws.txt --\norder -> pricing\n-- core/order/order.go --\npackage order\n"},
			{"used by a test only", "no import needs", "-- laws.txt --\norder -> pricing\n-- core/order/order_test.go --\npackage order\nimport _ \"sauda/core/pricing\"\n"},
			{"listed twice", "listed twice", "-- laws.txt --\norder -> pricing\norder  ->  pricing\n"},
			{"not an arrow", "not of the form", "-- laws.txt --\norder, pricing\n"},
		}},
	{"base is pure", basePure,
		"-- base/money/sql.go --\npackage money\nimport (\n\t_ \"database/sql/driver\"\n\t_ \"net/netip\"\n)\n", []broken{
			{"a file", "imports os,", "-- base/money/money.go --\npackage money\nimport _ \"os\"\n"},
			{"a store", "imports database/sql,", "-- base/money/money.go --\npackage money\nimport _ \"database/sql\"\n"},
			{"the net", "imports net/http,", "-- base/place/place.go --\npackage place\nimport _ \"net/http\"\n"},
			{"a driver", "imports github.com/jackc/pgx/v5", "-- base/place/place.go --\npackage place\nimport _ \"github.com/jackc/pgx/v5\"\n"},
		}},
	{"statements are a context's own", ownStatements,
		`
-- core/order/queries.sql --
-- core/order/orderdb/db.go --
package orderdb
-- core/order/order.go --
package order
import _ "sauda/core/order/orderdb"
-- gear/web/web.go --
package web
import _ "sauda/gear/db"
`, []broken{
			{"taken by a neighbour", "core/cart imports core/order/orderdb", "-- core/cart/cart.go --\npackage cart\nimport _ \"sauda/core/order/orderdb\"\n"},
			{"taken by a test", "flow/checkout imports core/order/orderdb", "-- flow/checkout/checkout_test.go --\npackage checkout\nimport _ \"sauda/core/order/orderdb\"\n"},
			{"left behind", "which is gone", "-- core/order/orderdb/db.go --\npackage orderdb\n"},
		}},
	{"what is for tests stays in tests", testsApart,
		"-- core/payment/paymenttest/exercise.go --\npackage paymenttest\nimport (\n\t\"testing\"\n\t_ \"sauda/gear/db/dbtest\"\n)\n", []broken{
			{"a test's store", "imports gear/db/dbtest", "-- app/app.go --\npackage app\nimport _ \"sauda/gear/db/dbtest\"\n"},
			{"testing", "imports testing", "-- app/app.go --\npackage app\nimport \"testing\"\n"},
		}},
	{"a moment or the world", momentOrWorld,
		moments + `
-- core/order/order.go --
package order
import (
	"context"
	"sauda/gear/db"
)
func Place(tx *db.Tx, id string) error
func Once(ctx context.Context, do func(*db.Tx) error) error
`, []broken{
			{"a verb with both", "core/order/order.go:3: takes", moments + "-- core/order/order.go --\npackage order\nimport (\"context\"; \"sauda/gear/db\")\nfunc Place(ctx context.Context, tx *db.Tx) error\n"},
			{"under other names", "takes a *db.Tx", moments + "-- core/order/order.go --\npackage order\nimport (c \"context\"; store \"sauda/gear/db\")\ntype moment = *store.Tx\nfunc (o Order) Place(tx moment, id string, ctx c.Context) error\ntype Order struct{}\n"},
			{"a function without a name", "takes a *db.Tx", moments + "-- flow/checkout/checkout.go --\npackage checkout\nimport (\"context\"; \"sauda/gear/db\")\nvar do = func(tx *db.Tx, ctx context.Context) {}\n"},
			{"an interface", "takes a *db.Tx", moments + "-- flow/checkout/checkout.go --\npackage checkout\nimport (\"context\"; \"sauda/gear/db\")\ntype Doer interface{ Do(ctx context.Context, tx *db.Tx) }\n"},
		}},
	{"moments begin in four places", fourBegin,
		moments + "-- gear/job/job.go --\npackage job\nimport \"sauda/gear/db\"\nfunc Once(s *db.Store) { s.Update(nil) }\n" +
			"-- face/api/api.go --\npackage api\ntype form struct{}\nfunc (form) Update() {}\nfunc f() { form{}.Update() }\n", []broken{
			{"in a context", "core/order/order.go:3: begins a moment by Update", moments + "-- core/order/order.go --\npackage order\nimport \"sauda/gear/db\"\nfunc Place(s *db.Store) { s.Update(nil) }\n"},
			{"in a face, through a field and a method value", "begins a moment by View", moments + "-- face/api/api.go --\npackage api\nimport \"sauda/gear/db\"\ntype API struct{ house struct{ *db.Store } }\nfunc (a API) show() { look := a.house.View; look(nil) }\n"},
			{"in the command", "cmd/sauda/main.go:3: begins", moments + "-- cmd/sauda/main.go --\npackage main\nimport \"sauda/gear/db\"\nfunc main() { db.Open().Update(nil) }\n"},
		}},
	{"moments are quiet", momentsQuiet,
		moments + "-- core/order/order.go --\npackage order\nimport (\"sauda/gear/db\"; \"time\")\n" +
			"func Place(tx *db.Tx) { tx.AfterCommit(func() { go wake() }); _ = time.Second }\nfunc wake() { time.Sleep(time.Now().Sub(time.Time{})) }\n", []broken{
			{"its own clock", "calls time.Now in a moment", moments + "-- core/order/order.go --\npackage order\nimport (\"sauda/gear/db\"; \"time\")\nfunc Place(tx *db.Tx) time.Time { return time.Now() }\n"},
			{"in a step", "calls http.Get in a moment", moments + "-- flow/checkout/checkout.go --\npackage checkout\nimport (\"sauda/gear/db\"; \"net/http\")\nvar step = func(tx *db.Tx) { http.Get(\"\") }\n"},
			{"a goroutine", "starts a goroutine", moments + "-- core/order/order.go --\npackage order\nimport \"sauda/gear/db\"\nfunc Place(tx *db.Tx) { go func() {}() }\n"},
		}},
	{"sizes", sizes,
		"-- core/order/order.go --\npackage order\nfunc Place(a, b, c, d, e int) (x, y, z int) {" + strings.Repeat("\n", 68) + "}\n", []broken{
			{"a long function", "Place has 71 lines", "-- core/order/order.go --\npackage order\nfunc Place() {" + strings.Repeat("\n", 70) + "}\n"},
			{"a long file", "has 501 lines", "-- core/order/order.go --\npackage order\n" + strings.Repeat("\n", 500)},
			{"a long page", "has 501 lines", "-- face/shop/list.templ --\npackage shop\n" + strings.Repeat("\n", 500)},
			{"many parameters", "6 parameters", "-- core/order/order.go --\npackage order\nfunc Place(a, b, c, d, e, f int) {}\n"},
			{"many results", "4 results", "-- core/order/order.go --\npackage order\nvar place = func() (a, b, c int, err error) { return }\n"},
		}},
	{"no floats", noFloats,
		"-- core/tax/tax.go --\npackage tax\ntype Rate int64 // Not a float64.\n-- gear/web/web.go --\npackage web\nvar seconds float64\n", []broken{
			{"a price", "float64", "-- core/pricing/pricing.go --\npackage pricing\nfunc Price(p float64) {}\n"},
			{"a rate", "float32", "-- base/money/rate.go --\npackage money\ntype Rate float32\n"},
			{"by the way", "ParseFloat makes a float", "-- base/money/rate.go --\npackage money\nimport \"strconv\"\nvar rate, _ = strconv.ParseFloat(\"0.5\", 64)\n"},
		}},
	{"nouns", nouns,
		"-- core/order/order.go --\npackage order\n-- core/order/order_test.go --\npackage order_test\n-- cmd/sauda/main.go --\npackage main\n", []broken{
			{"a drawer", `"util" says nothing`, "-- gear/util/util.go --\npackage util\n"},
			{"a layer", `"service" says nothing`, "-- core/order/service/place.go --\npackage service\n"},
			{"hidden in the name", "package helpers says nothing", "-- core/order/order.go --\npackage helpers\n"},
			{"two names", "package basket stands in a folder called cart", "-- core/cart/cart.go --\npackage basket\n"},
		}},
	{"verbs", verbs,
		"-- core/stock/stock.go --\npackage stock\ntype Updated struct{}\nfunc Creator() {}\nfunc Receive() {}\nfunc HandOver() {}\n", []broken{
			{"create", "CreateOrder: the trade", "-- core/order/order.go --\npackage order\nfunc CreateOrder() {}\n"},
			{"a method", "Process: the trade", "-- flow/checkout/checkout.go --\npackage checkout\ntype T struct{}\nfunc (T) Process() {}\n"},
		}},
	{"promises", promises,
		`
-- core/order/order.go --
// Package order is what two have agreed on.
package order
// ID names an order.
type ID string
// States.
const (
	Open = 1
	Shut = 2
)
func (i ID) String() string { return string(i) }
type list struct{}
func (list) First() {}
`, []broken{
			{"a package", "package core/order has no comment", "-- core/order/order.go --\npackage order\n"},
			{"a command", "package cmd/sauda has no comment", "-- cmd/sauda/main.go --\npackage main\n"},
			{"a verb", "Place has no comment", "-- core/order/order.go --\n// Package order is.\npackage order\nfunc Place() {}\n"},
			{"a noun", "Order has no comment", "-- core/order/order.go --\n// Package order is.\npackage order\ntype Order struct{}\n"},
			{"a method of a generic type", "First has no comment", "-- gear/bus/bus.go --\n// Package bus is.\npackage bus\n// L is a list.\ntype L[E any] struct{}\nfunc (l *L[E]) First() {}\n"},
			{"one of a group", "ErrGone has no comment", "-- base/text/text.go --\n// Package text is.\npackage text\nvar (\n\t// ErrNone is none.\n\tErrNone = 1\n\tErrGone = 2\n)\n"},
		}},
	{"nothing skips", nothingSkips,
		"-- core/order/order_test.go --\npackage order\nimport (\"testing\"; \"pgregory.net/rapid\")\nfunc TestA(t *testing.T) { rapid.Check(t, func(t *rapid.T) { t.Skip() }) }\n", []broken{
			{"a test", "t.Skip", "-- core/order/order_test.go --\npackage order\nimport \"testing\"\nfunc TestA(t *testing.T) { if testing.Short() { t.Skip(\"slow\") } }\n"},
			{"a part of a test", "t.SkipNow", "-- core/order/order_test.go --\npackage order\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Run(\"x\", func(t *testing.T) { t.SkipNow() }) }\n"},
			{"for its caller", "tb.Skipf", "-- gear/db/dbtest/dbtest.go --\npackage dbtest\nimport \"testing\"\nfunc Store(tb testing.TB) { tb.Skipf(\"none\") }\n"},
		}},
	{"tables are a context's own", ownTables,
		shelves + `
-- core/order/queries.sql --
-- name: Mine :many
-- Never FROM cart_line.
SELECT id, cart FROM orders AS o WHERE o.note IS DISTINCT FROM cart AND o.note <> 'FROM cart';
`, []broken{
			{"a query", "core/order/queries.sql names the table cart of core/cart", shelves + "-- core/order/queries.sql --\nSELECT o.id FROM orders o\nJOIN cart ON cart.id = o.cart;\n"},
			{"behind a comma", "names the table cart of core/cart", shelves + "-- core/order/queries.sql --\nSELECT o.id FROM orders o, cart c;\n"},
			{"a table made twice", "table orders belongs to core/order already", shelves + "-- core/payment/schema/0001_payment.sql --\n-- +goose Up\nCREATE TABLE orders (id TEXT NOT NULL);\n"},
			{"in Go", "SQL names the table orders of core/order", shelves + "-- core/cart/sql.go --\npackage cart\nconst q = `SELECT id\n\tFROM orders`\n"},
			{"in pieces", "SQL names the table orders of core/order", shelves + "-- core/cart/sql.go --\npackage cart\nvar q = \"SELECT \" + columns + \" FROM orders \" + rest\n"},
			{"by a builder", "SQL names the table orders of core/order", shelves + "-- core/cart/sql.go --\npackage cart\nfunc list(b builder) { b.Select(\"id\").From(\"orders AS o\") }\n"},
			{"in a face", "SQL names the table orders of core/order", shelves + "-- face/api/api.go --\npackage api\nvar q = \"DELETE FROM orders WHERE id = $1\"\n"},
		}},
	{"one SQL for both engines", oneText,
		`
-- core/order/schema/0001_order.sql --
-- +goose Up
CREATE TABLE orders (
	id    TEXT NOT NULL PRIMARY KEY, -- Not a sequence: now(), '::'.
	total BIGINT NOT NULL CHECK (total >= 0 AND total IN (1, 2)),
	CHECK (id <> 'now()'), UNIQUE (id, total)
);
-- core/order/schema/0002_note.sql --
-- +goose Up
ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- core/order/queries.sql --
-- name: Place :exec
INSERT INTO orders (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET total = cast($2 AS BIGINT);
`, []broken{
			{"a type", "column orders.at is TIMESTAMP", "-- core/order/schema/0001_order.sql --\n-- +goose Up\nCREATE TABLE orders (id TEXT, at TIMESTAMP NOT NULL);\n"},
			{"a blob", "column orders.hash is BLOB", "-- core/order/schema/0001_order.sql --\n-- +goose Up\nCREATE TABLE orders (hash BLOB);\n"},
			{"no type", "column orders.hash is ,", "-- core/order/schema/0001_order.sql --\n-- +goose Up\nCREATE TABLE orders (hash);\n"},
			{"an added column", "column added.price is NUMERIC", "-- core/order/schema/0001_order.sql --\n-- +goose Up\nALTER TABLE orders ADD COLUMN price NUMERIC;\n"},
			{"a sequence", "a sequence", "-- core/order/schema/0001_order.sql --\n-- +goose Up\nCREATE SEQUENCE numbers;\n"},
			{"a trigger", "a trigger", "-- core/order/schema/0001_order.sql --\n-- +goose Up\nCREATE TRIGGER t AFTER INSERT ON orders BEGIN END;\n"},
			{"a way back", "has no Down", "-- core/order/schema/0001_order.sql --\n-- +goose Up\n-- +goose Down\n"},
			{"a gap", "must begin with 0002_", "-- core/order/schema/0001_order.sql --\n-- +goose Up\n-- core/order/schema/0003_note.sql --\n-- +goose Up\n"},
			{"the engine's clock", "now()", "-- core/order/schema/0001_order.sql --\n-- +goose Up\n-- core/order/queries.sql --\nUPDATE orders SET at = NOW();\n"},
			{"a cast", "::", "-- core/order/schema/0001_order.sql --\n-- +goose Up\n-- core/order/queries.sql --\nSELECT $1::text;\n"},
			{"a lock", "FOR UPDATE", "-- core/order/schema/0001_order.sql --\n-- +goose Up\n-- core/order/queries.sql --\nSELECT id FROM orders FOR UPDATE;\n"},
		}},
	{"faults are stated", faultsStated,
		"-- core/order/order.go --\npackage order\nimport \"sauda/base/fault\"\nvar ErrShipped = fault.New(fault.Conflict, \"order.shipped\", \"The parcel has left. \" + \"Return it.\")\n" +
			"-- core/payment/card/card.go --\npackage card\nimport \"sauda/base/fault\"\nvar ErrAmount = fault.New(fault.Invalid, \"payment.amount\", \"Pay more.\")\n", []broken{
			{"another's code", "does not begin with its package", refuse(`var ErrShipped = fault.New(fault.Conflict, "parcel.shipped", "It has left.")`)},
			{"two of one code", "the code order.a is taken by", refuse(`var ErrA, ErrB = fault.New(fault.Gone, "order.a", "A."), fault.New(fault.Gone, "order.a", "B.")`)},
			{"made in passing", "is not a package variable", refuse(`func f() error { return fault.New(fault.Gone, "order.a", "A.") }`)},
			{"a bad name", "is not a package variable called Err", refuse(`var Shipped = fault.New(fault.Gone, "order.a", "A.")`)},
			{"no sentence", "is not a sentence", refuse(`var ErrA = fault.New(fault.Gone, "order.a", "shipped")`)},
			{"a computed code", "stand in the source", refuse(`var ErrA = fault.New(fault.Gone, "order." + name, "A.")`)},
			{"a retired code", "is retired", refuse(`var ErrA = fault.New(fault.Gone, "order.a", "A.")`) + "-- docs/faults.md --\n## Retired\n\n* `order.a`\n"},
		}},
	{"texts are whole", textsWhole,
		"-- face/shop/texts/kk.json --\n{\"a\": \"{n} тауар\"}\n-- face/shop/texts/ru.json --\n{\"a\": {\"one\": \"{n} товар\", \"other\": \"{n} товара\"}}\n" +
			"-- face/shop/texts/en.json --\n{\"a\": \"{n} items\"}\n-- gear/i18n/faults.kk.json --\n{\"fault.a\": \"Жоқ.\"}\n-- gear/i18n/faults.ru.json --\n{\"fault.a\": \"Нет.\"}\n", []broken{
			{"a language", "face/shop/texts/ru.json is not there", "-- face/shop/texts/kk.json --\n{}\n-- face/shop/texts/en.json --\n{}\n"},
			{"a text", "letters/zh.json has no letters/sent/0", trilingual(`{"letters": {"sent": ["A"]}}`) + "-- core/notify/letters/zh.json --\n{\"letters\": {\"sent\": []}}\n"},
			{"a value", `zh.json: letters/sent/0 names "", and "{n}" in en`, trilingual(`{"letters": {"sent": ["{n}"]}}`) + "-- core/notify/letters/zh.json --\n{\"letters\": {\"sent\": [\"一\"]}}\n"},
			{"nothing", "sent says nothing", trilingual(`{"sent": " "}`)},
		}},
	{"fields are said", fieldsSaid,
		say(`var a, b = fault.Say("Use {n}."), []fault.Field{}`, "Use {n}.", "{n} болсын."), []broken{
			{"a language", `"Fill it." is not said in kk`, say(`var a = fault.Say("Fill it.")`, "", "")},
			{"a value", `"Use {n}." names "{n}", and "" in zh`, say(`var a = fault.Say("Use {n}.")`, "Use {n}.", "Жазыңыз.")},
			{"left over", `fields.ru.json: nothing in the code says "Go."`, say("", "Go.", "Бар.")},
			{"a computed one", "order.go:3: what is said of a field stands in the source", say(`var a = fault.Say("Use " + n + ".")`, "", "")},
			{"no sentence", "as one sentence", say(`var a = fault.Say("shipped")`, "", "")},
			{"out of nothing", "a field is made of a sentence", say(`var a = fault.Field{Pointer: "/a", Text: "A."}`, "", "")},
			{"in a list", "a field is made of a sentence", say(`var a = []fault.Field{{Pointer: "/a", Text: "A."}}`, "", "")},
		}},
	{"stories are said", storiesSaid, story("{\"office.story.of.ship\": \"a\", \"office.story.step.ship.book\": \"b\"}"), []broken{
		{"a story", `stories.kk.json has no "office.story.of.ship"`, story("{\"office.story.step.ship.book\": \"b\"}")},
		{"a step", `has no "office.story.step.ship.book"`, story("{\"office.story.of.ship\": \"a\"}")},
		{"left over", `no story is called "office.story.of.sail"`, story("{\"office.story.of.sail\": \"a\"}")},
	}},
	{"literals are whole", literalsWhole,
		"-- core/order/order.go --\npackage order\nvar name, lang = map[string]string{\"kk\": \"а\", \"ru\": \"б\", \"en\": \"c\"}, map[string]string{\"ru\": \"a\"}\n", []broken{
			{"no English", "core/order/order.go:2: the text is not said in en", "-- core/order/order.go --\npackage order\nvar name = map[string]string{\"kk\": \"а\", \"ru\": \"б\"}\n"},
			{"no Kazakh", "is not said in kk", "-- core/order/order.go --\npackage order\nvar name = map[string]string{\"en\": \"a\", \"ru\": \"б\"}\n"},
		}},
	{"a word has one script", scripts,
		"-- face/shop/texts/ru.json --\n{\"a\": \"USB-кабель\\nСумма\"}\n-- core/order/order.go --\npackage order\n// Sauda (сауда).\nvar a = \"\\tтауар\"\n", []broken{
			{"a Latin letter", `"c\u0430\u0443\u0434\u0430"`, "-- core/order/order.go --\npackage order\nvar a = \"\x63ауда\"\n"},
			{"in a catalogue", "face/shop/texts/kk.json", "-- face/shop/texts/kk.json --\n{\"a\": \"т\x69л\"}\n"},
			{"in a comment", "core/order/order.go:2", "-- core/order/order.go --\npackage order\n// т\x69л\nvar a int\n"},
			{"in a page", "docs/words.md", "-- docs/words.md --\nт\x69л\n"},
			{"Kazakh in Russian", "ru.json:2: a Kazakh letter", "-- face/shop/texts/ru.json --\n{\n\"a\": \"тіл\"}\n"},
		}},
	{"libraries are decided", librariesDecided,
		"-- go.mod --\nmodule sauda\nrequire (\n\tgithub.com/a/b v1.0.0\n\tgithub.com/c/d v1.0.0 // indirect\n)\n-- docs/decisions/0002-libraries.md --\n| `github.com/a/b` | why |\n", []broken{
			{"a stranger", "has no row for github.com/a/b", "-- go.mod --\nmodule sauda\nrequire github.com/a/b v1.0.0\n"},
			{"one who left", "github.com/a/b is in no go.mod", "-- go.mod --\nmodule sauda\n-- docs/decisions/0002-libraries.md --\n| `github.com/a/b` | why |\n"},
			{"a tool", "has no row for github.com/a/b/cmd/b", "-- go.mod --\nmodule sauda\n-- tools/go.mod --\nmodule sauda/tools\ntool github.com/a/b/cmd/b\n"},
		}},
	{"standards are listed", standardsListed,
		"-- docs/standards.md --\n| RFC 9110 HTTP | ISO 3166-1 |\n-- gear/web/web.go --\npackage web // RFC 9110 §13, ISO 3166-2.\n", []broken{
			{"one without a row", "gear/web/web.go names RFC 9457", "-- docs/standards.md --\n| RFC 9110 HTTP |\n-- gear/web/web.go --\npackage web // RFC 9457.\n"},
		}},
	{"the purchase is told truly", purchaseTrue,
		"-- docs/purchase.md --\nIt is placed by `core/order/order.go` `Place`.\n-- core/order/order.go --\npackage order\nfunc (o Order) Place() {}\n", []broken{
			{"a function that left", "has no function Place", "-- docs/purchase.md --\n`core/order/order.go` `Place`\n-- core/order/order.go --\npackage order\nfunc Placed() {}\n"},
			{"a file that left", "there is no core/order/place.go", "-- docs/purchase.md --\n`core/order/place.go` `Place`\n"},
		}},
	{"pages are found", pagesFound,
		"-- README.md --\n[docs](docs/README.md) [web](https://example.org/)\n-- docs/README.md --\n[w](words.md#buyer)\n-- docs/words.md --\n", []broken{
			{"a dead link", "links to words.md, which is not there", "-- docs/README.md --\n[w](words.md)\n"},
			{"a page nobody finds", "docs/words.md is not linked", "-- docs/README.md --\n-- docs/words.md --\n"},
		}},
}

// moments is the part of gear/db that laws about moments look at.
const moments = `
-- gear/db/db.go --
// Package db is.
package db
type Tx struct{}
func (*Tx) AfterCommit(func()) {}
type Store struct{}
func Open() *Store { return nil }
func (*Store) Update(do func(*Tx) error) {}
func (*Store) View(do func(*Tx) error) {}
`

// shelves are two contexts with a table each.
const shelves = `
-- core/order/schema/0001_order.sql --
-- +goose Up
CREATE TABLE orders (id TEXT NOT NULL, cart TEXT NOT NULL, note TEXT NOT NULL);
-- core/cart/schema/0001_cart.sql --
-- +goose Up
CREATE TABLE cart (id TEXT NOT NULL);
`

// story is a story of one step, and what the office says of it.
func story(said string) string {
	return "-- flow/fulfil/fulfil.go --\npackage fulfil\nimport \"sauda/gear/saga\"\nconst name = \"ship\"\n" +
		"var told = saga.Story[int]{Name: name, Steps: []saga.Step[int]{{Name: \"book\"}}}\n-- face/office/texts/stories.kk.json --\n" + said + "\n"
}

// trilingual is a catalogue that says the same in the three languages.
func trilingual(body string) string {
	var b strings.Builder
	for _, lang := range textLanguages {
		b.WriteString("-- core/notify/letters/" + lang + ".json --\n" + body + "\n")
	}
	return b.String()
}

// refuse is a context with one declaration about faults.
func refuse(declaration string) string {
	return "-- core/order/order.go --\npackage order\nimport \"sauda/base/fault\"\n" + declaration + "\n"
}

// say is a context with one declaration about fields, and the text of one sentence in all languages.
func say(declaration, english, text string) string {
	tree := refuse(declaration)
	for _, lang := range fieldTexts {
		body := "{}"
		if english != "" {
			body = fmt.Sprintf("{%q: %q}", fieldPrefix+english, text)
		}
		tree += "-- " + fmt.Sprintf(fieldFile, lang) + " --\n" + body + "\n"
	}
	return tree
}

// ours is the house itself, parsed once.
func ours(t *testing.T) *house {
	t.Helper()
	once.Do(func() { theHouse = load(t, os.DirFS(".")) })
	if theHouse == nil {
		t.Fatal("the house could not be parsed; see the test that came first")
	}
	return theHouse
}

var (
	once     sync.Once
	theHouse *house
)

// TestLaws holds the house to its laws, and each law to its examples.
func TestLaws(t *testing.T) {
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			for _, breach := range l.breaches(ours(t)) {
				t.Error(breach)
			}
			if found := l.breaches(load(t, tree(l.kept))); len(found) > 0 {
				t.Errorf("a tree that keeps this law is accused of: %q", found)
			}
			for _, example := range l.broken {
				found := l.breaches(load(t, tree(example.tree)))
				if !strings.Contains(strings.Join(found, "\n"), example.want) {
					t.Errorf("%s: not caught; wanted %q, found %q", example.why, example.want, found)
				}
			}
		})
	}
}

// TestLoad: the real tree is seen as it is, so that no law is kept by an empty house.
func TestLoad(t *testing.T) {
	h := ours(t)
	for _, dir := range []string{"base/money", "gear/db", "core/order"} {
		if r := h.rooms[dir]; r == nil || len(r.files) == 0 || r.pkg.Scope().Len() == 0 {
			t.Fatalf("%s was not found or holds nothing", dir)
		}
	}
	for _, dir := range []string{"gear/web", "gear/bus", "gear/saga", "gear/job"} {
		if r := h.rooms[dir]; r == nil || len(h.begins(r)) == 0 {
			t.Errorf("%s begins no moment, as far as the law can see", dir)
		}
	}
	verbs := 0
	for _, d := range h.rooms["core/order"].files {
		ast.Inspect(d.File, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncType); ok && takes(h.rooms["core/order"], f, isMoment) {
				verbs++
			}
			return true
		})
	}
	if verbs == 0 {
		t.Error("no function of core/order takes a moment, as far as the law can see")
	}
	if len(h.schemas()) == 0 || len(h.refusals()) == 0 {
		t.Error("no schema or no fault was found")
	}
}
