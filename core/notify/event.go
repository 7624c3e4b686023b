package notify

// GivenUp says that a letter could not be delivered, and that nobody tries any more.
type GivenUp struct {
	Letter   ID       `json:"letter"`
	Template Template `json:"template"`
	Order    string   `json:"order,omitempty"`
	Seller   string   `json:"seller,omitempty"`
	Error    string   `json:"error"`
}

// Fact names the fact.
func (GivenUp) Fact() string { return "notify.given_up" }

// Key keeps the facts of one letter in their order.
func (g GivenUp) Key() string { return string(g.Letter) }
