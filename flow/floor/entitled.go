package floor

import "sauda/gear/db"

// ScopeLive is what a program or somebody of the staff needs to see the market as it is now without an account on it.
const ScopeLive = "exchange.live"

// Entitled says whether somebody sees the market as it is now: whoever may trade on it for an account, as the market was taught
// it last, and whoever has ScopeLive. Everybody else sees it later. All faces ask here.
func (f *Floor) Entitled(who db.Who) bool {
	return who.May(ScopeLive) || who.ID != "" && len(f.Seats(who.ID)) > 0
}
