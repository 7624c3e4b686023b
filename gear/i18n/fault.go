package i18n

import (
	"embed"
	"fmt"

	"sauda/base/fault"
)

//go:embed *.json
var own embed.FS

func init() {
	if err := Load(own); err != nil {
		panic(fmt.Sprintf("i18n: %v", err)) // The files are part of the binary; a test holds them.
	}
}

// FaultPrefix stands before the code of a fault in the id of its text.
const FaultPrefix = "fault."

// FaultLanguages are those that have the texts of all faults in files. English is the text in the code.
var FaultLanguages = []string{"kk", "ru", "zh"}

// Fault says an error to a person: by the text of its code in the language, and where there is none by the fault's own,
// which is English. Public values of the error fill the {names}. Of an error that is no fault nothing is said but that
// something went wrong.
func Fault(lang string, err error) string {
	f := fault.Of(err)
	if f == nil {
		return ""
	}
	id := FaultPrefix + f.Code
	if !Has(lang, id) {
		return f.Text
	}
	params := fault.ParamsOf(err)
	args := make([]any, 0, 2*len(params))
	for name, v := range params {
		args = append(args, name, v)
	}
	return T(lang, id, args...)
}

// Field says what an invalid field must be, when a fault was found in it; ok is false when a verb wrote its own sentence,
// which is English.
func Field(lang string, f fault.Field) (said string, ok bool) {
	known := fault.Find(f.Code)
	if known == nil {
		return f.Text, false
	}
	var err error = known
	for key, value := range f.Params {
		err = fault.With(err, key, value)
	}
	return Fault(lang, err), true
}
