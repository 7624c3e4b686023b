package web

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
	"sauda/gear/i18n"
)

// findings turns what the check says into the id of a text that people understand; what follows the beginning is {n}.
var findings = []struct{ begin, id string }{
	{"unexpected property", "unknown"},
	{"expected length >= ", "min_length"},
	{"expected length <= ", "max_length"},
	{"expected number >= ", "minimum"},
	{"expected number <= ", "maximum"},
	{"expected number > ", "above"},
	{"expected number < ", "below"},
	{"expected number to be a multiple of ", "multiple"},
	{"expected array length >= ", "min_items"},
	{"expected array length <= ", "max_items"},
	{"expected array items to be unique", "unique"},
	{"expected value to be one of ", "enum"},
	{"expected integer", "integer"},
	{"expected number", "number"},
	{"expected boolean", "boolean"},
	{"expected string to be RFC 5322 email", "email"},
	{"expected string to be RFC 3339", "time"},
	{"expected string to ", "pattern"},
	{"expected string", "string"},
	{"expected array", "array"},
	{"expected object", "object"},
}

// requiredBegin and requiredEnd stand around the name of a missing field.
const (
	requiredBegin = "expected required property "
	requiredEnd   = " to be present"
)

// fieldOf says a finding of the check to a person.
func fieldOf(lang string, d *huma.ErrorDetail) fault.Field {
	at := pointer(d.Location)
	if name, ok := strings.CutPrefix(d.Message, requiredBegin); ok {
		name = strings.TrimSuffix(name, requiredEnd)
		return fault.Field{Pointer: at + "/" + name, Text: i18n.T(lang, "web.field.required")}
	}
	for _, f := range findings {
		if rest, ok := strings.CutPrefix(d.Message, f.begin); ok {
			return fault.Field{Pointer: at, Text: i18n.T(lang, "web.field."+f.id, "n", strings.Trim(rest, `"`))}
		}
	}
	return fault.Field{Pointer: at, Text: i18n.T(lang, "web.field.invalid")}
}

// pointer makes a JSON Pointer of a path such as lines[0].quantity.
func pointer(path string) string {
	if path == "" {
		return ""
	}
	path = strings.NewReplacer("~", "~0", "/", "~1").Replace(path)
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(path)
}
