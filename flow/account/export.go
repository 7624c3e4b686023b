package account

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/flow/account/accountdb"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/job"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the table of the data that people take along.
var Schema = db.Schema{Name: "account", Files: schemaFiles}

// ExportID names an export.
type ExportID string

// Export is the data of a person, gathered for him: it waits, is ready for a while, and is gone.
type Export struct {
	ID      ExportID
	Ready   bool
	Gone    bool // Gone says that it was too late to fetch it.
	Done    int  // Done parts of all Parts are gathered.
	Parts   int
	Bytes   int64
	Asked   time.Time
	Expires time.Time // Expires is zero while it waits.
	lies    string
}

const (
	// ExportTime is how long the file can be fetched: it is the most telling file of a person that there is.
	ExportTime = 3 * 24 * time.Hour
	// exportEvery keeps a person from having his data gathered again and again.
	exportEvery = time.Hour
	// exportLease is more than the longest history takes.
	exportLease = 30 * time.Minute
)

// ErrNoExport says that there is nothing to be fetched.
var ErrNoExport = fault.New(fault.Missing, "account.no_export", "This file is not there any more. Ask for your data again.")

// AskExport has the data of who is signed in gathered. While that is under way, and for an hour after it was asked for, it
// is the same one.
func (d Desk) AskExport(tx *db.Tx) (Export, error) {
	u, err := buyer(tx)
	if err != nil {
		return Export{}, err
	}
	e, there, err := exportOf(tx, u.ID)
	if err != nil || there && !e.Gone && (!e.Ready || tx.Now().Sub(e.Asked) < exportEvery) {
		return e, err
	}
	err = accountdb.New(tx).AskExport(tx.Context(), accountdb.AskExportParams{
		ID: tx.Mint("exp"), UserID: string(u.ID), At: span.Micros(tx.Now()),
	})
	if err != nil {
		return Export{}, err
	}
	e, _, err = exportOf(tx, u.ID)
	return e, err
}

// buyer gives who is signed in, if it is a buyer.
func buyer(tx *db.Tx) (identity.User, error) {
	u, err := Person(tx)
	if err == nil && u.Party == "" {
		err = identity.ErrNotBuyer.About("%s is %s", u.ID, u.Role)
	}
	return u, err
}

// LatestExport gives the last export of who is signed in, if there was one.
func (d Desk) LatestExport(tx *db.Tx) (Export, bool, error) {
	u, err := Person(tx)
	if err != nil {
		return Export{}, false, err
	}
	return exportOf(tx, u.ID)
}

func exportOf(tx *db.Tx, user identity.UserID) (Export, bool, error) {
	row, err := accountdb.New(tx).LatestExport(tx.Context(), string(user))
	if errors.Is(err, sql.ErrNoRows) {
		return Export{}, false, nil
	}
	return exportFrom(tx, row), err == nil, err
}

// ExportNamed gives an export of who is signed in; somebody else's is ErrNoExport.
func (d Desk) ExportNamed(tx *db.Tx, id ExportID) (Export, error) {
	u, err := Person(tx)
	if err != nil {
		return Export{}, err
	}
	row, err := accountdb.New(tx).Export(tx.Context(), accountdb.ExportParams{ID: string(id), UserID: string(u.ID)})
	if errors.Is(err, sql.ErrNoRows) {
		return Export{}, ErrNoExport.About("%.60s of %s", string(id), u.ID)
	}
	return exportFrom(tx, row), err
}

func exportFrom(tx *db.Tx, r accountdb.AccountExport) Export {
	e := Export{
		ID: ExportID(r.ID), Ready: r.State == "ready", Gone: r.State == "gone", Done: int(r.Done), Parts: int(r.Parts), Bytes: r.Bytes,
		Asked: span.FromMicros(r.AskedAt), lies: r.Lies,
	}
	if r.ExpiresAt != 0 {
		e.Expires = span.FromMicros(r.ExpiresAt)
		if !tx.Now().Before(e.Expires) {
			e.Ready, e.Gone = false, true
		}
	}
	return e
}

// Fetch opens the file of an export that is ready. The caller has it of ExportNamed, and closes the file.
func (d Desk) Fetch(ctx context.Context, e Export) (blob.File, error) {
	if !e.Ready {
		return nil, ErrNoExport.About("%s is not ready", e.ID)
	}
	return d.Blobs.Read(ctx, e.lies)
}

// Gather gathers all that was asked for, one person after the other, and tells each by a letter. Cut off, it is begun again.
func (d Desk) Gather(ctx context.Context, store *db.Store) error {
	for ctx.Err() == nil {
		var taken []accountdb.AccountExport
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			taken, err = accountdb.New(tx).TakeExport(tx.Context(), accountdb.TakeExportParams{
				Now: span.Micros(tx.Now()), Until: span.Micros(tx.Now().Add(exportLease)),
			})
			return err
		})
		if err != nil || len(taken) == 0 {
			return err
		}
		if err := d.gather(ctx, store, taken[0]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// gather makes the file of one person.
func (d Desk) gather(ctx context.Context, store *db.Store, e accountdb.AccountExport) error {
	draft, err := os.CreateTemp("", "sauda-export-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	g := gatherer{ctx: ctx, store: store, sessions: d.Sessions, export: e.ID}
	if err := g.all(draft, identity.UserID(e.UserID)); err != nil {
		return err
	}
	size, err := draft.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lies := unguessed()
	if err := d.Blobs.Keep(ctx, lies, draft, size); err != nil {
		return err
	}
	var wanted int64
	err = job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
		until := tx.Now().Add(ExportTime)
		wanted, err = accountdb.New(tx).Ready(tx.Context(), accountdb.ReadyParams{
			Lies: lies, Bytes: size, ExpiresAt: span.Micros(until), ID: e.ID,
		})
		if err != nil || wanted == 0 {
			return err
		}
		u, err := identity.Get(tx, identity.UserID(e.UserID))
		if err != nil {
			return err
		}
		return d.write(tx, u, notify.ExportReady, map[string]string{"day": dayIn(u.Lang, until), "url": d.page(u.Lang, "/account/privacy")})
	})
	if err == nil && wanted == 0 { // The account was erased meanwhile.
		err = d.Blobs.Forget(ctx, lies)
	}
	return err
}

// unguessed is a name under which nothing is shown to the world (blob.Public) and that nobody guesses.
func unguessed() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand ends the process rather than fail.
	return "export-" + hex.EncodeToString(b[:]) + ".zip"
}

// ForgetExports takes away what could be fetched and is too late. Cut off between the two, a file stays that nobody reaches.
func (d Desk) ForgetExports(ctx context.Context, store *db.Store) error {
	for {
		var lie []string
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			lie, err = accountdb.New(tx).Expired(tx.Context(), span.Micros(tx.Now()))
			return err
		})
		if err != nil || len(lie) == 0 {
			return err
		}
		if err := d.Blobs.Forget(ctx, lie...); err != nil {
			return err
		}
	}
}
