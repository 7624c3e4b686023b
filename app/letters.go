package app

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/enquiry"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/flow/cheaper"
	"sauda/flow/deliver"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/mail"
)

// letters are what buyers are told of their orders and of what they asked. Who left no mail address is told nothing.
func (h *House) letters() []bus.Reaction {
	return []bus.Reaction{
		bus.When("placed: a letter thanks the buyer", func(e order.Placed) bool { return e.Email != "" }, h.thank),
		bus.On("cancelled: a letter tells the buyer", func(tx *db.Tx, e order.Cancelled) error {
			return h.write(tx, e.About, notify.OrderCancelled, e.Ref, map[string]string{"reason": e.Reason, "amount": sumIn(e.Lang, e.Amount)})
		}),
		bus.On("lines cancelled: a letter tells the buyer", h.tellChanged),
		bus.On("shipped: a letter tells the buyer where the parcel is", h.tellShipped),
		bus.On("came back: a letter tells the buyer", h.tellCameBack),
		bus.On("given: a letter says where files and codes are", h.tellGiven),
		bus.On("answered: a letter tells who asked", h.tellAnswered),
		bus.On("an application is decided: a letter tells who filed it", h.tellDecided),
		bus.On("something is asked about an application: a letter tells who filed it", h.tellAsked),
		bus.On("refunded: a letter tells the buyer", h.tellRefunded),
	}
}

// thank tells the buyer what was ordered.
func (h *House) thank(tx *db.Tx, e order.Placed) error {
	if e.Email == "" {
		return nil
	}
	method := ""
	some := money.Of(min(1, e.Total.Minor), e.Total.Currency) // The name does not depend on the sum, unless it is zero.
	methods, err := h.Desk.Offered(tx, payment.Ask{Country: string(e.Country), Amount: some})
	if err != nil {
		return err
	}
	for _, m := range methods {
		if string(m.Code) == e.Method {
			method = m.Name.In(e.Lang)
		}
	}
	return h.write(tx, e.About, notify.OrderPlaced, "placed", map[string]string{
		"total": e.Total.Format(e.Lang), "method": method, "delivery": e.Delivery.In(e.Lang),
	})
}

// tellChanged tells the buyer what will not come.
func (h *House) tellChanged(tx *db.Tx, e order.LinesCancelled) error {
	if e.Email == "" {
		return nil
	}
	o, err := order.Get(tx, e.Order)
	if err != nil {
		return err
	}
	items, err := named(o, e.Lines)
	if err != nil {
		return err
	}
	return h.write(tx, e.About, notify.OrderChanged, e.Ref, map[string]string{
		"items": items, "reason": e.Reason, "amount": sumIn(o.Lang, e.Amount),
	})
}

// tellCameBack tells the buyer what could not be delivered, and what can be done now.
func (h *House) tellCameBack(tx *db.Tx, e order.CameBack) error {
	if e.Email == "" || deliver.IsService(e.Shipment) { // Of a service he reads that it was cancelled, and why.
		return nil
	}
	o, err := order.Get(tx, e.Order)
	if err != nil {
		return err
	}
	items, err := named(o, e.Lines)
	if err != nil {
		return err
	}
	return h.write(tx, e.About, notify.OrderCameBack, e.Shipment, map[string]string{"items": items})
}

// named writes parts of an order with their names, in the buyer's language.
func named(o order.Order, parts []order.Moved) (string, error) {
	items := make([]string, len(parts))
	for i, m := range parts {
		l, err := o.Line(m.Line)
		if err != nil {
			return "", err
		}
		items[i] = l.Name.In(o.Lang) + " × " + m.Quantity.Format(o.Lang)
	}
	return strings.Join(items, ", "), nil
}

// tellGiven tells the buyer where what was bought in files and codes can be had. A guest's files lead straight to them; who
// has an account signs in on the page of the order first. Codes stand on that page only: letters are read by others too.
func (h *House) tellGiven(tx *db.Tx, e digital.Given) error {
	o, err := order.Get(tx, order.ID(e.Order))
	if err != nil || o.Contact.Email == "" {
		return err
	}
	grants, err := digital.Of(tx, e.Order)
	if err != nil {
		return err
	}
	var moved []order.Moved
	var links []notify.Link
	codes, until := 0, ""
	for _, g := range grants {
		if !slices.Contains(e.Lines, g.Line) {
			continue
		}
		l, err := o.Line(g.Line)
		if err != nil {
			return err
		}
		moved = append(moved, order.Moved{Line: g.Line, Quantity: l.Delivered - l.Returned})
		codes += len(g.Codes)
		for _, f := range g.Files {
			links = append(links, notify.Link{Name: f.Name, URL: h.fetchedAt(o, g, f)})
			until = dayIn(o.Lang, span.DayOf(g.Until, span.Almaty))
		}
	}
	items, err := named(o, moved)
	if err != nil {
		return err
	}
	params := map[string]string{"items": items, "until": until, "codes": "", "links": notify.Links(links)}
	if codes > 0 {
		params["codes"] = strconv.Itoa(codes)
	}
	return h.write(tx, aboutOf(o), notify.OrderGiven, strings.Join(e.Lines, ","), params)
}

// tellAnswered tells who asked about a product what was answered. Who has left is told nothing, nor of an answer that is gone
// again or to what is not shown any more, nor of his own one; of an answer that is written anew he is told once.
func (h *House) tellAnswered(tx *db.Tx, e enquiry.Answered) error {
	asked, err := enquiry.Get(tx, e.Enquiry)
	if errors.Is(err, enquiry.ErrUnknown) || err == nil && (asked.Asker == "" || asked.State != enquiry.StateShown) {
		return nil
	}
	if err != nil {
		return err
	}
	at := slices.IndexFunc(asked.Answers, func(a enquiry.Answer) bool { return a.ID == e.Answer && a.State == enquiry.StateShown })
	if at < 0 || asked.Answers[at].Party != "" && asked.Answers[at].Party == asked.Party {
		return nil
	}
	u, err := identity.Get(tx, identity.UserID(asked.Asker))
	if err != nil {
		return err
	}
	p, err := catalog.Get(tx, e.Product)
	if err != nil {
		return err
	}
	s, err := seller.Get(tx, e.Seller)
	if err != nil {
		return err
	}
	answer := asked.Answers[at]
	return notify.Send(tx, notify.Letter{
		Key: string(answer.ID) + ":shown", To: u.Email, Lang: u.Lang, Template: notify.QuestionAnswered,
		Params: map[string]string{
			"name": u.Name, "shop": s.Name.In(u.Lang), "product": p.Name.In(u.Lang), "question": asked.Body, "answer": answer.Body,
			"url": h.config.home() + "/" + u.Lang + "/questions/" + string(e.Product),
		},
	})
}

// fetchedAt is where the buyer of an order fetches a file.
func (h *House) fetchedAt(o order.Order, g digital.Grant, f digital.Fetchable) string {
	if o.Party != "" {
		return h.config.home() + "/" + o.Lang + "/orders/" + string(o.ID) + "#downloads"
	}
	return h.config.home() + "/v1/orders/" + string(o.ID) + "/downloads/" + string(g.ID) + "/" + string(f.ID)
}

// aboutOf is what letters say of an order.
func aboutOf(o order.Order) order.About {
	return order.About{Order: o.ID, Code: o.Code, Seller: o.Seller, Name: o.Contact.Name, Email: o.Contact.Email, Lang: o.Lang}
}

// tellShipped tells the buyer that a parcel has left.
func (h *House) tellShipped(tx *db.Tx, e shipping.Shipped) error {
	o, err := order.Get(tx, order.ID(e.Order))
	if err != nil {
		return err
	}
	return h.write(tx, aboutOf(o), notify.OrderShipped, string(e.Shipment), map[string]string{
		"carrier": o.Delivery.Name.In(o.Lang), "tracking": strings.Join(e.Tracking, ", "), "day": dayIn(o.Lang, o.Delivery.To),
	})
}

// write writes a letter about an order; ref makes it one letter, however often its reason is told.
func (h *House) write(tx *db.Tx, o order.About, t notify.Template, ref string, params map[string]string) error {
	if o.Email == "" {
		return nil
	}
	shop, err := h.Desk.Shop(tx, o.Seller)
	if err != nil {
		return err
	}
	params["code"], params["name"], params["shop"] = o.Code, o.Name, shop.In(o.Lang)
	params["url"] = h.config.home() + "/" + o.Lang + "/orders/" + string(o.Order)
	return notify.Send(tx, notify.Letter{
		Key: string(o.Order) + ":" + string(t) + ":" + ref, To: o.Email, Lang: o.Lang, Template: t, Params: params,
		Order: string(o.Order), Seller: string(o.Seller),
	})
}

// sumIn writes what goes back to a buyer; where that is nothing, no letter speaks of it.
func sumIn(lang string, sum money.Money) string {
	if sum.IsZero() {
		return ""
	}
	return sum.Format(lang)
}

// dayIn writes a day as the buyer's country does: day.month.year, and year-month-day for Chinese.
func dayIn(lang string, d span.Day) string {
	if d.IsZero() {
		return ""
	}
	if lang == "zh" {
		return d.String()
	}
	parts := strings.Split(d.String(), "-")
	return parts[2] + "." + parts[1] + "." + parts[0]
}

// cheaper writes to those who keep something that has become cheaper.
func (h *House) cheaper() cheaper.Writer {
	return cheaper.Writer{Store: h.Store, Promotions: &h.Desk.Promotions, Currency: money.KZT, Home: h.config.home()}
}

// home is the address of the house as browsers see it.
func (c Config) home() string {
	if c.PublicURL == "" {
		return "http://127.0.0.1:8080"
	}
	return strings.TrimSuffix(c.PublicURL, "/")
}

// post brings the letters that wait to the mail server.
func (h *House) post() job.Job {
	return job.Errand("letters: bring them to the mail server", postEvery, func(ctx context.Context) error {
		return notify.Deliver(ctx, h.Store, func(ctx context.Context, l mail.Letter) error { return h.world.letters.Send(ctx, l) })
	})
}

// postEvery is how long a letter waits at most before it is tried for the first time.
const postEvery = 10 * time.Second
