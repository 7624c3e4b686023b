package formula

import (
	"math/big"
	"slices"
	"strings"

	"sauda/base/fault"
)

// Parse reads a formula, or says near which place it cannot be read.
func Parse(source string) (Formula, error) {
	if len(source) > LengthMax {
		return Formula{}, fault.With(ErrWritten.About("%d bytes", len(source)), "near", source[:20])
	}
	p := parser{rest: source}
	root, ok := p.sum(0)
	if p.space(); !ok || p.rest != "" {
		near := p.rest
		if len(near) > 20 {
			near = strings.ToValidUTF8(near[:20], "")
		}
		return Formula{}, fault.With(ErrWritten.About("near %q", near), "near", near)
	}
	f := Formula{root: root}
	collect(root, &f.names)
	slices.Sort(f.names)
	f.names = slices.Compact(f.names)
	return f, nil
}

func collect(n node, names *[]string) {
	if n.op == "name" {
		*names = append(*names, n.name)
	}
	for _, part := range n.of {
		collect(part, names)
	}
}

// parser reads from left to right. Each of its methods leaves rest where it could not go on.
type parser struct{ rest string }

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// sign takes one of some signs, if it is next.
func (p *parser) sign(signs string) (string, bool) {
	if p.space(); p.rest == "" || !strings.Contains(signs, p.rest[:1]) {
		return "", false
	}
	sign := p.rest[:1]
	p.rest = p.rest[1:]
	return sign, true
}

// sum reads products that are added or subtracted.
func (p *parser) sum(depth int) (node, bool) { return p.chain(depth, "+-", p.product) }

// product reads factors that are multiplied or divided.
func (p *parser) product(depth int) (node, bool) { return p.chain(depth, "*/", p.factor) }

func (p *parser) chain(depth int, signs string, next func(int) (node, bool)) (node, bool) {
	left, ok := next(depth)
	for ok {
		sign, more := p.sign(signs)
		if !more {
			break
		}
		var right node
		right, ok = next(depth)
		left = node{op: sign, of: []node{left, right}}
	}
	return left, ok
}

// factor reads a number, a name, a call, a sum in parentheses, or any of them behind a minus.
func (p *parser) factor(depth int) (node, bool) {
	if depth > depthMax {
		return node{}, false
	}
	if _, minus := p.sign("-"); minus {
		of, ok := p.factor(depth + 1)
		return node{op: "neg", of: []node{of}}, ok
	}
	if _, open := p.sign("("); open {
		inside, ok := p.sum(depth + 1)
		if !ok {
			return node{}, false
		}
		_, closed := p.sign(")")
		return inside, closed
	}
	if p.rest != "" && digit(p.rest[0]) {
		return p.number()
	}
	name := p.word()
	if takes, function := functions[name]; function {
		return p.call(name, takes, depth)
	}
	return node{op: "name", name: name}, Name(name)
}

func (p *parser) word() string {
	end := 0
	for end < len(p.rest) && (letter(p.rest[end]) || digit(p.rest[end]) || p.rest[end] == '_') {
		end++
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

func (p *parser) number() (node, bool) {
	end := 0
	for end < len(p.rest) && (digit(p.rest[end]) || p.rest[end] == '.') {
		end++
	}
	n, ok := Decimal(p.rest[:end])
	if ok {
		p.rest = p.rest[end:]
	}
	return node{op: "number", number: n}, ok
}

// call reads what a function is called with.
func (p *parser) call(name string, takes [2]int, depth int) (node, bool) {
	n := node{op: name}
	if _, open := p.sign("("); !open {
		return n, false
	}
	for {
		of, ok := p.sum(depth + 1)
		if !ok {
			return n, false
		}
		n.of = append(n.of, of)
		sign, ok := p.sign(",)")
		switch {
		case !ok || len(n.of) > takes[1]:
			return n, false
		case sign == ")":
			return n, len(n.of) >= takes[0]
		}
	}
}

// Decimal reads a decimal number of at most fifteen digits, with a point: "120.5".
func Decimal(s string) (*big.Rat, bool) {
	whole, fraction, pointed := strings.Cut(s, ".")
	digits := whole + fraction
	if whole == "" || pointed && fraction == "" || len(digits) > digitsMax || strings.Trim(digits, "0123456789") != "" {
		return nil, false
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return nil, false
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(fraction))), nil)
	return new(big.Rat).SetFrac(n, scale), true
}
