package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sauda/gear/db"
	"sauda/gear/session"
)

// What the audit never keeps, by the words in the name of a value: what opens something, and what is said of a person. The
// row is there longer than either may be.
var (
	secretWords = []string{
		"password", "secret", "token", "pin", "otp", "hash", "signature", "credential", "credentials", "code", "codes", "ticket",
		"document", "documents", "file", "files", "cookie",
	}
	personWords = []string{
		"address", "street", "flat", "apartment", "postcode", "patronymic", "passport", "iban", "card", "holder", "contact", "contacts", "recipient", "buyer", "payer", "person",
		"customer", "guest", "guests", "passenger", "passengers", "traveller", "travellers", "student", "author", "applicant",
		"comment", "message", "note", "notes", "login",
	}
	// namingWords are also of a person, and what is named beside them is one.
	namingWords = []string{"email", "mail", "phone", "tel", "mobile", "iin", "birth", "birthday", "born", "surname"}
)

// hidden stands in the audit for a value that it does not keep, so that a reader sees that there was one.
const hidden = "***"

// toldMax is the longest text of which the audit keeps all: that of a product's description.
const toldMax = 4000

// sides is what the object of a command was and is; what else the command changed stands beside it by its id.
func sides(object string, changes []db.Change) (was, is string) {
	if len(changes) == 0 {
		return "", ""
	}
	earlier, later := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for n, c := range changes {
		switch {
		case c.ID == object && json.Unmarshal(c.Is, &later) == nil:
			_ = json.Unmarshal(c.Was, &earlier) // What was nothing is null.
		case n < sidesMax:
			earlier[c.ID], later[c.ID] = c.Was, c.Is
		}
	}
	return toldSide(earlier), toldSide(later)
}

func toldSide(side map[string]json.RawMessage) string {
	body, err := json.Marshal(side)
	if err != nil {
		return ""
	}
	return told(body)
}

// sidesMax is of how many things one row tells both sides; a sheet of prices may have thousands.
const sidesMax = 200

// said is what the audit keeps of what a command did: what was asked and what the object is now, else the answer.
func (c *call) said(a answer, is string) string {
	if is == "" && len(a.body) > 0 {
		return told(a.body)
	}
	asked := `{"asked":` + told(c.wish())
	if !strings.HasPrefix(is, `{"`) {
		return asked + "}"
	}
	return asked + "," + is[1:]
}

// wish is the JSON of what a command was asked: its fields, what a form sent beside them, and the words of the address
// that are no id.
func (c *call) wish() []byte {
	asked := map[string]any{}
	if c.form == nil {
		return []byte("{}")
	}
	if c.form.typed != nil {
		sent := c.asked.FieldByIndex(c.form.typed).Interface().(Typed)
		putSent(asked, sent.Values)
	}
	for _, f := range c.form.fields {
		v := c.asked.FieldByIndex(f.index)
		if !v.IsZero() {
			asked[f.name] = v.Interface()
		}
	}
	for _, name := range wildcards(c.form.rt.path) {
		if name != "id" {
			asked[name] = c.r.PathValue(name)
		}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return []byte("{}")
	}
	return body
}

func putSent(into map[string]any, values url.Values) {
	for name, said := range values {
		if len(said) == 1 {
			into[name] = said[0]
		} else {
			into[name] = said
		}
	}
}

// thing names what a command acted on that has no {id}: the first word of the address that stands for a thing, else the
// address. The other words are among what was asked.
func (c *call) thing(rt *route) string {
	if names := wildcards(rt.path); len(names) > 0 {
		return c.r.PathValue(names[0])
	}
	return strings.Trim(strings.TrimPrefix(rt.path, "/v1"), "/")
}

// wildcards are the names in a pattern's path.
func wildcards(path string) []string {
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && name != "$}" {
			names = append(names, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	return names
}

// told is a JSON text as the audit keeps it: the names of one kind, no secret, no data of a person. What is no JSON is
// hidden.
func told(body []byte) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return `"` + hidden + `"`
	}
	kept, err := encode(toldValue(v))
	if err != nil {
		return `"` + hidden + `"`
	}
	return string(kept)
}

func toldValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		person := isPerson(v)
		for name, one := range v {
			words := wordsOf(name)
			if isSaid(one) && (isHidden(words) || person && slices.Contains(words, "name")) {
				one = hidden
			}
			kept[strings.Join(words, "_")] = toldValue(one)
		}
		return kept
	case []any:
		for i, one := range v {
			v[i] = toldValue(one)
		}
		return v
	case string:
		return toldText(v)
	}
	return v
}

// toldText hides a text that is a secret of ours or has an address of a person in it, whatever its name.
func toldText(s string) string {
	switch {
	case strings.Contains(s, "@"), isPhone(s), session.HoldsSecret([]byte(`"` + s)):
		return hidden
	case len(s) > toldMax:
		cut := toldMax
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		return s[:cut] + "…"
	}
	return s
}

// isPhone tells whether a text has a number as it is dialled from abroad (E.164).
func isPhone(s string) bool {
	_, after, found := strings.Cut(s, "+")
	digits := 0
	for _, r := range after {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune(" ()-", r):
			return digits >= 10
		}
	}
	return found && digits >= 10
}

func isHidden(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains(secretWords, w) || slices.Contains(personWords, w) || slices.Contains(namingWords, w)
	})
}

// isPerson tells whether an object describes a person, whose name is kept no more than his number.
func isPerson(object map[string]any) bool {
	for name, one := range object {
		if isSaid(one) && slices.ContainsFunc(wordsOf(name), func(w string) bool { return slices.Contains(namingWords, w) }) {
			return true
		}
	}
	return false
}

// isSaid tells whether there is something to hide: a yes or no and a bare number of things tell nothing.
func isSaid(v any) bool {
	switch v := v.(type) {
	case nil, bool:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	}
	return true
}

// wordsOf are the words of a name, so that a name of Go and one of JSON are the same: PriceList and price_list.
func wordsOf(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words, word = append(words, string(word)), nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case r == '_' || r == '-' || r == ' ':
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, unicode.ToLower(r))
	}
	end()
	return words
}
