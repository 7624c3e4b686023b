package account

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/customer"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/flow/account/accountdb"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
)

// gatherer gathers what the house keeps about one person. It looks as that person, so that it finds nothing that is not
// his, and at one thing in a moment, so that a long history keeps nobody waiting.
type gatherer struct {
	ctx      context.Context
	store    *db.Store
	sessions *session.Keeper
	export   string
	who      db.Who
	zip      *zip.Writer
	done     int
	parts    int
}

// about stands in the file beside the data.
var about = text.Localized{
	"kk": "Бұл файлда дүкен сіз туралы сақтайтын барлық дербес дерек бар. Әр бөлігі JSON пішінінде: оны кез келген мәтін бағдарламасы ашады.\n",
	"ru": "В этом файле все персональные данные, которые хранит о вас магазин. Каждая часть записана в формате JSON: её откроет любая программа для текста.\n",
	"en": "This file holds all personal data that the shop keeps about you. Each part is JSON, which every text editor opens.\n",
	"zh": "本文件包含商店保存的您的全部个人数据。各部分均为 JSON 格式，可用任何文本编辑器打开。\n",
}

// all writes everything into a ZIP archive.
func (g *gatherer) all(to io.Writer, id identity.UserID) error {
	g.zip = zip.NewWriter(to)
	var u identity.User
	var orders []order.Summary
	err := job.Look(g.ctx, g.store, db.System, func(tx *db.Tx) (err error) {
		u, err = identity.Get(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	g.who = u.Who("")
	if orders, err = g.orders(); err != nil {
		return err
	}
	g.parts = len(sections) + len(orders)
	file, err := g.zip.Create("README.txt")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(file, about.In(u.Lang)); err != nil {
		return err
	}
	for _, s := range sections {
		if err := g.section(s.name+".json", func(tx *db.Tx) (any, error) { return s.read(tx, g, u) }); err != nil {
			return err
		}
	}
	for _, o := range orders {
		err := g.section("orders/"+o.Code+".json", func(tx *db.Tx) (any, error) { return takenOrder(tx, o.ID) })
		if err != nil {
			return err
		}
	}
	return g.zip.Close()
}

// orders lists all orders of the person, page by page.
func (g *gatherer) orders() (all []order.Summary, err error) {
	f := order.Filter{Party: g.who.Party, Limit: 200}
	for {
		err := job.Look(g.ctx, g.store, g.who, func(tx *db.Tx) error {
			page, next, err := order.List(tx, f)
			all, f.After = append(all, page...), next
			return err
		})
		if err != nil || f.After == "" {
			return all, err
		}
	}
}

// section reads one part and writes it down; how far it has come can be seen now and then.
func (g *gatherer) section(name string, read func(*db.Tx) (any, error)) error {
	var v any
	if err := job.Look(g.ctx, g.store, g.who, func(tx *db.Tx) (err error) {
		v, err = read(tx)
		return err
	}); err != nil {
		return err
	}
	file, err := g.zip.Create(name)
	if err != nil {
		return err
	}
	e := json.NewEncoder(file)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	if g.done++; g.done != 1 && g.done%20 != 0 {
		return nil
	}
	return job.Once(g.ctx, g.store, db.System, func(tx *db.Tx) error {
		return accountdb.New(tx).Progress(tx.Context(), accountdb.ProgressParams{Done: int64(g.done), Parts: int64(g.parts), ID: g.export})
	})
}

// sections are the parts that everybody has.
var sections = []struct {
	name string
	read func(*db.Tx, *gatherer, identity.User) (any, error)
}{
	{"me", func(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
		p, err := identity.GetParty(tx, u.Party)
		return takenMe{string(u.ID), u.Email, u.Name, u.Lang, string(p.ID), string(p.Kind), p.Name, p.TaxNumber, p.Phone, string(p.Country)}, err
	}},
	{"addresses", func(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
		all, err := identity.Addresses(tx, u.Party)
		taken := make([]place.Address, len(all))
		for i, k := range all {
			taken[i] = k.Address
		}
		return taken, err
	}},
	{"consents", func(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
		all, err := identity.Consents(tx, u.Party)
		taken := make([]takenConsent, len(all))
		for i, c := range all {
			taken[i] = takenConsent{string(c.Purpose), c.Given, c.At}
		}
		return taken, err
	}},
	{"devices", func(tx *db.Tx, g *gatherer, u identity.User) (any, error) {
		all, err := g.sessions.List(tx, string(u.ID))
		taken := make([]takenDevice, len(all))
		for i, s := range all {
			taken[i] = takenDevice{s.Began, s.Seen, s.Address, s.Agent}
		}
		return taken, err
	}},
	{"passkeys", func(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
		all, err := session.Passkeys(tx, string(u.ID))
		taken := make([]takenKey, len(all))
		for i, k := range all {
			taken[i] = takenKey{k.Name, k.Began, k.Used}
		}
		return taken, err
	}},
	{"cards", func(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
		all, err := payment.Cards(tx, string(u.Party))
		taken := make([]takenCard, len(all))
		for i, c := range all {
			taken[i] = takenCard{c.Signs, c.Preferred, c.Agreed}
		}
		return taken, err
	}},
	{"basket", takenBasket},
	{"subscriptions", takenAgreements},
	{"reviews", takenReviews},
	{"questions", takenQuestions},
	{"price_requests", takenEstimates},
	{"wishlist", takenWishes},
	{"waiting_list", takenWaits},
	{"notes", takenNotes},
	{"letters", func(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
		all, err := notify.To(tx, u.Email)
		taken := make([]takenLetter, len(all))
		for i, l := range all {
			taken[i] = takenLetter{l.Written, string(l.Template), l.Lang, l.To, l.Order}
		}
		return taken, err
	}},
}

type takenMe struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	Lang      string `json:"lang"`
	Party     string `json:"party"`
	Kind      string `json:"kind"`
	PartyName string `json:"party_name"`
	TaxNumber string `json:"tax_number,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Country   string `json:"country"`
}

type takenConsent struct {
	Purpose string    `json:"purpose"`
	Given   bool      `json:"given"`
	At      time.Time `json:"at"`
}

type takenDevice struct {
	Began   time.Time `json:"signed_in"`
	Seen    time.Time `json:"last_seen"`
	Address string    `json:"address"`
	Agent   string    `json:"browser"`
}

type takenKey struct {
	Name  string    `json:"name"`
	Began time.Time `json:"made"`
	Used  time.Time `json:"last_used,omitzero"`
}

// takenCard is a card that is kept, as its owner knows it. What stands for it at the gateway is no use to him.
type takenCard struct {
	payment.Signs
	Preferred bool      `json:"preferred"`
	Agreed    time.Time `json:"agreed_to_be_kept"`
}

type takenLetter struct {
	Written time.Time `json:"written"`
	About   string    `json:"about"`
	Lang    string    `json:"lang"`
	To      string    `json:"to"`
	Order   string    `json:"order,omitempty"`
}

type takenLine struct {
	Name     text.Localized    `json:"name,omitempty"`
	Variant  string            `json:"variant"`
	Quantity measure.Quantity  `json:"quantity"`
	Answers  map[string]string `json:"answers,omitempty"`
	Price    money.Money       `json:"unit_price,omitzero"`
	Total    money.Money       `json:"total,omitzero"`
}

// takenBasket is the open basket; none is null.
func takenBasket(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
	c, err := cart.Own(tx, string(u.Party))
	if errors.Is(err, cart.ErrUnknown) {
		return nil, nil
	}
	lines := make([]takenLine, len(c.Lines))
	for i, l := range c.Lines {
		lines[i] = takenLine{Variant: string(l.Variant), Quantity: l.Quantity, Answers: l.Answers, Price: l.PriceSeen}
	}
	return struct {
		Opened  time.Time     `json:"opened"`
		Lines   []takenLine   `json:"lines"`
		Address place.Address `json:"address"`
		Email   string        `json:"email"`
		Phone   string        `json:"phone"`
	}{c.Opened, lines, c.Address, c.Email, c.Phone}, err
}

type takenNote struct {
	At   time.Time `json:"written"`
	Body string    `json:"text"`
}

// takenNotes are what the staff of shops has noted down about the person.
func takenNotes(tx *db.Tx, _ *gatherer, _ identity.User) (any, error) {
	all, err := customer.NotedOf(tx)
	taken := make([]takenNote, len(all))
	for i, n := range all {
		taken[i] = takenNote{n.At, n.Body}
	}
	return taken, err
}

type takenPayment struct {
	Method   string      `json:"method"`
	State    string      `json:"state"`
	Amount   money.Money `json:"amount"`
	Captured money.Money `json:"captured"`
	Refunded money.Money `json:"refunded"`
}

// takenOrder is an order as its buyer knows it.
func takenOrder(tx *db.Tx, id order.ID) (any, error) {
	o, err := order.Get(tx, id)
	if err != nil {
		return nil, err
	}
	all, err := payment.ByOrder(tx, string(id))
	payments := make([]takenPayment, len(all))
	for i, p := range all {
		payments[i] = takenPayment{string(p.Method), string(p.State()), p.Amount, p.Captured, p.Refunded}
	}
	lines := make([]takenLine, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = takenLine{Name: l.Name, Variant: string(l.Variant), Quantity: l.Quantity, Price: l.UnitPrice, Total: l.Total}
	}
	return struct {
		ID       string         `json:"id"`
		Code     string         `json:"code"`
		Number   string         `json:"number"`
		State    string         `json:"state"`
		PlacedAt time.Time      `json:"placed_at"`
		Name     string         `json:"name"`
		Email    string         `json:"email"`
		Phone    string         `json:"phone"`
		Address  place.Address  `json:"address"`
		Delivery text.Localized `json:"delivery"`
		Lines    []takenLine    `json:"lines"`
		Total    money.Money    `json:"total"`
		Payments []takenPayment `json:"payments"`
	}{
		string(o.ID), o.Code, o.Number, string(o.State), o.PlacedAt, o.Contact.Name, o.Contact.Email, o.Contact.Phone, o.Address,
		o.Delivery.Name, lines, o.Total(), payments,
	}, err
}
