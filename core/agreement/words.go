package agreement

import (
	"strings"

	"sauda/base/text"
)

// consent is what a buyer agrees to when he subscribes. Its words are kept with the agreement as he read them.
var consent = text.Localized{
	"kk": "Карта мәліметтерінің сақталуына және жазылым бойынша әр келесі тапсырыстың ақысын «{shop}» дүкенінің осы картадан алып отыруына келісемін. Алынатын сома — жазылым бағасы мен жеткізу ақысы. Әр төлем алдында маған хат келеді, жазылымды кез келген уақытта тоқтата аламын.",
	"ru": "Даю согласие на сохранение карты и разрешаю «{shop}» списывать с неё оплату каждого следующего заказа по подписке: цену по подписке и стоимость доставки. Перед каждым списанием мне придёт письмо, и я могу прекратить подписку в любое время.",
	"en": "I agree that my card is kept and that “{shop}” charges it for each next order of the subscription: the subscription price and the delivery. Before each payment I get a letter, and I can end the subscription at any time.",
	"zh": "我同意保存此银行卡，并允许“{shop}”按订阅从该卡支付之后的每一笔订单：订阅价格及配送费。每次扣款前我会收到邮件，并可随时终止订阅。",
}

// Words is the consent in a language, as a page shows it and an agreement keeps it.
func Words(lang, shop string) string {
	if lang == "" {
		return ""
	}
	return strings.ReplaceAll(consent.In(lang), "{shop}", shop)
}
