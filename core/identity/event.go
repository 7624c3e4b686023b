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

// EmailChanged states that a user has another address. It says neither.
type EmailChanged struct {
	User UserID `json:"user"`
}

// ConsentChanged states what a party allows from now on.
type ConsentChanged struct {
	Party   PartyID `json:"party"`
	Purpose Purpose `json:"purpose"`
	Given   bool    `json:"given"`
}

// Erased states that nothing says any more who a user was.
type Erased struct {
	User  UserID  `json:"user"`
	Party PartyID `json:"party"`
}

// Fact names the event.
func (Registered) Fact() string      { return "identity.registered" }
func (Employed) Fact() string        { return "identity.employed" }
func (Granted) Fact() string         { return "identity.granted" }
func (Renamed) Fact() string         { return "identity.renamed" }
func (PasswordChanged) Fact() string { return "identity.password_changed" }
func (Suspended) Fact() string       { return "identity.suspended" }
func (Reinstated) Fact() string      { return "identity.reinstated" }
func (EmailChanged) Fact() string    { return "identity.email_changed" }
func (ConsentChanged) Fact() string  { return "identity.consent_changed" }
func (Erased) Fact() string          { return "identity.erased" }

// Key orders the reactions to the facts of one user.
func (e Registered) Key() string      { return string(e.User) }
func (e Employed) Key() string        { return string(e.User) }
func (e Granted) Key() string         { return string(e.User) }
func (e Renamed) Key() string         { return string(e.User) }
func (e PasswordChanged) Key() string { return string(e.User) }
func (e Suspended) Key() string       { return string(e.User) }
func (e Reinstated) Key() string      { return string(e.User) }
func (e EmailChanged) Key() string    { return string(e.User) }
func (e ConsentChanged) Key() string  { return string(e.Party) }
func (e Erased) Key() string          { return string(e.User) }
