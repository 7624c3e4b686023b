package workshop

import "sauda/base/span"

// About says which job a fact is about.
type About struct {
	Order string `json:"order"`
	Line  string `json:"line"`
}

// Opened says that something is to be made.
type Opened struct {
	About
	Due span.Day `json:"due"`
}

// Asked says that a drawing waits for the buyer.
type Asked struct{ About }

// Answered says that the buyer has approved the drawing, or wants it changed.
type Answered struct {
	About
	Approved bool `json:"approved"`
}

// Finished says that a stage is finished, or not any more.
type Finished struct {
	About
	Stage int  `json:"stage"`
	Done  bool `json:"done"`
}

// Ready says that it is made.
type Ready struct {
	About
	Late int `json:"late"` // Late is by how many days.
}

// Fact names the fact.
func (Opened) Fact() string   { return "workshop.opened" }
func (Asked) Fact() string    { return "workshop.asked" }
func (Answered) Fact() string { return "workshop.answered" }
func (Finished) Fact() string { return "workshop.finished" }
func (Ready) Fact() string    { return "workshop.ready" }

// Key keeps the facts of one order in their order.
func (a About) Key() string { return a.Order }
