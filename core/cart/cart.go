// Package cart knows what a buyer has chosen and not yet ordered: lines, where it shall go and how.
//
// It does not know what anything costs now (pricing), what is left (inventory) or what delivery there is (shipping). It
// keeps the price that the buyer saw; Review compares it with today's. Checkout reads a basket and closes it.
//
//	open ──Close──▶ ordered
//	  ├───Merge──▶ merged into the basket of the party that signed in
//	  └───Expire─▶ expired, and what it said about a person is gone
//
// A guest's basket belongs to whoever knows its id, which holds 74 random bits. From the sign-in on it belongs to the
// party, and its id opens nothing to others. Somebody else's basket is as unknown as none.
//
// Changes are commands on rows, so that two devices that add at once end with both. Every change is a fact and is kept
// as Retention says.
package cart

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of baskets.
var Schema = db.Schema{Name: "cart", Files: schemaFiles}

// Limits of a basket, said in the faults.
const (
	LinesMax    = 200                     // LinesMax bounds what one checkout has to hold at once.
	QuantityMax = 1_000_000 * measure.One // QuantityMax is more than any line that is meant.
	couponsMax  = 10                      // couponsMax bounds the codes of a basket.
	couponMax   = 40                      // couponMax bounds one of them, in characters, as the one who gives codes away does.
	sourceMax   = 200                     // sourceMax keeps a fact short.
	contactMax  = 254                     // contactMax is the longest mail address (RFC 5321 §4.5.3.1.3).
)

// Faults of baskets.
var (
	ErrUnknown  = fault.New(fault.Missing, "cart.unknown", "There is no such basket. Open a new one and add what you like.")
	ErrNoLine   = fault.New(fault.Missing, "cart.unknown_line", "This line is not in the basket any more. Look at the basket again.")
	ErrClosed   = fault.New(fault.Conflict, "cart.closed", "This basket has been ordered or joined to another. Open a new one.")
	ErrStale    = fault.New(fault.Precondition, "cart.stale", "The basket was changed on another device. Look at it again and repeat your change.")
	ErrFull     = fault.New(fault.Conflict, "cart.full", "A basket holds at most 200 different things. Order some of them first, or remove some.")
	ErrQuantity = fault.New(fault.Invalid, "cart.quantity", "Choose a quantity above zero and at most 1,000,000. To take something out of the basket, remove its line.")
	ErrStep     = fault.New(fault.Invalid, "cart.step", "This is not sold in such parts. Choose a quantity that fits its unit.")
	ErrEnded    = fault.New(fault.Conflict, "cart.not_for_sale", "This is not sold any more. Choose something else.")
	ErrVariant  = fault.New(fault.Missing, "cart.unknown_variant", "There is no such thing in the shop. Choose one from the catalogue.")
	ErrCurrency = fault.New(fault.Conflict, "cart.currency", "The basket is in another currency. Open a new basket for this one.")
	ErrContact  = fault.New(fault.Invalid, "cart.contact", "Write the mail address as name@example.kz and the phone in the international form, +77011234567.")
	ErrOpening  = fault.New(fault.Invalid, "cart.opening", "Name the currency of the basket, such as KZT, and its language, such as kk.")
	ErrChoice   = fault.New(fault.Invalid, "cart.delivery_choice", "Name the seller and the delivery method, as the delivery options list them.")
	ErrText     = fault.New(fault.Invalid, "cart.source", "Say in at most 200 characters where the choice came from.")
	ErrCoupon   = fault.New(fault.Invalid, "cart.coupon", "A code has letters and digits, and a basket takes at most 10 codes. Take one out first, or type the code again.")
	ErrParty    = fault.New(fault.Invalid, "cart.party", "Say whose basket it shall be.")
)

// ID names a basket and, for a guest, is the key to it. LineID names a line within its basket.
type (
	ID     string
	LineID string
)

// State is how a basket stands.
type State string

// The states of a basket. Only an open one can be changed.
const (
	StateOpen    State = "open"
	StateOrdered State = "ordered"
	StateMerged  State = "merged"
	StateExpired State = "expired"
)

// Consent is what the buyer allows. Without it a basket works all the same.
type Consent struct {
	Learn  bool `json:"learn" doc:"The history of this basket may be used to learn about this buyer."`
	Remind bool `json:"remind" doc:"The shop may write about what was left in the basket."`
}

// Line is one variant in a basket. What is made to order by other answers is another line.
type Line struct {
	ID        LineID
	Variant   catalog.VariantID
	Product   catalog.ProductID
	Seller    seller.ID
	Quantity  measure.Quantity
	PriceSeen money.Money       // PriceSeen is what the buyer saw for one unit; zero when nothing was shown.
	Source    string            // Source is where it was found: "search", "product", "api".
	Answers   map[string]string // Answers are those to the questions of a thing that is made to order, by their codes.
	Added     time.Time
}

// Choice is how the goods of one seller shall be delivered.
type Choice struct {
	Seller seller.ID `json:"seller"`
	Method string    `json:"method"`
	Point  string    `json:"point,omitempty"` // Point is the pickup point, where the method has some.
}

// Cart is a basket.
type Cart struct {
	ID       ID
	Party    string // Party is whose it is; empty for a guest.
	Currency money.Currency
	Lang     string
	Version  int64 // Version grows with every change.
	State    State
	Lines    []Line // Lines are in the order in which they were added.
	Address  place.Address
	Email    string
	Phone    string
	Delivery []Choice // Delivery has one choice for each seller that was chosen for.
	Coupons  []string // Coupons are the codes that the buyer has entered, as promotion.Fold gives them.
	Gift     string   // Gift is the certificate that shall pay; empty for none.
	Consent  Consent
	Order    string // Order is what the basket became, or the basket that it was merged into.
	Opened   time.Time
	Touched  time.Time
}

// Choice gives how the goods of a seller shall be delivered, and whether that was chosen.
func (c Cart) Choice(of seller.ID) (Choice, bool) {
	for _, choice := range c.Delivery {
		if choice.Seller == of {
			return choice, true
		}
	}
	return Choice{}, false
}

// Sellers gives whose goods are in the basket, in the order of the lines.
func (c Cart) Sellers() []seller.ID {
	var sellers []seller.ID
	seen := map[seller.ID]bool{}
	for _, l := range c.Lines {
		if !seen[l.Seller] {
			seen[l.Seller] = true
			sellers = append(sellers, l.Seller)
		}
	}
	return sellers
}

// Opening is what a new basket begins with.
type Opening struct {
	Currency money.Currency
	Lang     string
	Consent  Consent
}

// Addition is what a buyer puts into the basket.
type Addition struct {
	Variant   catalog.VariantID
	Quantity  measure.Quantity
	PriceSeen money.Money // PriceSeen may be zero: nothing was shown.
	Source    string
	Answers   map[string]string // Answers are those to the questions of a thing that is made to order, by their codes.
}

// Contact is how to reach the buyer. Either may be empty.
type Contact struct {
	Email string
	Phone string // Phone is in the international form, E.164.
}
