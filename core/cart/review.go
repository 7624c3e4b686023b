package cart

import (
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
)

// Today is how a variant stands now.
type Today struct {
	Price   money.Money      // Price is for one unit; zero when there is none in the basket's currency.
	ForSale bool             // ForSale is what the catalogue says.
	Limited bool             // Limited says that Left counts; what is not tracked is not limited.
	Left    measure.Quantity // Left can be promised now.
	Asked   bool             // Asked says that what was answered does not fit the questions of now.
	Gone    bool             // Gone says that what was chosen of a service is not to be had any more.
}

// NoticeKind is what the buyer should know of a line.
type NoticeKind string

// The kinds of notices. The first five stop a line from being ordered as it is.
const (
	NoticeEnded    NoticeKind = "ended"    // NoticeEnded is not sold any more, or has no price.
	NoticeSoldOut  NoticeKind = "sold_out" // NoticeSoldOut has nothing left.
	NoticeOnlyLeft NoticeKind = "only_left"
	NoticeAsked    NoticeKind = "questions_changed" // NoticeAsked was answered to other questions than are asked now.
	NoticeGone     NoticeKind = "choice_gone"       // NoticeGone was chosen of a service, and is not to be had any more.
	NoticeDearer   NoticeKind = "price_up"
	NoticeCheaper  NoticeKind = "price_down"
)

// Notice is one thing that changed since the buyer put a line into the basket.
type Notice struct {
	Line  LineID           `json:"line"`
	Kind  NoticeKind       `json:"kind"`
	Seen  money.Money      `json:"seen,omitzero"` // Seen and Price are of a changed price.
	Price money.Money      `json:"price,omitzero"`
	Asked measure.Quantity `json:"asked,omitzero"` // Asked and Left are of too little stock.
	Left  measure.Quantity `json:"left,omitzero"`
}

// Stops says whether the line cannot be ordered as it is.
func (n Notice) Stops() bool {
	switch n.Kind {
	case NoticeEnded, NoticeSoldOut, NoticeOnlyLeft, NoticeAsked, NoticeGone:
		return true
	}
	return false
}

// Review compares lines with today, in the order of the lines. A line may have a notice of its stock and one of its price;
// one that has ended or is sold out has only that. A variant that today does not name has ended. A price is compared only
// when one was seen in the same currency.
func Review(lines []Line, today map[catalog.VariantID]Today) []Notice {
	var notices []Notice
	for _, l := range lines {
		now, ok := today[l.Variant]
		switch {
		case ok && now.ForSale && now.Gone:
			notices = append(notices, Notice{Line: l.ID, Kind: NoticeGone})
			continue
		case !ok || !now.ForSale || now.Price.Currency == "":
			notices = append(notices, Notice{Line: l.ID, Kind: NoticeEnded})
			continue
		case now.Asked:
			notices = append(notices, Notice{Line: l.ID, Kind: NoticeAsked})
			continue
		case now.Limited && now.Left <= 0:
			notices = append(notices, Notice{Line: l.ID, Kind: NoticeSoldOut, Asked: l.Quantity})
			continue
		case now.Limited && now.Left < l.Quantity:
			notices = append(notices, Notice{Line: l.ID, Kind: NoticeOnlyLeft, Asked: l.Quantity, Left: now.Left})
		}
		if l.PriceSeen.Currency != now.Price.Currency || l.PriceSeen.Minor == now.Price.Minor {
			continue
		}
		kind := NoticeDearer
		if now.Price.Minor < l.PriceSeen.Minor {
			kind = NoticeCheaper
		}
		notices = append(notices, Notice{Line: l.ID, Kind: kind, Seen: l.PriceSeen, Price: now.Price})
	}
	return notices
}
