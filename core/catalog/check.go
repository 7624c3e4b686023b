package catalog

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/measure"
	"sauda/base/text"
	"sauda/core/tax"
)

// wrongMax bounds how many fields one refusal names: nobody reads more.
const wrongMax = 20

// checker reads what a person or a file wrote and keeps what is wrong with it.
type checker struct{ fields []fault.Field }

func (c *checker) wrong(pointer string, said fault.Sentence) {
	if len(c.fields) < wrongMax {
		c.fields = append(c.fields, said.At(pointer))
	}
}

// plain gives a text in one language, cleaned and on one line.
func (c *checker) plain(pointer, s string, max int) string {
	cleaned, err := text.Clean(s)
	if err != nil || strings.ContainsAny(cleaned, "\n\t") {
		c.wrong(pointer, fault.Say("Leave out line ends and characters that cannot be seen."))
	}
	if len(cleaned) > max && utf8.RuneCountInString(cleaned) > max {
		c.wrong(pointer, fault.Say("Use at most {n} characters.").With("n", max))
	}
	return cleaned
}

// localized gives a text cleaned in each of its languages.
func (c *checker) localized(pointer string, l text.Localized, max int) text.Localized {
	if len(l) == 0 {
		return nil
	}
	cleaned, err := l.Cleaned()
	if err != nil {
		c.wrong(pointer, fault.Say("Leave out characters that cannot be seen."))
		return l
	}
	for tag, s := range cleaned {
		if !text.ValidLanguage(tag) {
			c.wrong(pointer, fault.Say("Name a language by its BCP 47 tag, for example kk, ru, en or zh."))
		}
		if len(s) > max && utf8.RuneCountInString(s) > max {
			c.wrong(pointer+"/"+tag, fault.Say("Use at most {n} characters.").With("n", max))
		}
	}
	return cleaned
}

// code gives a code without spaces at its ends, which must be there.
func (c *checker) code(pointer, s string) string {
	code := c.plain(pointer, s, CodeMax)
	if code == "" {
		c.wrong(pointer, fault.Say("Fill this in."))
	}
	return code
}

// cleaned gives a draft in the form in which it is stored, or ErrInvalid with every field that is wrong.
func (d Draft) cleaned() (Draft, error) {
	c := checker{}
	if d.Seller == "" {
		c.wrong("/seller", fault.Say("Name the seller."))
	}
	d.ExternalID = c.plain("/external_id", d.ExternalID, CodeMax)
	d.Name = c.localized("/name", d.Name, NameMax)
	if d.Name.IsEmpty() {
		c.wrong("/name", fault.Say("Write the name in at least one language."))
	}
	d.Description = c.localized("/description", d.Description, DescriptionMax)
	d.Brand = c.plain("/brand", d.Brand, BrandMax)
	if d.Origin != "" && !d.Origin.Valid() {
		c.wrong("/origin", fault.Say("Name the country of origin by its two letters of ISO 3166, for example KZ."))
	}
	d.Provenance = c.provenance(d.Provenance, d.Origin)
	if d.TaxClass == "" {
		d.TaxClass = tax.Standard
	}
	if !d.TaxClass.Valid() {
		c.wrong("/tax_class", fault.Say("Choose one of the tax classes, for example standard."))
	}
	d.Kind = c.kind(d.Kind)
	d.Slug = c.slug(d.Slug, d.Name)
	switch d.State {
	case "":
		d.State = StateDraft
	case StateDraft:
	case StateOnSale:
		if d.Category == "" {
			c.wrong("/category", fault.Say("Choose a category before the product goes on sale."))
		}
	default:
		c.wrong("/state", fault.Say("Say draft or on_sale."))
	}
	d.Attributes = c.attributes(d.Attributes)
	d.Options = c.options(d.Options)
	d.Media = c.media(d.Media)
	d.Variants = c.variants(d.Variants, d.Options)
	if d.Kind != (Kind{}) { // Nothing of it lies on a shelf.
		for i := range d.Variants {
			d.Variants[i].Tracking = Untracked
		}
	}
	return d, ErrInvalid.Fields(c.fields...)
}

// slug gives the address of something by its own slug or else by its name; "item" when the name has no such letters.
func (c *checker) slug(slug string, name text.Localized) string {
	if slug == "" {
		if slug = text.Slug(name.In("en")); slug == "" {
			slug = "item"
		}
		return slug
	}
	if len(slug) > SlugMax || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.Trim(slug, "-") == "" {
		c.wrong("/slug", fault.Say("Use small Latin letters, digits and hyphens, at most {n}.").With("n", SlugMax))
	}
	return slug
}

func (c *checker) attributes(attributes []Attribute) []Attribute {
	if len(attributes) > AttributesMax {
		c.wrong("/attributes", fault.Say("State at most {n} attributes.").With("n", AttributesMax))
		return attributes
	}
	seen := make(map[string]bool, len(attributes))
	cleaned := make([]Attribute, 0, len(attributes))
	for i, a := range attributes {
		at := "/attributes/" + strconv.Itoa(i)
		a = c.attribute(at, a)
		if seen[a.Code] {
			c.wrong(at+"/code", fault.Say("State each attribute once."))
		}
		seen[a.Code] = true
		cleaned = append(cleaned, a)
	}
	return cleaned
}

// decimal says whether a text is a decimal number: digits, perhaps a sign before and a fraction after them.
func decimal(s string) bool {
	whole, fraction, pointed := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	digits := func(s string) bool { return s != "" && len(s) <= 30 && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!pointed || digits(fraction))
}

func (c *checker) options(options []Option) []Option {
	if len(options) > OptionsMax {
		c.wrong("/options", fault.Say("Use at most {n} options.").With("n", OptionsMax))
		return options
	}
	codes := make(map[string]bool)
	cleaned := make([]Option, 0, len(options))
	for i, o := range options {
		at := "/options/" + strconv.Itoa(i)
		clean := Option{Code: c.code(at+"/code", o.Code), Name: c.localized(at+"/name", o.Name, NameMax)}
		if codes[clean.Code] {
			c.wrong(at+"/code", fault.Say("Use each option once."))
		}
		codes[clean.Code] = true
		if clean.Name.IsEmpty() {
			c.wrong(at+"/name", fault.Say("Write the name of the option in at least one language."))
		}
		if len(o.Values) == 0 || len(o.Values) > ValuesMax {
			c.wrong(at+"/values", fault.Say("Give the option from 1 to {n} values.").With("n", ValuesMax))
			continue
		}
		values := make(map[string]bool)
		for j, v := range o.Values {
			at := at + "/values/" + strconv.Itoa(j)
			value := OptionValue{Code: c.code(at+"/code", v.Code), Name: c.localized(at+"/name", v.Name, NameMax)}
			if values[value.Code] {
				c.wrong(at+"/code", fault.Say("Give each value once."))
			}
			values[value.Code] = true
			if value.Name.IsEmpty() {
				c.wrong(at+"/name", fault.Say("Write the name of the value in at least one language."))
			}
			clean.Values = append(clean.Values, value)
		}
		cleaned = append(cleaned, clean)
	}
	return cleaned
}

func (c *checker) media(media []Media) []Media {
	if len(media) > MediaMax {
		c.wrong("/media", fault.Say("Show at most {n} pictures and files.").With("n", MediaMax))
		return media
	}
	cleaned := make([]Media, 0, len(media))
	for i, m := range media {
		at := "/media/" + strconv.Itoa(i)
		if m.Kind != MediaImage && m.Kind != MediaVideo && m.Kind != MediaModel && m.Kind != MediaDocument {
			c.wrong(at+"/kind", fault.Say("Say image, video, model or document."))
		}
		m.URL = c.plain(at+"/url", m.URL, URLMax)
		if !address(m.URL) {
			c.wrong(at+"/url", fault.Say("Write an address that begins with https:// or with a slash."))
		}
		m.Alt = c.localized(at+"/alt", m.Alt, NameMax)
		if m.Poster = c.plain(at+"/poster", m.Poster, URLMax); m.Poster != "" && !address(m.Poster) {
			c.wrong(at+"/poster", fault.Say("Write an address that begins with https:// or with a slash."))
		}
		m.Options = c.shows(at+"/options", m.Options)
		cleaned = append(cleaned, m)
	}
	return cleaned
}

// shows holds what a medium says of its variants to what can be a choice. A choice that the product does not offer any more
// does no harm: the medium then shows no variant, and stays where it is.
func (c *checker) shows(at string, options map[string]string) map[string]string {
	if len(options) > OptionsMax {
		c.wrong(at, fault.Say("Choose at most {n} options.").With("n", OptionsMax))
		return options
	}
	for code, value := range options {
		if c.plain(at, code, CodeMax) == "" || c.plain(at, value, CodeMax) == "" {
			c.wrong(at, fault.Say("Name an option and one of its values."))
		}
	}
	return options
}

// address says whether a browser can load this: a path of this house or an address of the web, and no other scheme.
func address(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == "" {
		return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (c *checker) variants(variants []Variant, options []Option) []Variant {
	switch {
	case len(variants) == 0:
		c.wrong("/variants", fault.Say("Give the product at least one variant; it carries the SKU."))
	case len(variants) > VariantsMax:
		c.wrong("/variants", fault.Say("Give the product at most {n} variants.").With("n", VariantsMax))
		return variants
	case len(options) == 0 && len(variants) > 1:
		c.wrong("/options", fault.Say("Say by which option the variants differ."))
	}
	skus, chosen := make(map[string]bool, len(variants)), make(map[string]bool, len(variants))
	cleaned := make([]Variant, 0, len(variants))
	for i, v := range variants {
		at := "/variants/" + strconv.Itoa(i)
		v = c.variant(at, v)
		if skus[v.SKU] {
			c.wrong(at+"/sku", fault.Say("Give each variant a SKU of its own."))
		}
		skus[v.SKU] = true
		choice, ok := choice(v.Options, options)
		if !ok {
			c.wrong(at+"/options", fault.Say("Choose one value for each option of the product, and nothing else."))
		} else if chosen[choice] {
			c.wrong(at+"/options", fault.Say("Another variant has the same values. Change one of them."))
		}
		chosen[choice] = true
		v.Position, v.Label = i, label(v.Options, options)
		cleaned = append(cleaned, v)
	}
	return cleaned
}

func (c *checker) variant(at string, v Variant) Variant {
	v.SKU = c.code(at+"/sku", v.SKU)
	if v.GTIN != "" {
		gtin, err := ident.ParseGTIN(v.GTIN)
		if err != nil {
			c.wrong(at+"/gtin", fault.Say("Check the bar code: 8, 12, 13 or 14 digits, of which the last one proves the others."))
		}
		v.GTIN = string(gtin)
	}
	if v.NTIN != "" {
		ntin, err := ident.ParseNTIN(v.NTIN)
		if err != nil {
			c.wrong(at+"/ntin", fault.Say("Check the number of the national catalogue: 13 digits."))
		}
		v.NTIN = string(ntin)
	}
	if v.HS != "" {
		hs, err := ident.ParseHS(v.HS)
		if err != nil {
			c.wrong(at+"/hs", fault.Say("Check the customs code: 4 to 10 digits."))
		}
		v.HS = string(hs)
	}
	if v.Unit == "" {
		v.Unit = measure.Piece
	}
	if !v.Unit.Valid() {
		c.wrong(at+"/unit", fault.Say("Name a unit of measure by its code, for example C62 for a piece or KGM for a kilogram."))
	}
	if v.Mass.Check() != nil {
		c.wrong(at+"/mass", fault.Say("Give the mass in grams, not below zero."))
	}
	if v.Size.Check() != nil {
		c.wrong(at+"/size", fault.Say("Give length, width and height in millimetres, not below zero."))
	}
	switch v.Tracking {
	case "":
		v.Tracking = Untracked
	case Tracked, Untracked, Backorder:
	default:
		c.wrong(at+"/tracking", fault.Say("Say tracked, untracked or backorder."))
	}
	return v
}

// choice names the combination of values that a variant has. ok is false when it has not exactly one value, that the
// product knows, for each option.
func choice(chosen map[string]string, options []Option) (name string, ok bool) {
	if len(chosen) != len(options) {
		return "", false
	}
	var b strings.Builder
	for _, o := range options {
		value, there := o.value(chosen[o.Code])
		if !there {
			return "", false
		}
		b.WriteString(value.Code)
		b.WriteByte(0)
	}
	return b.String(), true
}

func (o Option) value(code string) (OptionValue, bool) {
	for _, v := range o.Values {
		if v.Code == code {
			return v, true
		}
	}
	return OptionValue{}, false
}

// label gives the chosen values in words, in every language in which one of them has a name.
func label(chosen map[string]string, options []Option) text.Localized {
	if len(options) == 0 {
		return nil
	}
	label := text.Localized{}
	for _, o := range options {
		value, _ := o.value(chosen[o.Code])
		for lang := range value.Name {
			label[lang] = ""
		}
	}
	for lang := range label {
		var words []string
		for _, o := range options {
			value, _ := o.value(chosen[o.Code])
			if word := value.Name.In(lang); word != "" {
				words = append(words, word)
			}
		}
		label[lang] = strings.Join(words, ", ")
	}
	return label
}
