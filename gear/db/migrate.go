package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrateLock is the advisory lock under which one process at a time changes the tables.
const migrateLock = 0x5a0da

// prelude makes PostgreSQL understand the one function that shared SQL uses beyond the standard: the rows of a JSON
// array of strings, by the name that SQLite gives it. It is not STRICT, because PostgreSQL then calls it as a black box of a
// thousand rows, and reads whole tables to join them with those; as it is, it becomes part of the query.
const prelude = `CREATE OR REPLACE FUNCTION json_each(list text) RETURNS TABLE(value text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT jsonb_array_elements_text(list::jsonb)'`

// Migrate brings the tables of every schema to the version of this binary. Files are only ever added, and each is
// written so that the binary before it goes on working (expand first, contract one release later). Run twice, it does
// nothing; several processes at once take turns.
func (s *Store) Migrate(ctx context.Context, schemas []Schema) error {
	pool := s.pool()
	c, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if s.engine == Postgres {
		if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
			return err
		}
		defer func() { _, _ = c.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrateLock) }()
	}
	if err := s.prepare(ctx, c); err != nil {
		return err
	}
	done, err := digests(ctx, c)
	if err != nil {
		return err
	}
	for _, schema := range schemas {
		digest, err := schema.digest()
		if err != nil {
			return err
		}
		if done[schema.Name] == digest {
			continue
		}
		if err := s.migrate(ctx, pool, schema); err != nil {
			return fmt.Errorf("tables of %s: %w", schema.Name, err)
		}
		_, err = c.ExecContext(ctx, `INSERT INTO house (name, digest) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET digest = excluded.digest`, schema.Name, digest)
		if err != nil {
			return err
		}
	}
	return nil
}

// Behind names the schemas whose tables are not those of this binary: all of them when the store is empty.
func (s *Store) Behind(ctx context.Context, schemas []Schema) ([]string, error) {
	c, err := s.pool().Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	done := make(map[string]string)
	migrated, err := s.migrated(ctx, c)
	if err == nil && migrated {
		done, err = digests(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	var behind []string
	for _, schema := range schemas {
		digest, err := schema.digest()
		if err != nil {
			return nil, err
		}
		if done[schema.Name] != digest {
			behind = append(behind, schema.Name)
		}
	}
	return behind, nil
}

func (s *Store) pool() *sql.DB {
	if s.lite != nil {
		return s.lite.pool
	}
	return s.pg.pool
}

// migrated tells whether the store has ever been migrated.
func (s *Store) migrated(ctx context.Context, c *sql.Conn) (bool, error) {
	query := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'house'`
	if s.engine == Postgres {
		query = `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'house'`
	}
	var n int
	err := c.QueryRowContext(ctx, query).Scan(&n)
	return n > 0, err
}

func (s *Store) prepare(ctx context.Context, c *sql.Conn) error {
	if _, err := c.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS house (name TEXT PRIMARY KEY, digest TEXT NOT NULL)`); err != nil {
		return err
	}
	if s.engine == Postgres {
		if _, err := c.ExecContext(ctx, prelude); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) migrate(ctx context.Context, pool *sql.DB, schema Schema) error {
	files, err := fs.Sub(schema.Files, "schema")
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if s.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, pool, files,
		goose.WithTableName("house_"+schema.Name), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// digests are the versions that the store has, by schema.
func digests(ctx context.Context, c *sql.Conn) (done map[string]string, err error) {
	rows, err := c.QueryContext(ctx, `SELECT name, digest FROM house`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	done = make(map[string]string)
	for rows.Next() {
		var name, digest string
		if err := rows.Scan(&name, &digest); err != nil {
			return nil, err
		}
		done[name] = digest
	}
	return done, rows.Err()
}

// digest is a fingerprint of all files of a schema, so that an unchanged one costs nothing at start.
func (schema Schema) digest() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(schema.Files, "schema/*.sql")
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", fmt.Errorf("schema %s has no files", schema.Name)
	}
	for _, name := range names { // Glob sorts.
		body, err := fs.ReadFile(schema.Files, name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(h, "%s %d\n", name, len(body))
		_, _ = h.Write(body)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
