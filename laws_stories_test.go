package sauda_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
)

// Where the office has its words for stories and their steps, and how their ids begin.
const (
	storyTexts = "face/office/texts/stories.kk.json"
	storyOf    = "office.story.of."
	storyStep  = "office.story.step."
)

// storiesSaid: the office has a word for every story and for each of its steps, and none is left over. That each is said in all
// languages is the law of texts.
func storiesSaid(h *house) (breaches []string) {
	said, used := map[string]string{}, map[string]bool{}
	if body := h.read(storyTexts); body != "" {
		if err := json.Unmarshal([]byte(body), &said); err != nil {
			return []string{fmt.Sprintf("%s: %v", storyTexts, err)}
		}
	}
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				story, ok := n.(*ast.CompositeLit)
				if !ok || !isStory(f, story) {
					return true
				}
				name, stated := constant(r, under(story, "Name"))
				if !stated {
					breaches = append(breaches, h.at(n, "the name of a story stands in its package"))
					return true
				}
				ids := []string{storyOf + name}
				if steps, ok := under(story, "Steps").(*ast.CompositeLit); ok {
					for _, e := range steps.Elts {
						step, _ := e.(*ast.CompositeLit)
						called, _ := constant(r, under(step, "Name"))
						ids = append(ids, storyStep+name+"."+called)
					}
				}
				for _, id := range ids {
					if used[id] = true; said[id] == "" {
						breaches = append(breaches, h.at(n, "%s has no %q", storyTexts, id))
					}
				}
				return true
			})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(said)) {
		if !used[id] && (strings.HasPrefix(id, storyOf) || strings.HasPrefix(id, storyStep)) {
			breaches = append(breaches, fmt.Sprintf("%s: no story is called %q", storyTexts, id))
		}
	}
	return breaches
}

// isStory tells whether a literal is a saga.Story[…].
func isStory(f *file, literal *ast.CompositeLit) bool {
	of, ok := literal.Type.(*ast.IndexExpr)
	if !ok {
		return false
	}
	s, ok := of.X.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Story" {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && f.imported(x.Name) == module+"gear/saga"
}

// under gives what a literal has under a key, or nil.
func under(literal *ast.CompositeLit, key string) ast.Expr {
	if literal == nil {
		return nil
	}
	for _, e := range literal.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k, ok := kv.Key.(*ast.Ident); ok && k.Name == key {
				return kv.Value
			}
		}
	}
	return nil
}

// constant gives a text that stands in the source, or as a constant in its package.
func constant(r *room, e ast.Expr) (string, bool) {
	name, ok := e.(*ast.Ident)
	if !ok {
		return literal(e)
	}
	for _, f := range r.written() {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				v, ok := s.(*ast.ValueSpec)
				if ok && len(v.Names) == 1 && len(v.Values) == 1 && v.Names[0].Name == name.Name {
					return literal(v.Values[0])
				}
			}
		}
	}
	return "", false
}
