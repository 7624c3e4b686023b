package gift

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/gift/giftdb"
	"sauda/core/hold"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// WayName is what a product says that is a gift certificate.
const WayName = "gift"

// Is says whether goods of a kind are gift certificates: no promotion takes anything off money.
func Is(k catalog.Kind) bool { return k.Service != nil && k.Service.Way == WayName }

// Way sells gift certificates in the basket of all goods.
type Way struct{}

var _ choice.Way = Way{}

// Name is WayName.
func (Way) Name() string { return WayName }

// Chosen gives the certificates that can be ordered by whoever asks, in two statements.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	ids := make([]ID, len(refs))
	for i, r := range refs {
		ids[i] = ID(r)
	}
	some, err := Some(tx, ids)
	if err != nil {
		return nil, err
	}
	all := make(map[string]choice.Chosen, len(some))
	for _, c := range some {
		if c.Order != "" || c.Party != "" && c.Party != tx.Who().Party {
			continue
		}
		if late := Today(tx); c.Day.Before(late) { // It lay in the basket: it goes as soon as it is paid.
			c.Day = late
		}
		all[string(c.ID)] = choice.Chosen{
			Service: pricing.Service{Label: c.label(), Price: c.Face, Reasons: []pricing.Reason{
				{Code: pricing.ServicePart, Params: pricing.Params{Name: face, Amount: c.Face}},
			}},
			Variant: c.Variant,
		}
	}
	return all, nil
}

var (
	face     = text.Localized{"kk": "Сертификат құны", "ru": "Номинал сертификата", "en": "Worth of the certificate", "zh": "礼品卡面值"}
	labelled = text.Localized{"kk": "Алушы", "ru": "Получатель", "en": "For", "zh": "收礼人"}
)

// label says for whom it is.
func (c Certificate) label() text.Localized {
	label := text.Localized{}
	for lang, word := range labelled {
		label[lang] = word + ": " + c.To.Name + " · " + c.Day.In(lang)
	}
	return label
}

// Placed says that a certificate was ordered.
func (Way) Placed(tx *db.Tx, s choice.Sale) error {
	rows, err := giftdb.New(tx).Place(tx.Context(), giftdb.PlaceParams{ID: s.Ref, OrderRef: s.Order, Line: s.Line, Party: s.Party, Lang: s.Lang})
	if err == nil && rows == 0 {
		err = choice.ErrUnknown.About("%s was ordered already", s.Ref)
	}
	return err
}

// Paid makes a certificate good, for three years. Nothing is left to be done then: the letter is a reaction to Issued. Twice is
// the same as once, and one that was taken back stays so.
func (Way) Paid(tx *db.Tx, ref string) (bool, error) {
	c, err := Get(tx, ID(ref))
	if err != nil {
		return false, err
	}
	rows, err := giftdb.New(tx).Pay(tx.Context(), giftdb.PayParams{ID: ref, At: span.Micros(tx.Now()), UntilDay: goodUntil(Today(tx)).String()})
	if err != nil || rows == 0 {
		return true, err
	}
	if err := grow(tx, c.ID, c.Face); err != nil {
		return false, err
	}
	return true, tx.Emit(Issued{Gift: c.ID, Order: c.Order})
}

// Ended has nothing to do: takeback has recalled the certificate before it gave its money back.
func (Way) Ended(*db.Tx, string) error { return nil }

// goodUntil is the last day on which a certificate is good that is paid today.
func goodUntil(today span.Day) span.Day {
	year, month, day := today.Date()
	until, err := span.Date(year+goodYears, month, day)
	if err != nil { // The 29th of February has no anniversary then.
		return today.AddDays(goodYears * 365)
	}
	return until
}

// Key is the pool in core/hold that says how much of a certificate can be spent.
func Key(id ID) string { return keyOf + string(id) }

const (
	keyOf   = "gift:"
	subject = "gifts" // subject is of all certificates: nobody waits to hear how much is left of one.
)

func grow(tx *db.Tx, id ID, by money.Money) error {
	_, err := hold.Resize(tx, Key(id), subject, by.Minor)
	return err
}

// Issued says that a certificate is paid.
type Issued struct {
	Gift  ID     `json:"gift"`
	Order string `json:"order"`
}

// Fact names the fact.
func (Issued) Fact() string { return "gift.issued" }

// Key keeps the facts of one certificate in their order.
func (e Issued) Key() string { return string(e.Gift) }

// LetterWanted says that the letter of a certificate shall be sent once more.
type LetterWanted struct {
	Gift ID `json:"gift"`
}

// Fact names the fact.
func (LetterWanted) Fact() string { return "gift.letter_wanted" }

// Key keeps the facts of one certificate in their order.
func (e LetterWanted) Key() string { return string(e.Gift) }
