package sauda_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sauda/base/fault"
)

var update = flag.Bool("update", false, "write the pages that are made from the code")

// refusal is one fault as the source states it.
type refusal struct {
	code, kind, text string
	at               *ast.CallExpr
	dir              string
	name             string // Of the package variable that holds it, or nothing.
	literal          bool
}

// refusals gives all faults of the house, in the order of the source.
func (h *house) refusals() (all []refusal) {
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			names := variables(f)
			ast.Inspect(f.File, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 3 || !makesFault(r, f, call.Fun) {
					return true
				}
				one := refusal{at: call, dir: r.dir, name: names[call]}
				if kind, ok := call.Args[0].(*ast.SelectorExpr); ok {
					one.kind = kind.Sel.Name
				} else if kind, ok := call.Args[0].(*ast.Ident); ok {
					one.kind = kind.Name
				}
				code, isCode := literal(call.Args[1])
				text, isText := literal(call.Args[2])
				one.code, one.text, one.literal = code, text, isCode && isText
				if r.dir != "base/fault" || one.literal { // The inside of fault.New passes its own parameters on.
					all = append(all, one)
				}
				return true
			})
		}
	}
	return all
}

// makesFault tells whether a call is fault.New, or what stands for it inside its own package.
func makesFault(r *room, f *file, called ast.Expr) bool {
	if s, ok := called.(*ast.SelectorExpr); ok && s.Sel.Name == "New" {
		x, ok := s.X.(*ast.Ident)
		return ok && f.imported(x.Name) == module+"base/fault"
	}
	x, ok := called.(*ast.Ident)
	return ok && r.dir == "base/fault" && (x.Name == "register" || x.Name == "New")
}

// variables gives, for the value of each package variable, the name of the variable.
func variables(f *file) map[ast.Node]string {
	names := make(map[ast.Node]string)
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			if v, ok := s.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i, value := range v.Values {
					names[value] = v.Names[i].Name
				}
			}
		}
	}
	return names
}

// literal gives a text that stands in the source, in one piece or in several added ones.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok1 := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok1 && ok2 && e.Op == token.ADD
	}
	return "", false
}

var errName = regexp.MustCompile(`^(?:Err|err)[A-Z]`)

// faultsStated: a fault is a package variable Err…, its code says its package, no two share one, its text is a sentence
// without a place to fill in, and a retired code does not come back.
func faultsStated(h *house) (breaches []string) {
	first := make(map[string]refusal)
	retired := retiredIn(h.read(faultsPage))
	for _, one := range h.refusals() {
		wrong := func(format string, args ...any) { breaches = append(breaches, h.at(one.at, format, args...)) }
		if !one.literal {
			wrong("the code and the text of a fault stand in the source")
			continue
		}
		if !errName.MatchString(one.name) {
			wrong("%s is not a package variable called Err…", one.code)
		}
		prefix, _, _ := strings.Cut(one.code, ".")
		if one.code != "internal" && prefix != path.Base(one.dir) && !slices.Contains(strings.Split(path.Dir(one.dir), "/"), prefix) {
			wrong("the code %s does not begin with its package, %s", one.code, path.Base(one.dir))
		}
		if earlier, taken := first[one.code]; taken {
			wrong("the code %s is taken by %s", one.code, h.fset.Position(earlier.at.Pos()))
		}
		if retired[one.code] {
			wrong("the code %s is retired and must not come back", one.code)
		}
		first[one.code] = one
		if !strings.HasSuffix(one.text, ".") || strings.Contains(one.text, "%") && !strings.Contains(one.text, " %") {
			wrong("the text of %s is not a sentence: %q", one.code, one.text)
		}
	}
	return breaches
}

const faultsPage = "docs/faults.md"

// retiredIn gives the codes that a page of faults names below "Retired".
func retiredIn(page string) map[string]bool {
	_, section, _ := strings.Cut(page, "## Retired")
	return codesIn(section)
}

var codeInList = regexp.MustCompile("(?m)^(?:\\| |\\* )`([a-z0-9_.]+)`")

func codesIn(page string) map[string]bool {
	codes := make(map[string]bool)
	for _, m := range codeInList.FindAllStringSubmatch(page, -1) {
		codes[m[1]] = true
	}
	return codes
}

// pageOfFaults writes the page of all faults. A code that the page before had, and the source has no more, is retired.
func pageOfFaults(h *house, before string) string {
	var b strings.Builder
	b.WriteString("# Faults\n\nEvery way in which Sauda refuses, written from the source by `make generate`. A code is public and stable: a client may rely on it. It is retired, but never reused. The answer is a problem document (RFC 9457) of the status that stands here, unless the face has a better one; its `type` ends with the code.\n")
	all := h.refusals()
	slices.SortStableFunc(all, func(a, b refusal) int { return strings.Compare(a.code, b.code) })
	retired, group := codesIn(before), ""
	for _, one := range all {
		prefix, _, _ := strings.Cut(one.code, ".")
		if prefix != group {
			group = prefix
			fmt.Fprintf(&b, "\n## %s\n\n| code | kind | status | text |\n|---|---|---|---|\n", group)
		}
		kind := kindCalled(one.kind)
		fmt.Fprintf(&b, "| `%s` | %s | %d | %s |\n", one.code, kind, kind.Status(), strings.ReplaceAll(one.text, "|", "\\|"))
		delete(retired, one.code)
	}
	b.WriteString("\n## Retired\n\nThese are not used any more, and will not be used for anything else.\n")
	for i, code := range slices.Sorted(maps.Keys(retired)) {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "* `%s`\n", code)
	}
	return b.String()
}

// kindCalled gives the kind of fault that a constant stands for: that of TooLarge is called too_large.
func kindCalled(constant string) fault.Kind {
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		if strings.EqualFold(strings.ReplaceAll(kind.String(), "_", ""), constant) {
			return kind
		}
	}
	return fault.Internal
}

// TestFaultsPage holds docs/faults.md in step with the source. `make generate` writes it.
func TestFaultsPage(t *testing.T) {
	h := ours(t)
	want := pageOfFaults(h, h.read(faultsPage))
	if *update {
		if err := os.WriteFile(faultsPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if h.read(faultsPage) != want {
		t.Errorf("%s is not in step with the source; make generate writes it", faultsPage)
	}
}

// TestRetired: a code that leaves the source stays on the page, and the law knows it.
func TestRetired(t *testing.T) {
	old := load(t, tree("-- core/order/order.go --\npackage order\n\nimport \"sauda/base/fault\"\n\n"+
		"var ErrShipped = fault.New(fault.Conflict, \"order.shipped\", \"The parcel has left.\")\n"))
	page := pageOfFaults(old, "")
	later := pageOfFaults(load(t, tree("")), page)
	if !retiredIn(later)["order.shipped"] {
		t.Fatalf("order.shipped is not retired in:\n%s", later)
	}
	if again := pageOfFaults(load(t, tree("")), later); again != later {
		t.Errorf("written twice, the page changes:\n%s", again)
	}
}
