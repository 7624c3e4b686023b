package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/gift"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
)

// special is a product of the demonstration that is no single thing on a shelf.
type special struct {
	sku, category, picture string
	price                  int64 // price is nothing where it follows from the parts.
	name, description      text.Localized
	kind                   catalog.Kind
	class                  tax.Class
}

// special brings one bundle, things that are made to order, one digital good and one gift certificate, when all else is on the shelves.
func (s *sower) special(ctx context.Context, categories map[string]catalog.CategoryID) error {
	err := s.once(ctx, "category of certificates", func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: giftCategory, Position: len(categories) + 1, Name: text.Localized{
			"kk": "Сыйлық сертификаттары", "ru": "Подарочные сертификаты", "en": "Gift certificates", "zh": "礼品卡"}})
		categories[giftCategory] = c.ID
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range []special{s.tea(), curtain(), chest(), cookbook(), certificate()} {
		media, err := s.pictures(ctx, product{ExternalID: p.picture, Name: p.name})
		if err != nil {
			return err
		}
		s.clock.until(s.clock.now().Add(time.Minute))
		var id catalog.ProductID
		err = s.once(ctx, "product "+p.sku, func(tx *db.Tx) error {
			added, err := catalog.Add(tx, catalog.Draft{
				Seller: seller.Own, ExternalID: p.sku, Slug: p.sku, Category: categories[p.category], Name: p.name, Description: p.description,
				State: catalog.StateOnSale, Media: media, Kind: p.kind, TaxClass: p.class, Variants: []catalog.Variant{{SKU: strings.ToUpper(p.sku)}},
			})
			if err != nil {
				return err
			}
			id, s.goods[strings.ToUpper(p.sku)] = added.ID, added.Variants[0].ID
			if p.price == 0 {
				return nil
			}
			list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
			if err != nil {
				return err
			}
			return pricing.Set(tx, list.ID, pricing.Entry{Variant: added.Variants[0].ID, Amount: money.Of(p.price, money.KZT)})
		})
		if err == nil && p.kind.Digital != nil {
			err = s.print(ctx, id)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.sku, err)
		}
	}
	return nil
}

// print brings the file of the book.
func (s *sower) print(ctx context.Context, id catalog.ProductID) error {
	kept, err := s.house.Sold().Keep(ctx, id, strings.NewReader(recipes), "dala-as-uii.txt")
	if err != nil {
		return err
	}
	return s.once(ctx, "the file of the book", func(tx *db.Tx) error {
		_, err := digital.AddFile(tx, id, kept)
		return err
	})
}

// tea is a bundle of what the catalogue has for tea.
func (s *sower) tea() special {
	part := func(sku string) catalog.BundlePart {
		return catalog.BundlePart{Variant: s.goods[sku], Quantity: measure.One}
	}
	return special{
		sku: "tea-bundle", category: "kitchen/tableware", picture: "teapot",
		name: text.Localized{"kk": "Шай дастарқаны жинағы", "ru": "Набор «Чайный дастархан»", "en": "Tea table bundle", "zh": "茶桌套装"},
		description: text.Localized{
			"kk": "Қонақ күтуге керектің бәрі бір жинақта: шәйнек, алты кесе және түйіршіктелген қара шай. Бөлек алғаннан он пайызға арзан.",
			"ru": "Всё, чтобы встретить гостей: чайник, шесть пиал и гранулированный чёрный чай. На десять процентов дешевле, чем по отдельности.",
			"en": "All that a guest is met with: a teapot, six bowls and granulated black tea. Ten percent cheaper than one by one.",
			"zh": "待客所需一应俱全：茶壶、六只茶碗和颗粒红茶，比单买便宜一成。",
		},
		kind: catalog.Kind{Bundle: &catalog.Bundle{
			Summed: true, Less: money.Percent(10), Parts: []catalog.BundlePart{part("TEAPOT-TURQUOISE"), part("PIALA-SET-TURQUOISE"), part("TEA-BLACK-250G")},
		}},
	}
}

// curtain is made by the measures of its buyer's window.
func curtain() special {
	return special{
		sku: "curtain-to-measure", category: "textile/fabric", picture: "curtain-to-measure", price: 1_200_000,
		name: text.Localized{"kk": "Өлшеммен тігілетін перде", "ru": "Штора по вашим размерам", "en": "Curtain made to measure", "zh": "定制窗帘"},
		description: text.Localized{
			"kk": "Терезеңіздің енін, биіктігін жазып, матасын таңдаңыз. Етегіне есім не тілек кестелеп береміз.",
			"ru": "Укажите ширину и высоту окна и выберите ткань. По краю вышьем имя или пожелание.",
			"en": "Write the width and the height of your window and choose the fabric. We embroider a name or a wish on the hem.",
			"zh": "填写窗户的宽度和高度并选择面料。可在下摆绣上名字或祝福。",
		},
		kind: catalog.Kind{Made: &catalog.Made{
			Days: 7, Currency: money.KZT, Formula: "max(price, width * height / 10000 * 4500) + options + ceil(words / 10) * 500",
			Questions: []catalog.Question{
				{Code: "width", Kind: catalog.QuestionNumber, Unit: "CMT", Least: "50", Greatest: "400",
					Label: text.Localized{"kk": "Ені", "ru": "Ширина", "en": "Width", "zh": "宽度"}},
				{Code: "height", Kind: catalog.QuestionNumber, Unit: "CMT", Least: "50", Greatest: "320",
					Label: text.Localized{"kk": "Биіктігі", "ru": "Высота", "en": "Height", "zh": "高度"}},
				{Code: "fabric", Kind: catalog.QuestionChoice, Label: text.Localized{"kk": "Мата", "ru": "Ткань", "en": "Fabric", "zh": "面料"},
					Choices: []catalog.QuestionChosen{
						{Code: "calico", Name: text.Localized{"kk": "Бөз", "ru": "Бязь", "en": "Calico", "zh": "平布"}},
						{Code: "linen", Name: text.Localized{"kk": "Зығыр", "ru": "Лён", "en": "Linen", "zh": "亚麻"}, Surcharge: 450_000},
						{Code: "velvet", Name: text.Localized{"kk": "Барқыт", "ru": "Бархат", "en": "Velvet", "zh": "天鹅绒"}, Surcharge: 900_000},
					}},
				{Code: "words", Kind: catalog.QuestionText, Optional: true, Most: 30,
					Label: text.Localized{"kk": "Кестеленетін жазу", "ru": "Вышивка", "en": "Embroidery", "zh": "刺绣文字"}},
				{Code: "sketch", Kind: catalog.QuestionFile, Optional: true,
					Label: text.Localized{"kk": "Терезенің суреті", "ru": "Фото окна", "en": "A picture of the window", "zh": "窗户照片"}},
			},
		}},
	}
}

// cookbook is fetched as a file.
func cookbook() special {
	return special{
		sku: "steppe-cookbook-file", category: "books/fiction", picture: "steppe-cookbook", price: 290_000,
		name: text.Localized{"kk": "Дала асханасы, электрондық кітап", "ru": "Кухня степи, электронная книга", "en": "Kitchen of the Steppe, e-book", "zh": "草原厨房（电子书）"},
		description: text.Localized{
			"kk": "Қырық тағамның жасалу жолы. Төлемнен кейін бірден жүктеп аласыз, отыз күн ішінде бес рет.",
			"ru": "Рецепты сорока блюд. Скачивается сразу после оплаты, пять раз в течение тридцати дней.",
			"en": "The recipes of forty dishes. You fetch it as soon as it is paid, five times within thirty days.",
			"zh": "四十道菜的做法。付款后即可下载，三十天内可下载五次。",
		},
		kind: catalog.Kind{Digital: &catalog.Digital{}},
	}
}

// giftCategory is where certificates lie.
const giftCategory = "gift-certificates"

// certificate is a gift of ten thousand tenge.
func certificate() special {
	return special{
		sku: "gift-certificate", category: giftCategory, picture: "gift-certificate", price: 1_000_000, class: tax.Exempt,
		name: text.Localized{"kk": "Сыйлық сертификаты", "ru": "Подарочный сертификат", "en": "Gift certificate", "zh": "礼品卡"},
		description: text.Localized{
			"kk": "Алушыға өзіңіз таңдаған күні коды бар хат келеді. Үш жыл жарамды, бірнеше рет төлеуге болады.",
			"ru": "Получателю в выбранный вами день придёт письмо с кодом. Действует три года, платить можно несколько раз.",
			"en": "A letter with the code comes on the day that you choose. It is good for three years and can pay several times.",
			"zh": "收礼人将在您选择的日期收到含卡号的邮件。有效期三年，可多次使用。",
		},
		kind: catalog.Kind{Service: &catalog.Service{Way: gift.WayName}},
	}
}

// recipes are the beginning of the book.
const recipes = "Дала асханасы\n\nБауырсақ: ұн, сүт, ашытқы, тұз. Илеп, екі сағат қойып, қызған майға салыңыз.\n"
