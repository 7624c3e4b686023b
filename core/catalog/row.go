package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/core/tax"
)

// wordsMax bounds the folded words of a product in bytes: beyond names, brand and signs nobody looks for it that way.
const wordsMax = 2_000

// row is a product as it is stored, with its variants.
type row struct {
	catalogdb.Product
	variants []catalogdb.UpsertVariantParams
}

// rowOf gives the columns that a cleaned draft fills; ids, version and times are the caller's.
func rowOf(d Draft) row {
	r := row{Product: catalogdb.Product{
		Seller: string(d.Seller), ExternalID: d.ExternalID, Slug: d.Slug, Category: string(d.Category),
		State: string(d.State), Brand: d.Brand, Origin: string(d.Origin), TaxClass: string(d.TaxClass),
		Name: d.Name.String(), Options: list(d.Options), Media: list(d.Media), Description: d.Description.String(),
		Attributes: list(d.Attributes), Cover: coverOf(d.Media), Words: wordsOf(d), Proof: string(d.Provenance.Grade),
		Provenance: d.Provenance.column(), Score: Unweighed, Kind: d.Kind.column(),
	}}
	for _, v := range d.Variants {
		r.variants = append(r.variants, catalogdb.UpsertVariantParams{
			ID: string(v.ID), Seller: string(d.Seller), SKU: v.SKU, Position: int64(v.Position), GTIN: v.GTIN,
			NTIN: v.NTIN, HS: v.HS, Options: choices(v.Options), Label: v.Label.String(), Unit: string(v.Unit),
			Mass: int64(v.Mass), Length: v.Size.Length, Width: v.Size.Width, Height: v.Size.Height,
			Tracking: string(v.Tracking),
		})
	}
	return r
}

// digest is a short proof of what a draft brought, so that the same draft is known again. The state is a part of it: an
// import may put on sale what an earlier one brought as a draft.
func (r row) digest() string {
	h := sha256.New()
	var length []byte
	write := func(column string) {
		length = strconv.AppendInt(length[:0], int64(len(column)), 10)
		h.Write(append(length, ':'))
		h.Write([]byte(column))
	}
	for _, column := range []string{r.Slug, r.Category, r.State, r.Brand, r.Origin, r.TaxClass, r.Name, r.Options, r.Media,
		r.Description, r.Attributes} {
		write(column)
	}
	if r.Provenance != "{}" { // What was imported before there was any keeps its proof.
		write(r.Provenance)
	}
	for _, v := range r.variants {
		for _, column := range []string{v.SKU, v.GTIN, v.NTIN, v.HS, v.Options, v.Unit, v.Tracking} {
			write(column)
		}
		for _, n := range []int64{v.Mass, v.Length, v.Width, v.Height} {
			write(strconv.FormatInt(n, 10))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func list[T any](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	return encode(values)
}

func choices(chosen map[string]string) string {
	if len(chosen) == 0 {
		return "{}"
	}
	return encode(chosen)
}

func encode(value any) string {
	data, err := json.Marshal(value)
	if err != nil { // Texts, numbers and booleans always encode.
		panic("catalog: " + err.Error())
	}
	return string(data)
}

// coverOf gives the first image, or nothing.
func coverOf(media []Media) string {
	for _, m := range media {
		if m.Kind == MediaImage {
			return encode(m)
		}
	}
	return ""
}

// wordsOf gives what the office may look for, folded: names in all languages, brand, the external id and the signs of the
// variants.
func wordsOf(d Draft) string {
	parts := make([]string, 0, len(d.Name)+2+2*len(d.Variants))
	for _, lang := range slices.Sorted(maps.Keys(d.Name)) { // In order, so that equal products have equal words.
		parts = append(parts, d.Name[lang])
	}
	parts = append(parts, d.Brand, d.ExternalID)
	for _, v := range d.Variants {
		parts = append(parts, v.SKU, v.GTIN)
	}
	words := text.Fold(strings.Join(parts, " "))
	if len(words) > wordsMax {
		words = strings.ToValidUTF8(words[:wordsMax], "")
	}
	return words
}

// productOf reads a stored product, without its variants.
func productOf(r catalogdb.Product) (Product, error) {
	p := Product{ID: ProductID(r.ID), Seller: seller.ID(r.Seller), ExternalID: r.ExternalID, Slug: r.Slug,
		Category: CategoryID(r.Category), Brand: r.Brand, Origin: place.Country(r.Origin), TaxClass: tax.Class(r.TaxClass),
		State: State(r.State), Score: int(r.Score), Version: r.Version, Since: span.FromMicros(r.Since), Revised: span.FromMicros(r.Revised)}
	d := decoder{of: r.ID}
	d.text(r.Name, &p.Name)
	d.text(r.Description, &p.Description)
	d.json(r.Attributes, &p.Attributes)
	d.json(r.Options, &p.Options)
	d.json(r.Media, &p.Media)
	d.json(r.Provenance, &p.Provenance)
	d.json(r.Kind, &p.Kind)
	return p, d.err
}

func variantOf(r catalogdb.Variant) (Variant, error) {
	v := Variant{ID: VariantID(r.ID), SKU: r.SKU, GTIN: r.GTIN, NTIN: r.NTIN, HS: r.HS, Unit: measure.Unit(r.Unit),
		Mass: measure.Mass(r.Mass), Size: measure.Size{Length: r.Length, Width: r.Width, Height: r.Height},
		Tracking: Tracking(r.Tracking), Position: int(r.Position)}
	d := decoder{of: r.ID}
	d.json(r.Options, &v.Options)
	d.text(r.Label, &v.Label)
	return v, d.err
}

// decoder reads columns of JSON and keeps the first failure.
type decoder struct {
	of  string // of names the row for the log.
	err error
}

func (d *decoder) text(column string, into *text.Localized) {
	if column == "{}" {
		return
	}
	d.fail(into.Scan(column))
}

func (d *decoder) json(column string, into any) {
	if column == "" || column == "[]" || column == "{}" {
		return
	}
	d.fail(json.Unmarshal([]byte(column), into))
}

func (d *decoder) fail(err error) {
	if err != nil && d.err == nil {
		d.err = fault.ErrInternal.About("stored row %s: %w", d.of, err)
	}
}

// cover reads the first image; nothing is nil.
func (d *decoder) cover(column string) *Media {
	if column == "" {
		return nil
	}
	cover := &Media{}
	d.json(column, cover)
	return cover
}
