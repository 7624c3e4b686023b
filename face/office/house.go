package office

import (
	"context"

	"sauda/base/fault"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f face) mountHouse(site *web.Site) {
	web.Page(site, "GET /office/stories", f.stories, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/stories/{id}/again", f.tellAgain, web.Needs(ScopeHouseWrite))
	web.Page(site, "GET /office/parked", f.parked, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/parked/retry", f.retry, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/parked/dismiss", f.dismiss, web.Needs(ScopeHouseWrite))
	web.Page(site, "GET /office/jobs", f.jobs, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/jobs/hasten", f.hasten, web.Needs(ScopeHouseWrite))
	web.PageAct(site, "GET /office/doctor", f.doctor, web.Needs(ScopeHouseRead))
}

type storiesAsk struct {
	State  string `query:"state" enum:"running,waiting,undoing,done,failed"`
	Stuck  bool   `query:"stuck"`
	Before string `query:"before" maxLength:"60"`
}

// storyStates are the tabs of the list.
var storyStates = []string{"running", "waiting", "undoing", "done", "failed"}

// storiesList is a page of stories.
type storiesList struct {
	Ask     storiesAsk
	Stories []saga.Seen
	Next    string
}

// stories lists the stories, the newest first.
func (f face) stories(tx *db.Tx, in storiesAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	filter := saga.Filter{Stuck: in.Stuck, Before: in.Before, Limit: listed + 1}
	if in.State != "" {
		filter.States = []string{in.State}
	}
	list := storiesList{Ask: in}
	var err error
	if list.Stories, err = saga.List(tx, filter); err != nil {
		return nil, err
	}
	if len(list.Stories) > listed {
		list.Stories = list.Stories[:listed]
		list.Next = list.Stories[listed-1].ID
	}
	return storiesPage(f.page("stories", t(tx.Context(), "nav.stories")), list), nil
}

// isOpen tells whether a story can be told again: it has not ended.
func isOpen(s saga.Seen) bool { return s.State != "done" && s.State != "failed" }

// storyName says what a story is about. One that this house does not tell any more keeps its code.
func storyName(ctx context.Context, name string) string {
	if id := "story.of." + name; i18n.Has("kk", "office."+id) {
		return t(ctx, id)
	}
	return name
}

// stepName says what a story does next; nothing where it has ended.
func stepName(ctx context.Context, s saga.Seen) string {
	if id := "story.step." + s.Name + "." + s.Step; i18n.Has("kk", "office."+id) {
		return t(ctx, id)
	}
	return shownValue(s.Step)
}

// whyOf says in the language of the reader why a story fails.
func whyOf(ctx context.Context, err error) string {
	if fault.Of(err) == nil {
		return ""
	}
	return refusal(ctx, err)
}

type storyForm struct {
	ID string `path:"id" maxLength:"60"`
}

// tellAgain has a story go on now.
func (f face) tellAgain(tx *db.Tx, in storyForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("stories", "retold"), saga.Again(tx, in.ID)
}

type parkedAsk struct {
	After string `query:"after" maxLength:"300"`
}

// parkedList is a page of reactions that were given up, and what all reactions have left to do.
type parkedList struct {
	Ask     parkedAsk
	Left    []bus.Left
	Next    string
	Waiting []bus.Backlog
}

// parked lists reactions that were given up.
func (f face) parked(tx *db.Tx, in parkedAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	list := parkedList{Ask: in}
	var err error
	if list.Left, err = bus.Parked(tx, bus.Page{After: in.After, Limit: listed + 1}); err != nil {
		return nil, err
	}
	if len(list.Left) > listed {
		list.Left = list.Left[:listed]
		list.Next = list.Left[listed-1].ID
	}
	list.Waiting, err = bus.Waiting(tx)
	return parkedPage(f.page("parked", t(tx.Context(), "nav.parked")), list), err
}

type parkedForm struct {
	ID string `json:"id" minLength:"1" maxLength:"300"`
}

// retry lets a reaction have all its tries again.
func (f face) retry(tx *db.Tx, in parkedForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("parked", "retried"), bus.Retry(tx, in.ID)
}

// dismiss gives a reaction up for good.
func (f face) dismiss(tx *db.Tx, in parkedForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("parked", "dismissed"), bus.Dismiss(tx, in.ID)
}

// jobs lists what is due at a time.
func (f face) jobs(tx *db.Tx, _ struct{}) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	all, err := job.List(tx)
	return jobsPage(f.page("jobs", t(tx.Context(), "nav.jobs")), all), err
}

type jobForm struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
}

// hasten makes a job due now.
func (f face) hasten(tx *db.Tx, in jobForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("jobs", "hastened"), job.Hasten(tx, in.Name)
}

// doctor shows what is wrong in the house. It looks at everything, so it takes its time.
func (f face) doctor(ctx context.Context, _ struct{}) (web.View, error) {
	if who := web.WhoFrom(ctx); !keeps(who) {
		return nil, web.ErrDenied.About("%s works for %s", who.ID, who.Seller)
	}
	found, err := f.Doctor(ctx)
	return doctorPage(f.page("doctor", t(ctx, "nav.doctor")), found), err
}

// serious counts the findings that must not be.
func serious(found []Finding) (n int) {
	for _, x := range found {
		if x.Serious {
			n++
		}
	}
	return n
}
