// Package formula knows the small language in which a seller says what a thing costs that is made to order:
//
//	max(price, width * height / 10000 * 4500) + ceil(text / 10) * 500
//
// A formula has decimal numbers, names, + - * / with their usual order, parentheses, and the functions min, max, ceil,
// floor and round. It can neither loop nor ask anybody, it is as long as a line, and it counts in exact fractions: nothing
// is rounded but where it says so. Whatever is written in it, Parse and Value end soon and never panic.
package formula

import (
	"math/big"
	"slices"
	"strings"

	"sauda/base/fault"
)

// Limits of a formula. They keep it readable, and its numbers small enough to be counted at once.
const (
	LengthMax = 500
	depthMax  = 40
	digitsMax = 15
	bitsMax   = 256 // bitsMax bounds both sides of each fraction on the way.
)

// Faults of formulas.
var (
	// ErrWritten has the value near: where it went wrong.
	ErrWritten = fault.New(fault.Invalid, "formula.written", "The formula cannot be read. Use numbers, the codes of fields, + - * / and parentheses, min, max, ceil, floor and round.")
	ErrName    = fault.New(fault.Invalid, "formula.unknown_name", "The formula names something that is not asked for. Use price, options and the codes of the fields.")
	ErrValue   = fault.New(fault.Invalid, "formula.no_value", "The formula has no value for this: it divides by zero, or a number is too large.")
)

// Formula is one that was read. The zero Formula has no value.
type Formula struct {
	root  node
	names []string
}

// node is a part of a formula: a number, a name, or an operation on other parts.
type node struct {
	op     string // op is "number", "name", a sign, or a function.
	number *big.Rat
	name   string
	of     []node
}

// functions are what can be called, with the least and the most that they take.
var functions = map[string][2]int{"min": {1, 10}, "max": {1, 10}, "ceil": {1, 1}, "floor": {1, 1}, "round": {1, 1}}

// Names gives the names that the formula asks for, each once, in the order of the alphabet.
func (f Formula) Names() []string { return f.names }

// Check refuses a formula that asks for other names than these.
func (f Formula) Check(known ...string) error {
	for _, name := range f.names {
		if !slices.Contains(known, name) {
			return fault.With(ErrName.About("%q", name), "name", name)
		}
	}
	return nil
}

// Value computes the formula. Names without a value are ErrName; what divides by zero or grows beyond counting is ErrValue.
func (f Formula) Value(values map[string]*big.Rat) (*big.Rat, error) {
	if f.root.op == "" {
		return nil, ErrValue.About("there is no formula")
	}
	return f.root.value(values)
}

func (n node) value(values map[string]*big.Rat) (*big.Rat, error) {
	switch n.op {
	case "number":
		return n.number, nil
	case "name":
		v := values[n.name]
		if v == nil {
			return nil, fault.With(ErrName.About("%q", n.name), "name", n.name)
		}
		return v, nil
	}
	of := make([]*big.Rat, len(n.of))
	for i, part := range n.of {
		v, err := part.value(values)
		if err != nil {
			return nil, err
		}
		of[i] = v
	}
	v, err := apply(n.op, of)
	if err != nil {
		return nil, err
	}
	if v.Num().BitLen() > bitsMax || v.Denom().BitLen() > bitsMax {
		return nil, ErrValue.About("%s is beyond counting", n.op)
	}
	return v, nil
}

func apply(op string, of []*big.Rat) (*big.Rat, error) {
	switch op {
	case "+":
		return new(big.Rat).Add(of[0], of[1]), nil
	case "-":
		return new(big.Rat).Sub(of[0], of[1]), nil
	case "*":
		return new(big.Rat).Mul(of[0], of[1]), nil
	case "/":
		if of[1].Sign() == 0 {
			return nil, ErrValue.About("division by zero")
		}
		return new(big.Rat).Quo(of[0], of[1]), nil
	case "neg":
		return new(big.Rat).Neg(of[0]), nil
	case "min":
		return slices.MinFunc(of, (*big.Rat).Cmp), nil
	case "max":
		return slices.MaxFunc(of, (*big.Rat).Cmp), nil
	case "ceil":
		below := whole(new(big.Rat).Neg(of[0]))
		return below.Neg(below), nil
	case "floor":
		return whole(of[0]), nil
	}
	return Round(of[0]), nil
}

// whole is the greatest whole number that is not above.
func whole(r *big.Rat) *big.Rat {
	n := new(big.Int)
	n.Div(r.Num(), r.Denom()) // Euclidean: of a positive denominator, that is the floor.
	return new(big.Rat).SetInt(n)
}

// Round gives the nearest whole number; half is rounded away from zero.
func Round(r *big.Rat) *big.Rat {
	half := big.NewRat(1, 2)
	if r.Sign() < 0 {
		return new(big.Rat).Neg(Round(new(big.Rat).Neg(r)))
	}
	return whole(new(big.Rat).Add(r, half))
}

// Name says whether a text can be a name in a formula: small Latin letters, digits and underscores, a letter first, at most
// thirty, and no function.
func Name(s string) bool {
	_, taken := functions[s]
	return s != "" && len(s) <= 30 && !taken && letter(s[0]) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
