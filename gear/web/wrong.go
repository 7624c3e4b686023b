package web

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
)

// findings turns what the check says into a sentence that people understand; what follows the beginning is {n}.
var findings = []struct {
	begin string
	said  fault.Sentence
}{
	{"unexpected property", fault.Say("There is no field of this name.")},
	{"expected length >= ", fault.Say("Use at least {n} characters.")},
	{"expected length <= ", fault.Say("Use at most {n} characters.")},
	{"expected number >= ", fault.Say("This must be {n} or more.")},
	{"expected number <= ", fault.Say("This must be {n} or less.")},
	{"expected number > ", fault.Say("This must be more than {n}.")},
	{"expected number < ", fault.Say("This must be less than {n}.")},
	{"expected number to be a multiple of ", fault.Say("This must be a multiple of {n}.")},
	{"expected array length >= ", fault.Say("Give at least this many: {n}.")},
	{"expected array length <= ", fault.Say("Give at most this many: {n}.")},
	{"expected array items to be unique", fault.Say("Do not name the same thing twice.")},
	{"expected value to be one of ", fault.Say("Choose one of these: {n}.")},
	{"expected integer", saidInteger},
	{"expected number", saidNumber},
	{"expected boolean", saidBoolean},
	{"expected string to be RFC 5322 email", fault.Say("This must be an e-mail address, such as name@example.kz.")},
	{"expected string to be RFC 3339", fault.Say("This must be a date or time in RFC 3339 form, such as 2026-11-24T12:00:00Z.")},
	{"expected string to ", fault.Say("This does not have the form that is asked for.")},
	{"expected string", fault.Say("This must be a text.")},
	{"expected array", fault.Say("This must be a list.")},
	{"expected object", fault.Say("This must be an object.")},
}

// What is said of a field at several places.
var (
	saidRequired = fault.Say("This field is needed.")
	saidInvalid  = fault.Say("This value is not right.")
	saidControl  = fault.Say("Leave out characters that cannot be seen.")
	saidInteger  = fault.Say("This must be a whole number.")
	saidNumber   = fault.Say("This must be a number.")
	saidBoolean  = fault.Say("This must be true or false.")
)

// requiredBegin and requiredEnd stand around the name of a missing field.
const (
	requiredBegin = "expected required property "
	requiredEnd   = " to be present"
)

// fieldOf says a finding of the check to a person.
func fieldOf(d *huma.ErrorDetail) fault.Field {
	at := pointer(d.Location)
	if name, ok := strings.CutPrefix(d.Message, requiredBegin); ok {
		name = strings.TrimSuffix(name, requiredEnd)
		return saidRequired.At(at + "/" + name)
	}
	for _, f := range findings {
		if rest, ok := strings.CutPrefix(d.Message, f.begin); ok {
			return f.said.With("n", strings.Trim(rest, `"`)).At(at)
		}
	}
	return saidInvalid.At(at)
}

// pointer makes a JSON Pointer of a path such as lines[0].quantity.
func pointer(path string) string {
	if path == "" {
		return ""
	}
	path = strings.NewReplacer("~", "~0", "/", "~1").Replace(path)
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(path)
}
