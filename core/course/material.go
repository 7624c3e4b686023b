package course

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course/coursedb"
	"sauda/core/media"
	"sauda/gear/blob"
	"sauda/gear/db"
)

// Material is what students read or watch: of one lesson by its number, or of the whole course with zero.
type Material struct {
	ID     MaterialID
	Course ID
	Lesson int
	Name   string
	Type   string // Type is the media type by its content; what is of no known kind is only ever given to be saved.
	Bytes  int64
	lies   string
}

// Shown tells whether a browser shows a material as it is; anything else is saved.
func (m Material) Shown() bool { return m.Type != unknownType }

const unknownType = "application/octet-stream"

// Limits of materials.
const (
	BytesMax     = 500 << 20 // BytesMax is a recorded lesson of good quality.
	materialsMax = 500
)

// Library keeps the materials where the house keeps its files.
type Library struct {
	Blobs blob.Store
}

// Kept is a material that is kept and that nobody knows of yet: AddMaterial writes it down.
type Kept struct {
	lies string
	kind string
	name string
	size int64
}

// Brought is a file as a school brings it.
type Brought struct {
	Body io.ReaderAt
	Size int64
	Name string
}

// Keep keeps a file. A picture, a film or a document is judged and cleaned as the media of the house are, and can be shown;
// anything else is kept as it is and only given to be saved. The same content of the same course lies there once.
func (l Library) Keep(ctx context.Context, of ID, b Brought) (Kept, error) {
	if b.Size <= 0 || b.Size > BytesMax {
		return Kept{}, ErrInvalid.Fields(between(1, BytesMax).At("/file"))
	}
	draft, err := os.CreateTemp("", "sauda-material-*")
	if err != nil {
		return Kept{}, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	k := Kept{kind: unknownType, name: named(b.Name)}
	form, err := media.Clean(draft, b.Body, b.Size)
	switch {
	case err == nil:
		k.kind = form.Type
	case errors.Is(err, media.ErrKind):
		if err := whole(draft, b); err != nil {
			return Kept{}, err
		}
	default:
		return Kept{}, err
	}
	sum := sha256.New()
	_, _ = io.WriteString(sum, string(of)+"\x00") // A hash takes all that it is given.
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return Kept{}, err
	}
	if k.size, err = io.Copy(sum, draft); err != nil {
		return Kept{}, err
	}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return Kept{}, err
	}
	k.lies = "taught-" + blob.Named(sum.Sum(nil), ".bin") // No name of this form is shown to the world.
	return k, l.Blobs.Keep(ctx, k.lies, draft, k.size)
}

// whole writes a file anew as it is, from its beginning.
func whole(draft *os.File, b Brought) error {
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := draft.Truncate(0); err != nil {
		return err
	}
	_, err := io.Copy(draft, io.NewSectionReader(b.Body, 0, b.Size))
	return err
}

func named(name string) string {
	cleaned, err := text.Clean(name)
	if err != nil || cleaned == "" {
		return "material"
	}
	if r := []rune(cleaned); len(r) > NameMax {
		cleaned = string(r[:NameMax])
	}
	return cleaned
}

// AddMaterial offers a file that was kept to the students of a course, of one lesson or of the whole.
func AddMaterial(tx *db.Tx, of ID, lesson int, k Kept) (Material, error) {
	if _, err := mine(tx, of, ScopeWrite); err != nil {
		return Material{}, err
	}
	if lesson < 0 || lesson > lessonsMax {
		return Material{}, ErrInvalid.Fields(between(0, lessonsMax).At("/lesson"))
	}
	all, err := materialsOf(tx, of)
	if err != nil {
		return Material{}, err
	}
	if len(all) >= materialsMax {
		return Material{}, ErrMany.About("%s has %d", of, len(all))
	}
	m := Material{ID: MaterialID(tx.Mint("mat")), Course: of, Lesson: lesson, Name: k.name, Type: k.kind, Bytes: k.size, lies: k.lies}
	return m, coursedb.New(tx.Later()).AddMaterial(tx.Context(), coursedb.AddMaterialParams{
		ID: string(m.ID), Course: string(of), Lesson: int64(lesson), Name: m.Name, Type: m.Type, Bytes: m.Bytes, Lies: m.lies,
	})
}

// DropMaterial takes a material away from the students.
func DropMaterial(tx *db.Tx, of ID, id MaterialID) error {
	if _, err := mine(tx, of, ScopeWrite); err != nil {
		return err
	}
	n, err := coursedb.New(tx).DropMaterial(tx.Context(), coursedb.DropMaterialParams{ID: string(id), Course: string(of)})
	if err == nil && n == 0 {
		err = ErrUnknown.About("%.60s of %s", string(id), of)
	}
	return err
}

func materialsOf(tx *db.Tx, of ID) ([]Material, error) {
	rows, err := coursedb.New(tx).MaterialsOf(tx.Context(), string(of))
	all := make([]Material, len(rows))
	for i, r := range rows {
		all[i] = Material{MaterialID(r.ID), ID(r.Course), int(r.Lesson), r.Name, r.Type, r.Bytes, r.Lies}
	}
	return all, err
}

// MaterialsOf gives the materials of a course to its school.
func MaterialsOf(tx *db.Tx, of ID) ([]Material, error) {
	if _, err := mine(tx, of, ScopeRead); err != nil {
		return nil, err
	}
	return materialsOf(tx, of)
}

// Study is all that a student has of a course.
type Study struct {
	Enrolment   Enrolment
	Course      Course
	Cohort      Cohort
	Lessons     []Lesson
	Materials   []Material // Materials are none while they are closed.
	Marks       []Mark
	Dues        []Due
	Attendance  Attendance
	Certificate Certificate // Certificate has no number when there is none.
	Closed      error       // Closed says why the materials are closed: ErrAccess or ErrOverdue.
}

// Studies gives what a student has of a course to its buyer, in at most nine statements.
func Studies(tx *db.Tx, id EnrolmentID) (Study, error) {
	e, err := Enrolled(tx, id)
	if err != nil {
		return Study{}, err
	}
	s := Study{Enrolment: e}
	if s.Course, err = Get(tx, e.Course); err != nil {
		return s, err
	}
	if s.Cohort, err = GetCohort(tx, e.Cohort); err != nil {
		return s, err
	}
	if s.Lessons, err = Lessons(tx, e.Cohort); err != nil {
		return s, err
	}
	ids := []EnrolmentID{e.ID}
	if s.Marks, err = marksOf(tx, ids); err != nil {
		return s, err
	}
	dues, err := duesOf(tx, ids)
	if err != nil {
		return s, err
	}
	papers, err := certificatesOf(tx, ids)
	if err != nil {
		return s, err
	}
	s.Dues, s.Certificate, s.Attendance = dues[e.ID], papers[e.ID], Attended(e, s.Lessons, s.Marks)
	if s.Closed = closed(e, s.Course, s.Dues, tx.Now()); s.Closed == nil {
		s.Materials, err = materialsOf(tx, e.Course)
	}
	return s, err
}

// closed says why an enrolment opens no materials at an instant, or nothing when it does: they are open from the payment until
// the end of access, and closed meanwhile when a payment of the plan is late by more days than the course allows.
func closed(e Enrolment, on Course, dues []Due, now time.Time) error {
	if e.State != Studying && e.State != Done || e.From.IsZero() || now.Before(e.From) || !now.Before(e.Until) {
		return ErrAccess
	}
	today := span.DayOf(now, span.Almaty)
	if slices.ContainsFunc(dues, func(d Due) bool { return d.Late(today) > on.PauseDays }) {
		return ErrOverdue
	}
	return nil
}

// Read gives a material to a student whose access is open, and to the staff of the school by any enrolment.
func Read(tx *db.Tx, id EnrolmentID, material MaterialID) (Material, error) {
	e, err := Enrolled(tx, id)
	if err != nil {
		return Material{}, err
	}
	on, err := Get(tx, e.Course)
	if err != nil {
		return Material{}, err
	}
	if !tx.Who().For(string(e.Seller)) {
		dues, err := duesOf(tx, []EnrolmentID{id})
		if err != nil {
			return Material{}, err
		}
		if err := closed(e, on, dues[id], tx.Now()); err != nil {
			return Material{}, err
		}
	}
	all, err := materialsOf(tx, e.Course)
	if err != nil {
		return Material{}, err
	}
	at := slices.IndexFunc(all, func(m Material) bool { return m.ID == material })
	if at < 0 {
		return Material{}, ErrUnknown.About("%.60s of %s", string(material), e.Course)
	}
	return all[at], nil
}

// OpenFile gives the content of a material. The caller closes it, and has it from Read.
func (l Library) OpenFile(ctx context.Context, m Material) (blob.File, error) {
	return l.Blobs.Read(ctx, m.lies)
}
