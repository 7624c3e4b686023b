package demo

import (
	"context"
	"fmt"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
)

// give lets two promotions and a code run when the month is over, so that its orders are not touched by them.
func (s *sower) give(ctx context.Context) error {
	return s.once(ctx, "give something away", func(tx *db.Tx) error {
		towels, err := below(tx, "Towels")
		if err != nil {
			return err
		}
		sweets, err := below(tx, "Honey and sweets")
		if err != nil {
			return err
		}
		for _, p := range []promotion.Promotion{{
			Name:   text.Localized{"kk": "Сүлгі апталығы", "ru": "Неделя полотенец", "en": "Towel week", "zh": "毛巾周"},
			Goods:  promotion.Goods{Categories: []catalog.CategoryID{towels}},
			Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(15)},
		}, {
			Name:   text.Localized{"kk": "Тәттілер: 3 дана 2 бағасына", "ru": "Сладости: 3 по цене 2", "en": "Sweets: 3 for 2", "zh": "甜品：买三付二"},
			Goods:  promotion.Goods{Categories: []catalog.CategoryID{sweets}},
			Effect: promotion.Effect{Kind: promotion.SetFree, Size: 3, Free: 1},
		}, {
			Name:    text.Localized{"kk": "Сәлем, жаңа көрші", "ru": "Привет, новый сосед", "en": "Hello, new neighbour", "zh": "你好，新邻居"},
			Needs:   promotion.Needs{Sum: 20_000_00},
			Effect:  promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10), Cap: 5_000_00},
			Coupons: promotion.Coupons{Codes: []string{"SALEM"}, Most: 100, Each: 1},
		}} {
			p.Seller, p.Currency, p.Combines = seller.Own, money.KZT, true
			if p, err = promotion.Add(tx, p); err != nil {
				return err
			}
			if _, err = promotion.Start(tx, p.Seller, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// below finds a category by its English name.
func below(tx *db.Tx, name string) (catalog.CategoryID, error) {
	tree, err := catalog.Tree(tx)
	for _, c := range tree {
		if c.Name["en"] == name {
			return c.ID, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("no category is called %q", name)
	}
	return "", err
}
