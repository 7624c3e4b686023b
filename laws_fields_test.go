package sauda_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
)

// fieldTexts are the languages that have the sentences of fields in files; English stands in the code.
var fieldTexts = []string{"kk", "ru", "zh"}

const (
	fieldFile   = "gear/i18n/fields.%s.json"
	fieldPrefix = "field."
)

// fieldsSaid: what is said of a field stands in the source as one sentence, has its text in every other language with the
// same values, and no text is left over. A field is made of a sentence or of a fault, for else nobody could say it again
// in another language.
func fieldsSaid(h *house) (breaches []string) {
	texts := map[string]map[string]string{}
	for _, lang := range fieldTexts {
		said := map[string]string{}
		if body := h.read(fmt.Sprintf(fieldFile, lang)); body != "" {
			if err := json.Unmarshal([]byte(body), &said); err != nil {
				breaches = append(breaches, fmt.Sprintf(fieldFile+": %v", lang, err))
			}
		}
		texts[lang] = said
	}
	used := map[string]bool{}
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			if r.dir == "base/fault" {
				continue // It makes both.
			}
			ast.Inspect(f.File, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if madeOf(f, n) {
						breaches = append(breaches, h.at(n, "a field is made of a sentence, fault.Say(…).At, or by fault.Found"))
					}
				case *ast.CallExpr:
					if len(n.Args) != 1 || !ofFault(f, n.Fun, "Say") {
						break
					}
					text, stated := literal(n.Args[0])
					if !stated || !strings.HasSuffix(text, ".") {
						breaches = append(breaches, h.at(n, "what is said of a field stands in the source as one sentence"))
						break
					}
					used[fieldPrefix+text] = true
					for _, lang := range fieldTexts {
						breaches = append(breaches, saidIn(h, n, texts[lang], lang, text)...)
					}
				}
				return true
			})
		}
	}
	for _, lang := range fieldTexts {
		for _, id := range slices.Sorted(maps.Keys(texts[lang])) {
			if !used[id] {
				breaches = append(breaches, fmt.Sprintf(fieldFile+": nothing in the code says %q", lang, strings.TrimPrefix(id, fieldPrefix)))
			}
		}
	}
	return breaches
}

// saidIn says what is wrong with a sentence in a language.
func saidIn(h *house, at ast.Node, texts map[string]string, lang, text string) []string {
	said, there := texts[fieldPrefix+text]
	if !there {
		return []string{h.at(at, "%q is not said in %s", text, lang)}
	}
	if want, have := valuesOf(text), valuesOf(said); want != have {
		return []string{h.at(at, "%q names %q, and %q in %s", text, want, have, lang)}
	}
	return nil
}

// valuesOf gives the {names} of a text, sorted.
func valuesOf(text string) string {
	names := inBraces.FindAllString(text, -1)
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

// madeOf tells whether a literal makes fields out of nothing: fault.Field{…}, or a list of such.
func madeOf(f *file, literal *ast.CompositeLit) bool {
	if len(literal.Elts) == 0 {
		return false
	}
	typ := literal.Type
	if list, ok := typ.(*ast.ArrayType); ok {
		typ = list.Elt
		_, bare := literal.Elts[0].(*ast.CompositeLit)
		return bare && ofFault(f, typ, "Field")
	}
	return ofFault(f, typ, "Field")
}

// ofFault tells whether an expression is this name of base/fault.
func ofFault(f *file, e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && f.imported(x.Name) == module+"base/fault"
}
