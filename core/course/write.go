package course

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course/coursedb"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Limits of what a school says.
const (
	NameMax      = 200
	AboutMax     = 4000
	ProgrammeMax = 20_000
	AnswerMax    = 1000
	ReasonMax    = 300
	questionsMax = 20
	PartsMax     = 24 // PartsMax bounds the payments of a plan.
	slotsMax     = 21
	TeachersMax  = 10 // TeachersMax bounds the teachers of a group.
	placesMax    = 10_000
	daysMax      = 3650
	priceMax     = 1_000_000_000_00
	minutesMax   = 600
)

// checker notes what is wrong with what somebody says, by field.
type checker struct{ fields []fault.Field }

func (c *checker) when(bad bool, pointer string, said fault.Sentence) {
	if bad {
		c.fields = append(c.fields, said.At(pointer))
	}
}

func between(least, most int) fault.Sentence {
	return fault.Say("Give a whole number from {least} to {most}.").With("least", least).With("most", most)
}

// texts gives a text cleaned. One that must be there is in at least one language.
func (c *checker) texts(l text.Localized, most int, pointer string, must bool) text.Localized {
	l, err := l.Cleaned()
	if err == nil {
		err = l.Check(most)
	}
	c.when(err != nil, pointer, fault.Say("Use at most {n} characters.").With("n", most))
	c.when(err == nil && must && l.IsEmpty(), pointer, fault.Say("Write what buyers read about it, in at least one language."))
	return l
}

// plain gives one line cleaned.
func (c *checker) plain(s string, most int, pointer string) string {
	clean, err := text.Clean(s)
	c.when(err != nil || utf8.RuneCountInString(clean) > most, pointer, fault.Say("Use at most {n} characters.").With("n", most))
	return clean
}

// cleaned gives a course as it is stored, or ErrInvalid with all that is wrong.
func (d Draft) cleaned() (Draft, error) {
	c := &checker{}
	d.Name = c.texts(d.Name, NameMax, "/name", true)
	d.About = c.texts(d.About, AboutMax, "/about", false)
	d.Programme = c.texts(d.Programme, ProgrammeMax, "/programme", false)
	c.when(d.Spoken != "" && !text.ValidLanguage(d.Spoken), "/spoken", fault.Say("Name the language by its tag, for example kk."))
	c.when(d.AgeLeast < 0 || d.AgeLeast > 120, "/age_least", between(0, 120))
	c.when(d.AgeMost < 0 || d.AgeMost > 120 || d.AgeMost > 0 && d.AgeMost < d.AgeLeast, "/age_most", between(max(0, d.AgeLeast), 120))
	c.when(d.AccessDays < 0 || d.AccessDays > daysMax, "/access_days", between(0, daysMax))
	c.when(d.PauseDays < 0 || d.PauseDays > daysMax, "/pause_days", between(0, daysMax))
	c.when(d.ShareLeast < 0 || d.ShareLeast > 100, "/share_least", between(0, 100))
	c.when(len(d.Needs) > 10, "/needs", between(0, 10))
	c.when(!slices.Contains(States, d.State), "/state", fault.Say("Choose one of the values that are offered."))
	c.when(d.State == StateShown && (d.Product == "" || d.Variant == ""), "/variant_id", fault.Say("Choose what the course is sold as before it is shown."))
	d.questions(c)
	d.plan(c)
	return d, ErrInvalid.Fields(c.fields...)
}

func (d Draft) questions(c *checker) {
	c.when(len(d.Questions) > questionsMax, "/questions", between(0, questionsMax))
	seen := map[string]bool{}
	for i, q := range d.Questions {
		at := "/questions/" + strconv.Itoa(i)
		c.when(q.Code == "" || len(q.Code) > 40 || seen[q.Code], at+"/code", fault.Say("Name each question once, by a short code."))
		seen[q.Code] = true
		d.Questions[i].Label = c.texts(q.Label, NameMax, at+"/label", true)
	}
}

// plan refuses parts that are not the whole price, or that go back in time.
func (d Draft) plan(c *checker) {
	c.when(len(d.Plan) == 1 || len(d.Plan) > PartsMax, "/plan", between(2, PartsMax))
	var sum money.Rate
	days := -daysMax
	for i, p := range d.Plan {
		at := "/plan/" + strconv.Itoa(i)
		c.when(p.Share <= 0 || p.Share > money.One, at+"/share", fault.Say("Write a share above 0 and at most 100 per cent."))
		c.when(p.AfterDays < days || p.AfterDays > daysMax, at+"/after_days", fault.Say("Let each payment be due after the one before."))
		sum, days = sum+p.Share, p.AfterDays
	}
	c.when(len(d.Plan) > 0 && sum != money.One, "/plan", fault.Say("Let the parts add up to the whole price."))
}

// Add writes a course down for a school.
func Add(tx *db.Tx, of seller.ID, d Draft) (Course, error) {
	if err := works(tx.Who(), of, ScopeWrite); err != nil {
		return Course{}, err
	}
	d, err := d.cleaned()
	if err != nil {
		return Course{}, err
	}
	c := Course{ID: ID(tx.Mint("crs")), Seller: of, Draft: d, Version: 1}
	err = coursedb.New(tx).AddCourse(tx.Context(), coursedb.AddCourseParams{
		ID: string(c.ID), Seller: string(of), Product: string(d.Product), Variant: string(d.Variant), Name: d.Name.String(), About: d.About.String(),
		Programme: d.Programme.String(), Spoken: d.Spoken, Approval: number(d.Approval), AgeLeast: int64(d.AgeLeast), AgeMost: int64(d.AgeMost),
		Needs: encode(d.Needs), Questions: encode(d.Questions), Plan: encode(d.Plan), AccessDays: int64(d.AccessDays),
		PauseDays: int64(d.PauseDays), ShareLeast: int64(d.ShareLeast), State: string(d.State),
	})
	if err != nil {
		return Course{}, err
	}
	return c, tx.Emit(Written{Course: c.ID, Seller: c.Seller, State: c.State})
}

// Change writes a course anew. The version is the one that was read; who is enrolled keeps his price and his plan.
func Change(tx *db.Tx, id ID, version int64, d Draft) (Course, error) {
	c, err := mine(tx, id, ScopeWrite)
	if err != nil {
		return Course{}, err
	}
	if d, err = d.cleaned(); err != nil {
		return Course{}, err
	}
	n, err := coursedb.New(tx).ChangeCourse(tx.Context(), coursedb.ChangeCourseParams{
		ID: string(id), Version: version, Product: string(d.Product), Variant: string(d.Variant), Name: d.Name.String(), About: d.About.String(),
		Programme: d.Programme.String(), Spoken: d.Spoken, Approval: number(d.Approval), AgeLeast: int64(d.AgeLeast), AgeMost: int64(d.AgeMost),
		Needs: encode(d.Needs), Questions: encode(d.Questions), Plan: encode(d.Plan), AccessDays: int64(d.AccessDays),
		PauseDays: int64(d.PauseDays), ShareLeast: int64(d.ShareLeast), State: string(d.State),
	})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", id, version)
	}
	if err != nil {
		return Course{}, err
	}
	c.Draft, c.Version = d, version+1
	return c, tx.Emit(Written{Course: c.ID, Seller: c.Seller, State: c.State})
}

// cleaned gives a group as it is stored, with the lessons of its timetable.
func (d CohortDraft) cleaned() (CohortDraft, []Meeting, error) {
	c := &checker{}
	d.Name = c.texts(d.Name, NameMax, "/name", false)
	d.Room = c.plain(d.Room, NameMax, "/room")
	c.when(d.Days.Check() != nil || d.Days.Len() > 3*366, "/days/to", fault.Say("Choose an end after the start."))
	zone, err := span.ZoneOf(d.Zone)
	c.when(err != nil || d.Zone == "" || d.Zone == "Local", "/zone", fault.Say("Name the time zone, for example Asia/Almaty."))
	c.when(len(d.Slots) == 0 || len(d.Slots) > slotsMax, "/slots", between(1, slotsMax))
	for i, s := range d.Slots {
		at := "/slots/" + strconv.Itoa(i)
		_, _, ok := clock(s.At)
		c.when(!ok, at+"/at", fault.Say("Write the time of day, for example 18:30."))
		c.when(s.Weekday < time.Sunday || s.Weekday > time.Saturday, at+"/weekday", between(0, 6))
		c.when(s.Minutes < 1 || s.Minutes > minutesMax, at+"/minutes", between(1, minutesMax))
	}
	c.when(len(d.Teachers) > TeachersMax, "/teachers", between(0, TeachersMax))
	for i, t := range d.Teachers {
		at := "/teachers/" + strconv.Itoa(i) + "/name"
		d.Teachers[i].Name = c.plain(t.Name, NameMax, at)
		c.when(d.Teachers[i].Name == "", at, fault.Say("Write the name of the teacher."))
	}
	c.when(d.Places < 1 || d.Places > placesMax, "/places", between(1, placesMax))
	c.when(d.Price.Check() != nil || d.Price.IsNegative() || d.Price.Minor > priceMax, "/price", fault.Say("Write an amount that is not below zero."))
	c.when(d.State != CohortOpen && d.State != CohortClosed, "/state", fault.Say("Choose one of the values that are offered."))
	if len(c.fields) > 0 {
		return d, nil, ErrInvalid.Fields(c.fields...)
	}
	if d.EnrolUntil.IsZero() || d.Last().Before(d.EnrolUntil) {
		d.EnrolUntil = d.Last()
	}
	lessons := Timetable(d.Days, d.Slots, zone)
	c.when(len(lessons) == 0 || len(lessons) > lessonsMax, "/slots", fault.Say("Let the timetable have from 1 to {most} lessons between the first and the last day.").With("most", lessonsMax))
	return d, lessons, ErrInvalid.Fields(c.fields...)
}

// Last is the last day of lessons.
func (d CohortDraft) Last() span.Day { return d.Days.To.AddDays(-1) }

// Open begins a group of a course, with its places and the lessons of its timetable.
func Open(tx *db.Tx, of ID, d CohortDraft) (Cohort, error) {
	on, err := mine(tx, of, ScopeWrite)
	if err != nil {
		return Cohort{}, err
	}
	d, lessons, err := d.cleaned()
	if err != nil {
		return Cohort{}, err
	}
	c := Cohort{ID: CohortID(tx.Mint("coh")), Course: of, Seller: on.Seller, CohortDraft: d, Ends: lessons[len(lessons)-1].Ends, Version: 1, Left: d.Places}
	later := coursedb.New(tx.Later())
	err = later.AddCohort(tx.Context(), coursedb.AddCohortParams{
		ID: string(c.ID), Course: string(of), Seller: string(c.Seller), Name: d.Name.String(), FromDay: d.Days.From.String(), ToDay: d.Last().String(),
		Zone: d.Zone, Slots: encode(d.Slots), Teachers: encode(d.Teachers), Room: d.Room, Places: d.Places, Price: d.Price.Minor,
		Currency: string(d.Price.Currency), EnrolUntil: d.EnrolUntil.String(), EndsAt: span.Micros(c.Ends), State: string(d.State),
	})
	if err != nil {
		return Cohort{}, err
	}
	for i, m := range lessons {
		err := later.AddLesson(tx.Context(), coursedb.AddLessonParams{
			ID: tx.Mint("les"), Cohort: string(c.ID), Number: int64(i + 1), StartsAt: span.Micros(m.Begins), EndsAt: span.Micros(m.Ends), Topic: "{}",
		})
		if err != nil {
			return Cohort{}, err
		}
	}
	if _, err := hold.SetMany(tx, []hold.Level{{Key: PlacesKey(c.ID), Subject: string(c.ID), Capacity: d.Places}}); err != nil {
		return Cohort{}, err
	}
	return c, tx.Emit(Opened{Cohort: c.ID, Course: c.Course, Seller: c.Seller})
}

// Rearrange changes what is said of a group: its name, teachers, room, price, places, how long somebody may enrol and whether
// it takes students. Its days and timetable stay; a lesson is moved by itself. Fewer places than are taken are
// hold.ErrPromised; who is enrolled keeps his price. One that is called off stays so: see CallOff.
func Rearrange(tx *db.Tx, id CohortID, version int64, d CohortDraft) (Cohort, error) {
	c, err := mineCohort(tx, id, ScopeWrite)
	if err != nil {
		return Cohort{}, err
	}
	if c.State == CohortCalledOff {
		return Cohort{}, ErrState.About("%s is called off", id)
	}
	d.Days, d.Zone, d.Slots = c.Days, c.Zone, c.Slots
	if d, _, err = d.cleaned(); err != nil {
		return Cohort{}, err
	}
	n, err := coursedb.New(tx).ChangeCohort(tx.Context(), coursedb.ChangeCohortParams{
		ID: string(id), Version: version, Name: d.Name.String(), Teachers: encode(d.Teachers), Room: d.Room, Places: d.Places, Price: d.Price.Minor,
		EnrolUntil: d.EnrolUntil.String(), State: string(d.State),
	})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", id, version)
	}
	if err != nil {
		return Cohort{}, err
	}
	if _, err := hold.SetMany(tx, []hold.Level{{Key: PlacesKey(id), Subject: string(id), Capacity: d.Places}}); err != nil {
		return Cohort{}, err
	}
	c.CohortDraft, c.Version = d, version+1
	return c, tx.Emit(Rearranged{Cohort: c.ID, Course: c.Course, Seller: c.Seller, State: c.State})
}
