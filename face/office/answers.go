package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
)

// sideFields are the fields of dimensions.
var sideFields = []string{"side0", "side1", "side2"}

// textFields are the fields of a text, one for each language of the form.
func textFields() []string {
	fields := make([]string, len(text.Languages))
	for i, l := range text.Languages {
		fields[i] = "text_" + l
	}
	return fields
}

// fields gives the names of the fields of a question.
func (q question) fields() []string {
	switch q.Kind {
	case catalog.AttributeText:
		return textFields()
	case catalog.AttributeColour:
		return append(textFields(), "colour")
	case catalog.AttributeDimensions:
		return sideFields
	case catalog.AttributeChoice, catalog.AttributeChoices:
		return []string{"choice"}
	}
	return []string{string(q.Kind)}
}

// shown gives what the fields of a question hold when they show what the product says.
func (q question) shown() url.Values {
	v, a := url.Values{}, q.Stored
	switch q.Kind {
	case catalog.AttributeNumber:
		v.Set("number", a.Number)
	case catalog.AttributeBool:
		v.Set("bool", strconv.FormatBool(a.Bool))
	case catalog.AttributeDate:
		v.Set("date", a.Date.String())
	case catalog.AttributeDimensions:
		for i, side := range a.Sides {
			v.Set(sideFields[i], side)
		}
	case catalog.AttributeChoice, catalog.AttributeChoices:
		for _, c := range a.Choices {
			v.Add("choice", c.Code)
		}
	case catalog.AttributeText, catalog.AttributeColour:
		for _, l := range text.Languages {
			v.Set("text_"+l, a.Text[l])
		}
		if a.Kind == catalog.AttributeColour {
			v.Set("colour", a.Colour)
		}
	}
	return v
}

// answer reads one question; said is false when it was left empty. What cannot be read is left for the verb to refuse.
func (s statement) answer(row int, q question) (a catalog.Attribute, said bool) {
	a = catalog.Attribute{Code: q.Code, Kind: q.Kind, Label: q.Label}
	typed := func(field string) string { return clean(s.Values.Get(af(row, field))) }
	switch q.Kind {
	case catalog.AttributeNumber:
		a.Number, a.Unit = plainNumber(typed("number")), q.Unit
		return a, a.Number != ""
	case catalog.AttributeBool:
		a.Bool = typed("bool") == "true"
		return a, typed("bool") != ""
	case catalog.AttributeDate:
		a.Date, _ = span.Parse(typed("date"))
		return a, typed("date") != ""
	case catalog.AttributeDimensions:
		a.Unit = q.Unit
		for _, field := range sideFields {
			if side := plainNumber(typed(field)); side != "" {
				a.Sides = append(a.Sides, side)
			}
		}
		return a, len(a.Sides) > 0
	case catalog.AttributeChoice, catalog.AttributeChoices:
		for _, c := range q.Choices { // What is not offered is not chosen.
			if slices.Contains(s.Values[af(row, "choice")], c.Code) {
				a.Choices = append(a.Choices, c)
			}
		}
		return a, len(a.Choices) > 0
	case catalog.AttributeText, catalog.AttributeColour:
		a.Text = readLocalized(s.Values, af(row, "text"))
		if q.answered() {
			for lang, words := range q.Stored.Text {
				if !slices.Contains(text.Languages, lang) { // Texts in languages that the form does not show stay.
					a.Text[lang] = words
				}
			}
		}
		if a.Kind == catalog.AttributeColour {
			a.Colour = typed("colour")
		}
	}
	return a, !a.Text.IsEmpty() || a.Colour != ""
}

// chosen tells whether a choice of a question is made in the form.
func (s statement) chosen(row int, code string) bool {
	return slices.Contains(s.Values[af(row, "choice")], code)
}

// heads tells whether a heading stands above a question: it is another than that of the one before.
func (s statement) heads(row int) bool {
	q := s.Questions[row]
	return !q.Heading.IsEmpty() && (row == 0 || s.Questions[row-1].Heading.String() != q.Heading.String())
}

// choiceLines writes choices for a field of many lines, each as "code: kk | ru | en | zh".
func choiceLines(choices []catalog.Choice) string {
	var b strings.Builder
	for _, c := range choices {
		names := make([]string, len(text.Languages))
		for i, l := range text.Languages {
			names[i] = c.Name[l]
		}
		b.WriteString(c.Code + ": " + strings.TrimRight(strings.Join(names, " | "), " |") + "\n")
	}
	return b.String()
}

// readChoices reads what choiceLines writes. A line without a code gets one that is made of its name; a name is not
// changed by a language that the form does not show.
func readChoices(typed string, before []catalog.Choice) []catalog.Choice {
	var choices []catalog.Choice
	for line := range strings.SplitSeq(clean(typed), "\n") {
		code, names, coded := strings.Cut(line, ":")
		if !coded {
			code, names = "", line
		}
		c := catalog.Choice{Code: strings.TrimSpace(code), Name: text.Localized{}}
		for i, name := range strings.Split(names, "|") {
			if name = strings.TrimSpace(name); name != "" && i < len(text.Languages) {
				c.Name[text.Languages[i]] = name
			}
		}
		if c.Code == "" && c.Name.IsEmpty() {
			continue
		}
		for _, old := range before {
			for lang, name := range old.Name {
				if old.Code == c.Code && !slices.Contains(text.Languages, lang) {
					c.Name[lang] = name
				}
			}
		}
		choices = append(choices, c)
	}
	return choices
}
