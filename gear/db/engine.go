package db

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLSTATE codes that the store acts on (PostgreSQL manual, appendix A).
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	uniqueViolation      = "23505"
	checkViolation       = "23514"
	foreignKeyViolation  = "23503"
	diskFull             = "53100"
)

// Broken is the kind of rule that a write broke.
type Broken int

// The rules that a schema keeps.
const (
	BrokenNone    Broken = iota
	BrokenUnique         // A UNIQUE index or a primary key.
	BrokenCheck          // A CHECK.
	BrokenForeign        // A reference to a row that is not there.
)

// Breaks tells which rule of the schema an error reports, the same on both engines.
func Breaks(err error) Broken {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case uniqueViolation:
			return BrokenUnique
		case checkViolation:
			return BrokenCheck
		case foreignKeyViolation:
			return BrokenForeign
		}
		return BrokenNone
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return BrokenUnique
		case sqlite3.SQLITE_CONSTRAINT_CHECK:
			return BrokenCheck
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return BrokenForeign
		}
	}
	return BrokenNone
}

// isRace tells whether the moment lost to another and should be run again.
func isRace(err error) bool {
	if errors.Is(err, ErrRace) {
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == serializationFailure || pg.Code == deadlockDetected || pg.Code == lockNotAvailable
	}
	return false
}

// classify gives the errors of a failing engine a name that people understand; others pass unchanged.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return ErrFull.About("%v", err)
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
			return ErrUnavailable.About("%v", err)
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == diskFull:
			return ErrFull.About("%v", err)
		case isLost(err):
			return ErrUnavailable.About("%v", err)
		}
	}
	return err
}

// isLost tells whether the connection to PostgreSQL broke or was refused: the server stops, starts or is gone.
func isLost(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// Class 08 is a broken connection, 57P01..57P03 a server that stops or starts, 53300 too many connections.
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "53300"
	}
	var netErr net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &connect) || errors.As(err, &netErr) ||
		(err != nil && strings.Contains(err.Error(), "conn closed"))
}
