package shipping

import (
	"fmt"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/gear/db"
)

// BuiltIn is the carrier of the parcel and post methods of a fresh shop. What drives it is app's to say.
const BuiltIn = "builtin"

// tenge gives an amount of whole tenge.
func tenge(n int64) money.Money { return money.Of(n*100, money.KZT) }

// steps gives a price for each mass in kilograms: steps(1, 900, 5, 1500) is 900 tenge up to 1 kg, 1 500 up to 5 kg.
func steps(pairs ...int64) []Step {
	var all []Step
	for n := 0; n+1 < len(pairs); n += 2 {
		all = append(all, Step{measure.Mass(pairs[n] * kilo), tenge(pairs[n+1])})
	}
	return all
}

// Zones of a fresh shop in Almaty: the cities with couriers, the country in three belts by the way from there, and abroad.
var seedZones = []Zone{
	{ID: "zon_almaty", Name: text.Localized{"kk": "Алматы", "ru": "Алматы", "en": "Almaty", "zh": "阿拉木图"},
		Areas: []Area{{Country: place.KZ, Region: place.Almaty}, {Country: place.KZ, City: "Алматы"}}},
	{ID: "zon_astana", Name: text.Localized{"kk": "Астана", "ru": "Астана", "en": "Astana", "zh": "阿斯塔纳"},
		Areas: []Area{{Country: place.KZ, Region: place.Astana}, {Country: place.KZ, City: "Астана"}}},
	{ID: "zon_near", Name: text.Localized{"kk": "Жақын өңірлер", "ru": "Ближние регионы", "en": "Near regions", "zh": "近区"},
		Areas: regions("190000000", "310000000", "330000000", place.Almaty)},
	{ID: "zon_far", Name: text.Localized{"kk": "Батыс өңірлер", "ru": "Западные регионы", "en": "Western regions", "zh": "西部地区"},
		Areas: regions("150000000", "230000000", "270000000", "470000000")},
	{ID: "zon_kz", Name: text.Localized{"kk": "Қазақстан", "ru": "Казахстан", "en": "Kazakhstan", "zh": "哈萨克斯坦"},
		Areas: []Area{{Country: place.KZ}}},
	{ID: "zon_neighbours", Name: text.Localized{"kk": "Көрші елдер", "ru": "Соседние страны", "en": "Neighbouring countries", "zh": "邻国"},
		Areas: []Area{{Country: place.RU}, {Country: place.KG}, {Country: place.UZ}, {Country: place.BY}, {Country: place.AM}}},
	{ID: "zon_world", Name: text.Localized{"kk": "Шетел", "ru": "Заграница", "en": "Abroad", "zh": "国外"},
		Areas: []Area{{}}, Except: []Area{{Country: place.KZ}}},
}

func regions(codes ...place.Region) []Area {
	var areas []Area
	for _, code := range codes {
		areas = append(areas, Area{Country: place.KZ, Region: code})
	}
	return areas
}

var seedMethods = []Method{
	{ID: "mth_courier", Kind: Courier, Position: 1, CashOnDelivery: true,
		Name: text.Localized{"kk": "Курьермен жеткізу", "ru": "Доставка курьером", "en": "Courier", "zh": "快递送货上门"},
		Rates: []Rate{
			{Zone: "zon_almaty", Steps: steps(5, 1200, 15, 1900), PerKg: tenge(120), MassMax: 50 * kilo, FreeFrom: tenge(30_000), DaysMin: 0, DaysMax: 1},
			{Zone: "zon_astana", Steps: steps(5, 1500, 15, 2400), PerKg: tenge(150), MassMax: 50 * kilo, FreeFrom: tenge(40_000), DaysMin: 1, DaysMax: 3},
		}},
	{ID: "mth_pickup", Kind: Pickup, Position: 2, CashOnDelivery: true,
		Name: text.Localized{"kk": "Өзіңіз алып кету", "ru": "Самовывоз", "en": "Pick up yourself", "zh": "门店自提"},
		Rates: []Rate{
			{Zone: "zon_kz", Steps: steps(50, 0), DaysMin: 0, DaysMax: 1},
		}},
	{ID: "mth_parcel", Kind: Parcel, Position: 3, CashOnDelivery: true, Carrier: BuiltIn,
		Name: text.Localized{"kk": "Қазақстан бойынша сәлемдеме", "ru": "Посылка по Казахстану", "en": "Parcel within Kazakhstan", "zh": "哈萨克斯坦境内包裹"},
		Rates: []Rate{
			{Zone: "zon_near", Steps: steps(1, 1100, 3, 1500, 10, 2600), PerKg: tenge(220), MassMax: 30 * kilo, FreeFrom: tenge(50_000), DaysMin: 1, DaysMax: 3},
			{Zone: "zon_far", Steps: steps(1, 1700, 3, 2400, 10, 4300), PerKg: tenge(380), MassMax: 30 * kilo, FreeFrom: tenge(80_000), DaysMin: 4, DaysMax: 8},
			{Zone: "zon_kz", Steps: steps(1, 1400, 3, 1900, 10, 3400), PerKg: tenge(300), MassMax: 30 * kilo, FreeFrom: tenge(60_000), DaysMin: 2, DaysMax: 6},
		}},
	{ID: "mth_post", Kind: Post, Position: 4, Carrier: BuiltIn,
		Name: text.Localized{"kk": "Шетелге пошта", "ru": "Почта за границу", "en": "Post abroad", "zh": "国际邮政"},
		Note: text.Localized{"kk": "Кедендік төлемді алушы төлейді.", "ru": "Таможенные платежи оплачивает получатель.",
			"en": "The recipient pays customs duties.", "zh": "关税由收件人支付。"},
		Rates: []Rate{
			{Zone: "zon_neighbours", Steps: steps(1, 4200, 2, 5600), PerKg: tenge(1_600), MassMax: 20 * kilo, DaysMin: 7, DaysMax: 20},
			{Zone: "zon_world", Steps: steps(1, 9800, 2, 13_500), PerKg: tenge(4_200), MassMax: 20 * kilo, DaysMin: 14, DaysMax: 40},
		}},
}

var seedPoints = []Point{
	{ID: "pnt_almaty", Method: "mth_pickup", Hours: week("10:00", "20:00"),
		Name:    text.Localized{"kk": "Абай даңғылындағы беру пункті", "ru": "Пункт выдачи на проспекте Абая", "en": "Pickup point on Abai Avenue", "zh": "阿拜大街自提点"},
		Address: place.Address{Country: place.KZ, Region: place.Almaty, City: "Алматы", Postcode: "050000", Street: "Абай даңғылы", House: "10"}},
	{ID: "pnt_astana", Method: "mth_pickup", Hours: week("10:00", "19:00"),
		Name:    text.Localized{"kk": "Кенесары көшесіндегі беру пункті", "ru": "Пункт выдачи на улице Кенесары", "en": "Pickup point on Kenesary Street", "zh": "克涅萨雷街自提点"},
		Address: place.Address{Country: place.KZ, Region: place.Astana, City: "Астана", Postcode: "010000", Street: "Кенесары көшесі", House: "40"}},
}

// week is open on every day but Sunday.
func week(opens, until string) []Hours {
	var hours []Hours
	for d := time.Monday; d <= time.Saturday; d++ {
		hours = append(hours, Hours{d, opens, until})
	}
	return hours
}

// SeedDefaults gives the own shop a tariff in tenge, so that a fresh house can sell: courier in Almaty and Astana, pickup,
// parcels all over Kazakhstan, post abroad. A shop that has any method keeps its own tariff, so
// seeding twice changes nothing.
func SeedDefaults(tx *db.Tx) error {
	there, err := Load(tx, []seller.ID{seller.Own})
	if err != nil {
		return err
	}
	if len(there.Methods) > 0 {
		return nil
	}
	for _, z := range seedZones {
		z.Seller = seller.Own
		if _, err := EnterZone(tx, z); err != nil {
			return fmt.Errorf("seed %s: %w", z.ID, err)
		}
	}
	for _, m := range seedMethods {
		m.Seller, m.TaxClass = seller.Own, "standard"
		if _, err := EnterMethod(tx, m); err != nil {
			return fmt.Errorf("seed %s: %w", m.ID, err)
		}
	}
	for _, p := range seedPoints {
		p.Seller = seller.Own
		if _, err := EnterPoint(tx, p); err != nil {
			return fmt.Errorf("seed %s: %w", p.ID, err)
		}
	}
	return nil
}
