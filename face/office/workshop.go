package office

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/attachment"
	"sauda/core/order"
	"sauda/core/workshop"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountWorkshop(site *web.Site) {
	web.Page(site, "GET /office/workshop", f.workshop, web.Needs(ScopeOrdersRead))
	web.Page(site, "GET /office/workshop/{order}/{line}", f.job, web.Needs(ScopeOrdersRead))
	web.Form(site, "POST /office/workshop/{order}/{line}/plan", f.planJob, web.Needs(ScopeOrdersWrite))
	web.Upload(site, "POST /office/workshop/{order}/{line}/drawing", f.keepMakings, f.sendDrawing, web.Needs(ScopeOrdersWrite), web.BodyMax(makingBody), web.Time(uploadTime))
	web.Upload(site, "POST /office/workshop/{order}/{line}/stage", f.keepMakings, f.finishStage, web.Needs(ScopeOrdersWrite), web.BodyMax(makingBody), web.Time(uploadTime))
	web.Form(site, "POST /office/workshop/{order}/{line}/reopening", f.reopenStage, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/workshop/{order}/{line}/penalty", f.payPenalty, web.Needs(ScopeOrdersWrite))
}

// makingBody is the files of a stage and the other fields.
const makingBody = workshop.FilesMax*attachment.BytesMax + 1<<20

type workshopAsk struct {
	State workshop.State `query:"state" enum:"asked,making,ready,ended" default:"making"`
	After string         `query:"after" maxLength:"200"`
}

// workshopView is a page of what is made to order.
type workshopView struct {
	State workshop.State
	Today span.Day
	Jobs  []workshop.Job
	Loads map[workshop.State]workshop.Load
	Next  string
}

// workshop lists what the seller makes to order, what is due first.
func (f face) workshop(tx *db.Tx, in workshopAsk) (web.View, error) {
	v := workshopView{State: in.State, Today: span.DayOf(tx.Now(), span.Almaty), Loads: make(map[workshop.State]workshop.Load)}
	loads, err := workshop.Loads(tx, string(sellerOf(tx)))
	if err != nil {
		return nil, err
	}
	for _, l := range loads {
		v.Loads[l.State] = l
	}
	v.Jobs, err = workshop.List(tx, workshop.Filter{Seller: string(sellerOf(tx)), State: in.State, After: jobAfter(in.After), Limit: listed + 1})
	if len(v.Jobs) > listed {
		v.Jobs = v.Jobs[:listed]
		last := v.Jobs[listed-1]
		v.Next = strings.Join([]string{last.Due.String(), last.Order, last.Line}, " ")
	}
	return workshopPage(f.page("workshop", t(tx.Context(), "nav.workshop")), v), err
}

// jobAfter reads where a page begins; what is none begins at the first.
func jobAfter(typed string) (j workshop.Job) {
	parts := strings.Split(typed, " ")
	if len(parts) != 3 {
		return j
	}
	day, err := span.Parse(parts[0])
	if err != nil {
		return j
	}
	return workshop.Job{Key: workshop.Key{Order: parts[1], Line: parts[2]}, Due: day}
}

// jobAsk names a job.
type jobAsk struct {
	Order order.ID `path:"order" maxLength:"60"`
	Line  string   `path:"line" maxLength:"60"`
}

func (a jobAsk) key() workshop.Key { return workshop.Key{Order: string(a.Order), Line: a.Line} }

func (a jobAsk) page() string {
	return "workshop/" + url.PathEscape(string(a.Order)) + "/" + url.PathEscape(a.Line)
}

// jobView is one job with its order.
type jobView struct {
	form
	workshop.Job
	Of    order.Order
	Line  order.Line
	Today span.Day
}

// job shows one job.
func (f face) job(tx *db.Tx, in jobAsk) (web.View, error) {
	v, err := loadJob(tx, in)
	return f.jobPage(tx, v), err
}

func (f face) jobPage(tx *db.Tx, v jobView) web.View {
	return jobPage(f.page("workshop", in(tx.Context(), v.Name)), v)
}

// loadJob gives a job of the actor's seller; of another seller's order nobody learns that there is one.
func loadJob(tx *db.Tx, a jobAsk) (v jobView, err error) {
	if v.Of, err = own(tx, a.Order); err != nil {
		return v, err
	}
	if v.Job, err = workshop.Get(tx, a.key()); err != nil {
		return v, err
	}
	v.Today = span.DayOf(tx.Now(), span.Almaty)
	v.Line, err = v.Of.Line(a.Line)
	return v, err
}

// jobSaid is what is typed about a job.
type jobSaid struct {
	web.Typed
	jobAsk
	Version int64  `json:"version"`
	Stage   int    `json:"stage,omitempty"`
	Note    string `json:"note,omitempty" maxLength:"6000"`
}

// jobAgain leads back to the page of a job, or shows it again with what is wrong.
func (f face) jobAgain(tx *db.Tx, in jobSaid, err error) (web.Then, error) {
	if err == nil {
		return see(in.page(), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadJob(tx, in.jobAsk)
	if bad != nil {
		return web.Then{}, bad
	}
	v.Values = in.Values
	v.note(tx.Context(), err, func(pointer string) string { return strings.TrimPrefix(pointer, "/") })
	p := f.page("workshop", v.Name.In(web.Lang(tx.Context())))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(jobPage(p, v)), nil
}

// planJob gives a job other stages, a row each; a row without a name is none.
func (f face) planJob(tx *db.Tx, in jobSaid) (web.Then, error) {
	v, err := loadJob(tx, in.jobAsk)
	if err != nil {
		return web.Then{}, err
	}
	var stages []workshop.Stage
	for i := range workshop.StagesMax {
		typed := strings.TrimSpace(in.Values.Get(stageField(i, "name")))
		if typed == "" {
			continue
		}
		s := workshop.Stage{Name: text.Localized{web.Lang(tx.Context()): typed}}
		if i < len(v.Stages) && v.Stages[i].Name.In(web.Lang(tx.Context())) == typed {
			s.Name = v.Stages[i].Name
		}
		if s.Day, err = span.Parse(in.Values.Get(stageField(i, "day"))); err != nil {
			return f.jobAgain(tx, in, workshop.ErrInvalid.At("/"+stageField(i, "day"), fault.Say("Fill this in.")))
		}
		stages = append(stages, s)
	}
	_, err = workshop.Plan(tx, in.key(), in.Version, stages)
	return f.jobAgain(tx, in, err)
}

// stageField names a field of a row of the plan.
func stageField(row int, field string) string { return "s_" + strconv.Itoa(row) + "_" + field }

// planRows gives the rows that the form of the plan shows: the stages, and some empty ones.
func (v jobView) planRows() []workshop.Stage {
	rows := append([]workshop.Stage(nil), v.Stages...)
	for range min(spareStages, workshop.StagesMax-len(rows)) {
		rows = append(rows, workshop.Stage{})
	}
	return rows
}

// spareStages is how many empty rows stand below the plan.
const spareStages = 2

// makingForm brings files to a job.
type makingForm struct {
	jobSaid
	Files web.Files `json:"file"`
}

// keepMakings keeps files of which nobody knows yet.
func (f face) keepMakings(ctx context.Context, in makingForm) (kept []attachment.Kept, err error) {
	for _, file := range in.Files {
		if file.Size == 0 || len(kept) == workshop.FilesMax {
			continue
		}
		r, err := file.Open()
		if err != nil {
			return nil, err
		}
		k, err := f.Attached.Keep(ctx, string(in.Order), attachment.Brought{Body: r, Size: file.Size, Name: file.Name})
		_ = r.Close() // It was only read.
		if err != nil {
			return nil, err
		}
		kept = append(kept, k)
	}
	return kept, nil
}

// noteMakings has the order keep files of its job.
func noteMakings(tx *db.Tx, in makingForm, kept []attachment.Kept) (names []string, err error) {
	if len(kept) == 0 {
		return nil, nil
	}
	files, err := attachment.Note(tx, "workshop/"+string(in.Order), kept...)
	if err != nil {
		return nil, err
	}
	ids := make([]attachment.ID, len(files))
	for i, file := range files {
		ids[i], names = file.ID, append(names, string(file.ID))
	}
	return names, attachment.Bind(tx, ids, string(in.Order))
}

// sendDrawing asks the buyer whether it shall be made so.
func (f face) sendDrawing(tx *db.Tx, in makingForm, kept []attachment.Kept) (web.Then, error) {
	if _, err := loadJob(tx, in.jobAsk); err != nil {
		return web.Then{}, err
	}
	names, err := noteMakings(tx, in, kept)
	if err == nil {
		file := ""
		if len(names) > 0 {
			file = names[0]
		}
		_, err = workshop.Send(tx, in.key(), in.Version, file, in.Note)
	}
	return f.jobAgain(tx, in.jobSaid, err)
}

// finishStage says that a stage is finished.
func (f face) finishStage(tx *db.Tx, in makingForm, kept []attachment.Kept) (web.Then, error) {
	if _, err := loadJob(tx, in.jobAsk); err != nil {
		return web.Then{}, err
	}
	names, err := noteMakings(tx, in, kept)
	if err == nil {
		_, err = workshop.Finish(tx, in.key(), in.Version, workshop.Progress{Stage: in.Stage, Note: in.Note, Files: names})
	}
	return f.jobAgain(tx, in.jobSaid, err)
}

// reopenStage says that a stage is not finished after all.
func (f face) reopenStage(tx *db.Tx, in jobSaid) (web.Then, error) {
	if _, err := loadJob(tx, in.jobAsk); err != nil {
		return web.Then{}, err
	}
	_, err := workshop.Reopen(tx, in.key(), in.Version, in.Stage)
	return f.jobAgain(tx, in, err)
}

// payPenalty gives the buyer what is owed for being late, once it is ready and known. Given twice, it is given once.
func (f face) payPenalty(tx *db.Tx, in jobSaid) (web.Then, error) {
	v, err := loadJob(tx, in.jobAsk)
	if err != nil {
		return web.Then{}, err
	}
	if owed := v.Owed(v.Today); v.State == workshop.StateReady && owed.IsPositive() {
		_, err = f.Returns.Allow(tx, in.Order, "late/"+string(in.Order)+"/"+in.Line, owed, t(tx.Context(), "workshop.late_reason"))
	}
	return f.jobAgain(tx, in, err)
}

// working tells whether something is still made.
func (v jobView) working() bool {
	return v.State == workshop.StateMaking || v.State == workshop.StateAsked
}

// finishable tells whether a stage can be finished now.
func (v jobView) finishable(stage int) bool {
	next, _ := v.Next()
	return v.State == workshop.StateMaking && stage == next
}

// makingFile is the address of a file of a job.
func makingFile(j workshop.Job, file string) templ.SafeURL {
	return templ.SafeURL("/v1/orders/" + url.PathEscape(j.Order) + "/files/" + url.PathEscape(file))
}
