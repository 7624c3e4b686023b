package terminal

import (
	"context"
	"strings"

	"sauda/core/exchange/bidding"
	"sauda/gear/db"
	"sauda/gear/web"
)

// bringOffer brings an offer to the first stage of a tender whose bidders are judged, in the place of the last one.
func (f *face) bringOffer(ctx context.Context, in tenderForm) (web.Then, error) {
	seat, err := f.seat(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	o := bidding.Offer{Words: in.Words}
	for _, link := range strings.Fields(in.Papers) {
		o.Documents = append(o.Documents, bidding.Document{Name: t(ctx, "tenders.document"), Link: link})
	}
	err = web.Do(ctx, func(tx *db.Tx) error {
		_, err := bidding.Bring(tx, f.Hammer.Keys(), bidding.NoticeID(in.ID), seat.Holder, o)
		return err
	})
	return f.answer(ctx, in, err, "brought")
}

// mineOffer is what the account that looks has offered in the first stage, or nothing.
func (v tenderView) mineOffer() *bidding.Offer {
	for i, o := range v.Offers {
		if o.Account == v.For {
			return &v.Offers[i]
		}
	}
	return nil
}

// barred says that the account that looks has not been admitted to the second stage, or not yet.
func (v tenderView) barred() bool {
	o := v.mineOffer()
	return v.Seen.Qualifies() && (o == nil || o.Verdict != bidding.Admitted)
}

// verdictOf is the word for what was found about an offer.
func verdictOf(o bidding.Offer) string {
	if o.Verdict == "" {
		return "waits"
	}
	return string(o.Verdict)
}

// wrongPaper is what is wrong with the addresses of an offer.
func (v tenderView) wrongPaper() string {
	for name, said := range v.Form.Wrong {
		if strings.HasPrefix(name, "documents") {
			return said
		}
	}
	return ""
}
