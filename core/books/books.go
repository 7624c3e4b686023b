// Package books knows how the trade is written down in the ledger: which accounts move when an order is placed, paid,
// cancelled or refunded. All rules of posting stand here and nowhere else.
//
//	event                  debit                      credit
//	an order is placed     buyer/<order>              seller/<s>/sales, seller/<s>/delivery, seller/<s>/tax/<country>/<class>
//	money is taken         gateway/<g>                buyer/<order>
//	cash is taken          transit/<carrier>          buyer/<order>
//	cash is handed in      bank/<seller>              transit/<carrier>
//	the gateway's fee      seller/<s>/fees            gateway/<g>
//	a part falls away      what the order credited    buyer/<order>
//	money goes back        buyer/<order>              gateway/<g>, or bank/<seller> for cash
//	a certificate is sold  buyer/<order>              gift/<certificate>, as a part of the charge
//	one pays               gift/<certificate>         buyer/<order>
//	it gets money back     buyer/<order>              gift/<certificate>
//	it has run out         gift/<certificate>         seller/<s>/breakage
//
// What a buyer still owes for an order, or is owed, is the balance of buyer/<order> and nothing else.
//
// Each event has a reference of its own, so that it is posted once, however often it is told.
package books

import (
	"errors"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/gift"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// ErrTaxAccount means that an order names a tax that its own sums do not have.
var ErrTaxAccount = fault.New(fault.Internal, "books.tax_account", "The taxes of this order do not add up. Please tell us its code; we will look at it.")

// Kinds of postings, as they stand in the ledger.
const (
	KindCharge  = "charge"
	KindPayment = "payment"
	KindFee     = "fee"
	KindWaiver  = "waiver" // A part of the charge falls away.
	KindRefund  = "refund"
	KindRemit   = "remittance"

	KindGift     = "gift"      // A gift certificate has paid.
	KindGiftBack = "gift_back" // What a certificate had paid goes back onto it.
	KindGiftOver = "gift_over" // A certificate has run out.
)

// once posts and takes a second telling for the first.
func once(tx *db.Tx, p ledger.Posting) error {
	_, err := told(tx, p)
	return err
}

// told posts, and says whether that was done before.
func told(tx *db.Tx, p ledger.Posting) (again bool, err error) {
	if len(p.Transfers) == 0 {
		return false, nil
	}
	_, err = ledger.Post(tx, p)
	if errors.Is(err, ledger.ErrPosted) {
		return true, nil
	}
	return false, err
}

// part is what one seller earns of one tax class, from goods or from delivery.
type part struct {
	seller   seller.ID
	class    string
	delivery bool
	worth    order.Worth
	gift     gift.ID // gift is the certificate that the part is: the seller has earned nothing yet, and owes goods.
}

// partOf is a part of a line.
func partOf(l pricing.QuoteLine, worth order.Worth) part {
	p := part{seller: l.Seller, class: string(l.Tax.Class), worth: worth}
	if l.Service != nil && l.Service.Way == gift.WayName {
		p.gift = gift.ID(l.Service.Ref)
	}
	return p
}

// Charge writes down that the buyer owes an order: once, when it is placed.
func Charge(tx *db.Tx, o order.Order) error {
	var parts []part
	for _, l := range o.Quote.Lines {
		parts = append(parts, partOf(l, order.Worth{Net: l.Tax.Net, Tax: l.Tax.Amount, Total: l.Total}))
	}
	for _, d := range o.Quote.Delivery {
		parts = append(parts, part{seller: d.Seller, class: string(d.Tax.Class), delivery: true, worth: order.Worth{Net: d.Tax.Net, Tax: d.Tax.Amount, Total: d.Total}})
	}
	transfers, err := earned(o, parts)
	if err != nil {
		return err
	}
	return once(tx, ledger.Posting{Kind: KindCharge, Ref: string(o.ID), Cause: string(o.ID), Transfers: transfers})
}

// Waive writes down that a part of the charge falls away, by a cancellation or a return. Ref names that event.
func Waive(tx *db.Tx, o order.Order, ref string, lines []order.Moved, delivery order.Worth) error {
	var parts []part
	for _, m := range lines {
		l, err := o.Line(m.Line)
		if err != nil {
			return err
		}
		parts = append(parts, partOf(l.QuoteLine, m.Worth))
	}
	if len(o.Quote.Delivery) > 0 && delivery.Total.IsPositive() {
		for _, d := range o.Quote.Delivery {
			parts = append(parts, part{seller: d.Seller, class: string(d.Tax.Class), delivery: true, worth: order.Worth{Net: d.Tax.Net, Tax: d.Tax.Amount, Total: d.Total}})
		}
	}
	transfers, err := earned(o, parts)
	if err != nil {
		return err
	}
	for i := range transfers {
		transfers[i].Debit, transfers[i].Credit = transfers[i].Credit, transfers[i].Debit
	}
	return once(tx, ledger.Posting{Kind: KindWaiver, Ref: ref, Cause: string(o.ID), Transfers: transfers})
}

// earned turns parts of an order into transfers from the buyer to the seller's accounts, one for each account.
func earned(o order.Order, parts []part) ([]ledger.Transfer, error) {
	buyer := ledger.Buyer(string(o.ID))
	var transfers []ledger.Transfer
	place := map[ledger.Account]int{}
	add := func(account ledger.Account, amount money.Money, of seller.ID) {
		if !amount.IsPositive() {
			return
		}
		if at, ok := place[account]; ok {
			transfers[at].Amount += amount.Minor
			return
		}
		place[account] = len(transfers)
		transfers = append(transfers, ledger.Move(buyer, account, amount, string(of)))
	}
	for _, p := range parts {
		if p.gift != "" {
			add(ledger.Gift(string(p.gift)), p.worth.Total, p.seller)
			continue
		}
		income := ledger.Sales(string(p.seller))
		if p.delivery {
			income = ledger.Delivery(string(p.seller))
		}
		add(income, p.worth.Net, p.seller)
		if !p.worth.Tax.IsPositive() {
			continue
		}
		country, err := taxedIn(o, p)
		if err != nil {
			return nil, err
		}
		add(ledger.Tax(string(p.seller), country, p.class), p.worth.Tax, p.seller)
	}
	return transfers, nil
}

// taxedIn gives the country to which the tax of a part is owed.
func taxedIn(o order.Order, p part) (string, error) {
	for _, t := range o.Quote.Taxes {
		if t.Seller == p.seller && string(t.Class) == p.class {
			return string(t.Country), nil
		}
	}
	return "", ErrTaxAccount.About("%s has no sum of class %q for %s", o.ID, p.class, p.seller)
}

// Paid writes down money that was taken for an order. Ref names the taking: a capture, or the parcel whose carrier took
// cash. Carrier is who took it when no gateway did.
func Paid(tx *db.Tx, p payment.Payment, ref string, amount money.Money, carrier string) error {
	orderID := p.Order
	return once(tx, ledger.Posting{
		Kind: KindPayment, Ref: ref, Cause: orderID,
		Transfers: []ledger.Transfer{ledger.Move(holder(p, carrier), ledger.Buyer(orderID), amount, p.Seller)},
	})
}

// Fee writes down what the gateway keeps of a taking. It is the seller's cost.
func Fee(tx *db.Tx, p payment.Payment, ref string, fee money.Money) error {
	if !fee.IsPositive() {
		return nil
	}
	return once(tx, ledger.Posting{
		Kind: KindFee, Ref: ref, Cause: string(p.ID),
		Transfers: []ledger.Transfer{ledger.Move(ledger.Fees(p.Seller), ledger.Gateway(p.Gateway), fee, p.Seller)},
	})
}

// Refund writes down money that went back to the buyer. Ref names what for; again says that it was written down before.
func Refund(tx *db.Tx, p payment.Payment, orderID order.ID, amount money.Money, ref string) (again bool, err error) {
	from := ledger.Bank(p.Seller)
	if p.Gateway != "" {
		from = ledger.Gateway(p.Gateway)
	}
	return told(tx, ledger.Posting{
		Kind: KindRefund, Ref: ref, Cause: string(orderID),
		Transfers: []ledger.Transfer{ledger.Move(ledger.Buyer(string(orderID)), from, amount, p.Seller)},
	})
}

// Remit writes down that a carrier handed in the cash that it had collected for a seller. Ref names the statement.
func Remit(tx *db.Tx, carrier string, of seller.ID, amount money.Money, ref string) error {
	return once(tx, ledger.Posting{
		Kind: KindRemit, Ref: ref, Cause: carrier,
		Transfers: []ledger.Transfer{ledger.Move(ledger.Bank(string(of)), ledger.Transit(carrier), amount, string(of))},
	})
}

// Owed is what the buyer still owes for an order; below zero, what the buyer is owed.
func Owed(tx *db.Tx, o order.Order) (money.Money, error) {
	minor, err := ledger.Balance(tx, ledger.Buyer(string(o.ID)), string(o.Quote.Currency))
	return money.Of(minor, o.Quote.Currency), err
}

// holder is who has the money that was taken.
func holder(p payment.Payment, carrier string) ledger.Account {
	if p.Gateway != "" {
		return ledger.Gateway(p.Gateway)
	}
	if carrier == "" {
		carrier = p.Seller // The shop's own courier.
	}
	return ledger.Transit(carrier)
}

// Allow writes down that the seller forgoes a part of the price out of goodwill. Ref names the allowance; again says that it was
// written down before.
func Allow(tx *db.Tx, o order.Order, ref string, amount money.Money) (again bool, err error) {
	return told(tx, ledger.Posting{
		Kind: KindWaiver, Ref: ref, Cause: string(o.ID),
		Transfers: []ledger.Transfer{
			ledger.Move(ledger.Refunds(string(o.Seller)), ledger.Buyer(string(o.ID)), amount, string(o.Seller)),
		},
	})
}

// Retract takes back what was allowed too much: a part that was forgone out of goodwill and then fell away altogether,
// because its goods were cancelled or came back. Ref names that event.
func Retract(tx *db.Tx, o order.Order, ref string, amount money.Money) error {
	return once(tx, ledger.Posting{
		Kind: KindWaiver, Ref: ref + "/allowance", Cause: string(o.ID),
		Transfers: []ledger.Transfer{
			ledger.Move(ledger.Buyer(string(o.ID)), ledger.Refunds(string(o.Seller)), amount, string(o.Seller)),
		},
	})
}

// Spent writes down that a gift certificate has paid for an order: once, when it is placed.
func Spent(tx *db.Tx, o order.Order, certificate gift.ID, amount money.Money) error {
	return once(tx, ledger.Posting{
		Kind: KindGift, Ref: string(o.ID), Cause: string(o.ID),
		Transfers: []ledger.Transfer{ledger.Move(ledger.Gift(string(certificate)), ledger.Buyer(string(o.ID)), amount, string(o.Seller))},
	})
}

// GivenBack writes down that what a certificate had paid for an order went back onto it. Ref names what for.
func GivenBack(tx *db.Tx, o order.Order, certificate gift.ID, amount money.Money, ref string) error {
	return once(tx, ledger.Posting{
		Kind: KindGiftBack, Ref: ref, Cause: string(o.ID),
		Transfers: []ledger.Transfer{ledger.Move(ledger.Buyer(string(o.ID)), ledger.Gift(string(certificate)), amount, string(o.Seller))},
	})
}

// RanOut writes down that a certificate has run out, and that its seller owes nothing for what was left of it.
func RanOut(tx *db.Tx, c gift.Certificate) error {
	return once(tx, ledger.Posting{
		Kind: KindGiftOver, Ref: string(c.ID) + "/" + c.Until.String(), Cause: string(c.ID),
		Transfers: []ledger.Transfer{ledger.Move(ledger.Gift(string(c.ID)), ledger.Breakage(string(c.Seller)), c.Left, string(c.Seller))},
	})
}
