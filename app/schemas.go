package app

import (
	"sauda/core/agreement"
	"sauda/core/attachment"
	"sauda/core/booking"
	"sauda/core/bookmark"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/customer"
	"sauda/core/digital"
	"sauda/core/enquiry"
	"sauda/core/estimate"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/conduct"
	"sauda/core/exchange/deal"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/identity"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/media"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/review"
	"sauda/core/search"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/core/tax"
	"sauda/core/utility"
	"sauda/core/waitlist"
	"sauda/core/webhook"
	"sauda/core/window"
	"sauda/core/wish"
	"sauda/core/workshop"
	selfcare "sauda/flow/account"
	"sauda/flow/intake"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
	"sauda/gear/session"
	"sauda/gear/web"
)

// Schemas are the tables of the whole house.
var Schemas = []db.Schema{
	bus.Schema, saga.Schema, job.Schema, web.Schema, session.Schema,
	identity.Schema, seller.Schema, tax.Schema, catalog.Schema, media.Schema, pricing.Schema, hold.Schema, inventory.Schema,
	cart.Schema, ledger.Schema, payment.Schema, shipping.Schema, order.Schema, notify.Schema, search.Schema,
	intake.Schema, attachment.Schema, digital.Schema, selfcare.Schema, bookmark.Schema, review.Schema, window.Schema, webhook.Schema,
	wish.Schema, enquiry.Schema, customer.Schema, promotion.Schema, exchange.Schema, clearing.Schema, bidding.Schema, conduct.Schema, deal.Schema,
	workshop.Schema, estimate.Schema, waitlist.Schema, booking.Schema, course.Schema, utility.Schema, agreement.Schema, gift.Schema,
}
