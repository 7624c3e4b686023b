package analysis

import (
	"strings"
	"unicode/utf8"
)

// unit is a unit of measure: the smallest one of its kind, and how many of those it is.
type unit struct {
	base   string
	factor int64
}

// unitNames are how units are written. Each line is the base, the factor, and its spellings without endings of case and
// number, which are taken off before a word is looked up here. Storage is counted by thousands, as makers print it; an
// inch is not made into millimetres, because it is a class of screens and pipes rather than a length.
const unitNames = `
ml 1 мл ml миллилитр milliliter millilitre 毫升
ml 10 cl сл
ml 1000 л l lt ltr литр liter litre 升
mg 1 мг mg миллиграмм milligram
mg 1000 г гр g gr грамм gram 克
mg 1000000 кг kg кило килограмм kilogram 公斤 千克
mg 1000000000 тонна tonne ton 吨
mm 1 мм mm миллиметр millimeter millimetre 毫米
mm 10 см cm сантиметр centimeter centimetre 厘米
mm 1000 м m метр meter metre 米
mm 1000000 км km километр kilometer kilometre 公里
m2 1 м2 m2 квм sqm
m3 1 м3 m3
in 1 " ″ ” in inch дюйм 英寸 寸
mb 1 мб mb мегабайт megabyte
mb 1000 гб gb гигабайт gigabyte
mb 1000000 тб tb терабайт terabyte
w 1 вт w ватт watt 瓦
w 1000 квт kw киловатт kilowatt 千瓦
v 1 в v вольт volt 伏
mah 1 мач mah 毫安
mah 1000 ач ah
hz 1 гц hz герц hertz 赫兹
hz 1000 кгц khz
hz 1000000 мгц mhz мегагерц
hz 1000000000 ггц ghz гигагерц
mp 1 мп мпикс mp мегапиксель megapixel 万像素
pc 1 шт штука дана pc pcs piece 个 件
min 1 мин min минута минут minute 分钟
min 60 ч час сағат hour 小时
% 1 %
deg 1 ° градус
`

var units = func() map[string]unit {
	all := map[string]unit{}
	for _, line := range strings.Split(strings.TrimSpace(unitNames), "\n") {
		fields := strings.Fields(line)
		var factor int64
		for _, d := range fields[1] {
			factor = factor*10 + int64(d-'0')
		}
		for _, name := range fields[2:] {
			all[name] = unit{fields[0], factor}
			switch n := natureOf(name); { // The stem that all forms share.
			case n == cyrillic && len(name) > 6:
				all[russianStem(name)] = unit{fields[0], factor}
			case n == latin && len(name) > 3:
				all[englishStem(name)] = unit{fields[0], factor}
			}
		}
	}
	return all
}()

// adjectives are what Kazakh and Russian make of a unit: литрлік, дюймдық, литровый.
var adjectives = []string{"лық", "лік", "дық", "дік", "тық", "тік", "овый", "овая", "овое", "овые", "ный", "ная"}

// unitOf finds a unit by a word, in any of its forms.
func unitOf(word string) (unit, bool) {
	if u, ok := units[word]; ok {
		return u, true
	}
	if first, _ := utf8.DecodeRuneInString(word); isHan(first) { // The words behind are not parted from it.
		for n := 3; n > 0; n-- {
			if u, ok := units[cutRunes(word, n)]; ok {
				return u, true
			}
		}
	}
	if len(word) < 5 {
		return unit{}, false
	}
	switch natureOf(word) {
	case cyrillic:
		for _, a := range adjectives {
			if u, ok := units[strings.TrimSuffix(word, a)]; ok {
				return u, true
			}
		}
		for _, stem := range [...]string{russianStem(word), KazakhStem(word)} {
			if u, ok := units[stem]; ok {
				return u, true
			}
		}
	case latin:
		if u, ok := units[englishStem(word)]; ok {
			return u, true
		}
		if u, ok := units[strings.TrimSuffix(word, "es")]; ok { // Inches.
			return u, true
		}
	}
	return unit{}, false
}

const numberDigitsMax = 9 // Digits of a number that is taken for a quantity.

// quantity gives the term of a number in a unit: the number of the smallest units, written out, so that 1.5 л and
// 1500 ml are one term. It is exact. It gives "" for what is no number, or too long a one.
func quantity(digits string, u unit) string {
	var n int64
	length, fraction, point := 0, 0, false
	for _, r := range digits {
		switch {
		case r == '.' && !point:
			point = true
		case r >= '0' && r <= '9':
			n = n*10 + int64(r-'0')
			length++
			if point {
				fraction++
			}
		default:
			return ""
		}
		if length > numberDigitsMax {
			return ""
		}
	}
	if length == 0 {
		return ""
	}
	n *= u.factor // At most 9 digits by at most 10 digits.
	for fraction > 0 && n%10 == 0 {
		n /= 10
		fraction--
	}
	return string(unitMark) + pointed(n, fraction) + u.base
}

// pointed writes n with so many digits behind the point.
func pointed(n int64, fraction int) string {
	var digits []byte
	for i := 0; n > 0 || i <= fraction; i++ {
		if i == fraction && fraction > 0 {
			digits = append(digits, '.')
		}
		digits = append(digits, byte('0'+n%10))
		n /= 10
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits)
}

// split cuts a word of digits and letters behind the digits it begins with.
func split(word string) (digits, rest string) {
	at := strings.IndexFunc(word, func(r rune) bool { return !digit(r) && r != '.' })
	if at < 0 {
		return word, ""
	}
	return strings.TrimSuffix(word[:at], "."), word[at:]
}

// measured gives the term of a number with its unit that begins at a token, and how many tokens it takes: 1 for 2л, 2 for
// 2 л, 0 for none. A number behind what looks like a unit says that it is none: 2 в 1, 3 in 1.
func measured(t, next, afterNext *token) (term string, taken int) {
	switch {
	case t.nature == mixed:
		digits, rest := split(t.text)
		if u, ok := unitOf(rest); ok && digits != "" {
			return quantity(digits, u), 1
		}
	case t.nature == number && next != nil && next.nature != number && next.sep != '×' && next.sep != ',':
		if afterNext != nil && afterNext.nature == number && afterNext.sep == ' ' && (next.text == "в" || next.text == "in") {
			return "", 0
		}
		if u, ok := unitOf(next.text); ok {
			return quantity(t.text, u), 2
		}
	}
	return "", 0
}
