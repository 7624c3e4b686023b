package conduct

import (
	"sauda/base/span"
	"sauda/core/exchange/conduct/conductdb"
	"sauda/gear/db"
)

// GetCase gives a case; one that is not there, and one about whoever asks, is ErrUnknown.
func GetCase(tx *db.Tx, id CaseID) (Case, error) {
	who, err := watcher(tx)
	if err != nil {
		return Case{}, err
	}
	row, err := queries(tx).GetCase(tx.Context(), conductdb.GetCaseParams{ID: string(id), UserRef: who.ID, PartyRef: partyOf(who)})
	if err != nil {
		return Case{}, missing(err, string(id))
	}
	return caseOf(row), nil
}

// Cases gives the open cases and then those that were closed, the youngest first, at most a page of them.
func Cases(tx *db.Tx) ([]Case, error) {
	who, err := watcher(tx)
	if err != nil {
		return nil, err
	}
	rows, err := queries(tx).Cases(tx.Context(), conductdb.CasesParams{UserRef: who.ID, PartyRef: partyOf(who), Most: 2 * pageMax})
	list := make([]Case, len(rows))
	for n, r := range rows {
		list[n] = caseOf(r)
	}
	return list, err
}

// AlertsOf gives the alerts of a case that whoever asks may see, the oldest first.
func AlertsOf(tx *db.Tx, c Case) ([]Alert, error) {
	rows, err := queries(tx).AlertsOf(tx.Context(), string(c.ID))
	if err != nil {
		return nil, err
	}
	return alertsOf(rows)
}

// SuspectsOf gives whom a case is about: parties and users.
func SuspectsOf(tx *db.Tx, c Case) ([]string, error) {
	return queries(tx).SuspectsOf(tx.Context(), string(c.ID))
}

// Entries gives all that was done about a case, in its order.
func Entries(tx *db.Tx, c Case) ([]Entry, error) {
	rows, err := queries(tx).Entries(tx.Context(), conductdb.EntriesParams{CaseRef: string(c.ID), Most: entriesMax + alertsMax})
	list := make([]Entry, len(rows))
	for n, r := range rows {
		list[n] = Entry{ID: r.ID, Kind: EntryKind(r.Kind), About: r.About, Text: r.Body, By: r.DoneBy, At: span.FromMicros(r.At)}
	}
	return list, err
}

func caseOf(r conductdb.ConductCase) Case {
	c := Case{ID: CaseID(r.ID), Title: r.Title, Closed: r.State == "closed", Assigned: r.Assigned, Outcome: Outcome(r.Outcome), By: r.OpenedBy, Opened: span.FromMicros(r.OpenedAt)}
	if c.Closed {
		c.Ended = span.FromMicros(r.ClosedAt)
	}
	return c
}
