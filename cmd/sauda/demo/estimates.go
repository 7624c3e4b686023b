package demo

import (
	"context"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/estimate"
	"sauda/gear/db"
)

const chestSKU = "CHEST-TO-MEASURE"

// chest is made by the workshop at a price that it names to each buyer.
func chest() special {
	return special{
		sku: "chest-to-measure", category: "crafts/gifts", picture: "sandyq",
		name: text.Localized{"kk": "Тапсырыспен жасалатын сандық", "ru": "Сундук на заказ", "en": "Chest made to order", "zh": "定制木箱"},
		description: text.Localized{
			"kk": "Шеберханамыз қарағайдан не еменнен сандық жасайды. Өлшемін, ағашын, ою-өрнегін жазыңыз: бағасы мен мерзімін бір-екі күнде айтамыз.",
			"ru": "Наша мастерская делает сундуки из сосны и дуба. Напишите размеры, дерево и орнамент: цену и срок назовём за день-два.",
			"en": "Our workshop makes chests of pine and oak. Write the size, the wood and the ornament: we name the price and the time within a day or two.",
			"zh": "我们的工坊用松木和橡木制作木箱。请写明尺寸、木材和纹样，一两天内给出价格与工期。",
		},
		kind: catalog.Kind{Made: &catalog.Made{Currency: money.KZT, Quoted: true, Questions: []catalog.Question{
			{Code: "width", Kind: catalog.QuestionNumber, Unit: "CMT", Least: "40", Greatest: "200",
				Label: text.Localized{"kk": "Ұзындығы", "ru": "Длина", "en": "Length", "zh": "长度"}},
			{Code: "height", Kind: catalog.QuestionNumber, Unit: "CMT", Least: "30", Greatest: "120",
				Label: text.Localized{"kk": "Биіктігі", "ru": "Высота", "en": "Height", "zh": "高度"}},
			{Code: "wood", Kind: catalog.QuestionChoice, Label: text.Localized{"kk": "Ағашы", "ru": "Дерево", "en": "Wood", "zh": "木材"},
				Choices: []catalog.QuestionChosen{
					{Code: "pine", Name: text.Localized{"kk": "Қарағай", "ru": "Сосна", "en": "Pine", "zh": "松木"}},
					{Code: "oak", Name: text.Localized{"kk": "Емен", "ru": "Дуб", "en": "Oak", "zh": "橡木"}},
				}},
			{Code: "sketch", Kind: catalog.QuestionFile, Optional: true,
				Label: text.Localized{"kk": "Сызба не сурет", "ru": "Чертёж или фото", "en": "A drawing or a picture", "zh": "图纸或照片"}},
		}}},
	}
}

// commission is what a buyer asks the workshop to make, and what it answers; without a price nobody has answered yet.
type commission struct {
	buyer   string
	day     int
	answers map[string]string
	note    string
	offer   estimate.Offer
}

// commissions are those of the month.
func commissions() []commission {
	return []commission{
		{buyer: "aisulu", day: 3, answers: map[string]string{"width": "120", "height": "60", "wood": "oak"},
			note: "Қыз ұзатуға керек. Қақпағына қошқар мүйіз оюын салып бересіз бе?",
			offer: estimate.Offer{Price: money.Of(285_000_00, money.KZT), Days: 21, Deposit: 40,
				Included: "Емен, қолмен ойылған өрнек, балауызбен өңдеу, соғылған құлып. Алматы бойынша үйге дейін көтеріп кіргізу."}},
		{buyer: "igor", day: 1, answers: map[string]string{"width": "90", "height": "45", "wood": "pine"},
			note: "Нужен под игрушки, с плавной крышкой, чтобы ребёнок не прищемил пальцы."},
	}
}

// commission has a buyer ask for it, and the workshop name its price.
func (s *sower) commission(ctx context.Context, c commission) error {
	who, b, err := s.who(c.buyer)
	if err != nil {
		return err
	}
	var e estimate.Estimate
	err = s.as(ctx, who, c.buyer+" asks for a price", func(tx *db.Tx) error {
		product, err := s.productOf(tx, chestSKU)
		if err == nil {
			e, err = estimate.Ask(tx, estimate.Wish{Product: product, Answers: c.answers, Note: c.note, Lang: b.Lang})
		}
		return err
	})
	if err != nil || !c.offer.Price.IsPositive() {
		return err
	}
	return s.as(ctx, s.staff[packer], "name the price of what "+c.buyer+" wants", func(tx *db.Tx) error {
		c.offer.Last = span.DayOf(tx.Now(), span.Almaty).AddDays(30)
		_, err := estimate.Answer(tx, e.ID, e.Version, c.offer)
		return err
	})
}
