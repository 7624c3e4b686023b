// Package text is about words that people wrote or sell: names and descriptions in several languages, and the ways to
// clean, compare, order and put them into addresses of pages.
package text

import (
	"database/sql/driver"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"sauda/base/fault"
)

// Faults of texts.
var (
	ErrLanguage = fault.New(fault.Invalid, "text.language", "Name a language by its BCP 47 tag, for example kk, ru, en or zh.")
	ErrTooLong  = fault.New(fault.Invalid, "text.too_long", "Use fewer characters.")
	ErrEmpty    = fault.New(fault.Invalid, "text.empty", "Write the text in at least one language.")
	ErrControl  = fault.New(fault.Invalid, "text.control", "Leave out characters that cannot be seen, such as control characters.")
	ErrStored   = fault.New(fault.Internal, "text.stored", "A stored text cannot be read. Please tell us what you were doing.")
)

// Languages are the languages of the pages, in the order in which they are offered.
var Languages = []string{"kk", "ru", "en", "zh"}

// chains says which languages are tried after the one that was asked for.
var chains = map[string][]string{
	"kk": {"ru", "en", "zh"},
	"ru": {"kk", "en", "zh"},
	"en": {"ru", "kk", "zh"},
	"zh": {"en", "ru", "kk"},
}

// elsewhere is tried for all other languages.
var elsewhere = []string{"en", "ru", "kk", "zh"}

// Localized is one text in several languages. The keys are BCP 47 tags, kk, ru, en, zh and any other. A language with an
// empty text counts as absent. Nil is a text in no language.
type Localized map[string]string

// In gives the text in a language. When it is absent, the language without its region or script is tried, then the
// languages that its readers are likely to know, then the rest in the order of their tags: so the same text is always
// found, and none is given only when there is none at all.
func (l Localized) In(lang string) string {
	text, _ := l.Find(lang)
	return text
}

// Find gives the text as In does, and the language in which it is, for the lang attribute of a page. Both are empty when
// there is no text.
func (l Localized) Find(lang string) (text, in string) {
	lang = strings.ReplaceAll(lang, "_", "-")
	for tag := lang; tag != ""; tag = parent(tag) {
		if s := l[tag]; s != "" {
			return s, tag
		}
	}
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	chain, ok := chains[base]
	if !ok {
		chain = elsewhere
	}
	if s := l[base]; s != "" {
		return s, base
	}
	for _, tag := range chain {
		if s := l[tag]; s != "" {
			return s, tag
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(l)) {
		if s := l[tag]; s != "" {
			return s, tag
		}
	}
	return "", ""
}

// parent drops the last part of a tag: kk-Cyrl-KZ, kk-Cyrl, kk, nothing.
func parent(tag string) string {
	if at := strings.LastIndexByte(tag, '-'); at > 0 {
		return tag[:at]
	}
	return ""
}

// IsEmpty says whether there is no text in any language.
func (l Localized) IsEmpty() bool {
	for _, s := range l {
		if s != "" {
			return false
		}
	}
	return true
}

// Check refuses tags that name no language, texts of more than max characters, and characters that Clean refuses. Every
// field at fault is named by its tag. A text in no language passes; use CheckFilled where one is needed.
func (l Localized) Check(max int) error {
	var fields []fault.Field
	var first error
	refuse := func(tag string, err error) {
		if first == nil {
			first = err
		}
		fields = append(fields, fault.Found("/"+pointerEscape.Replace(tag), err))
	}
	for _, tag := range slices.Sorted(maps.Keys(l)) {
		if !ValidLanguage(tag) {
			refuse(tag, ErrLanguage)
		} else if err := Fits(l[tag], max); err != nil {
			refuse(tag, err)
		}
	}
	if first == nil {
		return nil
	}
	return fault.Of(first).Fields(fields...)
}

// CheckFilled refuses what Check does, and a text in no language.
func (l Localized) CheckFilled(max int) error {
	if l.IsEmpty() {
		return ErrEmpty
	}
	return l.Check(max)
}

// pointerEscape writes a key as a step of a JSON Pointer (RFC 6901 §3).
var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// ValidLanguage says whether a tag is well formed and in its canonical form: kk, kk-Latn, zh-Hant.
func ValidLanguage(tag string) bool {
	if slices.Contains(Languages, tag) {
		return true
	}
	if len(tag) > 35 { // RFC 5646 §4.4.1
		return false
	}
	parsed, err := language.Parse(tag)
	return err == nil && parsed.String() == tag && parsed != language.Und
}

// Cleaned gives the texts cleaned as Clean does, without the empty ones: the same ones where nothing is to be done, as nearly
// always, and new ones otherwise.
func (l Localized) Cleaned() (Localized, error) {
	if len(l) == 0 {
		return Localized{}, nil
	}
	cleaned, own := l, false
	for tag, s := range l {
		c, err := Clean(s)
		if err != nil {
			return nil, err
		}
		if c == s && c != "" {
			continue
		}
		if !own {
			cleaned, own = maps.Clone(l), true
		}
		if cleaned[tag] = c; c == "" {
			delete(cleaned, tag)
		}
	}
	return cleaned, nil
}

// String gives the text as a JSON object with its keys in order, for logs.
func (l Localized) String() string {
	if l == nil {
		return "{}"
	}
	data, err := json.Marshal(map[string]string(l)) // Keys come out in order.
	if err != nil {
		return "{}" // Strings always encode.
	}
	return string(data)
}

// Value stores the text as a JSON object with its keys in order, so that equal texts are stored equally.
func (l Localized) Value() (driver.Value, error) { return l.String(), nil }

// Scan reads a text from a column of JSON text. NULL and an empty column are no text.
func (l *Localized) Scan(src any) error {
	var data []byte
	switch v := src.(type) {
	case nil:
	case string:
		data = []byte(v)
	case []byte:
		data = v
	default:
		return ErrStored.About("a column of type %T holds no localized text", src)
	}
	*l = nil
	if len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, (*map[string]string)(l)); err != nil {
		return ErrStored.About("localized text: %w", err)
	}
	return nil
}
