package intake_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/media"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/intake"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// desk is a desk with a folder of its own.
func desk(t *testing.T, s *dbtest.Store) *intake.Desk {
	t.Helper()
	return intake.NewDesk(s.Store, t.TempDir(), media.Library{Blobs: blob.Folder{Dir: t.TempDir()}}, testLog())
}

// at gives an import as it stands.
func at(t *testing.T, s *dbtest.Store, id intake.ID) (i intake.Import) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		i, err = intake.Get(tx, seller.Own, id)
		return err
	})
	return i
}

// outcomes gives the lines of an import in short: the number, what becomes of it, the fields that change.
func outcomes(t *testing.T, s *dbtest.Store, id intake.ID, which intake.Filter) (short []string) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		short = nil
		lines, _, err := intake.Lines(tx, id, which, 0)
		for _, l := range lines {
			words := fmt.Sprintf("%d %s", l.Number, l.Outcome)
			for _, c := range l.Changes {
				words += fmt.Sprintf(" %s:%s>%s", c.Field, c.Before, c.After)
			}
			for _, f := range l.Flaws {
				words += " !" + f.Wrong
			}
			if l.Back != "" {
				words += " " + l.Back
			}
			short = append(short, words)
		}
		return err
	})
	return short
}

// handIn hands a file in and has it previewed.
func handIn(t *testing.T, s *dbtest.Store, d *intake.Desk, name, body string) intake.ID {
	t.Helper()
	id, err := d.Receive(context.Background(), db.System, intake.Upload{Seller: seller.Own, Name: name, Lang: "en", Body: strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	s.Moment(t, func(tx *db.Tx) error {
		i, err := intake.Get(tx, seller.Own, id)
		if err != nil {
			return err
		}
		return intake.AskPreview(tx, i, i.Plan)
	})
	work(t, d)
	return id
}

func work(t *testing.T, d *intake.Desk) {
	t.Helper()
	if err := d.Work(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// ask moves an import on.
func ask(t *testing.T, s *dbtest.Store, id intake.ID, verb func(*db.Tx, intake.Import) error) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		i, err := intake.Get(tx, seller.Own, id)
		if err != nil {
			return err
		}
		return verb(tx, i)
	})
}

const before = "sku,name,brand,category,price,stock\na,Шай,Алтай,Ас,500,10\nb,Қант,Алтай,Ас,300,5\nc,Тұз,Арал,Ас,100,7\n"

// What a preview says is what happens, and nothing is written before it is asked for. Undone, all is as it was.
func TestAPreviewTellsTheTruthAndAnImportIsTakenBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		run(t, s, written(t, "a.csv", before), intake.Plan{Format: intake.CSV})
		was := []catalog.Product{product(t, s, "a"), product(t, s, "b"), product(t, s, "c")}
		after := "sku,name,brand,category,price,stock\na,Шай қара,Алтай,Ас,550,10\nb,Қант,Алтай,Ас,300,9\nc,Тұз,Арал,Ас,100,7\nd,Ұн,Цесна,Ас > Нан,900,3\ne,Нан,,Ас,дорого,1\n"
		d := desk(t, s)
		id := handIn(t, s, d, "b.csv", after)
		foretold := outcomes(t, s, id, "")
		want := []string{"1 changed name_ru:Шай>Шай қара price:500.00 KZT>550.00 KZT", "2 same stock:5>9", "3 same",
			"4 added category:>Ас > Нан price:>900.00 KZT stock:>3", "5 refused !amount"}
		if !slices.Equal(foretold, want) {
			t.Fatalf("foretold\n%q, want\n%q", foretold, want)
		}
		if i := at(t, s, id); i.Stage != intake.StagePreviewed || i.Added != 1 || i.Changed != 1 || i.Same != 2 || i.Refused != 1 || i.Prices != 2 || i.Stocks != 2 {
			t.Errorf("%s: %+v", i.Stage, i.Report)
		}
		if product(t, s, "a").Name["ru"] != "Шай" {
			t.Error("a preview has written")
		}
		ask(t, s, id, intake.AskApply)
		work(t, d)
		if i := at(t, s, id); i.Stage != intake.StageApplied || i.Added != 1 || i.Changed != 1 || i.Same != 2 || i.Refused != 1 || i.Prices != 2 || i.Stocks != 2 {
			t.Errorf("%s: %+v", i.Stage, i.Report)
		}
		if got := outcomes(t, s, id, ""); !slices.Equal(got, []string{want[0], want[1], want[2], strings.Replace(want[3], "Нан", "Нан", 1), want[4]}) {
			t.Errorf("done:\n%q", got)
		}
		if product(t, s, "a").Name["ru"] != "Шай қара" || left(t, s, product(t, s, "b")) != measure.Of(9) {
			t.Error("it was not applied")
		}
		ask(t, s, id, intake.AskUndo)
		work(t, d)
		if i := at(t, s, id); i.Stage != intake.StageUndone || i.Undone != 3 || i.Kept != 0 {
			t.Errorf("%s: %d undone, %d kept, %v", i.Stage, i.Undone, i.Kept, i.Stopped())
		}
		for n, code := range []string{"a", "b", "c"} {
			now := product(t, s, code)
			now.Version, now.Revised = was[n].Version, was[n].Revised
			if fmt.Sprint(now) != fmt.Sprint(was[n]) {
				t.Errorf("%s is\n%+v, was\n%+v", code, now, was[n])
			}
		}
		if state(t, s, "d") != catalog.StateEnded || unitPrice(t, s, product(t, s, "a"), money.KZT) != money.Of(500_00, money.KZT) || left(t, s, product(t, s, "b")) != measure.Of(5) {
			t.Error("not everything is as it was")
		}
		again := run(t, s, written(t, "b.csv", after), intake.Plan{Format: intake.CSV})
		if again.Changed != 2 || state(t, s, "d") != catalog.StateOnSale {
			t.Errorf("brought in again after the undo: %+v", again)
		}
	})
}

// What somebody changed since stays, and is told.
func TestUndoLeavesWhatOthersDid(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		run(t, s, written(t, "a.csv", before), intake.Plan{Format: intake.CSV})
		d := desk(t, s)
		id := handIn(t, s, d, "b.csv", strings.NewReplacer("500,10", "550,11", "300,5", "350,6", "100,7", "150,8").Replace(before)+"d,Ұн,Цесна,Ас,900,3\n")
		ask(t, s, id, intake.AskApply)
		work(t, d)
		a, b, added := product(t, s, "a"), product(t, s, "b"), product(t, s, "d")
		s.Moment(t, func(tx *db.Tx) error {
			list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"en": "x"})
			if err != nil {
				return err
			}
			if err := pricing.Set(tx, list.ID, pricing.Entry{Variant: a.Variants[0].ID, Amount: money.Of(777_00, money.KZT)}); err != nil {
				return err
			}
			stocks, err := inventory.Stocks(tx, []catalog.VariantID{b.Variants[0].ID})
			if err != nil {
				return err
			}
			if err := inventory.Receive(tx, inventory.Change{Warehouse: stocks[0].Warehouse, Variant: b.Variants[0].ID, Quantity: measure.Of(1)}); err != nil {
				return err
			}
			brand := "Бақ"
			_, err = catalog.Revise(tx, added.ID, added.Version, catalog.Changes{Brand: &brand})
			return err
		})
		ask(t, s, id, intake.AskUndo)
		work(t, d)
		if i := at(t, s, id); i.Stage != intake.StageUndone || i.Undone != 1 || i.Kept != 3 {
			t.Errorf("%s: %d undone, %d kept, %v", i.Stage, i.Undone, i.Kept, i.Stopped())
		}
		var told []string
		for _, l := range outcomes(t, s, id, intake.OnlyKept) {
			told = append(told, l[:1]+l[strings.LastIndexByte(l, ' '):])
		}
		if !slices.Equal(told, []string{"1 partly", "2 partly", "4 changed"}) {
			t.Errorf("told: %q", told)
		}
		if unitPrice(t, s, a, money.KZT) != money.Of(777_00, money.KZT) || left(t, s, a) != measure.Of(10) {
			t.Error("of the first one the price stays and the count goes back")
		}
		if unitPrice(t, s, b, money.KZT) != money.Of(300_00, money.KZT) || left(t, s, b) != measure.Of(7) {
			t.Error("of the second one the price goes back and the count stays")
		}
		if p := product(t, s, "d"); p.State != catalog.StateOnSale || unitPrice(t, s, p, money.KZT) != money.Of(900_00, money.KZT) {
			t.Error("what was added and changed since stays on sale")
		}
	})
}

// An import that comes to trouble says how far it came, and is gone on with or taken back.
func TestTroubleHalfWay(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	var body strings.Builder
	body.WriteString("sku,name,price\n")
	for n := range 1200 {
		fmt.Fprintf(&body, "s%d,Тауар %d,%d\n", n, n, n+1)
	}
	d := desk(t, s)
	id := handIn(t, s, d, "a.csv", body.String())
	ask(t, s, id, intake.AskApply)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_ = d.Work(ctx) // The process ends before it has begun; nothing is lost.
	work(t, d)
	if i := at(t, s, id); i.Stage != intake.StageApplied || i.Added != 1200 || i.Read != i.Size {
		t.Fatalf("%s: %+v %v", i.Stage, i.Report, i.Stopped())
	}
	torn := handIn(t, s, d, "b.xml", `<?xml version="1.0"?><yml_catalog><shop><offers>`+offers(1000)+`<offer id="x"><na`)
	i := at(t, s, torn)
	if i.Stage != intake.StagePreviewing || i.Rows != 1000 || !strings.Contains(i.Stopped().In("ru"), "обрывается") {
		t.Fatalf("%s after %d: %v", i.Stage, i.Rows, i.Stopped())
	}
	if err := intake.AskApply(nil, i); err == nil {
		t.Error("half a preview was applied")
	}
	ask(t, s, torn, intake.AskOn)
	work(t, d)
	if i := at(t, s, torn); i.Wrong == "" {
		t.Error("a torn file was read to its end")
	}
}

func offers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<offer id="o%d"><name>Кесе %d</name><price>%d</price><currencyId>KZT</currencyId></offer>`, i, i, i+1)
	}
	return b.String()
}

// Imports of one seller are unknown to another.
func TestAnImportIsItsSellers(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	r := run(t, s, written(t, "a.csv", before), intake.Plan{Format: intake.CSV})
	s.Moment(t, func(tx *db.Tx) error {
		if _, err := intake.Get(tx, "sel_other", r.Import); err == nil {
			t.Error("another seller sees it")
		}
		all, _, err := intake.List(tx, "sel_other", "")
		if len(all) > 0 {
			t.Error("another seller lists it")
		}
		mine, next, err2 := intake.List(tx, seller.Own, "")
		if len(mine) != 1 || next != "" || mine[0].Stage != intake.StageApplied || mine[0].Added != 3 {
			t.Errorf("%+v %q", mine, next)
		}
		if err == nil {
			err = err2
		}
		return err
	})
}

// state gives the state of a product by the id that its file gives.
func state(t *testing.T, s *dbtest.Store, source string) (state catalog.State) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		id, err := catalog.ByExternalID(tx, seller.Own, source)
		if err != nil {
			return err
		}
		p, err := catalog.Get(tx, id)
		state = p.State
		return err
	})
	return state
}
