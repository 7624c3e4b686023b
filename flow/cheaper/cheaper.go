// Package cheaper writes to those who keep something on their wishlists when it has become cheaper: to buyers who allow it,
// once for each fall, and at most one letter a day with all that has fallen.
//
//	prices of today ─▶ what each knows of his things ─▶ one moment a list: noted, and the letter written
//
// What the prices are, promotions that lower them for everybody among it, is what the shop shows. Whoever could not be
// written to, because he had not allowed it yet, is told of what fell meanwhile when he does.
package cheaper

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/job"
)

const (
	// listsAtOnce bounds what one look reads.
	listsAtOnce = 50
	// namedMax bounds the things in one letter; the wishlist has the rest.
	namedMax = 20
)

// Writer writes the letters.
type Writer struct {
	Store      *db.Store
	Promotions *promotion.Keeper
	Currency   money.Currency
	Home       string // Home is the address of the shop, without a slash at the end.
}

// Write goes through all wishlists once. What fails of one list keeps no other from its letter.
func (w Writer) Write(ctx context.Context) error {
	var wrong []error
	for after := wish.ListID(""); ; {
		all, err := w.find(ctx, &after)
		if err != nil {
			return errors.Join(append(wrong, err)...)
		}
		for _, n := range all {
			if err := job.Once(ctx, w.Store, db.System, func(tx *db.Tx) error { return w.tell(tx, n) }); err != nil {
				wrong = append(wrong, err)
			}
		}
		if after == "" || ctx.Err() != nil {
			return errors.Join(append(wrong, ctx.Err())...)
		}
	}
}

// news is what somebody has to be told, or what he knows from now on.
type news struct {
	list   wish.ListID
	to     identity.User
	prices map[catalog.ProductID]money.Money
	of     map[catalog.ProductID]catalog.Summary
}

// find looks through some lists for prices that mean something to their owners. It moves the mark to the last of them, or to
// nothing behind the last of all.
func (w Writer) find(ctx context.Context, after *wish.ListID) (all []news, err error) {
	err = job.Look(ctx, w.Store, db.System, func(tx *db.Tx) error {
		all = nil
		lists, err := wish.Watch(tx, *after, listsAtOnce)
		if err != nil {
			return err
		}
		*after = ""
		if len(lists) == listsAtOnce {
			*after = lists[len(lists)-1].List
		}
		parties := make([]identity.PartyID, len(lists))
		for i, l := range lists {
			parties[i] = identity.PartyID(l.Party)
		}
		readers, err := identity.Reachable(tx, parties, identity.PurposeWishes)
		if err != nil {
			return err
		}
		for _, l := range lists {
			to, reached := readers[identity.PartyID(l.Party)]
			if !reached || len(l.Things) == 0 {
				continue
			}
			n, err := w.news(tx, l)
			if err != nil {
				return err
			}
			if n.to = to; n.list != "" {
				all = append(all, n)
			}
		}
		return nil
	})
	return all, err
}

// news compares one list with today, in three statements, four when bundles are among its things.
func (w Writer) news(tx *db.Tx, l wish.Watched) (news, error) {
	ids := make([]catalog.ProductID, len(l.Things))
	for i, t := range l.Things {
		ids[i] = t.Product
	}
	summaries, err := catalog.Summaries(tx, ids, catalog.StateOnSale)
	if err != nil {
		return news{}, err
	}
	if len(summaries) == 0 {
		return news{}, nil
	}
	stands, err := shelf.Stands(tx, summaries, w.Currency, "")
	if err != nil {
		return news{}, err
	}
	set, err := w.Promotions.Load(tx)
	if err != nil {
		return news{}, err
	}
	shelf.LowerStands(tx, set, summaries, stands)
	n := news{prices: map[catalog.ProductID]money.Money{}, of: map[catalog.ProductID]catalog.Summary{}}
	for _, s := range summaries {
		n.of[s.ID] = s
	}
	for _, t := range l.Things {
		s, sold := n.of[t.Product]
		if !sold {
			continue
		}
		c := shelf.Meant(s, stands, t.Variant)
		if c.Availability == shelf.OutOfStock { // Nobody is called to what he cannot have; he is when it is back.
			continue
		}
		n.prices[t.Product] = c.Price
		if known, _ := t.Judge(c.Price); known.Minor != t.Known.Minor {
			n.list = l.List
		}
	}
	return n, nil
}

// tell notes what somebody knows from now on, and writes to him if something fell.
func (w Writer) tell(tx *db.Tx, n news) error {
	falls, stop, err := wish.Told(tx, n.list, n.prices)
	if err != nil || len(falls) == 0 {
		return err
	}
	shop, err := seller.Get(tx, seller.Own)
	if err != nil {
		return err
	}
	lang := n.to.Lang
	var links []notify.Link
	for _, f := range falls[:min(len(falls), namedMax)] {
		links = append(links, notify.Link{
			Name: n.of[f.Product].Name.In(lang) + ": " + f.Was.Format(lang) + " → " + f.Now.Format(lang),
			URL:  w.Home + "/" + lang + "/p/" + string(f.Product),
		})
	}
	return notify.Send(tx, notify.Letter{
		Key: string(n.list) + ":fell:" + strconv.FormatInt(span.Micros(tx.Now()), 10), To: n.to.Email, Lang: lang, Template: notify.PriceFell,
		Params: map[string]string{
			"name": n.to.Name, "shop": shop.Name.In(lang), "links": notify.Links(links), "url": w.Home + "/" + lang + "/wishlist",
			"stop": strings.Join([]string{w.Home, lang, "letters", stop}, "/"),
		},
	})
}
