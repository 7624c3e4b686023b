package office

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountAttributes(site *web.Site) {
	web.Page(site, "GET /office/products/{id}/attributes", f.productAttributes, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/attributes", f.stateAttributes, web.Needs(ScopeCatalogWrite))
}

// question is one attribute that a product is asked for, or has of itself.
type question struct {
	Code     string
	Kind     catalog.AttributeKind
	Label    text.Localized
	Unit     string
	Category catalog.CategoryID // Category is where it is defined; empty when the product alone has it.
	Stored   *catalog.Attribute // Stored is the product's value, whatever its kind.
}

// answered tells whether the product has a value of the kind that is asked for.
func (q question) answered() bool { return q.Stored != nil && q.Stored.Kind == q.Kind }

// statement is what a product says of itself, as it is edited.
type statement struct {
	form
	Product   catalog.Product
	Questions []question
}

func loadStatement(tx *db.Tx, id catalog.ProductID) (statement, error) {
	var s statement
	var err error
	if s.Product, err = ownProduct(tx, id); err != nil {
		return s, err
	}
	definitions, err := catalog.Definitions(tx, s.Product.Category)
	if err != nil {
		return s, err
	}
	for _, d := range definitions {
		s.Questions = append(s.Questions, question{Code: d.Code, Kind: d.Kind, Label: d.Label, Unit: d.Unit, Category: d.Category})
	}
	for i := range s.Product.Attributes {
		a := &s.Product.Attributes[i]
		at := slices.IndexFunc(s.Questions, func(q question) bool { return q.Code == a.Code })
		if at < 0 {
			at = len(s.Questions)
			s.Questions = append(s.Questions, question{Code: a.Code, Kind: a.Kind, Label: a.Label, Unit: a.Unit})
		}
		q := &s.Questions[at]
		if q.Stored = a; q.answered() {
			q.Unit = a.Unit // A number keeps the unit in which it was written.
		}
	}
	return s, nil
}

// af names a field of one attribute.
func af(row int, what string) string { return "a_" + strconv.Itoa(row) + "_" + what }

// stored gives the fields of the form as the product is stored.
func (s statement) stored() url.Values {
	v := url.Values{}
	for i, q := range s.Questions {
		v.Set(af(i, "code"), q.Code)
		if !q.answered() {
			continue
		}
		switch q.Kind {
		case catalog.AttributeNumber:
			v.Set(af(i, "number"), q.Stored.Number)
		case catalog.AttributeBool:
			v.Set(af(i, "bool"), strconv.FormatBool(q.Stored.Bool))
		case catalog.AttributeText:
			for _, l := range text.Languages {
				v.Set(af(i, "text_"+l), q.Stored.Text[l])
			}
		}
	}
	return v
}

// typed gives the fields for what is asked now: what was typed stays with its attribute, also when the category asks for
// others meanwhile.
func (s statement) typed(said url.Values) url.Values {
	row := map[string]int{}
	for i := 0; said.Has(af(i, "code")) && i < catalog.AttributesMax+catalog.DefinitionsMax*catalog.DepthMax; i++ {
		row[said.Get(af(i, "code"))] = i
	}
	v := s.stored()
	for i, q := range s.Questions {
		was, known := row[q.Code]
		if !known {
			continue
		}
		for _, what := range q.fields() {
			if said.Has(af(was, what)) {
				v.Set(af(i, what), said.Get(af(was, what)))
			}
		}
	}
	return v
}

// fields gives the names of the fields of a question.
func (q question) fields() []string {
	if q.Kind != catalog.AttributeText {
		return []string{string(q.Kind)}
	}
	fields := make([]string, len(text.Languages))
	for i, l := range text.Languages {
		fields[i] = "text_" + l
	}
	return fields
}

// read gives what the form says as attributes, and to which question each belongs. A question that is left empty is no
// attribute; a value of another kind than is asked for stays until it is answered.
func (s statement) read() (attributes []catalog.Attribute, of []int) {
	for i, q := range s.Questions {
		a, said := s.answer(i, q)
		switch {
		case said:
		case q.Stored != nil && !q.answered():
			a = *q.Stored
		default:
			continue
		}
		attributes, of = append(attributes, a), append(of, i)
	}
	return attributes, of
}

// answer reads one question; said is false when it was left empty.
func (s statement) answer(row int, q question) (a catalog.Attribute, said bool) {
	a = catalog.Attribute{Code: q.Code, Kind: q.Kind, Label: q.Label}
	switch q.Kind {
	case catalog.AttributeNumber:
		a.Number, a.Unit = plainNumber(s.Values.Get(af(row, "number"))), q.Unit
		return a, a.Number != ""
	case catalog.AttributeBool:
		typed := s.Values.Get(af(row, "bool"))
		a.Bool = typed == "true"
		return a, typed != ""
	case catalog.AttributeText:
		a.Text = readLocalized(s.Values, af(row, "text"))
		if q.answered() {
			for lang, words := range q.Stored.Text {
				if !slices.Contains(text.Languages, lang) { // Texts in languages that the form does not show stay.
					a.Text[lang] = words
				}
			}
		}
	}
	return a, !a.Text.IsEmpty()
}

// plainNumber gives a number as people of Kazakhstan type it, 1 200,5, in the form in which it is stored.
func plainNumber(typed string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".", "−", "-").Replace(clean(typed))
}

// productAttributes shows what a product says of itself, and what its category asks for.
func (f face) productAttributes(tx *db.Tx, in productAsk) (web.View, error) {
	s, err := loadStatement(tx, in.ID)
	if err != nil {
		return nil, err
	}
	s.Values = s.stored()
	return attributesPage(f.page("products", s.Product.Name.In(web.Lang(tx.Context()))), s), nil
}

// stateAttributes writes what was typed over the version that the reader saw. When somebody else was faster, the form
// comes back with what was typed, beside what is stored now.
func (f face) stateAttributes(tx *db.Tx, in productForm) (web.Then, error) {
	s, err := loadStatement(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	s.Values = s.typed(in.Values)
	attributes, of := s.read()
	if in.Version != s.Product.Version {
		s.Now = s.stored()
		err = catalog.ErrStale
	} else {
		_, err = catalog.Revise(tx, in.ID, in.Version, catalog.Changes{Attributes: &attributes})
	}
	if err == nil {
		return see("products/"+url.PathEscape(string(in.ID))+"/attributes", "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	s.note(tx.Context(), err, func(pointer string) string { return attributeField(pointer, of) })
	p := f.page("products", s.Product.Name.In(web.Lang(tx.Context())))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(attributesPage(p, s)), nil
}

// attributeField gives the field of the form that a pointer of the catalogue means; of says which question each of the
// attributes answers.
func attributeField(pointer string, of []int) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if len(parts) < 3 || parts[0] != "attributes" {
		return parts[0]
	}
	at, err := strconv.Atoi(parts[1])
	if err != nil || at >= len(of) {
		return parts[0]
	}
	if parts[2] == "text" {
		lang := "kk"
		if len(parts) > 3 {
			lang = parts[3]
		}
		return af(of[at], "text_"+lang)
	}
	return af(of[at], parts[2])
}

// questionName is what an attribute is called, with its unit.
func questionName(ctx context.Context, q question) string {
	name := cmp.Or(in(ctx, q.Label), q.Code)
	if q.Kind == catalog.AttributeNumber && q.Unit != "" {
		name += ", " + q.Unit
	}
	return name
}
