package office

import (
	"context"
	"net/url"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountDigital(site *web.Site) {
	web.Form(site, "POST /office/products/{id}/kind/digital", f.setDigital, web.Needs(ScopeCatalogWrite))
	web.Upload(site, "POST /office/products/{id}/files", f.keepSold, f.addSold, web.Needs(ScopeCatalogWrite),
		web.BodyMax(digital.BytesMax+1<<20), web.Time(soldTime))
	web.Form(site, "POST /office/products/{id}/files/{file}/drop", f.dropSold, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/codes", f.addCodes, web.Needs(ScopeCatalogWrite))
}

// soldTime is how long a film may take over a slow line.
const soldTime = 30 * time.Minute

// digitalStored gives the fields of the form of what is digital.
func digitalStored(v url.Values, d catalog.Digital) {
	days, fetches := d.Limits()
	v.Set("digital_days", number(days))
	v.Set("fetches", number(fetches))
	if d.Codes {
		v.Set("codes", "1")
	}
}

// loadDigital reads the files and the codes of a digital product.
func (k *kindView) loadDigital(tx *db.Tx) (err error) {
	if k.Product.Kind.Digital == nil {
		return nil
	}
	if k.Files, err = digital.Files(tx, k.Product.ID); err != nil {
		return err
	}
	variants := make([]catalog.VariantID, len(k.Product.Variants))
	for i, v := range k.Product.Variants {
		variants[i] = v.ID
	}
	pools, err := hold.About(tx, variants)
	k.Codes = digital.CodesIn(pools)
	return err
}

// setDigital makes a product one that is fetched.
func (f face) setDigital(tx *db.Tx, in productForm) (web.Then, error) {
	k, err := f.loadKind(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	k.Values, k.Open = in.Values, "digital"
	d := catalog.Digital{
		Codes: in.Values.Get("codes") != "", Days: k.count(tx.Context(), "digital_days"), Fetches: k.count(tx.Context(), "fetches"),
	}
	return f.saveKind(tx, in, k, catalog.Kind{Digital: &d}, func(pointer string) string {
		return strings.Replace(strings.TrimPrefix(pointer, "/kind/digital/"), "days", "digital_days", 1)
	})
}

type soldForm struct {
	ID   catalog.ProductID `path:"id" maxLength:"60"`
	File web.Files         `json:"file"`
}

// keepSold keeps a file of which nobody knows before addSold.
func (f face) keepSold(ctx context.Context, in soldForm) (digital.Kept, error) {
	if len(in.File) == 0 {
		return digital.Kept{}, digital.ErrEmpty
	}
	r, err := in.File[0].Open()
	if err != nil {
		return digital.Kept{}, err
	}
	defer r.Close() //nolint:errcheck // It was only read.
	return f.Sold.Keep(ctx, in.ID, r, in.File[0].Name)
}

// addSold offers a file with a product.
func (f face) addSold(tx *db.Tx, in soldForm, kept digital.Kept) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := digital.AddFile(tx, in.ID, kept)
	return see(kindAddress(in.ID), "added"), err
}

type soldDrop struct {
	ID   catalog.ProductID `path:"id" maxLength:"60"`
	File digital.FileID    `path:"file" maxLength:"60"`
}

// dropSold offers a file to later buyers no more.
func (f face) dropSold(tx *db.Tx, in soldDrop) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	return see(kindAddress(in.ID), "saved"), digital.DropFile(tx, in.ID, in.File)
}

type codesForm struct {
	web.Typed
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Variant catalog.VariantID `json:"variant" maxLength:"60"`
	List    string            `json:"list" maxLength:"250000"`
}

// addCodes adds licence codes, one a line, to a variant of the product.
func (f face) addCodes(tx *db.Tx, in codesForm) (web.Then, error) {
	k, err := f.loadKind(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	known := false
	for _, v := range k.Product.Variants {
		known = known || v.ID == in.Variant
	}
	if !known {
		return web.Then{}, catalog.ErrUnknown.About("%s is not of %s", in.Variant, in.ID)
	}
	var codes []string
	for line := range strings.Lines(in.Values.Get("list")) { // A cleaned field would have lost its line ends.
		if code := clean(line); code != "" {
			codes = append(codes, code)
		}
	}
	if _, err := digital.AddCodes(tx, in.Variant, codes); err != nil {
		if fault.Of(err).Kind != fault.Invalid {
			return web.Then{}, err
		}
		return f.kindAgain(tx, k, err), nil
	}
	return see(kindAddress(in.ID), "added"), nil
}

// sizeWords writes the size of a file as the reader does.
func sizeWords(ctx context.Context, bytes int64) string {
	const kilo, mega = 1 << 10, 1 << 20
	if bytes >= mega {
		return t(ctx, "kind.megabytes", "size", (bytes+mega-1)/mega)
	}
	return t(ctx, "kind.kilobytes", "size", (bytes+kilo-1)/kilo)
}
