package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// kept is a product of the demonstration that is sold by time.
type kept struct {
	sku               string
	name, description text.Localized
	place             text.Localized
	plans             []keptPlan
}

// keptPlan is one variant of it.
type keptPlan struct {
	code, zone string
	name       text.Localized
	form       booking.Form
	units      int64 // units are rooms, or the seats of a departure.
	weekdays   []time.Weekday
	minute     int // minute is when departures leave, in minutes after midnight.
	staff      []text.Localized
	terms      booking.Terms
}

const (
	keptAhead  = 120 // keptAhead is for how many days the demonstration has departures and open calendars.
	almatyZone = "Asia/Almaty"
)

// bookable brings a tour operator's journeys, a small hotel and a hairdresser.
func (s *sower) bookable(ctx context.Context) error {
	var category catalog.CategoryID
	err := s.once(ctx, "category of bookings", func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "sapar-demalys",
			Name: text.Localized{"kk": "Саяхат және қызмет", "ru": "Путешествия и услуги", "en": "Travel and services", "zh": "旅行与服务"}})
		category = c.ID
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range append(journeys(), hotel(), barber()) {
		s.clock.until(s.clock.now().Add(time.Minute))
		media, err := s.pictures(ctx, product{ExternalID: k.sku, Name: k.name})
		if err == nil {
			err = s.once(ctx, "product "+k.sku, func(tx *db.Tx) error { return k.sow(tx, category, media) })
		}
		if err != nil {
			return fmt.Errorf("%s: %w", k.sku, err)
		}
	}
	return nil
}

// sow puts one of them on the shelf, with its calendars.
func (k kept) sow(tx *db.Tx, category catalog.CategoryID, media []catalog.Media) error {
	draft := catalog.Draft{
		Seller: seller.Own, ExternalID: k.sku, Slug: k.sku, Category: category, Name: k.name, Description: k.description, State: catalog.StateOnSale, Media: media,
		Kind: catalog.Kind{Service: &catalog.Service{Way: booking.WayName}},
	}
	if len(k.plans) > 1 {
		option := catalog.Option{Code: "kind", Name: text.Localized{"kk": "Түрі", "ru": "Вид", "en": "Kind", "zh": "类型"}}
		for _, p := range k.plans {
			option.Values = append(option.Values, catalog.OptionValue{Code: p.code, Name: p.name})
		}
		draft.Options = []catalog.Option{option}
	}
	for _, p := range k.plans {
		v := catalog.Variant{SKU: strings.ToUpper(k.sku + "-" + p.code)}
		if len(k.plans) > 1 {
			v.Options = map[string]string{"kind": p.code}
		}
		draft.Variants = append(draft.Variants, v)
	}
	added, err := catalog.Add(tx, draft)
	if err != nil {
		return err
	}
	list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
	if err != nil {
		return err
	}
	for i, p := range k.plans {
		variant := added.Variants[i].ID
		if err := pricing.Set(tx, list.ID, pricing.Entry{Variant: variant, Amount: p.terms.Least()}); err != nil {
			return err
		}
		if err := p.sow(tx, booking.Plan{Seller: seller.Own, Product: added.ID, Variant: variant, Form: p.form, Name: p.name, PlaceName: k.place, Zone: p.zone, Terms: p.terms}); err != nil {
			return err
		}
	}
	return nil
}

// sow puts down the resources of a plan, the plan, and its departures.
func (p keptPlan) sow(tx *db.Tx, plan booking.Plan) error {
	if p.form == booking.FormNights {
		r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: p.name, Zone: p.zone, Units: p.units, Ahead: keptAhead})
		if err != nil {
			return err
		}
		plan.Needs = []booking.Need{{Resource: r.ID, Per: booking.PerUnit}}
	}
	for _, name := range p.staff {
		var hours []booking.Hours
		for d := time.Monday; d <= time.Saturday; d++ {
			hours = append(hours, booking.Hours{Weekday: d, From: 10 * 60, To: 19 * 60})
		}
		r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainQuarter, Name: name, Zone: p.zone, Units: 1, Ahead: 60, Hours: hours})
		if err != nil {
			return err
		}
		plan.Staff = append(plan.Staff, r.ID)
	}
	plan, err := booking.AddPlan(tx, plan)
	if err != nil || p.form != booking.FormDeparture {
		return err
	}
	var days []span.Day
	today := plan.Today(tx.Now())
	for n := 1; n <= keptAhead; n++ {
		for _, w := range p.weekdays {
			if d := today.AddDays(n); d.Weekday() == w {
				days = append(days, d)
			}
		}
	}
	_, err = booking.AddDepartures(tx, plan, days, p.minute, p.units)
	return err
}

// graded is the policy that most of them have: all back a week before, half two days before.
func graded() []booking.BackStep {
	return []booking.BackStep{{Days: 7, Share: money.One}, {Days: 2, Share: money.Percent(50)}}
}

func tourTerms(base int64, minutes int) booking.Terms {
	return booking.Terms{
		Currency: money.KZT, ByPerson: true, Base: base, PeopleMax: 8, Minutes: minutes, Cutoff: 12, ChangeTo: 3, NoShow: money.One, Back: graded(),
		Bands:     []booking.Band{{Under: 5, Share: 0}, {Under: 14, Share: money.Percent(70)}},
		Leads:     []booking.LeadChange{{Least: 30, Change: -money.Percent(10)}},
		Insurance: &booking.Levy{Amount: 900_00, Name: text.Localized{"kk": "Саяхат сақтандыруы", "ru": "Страхование в поездке", "en": "Travel insurance", "zh": "旅行保险"}},
	}
}

func journeys() []kept {
	oneDay := text.Localized{"kk": "Бір күндік сапар", "ru": "Поездка на один день", "en": "A day trip", "zh": "一日游"}
	twoDays := text.Localized{"kk": "Екі күндік сапар", "ru": "Поездка на два дня", "en": "Two days", "zh": "两日游"}
	weekend := []time.Weekday{time.Saturday, time.Sunday}
	long := tourTerms(48_000_00, 2*24*60)
	long.Documents = true
	return []kept{
		{sku: "tour-charyn", place: text.Localized{"kk": "Шарын", "ru": "Чарын", "en": "Charyn", "zh": "恰伦"},
			name: text.Localized{"kk": "Шарын шатқалына сапар", "ru": "Поездка в Чарынский каньон", "en": "A trip to Charyn canyon", "zh": "恰伦大峡谷之旅"},
			description: text.Localized{
				"kk": "Алматыдан таңғы жетіде шығамыз. Қамалдар алқабымен Шарын өзеніне дейін жаяу түсеміз, тоғай ішінде түскі ас ішеміз. Кешкі тоғызда қайтып келеміз. Жылы киім мен су ала шығыңыз.",
				"ru": "Выезжаем из Алматы в семь утра. Спускаемся по Долине замков к реке Чарын, обедаем в ясеневой роще. Возвращаемся к девяти вечера. Возьмите тёплую одежду и воду.",
				"en": "We leave Almaty at seven in the morning, walk down the Valley of Castles to the river Charyn and have lunch in the ash grove. Back by nine in the evening. Bring warm clothes and water.",
				"zh": "早上七点从阿拉木图出发，沿城堡谷步行至恰伦河，在白蜡树林午餐，晚上九点返回。请带保暖衣物和水。"},
			plans: []keptPlan{{code: "day", zone: almatyZone, name: oneDay, form: booking.FormDeparture, units: 16, weekdays: weekend, minute: 7 * 60, terms: tourTerms(18_000_00, 14*60)}}},
		{sku: "tour-burabay", place: text.Localized{"kk": "Бурабай", "ru": "Бурабай", "en": "Burabay", "zh": "布拉拜"},
			name: text.Localized{"kk": "Бурабай: Оқжетпес пен көлдер", "ru": "Бурабай: Окжетпес и озёра", "en": "Burabay: Okzhetpes and the lakes", "zh": "布拉拜：奥克热特佩斯与湖泊"},
			description: text.Localized{
				"kk": "Астанадан шығып, Әулиекөл жағасында қайық мінеміз, Бөрілі тауына көтерілеміз, кешке от басында ән тыңдаймыз.",
				"ru": "Выезд из Астаны, лодки на озере Аулиеколь, подъём на гору Бурабай, вечером — песни у костра.",
				"en": "From Astana: boats on lake Auliekol, a climb up mount Burabay, and songs by the fire in the evening.",
				"zh": "从阿斯塔纳出发，在奥利耶湖划船，登布拉拜山，晚上围着篝火听歌。"},
			plans: []keptPlan{{code: "weekend", zone: almatyZone, name: twoDays, form: booking.FormDeparture, units: 20, weekdays: []time.Weekday{time.Saturday}, minute: 8 * 60, terms: long}}},
		{sku: "tour-turkistan", place: text.Localized{"kk": "Түркістан", "ru": "Туркестан", "en": "Turkistan", "zh": "突厥斯坦"},
			name: text.Localized{"kk": "Түркістан мен Отырар", "ru": "Туркестан и Отырар", "en": "Turkistan and Otyrar", "zh": "突厥斯坦与讹答剌"},
			description: text.Localized{
				"kk": "Қожа Ахмет Ясауи кесенесі, Арыстан баб және көне Отырар қалашығы. Жолбасшы қазақша да, орысша да әңгімелейді.",
				"ru": "Мавзолей Ходжи Ахмеда Ясауи, Арыстан-Баб и городище Отырар. Экскурсовод рассказывает на казахском и русском.",
				"en": "The mausoleum of Khoja Ahmed Yasawi, Arystan Bab and the old town of Otyrar. The guide speaks Kazakh and Russian.",
				"zh": "亚萨维陵墓、阿雷斯坦巴布与古城讹答剌。导游讲哈萨克语和俄语。"},
			plans: []keptPlan{{code: "day", zone: almatyZone, name: oneDay, form: booking.FormDeparture, units: 18, weekdays: []time.Weekday{time.Friday, time.Sunday}, minute: 6*60 + 30, terms: tourTerms(22_000_00, 15*60)}}},
		{sku: "tour-mangystau", place: text.Localized{"kk": "Маңғыстау", "ru": "Мангистау", "en": "Mangystau", "zh": "曼格斯套"},
			name: text.Localized{"kk": "Маңғыстау: Бозжыра мен Торыш", "ru": "Мангистау: Бозжыра и Торыш", "en": "Mangystau: Bozzhyra and Torysh", "zh": "曼格斯套：博兹日拉与托雷什"},
			description: text.Localized{
				"kk": "Ақтаудан жол талғамайтын көлікпен: Бозжыра аңғары, Торыштың тас шарлары, Шерқала тауы. Түнде шатырда қонамыз.",
				"ru": "На внедорожниках из Актау: урочище Бозжыра, каменные шары Торыша, гора Шеркала. Ночуем в палатках.",
				"en": "By off-road car from Aktau: the tract of Bozzhyra, the stone balls of Torysh, mount Sherkala. We sleep in tents.",
				"zh": "从阿克套乘越野车出发：博兹日拉、托雷什石球、舍尔卡拉山，夜宿帐篷。"},
			plans: []keptPlan{{code: "two-days", zone: "Asia/Aqtau", name: twoDays, form: booking.FormDeparture, units: 12, weekdays: []time.Weekday{time.Friday}, minute: 9 * 60, terms: long}}},
	}
}

// hotel is a small one by the lake.
func hotel() kept {
	terms := func(base int64, people int) booking.Terms {
		return booking.Terms{
			Currency: money.KZT, Base: base, PeopleMax: people, Included: 2, Extra: 6_000_00, CheckIn: 14 * 60, CheckOut: 12 * 60, Back: graded(), NoShow: money.Percent(50),
			ChangeTo: 2, ChangeFee: 2_000_00, Bands: []booking.Band{{Under: 3, Share: 0, Lap: true}, {Under: 12, Share: money.Percent(50)}},
			Weekdays: []booking.DayChange{{Weekday: time.Friday, Change: money.Percent(20)}, {Weekday: time.Saturday, Change: money.Percent(20)}},
			Lengths:  []booking.LengthChange{{Nights: 5, Change: -money.Percent(10)}},
			Seasons: []booking.Season{{Name: text.Localized{"kk": "Жаңа жыл күндері", "ru": "Новогодние дни", "en": "New Year", "zh": "新年期间"},
				Days: span.Days{From: span.MustDay("2026-12-29"), To: span.MustDay("2027-01-04")}, Base: base * 3 / 2, StayMin: 2}},
		}
	}
	return kept{sku: "hotel-kolsay", place: text.Localized{"kk": "Сәті", "ru": "Саты", "en": "Saty", "zh": "萨特"},
		name: text.Localized{"kk": "«Көлсай» қонақүйі", "ru": "Гостевой дом «Колсай»", "en": "Guest house Kolsay", "zh": "科尔赛客栈"},
		description: text.Localized{
			"kk": "Сәті ауылындағы он екі бөлмелі шағын қонақүй. Таңғы асқа бауырсақ, қаймақ пен жергілікті бал беріледі. Көлсай мен Қайыңды көлдеріне көлікпен апарып келеміз.",
			"ru": "Небольшой гостевой дом на двенадцать номеров в селе Саты. На завтрак — баурсаки, сметана и местный мёд. Возим к озёрам Колсай и Каинды.",
			"en": "A small guest house of twelve rooms in the village of Saty. Breakfast with baursaks, cream and local honey. We drive guests to the lakes Kolsay and Kaindy.",
			"zh": "位于萨特村的小客栈，共十二间房。早餐有包尔萨克、奶油和本地蜂蜜，可送客人前往科尔赛湖和凯恩德湖。"},
		plans: []keptPlan{
			{code: "double", zone: almatyZone, form: booking.FormNights, units: 8, terms: terms(24_000_00, 3),
				name: text.Localized{"kk": "Екі орындық бөлме", "ru": "Двухместный номер", "en": "Double room", "zh": "双人房"}},
			{code: "family", zone: almatyZone, form: booking.FormNights, units: 3, terms: terms(38_000_00, 5),
				name: text.Localized{"kk": "Отбасылық бөлме", "ru": "Семейный номер", "en": "Family room", "zh": "家庭房"}},
			{code: "yurt", zone: almatyZone, form: booking.FormNights, units: 1, terms: terms(45_000_00, 6),
				name: text.Localized{"kk": "Киіз үй", "ru": "Юрта", "en": "Yurt", "zh": "毡房"}},
		}}
}

// barber is a hairdresser with two masters.
func barber() kept {
	terms := func(base int64, minutes int) booking.Terms {
		return booking.Terms{Currency: money.KZT, Base: base, PeopleMax: 1, Minutes: minutes, Cutoff: 1, ChangeTo: 1, NoShow: money.Percent(50),
			Back: []booking.BackStep{{Days: 1, Share: money.One}}}
	}
	return kept{sku: "salon-aigul", place: text.Localized{"kk": "Алматы", "ru": "Алматы", "en": "Almaty", "zh": "阿拉木图"},
		name: text.Localized{"kk": "«Айгүл» шаштаразы", "ru": "Парикмахерская «Айгуль»", "en": "Hairdresser Aigul", "zh": "艾古丽美发店"},
		description: text.Localized{
			"kk": "Шаш қию мен сәндеу. Шеберіңізді өзіңіз таңдайсыз не кім бос болса, сол қабылдайды. Дүйсенбіден сенбіге дейін, сағат 10:00–19:00.",
			"ru": "Стрижки и укладки. Мастера выбираете сами, или вас примет тот, кто свободен. С понедельника по субботу, 10:00–19:00.",
			"en": "Haircuts and styling. Choose your master, or whoever is free receives you. Monday to Saturday, 10:00–19:00.",
			"zh": "剪发与造型。可自选发型师，也可由空闲者接待。周一至周六 10:00–19:00。"},
		plans: []keptPlan{{code: "cut", zone: almatyZone, form: booking.FormSlot, terms: terms(7_000_00, 45),
			name:  text.Localized{"kk": "Шаш қию", "ru": "Стрижка", "en": "Haircut", "zh": "剪发"},
			staff: []text.Localized{{"kk": "Айгүл", "ru": "Айгуль", "en": "Aigul", "zh": "艾古丽"}, {"kk": "Сәуле", "ru": "Сауле", "en": "Saule", "zh": "萨乌列"}}}}}
}
