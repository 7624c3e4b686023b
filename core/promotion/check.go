package promotion

import (
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
)

// checker notes what is wrong with a promotion, by field.
type checker struct{ fields []fault.Field }

func (c *checker) when(bad bool, pointer string, said fault.Sentence) {
	if bad {
		c.fields = append(c.fields, said.At(pointer))
	}
}

// cleaned gives a promotion as it is stored, with the fields of its kind only, or ErrInvalid with all that is wrong.
func (p Promotion) cleaned() (Promotion, error) {
	c := &checker{}
	name, err := p.Name.Cleaned()
	c.when(err != nil || name.CheckFilled(NameMax) != nil, "/name", fault.Say("Write what buyers read about it, in at least one language."))
	p.Name = name
	c.when(p.Currency.Check() != nil, "/currency", fault.Say("Name the currency by its three letters, for example KZT."))
	c.when(p.Days.Check() != nil, "/days/to", fault.Say("Choose an end after the start."))
	c.when(p.Priority < 0 || p.Priority > PriorityMax, "/priority", between(0, PriorityMax))
	p.Goods = p.Goods.cleaned(c)
	c.when(p.Needs.Units < 0 || p.Needs.Units > countMax, "/needs/units", between(0, countMax))
	c.when(p.Needs.Sum < 0 || p.Needs.Sum > amountMax, "/needs/sum", fault.Say("Write an amount that is not below zero."))
	p.Effect = p.Effect.cleaned(c, p.Currency)
	p.Coupons = p.Coupons.cleaned(c)
	return p, ErrInvalid.Fields(c.fields...)
}

func between(least, most int64) fault.Sentence {
	return fault.Say("Give a whole number from {least} to {most}.").With("least", least).With("most", most)
}

func (g Goods) cleaned(c *checker) Goods {
	var brands []string
	for i, b := range g.Brands {
		b, err := text.Clean(b)
		c.when(err != nil || text.Limit(b, NameMax) != nil, "/goods/brands/"+strconv.Itoa(i), fault.Say("Use at most {n} characters.").With("n", NameMax))
		if b != "" {
			brands = append(brands, b)
		}
	}
	g.Brands = distinct(brands)
	g.Categories, g.Collections, g.Products = distinct(g.Categories), distinct(g.Collections), distinct(g.Products)
	most := max(len(g.Brands), len(g.Categories), len(g.Collections), len(g.Products))
	c.when(most > ListMax, "/goods/products", fault.Say("Name at most {most} of a kind.").With("most", ListMax))
	return g
}

// distinct gives each entry once, in their order, and nothing for an empty list.
func distinct[T ~string](all []T) []T {
	var kept []T
	for _, x := range all {
		if x != "" && !slices.Contains(kept, x) {
			kept = append(kept, x)
		}
	}
	return kept
}

func (e Effect) cleaned(c *checker, currency money.Currency) Effect {
	kept := Effect{Kind: e.Kind}
	step := usual(currency)
	amount := func(least int64) {
		kept.Amount = e.Amount
		c.when(e.Amount < least || e.Amount > amountMax || e.Amount%step != 0, "/effect/amount", fault.Say("Write an amount above zero, in the smallest unit that people pay by."))
	}
	switch e.Kind {
	case PercentOff:
		kept.Rate, kept.Cap = e.Rate, e.Cap
		c.when(e.Rate <= 0 || e.Rate > money.One, "/effect/rate", fault.Say("Write a share above 0 and at most 100 per cent."))
		c.when(e.Cap < 0 || e.Cap > amountMax || e.Cap%step != 0, "/effect/cap", fault.Say("Write an amount that is not below zero."))
	case AmountOff, OrderOff:
		amount(1)
	case SetFree, SetPrice:
		kept.Size = e.Size
		c.when(e.Size < 2 || e.Size > SizeMax, "/effect/size", between(2, SizeMax))
		if e.Kind == SetPrice {
			amount(1)
			break
		}
		kept.Free = e.Free
		c.when(e.Free < 1 || e.Free >= max(e.Size, 2), "/effect/free", between(1, max(e.Size-1, 1)))
	case DeliveryOff:
		amount(0)
	default:
		c.when(true, "/effect/kind", fault.Say("Choose what the promotion does."))
	}
	return kept
}

func (k Coupons) cleaned(c *checker) Coupons {
	var codes []string
	seen := map[string]bool{}
	for i, code := range k.Codes {
		code, err := text.Clean(code)
		folded := Fold(code)
		if err == nil && strings.TrimSpace(code) == "" {
			continue
		}
		c.when(err != nil || len(folded) < 3 || text.Limit(code, CodeMax) != nil, "/coupons/codes/"+strconv.Itoa(i), fault.Say("Write codes of 3 to {n} letters and digits.").With("n", CodeMax))
		if !seen[folded] {
			seen[folded] = true
			codes = append(codes, code)
		}
	}
	k.Codes = codes
	c.when(len(codes) > CodesMax, "/coupons/codes", fault.Say("Name at most {most} of a kind.").With("most", CodesMax))
	c.when(k.Most < 0 || k.Most > countMax, "/coupons/most", between(0, countMax))
	c.when(k.Each < 0 || k.Each > countMax, "/coupons/each", between(0, countMax))
	if len(codes) == 0 {
		k.Most, k.Each = 0, 0
	}
	return k
}
