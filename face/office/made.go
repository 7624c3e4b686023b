package office

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/web"
)

// questionField names a field of a row of questions.
func questionField(row int, field string) string { return "q_" + strconv.Itoa(row) + "_" + field }

// madeStored gives the fields of the form of what is made to order.
func madeStored(v url.Values, m catalog.Made) {
	v.Set("days", number(m.Days))
	v.Set("formula", m.Formula)
	if m.Quoted {
		v.Set("quoted", "1")
	}
	for i, q := range m.Questions {
		v.Set(questionField(i, "code"), q.Code)
		v.Set(questionField(i, "kind"), string(q.Kind))
		for _, lang := range text.Languages {
			v.Set(questionField(i, "label_"+lang), q.Label[lang])
		}
		if q.Optional {
			v.Set(questionField(i, "optional"), "1")
		}
		if q.Most > 0 {
			v.Set(questionField(i, "most"), number(q.Most))
		}
		v.Set(questionField(i, "unit"), q.Unit)
		v.Set(questionField(i, "least"), q.Least)
		v.Set(questionField(i, "greatest"), q.Greatest)
		v.Set(questionField(i, "choices"), choicesTyped(q.Choices, m.Currency))
	}
}

// choicesTyped writes values one a line: code | names in the languages of the shop | surcharge.
func choicesTyped(choices []catalog.QuestionChosen, currency money.Currency) string {
	var lines []string
	for _, x := range choices {
		parts := []string{x.Code}
		for _, lang := range text.Languages {
			parts = append(parts, x.Name[lang])
		}
		parts = append(parts, money.Of(x.Surcharge, currency).Decimal())
		lines = append(lines, strings.Join(parts, " | "))
	}
	return strings.Join(lines, "\n")
}

// questionRows gives the rows that the form shows: the questions and an empty one.
func (k kindView) questionRows() []int {
	rows := 0
	for i := range catalog.QuestionsMax {
		if k.Values.Get(questionField(i, "code")) != "" {
			rows = i + 1
		}
	}
	return rowsUpTo(rows+1, catalog.QuestionsMax)
}

// setMade makes a product one that is made to order by the typed questions.
func (f face) setMade(tx *db.Tx, in productForm) (web.Then, error) {
	k, err := f.loadKind(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	k.Values, k.Open = in.Values, "made"
	m, rows := k.readMade(tx.Context(), f.Currency)
	return f.saveKind(tx, in, k, catalog.Kind{Made: &m}, func(pointer string) string {
		rest := strings.TrimPrefix(pointer, "/kind/made/")
		if row, ok := strings.CutPrefix(rest, "questions/"); ok {
			at, field, _ := strings.Cut(row, "/")
			field, _, _ = strings.Cut(field, "/")
			if i, err := strconv.Atoi(at); err == nil && i < len(rows) {
				if field == "label" {
					field = "label_kk"
				}
				return questionField(rows[i], field)
			}
		}
		return rest
	})
}

// readMade reads the questions and says in which row each was typed. What cannot be read is marked.
func (k kindView) readMade(ctx context.Context, currency money.Currency) (m catalog.Made, rows []int) {
	v := k.Values
	count := func(field string) int { return k.count(ctx, field) }
	m.Currency, m.Days, m.Formula, m.Quoted = currency, count("days"), clean(v.Get("formula")), v.Get("quoted") != ""
	for i := range catalog.QuestionsMax {
		code := clean(v.Get(questionField(i, "code")))
		if code == "" {
			continue
		}
		rows = append(rows, i)
		m.Questions = append(m.Questions, catalog.Question{
			Code: code, Kind: catalog.QuestionKind(v.Get(questionField(i, "kind"))), Label: readLocalized(v, questionField(i, "label")),
			Optional: v.Get(questionField(i, "optional")) != "", Most: count(questionField(i, "most")), Unit: clean(v.Get(questionField(i, "unit"))),
			Least: clean(v.Get(questionField(i, "least"))), Greatest: clean(v.Get(questionField(i, "greatest"))),
			Choices: k.readChoices(ctx, i, currency),
		})
	}
	return m, rows
}

// count reads a whole number; an empty field is none.
func (k kindView) count(ctx context.Context, field string) int {
	n, err := strconv.Atoi(cmp.Or(clean(k.Values.Get(field)), "0"))
	if err != nil || n < 0 {
		k.Wrong[field] = said(ctx, fault.Say("Write a quantity as a number, for example 2."))
	}
	return n
}

// readChoices reads the values of one question, one a line.
func (k kindView) readChoices(ctx context.Context, row int, currency money.Currency) (choices []catalog.QuestionChosen) {
	field := questionField(row, "choices")
	for line := range strings.Lines(k.Values.Get(field)) {
		parts := strings.Split(line, "|")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(parts) > len(text.Languages)+2 {
			k.Wrong[field] = said(ctx, fault.Say("Write one value a line, with strokes between its parts."))
			return nil
		}
		x := catalog.QuestionChosen{Code: clean(parts[0]), Name: text.Localized{}}
		for n, lang := range text.Languages {
			if n+1 < len(parts) && clean(parts[n+1]) != "" {
				x.Name[lang] = clean(parts[n+1])
			}
		}
		if len(parts) == len(text.Languages)+2 && clean(parts[len(parts)-1]) != "" {
			surcharge, err := money.Parse(clean(parts[len(parts)-1]), currency)
			if err != nil {
				k.Wrong[field] = said(ctx, fault.Say("Write the surcharge as an amount of zero or more."))
			}
			x.Surcharge = surcharge.Minor
		}
		choices = append(choices, x)
	}
	return choices
}

// answerWords says what a buyer answered.
func answerWords(ctx context.Context, a catalog.Answer) string {
	switch a.Kind {
	case catalog.QuestionChoice:
		return in(ctx, a.Name)
	case catalog.QuestionNumber:
		written := a.Text
		if q, err := measure.Parse(a.Text); err == nil {
			written = q.Format(lang(ctx))
		}
		unit := a.Unit
		if u := measure.Unit(unit); u.Valid() {
			unit = u.Sign(lang(ctx))
		}
		return strings.TrimSpace(written + "\u00a0" + unit)
	}
	return a.Text
}
