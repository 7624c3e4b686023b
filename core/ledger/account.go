package ledger

import (
	"regexp"
	"strings"

	"sauda/base/text"
)

// Account is a path that says whose it is and what for. The parts between are ids of other contexts.
//
//	buyer/<order>                            what the buyer of one order still owes
//	seller/<seller>/sales                    goods sold, net of tax
//	seller/<seller>/delivery                 delivery sold, net of tax
//	seller/<seller>/tax/<country>/<class>    tax owed to a budget
//	seller/<seller>/fees                     what gateways and platforms kept
//	seller/<seller>/refunds                  what was given back
//	seller/<seller>/breakage                 what was left of gift certificates that have run out
//	gift/<certificate>                       what is left of a gift certificate, below zero: the seller owes goods for it
//	gateway/<name>                           money at an acquirer
//	transit/<carrier>                        cash in the hands of a carrier
//	bank/<seller>                            money in the bank
//	exchange/<account>                       what the exchange owes an investor: money, securities, goods
//	exchange-margin/<account>                money of an investor that secures open forwards
//	exchange-fund/<member>                   the share of a member in the default fund
//	exchange-pledge/<account>                money of an investor that secures what he has bid
//	exchange-house/<part>                    ccp, income, tax, capital and vault of the exchange itself
//	utility/<account>                        what a personal account owes its provider of services
//	utility-income/<provider>                what such a provider has billed
//	utility-till/<provider>/<channel>        what a channel has collected for it and not paid out yet
//	utility-remote/<provider>                what was collected for one that keeps its books elsewhere
//	utility-payout/<provider>                what it was paid out
//
// What the exchange owes stands below zero, as all that is owed by the house does; what lies in its vault above.
type Account string

// accountMax bounds a path: it is a key of two indexes.
const accountMax = 200

var accountShape = regexp.MustCompile(`^[a-z]+(-[a-z]+)*(/[A-Za-z0-9_.:-]+)+$`)

// Buyer is what the buyer of an order owes; below zero is what we owe the buyer.
func Buyer(order string) Account { return path("buyer", order) }

// Sales is what a seller earned by goods.
func Sales(seller string) Account { return path("seller", seller, "sales") }

// Delivery is what a seller earned by delivering.
func Delivery(seller string) Account { return path("seller", seller, "delivery") }

// Tax is what a seller owes to the budget of a country for one class of goods.
func Tax(seller, country, class string) Account { return path("seller", seller, "tax", country, class) }

// Fees is what a seller paid to gateways and platforms.
func Fees(seller string) Account { return path("seller", seller, "fees") }

// Refunds is what a seller gave back to buyers.
func Refunds(seller string) Account { return path("seller", seller, "refunds") }

// Breakage is what a seller kept of gift certificates that have run out.
func Breakage(seller string) Account { return path("seller", seller, "breakage") }

// Gift is what is left of a gift certificate, below zero, as all that is owed by the house.
func Gift(certificate string) Account { return path("gift", certificate) }

// Gateway is the money that an acquirer took for us and has not paid out yet.
func Gateway(name string) Account { return path("gateway", name) }

// Transit is the cash that a carrier collected for us and has not handed over yet.
func Transit(carrier string) Account { return path("transit", carrier) }

// Bank is a seller's money in the bank.
func Bank(seller string) Account { return path("bank", seller) }

// Exchange is what the exchange owes an investor's account.
func Exchange(account string) Account { return path("exchange", account) }

// ExchangeMargin is the money of an investor's account that secures its open forwards.
func ExchangeMargin(account string) Account { return path("exchange-margin", account) }

// ExchangeFund is the share of a member in the default fund of the exchange.
func ExchangeFund(member string) Account { return path("exchange-fund", member) }

// ExchangePledge is the money of an investor's account that secures his word in auctions and tenders.
func ExchangePledge(account string) Account { return path("exchange-pledge", account) }

// ExchangeHouse is a part of the exchange itself: "ccp", through which every settlement goes and where nothing stays,
// "income", "tax" to be paid, "capital" of its own, and the "vault", which is all that was brought in from outside.
func ExchangeHouse(part string) Account { return path("exchange-house", part) }

// Utility is what a personal account owes; below zero, what was paid in advance.
func Utility(account string) Account { return path("utility", account) }

// UtilityIncome is what a provider of services has billed.
func UtilityIncome(provider string) Account { return path("utility-income", provider) }

// UtilityTill is what a channel, a bank or this house, has collected for a provider and not paid out yet.
func UtilityTill(provider, channel string) Account { return path("utility-till", provider, channel) }

// UtilityRemote is what was collected for a provider that keeps its books elsewhere.
func UtilityRemote(provider string) Account { return path("utility-remote", provider) }

// UtilityPayout is what a provider was paid out.
func UtilityPayout(provider string) Account { return path("utility-payout", provider) }

func path(parts ...string) Account { return Account(strings.Join(parts, "/")) }

// Check refuses what is not a path.
func (a Account) Check() error {
	if len(a) > accountMax || !accountShape.MatchString(string(a)) {
		return ErrAccount.About("%.80q", string(a))
	}
	return nil
}

// Name is how an account is called on a page: a message for the translator and the one value that it names.
type Name struct {
	Message string // Message is an id such as "ledger.account.buyer".
	Value   string // Value is what stands after the name: the order, the seller, the gateway.
}

// NameOf gives the name of an account. A path that nothing is known about has the message "ledger.account" and is its
// own value.
func NameOf(a Account) Name {
	parts := strings.Split(string(a), "/")
	if len(parts) < 2 {
		return Name{"ledger.account", string(a)}
	}
	message := "ledger.account." + parts[0]
	if parts[0] == "seller" && len(parts) > 2 {
		message += "." + parts[2]
	}
	if parts[0] == "exchange-house" && len(parts) == 2 {
		message += "." + parts[1]
	}
	if _, known := names[message]; !known {
		return Name{"ledger.account", string(a)}
	}
	if len(parts) == 5 { // The tax account says to which budget and for which class.
		return Name{message, strings.Join([]string{parts[1], parts[3], parts[4]}, ", ")}
	}
	return Name{message, parts[1]}
}

// In gives the name in a language, with its value after a colon so that no ending has to fit. The accounts of the exchange
// itself are named by their words alone: there is one of each.
func (n Name) In(lang string) string {
	if strings.HasPrefix(n.Message, houseNames) {
		return names[n.Message].In(lang)
	}
	return names[n.Message].In(lang) + ": " + n.Value
}

const houseNames = "ledger.account.exchange-house."

// names holds the words for each kind of account.
var names = map[string]text.Localized{
	"ledger.account":                 {"kk": "Шот", "ru": "Счёт", "en": "Account", "zh": "账户"},
	"ledger.account.buyer":           {"kk": "Сатып алушының берешегі", "ru": "Задолженность покупателя", "en": "Owed by the buyer", "zh": "买家应付款"},
	"ledger.account.seller.sales":    {"kk": "Тауар сатудан түскен табыс", "ru": "Доход от продажи товаров", "en": "Earned by goods", "zh": "商品销售收入"},
	"ledger.account.seller.delivery": {"kk": "Жеткізуден түскен табыс", "ru": "Доход от доставки", "en": "Earned by delivery", "zh": "配送收入"},
	"ledger.account.seller.tax":      {"kk": "Төленетін салық", "ru": "Налог к уплате", "en": "Tax to pay", "zh": "应交税款"},
	"ledger.account.seller.fees":     {"kk": "Төленген комиссия", "ru": "Уплаченная комиссия", "en": "Fees paid", "zh": "已付手续费"},
	"ledger.account.seller.refunds":  {"kk": "Сатып алушыларға қайтарылған ақша", "ru": "Возвраты покупателям", "en": "Given back to buyers", "zh": "退给买家的款项"},
	"ledger.account.seller.breakage": {"kk": "Мерзімі өткен сыйлық сертификаттары", "ru": "Истёкшие подарочные сертификаты", "en": "Gift certificates that have run out", "zh": "过期礼品卡"},
	"ledger.account.gift":            {"kk": "Сыйлық сертификатының қалдығы", "ru": "Остаток подарочного сертификата", "en": "Left of a gift certificate", "zh": "礼品卡余额"},
	"ledger.account.gateway":         {"kk": "Төлем шлюзіндегі ақша", "ru": "Деньги в платёжном шлюзе", "en": "Money at the gateway", "zh": "支付网关中的资金"},
	"ledger.account.transit":         {"kk": "Тасымалдаушыдағы қолма-қол ақша", "ru": "Наличные у перевозчика", "en": "Cash with the carrier", "zh": "承运商代收现金"},
	"ledger.account.bank":            {"kk": "Банктегі ақша", "ru": "Деньги в банке", "en": "Money in the bank", "zh": "银行存款"},

	"ledger.account.utility":        {"kk": "Дербес шот бойынша берешек", "ru": "Задолженность по лицевому счёту", "en": "Owed by a personal account", "zh": "个人账户欠费"},
	"ledger.account.utility-income": {"kk": "Қызмет берушінің есептелген табысы", "ru": "Начисленный доход поставщика услуг", "en": "Billed by the provider", "zh": "服务商应收费用"},
	"ledger.account.utility-till":   {"kk": "Қызмет беруші үшін жиналған ақша", "ru": "Собрано для поставщика услуг", "en": "Collected for the provider", "zh": "代服务商收取的款项"},
	"ledger.account.utility-remote": {"kk": "Сыртқы қызмет берушіге берешек", "ru": "Задолженность перед внешним поставщиком", "en": "Owed to an outside provider", "zh": "应付外部服务商款项"},
	"ledger.account.utility-payout": {"kk": "Қызмет берушіге аударылған ақша", "ru": "Перечислено поставщику услуг", "en": "Paid out to the provider", "zh": "已付服务商款项"},

	"ledger.account.exchange":               {"kk": "Биржадағы инвестор шоты", "ru": "Счёт инвестора на бирже", "en": "Investor's account on the exchange", "zh": "投资者交易账户"},
	"ledger.account.exchange-margin":        {"kk": "Форвардтар бойынша қамтамасыз ету", "ru": "Обеспечение по форвардам", "en": "Margin for forwards", "zh": "远期合约保证金"},
	"ledger.account.exchange-pledge":        {"kk": "Сауда-саттыққа қатысу кепілдігі", "ru": "Обеспечение участия в торгах", "en": "Guarantee for a bidding", "zh": "竞价保证金"},
	"ledger.account.exchange-fund":          {"kk": "Дефолт қорындағы үлес", "ru": "Взнос в гарантийный фонд", "en": "Share in the default fund", "zh": "违约基金份额"},
	"ledger.account.exchange-house.ccp":     {"kk": "Биржаның орталық контрагент шоты", "ru": "Счёт центрального контрагента биржи", "en": "Central counterparty of the exchange", "zh": "交易所中央对手方账户"},
	"ledger.account.exchange-house.income":  {"kk": "Биржаның комиссиялық табысы", "ru": "Комиссионный доход биржи", "en": "Fees earned by the exchange", "zh": "交易所手续费收入"},
	"ledger.account.exchange-house.tax":     {"kk": "Биржа төлейтін салық", "ru": "Налог биржи к уплате", "en": "Tax to pay by the exchange", "zh": "交易所应交税款"},
	"ledger.account.exchange-house.capital": {"kk": "Биржаның өз капиталы", "ru": "Собственный капитал биржи", "en": "Own capital of the exchange", "zh": "交易所自有资金"},
	"ledger.account.exchange-house.vault":   {"kk": "Биржаға сырттан енгізілген активтер", "ru": "Активы, внесённые на биржу", "en": "Assets brought to the exchange", "zh": "转入交易所的资产"},
}
