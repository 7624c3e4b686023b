package auction

import "slices"

// SessionState is all that a session knows, for a snapshot of it.
type SessionState struct {
	Plan   Plan
	Phase  Phase
	Kind   Kind
	Firm   bool
	Ended  bool
	Brief  bool
	At     int64
	EndsAt int64
	Book   uint64
	Halted Phase
	Owed   []Due
	Held   []Kind
}

// Export gives all that later steps depend on. The lists are the caller's.
func (s *Session) Export() SessionState {
	plan := s.plan
	plan.Due = slices.Clone(plan.Due)
	return SessionState{
		Plan: plan, Phase: s.phase, Kind: s.kind, Firm: s.firm, Ended: s.ended, Brief: s.brief, At: s.at, EndsAt: s.endsAt,
		Book: s.book, Halted: s.halted, Owed: s.Owed(), Held: s.Held(),
	}
}

// ImportSession gives the session that Export was asked of. A state that no session can have is ErrRule.
func ImportSession(st SessionState) (*Session, error) {
	if err := st.Plan.Check(); err != nil {
		return nil, err
	}
	inAuction := st.Phase != PreOpen && st.Phase != Continuous && st.Phase != TradeAtClose && st.Phase != Closed && st.Phase != Halt
	if st.Phase > Closed || st.Halted > Closed || st.Kind > Closing || inAuction && st.Kind == 0 {
		return nil, ErrRule.About("a session in %s with the auction %s, halted in %s", st.Phase, st.Kind, st.Halted)
	}
	return &Session{
		plan: st.Plan, phase: st.Phase, kind: st.Kind, firm: st.Firm, ended: st.Ended, brief: st.Brief, at: st.At,
		endsAt: st.EndsAt, book: st.Book, halted: st.Halted, owed: slices.Clone(st.Owed), held: slices.Clone(st.Held),
	}, nil
}
