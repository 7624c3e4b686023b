package i18n

import (
	"embed"

	"sauda/base/fault"
)

//go:embed *.json
var own embed.FS

func init() { Have(own) }

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
	return T(lang, id, args(fault.ParamsOf(err))...)
}

// FieldPrefix stands before the English sentence of a field in the id of its text.
const FieldPrefix = "field."

// Field says what an invalid field must be: by the text of the fault that was found in it, or by that of the sentence
// which a verb said of it. What has no text in the language, such as a sentence of an older version that was stored, is
// said in English.
func Field(lang string, f fault.Field) string {
	id := FieldPrefix + f.Text
	if fault.Find(f.Code) != nil {
		id = FaultPrefix + f.Code
	}
	if !Has(lang, id) {
		return f.English()
	}
	return T(lang, id, args(f.Params)...)
}

// args gives public values as T takes them.
func args(params map[string]any) []any {
	args := make([]any, 0, 2*len(params))
	for name, v := range params {
		args = append(args, name, v)
	}
	return args
}
