package sauda_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"unicode"
)

const (
	functionLinesMax = 70
	fileLinesMax     = 500
	parametersMax    = 5
	resultsMax       = 3
)

// sizes: what a person can hold in mind at once. Generated code is not held in mind.
func sizes(h *house) (breaches []string) {
	for _, name := range h.templ {
		if lines := strings.Count(h.read(name), "\n"); lines > fileLinesMax {
			breaches = append(breaches, fmt.Sprintf("%s has %d lines, %d are allowed", name, lines, fileLinesMax))
		}
	}
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			if f.lines > fileLinesMax {
				breaches = append(breaches, fmt.Sprintf("%s has %d lines, %d are allowed", f.path, f.lines, fileLinesMax))
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					lines := h.fset.Position(fn.End()).Line - h.fset.Position(fn.Pos()).Line + 1
					if lines > functionLinesMax {
						breaches = append(breaches, h.at(fn, "%s has %d lines, %d are allowed", fn.Name.Name, lines, functionLinesMax))
					}
				}
			}
			ast.Inspect(f.File, func(n ast.Node) bool {
				if ft, ok := n.(*ast.FuncType); ok {
					if p := ft.Params.NumFields(); p > parametersMax {
						breaches = append(breaches, h.at(ft, "a function has %d parameters, %d are allowed", p, parametersMax))
					}
					if q := ft.Results.NumFields(); q > resultsMax {
						breaches = append(breaches, h.at(ft, "a function has %d results, %d are allowed", q, resultsMax))
					}
				}
				return true
			})
		}
	}
	return breaches
}

// noFloats: money, quantities and rates are whole numbers; base and core know no other.
func noFloats(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if !in(r.dir, "base", "core") {
			continue
		}
		for _, f := range r.files {
			ast.Inspect(f.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					if n.Name == "float64" || n.Name == "float32" {
						breaches = append(breaches, h.at(n, "%s", n.Name))
					}
				case *ast.SelectorExpr:
					if slices.Contains([]string{"ParseFloat", "FormatFloat", "Float64", "NewFloat", "SetFloat64"}, n.Sel.Name) {
						breaches = append(breaches, h.at(n, "%s makes a float", n.Sel.Name))
					}
				}
				return true
			})
		}
	}
	return breaches
}

var emptyNouns = []string{
	"util", "utils", "common", "commons", "helper", "helpers", "manager", "managers", "service", "services",
	"model", "models", "impl", "mock", "mocks", "misc",
}

// nouns: a package is named after what it holds.
func nouns(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		for _, part := range strings.Split(r.dir, "/") {
			if slices.Contains(emptyNouns, part) {
				breaches = append(breaches, fmt.Sprintf("%s: %q says nothing about what is inside", r.dir, part))
			}
		}
		for _, f := range slices.Concat(r.files, r.tests) {
			name := strings.TrimSuffix(f.Name.Name, "_test")
			if slices.Contains(emptyNouns, name) {
				breaches = append(breaches, h.at(f.Name, "package %s says nothing about what is inside", name))
			}
			if r.dir != "." && name != path.Base(r.dir) && name != "main" {
				breaches = append(breaches, h.at(f.Name, "package %s stands in a folder called %s", name, path.Base(r.dir)))
			}
		}
	}
	return breaches
}

var emptyVerbs = []string{"Create", "Update", "Process", "Handle", "Manage"}

// verbs: the trade has a verb of its own for what it does: place, cancel, pack, hand over.
func verbs(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if !in(r.dir, "core", "flow") {
			continue
		}
		for _, f := range r.written() {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				for _, verb := range emptyVerbs {
					rest, found := strings.CutPrefix(fn.Name.Name, verb)
					if found && (rest == "" || unicode.IsUpper(rune(rest[0]))) {
						breaches = append(breaches, h.at(fn.Name, "%s: the trade has a better verb than %s", fn.Name.Name, verb))
					}
				}
			}
		}
	}
	return breaches
}

// promisedElsewhere are the methods whose promise is written at the interface they fulfil.
var promisedElsewhere = []string{
	"Error", "String", "Unwrap", "Is", "As", "Len", "Less", "Swap", "Read", "Write", "Close", "ServeHTTP",
	"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "Scan", "Value", "LogValue", "Fact", "Key",
}

// promises: every exported name of base, gear, core and flow has a comment, and so has every package.
func promises(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		files := r.written()
		if len(files) == 0 {
			continue
		}
		if !slices.ContainsFunc(files, func(f *file) bool { return f.Doc != nil }) {
			breaches = append(breaches, h.at(files[0].Name, "package %s has no comment", r.dir))
		}
		if !in(r.dir, "base", "gear", "core", "flow") {
			continue
		}
		for _, f := range files {
			for _, d := range f.Decls {
				for _, name := range unpromised(d) {
					breaches = append(breaches, h.at(name, "%s has no comment", name.Name))
				}
			}
		}
	}
	return breaches
}

// unpromised gives the exported names of a declaration that have no comment. One above a group stands for all of it.
func unpromised(d ast.Decl) (names []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && seen(d.Recv) && !(d.Recv != nil && slices.Contains(promisedElsewhere, d.Name.Name)) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT || d.Doc != nil {
			return nil
		}
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Doc == nil && s.Comment == nil && s.Name.IsExported() {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if s.Doc == nil && s.Comment == nil && name.IsExported() {
						names = append(names, name)
					}
				}
			}
		}
	}
	return names
}

// seen tells whether a function is seen from outside: it has no receiver, or one of an exported type.
func seen(receiver *ast.FieldList) bool {
	if receiver == nil {
		return true
	}
	of := receiver.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.IndexListExpr:
			of = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// nothingSkips: what a test needs, `make test` installs or starts. A skipped test is a test that is not there. A
// property (rapid) may still turn down a random case.
func nothingSkips(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		for _, f := range slices.Concat(r.files, r.tests) {
			ast.Inspect(f.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					breaches = append(breaches, h.skips(f, n.Type, n.Body)...)
				case *ast.FuncLit:
					breaches = append(breaches, h.skips(f, n.Type, n.Body)...)
				}
				return true
			})
		}
	}
	return breaches
}

// skips finds the calls of Skip on the test that a function is given, and not in a function inside, which has its own.
func (h *house) skips(f *file, ft *ast.FuncType, body *ast.BlockStmt) (breaches []string) {
	if body == nil {
		return nil
	}
	var given []string
	for _, p := range ft.Params.List {
		of := p.Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if s, ok := of.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && f.imported(x.Name) == "testing" {
				for _, name := range p.Names {
					given = append(given, name.Name)
				}
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return len(n.Type.Params.List) == 0
		case *ast.CallExpr:
			s, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if ok && slices.Contains(given, x.Name) && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, s.Sel.Name) {
				breaches = append(breaches, h.at(n, "%s.%s: what a test needs, tools/testbed provides", x.Name, s.Sel.Name))
			}
		}
		return true
	})
	return breaches
}
