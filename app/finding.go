package app

import (
	"embed"
	"fmt"
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/gear/i18n"
)

//go:embed texts/*.json
var texts embed.FS

func init() { i18n.Have(texts) }

// Finding is something that an audit noticed. What and Hint are in English, for programs; In says them to people.
type Finding struct {
	Area     string   `json:"area"`
	Severity Severity `json:"severity"`
	What     string   `json:"what"`
	Hint     string   `json:"hint"`

	what, hint string // what and hint are the ids of the texts.
	values     []any
}

// finding is a finding by the name of its texts, with the values in them.
func finding(area string, s Severity, name string, values ...any) Finding {
	f := Finding{Area: area, Severity: s, what: "doctor." + name + ".what", hint: "doctor." + name + ".hint", values: values}
	f.What, f.Hint = f.In("en")
	return f
}

// underWay is a finding that what is being done may explain.
func (f Finding) underWay() Finding {
	f.hint = "doctor.under_way.hint"
	f.What, f.Hint = f.In("en")
	return f
}

// In says in a language what was noticed, and what to do.
func (f Finding) In(lang string) (what, hint string) {
	values := slices.Clone(f.values)
	for i, v := range values {
		switch v := v.(type) { // These are written otherwise in each language.
		case money.Money:
			values[i] = v.Format(lang)
		case measure.Quantity:
			values[i] = v.Format(lang)
		}
	}
	return i18n.T(lang, f.what, values...), i18n.T(lang, f.hint, values...)
}

// Say gives a finding as one line in a language.
func (f Finding) Say(lang string) string {
	what, hint := f.In(lang)
	return fmt.Sprintf("%s: %s: %s %s", i18n.T(lang, "doctor.severity."+string(f.Severity)), AreaIn(lang, f.Area), what, hint)
}

// String gives a finding as one line in English.
func (f Finding) String() string { return f.Say("en") }

// AreaIn names an area of an audit in a language.
func AreaIn(lang, area string) string { return i18n.T(lang, "doctor.area."+area) }
