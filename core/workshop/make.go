package workshop

import (
	"strconv"
	"time"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/gear/db"
)

// Open begins a job, with the usual stages over the days that were promised. Opened twice, it is opened once.
func Open(tx *db.Tx, d Draft) error {
	j := Job{Key: d.Key, Seller: d.Seller, State: StateMaking, Due: d.From.AddDays(d.Days), Body: Body{
		Name: d.Name, Price: d.Price, Opened: d.From, Stages: planned(d.From, d.Days),
	}}
	fresh, err := add(tx, j)
	if err != nil || !fresh {
		return err
	}
	return tx.Emit(Opened{j.about(), j.Due})
}

// Plan gives a job other stages. What is finished stays finished where the stage of its number does; at least one is left. The
// day of the last may be after the day on which it is due: then it will be late, and the buyer sees so.
func Plan(tx *db.Tx, k Key, version int64, stages []Stage) (Job, error) {
	j, err := open(tx, k, version)
	if err != nil {
		return j, err
	}
	var wrong []fault.Field
	if len(stages) == 0 || len(stages) > StagesMax {
		return j, ErrInvalid.At("/stages", fault.Say("Plan from 1 to {n} stages.").With("n", StagesMax))
	}
	for i := range stages {
		s := &stages[i]
		at := "/stages/" + strconv.Itoa(i)
		if s.Name, err = s.Name.Cleaned(); err != nil || s.Name.CheckFilled(nameMax) != nil {
			wrong = append(wrong, fault.Say("Fill this in.").At(at+"/name"))
		}
		if s.Day.Before(j.Opened) {
			wrong = append(wrong, fault.Say("Choose a day that is not before the order.").At(at+"/day"))
		}
		if i < len(j.Stages) {
			s.Done, s.Note, s.Files = j.Stages[i].Done, j.Stages[i].Note, j.Stages[i].Files
		}
	}
	if err := ErrInvalid.Fields(wrong...); err != nil {
		return j, err
	}
	j.Stages = stages
	return settle(tx, j)
}

// Send shows a drawing to the buyer and waits for his word. Another one in its place waits instead.
func Send(tx *db.Tx, k Key, version int64, file, note string) (Job, error) {
	j, err := open(tx, k, version)
	if err != nil {
		return j, err
	}
	if len(j.Drawings) >= DrawingsMax {
		return j, ErrMany.About("%s", k.Order)
	}
	if note, err = noted(note, "/note"); err != nil {
		return j, err
	}
	if file == "" {
		return j, ErrInvalid.At("/file", fault.Say("Choose a file."))
	}
	if j.State == StateAsked { // The days that the buyer had for the one before are his.
		j.wait(tx)
	}
	j.Drawings = append(j.Drawings, Drawing{File: file, Note: note, Sent: tx.Now()})
	j.State = StateAsked
	if err := keep(tx, &j); err != nil {
		return j, err
	}
	return j, tx.Emit(Asked{j.about()})
}

// Approve is the buyer's word that it shall be made so. Approved twice, it is approved once.
func Approve(tx *db.Tx, k Key) (Job, error) { return answer(tx, k, true, "") }

// Reject is the buyer's word that the drawing shall be changed, and how.
func Reject(tx *db.Tx, k Key, wish string) (Job, error) {
	wish, err := noted(wish, "/wish")
	if err == nil && wish == "" {
		err = ErrInvalid.At("/wish", fault.Say("Fill this in."))
	}
	if err != nil {
		return Job{}, err
	}
	return answer(tx, k, false, wish)
}

func answer(tx *db.Tx, k Key, approved bool, wish string) (Job, error) {
	j, err := Get(tx, k)
	if err != nil {
		return j, err
	}
	if j.State != StateAsked {
		if last := j.asked(); last.Approved && approved || !last.Answered.IsZero() && last.Wish == wish && !approved {
			return j, nil
		}
		return j, ErrNoAnswer.About("%s", k.Order)
	}
	j.wait(tx)
	last := &j.Drawings[len(j.Drawings)-1]
	last.Answered, last.Approved, last.Wish = tx.Now(), approved, wish
	j.State = StateMaking
	if err := keep(tx, &j); err != nil {
		return j, err
	}
	return j, tx.Emit(Answered{j.about(), approved})
}

// wait moves what is still to be done by the days that the last drawing has waited for the buyer.
func (j *Job) wait(tx *db.Tx) {
	days := span.DayOf(j.asked().Sent, span.Almaty).DaysUntil(span.DayOf(tx.Now(), span.Almaty))
	if days <= 0 {
		return
	}
	j.Due = j.Due.AddDays(days)
	for i := range j.Stages {
		if j.Stages[i].Done.IsZero() {
			j.Stages[i].Day = j.Stages[i].Day.AddDays(days)
		}
	}
}

// Progress is what a maker says of a stage.
type Progress struct {
	Stage int
	Note  string
	Files []string
}

// Finish says that a stage is finished, with what the buyer may read and see of it; again, it replaces that. With the last one
// the job is ready. As long as a drawing waits, nothing is finished: ErrWaits.
func Finish(tx *db.Tx, k Key, version int64, p Progress) (Job, error) {
	j, err := open(tx, k, version)
	if err != nil {
		return j, err
	}
	if j.State == StateAsked {
		return j, ErrWaits.About("%s", k.Order)
	}
	if p.Stage < 0 || p.Stage >= len(j.Stages) {
		return j, ErrInvalid.At("/stage", fault.Say("Choose one of the values."))
	}
	s := &j.Stages[p.Stage]
	if s.Note, err = noted(p.Note, "/note"); err != nil {
		return j, err
	}
	if s.Files = append(s.Files, p.Files...); len(s.Files) > FilesMax {
		return j, ErrInvalid.At("/files", fault.Say("Bring at most {n} files.").With("n", FilesMax))
	}
	if s.Done.IsZero() {
		s.Done = tx.Now()
		if err := tx.Emit(Finished{j.about(), p.Stage, true}); err != nil {
			return j, err
		}
	}
	return settle(tx, j)
}

// Reopen says that a stage is not finished after all.
func Reopen(tx *db.Tx, k Key, version int64, stage int) (Job, error) {
	j, err := Get(tx, k)
	if err != nil {
		return j, err
	}
	switch {
	case j.Version != version:
		return j, ErrChanged.About("%s is at %d", k.Order, j.Version)
	case j.State == StateEnded:
		return j, ErrOver.About("%s", k.Order)
	case stage < 0 || stage >= len(j.Stages):
		return j, ErrInvalid.At("/stage", fault.Say("Choose one of the values."))
	case j.Stages[stage].Done.IsZero():
		return j, nil
	}
	j.Stages[stage].Done = time.Time{}
	if j.State == StateReady {
		j.State, j.Ready = StateMaking, span.Day{}
	}
	if err := keep(tx, &j); err != nil {
		return j, err
	}
	return j, tx.Emit(Finished{j.about(), stage, false})
}

// End ends a job whose line was cancelled. Ended twice, it is ended once; what is ready stays so.
func End(tx *db.Tx, k Key) error {
	j, err := Get(tx, k)
	if err != nil || j.State == StateEnded || j.State == StateReady {
		return err
	}
	j.State = StateEnded
	return keep(tx, &j)
}

// settle keeps a job, and says that it is ready once all of its stages are finished.
func settle(tx *db.Tx, j Job) (Job, error) {
	if _, done := j.Next(); done == len(j.Stages) && j.State == StateMaking {
		j.State, j.Ready = StateReady, span.DayOf(tx.Now(), span.Almaty)
		if err := tx.Emit(Ready{j.about(), max(0, j.Due.DaysUntil(j.Ready))}); err != nil {
			return j, err
		}
	}
	return j, keep(tx, &j)
}

// noted gives a note cleaned.
func noted(typed, at string) (string, error) {
	note, err := text.Clean(typed)
	if err != nil || utf8.RuneCountInString(note) > NoteMax {
		return "", ErrInvalid.At(at, fault.Say("Use at most {n} characters.").With("n", NoteMax))
	}
	return note, nil
}

func (j Job) about() About { return About{j.Order, j.Line} }
