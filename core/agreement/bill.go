package agreement

import (
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/pricing"
)

// Trial is how an agreement begins: so many days for so little.
type Trial struct {
	Days  int         `json:"days"`
	Price money.Money `json:"price"` // Price is that of one unit.
}

// Terms are what a line of a basket costs by an agreement.
type Terms struct {
	Ref      string // Ref is what the line calls it.
	Quantity measure.Quantity
	Price    money.Money // Price is what one unit costs at the most by the list; without a currency the list counts.
	Share    money.Rate
	Trial    money.Money // Trial is what one unit costs in the first period; without a currency as any other.
	Credit   money.Money
}

// The codes of what an agreement takes off.
const (
	ReasonPromised = "agreement.promised"
	ReasonShare    = "agreement.share"
	ReasonTrial    = "agreement.trial"
	ReasonCredit   = "agreement.credit"
)

// words are what a buyer reads of each.
var words = map[string]text.Localized{
	ReasonPromised: {"kk": "Жазылымда уәде етілген баға", "ru": "Обещанная по подписке цена", "en": "The price that was promised with the subscription", "zh": "订阅承诺价"},
	ReasonShare:    {"kk": "Жазылым жеңілдігі", "ru": "Скидка по подписке", "en": "Subscription discount", "zh": "订阅折扣"},
	ReasonTrial:    {"kk": "Сынақ мерзімі", "ru": "Пробный период", "en": "Trial period", "zh": "试用期"},
	ReasonCredit:   {"kk": "Жазылым өзгергенде қалған сома", "ru": "Остаток после изменения подписки", "en": "What was left when the subscription changed", "zh": "变更订阅后的余额"},
}

// Off is what an agreement takes off a sum by the list: what is above the promised price, then its share, then what a trial
// costs less, then its credit. Together they take no more than there is.
func (t Terms) Off(sum money.Money) ([]pricing.Adjustment, error) {
	left := sum.Minor
	var all []pricing.Adjustment
	take := func(code string, minor int64) {
		if minor = min(minor, left); minor > 0 {
			left -= minor
			all = append(all, pricing.Adjustment{
				Amount: money.Of(minor, sum.Currency), Reason: pricing.Reason{Code: code, Params: pricing.Params{Name: words[code]}},
			})
		}
	}
	if t.Price.Currency == sum.Currency {
		most, err := measure.Price(t.Price, t.Quantity, money.HalfUp)
		if err != nil {
			return nil, err
		}
		take(ReasonPromised, left-most.Minor)
	}
	take(ReasonShare, t.Share.Of(money.Of(left, sum.Currency), money.HalfUp).Minor)
	if t.Trial.Currency == sum.Currency {
		most, err := measure.Price(t.Trial, t.Quantity, money.HalfUp)
		if err != nil {
			return nil, err
		}
		take(ReasonTrial, left-most.Minor)
	}
	if t.Credit.Currency == sum.Currency {
		take(ReasonCredit, t.Credit.Minor)
	}
	return all, nil
}

// Pays is what is left of a sum by the list.
func (t Terms) Pays(sum money.Money) (money.Money, error) {
	off, err := t.Off(sum)
	for _, a := range off {
		sum.Minor -= a.Amount.Minor
	}
	return sum, err
}

// Rest is what is left of what was paid for a period, on one of its days: each day costs the same, and what cannot be shared
// out is with the first days, a tiyn each. Before the period all of it is left, after it nothing.
func Rest(paid money.Money, period span.Days, day span.Day) money.Money {
	total := int64(period.Len())
	if total == 0 || paid.Minor <= 0 {
		return money.Of(0, paid.Currency)
	}
	used := min(max(int64(period.From.DaysUntil(day)), 0), total)
	return money.Of(paid.Minor-(paid.Minor/total*used+min(used, paid.Minor%total)), paid.Currency)
}
