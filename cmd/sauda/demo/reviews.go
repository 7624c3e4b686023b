package demo

import (
	"context"

	"sauda/core/review"
	"sauda/gear/db"
)

// opinion is what a buyer says of something that has come, and what the shop does with it.
type opinion struct {
	buyer string // buyer is the first part of the address in the data; a guest says nothing.
	day   int    // day is how many days before the end it is written.
	sku   string
	stars int
	words string
	reply string
	waits bool // waits says that nobody has read it yet.
}

// reader is who reads what buyers say.
const reader = "natalya"

// opinions are those of the month.
func opinions() []opinion {
	return []opinion{
		{buyer: "aisulu", day: 27, sku: "HONEY-ALTAI-500G", stars: 5, words: "Балдың иісі керемет, тау гүлдерінің дәмі бар. Балаларым шаймен бір аптада бітіріп қойды."},
		{buyer: "igor", day: 26, sku: "KAZAN-8L", stars: 5, words: "Тяжёлый, греется равномерно. Плов на восемь человек вышел с первого раза."},
		{buyer: "igor", day: 25, sku: "CHEF-KNIFE", stars: 4, words: "Сталь хорошая, держит заточку. Рукоять могла бы быть чуть толще.",
			reply: "Спасибо! Передали мастеру: следующая партия будет с рукоятью потолще."},
		{buyer: "xiaoyu", day: 19, sku: "TEA-GREEN", stars: 5, words: "茶叶很香，包装也很用心。"},
		{buyer: "svetlana", day: 14, sku: "BED-LINEN-DOUBLE-WHITE", stars: 3, words: "Ткань приятная, но после первой стирки немного села.",
			reply: "Стирайте, пожалуйста, при 40 °C. Если комплект стал мал, мы обменяем его."},
		{buyer: "aisulu", day: 11, sku: "DESK-LAMP-WHITE", stars: 4, words: "Жарығы көзге жайлы. Сымы сәл ұзынырақ болса, жақсы болар еді."},
		{buyer: "dmitry", day: 8, sku: "HONEY-ALTAI-1KG", stars: 4, words: "Мёд отличный. Банка доехала целой даже за границу."},
		{buyer: "igor", day: 7, sku: "ELECTRIC-KETTLE", stars: 5, words: "Тихий и быстрый: литр воды закипает за две минуты."},
		{buyer: "aisulu", day: 1, sku: "CITY-BICYCLE-M-RED", stars: 5, words: "Велосипед өте жеңіл, көрінісі де әдемі. Жинап берген жігіттерге рақмет!", waits: true},
	}
}

// opine has a buyer say it, and the shop read and answer it.
func (s *sower) opine(ctx context.Context, o opinion) error {
	who, b, err := s.who(o.buyer)
	if err != nil {
		return err
	}
	var r review.Review
	err = s.as(ctx, who, o.buyer+" writes of "+o.sku, func(tx *db.Tx) error {
		product, err := s.productOf(tx, o.sku)
		if err != nil {
			return err
		}
		r, err = review.Write(tx, review.Draft{Product: product, Author: b.Name, Lang: b.Lang, Stars: o.stars, Body: o.words})
		return err
	})
	if err != nil || o.waits {
		return err
	}
	return s.as(ctx, s.staff[reader], "show what "+o.buyer+" writes", func(tx *db.Tx) error {
		shown, err := review.Show(tx, r.ID, r.Version)
		if err == nil && o.reply != "" {
			_, err = review.Reply(tx, r.ID, shown.Version, o.reply)
		}
		return err
	})
}
