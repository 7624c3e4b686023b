package agreement

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/agreement/agreementdb"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// get gives an agreement to the house.
func get(tx *db.Tx, id ID) (Agreement, error) {
	row, err := agreementdb.New(tx).Get(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Agreement{}, ErrUnknown.About("%.60q", string(id))
	}
	if err != nil {
		return Agreement{}, err
	}
	return agreementOf(row)
}

func agreementOf(r agreementdb.Agreement) (Agreement, error) {
	a := Agreement{
		ID: ID(r.ID), Party: r.Party, Seller: r.Seller, Product: catalog.ProductID(r.Product), Variant: catalog.VariantID(r.Variant),
		State: State(r.State), Card: r.Card, Begun: r.Begun, Version: r.Version, Opened: span.FromMicros(r.OpenedAt),
	}
	return a, errors.Join(a.Due.Scan(r.Due), a.Notice.Scan(r.Notice), json.Unmarshal([]byte(r.Body), &a.Body))
}

func agreementsOf(rows []agreementdb.Agreement) ([]Agreement, error) {
	all := make([]Agreement, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = agreementOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// keep writes a changed agreement down, and counts its version on.
func keep(tx *db.Tx, a *Agreement) error {
	body, err := json.Marshal(a.Body)
	if err != nil {
		return err
	}
	amount, err := a.Amount()
	if err != nil {
		return err
	}
	rows, err := agreementdb.New(tx).Keep(tx.Context(), agreementdb.KeepParams{
		State: string(a.State), Every: string(a.Calendar.Every), Amount: amount.Minor, Due: a.Due.String(), Notice: a.Notice.String(),
		Card: a.Card, Begun: a.Begun, Body: string(body), ID: string(a.ID), Version: a.Version,
	})
	if err == nil && rows == 0 {
		err = ErrChanged.About("%s was at %d", a.ID, a.Version)
	}
	a.Version++
	return err
}

// Amount is what a period costs as it was agreed, without delivery.
func (a Agreement) Amount() (money.Money, error) {
	sum, err := measure.Price(a.Price, a.Quantity, money.HalfUp)
	if err != nil {
		return sum, err
	}
	return Terms{Share: a.Share}.Pays(sum)
}

func (a Agreement) about() About { return About{a.ID, a.Party, a.Seller, a.Version} }

// Ref is what the basket of a period calls it. The first order is called as the agreement is.
func (a Agreement) Ref() string {
	if a.State == StateDraft {
		return string(a.ID)
	}
	return string(a.ID) + "." + strconv.FormatInt(a.Seq, 10)
}

// refOf reads a reference; what is none is of no agreement.
func refOf(ref string) (id ID, seq int64) {
	name, n, renewed := strings.Cut(ref, ".")
	if !IsRef(ref) {
		return "", 0
	}
	if renewed {
		if seq, _ = strconv.ParseInt(n, 10, 64); seq < 1 {
			return "", 0
		}
	}
	return ID(name), seq
}

// prefix begins the names of agreements.
const prefix = "agr"

// IsRef says whether what was chosen of a line is of an agreement.
func IsRef(ref string) bool { return strings.HasPrefix(ref, prefix+"_") }
