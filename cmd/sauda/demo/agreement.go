package demo

import (
	"context"
	"fmt"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/gear/db"
)

// clubSKU is the membership of the demonstration.
const clubSKU = "KLUB-MUSHELIGI"

// club is a membership: what is paid for every month and needs no parcel.
var club = catalog.Draft{
	Seller: seller.Own, ExternalID: "klub-musheligi", Slug: "klub-musheligi",
	Name: text.Localized{"kk": "«Шай үстінде» клубының мүшелігі", "ru": "Членство в клубе «За чаем»", "en": "Membership of the club “Over Tea”", "zh": "“茶聚”俱乐部会员"},
	Description: text.Localized{
		"kk": "Айына екі рет Алматыдағы дүкенімізде шай ішіп, жаңа сорттардың дәмін татамыз. Мүшелерге орын алдын ала сақталады.",
		"ru": "Два раза в месяц мы собираемся в нашем магазине в Алматы и пробуем новые сорта чая. Для членов клуба место забронировано заранее.",
		"en": "Twice a month we meet in our shop in Almaty and taste new teas. Members have a place kept for them.",
		"zh": "每月两次在阿拉木图的店里相聚，品尝新茶。会员预留座位。",
	},
	State: catalog.StateOnSale, Kind: catalog.Kind{Service: &catalog.Service{Way: agreement.WayName}}, Variants: []catalog.Variant{{SKU: clubSKU}},
}

// subscribable has kurt and tea sold again and again, and brings the club.
func (s *sower) subscribable(ctx context.Context) error {
	often := []agreement.Every{agreement.EveryWeek, agreement.EveryTwoWeeks, agreement.EveryMonth}
	plans := map[string]agreement.PlanBody{
		"KURT-SALTED":    {Rhythms: often, Share: money.Percent(10), Months: 6},
		"TEA-BLACK-250G": {Rhythms: often, Share: money.Percent(5), Months: 3},
		clubSKU: {Rhythms: []agreement.Every{agreement.EveryMonth, agreement.EveryYear}, Months: 12,
			Trial: &agreement.Trial{Days: 10, Price: money.Of(500_00, money.KZT)}},
	}
	media, err := s.pictures(ctx, product{ExternalID: "tea-black", Name: club.Name})
	if err != nil {
		return err
	}
	return s.once(ctx, "subscriptions", func(tx *db.Tx) error {
		offers, err := catalog.Offers(tx, []catalog.VariantID{s.goods["TEA-BLACK-250G"]})
		if err != nil {
			return err
		}
		draft := club
		draft.Category, draft.Media = offers[s.goods["TEA-BLACK-250G"]].Category, media
		p, err := catalog.Add(tx, draft)
		if err != nil {
			return err
		}
		s.goods[clubSKU] = p.Variants[0].ID
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		if err := pricing.Set(tx, list.ID, pricing.Entry{Variant: p.Variants[0].ID, Amount: money.Of(4_000_00, money.KZT)}); err != nil {
			return err
		}
		for sku, body := range plans {
			offers, err := catalog.Offers(tx, []catalog.VariantID{s.goods[sku]})
			if err != nil {
				return err
			}
			of := offers[s.goods[sku]].Product
			if err := agreement.Set(tx, agreement.Plan{Product: of, Seller: string(seller.Own), Offered: true, PlanBody: body}); err != nil {
				return fmt.Errorf("%s: %w", sku, err)
			}
		}
		return nil
	})
}

// addSubscriptions has buyers subscribe in the month; one of them takes his card away, so that his next order is not paid.
func (s *sower) addSubscriptions(end time.Time, add func(time.Time, func(context.Context) error)) {
	for _, x := range []struct {
		day   int
		buyer string
		sku   string
		n     int64
		every agreement.Every
		by    string
	}{
		{26, "aisulu", "KURT-SALTED", 2, agreement.EveryTwoWeeks, "courier-almaty"}, {24, "aisulu", clubSKU, 1, agreement.EveryMonth, "courier-almaty"}, {18, "igor", "TEA-BLACK-250G", 1, agreement.EveryWeek, "courier-astana"},
	} {
		add(end.AddDate(0, 0, -x.day), func(ctx context.Context) error {
			t := &trade{buyer: x.buyer, by: x.by}
			return s.subscribe(ctx, t, x.sku, measure.Of(x.n), x.every)
		})
	}
	add(end.AddDate(0, 0, -6), func(ctx context.Context) error {
		who := s.buyers["igor"]
		return s.as(ctx, who, "igor takes his card away", func(tx *db.Tx) error {
			cards, err := payment.Cards(tx, who.Party)
			for _, c := range cards {
				if err == nil {
					err = payment.TakeCardAway(tx, who.Party, c.ID)
				}
			}
			return err
		})
	})
	for at := end.Add(-life + 24*time.Hour); at.Before(end); at = at.Add(24 * time.Hour) {
		add(at, func(ctx context.Context) error {
			if err := s.once(ctx, "next orders are told", func(tx *db.Tx) error {
				_, err := agreement.Foretell(tx, 100)
				return err
			}); err != nil {
				return err
			}
			return s.house.Renewals.Run(ctx, s.house.Store)
		})
	}
}

// subscribe orders a subscription as a buyer does.
func (s *sower) subscribe(ctx context.Context, t *trade, sku string, q measure.Quantity, every agreement.Every) error {
	who, b, err := s.who(t.buyer)
	if err != nil {
		return err
	}
	what := t.buyer + " subscribes to " + sku
	err = s.as(ctx, who, what, func(tx *db.Tx) error {
		offers, err := catalog.Offers(tx, []catalog.VariantID{s.goods[sku]})
		if err != nil {
			return err
		}
		a, err := agreement.Draft(tx, agreement.Choice{Product: offers[s.goods[sku]].Product, Variant: s.goods[sku], Quantity: q, Every: every})
		if err != nil {
			return err
		}
		c, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: b.Lang, Consent: cart.Consent{Learn: true}})
		if err != nil {
			return err
		}
		t.cart = c.ID
		if a.Service {
			q = measure.One
		}
		if _, err := s.house.Desk.Put(tx, c.ID, cart.Addition{Variant: a.Variant, Quantity: q, Source: "subscription", Answers: map[string]string{catalog.ChosenCode: a.Ref()}}); err != nil {
			return err
		}
		if err := cart.SetContact(tx, c.ID, cart.Contact{Email: b.Email, Phone: b.Phone}); err != nil {
			return err
		}
		if err := cart.SetAddress(tx, c.ID, b.home()); err != nil {
			return err
		}
		return cart.ChooseDelivery(tx, c.ID, cart.Choice{Seller: seller.Own, Method: string(methodID(t.by))})
	})
	if err != nil {
		return err
	}
	answer, err := s.house.Desk.Order(ctx, who, checkout.Purchase{Cart: t.cart, Method: payment.Card, Token: "tok_ok", Keep: true, Mandate: b.Lang, ReturnURL: cameBack})
	if err == nil && answer.Order == "" {
		err = fmt.Errorf("%s: no order", what)
	}
	return err
}
