package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
)

// reader reads the products of a file, one after the other, and gives io.EOF at the end. Any other error means that the
// rest of the file cannot be read; what is wrong with one product stands in its row.
type reader interface {
	next() (row, error)
}

// row is one product as a file tells it.
type row struct {
	number int
	draft  catalog.Draft // draft has no category yet.
	path   []string      // path is the names of its categories, the widest first; none is "Other".
	offers []offer       // offers are what the variants cost and how many there are, in the order of the draft's variants.
	size   int           // size is about how many bytes it takes.
	flaws  []Flaw
	bad    bool // bad says that one of the flaws refuses the row.
}

// offer is what a variant costs and how many of it there are.
type offer struct {
	price money.Money
	stock *measure.Quantity // stock is nil when the file says nothing.
}

// refuse writes down why the row cannot be brought in: by the name of what is wrong, and the values that its texts have.
// What is wrong with a field first is what is told.
func (r *row) refuse(field, wrong, value string, with ...any) {
	if r.bad && slices.ContainsFunc(r.flaws, func(f Flaw) bool { return f.Field == field && f.Verdict == Refused }) {
		return
	}
	r.bad = true
	r.note(Flaw{Field: field, Verdict: Refused, Wrong: wrong, Value: value, With: with})
}

// trim writes down what was shortened or left out.
func (r *row) trim(field, wrong, value string, with ...any) {
	r.note(Flaw{Field: field, Verdict: Trimmed, Wrong: wrong, Value: value, With: with})
}

// mend writes down what was read in another way than it stands there, where that is sure.
func (r *row) mend(field, wrong, value string, with ...any) {
	r.note(Flaw{Field: field, Verdict: Mended, Wrong: wrong, Value: value, With: with})
}

// flawsMax is how many flaws of one row are written down; nobody reads more.
const flawsMax = 50

func (r *row) note(f Flaw) {
	if len(r.flaws) >= flawsMax && (f.Verdict != Refused || len(r.flaws) > flawsMax) {
		return
	}
	f.Row, f.ID, f.Value = r.number, shown(r.draft.ExternalID), shown(f.Value)
	r.flaws = append(r.flaws, f)
}

// shown is as much of a value as a person needs to find it.
func shown(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return cut(s, shownMax)
}

// fit gives a text that the catalogue takes: without characters that cannot be seen, and not longer than max. What it does
// to a text it writes down.
func (r *row) fit(field, s string, max int) string {
	clean, err := text.Clean(s)
	if err != nil {
		clean, err = text.Clean(strings.Map(visible, strings.ToValidUTF8(s, "\ufffd")))
		if err != nil {
			clean = ""
		}
		r.trim(field, "invisible", s)
	}
	if len(clean) <= max || utf8.RuneCountInString(clean) <= max {
		return clean
	}
	r.trim(field, "too_long", clean, "max", max)
	return cut(clean, max)
}

// line is fit for what stands on one line.
func (r *row) line(field, s string, max int) string {
	if strings.ContainsAny(s, "\n\r\t") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return r.fit(field, s, max)
}

// visible drops a character that text.Clean refuses. It keeps all that it cannot judge: Clean has the last word.
func visible(c rune) rune {
	switch {
	case c == '\n', c == '\t', c == '\r':
		return c
	case c < 0x20, c >= 0x7f && c < 0xa0, c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069, c == 0xfeff,
		c >= 0xfdd0 && c <= 0xfdef, c&0xfffe == 0xfffe:
		return -1
	}
	return c
}

// cut shortens a text to at most max characters, between words where that costs little, with an ellipsis at its end.
func cut(s string, max int) string {
	if len(s) <= max || utf8.RuneCountInString(s) <= max {
		return s
	}
	at, n := 0, 0
	for at = range s {
		if n++; n == max {
			break
		}
	}
	s = s[:at]
	if space := strings.LastIndexByte(s, ' '); space > len(s)*4/5 {
		s = s[:space]
	}
	return strings.TrimRight(s, " ,;.-\n") + "…"
}

// attributes collects the attributes of a product, each code once.
type attributes struct {
	row  *row
	list []catalog.Attribute
	seen map[string]bool
}

// add states one more attribute. Where two of a product have one code, the later one has its kind behind it.
func (a *attributes) add(field string, one catalog.Attribute) {
	if a.seen[one.Code] {
		one.Code = cutCode(one.Code, len(one.Kind)+1) + "_" + string(one.Kind)
	}
	if a.seen[one.Code] {
		a.row.trim(field, "attribute_twice", one.Number)
		return
	}
	if len(a.list) == catalog.AttributesMax {
		a.row.trim(field, "attributes", one.Code, "max", catalog.AttributesMax)
		return
	}
	a.seen[one.Code] = true
	a.list = append(a.list, one)
}

// cutCode makes room at the end of a code.
func cutCode(code string, room int) string {
	if most := catalog.CodeMax - room; len(code) > most {
		return code[:most]
	}
	return code
}

// validLang says whether a tag names a language.
func validLang(tag string) bool { return text.ValidLanguage(tag) }

// decimal gives a number as JSON or a spreadsheet writes it as a plain decimal with a point: "6.0" is 6 and 1.5e3 is 1500.
func decimal(s string) (string, bool) {
	s = strings.TrimSpace(s)
	body, negative := strings.CutPrefix(s, "-")
	mantissa, power, scientific := strings.Cut(strings.ToLower(body), "e")
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if len(mantissa) > 60 || !digits(whole) || pointed && !digits(fraction) {
		return "", false
	}
	exponent := 0
	if scientific {
		n, err := strconv.Atoi(power)
		if err != nil || n < -30 || n > 30 {
			return "", false
		}
		exponent = n
	}
	for ; exponent > 0; exponent-- {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; exponent < 0; exponent++ {
		if whole == "" {
			whole = "0"
		}
		whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if len(whole) > 30 || len(fraction) > 30 {
		return "", false
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole, true
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
