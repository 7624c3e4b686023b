package booking

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/pricing"
)

// dayWords writes a day as people of a language read it.
func dayWords(lang string, d span.Day) string {
	y, m, n := d.Date()
	switch lang {
	case "kk", "ru":
		return fmt.Sprintf("%02d.%02d.%04d", n, int(m), y)
	case "zh":
		return fmt.Sprintf("%d年%d月%d日", y, int(m), n)
	}
	return fmt.Sprintf("%d %s %d", n, m.String()[:3], y)
}

// clockWords writes the time that a clock shows.
func clockWords(at time.Time, zone string) string { return at.In(location(zone)).Format("15:04") }

// whenWords says when a booking is.
func whenWords(p Plan, j judged, lang string) string {
	if p.Form == FormNights {
		return dayWords(lang, j.First) + " – " + dayWords(lang, j.Last)
	}
	return dayWords(lang, j.First) + ", " + clockWords(j.Starts, p.Zone)
}

// counted are the words for a number of people: the number stands behind the word, so that no ending depends on it.
var counted = map[string][2]string{
	"kk": {"ересек: ", "бала: "}, "ru": {"взрослых: ", "детей: "}, "en": {"adults: ", "children: "}, "zh": {"成人：", "儿童："},
}

func peopleWords(lang string, adults, children int) string {
	w, known := counted[lang]
	if !known {
		w = counted["en"]
	}
	s := w[0] + strconv.Itoa(adults)
	if children > 0 {
		s += ", " + w[1] + strconv.Itoa(children)
	}
	return s
}

// partWords are the sentences of the parts of a price. The marks stand for values in their basic form, so that no Kazakh
// ending depends on a value.
var partWords = map[PartCode]text.Localized{
	PartStay:      {"kk": "{name}күн: {days}, саны: {count}{change}", "ru": "{name}дней: {days}, количество: {count}{change}", "en": "{name}days: {days}, number: {count}{change}", "zh": "{name}天数：{days}，数量：{count}{change}"},
	PartExtra:     {"kk": "Қосымша орын, адам саны: {count}, күн: {days}", "ru": "Дополнительные места, человек: {count}, дней: {days}", "en": "Further people: {count}, days: {days}", "zh": "加床人数：{count}，天数：{days}"},
	PartChild:     {"kk": "Балалар: {count}, ересек бағасынан үлесі {share}", "ru": "Дети: {count}, доля взрослой цены {share}", "en": "Children: {count}, at {share} of an adult’s price", "zh": "儿童：{count}，为成人价的 {share}"},
	PartLength:    {"kk": "Ұзақ тұру (кемі {days} түн){change}", "ru": "Длительное проживание (от {days} ночей){change}", "en": "A long stay (from {days} nights){change}", "zh": "长住（至少 {days} 晚）{change}"},
	PartLead:      {"kk": "Брондау мерзіміне қарай{change}", "ru": "За срок бронирования{change}", "en": "For the time of booking{change}", "zh": "按预订时间{change}"},
	PartTax:       {"kk": "{name}, адам саны: {count}, күн: {days}", "ru": "{name}, человек: {count}, дней: {days}", "en": "{name}, people: {count}, days: {days}", "zh": "{name}，人数：{count}，天数：{days}"},
	PartInsurance: {"kk": "{name}, адам саны: {count}, күн: {days}", "ru": "{name}, человек: {count}, дней: {days}", "en": "{name}, people: {count}, days: {days}", "zh": "{name}，人数：{count}，天数：{days}"},
	PartFee:       {"kk": "Брондауды өзгерту", "ru": "Изменение бронирования", "en": "A change of the booking", "zh": "更改预订"},
	PartOff:       {"kk": "Жеңілдік", "ru": "Скидка", "en": "Discount", "zh": "优惠"},
	PartPaid:      {"kk": "Бұрын төленгені", "ru": "Оплачено раньше", "en": "Paid before", "zh": "先前已付"},
}

// Text says what a part of a price is for, without its amount.
func (p Part) Text(lang string) string {
	name := p.Name.In(lang)
	if p.Code == PartStay && name != "" {
		name += ", "
	}
	change := ""
	if p.Change != 0 {
		change = ", " + percents(p.Change, lang)
	}
	return strings.NewReplacer("{name}", name, "{days}", strconv.Itoa(p.Days), "{count}", strconv.Itoa(p.Count),
		"{change}", change, "{share}", p.Change.Format(lang)).Replace(partWords[p.Code].In(lang))
}

// percents writes a change with its sign.
func percents(change money.Rate, lang string) string {
	if change < 0 {
		return "−" + (-change).Format(lang)
	}
	return "+" + change.Format(lang)
}

// Reasons gives the parts of a price as a quote keeps them: one reason each.
func (p Priced) Reasons() []pricing.Reason { return reasonsOf(p.Parts) }

func reasonsOf(parts []Part) []pricing.Reason {
	all := make([]pricing.Reason, len(parts))
	for i, part := range parts {
		name := make(text.Localized, len(text.Languages))
		for _, lang := range text.Languages {
			name[lang] = part.Text(lang)
		}
		all[i] = pricing.Reason{Code: reasonCode, Params: pricing.Params{Name: name, Amount: part.Amount}}
	}
	return all
}

// reasonCode is pricing.ServicePart: a part of a service costs this, or takes it off.
const reasonCode = "service.part"
