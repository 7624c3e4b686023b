package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sauda/app"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/utility/billersim"
	"sauda/gear/db"
)

// The utility centre of the demonstration: two thousand flats with invented people, who all pay by a bank of their own.
const (
	flats     = 2000
	flatsEach = 1000
	bankName  = "demo-bank"
	// bankPassword is known to the whole world, as Password is: curl -u demo-bank:sauda-demo-bank …/biller/kaspi/qala-erc
	bankPassword = "sauda-demo-bank"
)

var (
	streets = []string{"Абай даңғылы", "Сәтбаев көшесі", "Жамбыл көшесі", "Тимирязев көшесі", "Байзақов көшесі", "Гагарин даңғылы", "Розыбакиев көшесі", "Жандосов көшесі", "Төле би көшесі", "Райымбек даңғылы"}
	surname = []string{"Ахметов", "Сейітқали", "Жұмабек", "Оразбай", "Қасым", "Нұрлан", "Серікбай", "Бекмұрат", "Ыбырай", "Досжан", "Төлеген", "Мұқан"}
	given   = []string{"Айдос", "Әсем", "Бақыт", "Гүлмира", "Дархан", "Ержан", "Жанар", "Зарина", "Мадина", "Нұржан", "Сәуле", "Тимур", "Шолпан"}
)

// centre is who sends the bills.
func centre() utility.Provider {
	from := span.MustDay("2026-01-01")
	one := func(base utility.Base, price utility.Price) []utility.Tariff {
		return []utility.Tariff{{From: from, Base: base, Steps: []utility.Step{{Price: price}}}}
	}
	water := one(utility.BaseMeter, 96_5400)
	water[0].Norm = measure.Of(4)
	drain := one(utility.BaseMeter, 41_2800)
	drain[0].Norm = measure.Of(4)
	power := []utility.Tariff{{From: from, Base: utility.BaseMeter, PerPerson: true, Norm: measure.Of(85), Steps: []utility.Step{
		{UpTo: measure.Of(90), Price: 23_1900}, {UpTo: measure.Of(170), Price: 30_4600}, {Price: 38_0750},
	}}}
	return utility.Provider{
		Seller: seller.Own, Code: "qala-erc", Kind: utility.KindCentre, Currency: money.KZT,
		Name: said("Қалалық есеп айырысу орталығы", "Городской расчётный центр", "City settlement centre", "城市缴费中心"),
		City: said("Алматы", "Алматы", "Almaty", "阿拉木图"),
		BIN:  bin, IBAN: "KZ86125KZT5004100100", BIC: "KCJBKZKX", KBE: "17", KNP: "851", DueDay: 25, SumMin: 100_00, SumMax: 500_000_00,
		Services: []utility.Service{
			{Code: "cold_water", Name: said("Суық су", "Холодная вода", "Cold water", "冷水"), Unit: measure.CubicMetre, Tariffs: water, Editable: true, Most: 100_000_00},
			{Code: "drain", Name: said("Су бұру", "Водоотведение", "Drainage", "排水"), Unit: measure.CubicMetre, Tariffs: drain, Editable: true, Most: 100_000_00},
			{Code: "power", Name: said("Электр қуаты", "Электроэнергия", "Electricity", "电"), Unit: measure.KilowattH, Tariffs: power, Editable: true, Most: 200_000_00},
			{Code: "heat", Name: said("Жылу", "Отопление", "Heating", "供暖"), Tariffs: one(utility.BaseArea, 178_9000), Editable: true, Most: 300_000_00},
			{Code: "waste", Name: said("Қоқыс шығару", "Вывоз мусора", "Waste", "垃圾清运"), Tariffs: one(utility.BasePerson, 612_0000)},
			{Code: "house", Name: said("Үйді күтіп ұстау", "Содержание дома", "Upkeep of the house", "房屋维护"), Tariffs: one(utility.BaseArea, 65_0000)},
			{Code: "intercom", Name: said("Домофон", "Домофон", "Intercom", "门禁"), Tariffs: one(utility.BaseFixed, 450_0000), Editable: true},
		},
		Peers: []utility.Peer{
			{Name: bankName, Title: bankTitle, Dialect: "kaspi", Secret: utility.SecretOf(bankPassword)},
			{Name: bankName + "-osmp", Title: bankTitle, Dialect: "osmp", Secret: utility.SecretOf(bankPassword)},
		},
	}
}

// bankTitle is what people call the bank of the demonstration.
var bankTitle = said("Көрсету банкі", "Демонстрационный банк", "Demonstration bank", "演示银行")

// centrePicture is what the utility centre is drawn as.
const centrePicture = "utility-centre"

// picture shows the centre as it is drawn.
func (s *sower) picture(tx *db.Tx, p utility.Provider) error {
	offers, err := catalog.Offers(tx, []catalog.VariantID{p.Variant})
	if err != nil {
		return err
	}
	sold, err := catalog.Get(tx, offers[p.Variant].Product)
	if err == nil {
		_, err = catalog.Revise(tx, sold.ID, sold.Version, catalog.Changes{Media: &s.centre})
	}
	return err
}

// flat is the account of a flat; the same every time.
func flat(n int) utility.Account {
	return utility.Account{
		Number: fmt.Sprintf("%07d", 1_000_000+n*37), Holder: surname[n%len(surname)] + " " + given[(n/3)%len(given)],
		Address: fmt.Sprintf("Алматы, %s, %d-үй, %d-пәтер", streets[(n/200)%len(streets)], 1+(n/40)%90, 1+n%40),
		People:  int64(1 + n%5), Area: measure.Of(int64(34 + (n*7)%60)),
	}
}

// bill lays the centre out, with three months of bills, what a bank has brought, and two addresses of aisulu.
func (s *sower) bill(ctx context.Context, end time.Time) error {
	var p utility.Provider
	err := s.once(ctx, "the utility centre", func(tx *db.Tx) (err error) {
		shelf, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "tolem", Name: said("Қызмет ақысы", "Оплата услуг", "Bills", "缴费"), Position: 90})
		if err != nil {
			return err
		}
		if p, err = utility.Register(tx, centre()); err != nil {
			return err
		}
		if p, err = utility.Sell(tx, p, shelf.ID); err != nil {
			return err
		}
		return s.picture(tx, p)
	})
	if err != nil {
		return err
	}
	for from := 0; from < flats; from += flatsEach {
		err := s.once(ctx, "flats", func(tx *db.Tx) error {
			var some []utility.Account
			for n := from; n < from+flatsEach; n++ {
				some = append(some, flat(n))
			}
			_, err := utility.OpenMany(tx, p, some)
			return err
		})
		if err != nil {
			return err
		}
	}
	home, parents := flat(417), flat(1203)
	if err := s.once(ctx, "meters", func(tx *db.Tx) error { return errors.Join(s.meters(tx, p, home, parents), s.telecom(tx)) }); err != nil {
		return err
	}
	month := utility.MonthOf(span.DayOf(end, span.Almaty))
	months := []span.Day{utility.MonthOf(month.AddDays(-40)), utility.MonthOf(month.AddDays(-1)), month}
	for i, m := range months {
		if err := s.issue(ctx, p, m); err != nil {
			return err
		}
		if i < len(months)-1 {
			if err := s.settleBills(ctx, p, m); err != nil {
				return err
			}
		}
	}
	return s.as(ctx, s.buyers["aisulu"], "keep the flats", func(tx *db.Tx) error {
		for name, of := range map[string]utility.Account{"Үй": home, "Ата-анам": parents} {
			a, err := utility.Find(tx, p.ID, of.Number)
			if err != nil {
				return err
			}
			if err := utility.Save(tx, a.ID, name); err != nil {
				return err
			}
		}
		telecom, err := utility.ByCode(tx, telecomCode)
		if err != nil {
			return err
		}
		a, err := utility.Keep(tx, telecom, contract(1), utility.Told{Sum: contracts[1], Fields: []utility.Field{{Name: "Абонент", Text: "А. Ә."}}})
		if err != nil {
			return err
		}
		return utility.Save(tx, a.ID, "Үй интернеті")
	})
}

// The telecom of the demonstration keeps its books elsewhere: in a provider that this process pretends, by the protocol of QIWI.
const (
	telecomCode = "demo-telecom"
	telecomHost = "demo-telecom.test"
	telecomUser = "sauda-demo"
)

// contracts are what the contracts of the telecom owe, in tiyn.
var contracts = []int64{0, 7490_00, 4990_00, 12_350_50, 2500_00}

// contract is the number of one.
func contract(n int) string { return fmt.Sprintf("7000%03d", n) }

// Biller is the provider that the process of a demonstration pretends.
func Biller() app.Biller {
	owe := map[string]billersim.Account{}
	for n, sum := range contracts {
		owe[contract(n)] = billersim.Account{Holder: "А. Ә.", Owed: sum}
	}
	return app.Biller{
		Sims: map[string]billersim.Config{telecomHost: {Dialect: "osmp", User: telecomUser, Password: bankPassword, Least: 100_00, Most: 100_000_00}}, Owe: owe,
	}
}

// telecom makes it known.
func (s *sower) telecom(tx *db.Tx) error {
	remote, err := utility.Remote{Dialect: "osmp", URL: "http://" + telecomHost + "/pay", User: telecomUser}.Seal(s.house.Desk.Keys, telecomCode, bankPassword)
	if err != nil {
		return err
	}
	shelf, err := catalog.CategoryBySlug(tx, "tolem")
	if err != nil {
		return err
	}
	p, err := utility.Register(tx, utility.Provider{
		Seller: seller.Own, Code: telecomCode, Kind: utility.KindTelecom, Currency: money.KZT,
		Name:     said("Демо Телеком", "Демо Телеком", "Demo Telecom", "演示电信"),
		Numbered: said("Келісімшарт нөмірі", "Номер договора", "Contract", "合同编号"),
		BIN:      bin, IBAN: "KZ86125KZT5004100100", BIC: "KCJBKZKX", KBE: "17", KNP: "851", DueDay: 25, SumMin: 100_00, SumMax: 100_000_00, Remote: &remote,
	})
	if err != nil {
		return err
	}
	if p, err = utility.Sell(tx, p, shelf.ID); err != nil {
		return err
	}
	return s.picture(tx, p)
}

// meters puts meters into two flats.
func (s *sower) meters(tx *db.Tx, p utility.Provider, all ...utility.Account) error {
	read := span.DayOf(tx.Now(), span.Almaty).AddDays(-32)
	for i, of := range all {
		a, err := utility.Find(tx, p.ID, of.Number)
		if err != nil {
			return err
		}
		for _, m := range []utility.Meter{
			{Service: "cold_water", Number: fmt.Sprintf("W-%d%03d", 4471+i, i), Digits: 5, Last: measure.Of(int64(418 + 93*i)), Usual: measure.Of(7)},
			{Service: "power", Number: fmt.Sprintf("E-%d%03d", 80125+i, i), Digits: 6, Last: measure.Of(int64(15_230 + 4120*i)), Usual: measure.Of(190)},
		} {
			m.Account, m.LastDay = a.ID, read
			if _, err := utility.Mount(tx, p, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// issue issues the bills of a month.
func (s *sower) issue(ctx context.Context, p utility.Provider, month span.Day) error {
	err := s.once(ctx, "begin "+month.String(), func(tx *db.Tx) error {
		_, err := utility.Begin(tx, p, month)
		return err
	})
	for more := true; more && err == nil; {
		err = s.once(ctx, "issue "+month.String(), func(tx *db.Tx) (err error) {
			more, err = utility.Issue(tx, flatsEach)
			return err
		})
	}
	return err
}

// settleBills has three flats of four pay what they owe by their bank.
func (s *sower) settleBills(ctx context.Context, p utility.Provider, month span.Day) error {
	numbers := make([]int, flats)
	for n := range numbers {
		numbers[n] = n
	}
	for some := range slices.Chunk(numbers, 200) {
		err := s.once(ctx, "pay "+month.String(), func(tx *db.Tx) error { return payFlats(tx, p, month, some) })
		if err != nil {
			return err
		}
	}
	return nil
}

func payFlats(tx *db.Tx, p utility.Provider, month span.Day, some []int) error {
	after := ""
	if some[0] > 0 {
		after = flat(some[0] - 1).Number
	}
	accounts, err := utility.Accounts(tx, p.ID, after, len(some))
	if err != nil {
		return err
	}
	dues, err := utility.DueOf(tx, p, accounts)
	if err != nil {
		return err
	}
	for i, a := range accounts {
		if some[i]%4 == 3 || some[i] == 1203 || dues[a.ID].Owed <= 0 {
			continue
		}
		txn := fmt.Sprintf("%s%06d", month.String()[:4]+month.String()[5:7], some[i])
		if _, _, err := utility.Pay(tx, p, utility.Payment{Channel: bankName, Txn: txn, Account: a.ID, Sum: dues[a.ID].Owed}); err != nil {
			return err
		}
	}
	return nil
}
