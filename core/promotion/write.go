package promotion

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/promotion/promotiondb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Add puts down a promotion as a draft: it counts for nobody before Start. A code that another promotion has is ErrTaken.
func Add(tx *db.Tx, p Promotion) (Promotion, error) {
	p, err := p.cleaned()
	if err != nil {
		return Promotion{}, err
	}
	p.ID, p.State, p.Was, p.Version = ID(tx.Mint("prm")), StateDraft, "", 1
	body, err := json.Marshal(p)
	if err != nil {
		return Promotion{}, err
	}
	insert := promotiondb.InsertParams{ID: string(p.ID), Seller: string(p.Seller), Body: string(body)}
	if err := promotiondb.New(tx).Insert(tx.Context(), insert); err != nil {
		return Promotion{}, err
	}
	if err := p.stateCodes(tx, Promotion{}); err != nil {
		return Promotion{}, err
	}
	return p, p.changed(tx)
}

// Revise puts what a promotion says in the place of what it said, from this version on. One that has ended is ErrState, and
// one that was changed meanwhile ErrStale. Orders that were placed keep what they were promised.
func Revise(tx *db.Tx, p Promotion) (Promotion, error) {
	old, err := Get(tx, p.Seller, p.ID)
	if err != nil {
		return Promotion{}, err
	}
	if old.State == StateEnded {
		return Promotion{}, ErrState.About("%s is %s", p.ID, old.State)
	}
	version := p.Version
	if p, err = p.cleaned(); err != nil {
		return Promotion{}, err
	}
	p.State, p.Was = old.State, old.Was
	body, err := json.Marshal(p)
	if err != nil {
		return Promotion{}, err
	}
	rows, err := promotiondb.New(tx).Revise(tx.Context(), promotiondb.ReviseParams{Body: string(body), ID: string(p.ID), Seller: string(p.Seller), Version: version})
	if err != nil {
		return Promotion{}, err
	}
	if rows == 0 {
		return Promotion{}, ErrStale.About("%s is at %d, not at %d", p.ID, old.Version, version)
	}
	p.Version = version + 1
	if err := p.stateCodes(tx, old); err != nil {
		return Promotion{}, err
	}
	return p, p.changed(tx)
}

// stateCodes writes the codes of a promotion and opens their pools, when they are others than before. A code of a promotion
// that has ended becomes that of this one.
func (p Promotion) stateCodes(tx *db.Tx, old Promotion) error {
	same := slices.Equal(p.Coupons.Codes, old.Coupons.Codes)
	if same && p.Coupons.Most == old.Coupons.Most {
		return nil
	}
	tx.Strict() // Two at once could both take a code.
	codes := p.folded()
	holders, err := promotiondb.New(tx).Holders(tx.Context(), db.In(codes))
	if err != nil {
		return err
	}
	for _, h := range holders {
		if h.Promotion != string(p.ID) {
			return fault.With(ErrTaken.About("%s belongs to %s", h.Code, h.Promotion), "code", h.Code)
		}
	}
	if !same {
		if err := promotiondb.New(tx).DropCodes(tx.Context(), string(p.ID)); err != nil {
			return err
		}
		if err := promotiondb.New(tx).InsertCodes(tx.Context(), promotiondb.InsertCodesParams{Promotion: string(p.ID), Codes: db.In(codes)}); err != nil {
			return err
		}
	}
	if p.Coupons.Most == 0 {
		return nil // What has no bound is not counted by a pool.
	}
	levels := make([]hold.Level, len(codes))
	for i, code := range codes {
		levels[i] = hold.Level{Key: codeKey(p.ID, code), Subject: string(p.ID), Capacity: p.Coupons.Most}
	}
	if _, err := hold.SetMany(tx, levels); errors.Is(err, hold.ErrPromised) {
		return ErrPromised.About("%s: %w", p.ID, err)
	} else if err != nil {
		return err
	}
	return nil
}

// folded gives the codes in the form in which they are compared.
func (p Promotion) folded() []string {
	codes := make([]string, len(p.Coupons.Codes))
	for i, c := range p.Coupons.Codes {
		codes[i] = Fold(c)
	}
	return codes
}

// Start lets a draft or a paused promotion count on its days. Twice is the same as once.
func Start(tx *db.Tx, of seller.ID, id ID) (Promotion, error) {
	return move(tx, of, id, StateRunning, StateDraft, StatePaused)
}

// Pause lets a promotion count no more until Start. Twice is the same as once.
func Pause(tx *db.Tx, of seller.ID, id ID) (Promotion, error) {
	return move(tx, of, id, StatePaused, StateRunning)
}

// End ends a promotion. What was ordered by it stays as it is. Twice is the same as once.
func End(tx *db.Tx, of seller.ID, id ID) (Promotion, error) {
	return move(tx, of, id, StateEnded, StateDraft, StateRunning, StatePaused)
}

// Restore leads an ended promotion back to where it has come from; one that has not ended is ErrState. A code that another
// has taken over meanwhile is ErrTaken.
func Restore(tx *db.Tx, of seller.ID, id ID) (Promotion, error) {
	p, err := Get(tx, of, id)
	if err != nil {
		return Promotion{}, err
	}
	if p.State != StateEnded {
		return Promotion{}, ErrState.About("restore %s, which is %s", id, p.State)
	}
	if err := p.stateCodes(tx, Promotion{}); err != nil {
		return Promotion{}, err
	}
	return move(tx, of, id, p.Was, StateEnded)
}

// move brings a promotion from one of some states into another.
func move(tx *db.Tx, of seller.ID, id ID, to State, from ...State) (Promotion, error) {
	p, err := Get(tx, of, id)
	if err != nil || p.State == to {
		return p, err
	}
	if !slices.Contains(from, p.State) {
		return Promotion{}, ErrState.About("%s is %s, not to be %s", id, p.State, to)
	}
	if to == StateRunning {
		if err := room(tx); err != nil {
			return Promotion{}, err
		}
	}
	was := State("")
	if to == StateEnded {
		was = p.State
	}
	rows, err := promotiondb.New(tx).Move(tx.Context(), promotiondb.MoveParams{State: string(to), Was: string(was), ID: string(id), Seller: string(of), Version: p.Version})
	if err != nil {
		return Promotion{}, err
	}
	if rows == 0 {
		return Promotion{}, ErrStale.About("%s at %d", id, p.Version)
	}
	p.State, p.Was, p.Version = to, was, p.Version+1
	return p, p.changed(tx)
}

// room refuses one promotion more than may run at once.
func room(tx *db.Tx) error {
	tx.Strict()
	n, err := promotiondb.New(tx).CountRunning(tx.Context())
	if err == nil && n >= RunningMax {
		return ErrMany.About("%d run", n)
	}
	return err
}

func (p Promotion) changed(tx *db.Tx) error { return tx.Emit(Changed{p.ID, p.Seller, p.State}) }

// Get gives a promotion of a seller, or ErrUnknown.
func Get(tx *db.Tx, of seller.ID, id ID) (Promotion, error) {
	row, err := promotiondb.New(tx).One(tx.Context(), promotiondb.OneParams{ID: string(id), Seller: string(of)})
	if errors.Is(err, sql.ErrNoRows) {
		return Promotion{}, ErrUnknown.About("%.60q of %s", string(id), of)
	}
	if err != nil {
		return Promotion{}, err
	}
	return promotionOf(row)
}

// Of gives the promotions of a seller, the newest first, a page at a time: those before an id, at most limit.
func Of(tx *db.Tx, of seller.ID, after ID, limit int) ([]Promotion, error) {
	rows, err := promotiondb.New(tx).Of(tx.Context(), promotiondb.OfParams{Seller: string(of), After: string(after), Page: int64(limit)})
	return promotionsOf(rows, err)
}

// Running gives the promotions of all sellers that run, planned ones too.
func Running(tx *db.Tx) ([]Promotion, error) {
	rows, err := promotiondb.New(tx).Running(tx.Context())
	return promotionsOf(rows, err)
}

// Tell ends the promotions that are over, and states of those that begin today that they changed, so that what was kept of
// yesterday is forgotten. Twice on a day changes nothing more.
func Tell(tx *db.Tx) error {
	today := span.DayOf(tx.Now(), span.Almaty)
	all, err := Running(tx)
	if err != nil {
		return err
	}
	for _, p := range all {
		switch {
		case p.On(today) == PhaseOver:
			_, e := End(tx, p.Seller, p.ID)
			err = errors.Join(err, e)
		case p.Days.From == today:
			err = errors.Join(err, p.changed(tx))
		}
	}
	return err
}

func promotionsOf(rows []promotiondb.Promotion, err error) ([]Promotion, error) {
	if err != nil {
		return nil, err
	}
	all := make([]Promotion, len(rows))
	for i, row := range rows {
		p, e := promotionOf(row)
		all[i], err = p, cmp.Or(err, e)
	}
	return all, err
}

func promotionOf(row promotiondb.Promotion) (Promotion, error) {
	var p Promotion
	if err := json.Unmarshal([]byte(row.Body), &p); err != nil {
		return Promotion{}, err
	}
	p.ID, p.Seller, p.State, p.Was, p.Version = ID(row.ID), seller.ID(row.Seller), State(row.State), State(row.Was), row.Version
	return p, nil
}
