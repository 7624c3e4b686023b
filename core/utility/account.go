package utility

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// numberShape is what an account may be called.
var numberShape = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}/.-]*$`)

// numberMax is of how many characters: QIWI allows 200, no provider of ours has more. It is not in the pattern, which would
// hold the letters of all scripts as often.
const numberMax = 40

// Number gives a number as accounts have it: without blanks, letters capital. It is empty when nothing can be called so.
func Number(typed string) string {
	n := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	if utf8.RuneCountInString(n) > numberMax || !numberShape.MatchString(n) {
		return ""
	}
	return n
}

const (
	addressMax = 300
	areaMax    = 1_000_000 * measure.One
)

// check refuses an account that cannot stand, by field.
func (a Account) check() error {
	var wrong []fault.Field
	bad := func(is bool, pointer string, said fault.Sentence) {
		if is {
			wrong = append(wrong, said.At(pointer))
		}
	}
	bad(a.Number == "" || a.Number != Number(a.Number), "/number", fault.Say("Write the number in at most 40 letters, digits, points, hyphens and strokes."))
	bad(text.Limit(a.Holder, nameMax) != nil, "/holder", fault.Say("Write the name in at most {n} characters.").With("n", nameMax))
	bad(text.Limit(a.Address, addressMax) != nil, "/address", fault.Say("Write the address in at most 300 characters."))
	bad(a.People < 0 || a.People > peopleMax, "/people", fault.Say("From none to a thousand people live at an account."))
	bad(a.Area < 0 || a.Area > areaMax, "/area", fault.Say("Write the area in square metres."))
	if len(wrong) > 0 {
		return ErrInvalid.Fields(wrong...)
	}
	return nil
}

// OpenMany opens accounts at a provider, or revises those whose numbers it has, and says how many it opened: a thousand at
// most, in one moment. Of two with one number the later counts.
func OpenMany(tx *db.Tx, p Provider, accounts []Account) (opened int, err error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return 0, err
	}
	if len(accounts) > accountsMax {
		return 0, ErrFile.About("%d accounts at once", len(accounts))
	}
	byNumber := map[string]Account{}
	for i, a := range accounts {
		a.Number = Number(a.Number)
		if err := a.check(); err != nil {
			return 0, fault.With(err, "line", i+1)
		}
		byNumber[a.Number] = a
	}
	numbers := make([]string, 0, len(byNumber))
	for n := range byNumber {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	before, err := CountAccounts(tx, p.ID)
	if err != nil {
		return 0, err
	}
	for chunk := range slices.Chunk(numbers, rowsMax) {
		if err := writeAccounts(tx, p, chunk, byNumber); err != nil {
			return 0, err
		}
	}
	after, err := CountAccounts(tx, p.ID)
	return int(after - before), err
}

const (
	accountsMax = 1000
	rowsMax     = 200 // rowsMax bounds the rows of one statement.
)

// writeAccounts writes accounts by number, two hundred rows a statement.
func writeAccounts(tx *db.Tx, p Provider, numbers []string, byNumber map[string]Account) error {
	args := []any{string(p.ID)}
	rows := make([]string, len(numbers))
	for i, number := range numbers {
		a, n := byNumber[number], len(args)
		rows[i] = fmt.Sprintf("($%d, $1, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7)
		args = append(args, tx.Mint("uta"), a.Number, strings.TrimSpace(a.Holder), strings.TrimSpace(a.Address), a.People, int64(a.Area), flag(a.Closed))
	}
	query := `INSERT INTO utility_account (id, provider, number, holder, address, people, area, closed) VALUES ` + strings.Join(rows, ", ") +
		` ON CONFLICT (provider, number) DO UPDATE SET holder = excluded.holder, address = excluded.address, people = excluded.people,
		area = excluded.area, closed = excluded.closed`
	_, err := tx.ExecContext(tx.Context(), query, args...)
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Find gives the account of a number at a provider, or ErrAccount. It is one look into an index.
func Find(tx *db.Tx, provider ProviderID, number string) (Account, error) {
	n := Number(number)
	if n == "" {
		return Account{}, ErrAccount.About("%.60q", number)
	}
	return accountOf(utilitydb.New(tx).AccountByNumber(tx.Context(), utilitydb.AccountByNumberParams{Provider: string(provider), Number: n}))
}

// AccountOf gives an account by its id, or ErrAccount.
func AccountOf(tx *db.Tx, id AccountID) (Account, error) {
	return accountOf(utilitydb.New(tx).Account(tx.Context(), string(id)))
}

// SomeAccounts gives accounts by id, in one statement; those that are not there are absent.
func SomeAccounts(tx *db.Tx, ids []AccountID) (map[AccountID]Account, error) {
	found := make(map[AccountID]Account, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := utilitydb.New(tx).SomeAccounts(tx.Context(), db.In(ids))
	for _, r := range rows {
		a, e := accountOf(r, nil)
		found[a.ID], err = a, errors.Join(err, e)
	}
	return found, err
}

// Accounts gives the accounts of a provider by number, those after a number, at most limit.
func Accounts(tx *db.Tx, provider ProviderID, after string, limit int) ([]Account, error) {
	rows, err := utilitydb.New(tx).AccountsAfter(tx.Context(), utilitydb.AccountsAfterParams{Provider: string(provider), After: after, Page: int64(limit)})
	all := make([]Account, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = accountOf(r, nil)
		err = errors.Join(err, e)
	}
	return all, err
}

// CountAccounts counts the accounts of a provider.
func CountAccounts(tx *db.Tx, provider ProviderID) (int64, error) {
	return utilitydb.New(tx).CountAccounts(tx.Context(), string(provider))
}

// Keep keeps what a remote provider says of a number, and gives its account. What was paid here and the provider did not know of
// when it was asked is owed no more. The accounts of a provider that keeps its books here are those that its staff has opened: ErrHere.
func Keep(tx *db.Tx, p Provider, number string, told Told) (Account, error) {
	if p.Remote == nil {
		return Account{}, ErrHere.About("%s", p.Code)
	}
	n := Number(number)
	if n == "" {
		return Account{}, ErrAccount.About("%.60q", number)
	}
	if told.At.IsZero() {
		told.At = tx.Now()
	}
	q := utilitydb.New(tx)
	var err error
	if told.Paid, err = q.PaidUnheard(tx.Context(), utilitydb.PaidUnheardParams{Provider: string(p.ID), Number: n, Asked: span.Micros(told.At)}); err != nil {
		return Account{}, err
	}
	body, err := json.Marshal(told)
	if err != nil {
		return Account{}, err
	}
	err = q.TellAccount(tx.Context(), utilitydb.TellAccountParams{ID: tx.Mint("uta"), Provider: string(p.ID), Number: n, Told: string(body)})
	if err != nil {
		return Account{}, err
	}
	return Find(tx, p.ID, n)
}

func accountOf(r utilitydb.UtilityAccount, err error) (Account, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, ErrAccount
	}
	if err != nil {
		return Account{}, err
	}
	a := Account{
		ID: AccountID(r.ID), Provider: ProviderID(r.Provider), Number: r.Number, Holder: r.Holder, Address: r.Address, People: r.People,
		Area: measure.Quantity(r.Area), Closed: r.Closed == 1, Payments: r.Payments,
	}
	if r.Told != "" {
		err = json.Unmarshal([]byte(r.Told), &a.Told)
	}
	return a, err
}

// Masked gives a name with its letters hidden, but for the first of each word: whoever knows a number learns no more than
// whether it is the right one.
func Masked(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		runes := []rune(w)
		if len(runes) > 2 {
			words[i] = string(runes[:1]) + strings.Repeat("*", min(len(runes)-1, 5))
		}
	}
	return strings.Join(words, " ")
}

// MaskedAddress is Masked, but for numbers: whoever lives there knows the house by them, and nobody else finds it.
func MaskedAddress(address string) string {
	words := strings.Fields(address)
	for i, w := range words {
		if w[0] < '0' || w[0] > '9' {
			words[i] = Masked(w)
		}
	}
	return strings.Join(words, " ")
}
