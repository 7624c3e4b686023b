package promotion

import (
	"errors"
	"strings"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/promotion/promotiondb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Claim is a code that a buyer has entered, and what is left of it.
type Claim struct {
	Code      string    // Code is in the form in which codes are compared.
	Promotion Promotion // Promotion has no id when nobody knows the code.
	Left      int64     // Left is how often the code can still be used; only what is bounded is counted.
	Mine      int64     // Mine is how often this buyer still can.
}

// Shown gives the code as its seller wrote it.
func (c Claim) Shown() string {
	for _, code := range c.Promotion.Coupons.Codes {
		if Fold(code) == c.Code {
			return code
		}
	}
	return strings.ToUpper(c.Code)
}

// Check says why a code may not be used on a day, or nothing when it may. Whether the basket is as the promotion asks,
// Set.Fit says.
func (c Claim) Check(day span.Day) error {
	if c.Promotion.ID == "" {
		return ErrNoCode.About("%.60q", c.Code)
	}
	switch c.Promotion.On(day) {
	case PhaseDraft:
		return ErrNoCode.About("%s is a draft", c.Promotion.ID)
	case PhasePlanned:
		return fault.With(ErrNotYet.About("%s", c.Promotion.ID), "from", c.Promotion.Days.From.String())
	case PhasePaused, PhaseOver:
		return ErrOver.About("%s is %s", c.Promotion.ID, c.Promotion.State)
	}
	if k := c.Promotion.Coupons; k.Most > 0 && c.Left <= 0 {
		return ErrUsedUp.About("%s", c.Code)
	} else if k.Each > 0 && c.Mine <= 0 {
		return ErrUsed.About("%s", c.Code)
	}
	return nil
}

// Buyer names somebody to whom uses are counted: a party by its id, a guest by a proof of the address or the number at
// which he is reached, from which nobody without the keys of the house can tell either, by guessing neither. Whoever cannot
// be reached yet is nobody, and where there is no key every guest is.
func Buyer(keys seal.Keys, party, email, phone string) string {
	if party != "" {
		return party
	}
	contact := phone
	if email != "" {
		contact = text.Fold(email)
	}
	if contact == "" || !keys.Ready() {
		return ""
	}
	return "guest-" + keys.Proof("coupon", contact)[:24] // 96 bits, of which no two buyers share all.
}

// codeKey and buyerKey name the pools of a code: of all of its uses, and of those of one buyer.
func codeKey(id ID, code string) string { return "coupon:" + string(id) + "/" + code }

func buyerKey(id ID, code, buyer string) string { return codeKey(id, code) + "/" + buyer }

// Claims looks at codes for a buyer, in the order of the codes and in two statements. What an owner of holds has taken
// already still counts as left for him, in one statement more. Of somebody who is nobody yet no uses are counted.
func Claims(tx *db.Tx, codes []string, buyer, owner string) ([]Claim, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	rows, err := promotiondb.New(tx).Led(tx.Context(), db.In(codes))
	if err != nil {
		return nil, err
	}
	known := make(map[string]Promotion, len(rows))
	var keys []string
	for _, r := range rows {
		p, err := promotionOf(promotiondb.Promotion{ID: r.ID, Seller: r.Seller, State: r.State, Was: r.Was, Version: r.Version, Body: r.Body})
		if err != nil {
			return nil, err
		}
		known[r.Code] = p
		keys = append(keys, codeKey(p.ID, r.Code), buyerKey(p.ID, r.Code, buyer))
	}
	pools, err := hold.Pools(tx, keys)
	if err != nil {
		return nil, err
	}
	claims := make([]Claim, len(codes))
	taken := false
	for i, code := range codes {
		c := Claim{Code: code, Promotion: known[code]}
		c.Left, c.Mine = pools[codeKey(c.Promotion.ID, code)].Left(), c.Promotion.Coupons.Each
		if p, used := pools[buyerKey(c.Promotion.ID, code, buyer)]; used {
			c.Mine -= p.Taken
		}
		k := c.Promotion.Coupons
		claims[i], taken = c, taken || k.Most > 0 && c.Left <= 0 || k.Each > 0 && c.Mine <= 0
	}
	if taken && owner != "" {
		return claims, own(tx, claims, buyer, owner)
	}
	return claims, nil
}

// own adds to what is left what an owner holds himself.
func own(tx *db.Tx, claims []Claim, buyer, owner string) error {
	held, err := hold.Of(tx, owner)
	if err != nil {
		return err
	}
	for _, h := range held {
		for i := range claims {
			c := &claims[i]
			switch {
			case h.State == hold.StateLapsed:
			case h.Key == codeKey(c.Promotion.ID, c.Code):
				c.Left += h.Quantity
			case h.Key == buyerKey(c.Promotion.ID, c.Code, buyer):
				c.Mine += h.Quantity
			}
		}
	}
	return nil
}

// Wants are what has to be held so that these claims can be used by a buyer, once each. It opens the pools of the buyer's
// uses in two statements, where they are bounded. Hold them together with the goods.
func Wants(tx *db.Tx, claims []Claim, buyer string) ([]hold.Want, error) {
	var wants []hold.Want
	var levels []hold.Level
	for _, c := range claims {
		if c.Promotion.Coupons.Most > 0 {
			wants = append(wants, hold.Want{Key: codeKey(c.Promotion.ID, c.Code), Quantity: 1})
		}
		if each := c.Promotion.Coupons.Each; each > 0 {
			if buyer == "" {
				return nil, ErrUsed.About("%s by nobody", c.Code)
			}
			key := buyerKey(c.Promotion.ID, c.Code, buyer)
			wants = append(wants, hold.Want{Key: key, Quantity: 1})
			levels = append(levels, hold.Level{Key: key, Subject: string(c.Promotion.ID), Capacity: each})
		}
	}
	if len(levels) == 0 {
		return wants, nil
	}
	if _, err := hold.SetMany(tx, levels); errors.Is(err, hold.ErrPromised) {
		return nil, ErrUsed.About("%w", err)
	} else if err != nil {
		return nil, err
	}
	return wants, nil
}

// Gone tells a hold that found a use gone from one that found goods sold out: of a use it gives ErrUsedUp or ErrUsed.
func Gone(err error) error {
	key, ok := fault.ParamsOf(err)["key"].(string)
	if !errors.Is(err, hold.ErrSoldOut) || !ok || !IsUse(key) {
		return err
	}
	if strings.Count(key, "/") > 1 {
		return ErrUsed.About("%s", key)
	}
	return ErrUsedUp.About("%s", key)
}

// IsUse says whether a key of hold is that of the uses of a code.
func IsUse(key string) bool { return strings.HasPrefix(key, "coupon:") }
