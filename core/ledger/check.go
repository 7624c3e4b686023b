package ledger

import (
	"sauda/core/ledger/ledgerdb"
	"sauda/gear/db"
)

// Turnover is what an account received and gave by one kind of posting, in one asset.
type Turnover struct {
	Kind   string
	Asset  string
	Debit  int64
	Credit int64
}

// Turnovers gives the turnovers of some accounts, in one statement. Accounts that nothing happened to are absent.
func Turnovers(tx *db.Tx, accounts []Account) (map[Account][]Turnover, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	rows, err := ledgerdb.New(tx).Turnovers(tx.Context(), db.In(accounts))
	if err != nil {
		return nil, err
	}
	found := make(map[Account][]Turnover, len(accounts))
	for _, r := range rows {
		found[Account(r.Account)] = append(found[Account(r.Account)], Turnover{r.Kind, r.Asset, r.Debit, r.Credit})
	}
	return found, nil
}

// Wrong is a posting that cannot be: without transfers, or with one that moves nothing or goes from an account to itself.
// There is none, unless somebody wrote into the tables.
type Wrong struct {
	Posting ID
	Kind    string
	Ref     string
	Entry   Transfer
}

// checkPage is how many postings Check looks at in one moment.
const checkPage = 1000

// Page is a part of the ledger that was checked.
type Page struct {
	Postings int
	Wrong    []Wrong
	Next     ID // Next is what to go on from; empty at the end.
}

// Check looks at up to a thousand postings after an id.
func Check(tx *db.Tx, after ID) (Page, error) {
	rows, err := ledgerdb.New(tx).PostingsAfter(tx.Context(), ledgerdb.PostingsAfterParams{After: string(after), Page: checkPage})
	if err != nil {
		return Page{}, err
	}
	var page Page
	for _, r := range rows {
		if ID(r.ID) != page.Next {
			page.Next = ID(r.ID)
			page.Postings++
		}
		if r.Amount <= 0 || r.Debit == r.Credit || r.Asset == "" {
			page.Wrong = append(page.Wrong, Wrong{Posting: ID(r.ID), Kind: r.Kind, Ref: r.Ref, Entry: Transfer{
				Debit: Account(r.Debit), Credit: Account(r.Credit), Asset: r.Asset, Amount: r.Amount,
			}})
		}
	}
	if page.Postings < checkPage {
		page.Next = ""
	}
	return page, nil
}
