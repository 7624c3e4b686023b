package office

import (
	"context"
	"net/url"

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
			f.Wrong[name] = i18n.Field(web.Lang(ctx), w)
		}
	}
}

// said says in the language of the reader what the form itself finds wrong with a field.
func said(ctx context.Context, words fault.Sentence) string {
	return i18n.Field(web.Lang(ctx), words.At(""))
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
