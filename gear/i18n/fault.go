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

// Fault says an error to a person. The text of its code is looked for in the language; English is the fault's own text.
// Chinese readers get the English one where there is no Chinese. Public values of the error fill the {names}. Of an error
// that is no fault nothing is said but that something went wrong.
func Fault(lang string, err error) string {
	f := fault.Of(err)
	if f == nil {
		return ""
	}
	id := FaultPrefix + f.Code
	if !Has(lang, id) {
		if lang != "kk" && lang != "ru" || !Has("kk", id) && !Has("ru", id) {
			return f.Text
		}
	}
	params := fault.ParamsOf(err)
	args := make([]any, 0, 2*len(params))
	for name, v := range params {
		args = append(args, name, v)
	}
	return T(lang, id, args...)
}
