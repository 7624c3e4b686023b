package customer

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sauda/base/text"
	"sauda/core/customer/customerdb"
	"sauda/gear/db"
)

// rowsMax bounds the rows of one statement: at thirteen values a row this is far from what an engine takes.
const rowsMax = 100

// write writes what a count has changed, in the order of the ids.
func (t *tally) write(tx *db.Tx) error {
	var customers, orders, spent, words [][]any
	touched := map[string]bool{}
	for _, o := range t.fresh {
		touched[o.Customer] = true
		orders = append(orders, []any{o.OrderID, o.Customer, o.Currency, o.Minor, o.Counts})
	}
	ids := slices.Sorted(maps.Keys(touched))
	for _, id := range ids {
		c := t.customers[id]
		customers = append(customers, []any{c.ID, c.Seller, c.Key, c.Kind, c.Party, c.Name, c.Company, c.Email, c.Phone, c.Orders, c.FirstAt, c.LastAt})
		if t.renamed[id] {
			words = append(words, wordRows(*c)...)
		}
	}
	for key, minor := range t.spent {
		if touched[key[0]] {
			spent = append(spent, []any{key[0], key[1], t.customers[key[0]].Seller, minor})
		}
	}
	slices.SortFunc(spent, func(a, b []any) int { return strings.Compare(a[0].(string)+a[1].(string), b[0].(string)+b[1].(string)) })
	if renamed := slices.Sorted(maps.Keys(t.renamed)); len(renamed) > 0 {
		if err := customerdb.New(tx.Later()).DropWords(tx.Context(), db.In(renamed)); err != nil {
			return err
		}
	}
	for _, of := range []struct {
		head, tail string
		rows       [][]any
	}{
		{`customer (id, seller, key, kind, party, name, company, email, phone, orders, first_at, last_at)`,
			`ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, party = excluded.party, name = excluded.name, company = excluded.company,
				email = excluded.email, phone = excluded.phone, orders = excluded.orders, first_at = excluded.first_at, last_at = excluded.last_at`, customers},
		{`customer_order (order_id, customer, currency, minor, counts)`,
			`ON CONFLICT (order_id) DO UPDATE SET minor = excluded.minor, counts = excluded.counts`, orders},
		{`customer_spent (customer, currency, seller, minor)`, `ON CONFLICT (customer, currency) DO UPDATE SET minor = excluded.minor`, spent},
		{wordsHead, wordsTail, words},
	} {
		if err := insert(tx, of.head, of.tail, of.rows); err != nil {
			return err
		}
	}
	return nil
}

// insert writes rows, a hundred a statement.
func insert(tx *db.Tx, head, tail string, rows [][]any) error {
	for chunk := range slices.Chunk(rows, rowsMax) {
		var args []any
		values := make([]string, len(chunk))
		for i, row := range chunk {
			places := make([]string, len(row))
			for j, v := range row {
				args = append(args, v)
				places[j] = "$" + strconv.Itoa(len(args))
			}
			values[i] = "(" + strings.Join(places, ", ") + ")"
		}
		query := "INSERT INTO " + head + " VALUES " + strings.Join(values, ", ") + " " + tail
		if _, err := tx.Later().ExecContext(tx.Context(), query, args...); err != nil {
			return err
		}
	}
	return nil
}

const (
	wordsMax  = 12 // wordsMax is how many words of one name are looked for.
	wordBytes = 64 // wordBytes is how much of a word is.
)

// wordsOf are the words by which a customer is found, as they are stored.
func wordsOf(c customerdb.Customer) []string {
	words := split(c.Name + " " + c.Company)
	words = words[:min(len(words), wordsMax)]
	if c.Email != "" {
		words = append(words, c.Email)
	}
	if strings.Contains(c.Key, "@") { // The address of his account, when he typed another one.
		words = append(words, c.Key)
	}
	if digits := digitsOf(c.Phone); digits != "" {
		words = append(words, digits)
		if country := strings.TrimPrefix(digits, "7"); len(digits) == phoneDigits && country != digits {
			words = append(words, country)
		}
	}
	for i, w := range words {
		words[i] = stored(w)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// plainly is a name as it is compared: in small letters, and without the dots of the Russian ё, which few people write.
func plainly(name string) string { return strings.ReplaceAll(text.Fold(name), "ё", "е") }

// Reword writes anew by what at most so many customers are found, each once, and says how many: earlier binaries took names
// apart in another way.
func Reword(tx *db.Tx, most int) (int, error) {
	tx.Strict() // As Count, which writes the words of a customer too.
	mark, err := upTo(tx, wordedUpTo)
	if err != nil {
		return 0, err
	}
	rows, err := customerdb.New(tx).After(tx.Context(), customerdb.AfterParams{After: mark, Page: int64(most)})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids, words := make([]string, len(rows)), [][]any(nil)
	for i, c := range rows {
		ids[i] = c.ID
		words = append(words, wordRows(c)...)
	}
	if err := customerdb.New(tx.Later()).DropWords(tx.Context(), db.In(ids)); err != nil {
		return 0, err
	}
	if err := insert(tx, wordsHead, wordsTail, words); err != nil {
		return 0, err
	}
	return len(rows), noteUpTo(tx, wordedUpTo, ids[len(ids)-1])
}

// How words are written.
const (
	wordsHead = "customer_word (customer, word, seller)"
	wordsTail = "ON CONFLICT (customer, word) DO NOTHING"
)

// wordRows are the words of a customer as they are written.
func wordRows(c customerdb.Customer) (rows [][]any) {
	for _, word := range wordsOf(c) {
		rows = append(rows, []any{c.ID, word, c.Seller})
	}
	return rows
}

// split takes a name apart where something stands that is neither a letter nor a digit: «Дала-2030» is дала and 2030.
func split(name string) []string {
	return strings.FieldsFunc(plainly(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
}

// stored is a word as it is kept: its bytes in hexadecimal digits.
func stored(word string) string { return hex.EncodeToString([]byte(word[:min(len(word), wordBytes)])) }

// phoneDigits is how many digits a telephone number of Kazakhstan has, with that of the country.
const phoneDigits = 11

// digitsOf gives the digits of a telephone number; one that begins with 8, as people dial within the country, begins with
// 7 as it is written abroad.
func digitsOf(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if rest, ok := strings.CutPrefix(digits, "8"); ok && !strings.HasPrefix(strings.TrimSpace(phone), "+") {
		return "7" + rest
	}
	return digits
}

// begins are the words with which those of a customer shall begin, the longest first: it finds fewest. An address is one word.
func begins(typed string) []string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil
	}
	if strings.Trim(typed, "+0123456789 ()-") == "" {
		if digits := digitsOf(typed); digits != "" {
			return []string{stored(digits)}
		}
	}
	var words []string
	for _, w := range strings.Fields(typed) {
		if strings.Contains(w, "@") {
			words = append(words, plainly(w))
		} else {
			words = append(words, split(w)...)
		}
	}
	if len(words) == 0 {
		words = []string{typed} // Nobody's name has such a word.
	}
	words = words[:min(len(words), 5)]
	for i, w := range words {
		words[i] = stored(w)
	}
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return words
}
