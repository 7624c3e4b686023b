package utility

import (
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/core/seller"
	"sauda/core/utility/biller"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

const (
	nameMax     = 150
	servicesMax = 40
	peersMax    = 20
	urlMax      = 300
	multiple    = 5 // multiple of the usual is taken without a word when the provider says nothing else.
)

var (
	codeShape    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	serviceShape = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)
	knpShape     = regexp.MustCompile(`^\d{3}$`)
	kbeShape     = regexp.MustCompile(`^[12]\d$`)
)

// works refuses who does not work for a seller within a scope.
func works(tx *db.Tx, of seller.ID, scope string) error {
	if who := tx.Who(); !who.For(string(of)) || !who.May(scope) {
		return ErrDenied.About("%s %s at %s", who.Kind, who.ID, of)
	}
	return nil
}

// Register makes a provider known. A code that another one has is ErrTaken.
func Register(tx *db.Tx, p Provider) (Provider, error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return Provider{}, err
	}
	if p.Multiple == 0 {
		p.Multiple = multiple
	}
	if err := p.check(); err != nil {
		return Provider{}, err
	}
	if _, err := utilitydb.New(tx).ProviderByCode(tx.Context(), p.Code); err == nil {
		return Provider{}, ErrTaken.About("provider %s", p.Code)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return Provider{}, err
	}
	p.ID, p.Version = ProviderID(tx.Mint("utp")), 1
	body, err := json.Marshal(p)
	if err != nil {
		return Provider{}, err
	}
	err = utilitydb.New(tx).AddProvider(tx.Context(), utilitydb.AddProviderParams{
		ID: string(p.ID), Seller: string(p.Seller), Code: p.Code, Kind: string(p.Kind), Body: string(body),
	})
	if err != nil {
		return Provider{}, err
	}
	return p, tx.Emit(ProviderChanged{p.ID, p.Seller})
}

// Revise puts what a provider says in the place of what it said. One that was changed meanwhile is ErrStale. Bills that were
// issued keep their tariffs.
func Revise(tx *db.Tx, p Provider) (Provider, error) {
	old, err := Own(tx, p.ID, ScopeWrite)
	if err != nil {
		return Provider{}, err
	}
	version := p.Version
	p.Seller, p.Code, p.Kind = old.Seller, old.Code, old.Kind
	if err := p.check(); err != nil {
		return Provider{}, err
	}
	body, err := json.Marshal(p)
	if err != nil {
		return Provider{}, err
	}
	rows, err := utilitydb.New(tx).ReviseProvider(tx.Context(), utilitydb.ReviseProviderParams{Body: string(body), ID: string(p.ID), Version: version})
	if err != nil {
		return Provider{}, err
	}
	if rows == 0 {
		return Provider{}, ErrStale.About("%s is at %d, not at %d", p.ID, old.Version, version)
	}
	p.Version++
	return p, tx.Emit(ProviderChanged{p.ID, p.Seller})
}

// check refuses a provider that cannot stand, by field.
func (p Provider) check() error {
	var wrong []fault.Field
	bad := func(is bool, pointer string, said fault.Sentence) {
		if is {
			wrong = append(wrong, said.At(pointer))
		}
	}
	_, iban := ident.ParseIBAN(p.IBAN)
	_, bin := ident.ParseBIN(p.BIN)
	bad(!codeShape.MatchString(p.Code) || len(p.Code) > 40, "/code", fault.Say("Write the code in small Latin letters, digits and hyphens."))
	bad(!slices.Contains(Kinds, p.Kind), "/kind", fault.Say("This value is not right."))
	bad(p.Name.CheckFilled(nameMax) != nil, "/name", fault.Say("Write the name in at most {n} characters.").With("n", nameMax))
	bad(p.Currency.Check() != nil, "/currency", fault.Say("This value is not right."))
	bad(p.IBAN != "" && iban != nil, "/iban", fault.Say("Write the bank account as 20 letters and digits; its check digits must be right."))
	bad(p.BIN != "" && bin != nil, "/bin", fault.Say("Write the business number in 12 digits; its check digit must be right."))
	bad(p.KBE != "" && !kbeShape.MatchString(p.KBE) || p.KNP != "" && !knpShape.MatchString(p.KNP), "/knp", fault.Say("This value is not right."))
	bad(p.DueDay < 1 || p.DueDay > 31, "/due_day", fault.Say("Choose a day of the month."))
	bad(p.ReadFrom < 0 || p.ReadTo < p.ReadFrom || p.ReadTo > 31 || (p.ReadFrom == 0) != (p.ReadTo == 0), "/read_from", fault.Say("Choose a day of the month."))
	bad(p.Multiple < 2 || p.Multiple > 100, "/multiple", fault.Say("Choose from 2 to 100 times the usual."))
	bad(p.SumMin < 0 || p.SumMax < 0 || p.SumMax > sumMax || p.SumMax > 0 && p.SumMin > p.SumMax, "/sum_max", fault.Say("The largest sum is not below the smallest."))
	bad(len(p.Services) > servicesMax || len(p.Services) == 0 && p.Remote == nil, "/services", fault.Say("Name from 1 to 40 services."))
	bad(len(p.Peers) > peersMax, "/peers", fault.Say("Name at most 20 banks."))
	if p.Remote != nil {
		u, err := url.Parse(p.Remote.URL)
		wrong := err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(p.Remote.URL) > urlMax
		bad(wrong || !biller.Dialect(p.Remote.Dialect).Known() || len(p.Remote.User) > 60, "/remote", fault.Say("Write the address as https://pay.example.kz/biller, and choose the dialect."))
	}
	if len(wrong) > 0 {
		return ErrInvalid.Fields(wrong...)
	}
	return errors.Join(p.checkServices(), p.checkPeers())
}

func (p Provider) checkServices() error {
	seen := map[string]bool{}
	for _, s := range p.Services {
		if !serviceShape.MatchString(s.Code) || seen[s.Code] || s.Name.CheckFilled(nameMax) != nil || s.Most < 0 || s.Most > sumMax || len(s.Tariffs) > tariffsMax {
			return ErrInvalid.At("/services", fault.Say("A service has a code of its own, a name, and bounds that are not below zero."))
		}
		seen[s.Code] = true
		for i, t := range s.Tariffs {
			if err := t.Check(); err != nil {
				return err
			}
			if i > 0 && !s.Tariffs[i-1].From.Before(t.From) {
				return ErrTariff.About("%s is not in the order of days", s.Code)
			}
		}
	}
	return nil
}

func (p Provider) checkPeers() error {
	seen := map[string]bool{}
	for _, b := range p.Peers {
		known := biller.Dialect(b.Dialect).Known() && codeShape.MatchString(b.Name) && len(b.Name) <= 40
		if hash, err := hex.DecodeString(b.Secret); !known || seen[b.Name] || b.Name == Here || err != nil || len(hash) != sha256.Size {
			return ErrInvalid.At("/peers", fault.Say("A bank has a name of its own in small Latin letters, a dialect and a password."))
		}
		seen[b.Name] = true
		for _, n := range b.Networks {
			if _, err := netip.ParsePrefix(n); err != nil {
				return ErrInvalid.At("/peers", fault.Say("Write networks as 79.142.16.0/20."))
			}
		}
	}
	return nil
}

// Admits tells whether a bank may ask in a dialect from an address with a password. Who is not known, and who comes from
// elsewhere, is refused as one with a wrong password.
func (p Provider) Admits(dialect biller.Dialect, name, password string, from netip.Addr) (Peer, bool) {
	b, known := p.Peer(name)
	hash := sha256.Sum256([]byte(password))
	right := subtle.ConstantTimeCompare([]byte(hex.EncodeToString(hash[:])), []byte(b.Secret)) == 1
	near := len(b.Networks) == 0 || slices.ContainsFunc(b.Networks, func(n string) bool {
		network, err := netip.ParsePrefix(n)
		return err == nil && network.Contains(from)
	})
	return b, known && right && near && !b.Paused && b.Dialect == string(dialect)
}

// SecretOf gives what is kept of a password.
func SecretOf(password string) string {
	hash := sha256.Sum256([]byte(password))
	return hex.EncodeToString(hash[:])
}

// Get gives a provider, or ErrProvider.
func Get(tx *db.Tx, id ProviderID) (Provider, error) {
	return providerOf(utilitydb.New(tx).Provider(tx.Context(), string(id)))
}

// ByCode gives the provider of a code, or ErrProvider.
func ByCode(tx *db.Tx, code string) (Provider, error) {
	return providerOf(utilitydb.New(tx).ProviderByCode(tx.Context(), code))
}

// Own gives a provider to its staff. To all others it is as unknown as none.
func Own(tx *db.Tx, id ProviderID, scope string) (Provider, error) {
	p, err := Get(tx, id)
	if err != nil {
		return Provider{}, err
	}
	if !tx.Who().For(string(p.Seller)) {
		return Provider{}, ErrProvider.About("%.60s for %s", string(id), tx.Who().ID)
	}
	return p, works(tx, p.Seller, scope)
}

// All gives all providers, five hundred at most.
func All(tx *db.Tx) ([]Provider, error) {
	return providersOf(utilitydb.New(tx).Providers(tx.Context()))
}

// Of gives the providers of a seller.
func Of(tx *db.Tx, of seller.ID) ([]Provider, error) {
	return providersOf(utilitydb.New(tx).ProvidersOf(tx.Context(), string(of)))
}

func providersOf(rows []utilitydb.UtilityProvider, err error) ([]Provider, error) {
	all := make([]Provider, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = providerOf(r, nil)
		err = errors.Join(err, e)
	}
	return all, err
}

func providerOf(r utilitydb.UtilityProvider, err error) (Provider, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Provider{}, ErrProvider
	}
	if err != nil {
		return Provider{}, err
	}
	var p Provider
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		return Provider{}, err
	}
	p.ID, p.Seller, p.Code, p.Kind, p.Version = ProviderID(r.ID), seller.ID(r.Seller), r.Code, Kind(r.Kind), r.Version
	if p.Currency == "" {
		p.Currency = money.KZT
	}
	return p, nil
}
