package catalog

import (
	"cmp"
	"regexp"
	"strconv"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Kind says what kind of goods a product is, when it is other than a thing that lies on a shelf. At most one is said. An
// import says nothing of it: the kind stays what the shop made of it.
type Kind struct {
	Bundle  *Bundle  `json:"bundle,omitempty"`
	Made    *Made    `json:"made,omitempty"`
	Digital *Digital `json:"digital,omitempty"`
	Service *Service `json:"service,omitempty"`
}

// Service is what is done for the buyer. He chooses of it (days and people, a group, a bill) where its way says, which also
// knows what that costs and what there is of it; the price of the list is only said as the one from which it begins.
type Service struct {
	Way string `json:"way" maxLength:"40" doc:"Who knows what can be chosen: booking, course, bill."`
}

// ChosenCode is the code under which a line of a basket has what was chosen of a service, among its answers.
const ChosenCode = "chosen"

var wayShape = regexp.MustCompile(`^[a-z]{2,40}$`)

// Digital is what has no weight: files that are fetched, or licence codes. What there is of them core/digital knows.
type Digital struct {
	Codes   bool `json:"codes,omitempty" doc:"Each buyer gets a licence code; it is sold while there are codes."`
	Days    int  `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"For how many days it may be fetched after it is paid; 30 when absent."`
	Fetches int  `json:"fetches,omitempty" minimum:"0" maximum:"100" doc:"How many times each file may be fetched; 5 when absent."`
}

// Limits gives for how many days and how many times what is digital may be fetched.
func (d Digital) Limits() (days, fetches int) { return cmp.Or(d.Days, 30), cmp.Or(d.Fetches, 5) }

// CodesKey is the pool in core/hold that says how many licence codes of a variant are left.
func CodesKey(v VariantID) string { return "code:" + string(v) }

// Bundle is other goods of the seller that are sold together as one. It has no stock of its own: it lasts as long as its
// parts do, and who buys it buys them.
type Bundle struct {
	Parts []BundlePart `json:"parts" minItems:"1" maxItems:"20"`
	// Summed says that it costs what its parts cost, with Less taken off; otherwise it has a price of its own.
	Summed bool       `json:"summed,omitempty" doc:"It costs what its parts cost, less a share; otherwise it has a price of its own."`
	Less   money.Rate `json:"less,omitempty" minimum:"0" maximum:"1000000" doc:"What is taken off the sum of the parts, in parts per million."`
}

// BundlePart is how much of a variant is in one bundle.
type BundlePart struct {
	Variant  VariantID        `json:"variant_id" maxLength:"60"`
	Quantity measure.Quantity `json:"quantity"`
}

// PartsMax bounds the parts of a bundle: more do not fit into one box, nor on one page.
const PartsMax = 20

// Faults of kinds.
var (
	// ErrPart has the value variant.
	ErrPart = fault.New(fault.Invalid, "catalog.invalid_part", "A bundle is made of other goods of the same seller that are no bundles themselves. Correct the marked parts.")
)

// Name names the kind in a word: "bundle", "made", "digital", "service", or nothing for a thing that lies on a shelf.
func (k Kind) Name() string {
	switch {
	case k.Bundle != nil:
		return "bundle"
	case k.Made != nil:
		return "made"
	case k.Digital != nil:
		return "digital"
	case k.Service != nil:
		return "service"
	}
	return ""
}

// WayEstimate is by which way it is known what a seller has named as the price of a thing that is made to order.
const WayEstimate = "estimate"

// Way is who knows what a buyer has chosen of it, and what that costs: the way of a service, or WayEstimate where the seller
// names the price of what is made to order. It is empty for what is sold by the list.
func (k Kind) Way() string {
	switch {
	case k.Service != nil:
		return k.Service.Way
	case k.Made != nil && k.Made.Quoted:
		return WayEstimate
	}
	return ""
}

// column gives the kind as it is stored.
func (k Kind) column() string { return encode(k) }

// kind gives a kind cleaned.
func (c *checker) kind(k Kind) Kind {
	said := 0
	for _, there := range []bool{k.Bundle != nil, k.Made != nil, k.Digital != nil, k.Service != nil} {
		if there {
			said++
		}
	}
	if said > 1 {
		c.wrong("/kind", fault.Say("Choose one kind."))
	}
	if k.Bundle != nil {
		b := c.bundle(*k.Bundle)
		k.Bundle = &b
	}
	if k.Made != nil {
		m := c.made(*k.Made)
		k.Made = &m
	}
	if d := k.Digital; d != nil && (d.Days < 0 || d.Days > 3650 || d.Fetches < 0 || d.Fetches > 100) {
		c.wrong("/kind/digital/days", fault.Say("Choose at most 3,650 days and at most 100 times."))
	}
	if s := k.Service; s != nil && !wayShape.MatchString(s.Way) {
		c.wrong("/kind/service/way", fault.Say("Choose one of the values."))
	}
	return k
}

func (c *checker) bundle(b Bundle) Bundle {
	if len(b.Parts) == 0 || len(b.Parts) > PartsMax {
		c.wrong("/kind/bundle/parts", fault.Say("Put from 1 to {n} different things into the bundle.").With("n", PartsMax))
	}
	seen := make(map[VariantID]bool, len(b.Parts))
	for i, p := range b.Parts {
		at := "/kind/bundle/parts/" + strconv.Itoa(i)
		if p.Variant == "" || seen[p.Variant] {
			c.wrong(at+"/variant_id", fault.Say("Name each part once."))
		}
		seen[p.Variant] = true
		if p.Quantity <= 0 || p.Quantity > partMax {
			c.wrong(at+"/quantity", fault.Say("Choose a quantity above zero and at most {n}.").With("n", partMax.String()))
		}
	}
	if !b.Summed {
		b.Less = 0
	}
	if b.Less.Check() != nil {
		c.wrong("/kind/bundle/less", fault.Say("Take from 0 to 100 percent off."))
	}
	return b
}

// partMax is more of one thing than any bundle holds.
const partMax = 1_000 * measure.One

// checkKind holds what a kind says of other goods to what these are, in two statements for a bundle and none for others.
// Product is empty for one that is new.
func checkKind(tx *db.Tx, product ProductID, d Draft) error {
	if d.Kind.Bundle == nil {
		return nil
	}
	ids := make([]VariantID, len(d.Kind.Bundle.Parts))
	for i, p := range d.Kind.Bundle.Parts {
		ids[i] = p.Variant
	}
	parts, err := Offers(tx, ids)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	for i, p := range d.Kind.Bundle.Parts {
		at := "/kind/bundle/parts/" + strconv.Itoa(i)
		o, known := parts[p.Variant]
		switch {
		case !known || o.Seller != d.Seller || o.Product == product:
			wrong = append(wrong, fault.Say("The seller has nothing of this id.").At(at+"/variant_id"))
		case !o.Kind.partable():
			wrong = append(wrong, fault.Say("This cannot be a part of a bundle.").At(at+"/variant_id"))
		case o.Unit.Fits(p.Quantity) != nil:
			wrong = append(wrong, fault.Say("This is not sold in such parts.").At(at+"/quantity"))
		}
	}
	if product == "" || len(wrong) > 0 {
		return ErrPart.Fields(wrong...)
	}
	above, err := catalogdb.New(tx).BundlesAbove(tx.Context(), string(product))
	if err == nil && len(above) > 0 {
		return ErrPart.At("/kind/bundle", fault.Say("This product is a part of another bundle already."))
	}
	return err
}

// partable says whether goods of this kind can be in a bundle.
func (k Kind) partable() bool { return k.Bundle == nil && k.Made == nil && k.Service == nil }

// setKind writes the kind of a product, and which parts it has.
func setKind(tx *db.Tx, product ProductID, k Kind) error {
	later := catalogdb.New(tx.Later())
	if err := later.SetKind(tx.Context(), catalogdb.SetKindParams{ID: string(product), Kind: k.column()}); err != nil {
		return err
	}
	if err := later.DropParts(tx.Context(), string(product)); err != nil || k.Bundle == nil {
		return err
	}
	for _, p := range k.Bundle.Parts {
		part := catalogdb.InsertPartParams{Part: string(p.Variant), Bundle: string(product)}
		if err := later.InsertPart(tx.Context(), part); err != nil {
			return err
		}
	}
	return nil
}

// Parts names the variants of which bundles among these offers are made, each once, in their order. Who asks for their
// offers, prices and stock knows all that a bundle depends on.
func Parts(kinds ...Kind) []VariantID {
	var parts []VariantID
	seen := map[VariantID]bool{}
	for _, k := range kinds {
		if k.Bundle == nil {
			continue
		}
		for _, p := range k.Bundle.Parts {
			if !seen[p.Variant] {
				seen[p.Variant] = true
				parts = append(parts, p.Variant)
			}
		}
	}
	return parts
}

// BundlesWith gives the products that are bundles with variants of these products in them, in one statement.
func BundlesWith(tx *db.Tx, products []ProductID) ([]ProductID, error) {
	rows, err := catalogdb.New(tx).BundlesWith(tx.Context(), db.In(products))
	if err != nil {
		return nil, err
	}
	ids := make([]ProductID, len(rows))
	for i, id := range rows {
		ids[i] = ProductID(id)
	}
	return ids, nil
}

// BundlesAfter gives the products that are bundles, by their ids, a page at a time: those behind one, at most limit. An
// empty id begins.
func BundlesAfter(tx *db.Tx, after ProductID, limit int) ([]ProductID, error) {
	rows, err := catalogdb.New(tx).BundlesAfter(tx.Context(), catalogdb.BundlesAfterParams{After: string(after), Page: int64(limit)})
	if err != nil {
		return nil, err
	}
	ids := make([]ProductID, len(rows))
	for i, id := range rows {
		ids[i] = ProductID(id)
	}
	return ids, nil
}
