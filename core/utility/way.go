package utility

import (
	"errors"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/pricing"
	"sauda/core/tax"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// WayName is what products say by which payments for a provider are sold.
const WayName = "bill"

// Way sells payments of bills in the basket.
type Way struct{}

var _ choice.Way = Way{}

// Name is WayName.
func (Way) Name() string { return WayName }

// Chosen gives the drafts that can be ordered, in two statements: not those of another party, those that were ordered, and those
// for whose account somebody has paid meanwhile, and those of a provider that takes nothing for now.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	ids := make([]DraftID, len(refs))
	for i, r := range refs {
		ids[i] = DraftID(r)
	}
	stands, err := Drafts(tx, ids)
	if err != nil || len(stands) == 0 {
		return nil, err
	}
	var of []ProviderID
	for _, s := range stands {
		of = append(of, s.Provider)
	}
	providers, err := Some(tx, of)
	if err != nil {
		return nil, err
	}
	all := make(map[string]choice.Chosen, len(stands))
	for id, s := range stands {
		p, known := providers[s.Provider]
		if !known || p.Variant == "" || p.Paused || s.State != DraftChosen || s.Paid || s.Party != "" && s.Party != tx.Who().Party {
			continue
		}
		all[string(id)] = choice.Chosen{Service: s.priced(p), Variant: p.Variant, Wants: s.Wants()}
	}
	return all, nil
}

// priced says what a draft costs, line by line.
func (s Stand) priced(p Provider) pricing.Service {
	c := pricing.Service{Label: s.label(p), Price: p.money(s.Sum)}
	for _, l := range s.Lines {
		c.Reasons = append(c.Reasons, pricing.Reason{Code: pricing.ServicePart, Params: pricing.Params{Name: p.LineName(l.Service), Amount: p.money(l.Sum)}})
	}
	return c
}

// label says for which account a draft is.
func (s Stand) label(p Provider) text.Localized {
	label := text.Localized{}
	for lang, word := range p.numbered() {
		label[lang] = word + ": " + s.Number
		if s.Address != "" {
			label[lang] += ", " + s.Address
		}
	}
	return label
}

// numbered is how the numbers of a provider are called.
func (p Provider) numbered() text.Localized {
	if !p.Numbered.IsEmpty() {
		return p.Numbered
	}
	return text.Localized{"kk": "Дербес шот", "ru": "Лицевой счёт", "en": "Account", "zh": "缴费账户"}
}

// NumberName is how the numbers of a provider are called in a language.
func (p Provider) NumberName(lang string) string { return p.numbered().In(lang) }

// ownLines are the names of lines that are not of a service.
var ownLines = map[string]text.Localized{
	Arrears: {"kk": "Бұрынғы берешек", "ru": "Прежняя задолженность", "en": "Owed from before", "zh": "往期欠费"},
	Advance: {"kk": "Алдын ала төлем", "ru": "Аванс", "en": "In advance", "zh": "预付款"},
	ToldSum: {"kk": "Төленетін сома", "ru": "К оплате", "en": "To pay", "zh": "应付金额"},
}

// LineName is what a line is called.
func (p Provider) LineName(code string) text.Localized {
	if name, own := ownLines[code]; own {
		return name
	}
	s, _ := p.Service(code)
	return s.Name
}

// Placed says that a draft was ordered.
func (Way) Placed(tx *db.Tx, s choice.Sale) error { return Place(tx, DraftID(s.Ref), s.Order, s.Line) }

// Frees says that a bill which is paid is held no more: what is left of it is another claim.
func (Way) Frees() {}

// Paid takes the money for the account. Nothing is left to be done then, but for a provider that has to be told.
func (Way) Paid(tx *db.Tx, ref string) (bool, error) {
	pay, err := Settle(tx, DraftID(ref))
	return pay.Told == StateHere, err
}

// Ended says that the order of a draft was cancelled.
func (Way) Ended(tx *db.Tx, ref string) error { return End(tx, DraftID(ref)) }

// Sell puts payments for a provider on sale, in a category, as a service that is exempt from tax: what is passed on was taxed by
// who rendered it. Twice is once.
func Sell(tx *db.Tx, p Provider, in catalog.CategoryID) (Provider, error) {
	if p.Variant != "" {
		return p, nil
	}
	name := text.Localized{}
	for lang, own := range p.Name {
		name[lang] = bills.In(lang) + ": " + own
	}
	made, err := catalog.Add(tx, catalog.Draft{
		Seller: p.Seller, Category: in, Name: name, State: catalog.StateOnSale, TaxClass: tax.Exempt,
		Kind: catalog.Kind{Service: &catalog.Service{Way: WayName}}, Variants: []catalog.Variant{{SKU: "BILL-" + p.Code}},
	})
	if err != nil {
		return p, err
	}
	p.Variant = made.Variants[0].ID
	return Revise(tx, p)
}

var bills = text.Localized{"kk": "Қызмет ақысы", "ru": "Оплата услуг", "en": "Bills", "zh": "缴费"}

// Some gives providers by id, in one statement.
func Some(tx *db.Tx, ids []ProviderID) (map[ProviderID]Provider, error) {
	rows, err := utilitydb.New(tx).SomeProviders(tx.Context(), db.In(ids))
	all := make(map[ProviderID]Provider, len(rows))
	for _, r := range rows {
		p, e := providerOf(r, nil)
		all[p.ID], err = p, errors.Join(err, e)
	}
	return all, err
}
