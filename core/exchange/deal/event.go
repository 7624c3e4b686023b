package deal

// Told states how a deal stands from now on.
type Told struct {
	Deal    ID     `json:"deal"`
	Account string `json:"account"` // Account is who has reported it.
	Other   string `json:"other"`
	Member  string `json:"member"` // Member is that of the other side.
	State   State  `json:"state"`
	Reason  string `json:"reason,omitempty"`
	Trade   uint64 `json:"trade,omitempty"`
}

// Fact names the event.
func (Told) Fact() string { return "deal.told" }

// Key orders the reactions to the facts of one deal.
func (e Told) Key() string { return string(e.Deal) }
