package office

import (
	"context"
	"net/url"
	"strings"

	"sauda/base/fault"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// form is a form as it is shown: what its fields hold, what is wrong with them, and what is stored by now where somebody
// else was faster. All are by the names of the fields.
type form struct {
	Values url.Values
	Wrong  map[string]string
	Now    url.Values
}

// note puts what a verb refused beside the fields that it names; field gives the name for a pointer.
func (f *form) note(ctx context.Context, err error, field func(pointer string) string) {
	for _, w := range fault.FieldsOf(err) {
		if f.Wrong == nil {
			f.Wrong = map[string]string{}
		}
		if name := field(w.Pointer); f.Wrong[name] == "" {
			f.Wrong[name] = wrongText(ctx, w)
		}
	}
}

// wrongText says what a field must be: by the fault that was found in it, by the office's words for such a field, or as
// the verb said it.
func wrongText(ctx context.Context, w fault.Field) string {
	if known := fault.Find(w.Code); w.Code != "" && known != nil {
		var err error = known
		for key, value := range w.Params {
			err = fault.With(err, key, value)
		}
		return i18n.Fault(web.Lang(ctx), err)
	}
	for _, step := range strings.Split(w.Pointer, "/") {
		if id := "wrong." + step; step != "" && i18n.Has(web.Lang(ctx), "office."+id) {
			return i18n.T(web.Lang(ctx), "office."+id)
		}
	}
	return w.Text
}

// mendable tells whether an error is the reader's to mend, so that the form is shown again instead of an error page.
func mendable(err error) bool {
	f := fault.Of(err)
	if f == nil {
		return false
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Precondition, fault.TooLarge:
		return true
	}
	return false
}

// other gives what is stored now in a field, if it is another than was typed.
func (f form) other(name string) (string, bool) {
	if f.Now == nil || clean(f.Now.Get(name)) == clean(f.Values.Get(name)) {
		return "", false
	}
	return f.Now.Get(name), true
}
