package pricing

import (
	"fmt"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
)

// Reason says why a number is what it is. It is stored with the order; Text says it in a language.
type Reason struct {
	Code   string `json:"code"`
	Params Params `json:"params"`
}

// Params are the values that a reason speaks of. Which are filled depends on its code.
type Params struct {
	Ref      string           `json:"ref,omitempty"`  // Ref names a price list, a delivery method or a promotion.
	Name     text.Localized   `json:"name,omitempty"` // Name is its name on that day.
	Amount   money.Money      `json:"amount"`
	Quantity measure.Quantity `json:"quantity,omitzero"`
	Unit     measure.Unit     `json:"unit,omitempty"`
	Rate     money.Rate       `json:"rate,omitzero"` // Rate is in parts per million.
	Clause   string           `json:"clause,omitempty"`
	Rounding string           `json:"rounding,omitempty"`
}

// The codes of reasons. A promotion brings a code and a name of its own.
const (
	PriceList       = "price.list"       // PriceList: the unit price stands in this list.
	PriceStep       = "price.step"       // PriceStep: the unit price stands in this list from this quantity on.
	BundleSum       = "bundle.sum"       // BundleSum: the bundle costs what its parts cost.
	BundleLess      = "bundle.less"      // BundleLess: the bundle costs what its parts cost, less a share.
	BundleShare     = "bundle.share"     // BundleShare: the part costs its share in the price of the bundle.
	MadeOption      = "made.option"      // MadeOption: this choice costs more.
	MadeFormula     = "made.formula"     // MadeFormula: the unit price follows from the answers by this formula.
	ServicePart     = "service.part"     // ServicePart: this part of a service costs this, or takes it off.
	SubtotalRounded = "subtotal.rounded" // SubtotalRounded: the unit price times the quantity was not a whole minor unit.
	TaxIncluded     = "tax.included"     // TaxIncluded: the price contains the tax.
	TaxAdded        = "tax.added"        // TaxAdded: the tax comes on top of the price.
	TaxMark         = "tax.mark"         // TaxMark: without VAT.
	TaxExport       = "tax.export"       // TaxExport: the goods leave the seller's country, so another class counts.
	TaxShared       = "tax.shared"       // TaxShared: the tax was rounded on the total and shared out.
	DeliveryPrice   = "delivery.price"   // DeliveryPrice: the chosen delivery costs this.
)

// words are the sentences of each code. The marks stand for values in their basic form, so that no Kazakh ending ever
// depends on a value.
var words = map[string]map[string]string{
	PriceList: {
		"kk": "«{name}» баға тізіміндегі баға: {amount}", "ru": "Цена по прайс-листу «{name}»: {amount}",
		"en": "Price in the list “{name}”: {amount}", "zh": "价目表“{name}”中的价格：{amount}"},
	PriceStep: {
		"kk": "«{name}» баға тізіміндегі көтерме баға (ең аз мөлшері: {quantity}): {amount}",
		"ru": "Оптовая цена по прайс-листу «{name}» (минимальное количество: {quantity}): {amount}",
		"en": "Price in the list “{name}” for a quantity of at least {quantity}: {amount}",
		"zh": "价目表“{name}”中的阶梯价（最低数量：{quantity}）：{amount}"},
	ServicePart: {"kk": "{name}: {amount}", "ru": "{name}: {amount}", "en": "{name}: {amount}", "zh": "{name}：{amount}"},
	BundleSum: {
		"kk": "Жинақтағы тауарлардың жалпы бағасы: {amount}", "ru": "Сумма цен товаров набора: {amount}",
		"en": "The sum of what the parts of the bundle cost: {amount}", "zh": "套装内各商品价格之和：{amount}"},
	BundleLess: {
		"kk": "Жинақтағы тауарлардың {rate} жеңілдік шегерілген жалпы бағасы: {amount}",
		"ru": "Сумма цен товаров набора со скидкой {rate}: {amount}",
		"en": "The sum of what the parts of the bundle cost, less {rate}: {amount}", "zh": "套装内各商品价格之和，优惠 {rate}：{amount}"},
	BundleShare: {
		"kk": "«{name}» жинағының бағасындағы үлесі: {amount}", "ru": "Доля в цене набора «{name}»: {amount}",
		"en": "Share in the price of the bundle “{name}”: {amount}", "zh": "在套装“{name}”价格中的份额：{amount}"},
	MadeOption: {
		"kk": "«{name}» таңдауы үшін үстеме: {amount}", "ru": "Доплата за «{name}»: {amount}",
		"en": "Surcharge for “{name}”: {amount}", "zh": "“{name}”附加费：{amount}"},
	MadeFormula: {
		"kk": "Жауаптар бойынша есептелген баға ({ref}): {amount}", "ru": "Цена по ответам, формула {ref}: {amount}",
		"en": "The price by the answers, {ref}: {amount}", "zh": "按填写内容计算的价格（{ref}）：{amount}"},
	SubtotalRounded: {
		"kk": "Баға мен санының көбейтіндісі дөңгелектелді: {amount}", "ru": "Произведение цены и количества округлено: {amount}",
		"en": "Price times quantity, rounded: {amount}", "zh": "单价乘以数量后取整：{amount}"},
	TaxIncluded: {
		"kk": "Баға құрамындағы ҚҚС, мөлшерлемесі {rate}: {amount} ({clause})",
		"ru": "НДС в составе цены, ставка {rate}: {amount} ({clause})",
		"en": "VAT contained in the price at {rate}: {amount} ({clause})", "zh": "价内增值税，税率 {rate}：{amount}（{clause}）"},
	TaxAdded: {
		"kk": "Баға үстіне қосылған салық, мөлшерлемесі {rate}: {amount} ({clause})",
		"ru": "Налог сверх цены, ставка {rate}: {amount} ({clause})",
		"en": "Tax on top of the price at {rate}: {amount} ({clause})", "zh": "价外税，税率 {rate}：{amount}（{clause}）"},
	TaxMark: {
		"kk": "ҚҚС-сыз ({clause})", "ru": "Без НДС ({clause})", "en": "Without VAT ({clause})", "zh": "不含增值税（{clause}）"},
	TaxExport: {
		"kk": "Тауар сатушы елінің шегінен тыс жерге жөнелтіледі ({clause})", "ru": "Товар вывозится из страны продавца ({clause})",
		"en": "The goods leave the seller’s country ({clause})", "zh": "货物运往卖方所在国境外（{clause}）"},
	TaxShared: {
		"kk": "Салық жалпы сомадан есептеліп, жолдарға бөлінді", "ru": "Налог рассчитан с общей суммы и распределён по строкам",
		"en": "The tax was computed on the total and shared out over the lines", "zh": "税额按总额计算后分摊到各行"},
	DeliveryPrice: {
		"kk": "Жеткізу тәсілі — «{name}»: {amount}", "ru": "Доставка «{name}»: {amount}",
		"en": "Delivery “{name}”: {amount}", "zh": "配送方式“{name}”：{amount}"},
}

// Text says the reason in a language: kk, ru, en or zh, and English for any other. A reason that a promotion brought is
// its name and what it took off.
func (r Reason) Text(lang string) string {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	sentence, known := words[r.Code][base]
	if !known {
		sentence = words[r.Code]["en"]
	}
	p := r.Params
	if sentence == "" {
		name := p.Name.In(lang)
		if name == "" {
			name = r.Code
		}
		return fmt.Sprintf("%s: −%s", name, p.Amount.Format(lang))
	}
	return strings.NewReplacer("{name}", p.Name.In(lang), "{amount}", p.Amount.Format(lang), "{rate}", p.Rate.Format(lang),
		"{quantity}", p.Quantity.Format(lang)+"\u00a0"+p.Unit.Sign(lang), "{clause}", p.Clause, "{ref}", p.Ref).Replace(sentence)
}
