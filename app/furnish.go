package app

import (
	"context"
	"crypto/rand"
	"strings"

	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/identity"
	"sauda/core/inventory"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
)

// firstAdmin is who keeps an empty house.
const firstAdmin = "admin@sauda.localhost"

// Admin is the administrator that was made with an empty house. The password is said once and not kept.
type Admin struct {
	Email    string
	Password string
}

// shopName is what a fresh shop is called until its people name it.
var shopName = text.Localized{"kk": "Менің дүкенім", "ru": "Мой магазин", "en": "My shop", "zh": "我的商店"}

// furnish makes an empty house able to sell: its own seller, taxes, a price list, a warehouse, a delivery tariff, ways to
// pay, and an administrator. A house that has them is left as it is.
func furnish(ctx context.Context, h *House) error {
	var staffed, open bool
	err := job.Look(ctx, h.Store, db.System, func(tx *db.Tx) error {
		office, err := identity.Office(tx)
		if err != nil {
			return err
		}
		all, err := seller.All(tx)
		staffed, open = len(office) > 0, len(all) > 0
		return err
	})
	if err != nil || staffed && open {
		return err
	}
	password := strings.ToLower(rand.Text()[:16])
	if h.config.AdminPassword != "" {
		password = h.config.AdminPassword
	}
	hash, err := session.Hash(ctx, password)
	if err != nil {
		return err
	}
	return job.Once(ctx, h.Store, db.System, func(tx *db.Tx) error {
		if err := Furnish(tx); err != nil || staffed {
			return err
		}
		_, err := identity.Employ(tx, identity.Employment{
			Email: firstAdmin, Name: "Admin", Lang: "kk", Hash: hash, Role: identity.RoleAdmin,
		})
		h.FirstAdmin = Admin{Email: firstAdmin, Password: password}
		return err
	})
}

// Furnish gives the house what every shop needs to sell in Kazakhstan. Twice is the same as once.
func Furnish(tx *db.Tx) error {
	own, err := seller.EnsureOwn(tx, seller.Enrolment{
		Name: shopName, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT,
	})
	if err != nil {
		return err
	}
	if err := tax.Seed(tx); err != nil {
		return err
	}
	list := text.Localized{"kk": "Бөлшек баға", "ru": "Розничная цена", "en": "Retail price", "zh": "零售价"}
	if _, err := pricing.EnsureList(tx, own.ID, money.KZT, list); err != nil {
		return err
	}
	warehouses, err := inventory.Warehouses(tx, own.ID)
	if err != nil {
		return err
	}
	if len(warehouses) == 0 {
		if _, err := inventory.AddWarehouse(tx, inventory.Warehouse{
			Seller: own.ID, Open: true, Name: text.Localized{"kk": "Басты қойма", "ru": "Главный склад", "en": "Main warehouse", "zh": "主仓库"},
			Address: place.Address{Country: place.KZ, Region: place.Almaty, City: "Алматы"},
		}); err != nil {
			return err
		}
	}
	if err := shipping.SeedDefaults(tx); err != nil {
		return err
	}
	return payment.Seed(tx, card.Name)
}

// lookup makes an actor of a user id, for sessions and keys.
func lookup(tx *db.Tx, user string) (db.Who, error) {
	u, err := identity.Get(tx, identity.UserID(user))
	if err != nil {
		return db.Who{}, err
	}
	if u.State != identity.StateActive {
		return db.Who{}, identity.ErrUnknown.About("%s is suspended", user)
	}
	who := u.Who("")
	if u.Role == identity.RoleAdmin {
		who.Seller = string(seller.Own) // So that an API key of an administrator, which acts as staff, works for the own shop.
	}
	return who, nil
}
