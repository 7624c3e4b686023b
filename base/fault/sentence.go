package fault

import (
	"fmt"
	"maps"
	"strings"
)

// Sentence is what is wrong with a field, or what it must be. It is made by Say only, so that a law finds each one in the
// source and holds its texts in the other languages.
type Sentence struct {
	text   string
	params map[string]any
}

// Say makes a sentence of its English text, in which values have their places: "Use at most {n} characters." The text
// stands in the source as it is, for the other languages are found by it (gear/i18n/fields.*.json).
func Say(text string) Sentence { return Sentence{text: text} }

// With gives the sentence with one more public value. Values are kept as those of a fault are.
func (s Sentence) With(key string, value any) Sentence {
	params := maps.Clone(s.params)
	if params == nil {
		params = make(map[string]any, 1)
	}
	params[key] = plain(value)
	return Sentence{text: s.text, params: params}
}

// At gives the field of which the sentence is said.
func (s Sentence) At(pointer string) Field {
	return Field{Pointer: pointer, Text: s.text, Params: s.params}
}

// English gives the sentence of the field with its values.
func (f Field) English() string {
	said := f.Text
	for key, value := range f.Params {
		said = strings.ReplaceAll(said, "{"+key+"}", fmt.Sprint(value))
	}
	return said
}
