package intake

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/media"
	"sauda/core/seller"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
)

// Desk takes files in and works at them while their people do something else: it previews, applies and undoes them, one
// after the other, and goes on after a crash where it stopped. Several processes may share the store and the folder; each
// import is worked at by one.
type Desk struct {
	store   *db.Store
	dir     string
	library media.Library
	log     *slog.Logger
	holder  string
	wake    chan struct{}
}

// NewDesk makes a desk that keeps files in a folder, which is made with the first of them.
func NewDesk(store *db.Store, dir string, library media.Library, log *slog.Logger) *Desk {
	return &Desk{store: store, dir: dir, library: library, log: log, holder: rand.Text(), wake: make(chan struct{}, 1)}
}

const (
	lookEvery = 2 * time.Second // lookEvery is how often the desk looks for what another process was asked.
	leaseTime = time.Minute     // leaseTime is how long an import waits for a process that died.
	uploadMax = totalMax
)

// Upload is a file that somebody hands in.
type Upload struct {
	Seller seller.ID
	Name   string
	Lang   string // Lang is the language of who hands it in, in which the file of errors is written.
	Body   io.Reader
}

// Receive keeps a file and says what it is taken for. Nothing is read of it beyond its beginning.
func (d *Desk) Receive(ctx context.Context, who db.Who, u Upload) (ID, error) {
	if err := os.MkdirAll(d.dir, 0o750); err != nil {
		return "", err
	}
	to, err := os.CreateTemp(d.dir, "upload-*"+ending(u.Name))
	if err != nil {
		return "", err
	}
	n, err := io.Copy(to, io.LimitReader(waking{ctx, u.Body}, uploadMax+1))
	if n > uploadMax {
		err = ErrTooLarge.About("more than %d bytes", int64(uploadMax))
	}
	if err == nil && n == 0 {
		err = ErrFile.About("nothing was sent")
	}
	if err := errors.Join(err, to.Sync(), to.Close()); err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	study, err := Look(ctx, to.Name(), "")
	if err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	plan, err := Plan{Format: study.Format, Seller: u.Seller, Speak: u.Lang, Fetch: true}.settled()
	if err != nil {
		return "", err
	}
	f, err := fetch(ctx, to.Name())
	if err != nil {
		return "", err
	}
	var id ID
	err = job.Once(ctx, d.store, who, func(tx *db.Tx) error {
		id = ID(tx.Mint("imp"))
		return intakedb.New(tx.Later()).InsertImport(tx.Context(), intakedb.InsertImportParams{
			ID: string(id), Seller: string(u.Seller), Name: cut(filepath.Base(u.Name), shownMax), Path: filepath.Base(to.Name()), Source: f.digest,
			Plan: jsonOf(plan), Stage: string(StageMapping), Who: whoIs(tx), Size: f.size, At: span.Micros(tx.Now()),
		})
	})
	return id, err
}

// ending gives the ending of a name that is kept, for people who look into the folder.
func ending(name string) string {
	end := strings.ToLower(filepath.Ext(name))
	if len(end) > 6 || strings.Trim(end, ".abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return end
}

// Study says what the columns of a file are taken for: what somebody said of such a file before, or else what they seem.
func (d *Desk) Study(ctx context.Context, i Import) (Study, error) {
	f := &file{name: i.File, path: d.path(i)}
	s, err := f.study(i.Plan.Format, i.Plan.Map)
	if err != nil || s.Format != CSV {
		return s, err
	}
	known, err := remembered(ctx, d.store, i.Seller, s.Head)
	if err != nil {
		return s, err
	}
	for theirs, ours := range i.Plan.Map {
		known[theirs] = ours
	}
	return f.study(s.Format, known)
}

func (d *Desk) path(i Import) string { return filepath.Join(d.dir, filepath.Base(i.path)) }

// Errors opens the file of errors of an import, or gives ErrUnknown when there is none.
func (d *Desk) Errors(i Import) (io.ReadCloser, error) {
	in, err := os.Open(d.path(i) + ".errors.csv")
	if err != nil || !i.Uploaded() {
		return nil, ErrUnknown.About("no file of errors: %v", err)
	}
	return in, nil
}

// AskPreview reads the file in the way of the plan and writes down what would happen. It may be asked again, in another way,
// as long as nothing is applied.
func AskPreview(tx *db.Tx, i Import, p Plan) error {
	p.Seller, p.Format = i.Seller, cmp.Or(p.Format, i.Plan.Format)
	p, err := p.settled()
	if err != nil {
		return err
	}
	if i.Stage != StageMapping && i.Stage != StagePreviewed && !(i.Stage == StagePreviewing && i.Wrong != "") {
		return ErrStage.About("%s is %s", i.ID, i.Stage)
	}
	if err := intakedb.New(tx.Later()).DropLines(tx.Context(), string(i.ID)); err != nil {
		return err
	}
	return staged(intakedb.New(tx).SetStage(tx.Context(), intakedb.SetStageParams{Stage: string(StagePreviewing), Plan: jsonOf(p), Way: wayOf(p),
		At: span.Micros(tx.Now()), ID: string(i.ID), Since: string(i.Stage)}))
}

// AskApply has what was previewed done.
func AskApply(tx *db.Tx, i Import) error {
	if i.Stage != StagePreviewed {
		return ErrStage.About("%s is %s", i.ID, i.Stage)
	}
	return staged(intakedb.New(tx).SetStage(tx.Context(), intakedb.SetStageParams{Stage: string(StageApplying), Plan: jsonOf(i.Plan), Way: wayOf(i.Plan),
		At: span.Micros(tx.Now()), ID: string(i.ID), Since: string(i.Stage)}))
}

// AskUndo has an import taken back, also one that came to trouble half-way.
func AskUndo(tx *db.Tx, i Import) error {
	if i.Stage != StageApplied && !(i.Stage == StageApplying && (i.Wrong != "" || !i.Uploaded())) {
		return ErrStage.About("%s is %s", i.ID, i.Stage)
	}
	return turn(tx, i, StageUndoing)
}

// AskOn has an import that came to trouble go on where it stopped.
func AskOn(tx *db.Tx, i Import) error {
	if !i.Stage.Working() || i.Wrong == "" {
		return ErrStage.About("%s is %s", i.ID, i.Stage)
	}
	return turn(tx, i, i.Stage)
}

// AskBack goes from a preview back to the columns.
func AskBack(tx *db.Tx, i Import) error {
	if i.Stage != StagePreviewed && !(i.Stage == StagePreviewing && i.Wrong != "") {
		return ErrStage.About("%s is %s", i.ID, i.Stage)
	}
	return turn(tx, i, StageMapping)
}

func turn(tx *db.Tx, i Import, to Stage) error {
	return staged(intakedb.New(tx).TurnStage(tx.Context(), intakedb.TurnStageParams{Stage: string(to), At: span.Micros(tx.Now()),
		ID: string(i.ID), Since: string(i.Stage)}))
}

// staged tells a race for a stage.
func staged(rows int64, err error) error {
	if err == nil && rows == 0 {
		return ErrStage.About("another one was faster")
	}
	return err
}

// Wake has the desk look at once for what was asked of it.
func (d *Desk) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run works at what was asked until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := d.Work(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("intake: the desk could not look for imports", "error", err)
		}
		select {
		case <-ticker.C:
		case <-d.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// Work does what was asked so far, one import after the other. What is wrong with one is written into it.
func (d *Desk) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		i, found, err := d.take(ctx)
		if err != nil || !found {
			return err
		}
		if err := d.deal(ctx, i); err != nil && ctx.Err() == nil {
			if err := d.stop(ctx, i, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// take leases the import that has waited longest.
func (d *Desk) take(ctx context.Context) (i Import, found bool, err error) {
	var ids []string
	err = job.Look(ctx, d.store, db.System, func(tx *db.Tx) (err error) {
		ids, err = intakedb.New(tx).Due(tx.Context(), span.Micros(tx.Now()))
		return err
	})
	if err != nil || len(ids) == 0 {
		return Import{}, false, err
	}
	err = job.Once(ctx, d.store, db.System, func(tx *db.Tx) error {
		found = false
		n, err := d.lease(tx, ID(ids[0]))
		if err != nil || n == 0 {
			return err
		}
		r, err := intakedb.New(tx).OneImport(tx.Context(), ids[0])
		if err != nil {
			return err
		}
		i, err = importOf(r)
		found = err == nil
		return err
	})
	return i, found, err
}

func (d *Desk) lease(tx *db.Tx, id ID) (int64, error) {
	return intakedb.New(tx).Lease(tx.Context(), intakedb.LeaseParams{Until: span.Micros(tx.Now().Add(leaseTime)), Holder: d.holder,
		ID: string(id), Now: span.Micros(tx.Now())})
}

// errLost says that another process has taken the import over.
var errLost = errors.New("intake: another process works at the import")

// deal does what an import waits for. Its lease is renewed while it goes on; one that was lost ends the work.
func (d *Desk) deal(ctx context.Context, i Import) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		ticker := time.NewTicker(leaseTime / 4)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			err := job.Once(ctx, d.store, db.System, func(tx *db.Tx) error {
				n, err := d.lease(tx, i.ID)
				if err == nil && n == 0 {
					err = errLost
				}
				return err
			})
			if errors.Is(err, errLost) {
				stop(errLost)
			}
		}
	}()
	var err error
	switch i.Stage {
	case StagePreviewing:
		err = d.preview(ctx, i)
	case StageApplying:
		err = d.apply(ctx, i)
	case StageUndoing:
		_, err = Undo(ctx, d.store, i, nil)
	}
	if errors.Is(context.Cause(ctx), errLost) {
		d.log.Warn("intake: another process has taken an import over", "import", i.ID)
		return nil
	}
	return err
}

// reading is an import that reads its file.
func (d *Desk) reading(ctx context.Context, i Import) (*intake, error) {
	p := i.Plan
	p.Media, p.Errors = &d.library, d.path(i)+".errors.csv"
	in, err := prepare(ctx, d.store, d.path(i), p)
	if err != nil {
		return nil, err
	}
	in.id, in.file.name = i.ID, i.File
	return in, nil
}

// preview writes down what would happen.
func (d *Desk) preview(ctx context.Context, i Import) error {
	in, err := d.reading(ctx, i)
	if err != nil {
		return err
	}
	in.preview = func(lines []Line) error {
		return job.Once(ctx, d.store, db.System, func(tx *db.Tx) error {
			for _, l := range lines {
				if err := putLine(tx, i.ID, l); err != nil {
					return err
				}
			}
			return in.move(tx, in.report, stand{position: in.report.Rows}, in.file.read.Load())
		})
	}
	report, err := in.run(ctx)
	if err != nil {
		return err
	}
	return job.Once(ctx, d.store, db.System, func(tx *db.Tx) error {
		if err := in.move(tx, report, stand{position: report.Rows}, in.file.size); err != nil {
			return err
		}
		return intakedb.New(tx.Later()).EndImport(tx.Context(), intakedb.EndImportParams{Stage: string(StagePreviewed),
			At: span.Micros(tx.Now()), ID: string(i.ID)})
	})
}

// apply brings the file in.
func (d *Desk) apply(ctx context.Context, i Import) error {
	in, err := d.reading(ctx, i)
	if err != nil {
		return err
	}
	_, err = in.run(ctx)
	return err
}

// Stop says why an import does not go on by itself, in the languages of the office.
type Stop map[string]string

// In gives the words in a language.
func (s Stop) In(lang string) string { return cmp.Or(s[lang], s["en"]) }

// Stopped gives why an import stands still; nothing when it does not.
func (i Import) Stopped() Stop {
	if i.Wrong == "" {
		return nil
	}
	var s Stop
	if err := json.Unmarshal([]byte(i.Wrong), &s); err != nil {
		return Stop{"en": i.Wrong}
	}
	return s
}

// stop writes down why an import does not go on.
func (d *Desk) stop(ctx context.Context, i Import, wrong error) error {
	d.log.Warn("intake: an import stands still", "import", i.ID, "stage", i.Stage, "error", wrong)
	said := Stop{}
	for _, lang := range []string{"kk", "ru", "en"} {
		said[lang] = i18n.Fault(lang, wrong)
		if detail := fault.DetailOf(wrong); detail != "" && lang == "en" && fault.Of(wrong) != fault.ErrInternal {
			said[lang] += " (" + detail + ")"
		}
	}
	return job.Once(ctx, d.store, db.System, func(tx *db.Tx) error {
		return intakedb.New(tx.Later()).StopImport(tx.Context(), intakedb.StopImportParams{Wrong: jsonOf(said), At: span.Micros(tx.Now()), ID: string(i.ID)})
	})
}
