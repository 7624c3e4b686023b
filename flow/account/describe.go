package account

import (
	"slices"

	"sauda/base/fault"
	"sauda/core/identity"
	"sauda/gear/db"
)

// Describe changes what who is signed in is called, how a buyer is called up, and in which language he is written to. What
// is wrong in any of them is said together. A person is his own party; an organisation keeps its own name.
func (d Desk) Describe(tx *db.Tx, name, phone, lang string) (identity.User, error) {
	u, err := Person(tx)
	if err != nil {
		return u, err
	}
	var fields []fault.Field
	note := func(err error) error {
		found := fault.FieldsOf(err)
		for _, w := range found {
			if !slices.ContainsFunc(fields, func(x fault.Field) bool { return x.Pointer == w.Pointer }) {
				fields = append(fields, w)
			}
		}
		if len(found) > 0 {
			return nil
		}
		return err
	}
	_, err = identity.Rename(tx, u.ID, name)
	if err := note(err); err != nil {
		return u, err
	}
	spoken, err := identity.Speak(tx, u.ID, lang)
	if err := note(err); err != nil {
		return u, err
	}
	if u.Party != "" {
		p, err := identity.GetParty(tx, u.Party)
		if err != nil {
			return u, err
		}
		if p.Kind == identity.Person {
			p.Name = name
		}
		_, err = identity.Correct(tx, p.ID, p.Name, p.TaxNumber, phone)
		if err := note(err); err != nil {
			return u, err
		}
	}
	return spoken, identity.ErrInvalid.Fields(fields...)
}
