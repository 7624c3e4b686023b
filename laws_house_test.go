package sauda_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// module is the name under which the packages of the house import each other.
const module = "sauda/"

// house is a tree of sources, parsed: the real one, or a little one that breaks a law on purpose.
type house struct {
	fsys  fs.FS
	fset  *token.FileSet
	rooms map[string]*room // By folder: "core/order".
	templ []string         // Sources of pages.
}

// room is one package.
type room struct {
	dir   string
	files []*file // Without tests.
	tests []*file
	pkg   *types.Package // These two are filled by check.
	info  *types.Info
}

// file is one Go file.
type file struct {
	path      string
	generated bool
	lines     int
	*ast.File
}

// load parses a tree. Other modules (tools), testdata, hidden folders and files for other machines are not the house.
func load(t *testing.T, fsys fs.FS) *house {
	t.Helper()
	h := &house{fsys: fsys, fset: token.NewFileSet(), rooms: make(map[string]*room)}
	machine := build.Default
	machine.JoinPath = path.Join
	machine.OpenFile = func(name string) (io.ReadCloser, error) { return fsys.Open(name) }
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || exists(fsys, path.Join(name, "go.mod"))) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) == ".templ" {
			h.templ = append(h.templ, name)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		if fits, err := machine.MatchFile(path.Dir(name), d.Name()); err != nil || !fits {
			return err
		}
		return h.add(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	h.check()
	return h
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

func (h *house) add(name string) error {
	source, err := fs.ReadFile(h.fsys, name)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(h.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if h.rooms[dir] == nil {
		h.rooms[dir] = &room{dir: dir}
	}
	f := &file{path: name, generated: ast.IsGenerated(parsed), lines: bytes.Count(source, []byte("\n")), File: parsed}
	if strings.HasSuffix(name, "_test.go") {
		h.rooms[dir].tests = append(h.rooms[dir].tests, f)
	} else {
		h.rooms[dir].files = append(h.rooms[dir].files, f)
	}
	return nil
}

// check finds the types of the house's own packages. Everything from outside is an empty package to it, so that it
// takes a second, needs nothing built, and judges a tree in which something does not compile yet. What a law asks for is
// declared inside the house; context.Context is the one exception.
func (h *house) check() {
	outside := map[string]*types.Package{"context": contextPackage(), "unsafe": types.Unsafe}
	var importer importerFunc
	importer = func(name string) (*types.Package, error) {
		if r := h.rooms[strings.TrimPrefix(name, module)]; r != nil && strings.HasPrefix(name, module) {
			h.checkRoom(r, importer)
			return r.pkg, nil
		}
		if outside[name] == nil {
			outside[name] = types.NewPackage(name, localName(name))
			outside[name].MarkComplete()
		}
		return outside[name], nil
	}
	for _, r := range h.inOrder() {
		h.checkRoom(r, importer)
	}
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(name string) (*types.Package, error) { return f(name) }

func (h *house) checkRoom(r *room, importer importerFunc) {
	if r.info != nil {
		return
	}
	r.info = &types.Info{Uses: make(map[*ast.Ident]types.Object), Types: make(map[ast.Expr]types.TypeAndValue)}
	r.pkg = types.NewPackage(module+r.dir, path.Base(r.dir)) // What an import in a circle would find.
	var parsed []*ast.File
	for _, f := range r.files {
		parsed = append(parsed, f.File)
	}
	config := types.Config{Importer: importer, Error: func(error) {}, FakeImportC: true}
	r.pkg, _ = config.Check(module+r.dir, h.fset, parsed, r.info)
}

// contextPackage is as much of the package context as a parameter needs.
func contextPackage() *types.Package {
	p := types.NewPackage("context", "context")
	name := types.NewTypeName(token.NoPos, p, "Context", nil)
	types.NewNamed(name, types.NewInterfaceType(nil, nil).Complete(), nil)
	p.Scope().Insert(name)
	p.MarkComplete()
	return p
}

// localName is what a package is called when its import does not say: its last part that is no version.
func localName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath))
	}
	base, _, _ = strings.Cut(strings.TrimPrefix(base, "go-"), ".")
	return base
}

// inOrder gives all rooms by their folders.
func (h *house) inOrder() []*room {
	return slices.SortedFunc(maps.Values(h.rooms), func(a, b *room) int { return strings.Compare(a.dir, b.dir) })
}

// at says where something stands and what is wrong with it.
func (h *house) at(n ast.Node, format string, args ...any) string {
	p := h.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d: ", p.Filename, p.Line) + fmt.Sprintf(format, args...)
}

// read gives a file that is no Go, or nothing.
func (h *house) read(name string) string {
	body, err := fs.ReadFile(h.fsys, name)
	if err != nil {
		return ""
	}
	return string(body)
}

// ring is the first part of a folder, the room in it the second: "face", "agent".
func ring(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

func in(dir string, rings ...string) bool { return slices.Contains(rings, ring(dir)) }

// own tells what an import names inside the house.
func own(s *ast.ImportSpec) (dir string, ok bool) {
	name, err := strconv.Unquote(s.Path.Value)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(name, module)
}

// written gives the files of a room that people wrote, without tests.
func (r *room) written() []*file {
	return slices.DeleteFunc(slices.Clone(r.files), func(f *file) bool { return f.generated })
}

// imported gives the path of the package that a name stands for in a file, or nothing.
func (f *file) imported(local string) string {
	for _, s := range f.Imports {
		name, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		if s.Name != nil && s.Name.Name == local || s.Name == nil && localName(name) == local {
			return name
		}
	}
	return ""
}

// tree makes files of one text: a line "-- name --" begins each.
func tree(text string) fstest.MapFS {
	files := make(fstest.MapFS)
	var name string
	for line := range strings.Lines(text) {
		if mark := strings.TrimSpace(line); strings.HasPrefix(mark, "-- ") && strings.HasSuffix(mark, " --") {
			name = strings.TrimSuffix(strings.TrimPrefix(mark, "-- "), " --")
			files[name] = &fstest.MapFile{}
		} else if name != "" {
			files[name].Data = append(files[name].Data, line...)
		}
	}
	return files
}
