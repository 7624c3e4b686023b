package course

import (
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/choice"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// Way sells places and payments of plans in the basket of all goods.
type Way struct{}

// Name is what the products of courses say.
func (Way) Name() string { return WayName }

// WayName is what catalog.Service.Way says of a product that is a course.
const WayName = "course"

// Chosen gives what can be ordered of some references by whoever asks, in at most four statements.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	choices, err := Choices(tx, refs)
	if err != nil {
		return nil, err
	}
	all := make(map[string]choice.Chosen, len(choices))
	for ref, c := range choices {
		all[ref] = choice.Chosen{
			Service: pricing.Service{Label: c.Label(), Price: c.Price, Reasons: c.Reasons()},
			Variant: c.Course.Variant, Wants: c.Wants, Until: c.Until,
		}
	}
	return all, nil
}

// Placed writes down that something is ordered.
func (Way) Placed(tx *db.Tx, s choice.Sale) error {
	return Place(tx, Sold{Ref: s.Ref, Order: s.Order, Line: s.Line, Owner: s.Owner})
}

// Paid begins the studies. Nothing is left for the order to bring: who leaves later is settled with by the lessons that were held.
func (Way) Paid(tx *db.Tx, ref string) (done bool, err error) { return true, Begin(tx, ref) }

// Ended gives a place up.
func (Way) Ended(tx *db.Tx, ref string) error { return End(tx, ref) }

// Label says in words what was chosen: the days of the group and the student, or which payment it is.
func (c Choice) Label() text.Localized {
	if c.Due.ID != "" {
		n, who := strconv.Itoa(c.Due.Position), " · "+c.Enrolment.Student
		return text.Localized{"kk": n + "-төлем" + who, "ru": "Платёж № " + n + who, "en": "Payment " + n + who, "zh": "第 " + n + " 期付款" + who}
	}
	said := printed(c.Cohort.Days.From) + "–" + printed(c.Cohort.Last()) + " · " + c.Enrolment.Student
	return text.Localized{"kk": said, "ru": said, "en": said, "zh": said}
}

// printed writes a day as Kazakhstan does: day.month.year.
func printed(d span.Day) string {
	parts := strings.Split(d.String(), "-")
	return parts[2] + "." + parts[1] + "." + parts[0]
}

var (
	wordsPrice = text.Localized{"kk": "Топтағы оқу ақысы", "ru": "Обучение в группе", "en": "Tuition in the group", "zh": "小组学费"}
	wordsShare = text.Localized{"kk": "Шәкіртақы", "ru": "Стипендия", "en": "Scholarship", "zh": "奖学金"}
	wordsLater = text.Localized{"kk": "Кейін, төлем кестесі бойынша", "ru": "Позже, по графику", "en": "Later, by the plan", "zh": "按分期计划稍后支付"}
)

// Reasons say why it costs what it does, part by part.
func (c Choice) Reasons() []pricing.Reason {
	part := func(name text.Localized, minor int64) pricing.Reason {
		return pricing.Reason{Code: pricing.ServicePart, Params: pricing.Params{Name: name, Amount: money.Of(minor, c.Price.Currency)}}
	}
	if c.Due.ID != "" {
		return []pricing.Reason{part(c.Label(), c.Price.Minor)}
	}
	full := c.Enrolment.Price.Minor
	var all []pricing.Reason
	if c.Enrolment.Share > 0 {
		before := c.Enrolment.Full
		all = append(all, part(wordsPrice, before.Minor), part(wordsShare, full-before.Minor))
	} else {
		all = append(all, part(wordsPrice, full))
	}
	if c.Price.Minor != full {
		all = append(all, part(wordsLater, c.Price.Minor-full))
	}
	return all
}
