package seller

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/seller/sellerdb"
	"sauda/gear/db"
)

const (
	nameMax    = 200
	binMax     = 20 // binMax is above every country's business number that we know.
	regimeMax  = 40
	reasonMax  = 500
	regimesMax = 100 // regimesMax is far more often than a seller may change its regime in a lifetime.
)

// Enrolment is what makes a seller.
type Enrolment struct {
	Name     text.Localized
	BIN      string // BIN may be empty at first.
	Country  place.Country
	Currency money.Currency
	Regime   Regime
	From     span.Day // From is the first day of the regime; no day means "since always".
}

// Enrol lets a seller in. A business number that is enrolled already is refused with ErrTaken.
func Enrol(tx *db.Tx, e Enrolment) (Seller, error) {
	return enrol(tx, ID(tx.Mint("sel")), e)
}

// EnsureOwn gives the own shop, and enrols it first when the house is new. When it is there, the enrolment is not looked
// at: the shop may have been renamed since.
func EnsureOwn(tx *db.Tx, e Enrolment) (Seller, error) {
	s, err := Get(tx, Own)
	if errors.Is(err, ErrUnknown) {
		return enrol(tx, Own, e)
	}
	return s, err
}

func enrol(tx *db.Tx, id ID, e Enrolment) (Seller, error) {
	name, err := cleanName(e.Name)
	if err != nil {
		return Seller{}, err
	}
	s := Seller{ID: id, Name: name, BIN: strings.TrimSpace(e.BIN), Country: e.Country, Currency: e.Currency,
		Regimes: []RegimeFrom{{Regime: e.Regime, From: e.From}}, State: StateActive}
	if err := s.check(); err != nil {
		return Seller{}, err
	}
	rows, err := sellerdb.New(tx).Insert(tx.Context(), sellerdb.InsertParams{
		ID: string(s.ID), Name: s.Name.String(), Bin: s.BIN, Country: string(s.Country), Currency: string(s.Currency),
		Regimes: encode(s.Regimes), State: string(s.State), Enrolled: span.Micros(tx.Now())})
	if err != nil {
		return Seller{}, err
	}
	if rows == 0 {
		return Seller{}, ErrTaken.About("%s in %s", s.BIN, s.Country)
	}
	return s, tx.Emit(Enrolled{Seller: s.ID})
}

// check names every field that is wrong.
func (s Seller) check() error {
	var wrong []fault.Field
	mark := func(ok bool, pointer string, said fault.Sentence) {
		if !ok {
			wrong = append(wrong, said.At(pointer))
		}
	}
	mark(len(s.BIN) <= binMax, "/bin", fault.Say("Write the business number with at most {n} characters.").With("n", binMax))
	mark(s.Country != place.KZ || s.BIN == "" || taxNumber(s.BIN), "/bin", fault.Say("Check the business number: 12 digits, of which the last one proves the others."))
	mark(s.Country.Valid(), "/country", fault.Say("Name the country by its two letters of ISO 3166, for example KZ."))
	mark(s.Currency.Valid(), "/currency", fault.Say("Name a currency by its ISO 4217 code, for example KZT."))
	for _, r := range s.Regimes {
		mark(r.Regime.valid(), "/regime", fault.Say("Name the tax regime, for example kz.vat."))
	}
	return ErrInvalid.Fields(wrong...)
}

// taxNumber says whether a Kazakh seller, a company or an individual, can have this number.
func taxNumber(number string) bool {
	_, _, err := ident.ParseTaxNumber(number)
	return err == nil
}

// valid says whether a regime has the form of one; the tax table says whether it means something.
func (r Regime) valid() bool {
	if len(r) < 3 || len(r) > regimeMax || !strings.Contains(string(r), ".") {
		return false
	}
	return strings.Trim(string(r), "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

func cleanName(name text.Localized) (text.Localized, error) {
	cleaned, err := name.Cleaned()
	if err != nil {
		return nil, err
	}
	if cleaned.IsEmpty() {
		return nil, ErrInvalid.At("/name", fault.Say("Write the name of the seller in at least one language."))
	}
	return cleaned, cleaned.Check(nameMax)
}

// Get gives a seller, or ErrUnknown.
func Get(tx *db.Tx, id ID) (Seller, error) {
	row, err := sellerdb.New(tx).Get(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Seller{}, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Seller{}, err
	}
	return fromRow(row)
}

// All gives every seller, by id.
func All(tx *db.Tx) ([]Seller, error) {
	rows, err := sellerdb.New(tx).All(tx.Context())
	if err != nil {
		return nil, err
	}
	sellers := make([]Seller, 0, len(rows))
	for _, row := range rows {
		s, err := fromRow(row)
		if err != nil {
			return nil, err
		}
		sellers = append(sellers, s)
	}
	return sellers, nil
}

// Some gives the sellers with these ids in one statement. An id that is not known is left out.
func Some(tx *db.Tx, ids []ID) (map[ID]Seller, error) {
	sellers := make(map[ID]Seller, len(ids))
	if len(ids) == 0 {
		return sellers, nil
	}
	rows, err := sellerdb.New(tx).Some(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		s, err := fromRow(row)
		if err != nil {
			return nil, err
		}
		sellers[s.ID] = s
	}
	return sellers, nil
}

func fromRow(row sellerdb.Seller) (Seller, error) {
	s := Seller{ID: ID(row.ID), BIN: row.Bin, Country: place.Country(row.Country), Currency: money.Currency(row.Currency),
		State: State(row.State)}
	if err := s.Name.Scan(row.Name); err != nil {
		return Seller{}, err
	}
	if err := json.Unmarshal([]byte(row.Regimes), &s.Regimes); err != nil {
		return Seller{}, fault.ErrInternal.About("regimes of seller %s: %w", row.ID, err)
	}
	return s, nil
}

func encode(regimes []RegimeFrom) string {
	data, err := json.Marshal(regimes)
	if err != nil { // Texts and days always encode.
		panic("seller: " + err.Error())
	}
	return string(data)
}

// ChangeRegime lets a seller be taxed in another way from a day on. The day comes after that of the regime before it,
// for what was sold under a regime stays under it; the last regime may be corrected on its own day as long as that day
// has not come.
func ChangeRegime(tx *db.Tx, id ID, change RegimeFrom) (Seller, error) {
	s, err := Get(tx, id)
	if err != nil {
		return Seller{}, err
	}
	if !change.Regime.valid() || change.From.IsZero() {
		return Seller{}, ErrInvalid.At("/regime", fault.Say("Name the tax regime, for example kz.vat, and its first day."))
	}
	was := s
	was.Regimes = slices.Clone(s.Regimes)
	last := s.Regimes[len(s.Regimes)-1]
	today := span.DayOf(tx.Now(), span.Almaty)
	switch {
	case last == change:
		return s, nil
	case last.From == change.From && today.Before(change.From):
		s.Regimes[len(s.Regimes)-1] = change
	case !last.From.Before(change.From):
		return Seller{}, ErrPast.About("%s from %s, the last one from %s", id, change.From, last.From)
	case len(s.Regimes) == regimesMax:
		return Seller{}, ErrInvalid.At("/regime", fault.Say("The seller has changed its regime too often."))
	default:
		s.Regimes = append(slices.Clone(s.Regimes), change)
	}
	err = sellerdb.New(tx).SetRegimes(tx.Context(), sellerdb.SetRegimesParams{ID: string(id), Regimes: encode(s.Regimes)})
	if err != nil {
		return Seller{}, err
	}
	if err := tx.Changed(string(id), was, s); err != nil {
		return Seller{}, err
	}
	return s, tx.Emit(RegimeChanged{Seller: id, Regime: change.Regime, From: change.From})
}

// Rename gives a seller another name. Documents that were written keep the old one.
func Rename(tx *db.Tx, id ID, name text.Localized) (Seller, error) {
	s, err := Get(tx, id)
	if err != nil {
		return Seller{}, err
	}
	name, err = cleanName(name)
	if err != nil || name.String() == s.Name.String() {
		return s, err
	}
	was := s
	s.Name = name
	if err := sellerdb.New(tx).SetName(tx.Context(), sellerdb.SetNameParams{ID: string(id), Name: name.String()}); err != nil {
		return Seller{}, err
	}
	if err := tx.Changed(string(id), was, s); err != nil {
		return Seller{}, err
	}
	return s, tx.Emit(Renamed{Seller: id})
}

// Suspend stops a seller from selling. Twice is the same as once.
func Suspend(tx *db.Tx, id ID, reason string) (Seller, error) {
	if err := text.Limit(reason, reasonMax); err != nil {
		return Seller{}, err
	}
	s, changed, err := setState(tx, id, StateSuspended)
	if err != nil || !changed {
		return s, err
	}
	return s, tx.Emit(Suspended{Seller: id, Reason: reason})
}

// Readmit lets a suspended seller sell again. Twice is the same as once.
func Readmit(tx *db.Tx, id ID) (Seller, error) {
	s, changed, err := setState(tx, id, StateActive)
	if err != nil || !changed {
		return s, err
	}
	return s, tx.Emit(Readmitted{Seller: id})
}

func setState(tx *db.Tx, id ID, state State) (s Seller, changed bool, err error) {
	s, err = Get(tx, id)
	if err != nil || s.State == state {
		return s, false, err
	}
	was := s
	s.State = state
	err = sellerdb.New(tx).SetState(tx.Context(), sellerdb.SetStateParams{ID: string(id), State: string(state)})
	if err == nil {
		err = tx.Changed(string(id), was, s)
	}
	return s, err == nil, err
}
