// Package workshop knows how far what is made to order has come: the drawing that its buyer approves, the stages in which it is
// made, with their days and pictures, and what is owed to him when it is late.
//
//	ordered ──Open──▶ making ──Finish, stage by stage──▶ ready
//	                   │  ▲ ◀──Reopen───────────────────────┘
//	             Send  ▼  │ Approve, Reject
//	                  asked ──End──▶ ended, when its line was cancelled
//
// While a drawing waits for the buyer, the clock stands: each day that he takes moves the day by which it shall be ready, for
// a delay that is the buyer's is not the maker's (Law of Kazakhstan № 274-IV on consumers, on the time of works).
//
// It does not know the order (order) nor where files lie (attachment), and looks at nobody's rights: whoever asks has been let
// in by the order.
package workshop

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the table of what is made.
var Schema = db.Schema{Name: "workshop", Files: schemaFiles}

// Key names a job: the line of the order by which it was ordered.
type Key struct{ Order, Line string }

// State is how far a job is.
type State string

// The states of a job.
const (
	StateMaking State = "making"
	StateAsked  State = "asked" // StateAsked waits for the buyer's word on a drawing.
	StateReady  State = "ready"
	StateEnded  State = "ended" // StateEnded was cancelled.
)

// States are all states in their order.
var States = []State{StateAsked, StateMaking, StateReady, StateEnded}

// Job is one thing that is made for a buyer.
type Job struct {
	Key
	Seller  string
	State   State
	Due     span.Day // Due is the last day on which it is in time.
	Version int64    // Version grows by one with every change.
	Body
}

// Body is what nobody searches.
type Body struct {
	Name     text.Localized `json:"name"`
	Price    money.Money    `json:"price"` // Price is that of the line; the penalty is a share of it.
	Opened   span.Day       `json:"opened"`
	Ready    span.Day       `json:"ready,omitzero"` // Ready is when the last stage was finished.
	Drawings []Drawing      `json:"drawings,omitempty"`
	Stages   []Stage        `json:"stages"`
}

// Drawing is a version of what shall be made, which the buyer approves or not.
type Drawing struct {
	File     string    `json:"file"`
	Note     string    `json:"note,omitempty"`
	Sent     time.Time `json:"sent"`
	Answered time.Time `json:"answered,omitzero"`
	Approved bool      `json:"approved,omitempty"`
	Wish     string    `json:"wish,omitempty"` // Wish is what the buyer wants to be changed.
}

// Stage is one step of the making.
type Stage struct {
	Name  text.Localized `json:"name"`
	Day   span.Day       `json:"day"`            // Day is when it shall be finished.
	Done  time.Time      `json:"done,omitzero"`  // Done is when it was.
	Note  string         `json:"note,omitempty"` // Note is for the buyer.
	Files []string       `json:"files,omitempty"`
}

// Limits of a job.
const (
	StagesMax   = 20
	DrawingsMax = 20
	FilesMax    = 5 // FilesMax bounds the pictures of a stage.
	NoteMax     = 1_000
	nameMax     = 100
)

// Faults of what is made.
var (
	ErrUnknown  = fault.New(fault.Missing, "workshop.unknown", "Nothing is made by this line of the order. Look at the order again.")
	ErrChanged  = fault.New(fault.Conflict, "workshop.changed", "This was changed meanwhile. Look at it again.")
	ErrNoAnswer = fault.New(fault.Conflict, "workshop.not_asked", "No drawing waits for an answer. Look at the order again.")
	ErrWaits    = fault.New(fault.Conflict, "workshop.waits", "A drawing waits for the buyer's answer. Go on when it has come.")
	ErrOver     = fault.New(fault.Conflict, "workshop.over", "This is not made any more: it is ready, or was cancelled.")
	ErrInvalid  = fault.New(fault.Invalid, "workshop.invalid", "Correct the marked fields.")
	ErrMany     = fault.New(fault.Conflict, "workshop.many_drawings", "At most 20 drawings can be sent for one thing. Write to the buyer instead.")
)

// Draft is a job before it is opened.
type Draft struct {
	Key
	Seller string
	Name   text.Localized
	Price  money.Money
	Days   int      // Days is in how many days it was promised.
	From   span.Day // From is when they begin.
}

// usual are the stages that a job has until its maker plans others.
var usual = []text.Localized{
	{"kk": "Дайындық және материал", "ru": "Подготовка и материал", "en": "Preparation and material", "zh": "准备与材料"},
	{"kk": "Жасау", "ru": "Изготовление", "en": "Making", "zh": "制作"},
	{"kk": "Өңдеу және тексеру", "ru": "Отделка и проверка", "en": "Finishing and checking", "zh": "修整与检验"},
}

// planned gives the usual stages over so many days: a quarter for the first, three quarters to the end of the second.
func planned(from span.Day, days int) []Stage {
	ends := []int{(days + 3) / 4, (3*days + 3) / 4, days}
	stages := make([]Stage, len(usual))
	for i, name := range usual {
		stages[i] = Stage{Name: name, Day: from.AddDays(ends[i])}
	}
	return stages
}

// Penalty is what a maker owes for being late: one percent of the price for each day after the day on which it was due, at most
// the price (Law of Kazakhstan № 274-IV on consumers: one percent a day). Today is the day on which it was ready, or now.
func Penalty(price money.Money, due, today span.Day) money.Money {
	days := due.DaysUntil(today)
	if days <= 0 || !price.IsPositive() {
		return money.Of(0, price.Currency)
	}
	return money.Percent(int64(min(days, 100))).Of(price, money.HalfUp)
}

// Owed is the penalty of a job as it stands on a day. What waits for the buyer is not late meanwhile.
func (j Job) Owed(today span.Day) money.Money {
	switch {
	case !j.Ready.IsZero():
		today = j.Ready
	case j.State == StateAsked:
		today = span.DayOf(j.asked().Sent, span.Almaty)
	case j.State == StateEnded:
		today = j.Due
	}
	return Penalty(j.Price, j.Due, today)
}

// asked is the drawing that was sent last; a job without one has a drawing without a file.
func (j Job) asked() Drawing {
	if len(j.Drawings) == 0 {
		return Drawing{}
	}
	return j.Drawings[len(j.Drawings)-1]
}

// Drawn is the drawing by which it is made: the last one that was approved.
func (j Job) Drawn() (Drawing, bool) {
	for i := len(j.Drawings) - 1; i >= 0; i-- {
		if j.Drawings[i].Approved {
			return j.Drawings[i], true
		}
	}
	return Drawing{}, false
}

// Next is the first stage that is not finished, and how many are.
func (j Job) Next() (next, done int) {
	next = len(j.Stages)
	for i, s := range j.Stages {
		if !s.Done.IsZero() {
			done++
		} else if i < next {
			next = i
		}
	}
	return next, done
}

// Has tells whether a file belongs to a job.
func (j Job) Has(file string) bool {
	for _, d := range j.Drawings {
		if d.File == file {
			return true
		}
	}
	for _, s := range j.Stages {
		for _, f := range s.Files {
			if f == file {
				return true
			}
		}
	}
	return false
}
