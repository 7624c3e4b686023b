package fault

import (
	"fmt"
	"math"
	"strings"
)

// instance is a fault that happened: the fault and what there is to say about this time.
type instance struct {
	fault  *Fault
	detail string
	fields []Field
	params map[string]any
	cause  error
}

// Error gives the code and the detail, or else the fields, or else what the cause says.
func (i *instance) Error() string {
	switch {
	case i.detail != "":
		return i.fault.Code + ": " + i.detail
	case len(i.fields) > 0:
		var b strings.Builder
		b.WriteString(i.fault.Code)
		for n, f := range i.fields {
			separator := "; "
			if n == 0 {
				separator = ": "
			}
			b.WriteString(separator + f.Pointer + ": " + f.English())
		}
		return b.String()
	case i.cause != nil:
		return i.cause.Error()
	}
	return i.fault.Error()
}

// Unwrap gives the fault first, so that it wins over a fault in the cause.
func (i *instance) Unwrap() []error {
	if i.cause == nil {
		return []error{i.fault}
	}
	return []error{i.fault, i.cause}
}

// walk visits every instance of the fault of an error, the outermost first.
func walk(err error, visit func(*instance)) {
	if f := Of(err); f != nil {
		walkOf(f, err, visit)
	}
}

func walkOf(f *Fault, err error, visit func(*instance)) {
	if i, ok := err.(*instance); ok && i.fault == f {
		visit(i)
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		walkOf(f, e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			walkOf(f, inner, visit)
		}
	}
}

// plain reduces a value to int64, bool or string, so that it comes back the same from storage.
func plain(value any) any {
	switch v := value.(type) {
	case string, bool, int64:
		return v
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v)
		}
	case uint32:
		return int64(v)
	}
	return fmt.Sprint(value)
}

// plainAll gives a copy of public values as plain does. No values are nil.
func plainAll(params map[string]any) map[string]any {
	if len(params) == 0 {
		return nil
	}
	copied := make(map[string]any, len(params))
	for key, value := range params {
		copied[key] = plain(value)
	}
	return copied
}
