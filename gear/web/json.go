package web

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Limits of a JSON text: no form of ours nests deeper, and the check must not be made to recurse for ever.
const (
	depthMax = 32
	// nodesMax bounds the values of one text: a body of the largest size that consists of nothing but brackets would
	// take a hundred times its size in memory.
	nodesMax = 100_000
)

// parseJSON reads a JSON text (RFC 8259) into maps, lists, strings, json.Number, booleans and nil, more strictly than
// encoding/json: the same name twice, broken UTF-8, a zero character, deep nesting and anything after the end are
// ErrMalformed. Two programs that read the same text then cannot understand it differently.
func parseJSON(text []byte) (any, error) {
	p := &jsonParser{text: text}
	v := p.value(0)
	p.space()
	if p.broken == "" && p.at != len(text) {
		p.breaks("something follows the end")
	}
	if p.broken != "" {
		return nil, ErrMalformed.About("JSON at byte %d: %s", p.at, p.broken)
	}
	return v, nil
}

type jsonParser struct {
	text   []byte
	at     int
	nodes  int
	broken string // broken says what is wrong; then nothing more is read.
}

// breaks ends the reading with the first thing that is wrong.
func (p *jsonParser) breaks(why string) any {
	if p.broken == "" {
		p.broken = why
	}
	return nil
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek gives the next byte after white space, or 0 at the end.
func (p *jsonParser) peek() byte {
	p.space()
	if p.broken != "" || p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *jsonParser) value(depth int) any {
	if p.nodes++; p.nodes > nodesMax {
		return p.breaks("too many values")
	}
	switch b := p.peek(); {
	case (b == '{' || b == '[') && depth == depthMax:
		return p.breaks("nested too deeply")
	case b == '{':
		return p.object(depth + 1)
	case b == '[':
		return p.list(depth + 1)
	case b == '"':
		return p.string()
	case b == '-' || '0' <= b && b <= '9':
		return p.number()
	case b == 't':
		return p.word("true", true)
	case b == 'f':
		return p.word("false", false)
	case b == 'n':
		return p.word("null", nil)
	}
	return p.breaks("a value is expected")
}

func (p *jsonParser) word(word string, v any) any {
	if !bytes.HasPrefix(p.text[p.at:], []byte(word)) {
		return p.breaks("a value is expected")
	}
	p.at += len(word)
	return v
}

func (p *jsonParser) object(depth int) any {
	p.at++
	m := map[string]any{}
	if p.peek() == '}' {
		p.at++
		return m
	}
	for p.broken == "" {
		if p.peek() != '"' {
			return p.breaks("a name is expected")
		}
		name := p.string()
		if _, twice := m[name]; twice {
			return p.breaks("the name " + strconv.Quote(name) + " stands twice")
		}
		if p.peek() != ':' {
			return p.breaks("a colon is expected")
		}
		p.at++
		m[name] = p.value(depth)
		switch p.peek() {
		case ',':
			p.at++
		case '}':
			p.at++
			return m
		default:
			return p.breaks("a comma or the end of the object is expected")
		}
	}
	return nil
}

func (p *jsonParser) list(depth int) any {
	p.at++
	list := []any{}
	if p.peek() == ']' {
		p.at++
		return list
	}
	for p.broken == "" {
		list = append(list, p.value(depth))
		switch p.peek() {
		case ',':
			p.at++
		case ']':
			p.at++
			return list
		default:
			return p.breaks("a comma or the end of the list is expected")
		}
	}
	return nil
}

// number reads a number as its text, so that no digit of an amount is lost.
func (p *jsonParser) number() any {
	begin := p.at
	if p.text[p.at] == '-' {
		p.at++
	}
	if p.at < len(p.text) && p.text[p.at] == '0' {
		p.at++
	} else if !p.digits() {
		return p.breaks("a digit is expected")
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		if p.at++; !p.digits() {
			return p.breaks("a digit is expected")
		}
	}
	if p.at < len(p.text) && (p.text[p.at] == 'e' || p.text[p.at] == 'E') {
		if p.at++; p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if !p.digits() {
			return p.breaks("a digit is expected")
		}
	}
	return json.Number(p.text[begin:p.at])
}

func (p *jsonParser) digits() bool {
	begin := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > begin
}

// string reads a string that begins here.
func (p *jsonParser) string() string {
	begin := p.at
	escaped := false
	for p.at++; p.at < len(p.text); p.at++ {
		switch b := p.text[p.at]; {
		case b == '"':
			p.at++
			return p.unquote(p.text[begin:p.at], escaped)
		case b == '\\':
			escaped = true
			p.at++
		case b < ' ':
			p.breaks("a control character stands in a string")
			return ""
		}
	}
	p.breaks("a string does not end")
	return ""
}

func (p *jsonParser) unquote(quoted []byte, escaped bool) string {
	if !utf8.Valid(quoted) {
		p.breaks("a string is not UTF-8")
		return ""
	}
	if !escaped {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		p.breaks("an escape in a string is not one")
		return ""
	}
	if bytes.Contains(quoted, []byte(`\u0000`)) || bytes.Contains(quoted, []byte(`\ud`)) && hasLoneSurrogate(quoted) ||
		bytes.Contains(quoted, []byte(`\uD`)) && hasLoneSurrogate(quoted) {
		p.breaks("a string has a character that is none")
		return ""
	}
	return s
}

// hasLoneSurrogate tells whether an escape is half of a character: it would silently become another one.
func hasLoneSurrogate(quoted []byte) bool {
	for i := 0; i+1 < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		if quoted[i+1] != 'u' {
			i++
			continue
		}
		unit := hex4(quoted[i+2:])
		i += 5
		switch {
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit < 0xD800 || unit > 0xDBFF:
			continue
		}
		rest := quoted[i+1:]
		if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
			return true
		}
		if low := hex4(rest[2:]); low < 0xDC00 || low > 0xDFFF {
			return true
		}
		i += 6
	}
	return false
}

func hex4(digits []byte) uint64 {
	n, err := strconv.ParseUint(string(digits[:4]), 16, 32)
	if err != nil {
		return 0
	}
	return n
}
