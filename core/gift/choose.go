package gift

import (
	"encoding/json"
	netmail "net/mail"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/gift/giftdb"
	"sauda/core/pricing"
	"sauda/core/tax"
	"sauda/gear/db"
)

// Wish is a certificate as its buyer wants it.
type Wish struct {
	Variant  catalog.VariantID // Variant is sold as a certificate; what it costs is what the certificate is worth.
	Currency money.Currency
	To       Present
	Day      span.Day // Day is when the letter goes; zero is as soon as it is paid.
	Lang     string
}

// Choose writes down a certificate that somebody wants to buy, to be put into a basket. It acts each time that it is called.
func Choose(tx *db.Tx, w Wish) (Certificate, error) {
	c := Certificate{
		ID: ID(tx.Mint("gft")), Variant: w.Variant, Party: tx.Who().Party, To: w.To, Day: w.Day, Lang: w.Lang, Made: tx.Now(),
	}
	if c.Day.IsZero() {
		c.Day = Today(tx)
	}
	if err := c.check(Today(tx)); err != nil {
		return Certificate{}, err
	}
	offers, err := catalog.Offers(tx, []catalog.VariantID{w.Variant})
	if err != nil {
		return Certificate{}, err
	}
	o, known := offers[w.Variant]
	if !known || !o.ForSale() || !Is(o.Kind) || o.TaxClass != tax.Exempt {
		return Certificate{}, ErrNotSold.About("%.60s", string(w.Variant))
	}
	prices, err := pricing.For(tx, []catalog.VariantID{w.Variant}, "", w.Currency, Today(tx))
	if err != nil {
		return Certificate{}, err
	}
	step, priced := prices.Unit(w.Variant, o.Seller, measure.One)
	if !priced || !step.Amount.IsPositive() {
		return Certificate{}, ErrNotSold.About("%s has no price in %s", w.Variant, w.Currency)
	}
	c.Seller, c.Face, c.Left, c.Lost = o.Seller, step.Amount, money.Of(0, w.Currency), money.Of(0, w.Currency)
	body, err := json.Marshal(c.To)
	if err != nil {
		return Certificate{}, err
	}
	return c, giftdb.New(tx).AddGift(tx.Context(), giftdb.AddGiftParams{
		ID: string(c.ID), Seller: string(c.Seller), Variant: string(c.Variant), Currency: string(c.Face.Currency), Face: c.Face.Minor,
		Party: c.Party, Lang: c.Lang, Body: string(body), SendDay: c.Day.String(), MadeAt: span.Micros(c.Made),
	})
}

// check cleans what its buyer wrote and says what is wrong with it.
func (c *Certificate) check(today span.Day) error {
	var wrong []fault.Field
	for _, f := range []struct {
		at   string
		said *string
		most int
	}{{"/to/name", &c.To.Name, nameMax}, {"/to/from", &c.To.From, nameMax}, {"/to/words", &c.To.Words, wordsMax}} {
		cleaned, err := text.Clean(*f.said)
		if err != nil || utf8.RuneCountInString(cleaned) > f.most {
			wrong = append(wrong, fault.Say("Use at most {n} characters.").With("n", f.most).At(f.at))
		}
		*f.said = cleaned
	}
	if c.To.Name == "" {
		wrong = append(wrong, fault.Say("Write the name.").At("/to/name"))
	}
	address, err := netmail.ParseAddress(c.To.Email)
	if err != nil || address.Address != c.To.Email || len(c.To.Email) > 254 { // RFC 5321 §4.5.3.1.3
		wrong = append(wrong, fault.Say("Write the mail address as name@example.kz.").At("/to/email"))
	}
	if c.Day.Before(today) || today.AddDays(aheadMax).Before(c.Day) {
		wrong = append(wrong, fault.Say("Choose a day from today on, at most a year ahead.").At("/day"))
	}
	if len(wrong) > 0 {
		return ErrInvalid.Fields(wrong...)
	}
	return nil
}
