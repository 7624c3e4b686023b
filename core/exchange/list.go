package exchange

import (
	"encoding/json"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Draft puts down an instrument that is not traded yet, with a number of its own. A code that another one has is ErrTaken;
// a table of steps or a group that is not there is ErrUnknown.
func Draft(tx *db.Tx, i Instrument, why Reason) (Instrument, error) {
	why, err := why.cleaned()
	if err != nil {
		return Instrument{}, err
	}
	if i, err = i.fit(tx); err != nil {
		return Instrument{}, err
	}
	i.ID, i.State, i.Version = InstrumentID(tx.Mint(prefixInstrument)), StateDrafted, 1
	if i.Number, err = number(tx, numbersInstrument); err != nil {
		return Instrument{}, err
	}
	if i.Asset, i.Paid, err = assets(tx, i.owned(), i.Currency); err != nil {
		return Instrument{}, err
	}
	body, err := json.Marshal(i)
	if err != nil {
		return Instrument{}, err
	}
	rows, err := exchangedb.New(tx).AddInstrument(tx.Context(), exchangedb.AddInstrumentParams{ID: string(i.ID), Number: int64(i.Number),
		Code: i.Code, Asset: i.Asset.Code, Body: string(body)})
	if err != nil {
		return Instrument{}, err
	}
	if rows == 0 {
		return Instrument{}, ErrTaken.About("%s", i.Code)
	}
	if err := begin(tx, Subject(i.ID), StateDrafted, first(tx, why)); err != nil {
		return Instrument{}, err
	}
	return i, tx.Emit(InstrumentDrafted{i.ID, i.Number})
}

// fit gives an instrument whose table of steps and group are there, and whose rules the machines take.
func (i Instrument) fit(tx *db.Tx) (Instrument, error) {
	i, err := i.cleaned()
	if err != nil {
		return Instrument{}, err
	}
	if i.Ticks, err = GetTicks(tx, i.Terms.Table); err != nil {
		return Instrument{}, err
	}
	hours, err := exchangedb.New(tx).Scheduled(tx.Context(), i.Terms.Group)
	if err != nil {
		return Instrument{}, err
	}
	if hours == 0 {
		return Instrument{}, ErrUnknown.About("the group %s", i.Terms.Group)
	}
	return i, i.checkMachines()
}

func assets(tx *db.Tx, code string, currency money.Currency) (owned, paid Asset, err error) {
	owned.Code, paid.Code = code, string(currency)
	if owned.Number, err = NumberAsset(tx, owned.Code); err != nil {
		return owned, paid, err
	}
	paid.Number, err = NumberAsset(tx, paid.Code)
	return owned, paid, err
}

// Revise puts what an instrument says in the place of what it said, from this version on; what it said is kept, and the
// history says why. Once it was listed, what trades are made by stays as it is (ErrFixed): kind, currency, code, unit, nominal,
// issuer, what a bond promises, and of goods all but the words of the grade. One that is delisted is ErrStanding, and one
// that was changed meanwhile ErrStale.
func Revise(tx *db.Tx, next Instrument, why Reason) (Instrument, error) {
	why, err := why.cleaned()
	if err != nil {
		return Instrument{}, err
	}
	old, err := GetInstrument(tx, string(next.ID))
	if err != nil {
		return Instrument{}, err
	}
	if old.State == StateDelisted {
		return Instrument{}, ErrStanding.About("%s is %s", old.ID, old.State)
	}
	if next.Goods != nil {
		next.Code = old.Code
	}
	if next, err = next.fit(tx); err != nil {
		return Instrument{}, err
	}
	if next.Code != old.Code || old.State != StateDrafted && !old.keeps(next) {
		return Instrument{}, ErrFixed.About("%s is %s", old.ID, old.State)
	}
	if err := note(tx, Subject(old.ID), old.State, why); err != nil {
		return Instrument{}, err
	}
	return old.replace(tx, next)
}

// replace writes the next version of an instrument, and keeps this one.
func (i Instrument) replace(tx *db.Tx, next Instrument) (Instrument, error) {
	old, version := i, next.Version
	was, err := json.Marshal(old)
	if err != nil {
		return Instrument{}, err
	}
	body, err := json.Marshal(next)
	if err != nil {
		return Instrument{}, err
	}
	rows, err := exchangedb.New(tx).ReviseInstrument(tx.Context(), exchangedb.ReviseInstrumentParams{Body: string(body), ID: string(old.ID), Version: version})
	if err != nil {
		return Instrument{}, err
	}
	if rows == 0 {
		return Instrument{}, ErrStale.About("%s is at %d, not at %d", old.ID, old.Version, version)
	}
	kept := exchangedb.KeepInstrumentParams{Instrument: string(old.ID), Version: version, Body: string(was), UntilAt: span.Micros(tx.Now()), ChangedBy: tx.Who().ID}
	if err := exchangedb.New(tx).KeepInstrument(tx.Context(), kept); err != nil {
		return Instrument{}, err
	}
	next.ID, next.Number, next.State, next.Version = old.ID, old.Number, old.State, version+1
	if next.Asset, next.Paid, err = assets(tx, next.owned(), next.Currency); err != nil {
		return Instrument{}, err
	}
	return next, tx.Emit(InstrumentChanged{next.ID, next.Number, next.Version})
}

// List lets a draft be traded from the next day of trade on. What is no draft is ErrStanding.
func List(tx *db.Tx, id InstrumentID, why Reason) error {
	if Subject(id).sort() != prefixInstrument {
		return ErrUnknown.About("%.60q", string(id))
	}
	return take(tx, step{subject: Subject(id), to: StateListed, from: []State{StateDrafted}, reason: why, by: tx.Who().ID})
}

// GetInstrument gives an instrument by its id or its code, or ErrUnknown.
func GetInstrument(tx *db.Tx, name string) (Instrument, error) {
	row, err := exchangedb.New(tx).Instrument(tx.Context(), name)
	if err != nil {
		return Instrument{}, missing(err, name)
	}
	all, err := instrumentsOf(tx, []exchangedb.InstrumentsRow{exchangedb.InstrumentsRow(row)})
	if err != nil {
		return Instrument{}, err
	}
	return all[0], nil
}

// Instruments gives those in some states, by their numbers; without a state, all that may be traded now or again: listed
// and suspended.
func Instruments(tx *db.Tx, states ...State) ([]Instrument, error) {
	if len(states) == 0 {
		states = []State{StateListed, StateSuspended}
	}
	rows, err := exchangedb.New(tx).Instruments(tx.Context(), db.In(states))
	if err != nil {
		return nil, err
	}
	return instrumentsOf(tx, rows)
}

// InstrumentWas gives what an instrument said at an earlier version, or ErrUnknown.
func InstrumentWas(tx *db.Tx, id InstrumentID, version int64) (Instrument, error) {
	body, err := exchangedb.New(tx).InstrumentWas(tx.Context(), exchangedb.InstrumentWasParams{Instrument: string(id), Version: version})
	if err != nil {
		return Instrument{}, missing(err, string(id))
	}
	now, err := GetInstrument(tx, string(id))
	if err != nil {
		return Instrument{}, err
	}
	row := exchangedb.InstrumentsRow{ID: string(id), Number: int64(now.Number), Code: now.Code, Asset: now.Asset.Code,
		AssetNumber: int64(now.Asset.Number), State: string(now.State), Version: version, Body: body}
	all, err := instrumentsOf(tx, []exchangedb.InstrumentsRow{row})
	if err != nil {
		return Instrument{}, err
	}
	return all[0], nil
}

// instrumentsOf reads rows, with the tables of steps and the numbers of currencies that they name, in two statements more.
func instrumentsOf(tx *db.Tx, rows []exchangedb.InstrumentsRow) ([]Instrument, error) {
	laid, err := exchangedb.New(tx).AllTicks(tx.Context())
	if err != nil {
		return nil, err
	}
	tables := map[string]Ticks{}
	for _, row := range laid {
		var t Ticks
		if err := json.Unmarshal([]byte(row.Bands), &t); err != nil {
			return nil, err
		}
		tables[row.Code] = t
	}
	numbered, err := Assets(tx)
	if err != nil {
		return nil, err
	}
	numbers := map[string]uint32{}
	for _, a := range numbered {
		numbers[a.Code] = a.Number
	}
	return each(rows, nil, func(row exchangedb.InstrumentsRow) (Instrument, error) {
		i := Instrument{ID: InstrumentID(row.ID), Number: uint32(row.Number), Asset: Asset{uint32(row.AssetNumber), row.Asset},
			State: State(row.State), Version: row.Version, Code: row.Code}
		err := json.Unmarshal([]byte(row.Body), &i)
		i.Ticks, i.Paid = tables[i.Terms.Table], Asset{numbers[string(i.Currency)], string(i.Currency)}
		return i, err
	})
}
