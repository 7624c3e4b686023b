package hold

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/gear/db"
)

// rowsMax bounds the rows of one statement: at five values a row this is far from what an engine takes, and a longer text
// would not be faster.
const rowsMax = 100

const poolColumns = `SELECT key, subject, capacity, beyond, taken, mark FROM hold_pool `

// Pools gives the pools under these keys by key, in one statement. Keys without a pool are absent.
func Pools(tx *db.Tx, keys []string) (map[string]Pool, error) {
	found, err := pools(tx, poolColumns+`WHERE key IN (SELECT value FROM json_each($1))`, db.In(keys))
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]Pool, len(found))
	for _, p := range found {
		byKey[p.Key] = p
	}
	return byKey, nil
}

// About gives all pools of these subjects, sorted by subject and key, in one statement.
func About[S ~string](tx *db.Tx, subjects []S) ([]Pool, error) {
	return pools(tx, poolColumns+`WHERE subject IN (SELECT value FROM json_each($1)) ORDER BY subject, key`, db.In(subjects))
}

// All gives the pools by key, a page at a time: those after a key, at most limit. An empty after begins.
func All(tx *db.Tx, after string, limit int) ([]Pool, error) {
	return pools(tx, poolColumns+`WHERE key > $1 ORDER BY key LIMIT $2`, after, limit)
}

// Filled gives the pools whose keys begin so and in which something is, is taken or may be taken, by key, at most limit.
// It looks at every pool.
func Filled(tx *db.Tx, begin string, limit int) ([]Pool, error) {
	return pools(tx, poolColumns+`WHERE substr(key, 1, $2) = $1 AND (capacity <> 0 OR taken <> 0 OR beyond <> 0) ORDER BY key LIMIT $3`,
		begin, len(begin), limit)
}

func pools(tx *db.Tx, query string, args ...any) (found []Pool, err error) {
	if args[0] == "[]" {
		return nil, nil
	}
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var p Pool
		if err := rows.Scan(&p.Key, &p.Subject, &p.Capacity, &p.Beyond, &p.Taken, &p.Mark); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

// writeClaims makes the claims of an owner what is wanted, a hundred rows a statement.
func writeClaims(tx *db.Tx, owner string, wanted []Want, until time.Time) error {
	for chunk := range slices.Chunk(wanted, rowsMax) {
		args := []any{owner, span.Micros(until)}
		rows := make([]string, len(chunk))
		for n, w := range chunk {
			rows[n] = fmt.Sprintf("($1, $%d, $%d, 'held', $2)", len(args)+1, len(args)+2)
			args = append(args, w.Key, w.Quantity)
		}
		query := `INSERT INTO hold_claim (owner, key, quantity, state, until) VALUES ` + strings.Join(rows, ", ") +
			` ON CONFLICT (owner, key) DO UPDATE SET quantity = excluded.quantity, state = 'held', until = excluded.until`
		if _, err := tx.Later().ExecContext(tx.Context(), query, args...); err != nil {
			return err
		}
	}
	return nil
}

// writeCapacities opens pools or changes their capacity, a hundred rows a statement.
func writeCapacities(tx *db.Tx, pools []Pool) error {
	for chunk := range slices.Chunk(pools, rowsMax) {
		var args []any
		rows := make([]string, len(chunk))
		for n, p := range chunk {
			rows[n] = fmt.Sprintf("($%d, $%d, $%d, 0, 0, 0)", len(args)+1, len(args)+2, len(args)+3)
			args = append(args, p.Key, p.Subject, p.Capacity)
		}
		query := `INSERT INTO hold_pool (key, subject, capacity, beyond, taken, mark) VALUES ` + strings.Join(rows, ", ") +
			` ON CONFLICT (key) DO UPDATE SET capacity = excluded.capacity`
		if _, err := tx.Later().ExecContext(tx.Context(), query, args...); err != nil {
			return err
		}
	}
	return nil
}

// writeMarks sets the marks of pools, or opens them, a hundred rows a statement.
func writeMarks(tx *db.Tx, pools []Pool) error {
	for chunk := range slices.Chunk(pools, rowsMax) {
		var args []any
		rows := make([]string, len(chunk))
		for n, p := range chunk {
			rows[n] = fmt.Sprintf("($%d, $%d, 0, 0, 0, $%d)", len(args)+1, len(args)+2, len(args)+3)
			args = append(args, p.Key, p.Subject, p.Mark)
		}
		query := `INSERT INTO hold_pool (key, subject, capacity, beyond, taken, mark) VALUES ` + strings.Join(rows, ", ") +
			` ON CONFLICT (key) DO UPDATE SET mark = excluded.mark`
		if _, err := tx.Later().ExecContext(tx.Context(), query, args...); err != nil {
			return err
		}
	}
	return nil
}
