package clearing

import "fmt"

// Registered says that trades were taken in for the first time.
type Registered struct {
	Trades []uint64 `json:"trades"`
}

// Fact names the fact.
func (Registered) Fact() string { return "clearing.registered" }

// Key orders reactions by the first of the trades.
func (e Registered) Key() string { return fmt.Sprint(e.Trades[0]) }

// Settled says that a batch was posted: trades that are settled whole by it, and parts of others.
type Settled struct {
	Batch string `json:"batch"`
	Day   string `json:"day"`
	Parts []Part `json:"parts"`
}

// Fact names the fact.
func (Settled) Fact() string { return "clearing.settled" }

// Key orders reactions by the day.
func (e Settled) Key() string { return e.Day }

// Failed says which trades did not settle whole on a day, by whose lack.
type Failed struct {
	Day      string    `json:"day"`
	Failures []Failure `json:"failures"`
}

// Fact names the fact.
func (Failed) Fact() string { return "clearing.failed" }

// Key orders reactions by the day.
func (e Failed) Key() string { return e.Day }

// Busted says that a trade was taken back.
type Busted struct {
	Trade  uint64 `json:"trade"`
	Reason string `json:"reason"`
}

// Fact names the fact.
func (Busted) Fact() string { return "clearing.busted" }

// Key orders reactions by the trade.
func (e Busted) Key() string { return fmt.Sprint(e.Trade) }

// BroughtIn says that a failing trade was completed at the cost of who failed.
type BroughtIn struct {
	Trade   uint64 `json:"trade"`
	Failing string `json:"failing"`
	Cost    int64  `json:"cost"`
}

// Fact names the fact.
func (BroughtIn) Fact() string { return "clearing.bought_in" }

// Key orders reactions by the trade.
func (e BroughtIn) Key() string { return fmt.Sprint(e.Trade) }

// Called says which accounts lack margin or could not pay a variation on a day.
type Called struct {
	Day   string `json:"day"`
	Calls []Call `json:"calls"`
}

// Fact names the fact.
func (Called) Fact() string { return "clearing.called" }

// Key orders reactions by the day.
func (e Called) Key() string { return e.Day }

// Defaulted says that the open trades of accounts were closed out.
type Defaulted struct {
	Ref      string   `json:"ref"`
	Member   string   `json:"member"`
	Accounts []string `json:"accounts"`
	Trades   []uint64 `json:"trades"`
}

// Fact names the fact.
func (Defaulted) Fact() string { return "clearing.defaulted" }

// Key orders reactions by the default.
func (e Defaulted) Key() string { return e.Ref }

// Noticed says that what an issuer has announced stands otherwise: it is new, was called off, or has been carried out.
type Noticed struct {
	Ref   string `json:"ref"`
	Asset string `json:"asset"`
}

// Fact names the fact.
func (Noticed) Fact() string { return "clearing.noticed" }

// Key orders reactions by the asset.
func (e Noticed) Key() string { return e.Asset }

// Ripened says that something is due of what an issuer has announced and could not be carried out when its time came.
type Ripened struct {
	Ref string `json:"ref"`
	Day string `json:"day"`
}

// Fact names the fact.
func (Ripened) Fact() string { return "clearing.ripened" }

// Key orders reactions by the notice.
func (e Ripened) Key() string { return e.Ref }

// Fixed says that forwards have another settlement price.
type Fixed struct {
	Day         string   `json:"day"`
	Instruments []string `json:"instruments"`
}

// Fact names the fact.
func (Fixed) Fact() string { return "clearing.fixed" }

// Key orders reactions by the day.
func (e Fixed) Key() string { return e.Day }

// Overdue says that a trade has failed so often that it may be bought in.
type Overdue struct {
	Trade uint64 `json:"trade"`
	Day   string `json:"day"`
}

// Fact names the fact.
func (Overdue) Fact() string { return "clearing.overdue" }

// Key orders reactions by the trade.
func (e Overdue) Key() string { return fmt.Sprint(e.Trade) }

// Lapsed says that warehouse receipts have expired, and their goods left the exchange.
type Lapsed struct {
	Day      string   `json:"day"`
	Receipts []string `json:"receipts"`
}

// Fact names the fact.
func (Lapsed) Fact() string { return "clearing.lapsed" }

// Key orders reactions by the day.
func (e Lapsed) Key() string { return e.Day }

// PayoutCleared says that a payout may be made.
type PayoutCleared struct {
	Payout string `json:"payout"`
}

// Fact names the fact.
func (PayoutCleared) Fact() string { return "clearing.payout_cleared" }

// Key orders reactions by the payout.
func (e PayoutCleared) Key() string { return e.Payout }
