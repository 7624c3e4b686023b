package sauda_test

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

var rings = []string{"base", "gear", "core", "flow", "face", "app", "cmd"}

// ringsRunLeft: imports run to the left only, and nothing stands outside the rings.
func ringsRunLeft(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if r.dir == "." {
			continue
		}
		from := slices.Index(rings, ring(r.dir))
		if from < 0 {
			breaches = append(breaches, fmt.Sprintf("%s is in none of the rings %s", r.dir, strings.Join(rings, " ← ")))
			continue
		}
		for _, f := range r.files {
			for _, s := range f.Imports {
				if to, ok := own(s); ok && slices.Index(rings, ring(to)) > from {
					breaches = append(breaches, h.at(s, "%s imports %s, which is to its right", r.dir, to))
				}
			}
		}
	}
	return breaches
}

// neighboursApart: flows do not import each other, and faces do not. The parts of one (face/shop/view) may. Each kind of
// face/agent is a face of its own.
func neighboursApart(h *house) (breaches []string) {
	unit := func(dir string) string {
		parts := strings.Split(dir, "/")
		if strings.HasPrefix(dir, "face/agent/") {
			return strings.Join(parts[:3], "/")
		}
		return strings.Join(parts[:min(2, len(parts))], "/")
	}
	for _, r := range h.inOrder() {
		if !in(r.dir, "flow", "face") {
			continue
		}
		for _, f := range r.files {
			for _, s := range f.Imports {
				if to, ok := own(s); ok && ring(to) == ring(r.dir) && unit(to) != unit(r.dir) {
					breaches = append(breaches, h.at(s, "%s imports its neighbour %s", r.dir, to))
				}
			}
		}
	}
	return breaches
}

// arrowsListed: inside core an import is allowed when laws.txt lists it, and a listed one is used.
func arrowsListed(h *house) (breaches []string) {
	listed := make(map[string]int) // Arrow to line.
	for i, line := range strings.Split(h.read("laws.txt"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		words := strings.Fields(line)
		arrow := strings.Join(words, " ")
		if len(words) != 3 || words[1] != "->" {
			breaches = append(breaches, fmt.Sprintf("laws.txt:%d: %q is not of the form: order -> pricing", i+1, line))
		} else if listed[arrow] != 0 {
			breaches = append(breaches, fmt.Sprintf("laws.txt:%d: %s is listed twice", i+1, arrow))
		} else {
			listed[arrow] = i + 1
		}
	}
	used := make(map[string]bool)
	for _, r := range h.inOrder() {
		if !in(r.dir, "core") {
			continue
		}
		for _, f := range r.files {
			for _, s := range f.Imports {
				to, ok := own(s)
				if !ok || !in(to, "core") || contextOf(to) == contextOf(r.dir) {
					continue
				}
				arrow := contextOf(r.dir) + " -> " + contextOf(to)
				used[arrow] = true
				if listed[arrow] == 0 {
					breaches = append(breaches, h.at(s, "%s is not in laws.txt", arrow))
				}
			}
		}
	}
	for _, arrow := range slices.Sorted(maps.Keys(listed)) {
		if !used[arrow] {
			breaches = append(breaches, fmt.Sprintf("laws.txt:%d: no import needs %s", listed[arrow], arrow))
		}
	}
	return breaches
}

// contextOf is the second part of a folder: that of core/payment/card is payment.
func contextOf(dir string) string {
	_, rest, _ := strings.Cut(dir, "/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// worldly is what a value has no business with. database/sql/driver stays open for Scan and Value, net/netip, net/url
// and net/mail for their parsers.
var worldly = []string{
	"os", "os/*", "net", "net/http", "net/http/*", "net/smtp", "net/rpc", "net/textproto", "syscall", "log",
	"database/sql", "io/ioutil", "plugin", "testing", "testing/*", "github.com/jackc/*", "modernc.org/*",
}

// basePure: base does no I/O.
func basePure(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if !in(r.dir, "base") {
			continue
		}
		for _, f := range r.files {
			for _, s := range f.Imports {
				name, _ := strconv.Unquote(s.Path.Value)
				for _, w := range worldly {
					stem, below := strings.CutSuffix(w, "/*")
					if name == w || below && strings.HasPrefix(name, stem+"/") {
						breaches = append(breaches, h.at(s, "%s imports %s, but base does no I/O", r.dir, name))
					}
				}
			}
		}
	}
	return breaches
}

// ownStatements: what sqlc makes of a context's SQL is for that context alone, and stands beside that SQL.
func ownStatements(h *house) (breaches []string) {
	owner := func(dir string) (string, bool) {
		parent := path.Dir(dir)
		return parent, parent != "." && path.Base(dir) == path.Base(parent)+"db"
	}
	for _, r := range h.inOrder() {
		if parent, made := owner(r.dir); made && !exists(h.fsys, parent+"/queries.sql") {
			breaches = append(breaches, fmt.Sprintf("%s is made of %s/queries.sql, which is gone", r.dir, parent))
		}
		for _, f := range slices.Concat(r.files, r.tests) {
			for _, s := range f.Imports {
				to, ok := own(s)
				if !ok {
					continue
				}
				if parent, made := owner(to); made && r.dir != parent && !strings.HasPrefix(r.dir, parent+"/") {
					breaches = append(breaches, h.at(s, "%s imports %s, which only %s may", r.dir, to, parent))
				}
			}
		}
	}
	return breaches
}

// testsApart: what is made for tests is used by tests.
func testsApart(h *house) (breaches []string) {
	forTests := func(dir string) bool { return strings.HasSuffix(path.Base(dir), "test") }
	for _, r := range h.inOrder() {
		if forTests(r.dir) {
			continue
		}
		for _, f := range r.files {
			for _, s := range f.Imports {
				if to, ok := own(s); ok && forTests(to) {
					breaches = append(breaches, h.at(s, "%s imports %s, which is for tests", r.dir, to))
				}
				if s.Path.Value == `"testing"` {
					breaches = append(breaches, h.at(s, "%s imports testing", r.dir))
				}
			}
		}
	}
	return breaches
}
