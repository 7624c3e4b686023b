package identity

// Registered states that a buyer is known.
type Registered struct {
	User  UserID  `json:"user"`
	Party PartyID `json:"party"`
}

// Employed states that somebody works in the office.
type Employed struct {
	User   UserID   `json:"user"`
	Role   Role     `json:"role"`
	Seller string   `json:"seller"`
	Scopes []string `json:"scopes"`
}

// Granted states what a member of staff may do from now on.
type Granted struct {
	User   UserID   `json:"user"`
	Scopes []string `json:"scopes"`
}

// Renamed states that a user has another name.
type Renamed struct {
	User UserID `json:"user"`
}

// PasswordChanged states that a user has another password; every session begun with the old one ends.
type PasswordChanged struct {
	User UserID `json:"user"`
}

// Suspended states that a user cannot sign in.
type Suspended struct {
	User   UserID `json:"user"`
	Reason string `json:"reason"`
}

// Reinstated states that a suspended user can sign in again.
type Reinstated struct {
	User UserID `json:"user"`
}

// Fact names the event.
func (Registered) Fact() string      { return "identity.registered" }
func (Employed) Fact() string        { return "identity.employed" }
func (Granted) Fact() string         { return "identity.granted" }
func (Renamed) Fact() string         { return "identity.renamed" }
func (PasswordChanged) Fact() string { return "identity.password_changed" }
func (Suspended) Fact() string       { return "identity.suspended" }
func (Reinstated) Fact() string      { return "identity.reinstated" }

// Key orders the reactions to the facts of one user.
func (e Registered) Key() string      { return string(e.User) }
func (e Employed) Key() string        { return string(e.User) }
func (e Granted) Key() string         { return string(e.User) }
func (e Renamed) Key() string         { return string(e.User) }
func (e PasswordChanged) Key() string { return string(e.User) }
func (e Suspended) Key() string       { return string(e.User) }
func (e Reinstated) Key() string      { return string(e.User) }
