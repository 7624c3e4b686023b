package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountBillSetup(site *web.Site) {
	writes := web.Needs(utility.ScopeWrite)
	web.Page(site, "GET /office/bills/new", f.newProvider, writes)
	web.Form(site, "POST /office/bills", f.addProvider, writes)
	web.Page(site, "GET /office/bills/{id}/settings", f.providerSettings, writes)
	web.Form(site, "POST /office/bills/{id}/settings", f.reviseProvider, writes)
	web.Form(site, "POST /office/bills/{id}/services", f.addBillService, writes)
	web.Form(site, "POST /office/bills/{id}/tariffs", f.addTariff, writes)
	web.Form(site, "POST /office/bills/{id}/decisions", f.decidePayment, writes)
}

// providerTyped is a provider as it was typed.
type providerTyped struct {
	web.Typed
	Version  int64              `json:"version,omitempty"`
	Code     string             `json:"code,omitempty" maxLength:"60"`
	Kind     utility.Kind       `json:"kind,omitempty" maxLength:"20"`
	KK       string             `json:"name_kk,omitempty" maxLength:"200"`
	RU       string             `json:"name_ru,omitempty" maxLength:"200"`
	EN       string             `json:"name_en,omitempty" maxLength:"200"`
	ZH       string             `json:"name_zh,omitempty" maxLength:"200"`
	BIN      string             `json:"bin,omitempty" maxLength:"20"`
	IBAN     string             `json:"iban,omitempty" maxLength:"40"`
	BIC      string             `json:"bic,omitempty" maxLength:"11"`
	KBE      string             `json:"kbe,omitempty" maxLength:"2"`
	KNP      string             `json:"knp,omitempty" maxLength:"3"`
	DueDay   int                `json:"due_day,omitempty"`
	Least    string             `json:"sum_min,omitempty" maxLength:"20"`
	Most     string             `json:"sum_max,omitempty" maxLength:"20"`
	Paused   bool               `json:"paused,omitempty"`
	Shelf    catalog.CategoryID `json:"category,omitempty" maxLength:"60"`
	Dialect  string             `json:"dialect,omitempty" maxLength:"10"`
	URL      string             `json:"url,omitempty" maxLength:"400"`
	User     string             `json:"user,omitempty" maxLength:"100"`
	Password string             `json:"password,omitempty" maxLength:"200"`
}

// providerRevised is one that is there, as it was typed anew.
type providerRevised struct {
	ID utility.ProviderID `path:"id" maxLength:"60"`
	providerTyped
}

// providerForm is the form of a provider; one that is new has no id.
type providerForm struct {
	form
	Of      utility.Provider
	Shelves []catalog.Category
}

// newProvider shows an empty form.
func (f face) newProvider(tx *db.Tx, _ struct{}) (web.View, error) {
	shelves, err := catalog.Tree(tx)
	v := providerForm{form: form{Values: url.Values{"due_day": {"25"}}}, Shelves: shelves}
	return providerFormPage(f.page("bills", t(tx.Context(), "bills.new")), v), err
}

// addProvider makes a provider of the seller of who asks, and puts payments for it on sale.
func (f face) addProvider(tx *db.Tx, in providerTyped) (web.Then, error) {
	p, err := in.provider(tx, f, utility.Provider{Seller: sellerOf(tx), Code: strings.TrimSpace(in.Code), Kind: in.Kind, Currency: f.Currency})
	if err == nil {
		p, err = utility.Register(tx, p)
	}
	if err == nil && in.Shelf != "" {
		p, err = utility.Sell(tx, p, in.Shelf)
	}
	if err != nil {
		return f.providerAgain(tx, in, utility.Provider{}, err)
	}
	return see("bills/"+string(p.ID)+"/settings", "saved"), nil
}

// provider puts what was typed into a provider. How one is asked that keeps its books elsewhere is for who runs the house: there goes
// money of buyers.
func (in providerTyped) provider(tx *db.Tx, f face, p utility.Provider) (utility.Provider, error) {
	p.Name = text.Localized{}
	for lang, name := range map[string]string{"kk": in.KK, "ru": in.RU, "en": in.EN, "zh": in.ZH} {
		if name = strings.TrimSpace(name); name != "" {
			p.Name[lang] = name
		}
	}
	p.BIN, p.IBAN, p.BIC = strings.TrimSpace(in.BIN), strings.ReplaceAll(in.IBAN, " ", ""), strings.TrimSpace(in.BIC)
	p.KBE, p.KNP, p.DueDay, p.Paused = strings.TrimSpace(in.KBE), strings.TrimSpace(in.KNP), in.DueDay, in.Paused
	var err error
	if p.SumMin, err = typedSum(in.Least, "/sum_min", p.Currency); err != nil {
		return p, err
	}
	if p.SumMax, err = typedSum(in.Most, "/sum_max", p.Currency); err != nil {
		return p, err
	}
	remote, err := in.remote(f, p)
	if err != nil {
		return p, err
	}
	changed := (remote == nil) != (p.Remote == nil) || remote != nil && *remote != *p.Remote
	if changed && !tx.Who().May(ScopeHouseWrite) {
		return p, utility.ErrInvalid.At("/url", fault.Say("Only who runs the house may change how a provider is asked."))
	}
	if remote == nil && len(p.Services) == 0 { // Of a new one that keeps its books here, the first line comes with it.
		p.Services = []utility.Service{{Code: "service", Name: p.Name}}
	}
	p.Remote = remote
	return p, nil
}

// remote is how a provider elsewhere is asked; nil is one that keeps its books here.
func (in providerTyped) remote(f face, p utility.Provider) (*utility.Remote, error) {
	if in.Dialect == "" {
		return nil, nil
	}
	r := utility.Remote{}
	if p.Remote != nil {
		r = *p.Remote
	}
	r.Dialect, r.URL, r.User = in.Dialect, strings.TrimSpace(in.URL), strings.TrimSpace(in.User)
	sealed, err := r.Seal(f.Keys, p.Code, in.Password)
	return &sealed, err
}

// typedSum reads a sum; nothing is none.
func typedSum(said, at string, currency money.Currency) (int64, error) {
	said = strings.NewReplacer(",", ".", " ", "", "\u00a0", "").Replace(said)
	if said == "" {
		return 0, nil
	}
	m, err := money.Parse(said, currency)
	if err != nil {
		return 0, utility.ErrInvalid.At(at, fault.Say("This value is not right."))
	}
	return m.Minor, nil
}

// providerAgain shows the form of a provider again.
func (f face) providerAgain(tx *db.Tx, in providerTyped, of utility.Provider, err error) (web.Then, error) {
	if !amendable(err) {
		return web.Then{}, err
	}
	shelves, bad := catalog.Tree(tx)
	v := providerForm{form: form{Values: in.Values}, Of: of, Shelves: shelves}
	v.note(tx.Context(), err, func(pointer string) string {
		if pointer == "/remote" {
			return "url"
		}
		if pointer == "/name" {
			return "name_kk"
		}
		return strings.TrimPrefix(pointer, "/")
	})
	p := f.page("bills", providerTitle(tx.Context(), of))
	p.Wrong = refusal(tx.Context(), err)
	return web.Again(providerFormPage(p, v)), bad
}

func providerTitle(ctx context.Context, of utility.Provider) string {
	if of.ID == "" {
		return t(ctx, "bills.new")
	}
	return in(ctx, of.Name)
}

// providerSettings shows a provider with its services and their tariffs.
func (f face) providerSettings(tx *db.Tx, in billAsk) (web.View, error) {
	p, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err != nil {
		return nil, err
	}
	shelves, err := catalog.Tree(tx)
	return providerFormPage(f.page("bills", providerTitle(tx.Context(), p)), providerForm{form{Values: providerValues(p)}, p, shelves}), err
}

// providerValues are the fields of a provider. Its password is never shown.
func providerValues(p utility.Provider) url.Values {
	v := url.Values{
		"bin": {p.BIN}, "iban": {p.IBAN}, "bic": {p.BIC}, "kbe": {p.KBE}, "knp": {p.KNP}, "due_day": {strconv.Itoa(p.DueDay)},
		"version": {strconv.FormatInt(p.Version, 10)},
	}
	for lang, name := range p.Name {
		v.Set("name_"+lang, name)
	}
	for name, minor := range map[string]int64{"sum_min": p.SumMin, "sum_max": p.SumMax} {
		if minor > 0 {
			v.Set(name, money.Of(minor, p.Currency).Decimal())
		}
	}
	if p.Paused {
		v.Set("paused", "true")
	}
	if p.Remote != nil {
		v.Set("dialect", p.Remote.Dialect)
		v.Set("url", p.Remote.URL)
		v.Set("user", p.Remote.User)
	}
	return v
}

// reviseProvider changes what a provider says of itself, and puts payments for it on sale.
func (f face) reviseProvider(tx *db.Tx, in providerRevised) (web.Then, error) {
	old, err := utility.Own(tx, in.ID, utility.ScopeWrite)
	if err != nil {
		return web.Then{}, err
	}
	p, err := in.provider(tx, f, old)
	if err == nil {
		p.Version = in.Version
		p, err = utility.Revise(tx, p)
	}
	if err == nil && in.Shelf != "" {
		_, err = utility.Sell(tx, p, in.Shelf)
	}
	if err != nil {
		return f.providerAgain(tx, in.providerTyped, old, err)
	}
	return see("bills/"+string(in.ID)+"/settings", "saved"), nil
}

type serviceTyped struct {
	web.Typed
	ID       utility.ProviderID `path:"id" maxLength:"60"`
	Code     string             `json:"service" maxLength:"40"`
	KK       string             `json:"service_kk" maxLength:"200"`
	RU       string             `json:"service_ru,omitempty" maxLength:"200"`
	EN       string             `json:"service_en,omitempty" maxLength:"200"`
	Unit     measure.Unit       `json:"unit,omitempty" maxLength:"10"`
	Editable bool               `json:"editable,omitempty"`
	Most     string             `json:"most,omitempty" maxLength:"20"`
}

// addBillService adds a line to the bills of a provider, or changes the one of its code.
func (f face) addBillService(tx *db.Tx, in serviceTyped) (web.Then, error) {
	return f.reviseLines(tx, in.ID, in.Typed, func(p *utility.Provider) error {
		most, err := typedSum(in.Most, "/most", p.Currency)
		if err != nil {
			return err
		}
		s := utility.Service{Code: strings.TrimSpace(in.Code), Name: text.Localized{}, Unit: in.Unit, Editable: in.Editable, Most: most}
		for lang, name := range map[string]string{"kk": in.KK, "ru": in.RU, "en": in.EN} {
			if name = strings.TrimSpace(name); name != "" {
				s.Name[lang] = name
			}
		}
		at := slices.IndexFunc(p.Services, func(o utility.Service) bool { return o.Code == s.Code })
		if at < 0 {
			p.Services = append(p.Services, s)
			return nil
		}
		s.Tariffs = p.Services[at].Tariffs
		p.Services[at] = s
		return nil
	})
}

type tariffTyped struct {
	web.Typed
	ID        utility.ProviderID `path:"id" maxLength:"60"`
	Service   string             `json:"of" maxLength:"40"`
	From      string             `json:"from" maxLength:"10"`
	Base      utility.Base       `json:"base" maxLength:"10"`
	PerPerson bool               `json:"per_person,omitempty"`
	Norm      string             `json:"norm,omitempty" maxLength:"20"`
}

// tariffSteps is how many steps the form has.
const tariffSteps = 4

// tariff reads what was typed; a step without a price is none.
func (in tariffTyped) tariff() (utility.Tariff, error) {
	from, err := span.Parse(in.From)
	if err != nil {
		return utility.Tariff{}, utility.ErrTariff.About("%w", err)
	}
	t := utility.Tariff{From: from, Base: in.Base, PerPerson: in.PerPerson}
	if t.Norm, err = typedQuantity(in.Norm); err != nil {
		return t, err
	}
	for i := range tariffSteps {
		n := strconv.Itoa(i + 1)
		price := in.Values.Get("price_" + n)
		if strings.TrimSpace(price) == "" {
			continue
		}
		step := utility.Step{}
		exact, err := typedQuantity(price)
		if err != nil || exact%100 != 0 { // Prices have four decimal places, quantities six.
			return t, utility.ErrTariff.About("price %.20q", price)
		}
		step.Price = utility.Price(exact / 100)
		if step.UpTo, err = typedQuantity(in.Values.Get("up_to_" + n)); err != nil {
			return t, err
		}
		t.Steps = append(t.Steps, step)
	}
	return t, t.Check()
}

func typedQuantity(said string) (measure.Quantity, error) {
	said = strings.NewReplacer(",", ".", " ", "", "\u00a0", "").Replace(said)
	if said == "" {
		return 0, nil
	}
	q, err := measure.Parse(said)
	if err != nil {
		return 0, utility.ErrTariff.About("%w", err)
	}
	return q, nil
}

// addTariff has a service charged by a tariff from a day on. One of the same day takes the place of the other; bills that were issued
// keep theirs.
func (f face) addTariff(tx *db.Tx, in tariffTyped) (web.Then, error) {
	return f.reviseLines(tx, in.ID, in.Typed, func(p *utility.Provider) error {
		fresh, err := in.tariff()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(p.Services, func(s utility.Service) bool { return s.Code == in.Service })
		if at < 0 {
			return utility.ErrTariff.About("service %.40q", in.Service)
		}
		all := slices.DeleteFunc(slices.Clone(p.Services[at].Tariffs), func(o utility.Tariff) bool { return o.From == fresh.From })
		all = append(all, fresh)
		slices.SortFunc(all, func(a, b utility.Tariff) int { return a.From.Compare(b.From) })
		p.Services[at].Tariffs = all
		return nil
	})
}

// reviseLines changes the services of a provider.
func (f face) reviseLines(tx *db.Tx, id utility.ProviderID, typed web.Typed, change func(*utility.Provider) error) (web.Then, error) {
	old, err := utility.Own(tx, id, utility.ScopeWrite)
	if err != nil {
		return web.Then{}, err
	}
	p := old
	p.Services = slices.Clone(old.Services)
	if err = change(&p); err == nil {
		_, err = utility.Revise(tx, p)
	}
	if err != nil {
		values := providerValues(old)
		for name, v := range typed.Values {
			values[name] = v
		}
		return f.providerAgain(tx, providerTyped{Typed: web.Typed{Values: values}}, old, err)
	}
	return see("bills/"+string(id)+"/settings", "saved"), nil
}

type paymentDecided struct {
	ID      utility.ProviderID `path:"id" maxLength:"60"`
	Payment utility.PaymentID  `json:"payment" maxLength:"60"`
	Taken   bool               `json:"taken,omitempty"`
	Ref     string             `json:"ref,omitempty" maxLength:"100"`
}

// decidePayment says what people of a provider say about a payment of which it does not answer.
func (f face) decidePayment(tx *db.Tx, in paymentDecided) (web.Then, error) {
	if err := utility.Decide(tx, in.Payment, in.Taken, in.Ref); err != nil {
		return f.billAgain(tx, in.ID, err)
	}
	return billDone(in.ID), nil
}
