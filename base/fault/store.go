package fault

import (
	"bytes"
	"encoding/json"
)

// stored is the form of a fault at rest.
type stored struct {
	Code   string         `json:"code"`
	Detail string         `json:"detail,omitempty"`
	Fields []Field        `json:"fields,omitempty"`
	Params map[string]any `json:"params,omitempty"`
}

// Encode gives an error as JSON that Decode understands. Causes are reduced to their words. Encode(nil) is nil.
func Encode(err error) []byte {
	if err == nil {
		return nil
	}
	data, failed := json.Marshal(stored{Of(err).Code, DetailOf(err), FieldsOf(err), ParamsOf(err)})
	if failed != nil { // Strings, whole numbers and booleans always encode.
		panic("fault: " + failed.Error())
	}
	return data
}

// Decode gives back what Encode stored: the same fault by errors.Is, the same fields, params and detail. Nothing at all
// decodes to nil. A code that this program does not know, and bytes that are not a fault, decode to ErrInternal with the
// bytes in its detail.
func Decode(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	var s stored
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&s); err != nil {
		return ErrInternal.About("a stored fault cannot be read: %q: %w", data, err)
	}
	f := Find(s.Code)
	if f == nil {
		return ErrInternal.About("a stored fault has an unknown code: %q", data)
	}
	whole(s.Params)
	for _, field := range s.Fields {
		whole(field.Params)
	}
	if s.Detail == "" && len(s.Fields) == 0 && len(s.Params) == 0 {
		return f
	}
	return &instance{fault: f, detail: s.Detail, fields: s.Fields, params: s.Params}
}

// whole turns the JSON numbers among public values into the int64 that they were.
func whole(params map[string]any) {
	for key, value := range params {
		params[key] = plain(value)
		if number, ok := value.(json.Number); ok {
			if n, err := number.Int64(); err == nil {
				params[key] = n
			}
		}
	}
}
