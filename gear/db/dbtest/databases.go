package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver of the connections that make test databases.

	"sauda/gear/db"
)

// Database gives a PostgreSQL database with these schemas and nothing else in it, for this test alone.
func Database(t testing.TB, schemas []db.Schema) string {
	t.Helper()
	return pgTemplate(t, schemas).Copy(t)
}

// Template is the address of a PostgreSQL database of which others are made.
type Template string

// NewTemplate makes a database with these schemas that lasts as long as the process, for the test to fill and close.
func NewTemplate(t testing.TB, schemas []db.Schema) Template {
	t.Helper()
	of := pgTemplate(t, schemas)
	address, err := server.copied(of)
	if err != nil {
		t.Fatal(err)
	}
	return Template(address)
}

// Copy gives a database like the template, which nobody may have open, for this test alone. To make and drop one is a matter
// of some hundred files, which takes longer than most tests: so it gives one whose test has ended, put in order, if there is one.
func (of Template) Copy(t testing.TB) string {
	t.Helper()
	d := server.take(of)
	for ; d != nil; d = server.take(of) {
		err := d.restore(t.Context())
		if err == nil {
			break
		}
		d.drop() // Its test has changed more than rows.
	}
	if d == nil {
		var err error
		if d, err = newDatabase(t.Context(), of); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { server.giveBack(of, d) })
	return d.dsn
}

// server is the PostgreSQL server of the tests, as this process uses it.
var server pgServer

type pgServer struct {
	dial    sync.Once
	dsn     string
	refused error

	mu    sync.Mutex
	admin *sql.DB // admin has one connection, by which databases are made and dropped.
	made  int
	spare map[Template][]*database // spare are those whose test has ended.
}

// of gives the server, whose address `make test` has set.
func (s *pgServer) of(t testing.TB) *pgServer {
	t.Helper()
	s.dial.Do(func() {
		s.spare = map[Template][]*database{}
		if s.dsn = os.Getenv("SAUDA_TEST_POSTGRES"); s.dsn == "" {
			s.refused = errors.New("SAUDA_TEST_POSTGRES is not set: run `make test`, or `tools/testbed run go test ./…`, which start PostgreSQL")
			return
		}
		if s.admin, s.refused = sql.Open("pgx", s.dsn); s.refused == nil {
			s.admin.SetMaxOpenConns(1)
			s.refused = s.sweep()
		}
	})
	if s.refused != nil {
		t.Fatal(s.refused)
	}
	return s
}

// own begins the names of the databases of a process, whose number follows.
const own = "sauda_own_"

// name gives a name that no database has. The server is locked.
func (s *pgServer) name() string {
	s.made++
	return fmt.Sprintf("%s%d_%d", own, os.Getpid(), s.made)
}

// sweep drops the databases of processes that have ended: a server outlives them.
func (s *pgServer) sweep() error {
	rows, err := s.admin.Query(`SELECT datname FROM pg_database WHERE starts_with(datname, $1)`, own)
	if err != nil {
		return err
	}
	var left []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		var process int
		if _, err := fmt.Sscanf(name, own+"%d_", &process); err == nil && !alive(process) {
			left = append(left, name)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, name := range left { // Another process may have been faster.
		if _, err := s.admin.Exec(`DROP DATABASE IF EXISTS ` + name); err != nil {
			return err
		}
	}
	return nil
}

// alive tells whether a process of this machine runs.
func alive(process int) bool {
	p, err := os.FindProcess(process)
	return err == nil && !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// named is the address of another database of the server.
func (s *pgServer) named(name string) string {
	address, query, _ := strings.Cut(s.dsn, "?")
	if query != "" {
		query = "?" + query
	}
	return address[:strings.LastIndex(address, "/")+1] + name + query
}

// nameIn is the name of the database in an address.
func nameIn(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address[strings.LastIndex(address, "/")+1:]
}

// copied makes a database as a copy of another, file by file: for some hundred small tables that takes half as long as
// through the log.
func (s *pgServer) copied(of Template) (address string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.name()
	_, err = s.admin.Exec(fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy`, name, nameIn(string(of))))
	return s.named(name), err
}

// take gives a copy of a template that no test uses, or none.
func (s *pgServer) take(of Template) *database {
	s.mu.Lock()
	defer s.mu.Unlock()
	spare := s.spare[of]
	if len(spare) == 0 {
		return nil
	}
	s.spare[of] = spare[:len(spare)-1]
	return spare[len(spare)-1]
}

// giveBack keeps a copy of a template for another test.
func (s *pgServer) giveBack(of Template, d *database) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spare[of] = append(s.spare[of], d)
}

// pgTemplate makes, once for a set of schemas on the server, the database that others are copied from.
func pgTemplate(t testing.TB, schemas []db.Schema) Template {
	t.Helper()
	s := server.of(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	name := "sauda_template_" + digest(t, schemas)[:24]
	if _, err := s.admin.Exec(`SELECT pg_advisory_lock(74656)`); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = s.admin.Exec(`SELECT pg_advisory_unlock(74656)`) }()
	var there int
	if err := s.admin.QueryRow(`SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there == 1 {
		return Template(s.named(name))
	}
	making := s.name()
	if _, err := s.admin.Exec(`CREATE DATABASE ` + making); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), db.Config{DSN: s.named(making), Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Migrate(t.Context(), schemas)
	_ = store.Close()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.admin.Exec(fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s`, making, name)); err != nil {
		t.Fatal(err)
	}
	return Template(s.named(name))
}

// database is a copy of a template, for one test after another.
type database struct {
	dsn   string
	admin *sql.DB // admin has one connection to it, which also keeps others from dropping it.
	shape string  // shape is what its tables are like.
}

// newDatabase makes a copy of a template that remembers its rows.
func newDatabase(ctx context.Context, of Template) (*database, error) {
	dsn, err := server.copied(of)
	if err != nil {
		return nil, err
	}
	d := &database{dsn: dsn}
	if d.admin, err = sql.Open("pgx", dsn); err != nil {
		return nil, err
	}
	d.admin.SetMaxOpenConns(1)
	if _, err = d.admin.ExecContext(ctx, remember); err == nil {
		err = d.admin.QueryRowContext(ctx, shape).Scan(&d.shape)
	}
	return d, err
}

// errChanged says that a test has left tables behind that are not those of the template.
var errChanged = errors.New("the tables of a database were changed")

// restore gives it the rows of its template again, and nobody else has it open then.
func (d *database) restore(ctx context.Context) error {
	var now string
	if _, err := d.admin.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		return err
	}
	if err := d.admin.QueryRowContext(ctx, shape).Scan(&now); err != nil {
		return err
	}
	if now != d.shape {
		return errChanged
	}
	_, err := d.admin.ExecContext(ctx, restore)
	return err
}

// drop gives it up. What can't be dropped now is swept away by the next process.
func (d *database) drop() {
	_ = d.admin.Close()
	server.mu.Lock()
	defer server.mu.Unlock()
	_, _ = server.admin.Exec(fmt.Sprintf(`DROP DATABASE IF EXISTS %s WITH (FORCE)`, nameIn(d.dsn)))
}

const (
	// remember keeps the rows of a fresh copy.
	remember = `DO $$
		DECLARE name name;
		BEGIN
			CREATE SCHEMA remembered;
			FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 LOOP
				EXECUTE format('CREATE TABLE remembered.%I AS TABLE public.%I', name, name);
			END LOOP;
		END $$`

	// shape differs when tables, columns, indexes, constraints or functions do.
	shape = `SELECT concat_ws(' ', (SELECT (count(*), max(oid)) FROM pg_class WHERE oid >= 16384), (SELECT count(*) FROM pg_attribute WHERE attrelid >= 16384),
		(SELECT (count(*), max(oid)) FROM pg_constraint WHERE oid >= 16384), (SELECT (count(*), max(oid)) FROM pg_proc WHERE oid >= 16384))`

	// restore empties the tables that were written to, and writes what is remembered. To truncate makes new files: it takes a
	// hundred times as long as to delete what most tests have left.
	restore = `DO $$
		DECLARE name name; pages bigint;
		BEGIN
			SET LOCAL session_replication_role = replica;
			FOR name, pages IN SELECT relname, pg_relation_size(oid) / 8192
				FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
				IF pages > 16 THEN
					EXECUTE format('TRUNCATE public.%I CASCADE', name);
				ELSIF pages > 0 THEN
					EXECUTE format('DELETE FROM public.%I', name);
				END IF;
			END LOOP;
			FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'remembered'::regnamespace LOOP
				EXECUTE format('INSERT INTO public.%I TABLE remembered.%I', name, name);
			END LOOP;
		END $$`
)
