// Package conduct is what becomes of alerts: it keeps each once with its orders and trades, and the cases in which people find
// out about them and decide.
//
//	watch ──▶ Write ──▶ an alert: new ──Dismiss──▶ dismissed, with a reason      (raised again, it is new again)
//	                               └──Open, Add──▶ in a case
//
//	a case: open ──Note, Assign, Link, Decide──▶ open ──Close──▶ closed          (not before something was decided)
//
// What was seen, the alerts, and up to which event, are written in one moment: whoever is cut off begins again behind the last
// event that is written down, so that no alert is lost and none is there twice.
//
// Whom an alert is about sees neither it nor the case that it is in, whatever he may do otherwise: to him they are as unknown as
// none. Whoever looks needs the scope exchange.watch.
//
// It does not know what the patterns are (watch), nor who a party is (identity). A restriction is carried out by the verbs of the
// exchange: Restrict suspends whom the case is about in the moment of the decision.
package conduct

import (
	"cmp"
	"database/sql"
	"embed"
	"errors"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/exchange/conduct/conductdb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of alerts and cases.
var Schema = db.Schema{Name: "conduct", Files: schemaFiles}

// ScopeWatch lets staff see alerts and cases, and decide about them.
const ScopeWatch = "exchange.watch"

// Faults of alerts and cases.
var (
	ErrUnknown = fault.New(fault.Missing, "conduct.unknown", "There is no such alert or case. Look at the list again.")
	ErrDenied  = fault.New(fault.Denied, "conduct.denied", "Only people who watch over the exchange see this. Ask an administrator for the right.")
	ErrSeen    = fault.New(fault.Conflict, "conduct.seen", "These events of the market were looked at already. Begin behind the last one that is written down.")
	ErrTaken   = fault.New(fault.Conflict, "conduct.taken", "This alert is in a case already, or was dismissed. Look at it again.")
	ErrClosed  = fault.New(fault.Conflict, "conduct.closed", "This case is closed. Open another one with the alerts that are new.")
	ErrOpen    = fault.New(fault.Conflict, "conduct.undecided", "Nothing was decided yet. Decide what follows before you close the case.")
	ErrText    = fault.New(fault.Invalid, "conduct.text", "Write what is asked for: a title has at most 200 characters, everything else at most 4,000.")
	ErrLink    = fault.New(fault.Invalid, "conduct.link", "Give an address that begins with https://.")
	ErrMany    = fault.New(fault.Limited, "conduct.many", "A case holds at most 50 alerts and 500 entries. Open another one.")
	ErrOutcome = fault.New(fault.Invalid, "conduct.outcome", "Choose what follows: no action, a warning, a report to the regulator, or a restriction.")
)

const (
	titleMax   = 200
	textMax    = 4000
	alertsMax  = 50
	entriesMax = 500
	pageMax    = 50 // pageMax bounds a page of a list.
)

// watcher gives who acts, if he watches over the exchange; else ErrDenied.
func watcher(tx *db.Tx) (db.Who, error) {
	who := tx.Who()
	if who.ID == "" || who.Kind != db.KindStaff && who.Kind != db.KindAdmin || !who.May(ScopeWatch) {
		return who, ErrDenied.About("%s %s", who.Kind, who.ID)
	}
	return who, nil
}

// partyOf is the party of whoever looks, for whom he might be named; one who has none is not named by it.
func partyOf(who db.Who) string { return cmp.Or(who.Party, "-") }

// said gives a text as it is stored, or ErrText.
func said(s string, most int) (string, error) {
	clean, err := text.Clean(strings.TrimSpace(s))
	if err != nil || clean == "" || text.Limit(clean, most) != nil {
		return "", ErrText.About("%.80q", s)
	}
	return clean, nil
}

// missing turns a row that is not there into ErrUnknown.
func missing(err error, id string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown.About("%.60q", id)
	}
	return err
}

func queries(tx *db.Tx) *conductdb.Queries { return conductdb.New(tx) }
