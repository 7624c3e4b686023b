package app

import (
	"errors"

	"sauda/base/span"
	"sauda/core/books"
	"sauda/core/gift"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// giftReactions are what follows for gift certificates.
func (h *House) giftReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("certificate paid: a letter tells its buyer, and one with the code goes to whom it is for when its day has come", h.tellIssued),
		bus.On("certificate's letter is wanted once more: it goes with a new code", func(tx *db.Tx, e gift.LetterWanted) error {
			c, err := gift.Get(tx, e.Gift)
			if err != nil {
				return err
			}
			return h.sendGift(tx, c)
		}),
	}
}

// giftJobs are what is due at a time with gift certificates. Their names are stored and never change.
func (h *House) giftJobs() []job.Job {
	return []job.Job{
		job.Daily("certificates: send those whose day has come", "09:00", span.Almaty, parts(h.sendGifts)),
		job.Daily("certificates: what was left of those whose last day is over is the seller's", "00:10", span.Almaty, runOut),
		job.Daily("certificates: forget what nobody ordered", "03:50", span.Almaty, parts(gift.Forget)),
	}
}

// runOut ends the certificates whose last day is over.
func runOut(tx *db.Tx) error {
	over, left, err := gift.RunOut(tx, batch)
	for _, c := range over {
		err = errors.Join(err, books.RanOut(tx, c))
	}
	return more(left, err)
}

// tellIssued tells who has bought a certificate that it is paid, and sends it at once when its day has come.
func (h *House) tellIssued(tx *db.Tx, e gift.Issued) error {
	c, err := gift.Get(tx, e.Gift)
	if err != nil {
		return err
	}
	o, err := order.Get(tx, order.ID(e.Order))
	if err != nil {
		return err
	}
	day := c.Day
	if today := gift.Today(tx); day.Before(today) {
		day = today
	}
	err = h.write(tx, aboutOf(o), notify.GiftPaid, string(c.ID), map[string]string{
		"amount": c.Face.Format(o.Lang), "to": c.To.Name + ", " + c.To.Email, "day": dayIn(o.Lang, day), "until": dayIn(o.Lang, c.Until),
	})
	if err != nil || gift.Today(tx).Before(day) {
		return err
	}
	return h.sendGift(tx, c)
}

// sendGifts sends certificates whose day has come, and says how many they were.
func (h *House) sendGifts(tx *db.Tx, limit int) (int, error) {
	ids, err := gift.ToSend(tx, limit)
	if err != nil {
		return 0, err
	}
	all, err := gift.Some(tx, ids)
	for _, c := range all {
		err = errors.Join(err, h.sendGift(tx, c))
	}
	return len(ids), err
}

// sendGift writes the letter with a certificate to whom it is for, with a new code. What was taken back meanwhile is not sent.
func (h *House) sendGift(tx *db.Tx, c gift.Certificate) error {
	code, err := gift.Seal(tx, c.ID)
	if errors.Is(err, gift.ErrUnsent) {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := seller.Get(tx, c.Seller)
	if err != nil {
		return err
	}
	return notify.Send(tx, notify.Letter{
		Key: string(c.ID) + ":" + string(notify.GiftGiven) + ":" + code[len(code)-4:], To: c.To.Email, Lang: c.Lang, Template: notify.GiftGiven,
		Order: c.Order, Seller: string(c.Seller), Params: map[string]string{
			"name": c.To.Name, "shop": s.Name.In(c.Lang), "amount": c.Face.Format(c.Lang), "from": c.To.From, "words": c.To.Words,
			"key": code, "until": dayIn(c.Lang, c.Until), "url": h.config.home() + "/" + c.Lang + "/gifts",
		},
	})
}

// tellRefunded tells the buyer of an order what has gone back to him, and by which way.
func (h *House) tellRefunded(tx *db.Tx, e order.Refunded) error {
	t := notify.OrderRefunded
	if takeback.OntoGift(e.Ref) {
		t = notify.GiftBack
	}
	return h.write(tx, e.About, t, e.Ref, map[string]string{"reason": e.Reason, "amount": e.Amount.Format(e.Lang)})
}
