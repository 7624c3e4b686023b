package booking

import (
	"strconv"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/pricing"
)

// clockWords writes the time that a clock shows.
func clockWords(at time.Time, zone string) string { return at.In(location(zone)).Format("15:04") }

// whenWords says when a booking is.
func whenWords(p Plan, j judged, lang string) string {
	if p.Form == FormNights {
		return j.First.In(lang) + " – " + j.Last.In(lang)
	}
	return j.First.In(lang) + ", " + clockWords(j.Starts, p.Zone)
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
	PartStay:      {"kk": "{name}{nights}саны: {count}{change}", "ru": "{name}{nights}количество: {count}{change}", "en": "{name}{nights}number: {count}{change}", "zh": "{name}{nights}数量：{count}{change}"},
	PartExtra:     {"kk": "Қосымша орын, {nights}адам саны: {count}", "ru": "Дополнительные места, {nights}человек: {count}", "en": "Further people, {nights}number: {count}", "zh": "加床，{nights}人数：{count}"},
	PartChild:     {"kk": "Балалар: {count}, ересек бағасынан үлесі {share}", "ru": "Дети: {count}, доля взрослой цены {share}", "en": "Children: {count}, at {share} of an adult’s price", "zh": "儿童：{count}，为成人价的 {share}"},
	PartLength:    {"kk": "Ұзақ тұру (кемі {days} түн){change}", "ru": "Длительное проживание (от {days} ночей){change}", "en": "A long stay (from {days} nights){change}", "zh": "长住（至少 {days} 晚）{change}"},
	PartLead:      {"kk": "Брондау мерзіміне қарай{change}", "ru": "За срок бронирования{change}", "en": "For the time of booking{change}", "zh": "按预订时间{change}"},
	PartTax:       {"kk": "{name}, {nights}адам саны: {count}", "ru": "{name}, {nights}человек: {count}", "en": "{name}, {nights}people: {count}", "zh": "{name}，{nights}人数：{count}"},
	PartInsurance: {"kk": "{name}, {nights}адам саны: {count}", "ru": "{name}, {nights}человек: {count}", "en": "{name}, {nights}people: {count}", "zh": "{name}，{nights}人数：{count}"},
	PartFee:       {"kk": "Брондауды өзгерту", "ru": "Изменение бронирования", "en": "A change of the booking", "zh": "更改预订"},
	PartOff:       {"kk": "Жеңілдік", "ru": "Скидка", "en": "Discount", "zh": "优惠"},
	PartPaid:      {"kk": "Бұрын төленгені", "ru": "Оплачено раньше", "en": "Paid before", "zh": "先前已付"},
}

// nightWords count the nights of a stay within a sentence.
var nightWords = text.Localized{"kk": "түн: {days}, ", "ru": "ночей: {days}, ", "en": "nights: {days}, ", "zh": "晚数：{days}，"}

// Text says what a part of a price is for, without its amount.
func (p Part) Text(lang string) string {
	name := p.Name.In(lang)
	if p.Code == PartStay && name != "" {
		name += ", "
	}
	nights := ""
	if p.Days > 0 {
		nights = strings.Replace(nightWords.In(lang), "{days}", strconv.Itoa(p.Days), 1)
	}
	change := ""
	if p.Change != 0 {
		change = ", " + percents(p.Change, lang)
	}
	return strings.NewReplacer("{name}", name, "{nights}", nights, "{days}", strconv.Itoa(p.Days), "{count}", strconv.Itoa(p.Count),
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
