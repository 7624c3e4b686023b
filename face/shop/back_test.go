package shop_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/core/order"
	"sauda/gear/db"
)

// TestWhatCameBackIsCancelled has one of two parcels come back undelivered: its buyer reads so, in each language, and takes
// that part out of the order; what has arrived stays.
func TestWhatCameBackIsCancelled(t *testing.T) {
	h := open(t, db.SQLite)
	id := order.ID(h.Guest().Buy(t, h.House, apptest.Kettle, apptest.ShirtS))
	h.Settled(t)
	var o order.Order
	h.Look(t, func(tx *db.Tx) (err error) {
		o, err = order.Get(tx, id)
		return err
	})
	for _, l := range o.Lines {
		h.Moment(t, func(tx *db.Tx) error {
			packed, err := h.Packing.Pack(tx, id, []order.Part{{Line: l.Line, Quantity: measure.One}})
			if err != nil {
				return err
			}
			if _, err := h.Packing.HandOver(tx, packed[0].ID); err != nil {
				return err
			}
			if l.Variant == h.Goods[apptest.Kettle].Variant {
				_, err = h.Packing.Arrived(tx, packed[0].ID)
			} else {
				_, err = h.Packing.Back(tx, packed[0].ID, "")
			}
			return err
		})
		h.Settled(t)
	}
	for lang, words := range map[string][]string{
		"kk": {"Жеткізілмей қайтты", "Жеткізілмей қайтқаны: 1 дана", "Қайтып келген тауардан бас тарту"},
		"ru": {"Не доставлен, вернулся", "Вернулось недоставленным: 1 шт.", "Отказаться от вернувшегося товара"},
		"en": {"Came back undelivered", "The parcel could not be delivered", "Cancel what came back"},
		"zh": {"未送达，已退回", "取消已退回的商品"},
	} {
		h.browser(t, lang).get("/orders/"+string(id)).wants("main", words...)
	}
	b := h.browser(t, "en")
	b.submit(b.get("/orders/"+string(id)), `form[action$="/cancel"]`)
	h.Settled(t)
	b.get("/orders/"+string(id)).wants("main", "Delivered", "Cancelled: 1", "Money was given back · ₸5,000")
	if left := h.Left(t, apptest.ShirtS); left != measure.Of(10) {
		t.Errorf("%s shirts are for sale", left)
	}
	h.Sound(t)
}
