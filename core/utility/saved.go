package utility

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// savedMax is how many accounts one buyer keeps.
const savedMax = 50

// Saved is an account that a buyer keeps under a name.
type Saved struct {
	Party   string
	Account AccountID
	Name    string
}

// buyer gives the party of a buyer who acts.
func buyer(tx *db.Tx) (string, error) {
	who := tx.Who()
	if who.Party == "" {
		return "", ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	return who.Party, nil
}

// Save keeps an account under a name for the buyer who acts. Kept already, it only gets the name.
func Save(tx *db.Tx, account AccountID, name string) error {
	party, err := buyer(tx)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if text.Limit(name, 60) != nil {
		return ErrInvalid.At("/name", fault.Say("Use at most {n} characters.").With("n", 60))
	}
	if _, err := AccountOf(tx, account); err != nil {
		return err
	}
	all, err := Mine(tx)
	if err != nil {
		return err
	}
	if _, kept := all[account]; !kept && len(all) >= savedMax {
		return ErrMany.About("%d", len(all))
	}
	return utilitydb.New(tx).KeepAccount(tx.Context(), utilitydb.KeepAccountParams{Party: party, Account: string(account), Name: name})
}

// Forget keeps an account no longer. One that is not kept stays so.
func Forget(tx *db.Tx, account AccountID) error {
	party, err := buyer(tx)
	if err != nil {
		return err
	}
	if _, err := endAutopay(tx, party, account, EndedByOwner); err != nil { // What he does not see any more is not paid by itself.
		return err
	}
	return utilitydb.New(tx).ForgetAccount(tx.Context(), utilitydb.ForgetAccountParams{Party: party, Account: string(account)})
}

// ForgetParty forgets what accounts a party kept, and what it had paid by itself: its owner has left.
func ForgetParty(tx *db.Tx, party string) error {
	q := utilitydb.New(tx)
	if err := q.ForgetTurns(tx.Context(), party); err != nil {
		return err
	}
	if err := q.ForgetAutopays(tx.Context(), party); err != nil {
		return err
	}
	return q.ForgetParty(tx.Context(), party)
}

// Mine gives the accounts that the buyer who acts keeps.
func Mine(tx *db.Tx) (map[AccountID]Saved, error) {
	party, err := buyer(tx)
	if err != nil {
		return nil, err
	}
	rows, err := utilitydb.New(tx).Saved(tx.Context(), party)
	all := make(map[AccountID]Saved, len(rows))
	for _, r := range rows {
		s := savedOf(r)
		all[s.Account] = s
	}
	return all, err
}

// KeptDue is an account that a buyer keeps, with what it owes.
type KeptDue struct {
	Saved
	Due
	Provider Provider
	Autopay  bool // Autopay says that it is paid by itself.
}

// MyDues gives the accounts that the buyer who acts keeps with what they owe, by name and number: four statements, and three for each
// provider of theirs.
func MyDues(tx *db.Tx) ([]KeptDue, error) {
	saved, err := Mine(tx)
	if err != nil || len(saved) == 0 {
		return nil, err
	}
	accounts, err := SomeAccounts(tx, slices.Collect(maps.Keys(saved)))
	if err != nil {
		return nil, err
	}
	of := map[ProviderID][]Account{}
	for _, a := range accounts {
		of[a.Provider] = append(of[a.Provider], a)
	}
	providers, err := Some(tx, slices.Collect(maps.Keys(of)))
	if err != nil {
		return nil, err
	}
	byItself, err := MyAutopays(tx)
	if err != nil {
		return nil, err
	}
	var all []KeptDue
	for id, some := range of {
		dues, err := DueOf(tx, providers[id], some)
		if err != nil {
			return nil, err
		}
		for account, due := range dues {
			all = append(all, KeptDue{saved[account], due, providers[id], byItself[account].On})
		}
	}
	slices.SortFunc(all, func(a, b KeptDue) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Due.Account.Number, b.Due.Account.Number))
	})
	return all, nil
}

// MyAccount gives one account that the buyer who acts keeps; what he does not keep is ErrAccount.
func MyAccount(tx *db.Tx, account AccountID) (Saved, error) {
	party, err := buyer(tx)
	if err != nil {
		return Saved{}, err
	}
	r, err := utilitydb.New(tx).SavedOne(tx.Context(), utilitydb.SavedOneParams{Party: party, Account: string(account)})
	if errors.Is(err, sql.ErrNoRows) {
		return Saved{}, ErrAccount.About("%s is not kept by %s", account, party)
	}
	return savedOf(r), err
}

func savedOf(r utilitydb.UtilitySaved) Saved {
	return Saved{Party: r.Party, Account: AccountID(r.Account), Name: r.Name}
}
