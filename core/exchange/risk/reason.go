package risk

// Reason is why something was refused: in the lower eight bits the rule, above them whose limit it was, if it was
// somebody's.
type Reason uint16

// The reasons. Their numbers and names are public and never change.
const (
	NoReason Reason = iota

	Malformed         // Malformed: a side, a kind or a party that does not exist.
	DuplicateID       // DuplicateID: an order with this id is open.
	UnknownInstrument // UnknownInstrument: nobody has added it.
	UnknownAccount    // UnknownAccount: nobody has opened it.
	UnknownTrader     // UnknownTrader: nobody has added it.
	UnknownMember     // UnknownMember: nobody has added it.
	NotOfMember       // NotOfMember: the account or the trader is another member's.
	NotOwner          // NotOwner: another account, trader or member has entered the order.
	BadQty            // BadQty: a quantity is above zero.
	BadPrice          // BadPrice: where goods are paid at once, a price is above zero.
	NoLimit           // NoLimit: an order without a limit has no worst price.
	NoMark            // NoMark: nobody has said yet what the forward is worth.
	TooMuch           // TooMuch: what it is worth, or what it leads to, cannot be counted.
	HasTraded         // HasTraded: as much as the new quantity has traded already.

	Killed      // Killed: the switch has been thrown.
	PriceCollar // PriceCollar: the price is too far on the dear side of the reference.
	OrderQty    // OrderQty: the quantity of one order.
	OrderValue  // OrderValue: the value of one order.
	OpenOrders  // OpenOrders: how many orders are open.
	Position    // Position: what would be held or owed in one instrument, were all orders filled.
	OrderRate   // OrderRate: orders a second.

	BuyingPower // BuyingPower: less money is free than the order needs.
	Securities  // Securities: less of the asset is free than is sold, and it may not be sold short.
	Unsettled   // Unsettled: enough is there once trades are settled, and may not be used before.

	Known     // Known: it has been added already.
	BadTerms  // BadTerms: terms or limits that contradict themselves.
	BadAmount // BadAmount: an amount is above zero.
	NotThere  // NotThere: less than that is settled.
	NotDue    // NotDue: less than that is due, or open.
	reasons
)

// codes are the public names of reasons.
var codes = [reasons]string{
	NoReason: "", Malformed: "malformed", DuplicateID: "duplicate_id", UnknownInstrument: "unknown_instrument",
	UnknownAccount: "unknown_account", UnknownTrader: "unknown_trader", UnknownMember: "unknown_member",
	NotOfMember: "not_of_member", NotOwner: "not_owner", BadQty: "bad_quantity", BadPrice: "bad_price", NoLimit: "no_limit",
	NoMark: "no_mark", TooMuch: "too_much", HasTraded: "has_traded", Killed: "killed", PriceCollar: "price_collar",
	OrderQty: "order_quantity", OrderValue: "order_value", OpenOrders: "open_orders", Position: "position",
	OrderRate: "order_rate", BuyingPower: "buying_power", Securities: "securities", Unsettled: "unsettled",
	Known: "already_known", BadTerms: "bad_terms", BadAmount: "bad_amount", NotThere: "not_there", NotDue: "not_due",
}

const whoShift = 8

// Code gives the public name of the rule, which FIX and the API share; it is empty for none, and "unknown" for a number
// that is no reason.
func (r Reason) Code() string {
	if r.Rule() >= reasons {
		return "unknown"
	}
	return codes[r.Rule()]
}

// Rule gives the reason without whose limit it was, to be compared with.
func (r Reason) Rule() Reason { return r & (1<<whoShift - 1) }

// Who says whose limit it was; Everybody if it was nobody's own.
func (r Reason) Who() Who { return Who(r >> whoShift) }

// of gives the reason as one about a limit of somebody.
func (r Reason) of(who Who) Reason { return r | Reason(who)<<whoShift }
