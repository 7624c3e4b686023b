package course

import (
	"crypto/sha256"
	"strings"
	"time"

	"sauda/base/ident"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course/coursedb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Certificate says that a student has finished a course. Whoever has its number may see it: it stands on the paper, and nobody
// guesses it.
type Certificate struct {
	Number    string // Number is three groups of four letters and digits.
	Enrolment EnrolmentID
	Seller    seller.ID
	Student   string
	Course    ID
	Name      text.Localized // Name is what the course was called on the day of issue.
	From      span.Day
	To        span.Day
	Minutes   int // Minutes are those of all lessons that were held.
	Mark      int // Mark is the average, or zero.
	Issued    time.Time
	Withdrawn time.Time // Withdrawn is zero while it is valid.
	Reason    string
}

func certificateOf(r coursedb.CourseCertificate) (Certificate, error) {
	c := Certificate{Number: r.Number, Enrolment: EnrolmentID(r.Enrolment), Seller: seller.ID(r.Seller), Student: r.Student, Course: ID(r.Course),
		Minutes: int(r.Minutes), Mark: int(r.Mark), Issued: span.FromMicros(r.IssuedAt), Reason: r.Reason}
	if r.WithdrawnAt != 0 {
		c.Withdrawn = span.FromMicros(r.WithdrawnAt)
	}
	var err error
	if c.From, err = span.Parse(r.FromDay); err != nil {
		return c, err
	}
	if c.To, err = span.Parse(r.ToDay); err != nil {
		return c, err
	}
	return c, decode(stored{r.Name, &c.Name})
}

// certificatesOf gives the valid certificates of enrolments, in one statement.
func certificatesOf(tx *db.Tx, of []EnrolmentID) (map[EnrolmentID]Certificate, error) {
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).CertificatesOf(tx.Context(), db.In(of))
	if err != nil {
		return nil, err
	}
	all := make(map[EnrolmentID]Certificate, len(rows))
	for _, r := range rows {
		c, err := certificateOf(r)
		if err != nil {
			return nil, err
		}
		all[c.Enrolment] = c
	}
	return all, nil
}

// Certify gives certificates to the students of a group who have attended enough of its lessons and have none yet, once all
// lessons are over. It says how many it were; told twice, each has one.
func Certify(tx *db.Tx, of CohortID) (int, error) {
	if _, err := mineCohort(tx, of, ScopeWrite); err != nil {
		return 0, err
	}
	r, err := RegisterOf(tx, of)
	if err != nil {
		return 0, err
	}
	if r.Cohort.Ends.After(tx.Now()) {
		return 0, ErrState.About("%s ends %s", of, r.Cohort.Ends)
	}
	minutes := 0
	for _, l := range r.Lessons {
		if l.State == LessonHeld {
			minutes += int(l.Ends.Sub(l.Begins) / time.Minute)
		}
	}
	n := 0
	later := coursedb.New(tx.Later())
	for _, e := range r.Enrolments {
		if e.State != Studying && e.State != Done || r.Certificates[e.ID].Number != "" {
			continue
		}
		a := Attended(e, r.Lessons, r.Marks)
		if a.Held == 0 || a.Share() < r.Course.ShareLeast {
			continue
		}
		err := later.AddCertificate(tx.Context(), coursedb.AddCertificateParams{
			Number: numberOf(tx.Mint("cer")), Enrolment: string(e.ID), Seller: string(e.Seller), Student: e.Student, Course: string(r.Course.ID),
			Name: r.Course.Name.String(), FromDay: r.Cohort.Days.From.String(), ToDay: r.Cohort.Last().String(), Minutes: int64(minutes),
			Mark: int64(a.Mark), IssuedAt: span.Micros(tx.Now()),
		})
		if err != nil {
			return n, err
		}
		if err := tx.Emit(Certified{About: e.about(), At: span.Micros(tx.Now())}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// numberOf gives the number of a certificate. It follows from an id that nobody can guess, and does not give it away.
func numberOf(id string) string {
	sum := sha256.Sum256([]byte("certificate " + id))
	return ident.Code(strings.NewReader(string(sum[:])))
}

// Check gives a certificate by its number as people type it, a withdrawn one too. It is for everybody.
func Check(tx *db.Tx, said string) (Certificate, error) {
	number, err := ident.ParseCode(said)
	if err != nil {
		return Certificate{}, ErrNoPaper.About("%w", err)
	}
	rows, err := coursedb.New(tx).Certificate(tx.Context(), number)
	if err != nil {
		return Certificate{}, err
	}
	if len(rows) == 0 {
		return Certificate{}, ErrNoPaper
	}
	return certificateOf(rows[0])
}

// Withdraw makes a certificate invalid and says why; the check tells so from then on. Withdrawn twice, it is withdrawn once.
func Withdraw(tx *db.Tx, said, reason string) (Certificate, error) {
	c, err := Check(tx, said)
	if err != nil {
		return Certificate{}, err
	}
	if err := works(tx.Who(), c.Seller, ScopeWrite); err != nil {
		return Certificate{}, err
	}
	check := &checker{}
	reason = check.plain(reason, ReasonMax, "/reason")
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return Certificate{}, err
	}
	n, err := coursedb.New(tx).WithdrawCertificate(tx.Context(), coursedb.WithdrawCertificateParams{
		At: span.Micros(tx.Now()), Reason: reason, Number: c.Number,
	})
	if err != nil || n == 0 {
		return c, err
	}
	c.Withdrawn, c.Reason = tx.Now(), reason
	e, err := load(tx, c.Enrolment)
	if err != nil {
		return c, err
	}
	return c, tx.Emit(Decertified{e.about()})
}
