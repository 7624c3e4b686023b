package demo

import (
	"context"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/pricing"
	"sauda/core/wish"
	"sauda/gear/db"
)

// doubt is what a buyer asks before he buys, and who answers.
type doubt struct {
	buyer string // buyer is the first part of the address in the data; only who has an account asks.
	day   int    // day is how many days before the end it is asked.
	sku   string
	words string
	reply string // reply is what the shop answers; without one nobody has read the question yet.
	owner string // owner is another buyer who has received the thing and answers as well.
	says  string
}

// doubts are those of the month.
func doubts() []doubt {
	return []doubt{
		{buyer: "aisulu", day: 18, sku: "KAZAN-8L", words: "Қазан индукциялық плитаға келе ме? Бізде газ жоқ.",
			reply: "Иә, түбі тегіс, индукцияға да, ашық отқа да жарайды. Алғаш қолданар алдында маймен қыздырып алыңыз.",
			owner: "igor", says: "У меня он на индукции вторую неделю: греется чуть дольше, зато жар держит отлично."},
		{buyer: "igor", day: 13, sku: "DESK-LAMP-WHITE", words: "Запоминает ли лампа яркость, если выдернуть её из розетки?",
			reply: "Да, последний режим остаётся в памяти и после отключения."},
		{buyer: "aisulu", day: 9, sku: "CITY-BICYCLE-M-RED", words: "Велосипед жиналған күйде келе ме, әлде өзіміз құрастырамыз ба?",
			reply: "Жартылай жиналып келеді: рульді түзеп, педальдарын бұрап бекітсеңіз болғаны."},
		{buyer: "igor", day: 5, sku: "HONEY-ALTAI-1KG", words: "Мёд этого года? Не засахарится ли он через месяц?",
			reply: "Это мёд этого сезона. В прохладе он густеет сам, так и должно быть: мы его не греем и не добавляем сахар."},
		{buyer: "aisulu", day: 1, sku: "ELECTRIC-KETTLE", words: "Шәйнектің алынатын сүзгісін бөлек сатып алуға бола ма?"},
	}
}

// enquire has a buyer ask it, the shop answer it, and another buyer who has it.
func (s *sower) enquire(ctx context.Context, d doubt) error {
	who, b, err := s.who(d.buyer)
	if err != nil {
		return err
	}
	var e enquiry.Enquiry
	err = s.as(ctx, who, d.buyer+" asks about "+d.sku, func(tx *db.Tx) error {
		product, err := s.productOf(tx, d.sku)
		if err == nil {
			e, err = enquiry.Ask(tx, product, enquiry.Draft{Author: b.Name, Lang: b.Lang, Body: d.words})
		}
		return err
	})
	if err != nil || d.reply == "" {
		return err
	}
	err = s.as(ctx, s.staff[reader], "answer what "+d.buyer+" asks", func(tx *db.Tx) (err error) {
		e, err = enquiry.Reply(tx, e.ID, e.Version, enquiry.Draft{Lang: b.Lang, Body: d.reply})
		return err
	})
	if err != nil || d.owner == "" {
		return err
	}
	owner, o, err := s.who(d.owner)
	if err != nil {
		return err
	}
	var a enquiry.Answer
	err = s.as(ctx, owner, d.owner+" answers about "+d.sku, func(tx *db.Tx) (err error) {
		a, err = enquiry.Say(tx, e.ID, enquiry.Draft{Author: o.Name, Lang: o.Lang, Body: d.says})
		return err
	})
	if err != nil {
		return err
	}
	return s.as(ctx, s.staff[reader], "show what "+d.owner+" answers", func(tx *db.Tx) error {
		now, err := enquiry.Get(tx, e.ID)
		if err == nil {
			_, err = enquiry.ShowAnswer(tx, e.ID, now.Version, a.ID)
		}
		return err
	})
}

// productOf gives the product that a variant is of.
func (s *sower) productOf(tx *db.Tx, sku string) (catalog.ProductID, error) {
	offers, err := catalog.Offers(tx, []catalog.VariantID{s.goods[sku]})
	return offers[s.goods[sku]].Product, err
}

// longing is what a buyer keeps for one day.
type longing struct {
	buyer string
	day   int
	sku   string
}

func longings() []longing {
	return []longing{
		{"aisulu", 21, "KAZAN-8L"}, {"aisulu", 6, "CHEF-KNIFE"}, {"aisulu", 2, "ELECTRIC-KETTLE"},
		{"igor", 15, "CITY-BICYCLE-M-RED"}, {"igor", 4, "DESK-LAMP-WHITE"}, {"xiaoyu", 10, "CITY-BICYCLE-M-RED"},
		{"xiaoyu", 3, "HONEY-ALTAI-500G"},
	}
}

// long has a buyer keep it, at the price of that day.
func (s *sower) long(ctx context.Context, l longing) error {
	who, _, err := s.who(l.buyer)
	if err != nil {
		return err
	}
	return s.as(ctx, who, l.buyer+" keeps "+l.sku, func(tx *db.Tx) error {
		v := s.goods[l.sku]
		offers, err := catalog.Offers(tx, []catalog.VariantID{v})
		if err != nil {
			return err
		}
		prices, err := pricing.For(tx, []catalog.VariantID{v}, "", money.KZT, span.DayOf(tx.Now(), span.Almaty))
		if err != nil {
			return err
		}
		price, _ := prices.Unit(v, offers[v].Seller, offers[v].Unit.Step())
		_, _, err = wish.Keep(tx, "", wish.Choice{Product: offers[v].Product, Variant: v, Seen: price.Amount, Source: "product"})
		return err
	})
}
