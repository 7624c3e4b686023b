package identity

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/ident/phone"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/identity/identitydb"
	"sauda/gear/db"
)

const (
	emailMax  = 254 // emailMax is what a mail server takes (RFC 5321 §4.5.3.1.3).
	nameMax   = 150
	reasonMax = 500
	hashMax   = 500
	scopesMax = 100
	officeMax = 1_000

	taxNumberMax = 30 // taxNumberMax is above every country's number that we know.
)

// Register makes a buyer known: a user and the party for whom it acts. An address that somebody has is refused with
// ErrEmailTaken; in which case it was written makes no difference.
func Register(tx *db.Tx, r Registration) (User, error) {
	party, user, err := r.read()
	if err != nil {
		return User{}, err
	}
	party.ID = PartyID(tx.Mint("pty"))
	user.ID, user.Party = UserID(tx.Mint("usr")), party.ID
	if err := insertUser(tx, user, r.Hash); err != nil {
		return User{}, err
	}
	err = identitydb.New(tx.Later()).InsertParty(tx.Context(), identitydb.InsertPartyParams{ID: string(party.ID),
		Kind: string(party.Kind), Name: party.Name, TaxNumber: party.TaxNumber, Email: party.Email, Phone: party.Phone,
		Country: string(party.Country), Known: span.Micros(tx.Now())})
	if err != nil {
		return User{}, err
	}
	return user, tx.Emit(Registered{User: user.ID, Party: party.ID})
}

// read gives the party and the user that a registration describes, or names every field that is wrong.
func (r Registration) read() (Party, User, error) {
	check := checker{}
	email := check.email(r.Email)
	name := check.name("/name", r.Name)
	lang := check.lang(r.Lang)
	party := Party{Kind: r.Kind, Name: name, Email: email, Country: r.Country}
	switch r.Kind {
	case Person, "":
		party.Kind = Person
	case Organisation:
		party.Name = check.name("/organisation", r.Organisation)
	default:
		check.wrong("/kind", fault.Say("Say person or organisation."))
	}
	if party.Country == "" {
		party.Country = place.KZ
	}
	if !party.Country.Valid() {
		check.wrong("/country", fault.Say("Name the country by its two letters, for example KZ."))
	}
	party.TaxNumber = check.taxNumber(party.Kind, party.Country, r.TaxNumber)
	party.Phone = check.phone(r.Phone, party.Country)
	if len(r.Hash) > hashMax {
		check.wrong("/password", fault.Say("Choose another password."))
	}
	user := User{Email: email, Name: name, Lang: lang, Role: RoleBuyer, State: StateActive}
	return party, user, ErrInvalid.Fields(check.fields...)
}

// Employ makes somebody a member of staff or an administrator. An address that somebody has is refused with
// ErrEmailTaken: who buys and who works are two users.
func Employ(tx *db.Tx, e Employment) (User, error) {
	check := checker{}
	user := User{Email: check.email(e.Email), Name: check.name("/name", e.Name), Lang: check.lang(e.Lang), Role: e.Role,
		Scopes: check.scopes(e.Scopes), Seller: e.Seller, State: StateActive}
	switch {
	case e.Role != RoleStaff && e.Role != RoleAdmin:
		check.wrong("/role", fault.Say("Say staff or admin."))
	case e.Role == RoleStaff && e.Seller == "":
		check.wrong("/seller", fault.Say("Name the seller for whom the user works."))
	case e.Role == RoleAdmin && e.Seller != "":
		check.wrong("/seller", fault.Say("An administrator works for the whole house. Leave the seller out."))
	}
	if e.Role == RoleAdmin {
		user.Scopes = nil // An administrator may do everything.
	}
	if len(e.Seller) > 60 || len(e.Hash) > hashMax {
		check.wrong("/seller", fault.Say("Name the seller by its id."))
	}
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return User{}, err
	}
	user.ID = UserID(tx.Mint("usr"))
	if err := insertUser(tx, user, e.Hash); err != nil {
		return User{}, err
	}
	return user, tx.Emit(Employed{User: user.ID, Role: user.Role, Seller: user.Seller, Scopes: user.Scopes})
}

func insertUser(tx *db.Tx, u User, hash string) error {
	rows, err := identitydb.New(tx).InsertUser(tx.Context(), identitydb.InsertUserParams{ID: string(u.ID), Email: u.Email,
		Name: u.Name, Lang: u.Lang, Role: string(u.Role), Scopes: strings.Join(u.Scopes, " "), Seller: u.Seller,
		Party: string(u.Party), State: string(u.State), Hash: hash, Known: span.Micros(tx.Now())})
	if err == nil && rows == 0 {
		return ErrEmailTaken.About("%s", u.ID)
	}
	return err
}

// checker reads what a person wrote and keeps what is wrong with it.
type checker struct{ fields []fault.Field }

func (c *checker) wrong(pointer string, said fault.Sentence) {
	c.fields = append(c.fields, said.At(pointer))
}

func (c *checker) email(s string) string {
	email, ok := Address(s)
	if !ok {
		c.fields = append(c.fields, WrongEmail())
	}
	return email
}

// WrongEmail says that what was written is no address.
func WrongEmail() fault.Field {
	return fault.Say("Write an e-mail address, for example aliya@example.kz.").At("/email")
}

// Address gives an e-mail address in the form in which it is stored and compared: without spaces, in small letters. ok is
// false for what is no address.
func Address(s string) (email string, ok bool) {
	s = strings.TrimSpace(s)
	parsed, err := mail.ParseAddress(s)
	if err != nil || len(s) > emailMax || parsed.Address != s || parsed.Name != "" || strings.ContainsAny(s, "\"()<>[] \\") {
		return "", false
	}
	if _, err := text.Clean(s); err != nil {
		return "", false
	}
	_, host, _ := strings.Cut(s, "@")
	return strings.ToLower(s), strings.Contains(strings.Trim(host, "."), ".")
}

func (c *checker) name(pointer, s string) string {
	name, err := text.Clean(s)
	name = strings.Join(strings.Fields(name), " ")
	if err != nil || name == "" || text.Limit(name, nameMax) != nil {
		c.wrong(pointer, fault.Say("Write the name in at most {n} characters.").With("n", nameMax))
	}
	return name
}

func (c *checker) lang(s string) string {
	if s == "" {
		return text.Languages[0]
	}
	if !slices.Contains(text.Languages, s) {
		c.wrong("/lang", fault.Say("Choose kk, ru, en or zh."))
	}
	return s
}

func (c *checker) taxNumber(kind PartyKind, country place.Country, s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	if country != place.KZ {
		if len(s) > taxNumberMax {
			c.wrong("/tax_number", fault.Say("Write the tax number in at most {n} characters.").With("n", taxNumberMax))
		}
		return s
	}
	number, organisation, err := ident.ParseTaxNumber(s)
	if err != nil || organisation != (kind == Organisation) {
		c.wrong("/tax_number", fault.Say("Check the number: 12 digits, an IIN for a person, a BIN for an organisation."))
	}
	return number
}

func (c *checker) phone(s string, country place.Country) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	number, err := phone.Parse(s, string(country))
	if err != nil {
		c.wrong("/phone", fault.Say("Write the telephone number with its country code, for example +7 701 123 45 67."))
	}
	return number
}

// scopeShape is "*", "orders.*" or "orders.read".
var scopeShape = regexp.MustCompile(`^(\*|[a-z_]{1,40}\.(\*|[a-z_]{1,40}))$`)

func (c *checker) scopes(scopes []string) []string {
	sorted := slices.Compact(slices.Sorted(slices.Values(scopes)))
	if len(sorted) > scopesMax {
		c.wrong("/scopes", fault.Say("Name at most {n} scopes.").With("n", scopesMax))
	}
	for _, scope := range sorted {
		if !scopeShape.MatchString(scope) {
			c.wrong("/scopes", fault.Say("Name scopes such as orders.read, orders.* or *."))
			break
		}
	}
	return sorted
}
