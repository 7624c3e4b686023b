package webhook

// Changed says what an endpoint is told of from now on: nothing when it is paused, stopped or removed.
type Changed struct {
	Endpoint EndpointID `json:"endpoint"`
	Seller   string     `json:"seller"`
	Events   []string   `json:"events,omitempty"`
	Why      string     `json:"why"` // Why is the verb: added, revised, switched, stopped, removed.
}

// Fact names the fact.
func (Changed) Fact() string { return "webhook.changed" }

// Key keeps the facts of one endpoint in their order.
func (c Changed) Key() string { return string(c.Endpoint) }
