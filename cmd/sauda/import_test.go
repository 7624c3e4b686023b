package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sauda/app"
	"sauda/core/catalog"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/job"
)

// at is a house below a folder of the test.
func at(t *testing.T) place {
	t.Helper()
	return place{Data: filepath.Join(t.TempDir(), "house")}
}

func table(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "goods.csv")
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// onSale counts the products that buyers see.
func onSale(t *testing.T, p place) (n int) {
	t.Helper()
	config, err := p.config()
	if err != nil {
		t.Fatal(err)
	}
	store, err := app.OpenStore(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	err = job.Look(context.Background(), store, db.System, func(tx *db.Tx) error {
		page, _, err := catalog.List(tx, catalog.Filter{State: catalog.StateOnSale})
		n = len(page)
		return err
	})
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportIntoAnEmptyFolder(t *testing.T) {
	ctx, house := context.Background(), at(t)
	path := table(t, "Name,Price,Mark\nШай,1 990,Алтай\n,5,\n")
	c := importCSV{
		place: house, Map: map[string]string{"mark": "brand"},
		freight: freight{Files: []string{path}, Seller: "sel_own", Currency: "KZT", State: "on_sale", Stock: "10"},
	}
	for range 2 {
		if err := c.Run(ctx, "en"); err != nil {
			t.Fatal(err)
		}
	}
	if n := onSale(t, house); n != 1 {
		t.Errorf("%d products are on sale", n)
	}
	if body, err := os.ReadFile(path + ".errors.csv"); err != nil || !strings.Contains(string(body), "2,") {
		t.Errorf("the file of errors: %q %v", body, err)
	}
	if err := (&doctorCommand{place: house}).Run(ctx, "en"); err != nil {
		t.Errorf("the doctor says %v", err)
	}
	if err := (&doctorCommand{place: house, JSON: true}).Run(ctx, "en"); err != nil {
		t.Errorf("the doctor says %v", err)
	}
	if err := (&migrateCommand{place: house, Check: true}).Run(ctx, "en"); err != nil {
		t.Errorf("migrate says %v", err)
	}
	c.Stock = "much"
	if err := c.Run(ctx, "en"); err == nil {
		t.Error("much is no stock")
	}
	c.Stock, c.Errors, c.Files = "", "one.csv", []string{path, path}
	if err := c.Run(ctx, "en"); err == nil {
		t.Error("one file of errors for two files")
	}
	c.Errors, c.Files = "", []string{path + ".none"}
	if err := c.Run(ctx, "en"); !errors.Is(err, intake.ErrFile) {
		t.Errorf("a file that is not there: %v", err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	c.Files = []string{path}
	if err := c.Run(stopped, "en"); err == nil {
		t.Error("it was stopped before it began")
	}
}

func TestMigrateAndItsCheck(t *testing.T) {
	ctx, house := context.Background(), at(t)
	if err := (&migrateCommand{place: house, Check: true}).Run(ctx, "en"); err == nil {
		t.Error("there is no house to check")
	}
	if err := (&doctorCommand{place: house}).Run(ctx, "en"); err == nil {
		t.Error("there is no house to look at")
	}
	if err := os.WriteFile(filepath.Join(house.Data, "sauda.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&migrateCommand{place: house, Check: true}).Run(ctx, "en"); err == nil || !strings.Contains(err.Error(), "catalog") {
		t.Errorf("an empty house is behind: %v", err)
	}
	if err := (&doctorCommand{place: house}).Run(ctx, "en"); !errors.Is(err, errUnwell) {
		t.Errorf("an empty house is unwell: %v", err)
	}
	for range 2 {
		if err := (&migrateCommand{place: house}).Run(ctx, "en"); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&migrateCommand{place: house, Check: true}).Run(ctx, "en"); err != nil {
		t.Errorf("after migrating: %v", err)
	}
}

func TestWhereErrorsGo(t *testing.T) {
	open, closed := t.TempDir(), t.TempDir()
	if err := os.Chmod(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(open, "a.csv"): "", "a.csv": "", "-": "/house/stdin.errors.csv",
		filepath.Join(closed, "a.csv"): "/house/a.csv.errors.csv", filepath.Join(open, "none", "a.csv"): "",
	} {
		if got := errorsOf(name, "/house"); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
