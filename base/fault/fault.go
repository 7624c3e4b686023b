// Package fault is the one vocabulary of refusals.
//
// A Fault is a value of its package, made once, with a public code that is retired but never reused. A verb that
// refuses returns the fault itself, or the fault with more to say: About adds words for the log, At and Fields name
// the invalid fields, With adds public values for the texts. errors.Is finds the fault in all of them, and still does
// after Encode and Decode, so that a story can store why it failed.
//
// Any other error is Internal: faces show nothing of it.
package fault

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
)

// Kind says who has to do something about a fault. There are few, because every face has one table for them.
type Kind uint8

const (
	Internal        Kind = iota // Internal is our own mistake; it is also what the zero Kind and every unknown Kind mean.
	Invalid                     // Invalid is understood but breaks a rule of the trade or of a field.
	Malformed                   // Malformed cannot be understood at all.
	Unauthenticated             // Unauthenticated asks to sign in first.
	Denied                      // Denied is known but not allowed.
	Missing                     // Missing is not there, or is not shown to this actor.
	Conflict                    // Conflict contradicts the present state.
	Gone                        // Gone was there once and will not come back.
	Precondition                // Precondition was stated by the caller and does not hold any more.
	TooLarge                    // TooLarge exceeds a limit of size.
	Limited                     // Limited comes too often.
	Unavailable                 // Unavailable may work a little later, unchanged.
)

// kinds is the one table from Kind to name and HTTP status (RFC 9110 §15).
var kinds = [...]struct {
	name   string
	status int
}{
	Internal:        {"internal", 500},
	Invalid:         {"invalid", 422},
	Malformed:       {"malformed", 400},
	Unauthenticated: {"unauthenticated", 401},
	Denied:          {"denied", 403},
	Missing:         {"missing", 404},
	Conflict:        {"conflict", 409},
	Gone:            {"gone", 410},
	Precondition:    {"precondition", 412},
	TooLarge:        {"too_large", 413},
	Limited:         {"limited", 429},
	Unavailable:     {"unavailable", 503},
}

// Status gives the HTTP status of a kind; an unknown kind has that of Internal.
func (k Kind) Status() int {
	if int(k) >= len(kinds) {
		k = Internal
	}
	return kinds[k].status
}

// String gives the name of a kind; an unknown kind has that of Internal.
func (k Kind) String() string {
	if int(k) >= len(kinds) {
		k = Internal
	}
	return kinds[k].name
}

// Fault is one reason to refuse. It is an error itself. Faults are compared by identity and must not be changed.
type Fault struct {
	Kind Kind
	Code string // Code is public and stable: "order.already_shipped".
	Text string // Text is an English sentence that says what to do. Other languages are found by Code.
}

// Field is one invalid field of what was sent. It is made of a Sentence, or of a fault that was Found in it.
type Field struct {
	Pointer string         `json:"pointer"`          // Pointer is a JSON Pointer (RFC 6901), such as "/lines/0/quantity".
	Text    string         `json:"text"`             // Text is an English sentence, with {names} where values go.
	Code    string         `json:"code,omitempty"`   // Code is that of the fault whose text this is, if it is one's.
	Params  map[string]any `json:"params,omitempty"` // Params are the public values of the sentence or of that fault.
}

// Found gives the field in which a fault was found: its text, code and public values stand for the field, so that every
// language can say what is wrong there.
func Found(pointer string, err error) Field {
	f := Of(err)
	return Field{Pointer: pointer, Text: f.Text, Code: f.Code, Params: ParamsOf(err)}
}

// ErrInternal is the fault of every error that is not one.
var ErrInternal = register(Internal, "internal", "Something went wrong on our side. Please try again a little later.")

var registry = struct {
	sync.RWMutex
	faults map[string]*Fault
}{}

// codeShape is a package and a reason: lower-case words joined by underscores, with at least one dot.
var codeShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

// New makes a fault and registers its code. It is meant for package variables: a code that is taken or is not of the
// form "package.reason", and an empty text, are mistakes of the programmer and panic.
func New(kind Kind, code, text string) *Fault {
	if !codeShape.MatchString(code) {
		panic("fault: the code " + code + " is not of the form package.reason")
	}
	return register(kind, code, text)
}

func register(kind Kind, code, text string) *Fault {
	if text == "" {
		panic("fault: " + code + " says nothing")
	}
	registry.Lock()
	defer registry.Unlock()
	if registry.faults == nil {
		registry.faults = make(map[string]*Fault)
	}
	if registry.faults[code] != nil {
		panic("fault: the code " + code + " is taken")
	}
	f := &Fault{Kind: kind, Code: code, Text: text}
	registry.faults[code] = f
	return f
}

// All gives every registered fault, sorted by code.
func All() []*Fault {
	registry.RLock()
	defer registry.RUnlock()
	return slices.SortedFunc(maps.Values(registry.faults), func(a, b *Fault) int { return cmp.Compare(a.Code, b.Code) })
}

// Find gives the fault with this code, or nil when no linked package has one.
func Find(code string) *Fault {
	registry.RLock()
	defer registry.RUnlock()
	return registry.faults[code]
}

// Error gives the code and the text.
func (f *Fault) Error() string { return f.Code + ": " + f.Text }

// About gives the fault with words for the log. They are never shown to the public. A %w in the format keeps its cause
// findable by errors.Is and errors.As.
func (f *Fault) About(format string, args ...any) error {
	cause := fmt.Errorf(format, args...)
	return &instance{fault: f, detail: cause.Error(), cause: cause}
}

// At gives the fault with one invalid field.
func (f *Fault) At(pointer string, said Sentence) error {
	return f.Fields(said.At(pointer))
}

// Fields gives the fault with several invalid fields in their order, and nil when there are none.
func (f *Fault) Fields(fields ...Field) error {
	if len(fields) == 0 {
		return nil
	}
	fields = slices.Clone(fields)
	for i, field := range fields {
		fields[i].Params = plainAll(field.Params)
	}
	return &instance{fault: f, fields: fields}
}

// With gives the fault with one public value.
func (f *Fault) With(key string, value any) error { return With(f, key, value) }

// With adds one public value to an error, for its text to name: {"sku": …, "left": 3}. A key that was added later hides
// the same key added before. Values are whole numbers, booleans and strings; anything else is kept as it prints.
// With(nil, …) is nil.
func With(err error, key string, value any) error {
	if err == nil {
		return nil
	}
	return &instance{fault: Of(err), params: map[string]any{key: plain(value)}, cause: err}
}

// Of gives the fault in an error. It is nil for nil, and ErrInternal for an error that holds none. Of several joined
// faults it is the first.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return ErrInternal
}

// FieldsOf gives all invalid fields that an error names, the outermost first, or nil. Those of another fault, which is
// only the cause of this one, are not among them.
func FieldsOf(err error) []Field {
	var fields []Field
	walk(err, func(i *instance) { fields = append(fields, i.fields...) })
	return fields
}

// ParamsOf gives all public values of an error, without those of another fault that is only its cause. The map is the
// caller's; it is nil when there are none.
func ParamsOf(err error) map[string]any {
	var params map[string]any
	walk(err, func(i *instance) {
		for key, value := range i.params {
			if params == nil {
				params = make(map[string]any)
			}
			if _, hidden := params[key]; !hidden {
				params[key] = value
			}
		}
	})
	return params
}

// DetailOf gives the words for the log: those of About, or all of an error that is no fault. It is empty for nil and for
// a bare fault.
func DetailOf(err error) string {
	switch e := err.(type) {
	case nil, *Fault:
		return ""
	case *instance:
		if e.detail != "" {
			return e.detail
		}
		return DetailOf(e.cause)
	}
	return err.Error()
}
