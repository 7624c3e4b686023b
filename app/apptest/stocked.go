package apptest

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"sync"
	"testing"
	"testing/fstest"

	"sauda/app"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// stocked is a house as it stands, closed, when its goods are on the shelf. Opening one and stocking it takes longer than
// most tests, so that it is done once in a process for each engine, and houses that are configured as all are copies of it.
type stocked struct {
	once     sync.Once
	folder   fstest.MapFS
	database dbtest.Template
	goods    map[string]Good
}

var lite, postgres stocked

// copied gives the house a folder and a database like those of the stocked one.
func (h *House) copied(t testing.TB, engine db.Engine) {
	t.Helper()
	of := &lite
	if engine == db.Postgres {
		of = &postgres
	}
	of.once.Do(func() { of.make(t, engine) })
	if of.goods == nil {
		t.Fatal("the house that others are copies of could not be made")
	}
	if err := os.CopyFS(h.Config.Data, of.folder); err != nil {
		t.Fatal(err)
	}
	if engine == db.Postgres {
		h.Config.Postgres = of.database.Copy(t)
	}
	h.Goods = maps.Clone(of.goods)
}

// make opens a house, puts its goods on the shelf and closes it.
func (s *stocked) make(t testing.TB, engine db.Engine) {
	t.Helper()
	h := unopened(t)
	if engine == db.Postgres {
		s.database = dbtest.NewTemplate(t, app.Schemas)
		h.Config.Postgres = string(s.database)
	}
	h.open(t)
	h.stock(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	folder, err := read(os.DirFS(h.Config.Data))
	if err != nil {
		t.Fatal(err)
	}
	s.folder, s.goods = folder, h.Goods
}

// read keeps a folder in memory.
func read(folder fs.FS) (fstest.MapFS, error) {
	kept := fstest.MapFS{}
	err := fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, failed := fs.ReadFile(folder, path)
		info, unknown := entry.Info()
		if err := errors.Join(failed, unknown); err != nil {
			return err
		}
		kept[path] = &fstest.MapFile{Data: body, Mode: info.Mode(), ModTime: info.ModTime()}
		return nil
	})
	return kept, err
}
