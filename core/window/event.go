package window

// Published states that buyers see another edition of a piece, now or from its time on.
type Published struct {
	Piece   ID     `json:"piece"`
	Seller  string `json:"seller"`
	Kind    Kind   `json:"kind"`
	Edition int64  `json:"edition"`
}

// Ended states that a piece was taken out of the shop.
type Ended struct {
	Piece  ID     `json:"piece"`
	Seller string `json:"seller"`
	Kind   Kind   `json:"kind"`
}

// HostChanged states that a name shows the window of a seller from now on, or no longer.
type HostChanged struct {
	Host   string `json:"host"`
	Seller string `json:"seller"`
	Shown  bool   `json:"shown"`
}

// Fact names the facts.
func (HostChanged) Fact() string { return "window.host_changed" }

// Key is the seller.
func (e HostChanged) Key() string { return e.Seller }

// Fact names the facts.
func (Published) Fact() string { return "window.published" }

// Fact names the facts.
func (Ended) Fact() string { return "window.ended" }

// Key is the piece.
func (e Published) Key() string { return string(e.Piece) }

// Key is the piece.
func (e Ended) Key() string { return string(e.Piece) }
