package sauda_test

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// isNamed tells whether a type is a named one of a package, through aliases.
func isNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg && n.Obj().Name() == name
}

// isMoment tells whether a type is *db.Tx.
func isMoment(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isNamed(p.Elem(), module+"gear/db", "Tx")
}

// takes tells whether a function has a parameter of a kind.
func takes(r *room, f *ast.FuncType, kind func(types.Type) bool) bool {
	return slices.ContainsFunc(f.Params.List, func(p *ast.Field) bool {
		t := r.info.Types[p.Type].Type
		return t != nil && kind(t)
	})
}

// momentOrWorld: a function takes a moment or the world, never both. A parameter that is itself a function does not
// count. gear/db, which makes the one out of the other, is the exception.
func momentOrWorld(h *house) (breaches []string) {
	isWorld := func(t types.Type) bool { return isNamed(t, "context", "Context") }
	for _, r := range h.inOrder() {
		if strings.HasPrefix(r.dir, "gear/db") {
			continue
		}
		for _, f := range r.written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				if ft, ok := n.(*ast.FuncType); ok && takes(r, ft, isMoment) && takes(r, ft, isWorld) {
					breaches = append(breaches, h.at(ft, "takes a *db.Tx and a context.Context; a moment brings its own: tx.Context()"))
				}
				return true
			})
		}
	}
	return breaches
}

// beginners are the four rooms that may begin a moment, and the one that makes it.
var beginners = []string{"gear/web", "gear/bus", "gear/saga", "gear/job", "gear/db"}

// fourBegin: a moment begins in gear/web, gear/bus, gear/saga or gear/job. Whoever else needs one asks them: job.Once.
func fourBegin(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if slices.ContainsFunc(beginners, func(b string) bool { return r.dir == b || strings.HasPrefix(r.dir, b+"/") }) ||
			strings.HasSuffix(r.dir, "test") {
			continue
		}
		breaches = append(breaches, h.begins(r)...)
	}
	return breaches
}

// begins finds where a room begins a moment: Update or View of a *db.Store, called or taken as a value.
func (h *house) begins(r *room) (found []string) {
	for _, f := range r.written() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			verb, ok := r.info.Uses[s.Sel].(*types.Func)
			if !ok || verb.Name() != "Update" && verb.Name() != "View" || verb.Signature().Recv() == nil {
				return true
			}
			of := verb.Signature().Recv().Type()
			if p, ok := of.(*types.Pointer); ok {
				of = p.Elem()
			}
			if isNamed(of, module+"gear/db", "Store") {
				found = append(found, h.at(s, "begins a moment by %s; only gear/{web,bus,saga,job} may", verb.Name()))
			}
			return true
		})
	}
	return found
}

// outer are the calls that a moment must not make: it may be run twice, its clock stands still, and it talks to nobody.
var outer = map[string][]string{
	"time":         {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"net/http":     {"Get", "Head", "Post", "PostForm", "NewRequest", "NewRequestWithContext"},
	"net":          {"Dial", "DialTimeout", "Listen"},
	"math/rand":    {"*"},
	"math/rand/v2": {"*"},
	"crypto/rand":  {"*"},
	"os":           {"*"},
	"os/exec":      {"*"},
}

// momentsQuiet: a function with a moment asks it for time and ids, and does not talk to the world.
func momentsQuiet(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if strings.HasPrefix(r.dir, "gear/db") {
			continue
		}
		for _, f := range r.written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				var body *ast.BlockStmt
				switch n := n.(type) {
				case *ast.FuncDecl:
					if takes(r, n.Type, isMoment) {
						body = n.Body
					}
				case *ast.FuncLit:
					if takes(r, n.Type, isMoment) {
						body = n.Body
					}
				}
				if body == nil {
					return true
				}
				breaches = append(breaches, h.loud(f, body)...)
				return false
			})
		}
	}
	return breaches
}

// loud finds what a moment must not do, in the body of its function. What it leaves for after the commit is free.
func (h *house) loud(f *file, body *ast.BlockStmt) (breaches []string) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			breaches = append(breaches, h.at(n, "starts a goroutine in a moment"))
		case *ast.CallExpr:
			s, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if s.Sel.Name == "AfterCommit" {
				return false
			}
			if x, ok := s.X.(*ast.Ident); ok {
				called := outer[f.imported(x.Name)]
				if slices.Contains(called, s.Sel.Name) || slices.Contains(called, "*") {
					breaches = append(breaches, h.at(n, "calls %s.%s in a moment", x.Name, s.Sel.Name))
				}
			}
		}
		return true
	})
	return breaches
}
