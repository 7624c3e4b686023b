package cardsim

import "strings"

// wordsIn gives the words of the pages in a language; Kazakh when there are none in it.
func wordsIn(lang string) map[string]string {
	tag, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if found, ok := words[tag]; ok {
		return found
	}
	return words["kk"]
}

var words = map[string]map[string]string{
	"kk": {
		"lang": "kk", "bank": "Сынақ банкі", "pay_title": "Картамен төлеу", "challenge_title": "Төлемді растау",
		"demo":   "Бұл — сынақ төлем беті. Шын карта деректерін жазбаңыз.",
		"number": "Карта нөмірі", "expiry": "Жарамдылық мерзімі (ай/жыл)", "cvc": "Қауіпсіздік коды (CVC)", "pay": "Жалғастыру",
		"cards": "Сынақ карталары", "card": "Карта", "code": "SMS-тен келген код", "confirm": "Растау", "cancel": "Бас тарту",
		"challenge_hint": "Сынақ төлемін растау үшін 1234 кодын жазыңыз.",
		"wrong_number":   "Карта нөмірі дұрыс емес. Қайта тексеріп жазыңыз.",
		"wrong_expiry":   "Карта мерзімі өтіп кеткен немесе қате жазылған. Мысалы: 12/30.",
		"wrong_code":     "Қауіпсіздік коды үш цифрдан тұрады.",
		"wrong_answer":   "Код дұрыс емес. Қайта жазыңыз.",
		"no_return":      "Дүкенге қайтатын сілтеме дұрыс емес. Дүкен бетіне оралып, қайталап көріңіз.",
		"no_challenge":   "Мұндай төлем табылмады. Дүкен бетіне оралыңыз.",
		"answered":       "Бұл төлемге жауап берілген. Дүкен бетіне орала аласыз.",
		"tok_ok":         "төлем бірден өтеді", "tok_challenge": "растау кодын сұрайды: 1234", "tok_declined": "банк қабылдамайды",
		"tok_insufficient": "картада ақша жеткіліксіз", "tok_expired": "картаның мерзімі өткен", "tok_stolen": "ұрланған карта",
		"tok_timeout": "төлем өтеді, бірақ жауап бір рет жоғалады", "tok_lost_before": "бірінші сұрау жауапсыз қалады, төлем өтпейді",
		"tok_mastercard": "төлем бірден өтеді", "tok_gone": "төлем өтеді; сақталса, келесі жолы банк оны танымайды",
		"tok_slow": "жауап баяу келеді",
	},
	"ru": {
		"lang": "ru", "bank": "Тестовый банк", "pay_title": "Оплата картой", "challenge_title": "Подтверждение платежа",
		"demo":   "Это тестовая страница оплаты. Не вводите данные настоящей карты.",
		"number": "Номер карты", "expiry": "Срок действия (месяц/год)", "cvc": "Код безопасности (CVC)", "pay": "Продолжить",
		"cards": "Тестовые карты", "card": "Карта", "code": "Код из SMS", "confirm": "Подтвердить", "cancel": "Отказаться",
		"challenge_hint": "Чтобы подтвердить тестовый платёж, введите код 1234.",
		"wrong_number":   "Номер карты неверен. Проверьте его и введите снова.",
		"wrong_expiry":   "Срок карты истёк или записан неверно. Пример: 12/30.",
		"wrong_code":     "Код безопасности состоит из трёх цифр.",
		"wrong_answer":   "Код неверен. Введите его ещё раз.",
		"no_return":      "Адрес возврата в магазин неверен. Вернитесь на страницу магазина и попробуйте снова.",
		"no_challenge":   "Такой платёж не найден. Вернитесь на страницу магазина.",
		"answered":       "На этот платёж уже дан ответ. Можно вернуться на страницу магазина.",
		"tok_ok":         "оплата проходит сразу", "tok_challenge": "спрашивает код подтверждения: 1234", "tok_declined": "банк отклоняет",
		"tok_insufficient": "на карте недостаточно денег", "tok_expired": "срок карты истёк", "tok_stolen": "карта украдена",
		"tok_timeout": "оплата проходит, но ответ один раз теряется", "tok_lost_before": "первый запрос остаётся без ответа и ничего не делает",
		"tok_mastercard": "оплата проходит сразу", "tok_gone": "оплата проходит; сохранённую карту банк в следующий раз не узнаёт",
		"tok_slow": "ответ приходит медленно",
	},
	"en": {
		"lang": "en", "bank": "Test bank", "pay_title": "Pay by card", "challenge_title": "Confirm the payment",
		"demo":   "This is a test payment page. Do not enter a real card.",
		"number": "Card number", "expiry": "Expiry (month/year)", "cvc": "Security code (CVC)", "pay": "Continue",
		"cards": "Test cards", "card": "Card", "code": "Code from the text message", "confirm": "Confirm", "cancel": "Cancel",
		"challenge_hint": "To confirm the test payment, enter the code 1234.",
		"wrong_number":   "The card number is not right. Check it and enter it again.",
		"wrong_expiry":   "The card has expired, or the date is not right. For example: 12/30.",
		"wrong_code":     "The security code has three digits.",
		"wrong_answer":   "The code is not right. Enter it again.",
		"no_return":      "The address to return to is not right. Go back to the shop and try again.",
		"no_challenge":   "There is no such payment. Go back to the shop.",
		"answered":       "This payment has been answered already. You can go back to the shop.",
		"tok_ok":         "is authorized at once", "tok_challenge": "asks for a code: 1234", "tok_declined": "is declined",
		"tok_insufficient": "has not enough money", "tok_expired": "has expired", "tok_stolen": "is stolen",
		"tok_timeout": "is authorized, but the answer is lost once", "tok_lost_before": "the first request does nothing and gets no answer",
		"tok_mastercard": "is authorized at once", "tok_gone": "is authorized; once kept, the bank does not know it the next time",
		"tok_slow": "answers slowly",
	},
	"zh": {
		"lang": "zh", "bank": "测试银行", "pay_title": "银行卡支付", "challenge_title": "确认付款",
		"demo":   "这是测试支付页面，请勿输入真实银行卡信息。",
		"number": "卡号", "expiry": "有效期（月/年）", "cvc": "安全码（CVC）", "pay": "继续",
		"cards": "测试卡", "card": "银行卡", "code": "短信验证码", "confirm": "确认", "cancel": "取消",
		"challenge_hint": "请输入验证码 1234 以确认测试付款。",
		"wrong_number":   "卡号不正确，请检查后重新输入。",
		"wrong_expiry":   "银行卡已过期或日期不正确，例如：12/30。",
		"wrong_code":     "安全码为三位数字。",
		"wrong_answer":   "验证码不正确，请重新输入。",
		"no_return":      "返回商店的地址不正确，请回到商店重试。",
		"no_challenge":   "未找到该付款，请返回商店。",
		"answered":       "该付款已处理，您可以返回商店。",
		"tok_ok":         "立即授权", "tok_challenge": "需要验证码：1234", "tok_declined": "被拒绝",
		"tok_insufficient": "余额不足", "tok_expired": "卡已过期", "tok_stolen": "被盗卡",
		"tok_timeout": "已授权，但应答丢失一次", "tok_lost_before": "首次请求未执行且无应答",
		"tok_mastercard": "立即授权", "tok_gone": "立即授权；保存后下次银行不再识别",
		"tok_slow": "应答缓慢",
	},
}
