package seller

import "sauda/base/span"

// Enrolled states that a seller may sell here.
type Enrolled struct {
	Seller ID `json:"seller"`
}

// Renamed states that a seller has another name.
type Renamed struct {
	Seller ID `json:"seller"`
}

// RegimeChanged states that a seller is taxed in another way from a day on.
type RegimeChanged struct {
	Seller ID       `json:"seller"`
	Regime Regime   `json:"regime"`
	From   span.Day `json:"from"`
}

// Suspended states that a seller sells nothing new.
type Suspended struct {
	Seller ID     `json:"seller"`
	Reason string `json:"reason"`
}

// Readmitted states that a suspended seller sells again.
type Readmitted struct {
	Seller ID `json:"seller"`
}

// Fact names the event.
func (Enrolled) Fact() string      { return "seller.enrolled" }
func (Renamed) Fact() string       { return "seller.renamed" }
func (RegimeChanged) Fact() string { return "seller.regime_changed" }
func (Suspended) Fact() string     { return "seller.suspended" }
func (Readmitted) Fact() string    { return "seller.readmitted" }

// Key orders the reactions to the facts of one seller.
func (e Enrolled) Key() string      { return string(e.Seller) }
func (e Renamed) Key() string       { return string(e.Seller) }
func (e RegimeChanged) Key() string { return string(e.Seller) }
func (e Suspended) Key() string     { return string(e.Seller) }
func (e Readmitted) Key() string    { return string(e.Seller) }
