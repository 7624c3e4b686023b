package office_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sauda/core/books"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/customer"
	"sauda/core/enquiry"
	"sauda/core/estimate"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/conduct"
	"sauda/core/exchange/watch"
	"sauda/core/identity"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/promotion"
	"sauda/core/review"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/core/shipping"
	"sauda/core/tax"
	"sauda/core/utility"
	"sauda/core/waitlist"
	"sauda/core/webhook"
	"sauda/core/window"
	"sauda/face/office"
	"sauda/flow/feeds"
	"sauda/flow/intake"
	"sauda/gear/i18n"
)

// prefix stands before the ids of all texts of the office.
const prefix = "office."

// TestEveryTextIsThere: in all three languages, not empty, with the same values.
func TestEveryTextIsThere(t *testing.T) {
	for _, found := range i18n.Check(prefix, "kk", "ru", "en") {
		t.Error(found)
	}
}

// asked finds where the pages ask for a text: by its whole id, or by the beginning of one that ends in a state.
var askedFor = regexp.MustCompile(`\bt\((?:ctx|tx\.Context\(\)), "([a-z0-9_.]+)"( ?\+)?|@badge\("([a-z.]+)"|"(home\.[a-z_]+)"`)

// TestEveryTextIsUsed: what a page asks for is there, and what is there is asked for.
func TestEveryTextIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, id := range states() {
		used[prefix+id] = true
	}
	stories := map[string]string{} // That each is of a story, and each story has one, is a law of the house.
	if body, err := os.ReadFile("texts/stories.kk.json"); err != nil || json.Unmarshal(body, &stories) != nil {
		t.Fatalf("texts/stories.kk.json is not read: %v", err)
	}
	for id := range stories {
		used[id] = true
	}
	begins := map[string]bool{}
	for _, pattern := range []string{"*.templ", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range askedFor.FindAllStringSubmatch(string(source), -1) {
				switch {
				case m[3] != "":
					begins[m[3]+"."] = true
				case m[4] != "":
					used[prefix+m[4]] = true
				case m[2] != "":
					begins[m[1]] = true
				default:
					used[prefix+m[1]] = true
				}
			}
		}
	}
	for id := range used {
		if !i18n.Has("kk", id) {
			t.Errorf("%s is asked for and has no text", id)
		}
	}
	for _, id := range i18n.Unused(prefix, used) {
		t.Errorf("%s is asked for nowhere", id)
	}
	for begin := range begins {
		if !anyBegins(used, prefix+begin) {
			t.Errorf("texts that begin with %s are asked for, and the test does not know which", begin)
		}
	}
}

func anyBegins(ids map[string]bool, begin string) bool {
	for id := range ids {
		if strings.HasPrefix(id, begin) {
			return true
		}
	}
	return false
}

// states gives the texts whose ids end in a word of the trade: every word must have its text.
func states() []string {
	var ids []string
	add := func(begin string, ends ...string) {
		for _, end := range ends {
			ids = append(ids, begin+end)
		}
	}
	for _, s := range order.States {
		add("order.state.", string(s))
	}
	for _, s := range shipping.States() {
		add("shipment.state.", string(s))
	}
	for _, c := range tax.Classes {
		add("tax.", string(c))
	}
	for _, s := range office.Scopes {
		add("scope.", s)
	}
	for _, d := range office.Deeds {
		add("done.", d)
	}
	for _, s := range review.States {
		add("reviews.", string(s))
	}
	for _, s := range enquiry.States {
		add("questions.", string(s))
		add("questions.said.", string(s))
	}
	for _, r := range office.Regimes {
		add("regime.", string(r))
	}
	add("bookings.state.", "booked", "in", "done", "missed")
	add("courses.state.", texts(course.States)...)
	add("courses.group.", "open", "closed", "called_off")
	add("courses.presence.", texts(course.Presences)...)
	add("courses.lesson_state.", "held", "called_off")
	add("courses.enrolment.", "applied", "offered", "refused", "ordered", "studying", "finished", "left", "lapsed")
	add("courses.due.", "open", "ordered", "paid", "waived")
	add("estimate.state.", texts(estimate.States)...)
	add("estimate.rest.", string(estimate.RestLater), string(estimate.RestOpen), string(estimate.RestOrdered), string(estimate.RestPaid),
		string(estimate.RestWaived))
	add("exchange.deposit.to.", "account", "fund", "capital")
	add("exchange.charge.", "fee", "penalty", "difference", "claim", "call")
	add("listing.firm.", "will", "before", "after")
	add("listing.count.", string(exchange.Actual365), string(exchange.Thirty360), string(exchange.ThirtyE360))
	add("audit.by.", "people", "buyers", "house")
	for _, k := range window.Kinds {
		add("content.kind.", string(k))
		add("content.new.", string(k))
	}
	for _, b := range window.Blocks {
		add("window.block.", string(b))
	}
	for _, f := range window.Faces {
		add("window.face.", string(f))
	}
	for _, k := range promotion.Kinds {
		add("promotions.kind.", string(k))
	}
	add("promotions.deed.", "start", "pause", "end", "restore")
	add("promotions.phase.", "draft", "planned", "running", "paused", "over")
	add("promotions.say.", "amount_off", "order_off", "delivery_off", "sum", "units", "first", "code", "codes", "most", "each", "alone")
	add("content.state.", "draft", "planned", "shown", "ended")
	add("window.", "header", "footer")
	add("window.art.", "logo", "icon", "picture")
	add("hosts.state.", "waits", "shown")
	add("hosts.how.", string(window.ProofRecord), string(window.ProofFile), string(window.ProofWord))
	add("payment.state.", string(payment.StateBegun), string(payment.StateChallenged), string(payment.StateDeclined),
		string(payment.StateAuthorized), string(payment.StateVoided), string(payment.StatePartlyCaptured),
		string(payment.StateCaptured), string(payment.StatePartlyRefunded), string(payment.StateRefunded))
	add("method.", string(payment.Card), string(payment.Cash), string(payment.Nothing))
	add("product.state.", string(catalog.StateAny), string(catalog.StateDraft), string(catalog.StateOnSale), string(catalog.StateEnded))
	add("availability.", "in_stock", "to_order", "out_of_stock")
	add("tracking.", string(catalog.Tracked), string(catalog.Backorder), string(catalog.Untracked))
	add("movement.", string(inventory.Receipt), string(inventory.Issued), string(inventory.Adjustment), string(inventory.Returned), string(inventory.Moved))
	add("happening.", "placed", "numbered", "cancelled", "packed", "unpacked", "handed_over", "came_back", "went_on", "delivered", "returned", "refunded", "short")
	add("posting.", books.KindCharge, books.KindPayment, books.KindFee, books.KindWaiver, books.KindRefund, books.KindRemit, books.KindGift,
		books.KindGiftBack, books.KindGiftOver, utility.KindBilled, utility.KindPayment, utility.KindPayout, utility.KindRefused)
	add("posting.exchange.", "deposit", "withdrawal", "move", "settle", "dues", "mark", "split", "bust", "bust_dues", "buy_in", "default", "lapse",
		string(clearing.Dividend), string(clearing.Coupon))
	add("role.", string(identity.RoleStaff), string(identity.RoleAdmin))
	add("user.state.", string(identity.StateActive), string(identity.StateSuspended))
	add("key.state.", "revoked")
	add("webhook.event.", webhook.Events...)
	add("webhook.state.", "failing", string(webhook.On), string(webhook.Paused), string(webhook.Stopped))
	add("webhook.progress.", string(webhook.Waiting), string(webhook.Brought), string(webhook.GivenUp))
	add("story.state.", "running", "waiting", "undoing", "done", "failed", "stuck")
	add("delivery.kind.", string(shipping.Courier), string(shipping.Parcel), string(shipping.Pickup), string(shipping.Post))
	add("who.", "guest", "buyer", "staff", "admin", "system")
	add("ledger.of.", "seller", "buyer", "gateway", "transit", "bank")
	add("warehouse.state.", "open", "closed")
	add("media.kind.", string(catalog.MediaImage), string(catalog.MediaVideo), string(catalog.MediaModel), string(catalog.MediaDocument))
	add("attribute.kind.", texts(catalog.AttributeKinds)...)
	add("lack.", texts(catalog.LackKinds)...)
	add("grade.", texts(catalog.Grades)...)
	add("relation.", texts(catalog.RelationKinds)...)
	add("duplicates.", string(catalog.SameGTIN), string(catalog.SameNTIN), string(catalog.AlikeName))
	add("field.", "slug", "category", "name", "description", "brand", "origin", "provenance", "tax_class", "attributes", "options", "media",
		"kind", "variants", catalog.FieldState, catalog.FieldImport)
	add("kind.", "bundle", "bundle_about", "made", "made_about", "digital", "digital_about", "service", "service_about")
	add("question.", texts(catalog.QuestionKinds)...)
	add("attributes.", "side0", "side1", "side2")
	add("definitions.", "required", "filterable", "comparable")
	add("stock.", "receipt", "receipt_button", "count", "count_button", "transfer", "transfer_button", "cause_receipt", "cause_count", "cause_transfer")
	for _, s := range []intake.Stage{intake.StageMapping, intake.StagePreviewing, intake.StagePreviewed, intake.StageApplying,
		intake.StageApplied, intake.StageUndoing, intake.StageUndone} {
		add("import.stage.", string(s))
	}
	for _, f := range intake.Formats {
		add("import.format.", string(f))
	}
	add("export.form.", texts(feeds.Formats)...)
	add("import.field.", office.ImportFields...)
	add("import.count.", "added", "changed", "same", "refused", "prices", "stocks", "undone", "kept")
	add("import.outcome.", "added", "changed", "same", "refused")
	add("import.show.", "all", "trouble", "kept", "added", "changed", "same", "refused")
	add("import.deed.", "apply", "undo", "on", "back")
	add("import.back.", intake.BackUndone, intake.BackChanged, intake.BackPartly)
	add("search.", "try", "vain")
	for _, kind := range []string{"synonyms", "boosts", "curated", "redirects"} {
		add("search.", kind, "about."+kind, "own."+kind, "none."+kind)
	}
	add("search.add.", "synonyms", "boosts", "redirects")
	add("search.lang.", "kk", "ru", "en", "zh")
	add("search.place.", "first", "up", "down", "hidden", "out")
	add("search.why.", search.Whys()...)
	for f := index.Title; f <= index.Purpose; f++ {
		add("search.where.", f.String())
	}
	add("act.", office.Acts...)
	add("keyboard.", office.KeyNames...)
	add("bulk.act.", office.BulkActs...)
	add("column.", office.Columns...)
	for _, v := range customer.Views[1:] {
		add("customers.view.", string(v))
	}
	for _, s := range customer.Sorts[1:] {
		add("customers.sort.", string(s))
	}
	add("customers.kind.", texts(customer.Kinds)...)
	add("customers.purpose.", texts(identity.Purposes)...)
	add("find.kind.", "customers", "pages", "acts", "orders", "products")
	add("board.", "to_pack", "to_hand_over", "under_way", "delivered")
	add("start.step.", office.StartSteps...)
	add("start.why.", office.StartSteps...)
	add("start.do.", office.StartSteps...)
	add("pieces.", "buttons", "fields", "notes", "badges", "tiles", "tables", "states", "note.good", "note.warn", "note.bad")
	add("exchange.tab.", office.ExchangeTabs...)
	for p := auction.PreOpen; p <= auction.Closed; p++ {
		add("exchange.phase.", p.String())
	}
	add("exchange.step.", "begin", "begin_call", "begin_no_cancel", "begin_random_end", "freeze", "strike", "begin_continuous", "begin_closing", "close")
	add("exchange.auction.", "opening", "intraday", "volatility", "reopening", "closing")
	add("exchange.warning.", "overdue", "late", "halted", "outside")
	add("exchange.deed.", "halt", "halt.about", "resumption", "resumption.about", "acceptance", "acceptance.about")
	add("exchange.kind.", "own", "client")
	add("exchange.standing.", "resume", "resume.about", "end", "end.about")
	add("exchange.class.", "cautious", "balanced", "experienced")
	add("exchange.application.", "filed", "admitted", "refused")
	add("exchange.file.", office.ClearingFiles...)
	add("exchange.how.", "continuous", "auction", "negotiated", "lot", "tender")
	add("exchange.rule.", office.ClearingRules...)
	add("exchange.sort.", "share", "bond", "unit", "spot", "forward")
	add("exchange.day.", "full", "short", "off")
	add("exchange.tile.", "proposals", "applications", "lacking", "alerts")
	add("waits.state.", string(waitlist.StateWaiting), string(waitlist.StateOffered), string(waitlist.StateTaken))
	add("exchange.tender.state.", "announced", "judging", "open", "second", "decided", "failed", "withdrawn", "settled")
	add("exchange.tender.verdict.", string(bidding.Admitted), string(bidding.Barred))
	add("exchange.state.", "drafted", "listed", "suspended", "delisted", "active", "ended")
	add("exchange.trade.is.", texts([]clearing.State{clearing.Open, clearing.Whole, clearing.Failing, clearing.BoughtIn, clearing.Closed, clearing.Taken})...)
	for _, k := range watch.Kinds {
		add("watch.kind.", string(k), string(k)+".about")
	}
	add("watch.severity.", "1", "2", "3")
	add("watch.state.", "new", "in_case", "dismissed")
	add("watch.case_state.", "open", "closed")
	add("watch.outcome.", texts(conduct.Outcomes)...)
	add("watch.entry.", "opened", "alert", "note", "assigned", "link", "decision", "closed")
	add("watch.figure.", "from", "gone", "left", "meant", "messages", "millis", "move", "orders", "quantity", "share", "short", "shown", "times", "to", "trades", "turns")
	add("bills.register.", "closed", "sent", "settled")
	add("bills.kind.", texts(utility.Kinds)...)
	add("bills.base.", texts(utility.Bases)...)
	add("exchange.notice.kind.", "dividend", "coupon", "split")
	add("exchange.notice.state.", "announced", "recorded", "done", "called_off")
	add("exchange.will.", "dividend", "coupon")
	add("exchange.differ.", "due", "locked", "settled")
	add("courses.weekday.", "0", "1", "2", "3", "4", "5", "6")
	add("resources.grain.", "day", "quarter")
	add("resources.about.", "day", "quarter")
	add("setup.about.", "nights", "departure", "slot", "table")
	add("setup.per.", "booking", "unit", "person")
	add("plans.form.", "nights", "departure", "slot", "table")
	add("plans.short.", "0", "1", "2", "3", "4", "5", "6")
	add("kind.way.", office.ServiceWays...)
	add("gifts.state.", "unpaid", "good", "spent", "ended")
	add("workshop.state.", "asked", "making", "ready", "ended")
	add("subscriptions.state.", "active", "dunning", "paused", "ended")
	add("subscriptions.every.", "week", "two_weeks", "month", "two_months", "quarter", "year")
	add("exchange.bound.", "order_value", "order_quantity", "order_rate", "position", "open_orders")
	for _, g := range office.Menu {
		add("menu.", g.Name)
		for _, e := range g.Entries {
			add("nav.", e.Name)
		}
	}
	return ids
}

// texts gives words as plain texts.
func texts[T ~string](words []T) []string {
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = string(w)
	}
	return plain
}
