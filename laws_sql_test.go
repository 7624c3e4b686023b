package sauda_test

import (
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// schemas gives the migrations of each room that has some, in their order.
func (h *house) schemas() map[string][]string {
	found := make(map[string][]string)
	for _, pattern := range []string{"*/*/schema/*", "*/*/*/schema/*", "*/*/*/*/schema/*"} {
		names, _ := fs.Glob(h.fsys, pattern) // The pattern is well formed.
		for _, name := range names {
			if !strings.Contains(name, "testdata/") {
				room := path.Dir(path.Dir(name))
				found[room] = append(found[room], name)
			}
		}
	}
	return found
}

var (
	sqlComment  = regexp.MustCompile(`--[^\n]*`)
	sqlText     = regexp.MustCompile(`'(?:[^']|'')*'`)
	tableMade   = regexp.MustCompile(`(?i)\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9]+)`)
	tableNamed  = regexp.MustCompile(`(?i)(\bdistinct\s+)?\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+([a-z_0-9]+(?:(?:\s+(?:AS\s+)?[a-z_0-9]+)?\s*,\s*[a-z_0-9]+)*)`)
	columnAdded = regexp.MustCompile(`(?i)\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9]+)\s+([a-z_0-9]+)`)
	migration   = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)
	looksSQL    = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+[a-z]`)
)

// bare is SQL without comments and texts.
func bare(sql string) string {
	return sqlText.ReplaceAllString(sqlComment.ReplaceAllString(sql, ""), "''")
}

// tablesIn gives the tables that a piece of SQL names.
func tablesIn(sql string) (tables []string) {
	for _, m := range tableNamed.FindAllStringSubmatch(bare(sql), -1) {
		if m[1] != "" { // IS DISTINCT FROM
			continue
		}
		for _, part := range strings.Split(m[2], ",") {
			tables = append(tables, strings.ToLower(strings.Fields(part)[0]))
		}
	}
	return tables
}

// ownTables: a context reads and writes its own tables only, in queries.sql and in SQL that Go writes.
func ownTables(h *house) (breaches []string) {
	owner := make(map[string]string)
	schemas := h.schemas()
	for _, room := range slices.Sorted(maps.Keys(schemas)) {
		for _, name := range schemas[room] {
			for _, m := range tableMade.FindAllStringSubmatch(bare(h.read(name)), -1) {
				table := strings.ToLower(m[1])
				if owner[table] != "" && owner[table] != room {
					breaches = append(breaches, fmt.Sprintf("%s: table %s belongs to %s already", name, table, owner[table]))
				}
				owner[table] = room
			}
		}
	}
	foreign := func(room, sql string) (tables []string) {
		for _, table := range tablesIn(sql) {
			if of := owner[table]; of != "" && of != room && !strings.HasPrefix(room, of+"/") {
				tables = append(tables, table+" of "+of)
			}
		}
		return tables
	}
	for _, room := range slices.Sorted(maps.Keys(schemas)) {
		for _, name := range append(schemas[room], room+"/queries.sql") {
			for _, table := range foreign(room, h.read(name)) {
				breaches = append(breaches, fmt.Sprintf("%s names the table %s", name, table))
			}
		}
	}
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			for _, p := range sqlIn(f) {
				for _, table := range foreign(r.dir, p.sql) {
					breaches = append(breaches, h.at(p.at, "SQL names the table %s", table))
				}
			}
		}
	}
	return breaches
}

// piece is SQL, or a part of it, in a Go file.
type piece struct {
	at  ast.Node
	sql string
}

// sqlIn gives the pieces of SQL in a Go file: texts with its key words in capitals, and what a builder of statements is
// given for a table.
func sqlIn(f *file) (pieces []piece) {
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && looksSQL.MatchString(text) {
				pieces = append(pieces, piece{n, text})
			}
		case *ast.CallExpr:
			s, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"From", "Join", "JoinWithOption", "InsertInto", "Update", "DeleteFrom"}, s.Sel.Name) {
				return true
			}
			for _, arg := range n.Args {
				if text, ok := literal(arg); ok {
					pieces = append(pieces, piece{arg, "FROM " + text})
				}
			}
		}
		return true
	})
	return pieces
}

// unportable are words that only one engine knows, or that both know and understand differently.
var unportable = map[string]*regexp.Regexp{
	"::":                regexp.MustCompile(`::`),
	"now()":             regexp.MustCompile(`(?i)\b(?:now\s*\(|current_(?:timestamp|date|time)\b|strftime\s*\(|datetime\s*\()`),
	"ILIKE":             regexp.MustCompile(`(?i)\bilike\b`),
	"FOR UPDATE":        regexp.MustCompile(`(?i)\bfor\s+(?:no\s+key\s+)?(?:update|share)\b`),
	"an array":          regexp.MustCompile(`(?i)\barray\s*\[|\bany\s*\(|\bunnest\s*\(`),
	"a sequence":        regexp.MustCompile(`(?i)\b(?:sequence|nextval|serial|bigserial|autoincrement|identity\s*\()`),
	"a trigger":         regexp.MustCompile(`(?i)\b(?:create|drop)\s+(?:or\s+replace\s+)?(?:trigger|function|procedure)\b`),
	"INSERT OR REPLACE": regexp.MustCompile(`(?i)\b(?:insert|replace)\s+or\s+|\breplace\s+into\b`),
	"rowid":             regexp.MustCompile(`(?i)\b(?:rowid|ctid)\b`),
}

// oneText: one SQL text for both engines. Columns are TEXT or BIGINT; migrations only go up and are numbered without gaps.
func oneText(h *house) (breaches []string) {
	schemas := h.schemas()
	for _, room := range slices.Sorted(maps.Keys(schemas)) {
		for i, name := range schemas[room] {
			sql := h.read(name)
			if m := migration.FindStringSubmatch(path.Base(name)); m == nil || m[1] != fmt.Sprintf("%04d", i+1) {
				breaches = append(breaches, fmt.Sprintf("%s: the name must begin with %04d_", name, i+1))
			}
			if !strings.Contains(sql, "-- +goose Up") || strings.Contains(sql, "-- +goose Down") {
				breaches = append(breaches, name+": a migration says '-- +goose Up' and has no Down")
			}
			for column, kind := range columns(bare(sql)) {
				if kind != "TEXT" && kind != "BIGINT" {
					breaches = append(breaches, fmt.Sprintf("%s: column %s is %s, not TEXT or BIGINT", name, column, kind))
				}
			}
		}
		for _, name := range append(schemas[room], room+"/queries.sql") {
			sql := bare(h.read(name))
			for _, word := range slices.Sorted(maps.Keys(unportable)) {
				if found := unportable[word].FindString(sql); found != "" {
					breaches = append(breaches, fmt.Sprintf("%s: %q is %s, which not both engines have", name, found, word))
				}
			}
		}
	}
	slices.Sort(breaches)
	return breaches
}

// columns gives the columns that a migration makes, "table.column", and the type of each in capitals.
func columns(sql string) map[string]string {
	found := make(map[string]string)
	for _, m := range tableMade.FindAllStringSubmatchIndex(sql, -1) {
		table := sql[m[2]:m[3]]
		open := strings.Index(sql[m[1]:], "(")
		if open < 0 {
			continue
		}
		for _, item := range items(sql[m[1]+open+1:]) {
			words := strings.Fields(item)
			if len(words) == 0 || slices.Contains([]string{"PRIMARY", "UNIQUE", "CHECK", "CONSTRAINT", "FOREIGN"}, firstWord(item)) {
				continue
			}
			kind := ""
			if len(words) > 1 {
				kind = strings.ToUpper(words[1])
			}
			found[table+"."+words[0]] = kind
		}
	}
	for _, m := range columnAdded.FindAllStringSubmatch(sql, -1) {
		if !slices.Contains([]string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}, strings.ToUpper(m[1])) {
			found["added."+m[1]] = strings.ToUpper(m[2])
		}
	}
	return found
}

func firstWord(item string) string {
	word := strings.TrimSpace(item)
	if end := strings.IndexFunc(word, func(c rune) bool { return c == ' ' || c == '(' || c == '\n' || c == '\t' }); end >= 0 {
		word = word[:end]
	}
	return strings.ToUpper(word)
}

// items splits what stands inside a parenthesis, up to its end, at the commas of the first level.
func items(sql string) (parts []string) {
	depth, from := 0, 0
	for i, c := range sql {
		switch c {
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return append(parts, sql[from:i])
			}
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, sql[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, sql[from:])
}
