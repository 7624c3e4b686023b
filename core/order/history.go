package order

import (
	"encoding/json"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Happening is one row of the history of an order.
type Happening struct {
	Version int64
	At      time.Time
	Kind    string // Kind is the past participle of the fact: "placed", "cancelled", "handed_over".
	Ref     string // Ref names the shipment, the refund or the change.
	Actor   db.WhoKind
	ActorID string
	Reason  string
	Amount  money.Money // Amount is zero where no money is meant.
	Lines   []Moved
}

// said is what a row of the history says beyond its columns.
type said struct {
	Reason string      `json:"reason,omitempty"`
	Amount money.Money `json:"amount,omitzero"`
	Lines  []Moved     `json:"lines,omitempty"`
}

// History gives all that happened to an order, in its order, to whoever may see the order. It begins with the placing.
func History(tx *db.Tx, id ID) ([]Happening, error) {
	o, err := Get(tx, id)
	if err != nil {
		return nil, err
	}
	rows, err := orderdb.New(tx).Events(tx.Context(), string(id))
	if err != nil {
		return nil, err
	}
	actor := db.KindBuyer
	if o.Party == "" {
		actor = db.KindGuest
	}
	all := []Happening{{
		Version: 1, At: o.PlacedAt, Kind: kindPlaced, Actor: actor, ActorID: o.Party, Amount: o.Total(),
	}}
	for _, r := range rows {
		var words said
		if err := json.Unmarshal([]byte(r.Body), &words); err != nil {
			return nil, ErrStored.About("the history of %s: %v", id, err)
		}
		all = append(all, Happening{
			Version: r.Version, At: span.FromMicros(r.At), Kind: r.Kind, Ref: r.Ref, Actor: db.WhoKind(r.ActorKind),
			ActorID: r.Actor, Reason: words.Reason, Amount: words.Amount, Lines: words.Lines,
		})
	}
	return all, nil
}
