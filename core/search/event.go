package search

import "sauda/core/catalog"

// RuleSet states that a rule is new or another.
type RuleSet struct {
	Rule RuleID `json:"rule"`
	Kind Kind   `json:"kind"`
}

// RuleDropped states that a rule does not count any more.
type RuleDropped struct {
	Rule RuleID `json:"rule"`
	Kind Kind   `json:"kind"`
}

// CommonSwitched states that a group of common words counts again, or does not any more.
type CommonSwitched struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

// Asked states what was looked for in the last while, and how often: of all people together, so that it leads to nobody.
type Asked struct {
	Node    string  `json:"node"`
	Queries []Query `json:"queries"`
}

// Query is words that were looked for.
type Query struct {
	Lang  string `json:"lang"`
	Words string `json:"words"`
	Asked int64  `json:"asked"`
	Found int64  `json:"found"`          // Found is how many goods the last one found.
	Weak  bool   `json:"weak,omitempty"` // Weak says that none of them had all the words.
}

// Clicked states that goods were chosen among what was found, and how often, of all people together.
type Clicked struct {
	Node   string  `json:"node"`
	Clicks []Click `json:"clicks"`
}

// Click is a product that was chosen after a query.
type Click struct {
	Words   string            `json:"words"`
	Product catalog.ProductID `json:"product"`
	Place   int               `json:"place"` // Place is where it stood, from 1.
	Times   int64             `json:"times"`
}

// Fact names the event.
func (RuleSet) Fact() string        { return "search.rule_set" }
func (RuleDropped) Fact() string    { return "search.rule_dropped" }
func (CommonSwitched) Fact() string { return "search.common_switched" }
func (Asked) Fact() string          { return "search.asked" }
func (Clicked) Fact() string        { return "search.clicked" }

// Key orders the reactions to the facts of one rule, and of one node's count.
func (e RuleSet) Key() string      { return string(e.Rule) }
func (e RuleDropped) Key() string  { return string(e.Rule) }
func (CommonSwitched) Key() string { return "common" }
func (e Asked) Key() string        { return e.Node }
func (e Clicked) Key() string      { return e.Node }
