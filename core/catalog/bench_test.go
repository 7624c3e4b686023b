package catalog_test

import (
	"fmt"
	"testing"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// sourced is a product as catalogues of electronics have them: a name, a description and 30 sparse attributes.
func sourced(categories []catalog.CategoryID, i int) catalog.Draft {
	d := plain(categories[i%len(categories)], fmt.Sprintf("SKU-%07d", i))
	d.Name = text.Localized{"en": fmt.Sprintf("Notebook 15.6 inch model %d with 16 GB of memory", i)}
	d.Description = text.Localized{"en": "A notebook for work and study. It has a bright screen, a keyboard that is pleasant to type on, and a battery that lasts for a day."}
	d.Media = []catalog.Media{{Kind: catalog.MediaImage, URL: fmt.Sprintf("https://images.example.kz/%d.jpg", i)}}
	for j := range 30 {
		code := fmt.Sprintf("attribute_%d", (i*7+j*13)%500)
		a := catalog.Attribute{Code: code, Kind: catalog.AttributeText, Label: text.Localized{"en": "The label of " + code},
			Text: text.Localized{"en": fmt.Sprintf("value %d", (i+j)%50)}}
		switch j % 3 {
		case 1:
			a.Kind, a.Number, a.Unit = catalog.AttributeNumber, fmt.Sprintf("%d.5", i%100), "mm"
		case 2:
			a.Kind, a.Bool = catalog.AttributeBool, true
		}
		d.Attributes = append(d.Attributes, a)
	}
	return d
}

// BenchmarkImport brings batches of 1,000 products with a price each into SQLite.
func BenchmarkImport(b *testing.B) {
	s := dbtest.SQLite(b, []db.Schema{catalog.Schema, pricing.Schema})
	categories := make([]catalog.CategoryID, 100)
	var list pricing.List
	begin := func(tx *db.Tx) (err error) {
		if list, err = pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек"}); err != nil {
			return err
		}
		var root catalog.Category
		if root, err = catalog.AddCategory(tx, catalog.CategoryDraft{Name: text.Localized{"en": "Electronics"}}); err != nil {
			return err
		}
		for i := range categories {
			c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Parent: root.ID, Name: text.Localized{"en": fmt.Sprint("Kind ", i)}})
			if err != nil {
				return err
			}
			categories[i] = c.ID
		}
		return nil
	}
	if err := s.Try(begin); err != nil {
		b.Fatal(err)
	}
	drafts := make(chan []catalog.Draft, 1)
	batches := make(chan *catalog.Batch, 1)
	go func() { // As an import does: the next batch is read while this one is written.
		for d := range drafts {
			batch, err := catalog.ReadBatch(d)
			if err != nil {
				b.Error(err)
			}
			batches <- batch
		}
	}()
	products := 0
	next := func() {
		batch := make([]catalog.Draft, catalog.BatchMax)
		for i := range batch {
			batch[i] = sourced(categories, products+i)
		}
		products += len(batch)
		drafts <- batch
	}
	next()
	for b.Loop() {
		b.StopTimer()
		next()
		b.StartTimer()
		batch := <-batches
		if err := s.Try(func(tx *db.Tx) error { return write(tx, batch, list.ID) }); err != nil {
			b.Fatal(err)
		}
	}
	close(drafts)
	b.ReportMetric(float64(b.N*catalog.BatchMax)/b.Elapsed().Seconds(), "products/s")
}

// write imports a batch and gives each first variant a price.
func write(tx *db.Tx, batch *catalog.Batch, list pricing.ListID) error {
	results, err := batch.Import(tx)
	if err != nil {
		return err
	}
	entries := make([]pricing.Entry, 0, len(results))
	for _, r := range results {
		if r.Err != nil {
			return r.Err
		}
		entries = append(entries, pricing.Entry{Variant: r.Variants[0], Amount: money.Of(int64(100_000+r.Row), money.KZT)})
	}
	_, err = pricing.SetMany(tx, list, entries)
	return err
}
