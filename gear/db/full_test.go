package db

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// TestFullDiskLosesNothing makes SQLite believe that its disk is full and then that there is room again.
func TestFullDiskLosesNothing(t *testing.T) {
	store, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "sauda.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	exec := func(query string, args ...any) error {
		return store.Update(t.Context(), System, func(tx *Tx) error {
			_, err := tx.ExecContext(context.Background(), query, args...)
			return err
		})
	}
	if err := exec("CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	if err := store.lite.writer.do("PRAGMA max_page_count = 40"); err != nil {
		t.Fatal(err)
	}
	kept := 0
	var full error
	for full == nil && kept < 1000 {
		if full = exec("INSERT INTO note VALUES ($1, $2)", kept, strings.Repeat("x", 3000)); full == nil {
			kept++
		}
	}
	if !errors.Is(full, ErrFull) {
		t.Fatalf("want ErrFull, got %v", full)
	}
	if err := store.lite.writer.do("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := exec("INSERT INTO note VALUES ($1, $2)", 5000, "room again"); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	var n int
	err = store.View(t.Context(), System, func(tx *Tx) error {
		return tx.QueryRowContext(tx.Context(), "SELECT count(*) FROM note").Scan(&n)
	})
	if err != nil || n != kept+1 {
		t.Fatalf("want %d rows, got %d (%v)", kept+1, n, err)
	}
}
