package measure

import (
	"cmp"
	"slices"
	"strings"

	"sauda/base/fault"
)

// Unit is a unit of measure by its code of UN/ECE Recommendation 20 (SET is one of its common codes too).
type Unit string

// The units in which goods and services are sold.
const (
	Piece       Unit = "C62" // Piece is "one", the unit of things that are counted.
	Pair        Unit = "PR"
	Set         Unit = "SET"
	Pack        Unit = "PK"
	Gram        Unit = "GRM"
	Kilogram    Unit = "KGM"
	Tonne       Unit = "TNE"
	Millilitre  Unit = "MLT"
	Litre       Unit = "LTR"
	CubicMetre  Unit = "MTQ"
	Millimetre  Unit = "MMT"
	Centimetre  Unit = "CMT"
	Metre       Unit = "MTR"
	Kilometre   Unit = "KMT"
	SquareMetre Unit = "MTK"
	Minute      Unit = "MIN"
	Hour        Unit = "HUR"
	Day         Unit = "DAY"
	Week        Unit = "WEE"
	Month       Unit = "MON"
	Year        Unit = "ANN"
	KilowattH   Unit = "KWH" // KilowattH is a kilowatt hour.
	Gigacalorie Unit = "GC1" // Gigacalorie is not in the recommendation; heat is billed by it.
	Service     Unit = "E48" // Service is one rendering of a service.
)

// unit is what is known of a Unit: the smallest quantity that can be sold, its sign and its name in a sentence.
type unit struct {
	step           Quantity
	sign, signEn   string
	kk, ru, en, zh string
}

// Steps of quantities.
const (
	whole      = One
	half       = One / 2
	hundredth  = One / 100
	thousandth = One / 1000
)

var units = map[Unit]unit{
	Piece:       {whole, "дана", "pc", "дана", "штука", "piece", "件"},
	Pair:        {whole, "жұп", "pr", "жұп", "пара", "pair", "双"},
	Set:         {whole, "жинақ", "set", "жинақ", "комплект", "set", "套"},
	Pack:        {whole, "қаптама", "pack", "қаптама", "упаковка", "pack", "包"},
	Gram:        {whole, "г", "g", "грамм", "грамм", "gram", "克"},
	Kilogram:    {thousandth, "кг", "kg", "килограмм", "килограмм", "kilogram", "千克"},
	Tonne:       {thousandth, "т", "t", "тонна", "тонна", "tonne", "吨"},
	Millilitre:  {whole, "мл", "ml", "миллилитр", "миллилитр", "millilitre", "毫升"},
	Litre:       {thousandth, "л", "l", "литр", "литр", "litre", "升"},
	CubicMetre:  {thousandth, "м³", "m³", "текше метр", "кубический метр", "cubic metre", "立方米"},
	Millimetre:  {whole, "мм", "mm", "миллиметр", "миллиметр", "millimetre", "毫米"},
	Centimetre:  {One / 10, "см", "cm", "сантиметр", "сантиметр", "centimetre", "厘米"},
	Metre:       {hundredth, "м", "m", "метр", "метр", "metre", "米"},
	Kilometre:   {thousandth, "км", "km", "километр", "километр", "kilometre", "千米"},
	SquareMetre: {hundredth, "м²", "m²", "шаршы метр", "квадратный метр", "square metre", "平方米"},
	Minute:      {whole, "мин", "min", "минут", "минута", "minute", "分钟"},
	Hour:        {One / 4, "сағ", "h", "сағат", "час", "hour", "小时"},
	Day:         {half, "күн", "d", "күн", "день", "day", "天"},
	Week:        {whole, "апта", "wk", "апта", "неделя", "week", "周"},
	Month:       {whole, "ай", "mo", "ай", "месяц", "month", "个月"},
	Year:        {whole, "жыл", "yr", "жыл", "год", "year", "年"},
	KilowattH:   {thousandth, "кВт·сағ", "kWh", "киловатт-сағат", "киловатт-час", "kilowatt hour", "千瓦时"},
	Gigacalorie: {1, "Гкал", "Gcal", "гигакалория", "гигакалория", "gigacalorie", "吉卡"},
	Service:     {whole, "қызмет", "service", "қызмет", "услуга", "service", "次服务"},
}

// russian holds the signs that Russian has of its own.
var russian = map[Unit]string{
	Piece: "шт.", Pair: "пара", Set: "компл.", Pack: "упак.", Hour: "ч", Day: "дн.", Week: "нед.", Month: "мес.",
	Year: "г.", KilowattH: "кВт·ч", Service: "усл.",
}

// Valid says whether goods can be sold by this unit.
func (u Unit) Valid() bool {
	_, ok := units[u]
	return ok
}

// Check refuses a code that is no unit here.
func (u Unit) Check() error {
	if !u.Valid() {
		return ErrUnit.About("%.20q", string(u))
	}
	return nil
}

// Step gives the smallest quantity into which the unit is divided: a piece is whole, a kilogram has grams. An unknown
// unit is whole.
func (u Unit) Step() Quantity {
	if known, ok := units[u]; ok {
		return known.step
	}
	return whole
}

// Fits refuses a quantity that is no multiple of the unit's step: half a piece, a tenth of a gram. Zero and quantities
// below zero fit when their steps do; whether they make sense is the caller's to say.
func (u Unit) Fits(q Quantity) error {
	if err := u.Check(); err != nil {
		return err
	}
	if q%u.Step() != 0 {
		err := ErrStep.About("%s of %s", q, string(u))
		return fault.With(fault.With(err, "unit", string(u)), "step", u.Step().String())
	}
	return nil
}

// Name gives the name of one unit in a language, English for a language that is not listed, the code of an unknown unit.
func (u Unit) Name(lang string) string {
	known, ok := units[u]
	if !ok {
		return string(u)
	}
	switch language(lang) {
	case "kk":
		return known.kk
	case "ru":
		return known.ru
	case "zh":
		return known.zh
	}
	return known.en
}

// Sign gives the short form that stands behind a number, in the manner of Name.
func (u Unit) Sign(lang string) string {
	known, ok := units[u]
	if !ok {
		return string(u)
	}
	switch language(lang) {
	case "kk":
		return known.sign
	case "ru":
		if sign := russian[u]; sign != "" {
			return sign
		}
		return known.sign
	case "zh":
		return known.zh
	}
	return known.signEn
}

// Units gives all units, sorted by code.
func Units() []Unit {
	all := make([]Unit, 0, len(units))
	for u := range units {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unit) int { return cmp.Compare(a, b) })
	return all
}

// language gives the language of a BCP 47 tag.
func language(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}
