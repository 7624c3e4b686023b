package place

import "strings"

// Town is a town of Kazakhstan, with the region that it lies in. People type it; the region follows from it.
type Town struct {
	Region     Region
	kk, ru, en string
}

// towns are those that have the rank of a town, and Baikonur; villages are typed as they are called.
var towns = []Town{
	{"100000000", "Семей", "Семей", "Semey"},
	{"100000000", "Курчатов", "Курчатов", "Kurchatov"},
	{"100000000", "Аягөз", "Аягоз", "Ayagoz"},
	{"100000000", "Шар", "Шар", "Shar"},
	{"110000000", "Көкшетау", "Кокшетау", "Kokshetau"},
	{"110000000", "Қосшы", "Косшы", "Kosshy"},
	{"110000000", "Степногорск", "Степногорск", "Stepnogorsk"},
	{"110000000", "Щучинск", "Щучинск", "Shchuchinsk"},
	{"110000000", "Атбасар", "Атбасар", "Atbasar"},
	{"110000000", "Ақкөл", "Акколь", "Akkol"},
	{"110000000", "Державинск", "Державинск", "Derzhavinsk"},
	{"110000000", "Есіл", "Есиль", "Esil"},
	{"110000000", "Ерейментау", "Ерейментау", "Ereymentau"},
	{"110000000", "Макинск", "Макинск", "Makinsk"},
	{"110000000", "Степняк", "Степняк", "Stepnyak"},
	{"150000000", "Ақтөбе", "Актобе", "Aktobe"},
	{"150000000", "Хромтау", "Хромтау", "Khromtau"},
	{"150000000", "Қандыағаш", "Кандыагаш", "Kandyagash"},
	{"150000000", "Шалқар", "Шалкар", "Shalkar"},
	{"150000000", "Алға", "Алга", "Alga"},
	{"150000000", "Ембі", "Эмба", "Embi"},
	{"150000000", "Жем", "Жем", "Zhem"},
	{"150000000", "Темір", "Темир", "Temir"},
	{"190000000", "Қонаев", "Конаев", "Qonaev"},
	{"190000000", "Алатау", "Алатау", "Alatau"},
	{"190000000", "Талғар", "Талгар", "Talgar"},
	{"190000000", "Қаскелең", "Каскелен", "Kaskelen"},
	{"190000000", "Есік", "Есик", "Esik"},
	{"230000000", "Атырау", "Атырау", "Atyrau"},
	{"230000000", "Құлсары", "Кульсары", "Kulsary"},
	{"270000000", "Орал", "Уральск", "Oral"},
	{"270000000", "Ақсай", "Аксай", "Aksay"},
	{"310000000", "Тараз", "Тараз", "Taraz"},
	{"310000000", "Шу", "Шу", "Shu"},
	{"310000000", "Қаратау", "Каратау", "Karatau"},
	{"310000000", "Жаңатас", "Жанатас", "Zhanatas"},
	{"330000000", "Талдықорған", "Талдыкорган", "Taldykorgan"},
	{"330000000", "Текелі", "Текели", "Tekeli"},
	{"330000000", "Жаркент", "Жаркент", "Zharkent"},
	{"330000000", "Сарқан", "Саркан", "Sarkan"},
	{"330000000", "Үшарал", "Ушарал", "Usharal"},
	{"330000000", "Үштөбе", "Уштобе", "Ushtobe"},
	{"350000000", "Қарағанды", "Караганда", "Karaganda"},
	{"350000000", "Теміртау", "Темиртау", "Temirtau"},
	{"350000000", "Балқаш", "Балхаш", "Balkhash"},
	{"350000000", "Саран", "Сарань", "Saran"},
	{"350000000", "Шахтинск", "Шахтинск", "Shakhtinsk"},
	{"350000000", "Абай", "Абай", "Abay"},
	{"350000000", "Приозёрск", "Приозёрск", "Priozersk"},
	{"350000000", "Қарқаралы", "Каркаралинск", "Karkaraly"},
	{"390000000", "Қостанай", "Костанай", "Kostanay"},
	{"390000000", "Рудный", "Рудный", "Rudny"},
	{"390000000", "Лисаковск", "Лисаковск", "Lisakovsk"},
	{"390000000", "Арқалық", "Аркалык", "Arkalyk"},
	{"390000000", "Жітіқара", "Житикара", "Zhitikara"},
	{"390000000", "Тобыл", "Тобыл", "Tobyl"},
	{"430000000", "Қызылорда", "Кызылорда", "Kyzylorda"},
	{"430000000", "Байқоңыр", "Байконур", "Baikonur"},
	{"430000000", "Арал", "Арал", "Aral"},
	{"430000000", "Қазалы", "Казалинск", "Kazaly"},
	{"470000000", "Ақтау", "Актау", "Aktau"},
	{"470000000", "Жаңаөзен", "Жанаозен", "Zhanaozen"},
	{"470000000", "Форт-Шевченко", "Форт-Шевченко", "Fort-Shevchenko"},
	{"550000000", "Павлодар", "Павлодар", "Pavlodar"},
	{"550000000", "Екібастұз", "Экибастуз", "Ekibastuz"},
	{"550000000", "Ақсу", "Аксу", "Aksu"},
	{"590000000", "Петропавл", "Петропавловск", "Petropavl"},
	{"590000000", "Булаев", "Булаево", "Bulaev"},
	{"590000000", "Мамлют", "Мамлютка", "Mamlyut"},
	{"590000000", "Сергеевка", "Сергеевка", "Sergeevka"},
	{"590000000", "Тайынша", "Тайынша", "Tayynsha"},
	{"610000000", "Түркістан", "Туркестан", "Turkistan"},
	{"610000000", "Кентау", "Кентау", "Kentau"},
	{"610000000", "Арыс", "Арыс", "Arys"},
	{"610000000", "Сарыағаш", "Сарыагаш", "Saryagash"},
	{"610000000", "Жетісай", "Жетысай", "Zhetisay"},
	{"610000000", "Леңгір", "Ленгер", "Lenger"},
	{"610000000", "Шардара", "Шардара", "Shardara"},
	{"620000000", "Жезқазған", "Жезказган", "Zhezkazgan"},
	{"620000000", "Сәтбаев", "Сатпаев", "Satbayev"},
	{"620000000", "Қаражал", "Каражал", "Karazhal"},
	{"630000000", "Өскемен", "Усть-Каменогорск", "Oskemen"},
	{"630000000", "Риддер", "Риддер", "Ridder"},
	{"630000000", "Алтай", "Алтай", "Altai"},
	{"630000000", "Зайсан", "Зайсан", "Zaysan"},
	{"630000000", "Серебрянск", "Серебрянск", "Serebryansk"},
	{"630000000", "Шемонаиха", "Шемонаиха", "Shemonaikha"},
	{Astana, "Астана", "Астана", "Astana"},
	{Almaty, "Алматы", "Алматы", "Almaty"},
	{Shymkent, "Шымкент", "Шымкент", "Shymkent"},
}

// byTown finds a town by each of its names, folded.
var byTown = func() map[string]Town {
	m := make(map[string]Town, 3*len(towns))
	for _, t := range towns {
		for _, name := range []string{t.kk, t.ru, t.en} {
			m[folded(name)] = t
		}
	}
	return m
}()

// ranks are what people write before the name of a town: "г. Караганда", "қ. Қарағанды", "город Караганда".
var ranks = []string{"г.", "г ", "гор.", "город ", "қ.", "қ ", "қала "}

// folded is the name of a town however people write it: in small letters, without its rank, and with е for ё.
func folded(name string) string {
	name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "ё", "е")
	for _, rank := range ranks {
		if bare, ranked := strings.CutPrefix(name, rank); ranked {
			return strings.TrimSpace(bare)
		}
	}
	for _, rank := range []string{" қаласы", " қ."} {
		name = strings.TrimSuffix(name, rank)
	}
	return strings.TrimSpace(name)
}

// Towns gives all towns, those of a region together.
func Towns() []Town { return append([]Town(nil), towns...) }

// Name gives the name of the town in a language: Kazakh, Russian, or else English.
func (t Town) Name(lang string) string {
	switch language(lang) {
	case "kk":
		return t.kk
	case "ru":
		return t.ru
	}
	return t.en
}

// TownNamed finds a town by its name in any of the three languages, in whatever case, with its rank or without. A village
// and a town of elsewhere are not found.
func TownNamed(name string) (Town, bool) {
	t, known := byTown[folded(name)]
	return t, known
}

// WithTown gives an address whose region is that of its town, where the region says another city: somebody typed the town
// and left the region as the form had it. Whatever else was said stays.
func (a Address) WithTown() Address {
	if t, known := TownNamed(a.City); known && a.Country == KZ && a.Region.IsCity() {
		a.Region = t.Region
	}
	return a
}
