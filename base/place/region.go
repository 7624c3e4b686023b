package place

import (
	"slices"
	"strings"
)

// Region is a region of Kazakhstan by its code in the classifier of territories (KATO), nine digits. Other countries have
// their regions as people write them, in Address.District.
type Region string

// The cities that are regions of their own.
const (
	Astana   Region = "710000000"
	Almaty   Region = "750000000"
	Shymkent Region = "790000000"
)

type regionNames struct {
	region         Region
	kk, ru, en, zh string
}

// regions are the 17 regions and 3 cities, in the order of their codes.
var regions = []regionNames{
	{"100000000", "Абай облысы", "Абайская область", "Abai Region", "阿拜州"},
	{"110000000", "Ақмола облысы", "Акмолинская область", "Akmola Region", "阿克莫拉州"},
	{"150000000", "Ақтөбе облысы", "Актюбинская область", "Aktobe Region", "阿克托别州"},
	{"190000000", "Алматы облысы", "Алматинская область", "Almaty Region", "阿拉木图州"},
	{"230000000", "Атырау облысы", "Атырауская область", "Atyrau Region", "阿特劳州"},
	{"270000000", "Батыс Қазақстан облысы", "Западно-Казахстанская область", "West Kazakhstan Region", "西哈萨克斯坦州"},
	{"310000000", "Жамбыл облысы", "Жамбылская область", "Zhambyl Region", "江布尔州"},
	{"330000000", "Жетісу облысы", "Жетысуская область", "Jetisu Region", "杰特苏州"},
	{"350000000", "Қарағанды облысы", "Карагандинская область", "Karaganda Region", "卡拉干达州"},
	{"390000000", "Қостанай облысы", "Костанайская область", "Kostanay Region", "科斯塔奈州"},
	{"430000000", "Қызылорда облысы", "Кызылординская область", "Kyzylorda Region", "克孜勒奥尔达州"},
	{"470000000", "Маңғыстау облысы", "Мангистауская область", "Mangystau Region", "曼格斯套州"},
	{"550000000", "Павлодар облысы", "Павлодарская область", "Pavlodar Region", "巴甫洛达尔州"},
	{"590000000", "Солтүстік Қазақстан облысы", "Северо-Казахстанская область", "North Kazakhstan Region", "北哈萨克斯坦州"},
	{"610000000", "Түркістан облысы", "Туркестанская область", "Turkistan Region", "突厥斯坦州"},
	{"620000000", "Ұлытау облысы", "Улытауская область", "Ulytau Region", "乌勒套州"},
	{"630000000", "Шығыс Қазақстан облысы", "Восточно-Казахстанская область", "East Kazakhstan Region", "东哈萨克斯坦州"},
	{Astana, "Астана қаласы", "город Астана", "Astana", "阿斯塔纳"},
	{Almaty, "Алматы қаласы", "город Алматы", "Almaty", "阿拉木图"},
	{Shymkent, "Шымкент қаласы", "город Шымкент", "Shymkent", "奇姆肯特"},
}

// Regions gives all regions in the order of their codes.
func Regions() []Region {
	all := make([]Region, len(regions))
	for i, r := range regions {
		all[i] = r.region
	}
	return all
}

func (r Region) names() (regionNames, bool) {
	i := slices.IndexFunc(regions, func(n regionNames) bool { return n.region == r })
	if i < 0 {
		return regionNames{}, false
	}
	return regions[i], true
}

// Valid says whether the code is one of the twenty.
func (r Region) Valid() bool {
	_, ok := r.names()
	return ok
}

// IsCity says whether the region is a city of its own, so that an address in it names no other city.
func (r Region) IsCity() bool { return r == Astana || r == Almaty || r == Shymkent }

// Name gives the name in Kazakh, Russian or Chinese, the English one in other languages, and nothing for an unknown code.
func (r Region) Name(lang string) string {
	names, _ := r.names()
	switch language(lang) {
	case "kk":
		return names.kk
	case "ru":
		return names.ru
	case "zh":
		return names.zh
	}
	return names.en
}

// language gives the language of a BCP 47 tag.
func language(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}
