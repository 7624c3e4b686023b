package cart

import (
	"cmp"
	"encoding/json"
	"net/mail"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/ident/phone"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// SetAddress says where the goods shall go. A choice of delivery stays; whether it goes there, checkout asks again.
func SetAddress(tx *db.Tx, id ID, a place.Address) error {
	a = a.Cleaned()
	if err := a.Check(); err != nil {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	lock(tx, id)
	rows, err := cartdb.New(tx).SetAddress(tx.Context(), cartdb.SetAddressParams{ID: string(id), Address: string(body), At: span.Micros(tx.Now())})
	if err != nil {
		return err
	}
	if _, err := touched(tx, id, rows); err != nil {
		return err
	}
	return tx.Emit(AddressSet{id, a.Country, a.Region, a.City})
}

// SetContact says how to reach the buyer. What is empty is forgotten. The phone is read as one of Kazakhstan when it names
// no country.
func SetContact(tx *db.Tx, id ID, c Contact) error {
	if err := c.clean(); err != nil {
		return err
	}
	lock(tx, id)
	rows, err := cartdb.New(tx).SetContact(tx.Context(), cartdb.SetContactParams{ID: string(id), Email: c.Email, Phone: c.Phone, At: span.Micros(tx.Now())})
	if err != nil {
		return err
	}
	if _, err := touched(tx, id, rows); err != nil {
		return err
	}
	return tx.Emit(ContactSet{id, c.Email != "", c.Phone != ""})
}

// clean brings a contact into the form in which it is kept, or refuses it with all that is wrong.
func (c *Contact) clean() error {
	var wrong []fault.Field
	c.Email = strings.TrimSpace(c.Email)
	if c.Email != "" {
		parsed, err := mail.ParseAddress(c.Email)
		if err != nil || parsed.Address != c.Email || len(c.Email) > contactMax {
			wrong = append(wrong, fault.Say("Write the mail address as name@example.kz.").At("/email"))
		}
	}
	if c.Phone = strings.TrimSpace(c.Phone); c.Phone != "" {
		number, err := phone.Parse(c.Phone, string(place.KZ))
		if err != nil {
			wrong = append(wrong, fault.Say("Write the phone in the international form, +77011234567.").At("/phone"))
		}
		c.Phone = number
	}
	if len(wrong) > 0 {
		return ErrContact.Fields(wrong...)
	}
	return nil
}

// SendTo is SetAddress and SetContact in one, except that a mail address that was given before stays when there is none in
// it. What is wrong in either is said together.
func SendTo(tx *db.Tx, id ID, a place.Address, c Contact) error {
	a = a.Cleaned()
	wrong, also := a.Check(), c.clean()
	if wrong != nil && also != nil {
		return place.ErrAddress.Fields(append(fault.FieldsOf(wrong), fault.FieldsOf(also)...)...)
	}
	if err := cmp.Or(wrong, also); err != nil {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	lock(tx, id)
	rows, err := cartdb.New(tx).SendTo(tx.Context(), cartdb.SendToParams{
		ID: string(id), Address: string(body), Email: c.Email, Phone: c.Phone, At: span.Micros(tx.Now()),
	})
	if err != nil {
		return err
	}
	row, err := touched(tx, id, rows)
	if err != nil {
		return err
	}
	return tx.Emit(AddressSet{id, a.Country, a.Region, a.City}, ContactSet{id, row.Email != "", c.Phone != ""})
}

// ChooseDelivery says how the goods of one seller shall come; a later choice for the same seller counts. Whether the method
// is offered, checkout asks shipping.
func ChooseDelivery(tx *db.Tx, id ID, choice Choice) error {
	if choice.Seller == "" || choice.Method == "" || len(choice.Seller)+len(choice.Method)+len(choice.Point) > 300 {
		return ErrChoice.About("seller %.40q method %.40q", string(choice.Seller), choice.Method)
	}
	row, err := open(tx, id)
	if err != nil {
		return err
	}
	c, err := cartOf(row)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(c.Delivery, func(o Choice) bool { return o.Seller == choice.Seller })
	if len(others) >= LinesMax { // There cannot be more sellers than lines.
		return ErrChoice.About("%d choices", len(others))
	}
	body, err := json.Marshal(append(others, choice))
	if err != nil {
		return err
	}
	set := cartdb.SetDeliveryParams{ID: string(id), Delivery: string(body), At: span.Micros(tx.Now())}
	if err := cartdb.New(tx.Later()).SetDelivery(tx.Context(), set); err != nil {
		return err
	}
	return tx.Emit(DeliveryChosen{id, choice})
}

// Allow says what the buyer consents to from now on.
func Allow(tx *db.Tx, id ID, c Consent) error {
	row, err := touch(tx, id)
	if err != nil || (row.Learn == flag(c.Learn) && row.Remind == flag(c.Remind)) {
		return err
	}
	set := cartdb.SetConsentParams{ID: string(id), Learn: flag(c.Learn), Remind: flag(c.Remind)}
	if err := cartdb.New(tx.Later()).SetConsent(tx.Context(), set); err != nil {
		return err
	}
	return tx.Emit(ConsentChanged{id, c})
}

// Speak says in which language the buyer reads. It is no fact of the trade and states none.
func Speak(tx *db.Tx, id ID, lang string) error {
	if !text.ValidLanguage(lang) {
		return ErrOpening.About("language %.20q", lang)
	}
	if _, err := touch(tx, id); err != nil {
		return err
	}
	return cartdb.New(tx.Later()).SetLang(tx.Context(), cartdb.SetLangParams{ID: string(id), Lang: lang})
}
