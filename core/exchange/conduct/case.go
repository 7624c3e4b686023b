package conduct

import (
	"net/url"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/conduct/conductdb"
	"sauda/gear/db"
)

// CaseID names a case.
type CaseID string

// Outcome is what follows from a case.
type Outcome string

// The outcomes.
const (
	NoAction    Outcome = "no_action"
	Warning     Outcome = "warning"
	Report      Outcome = "report"      // Report is to the regulator: a suspicion is reported without delay (Regulation (EU) No 596/2014 art. 16(1)).
	Restriction Outcome = "restriction" // Restriction stops somebody: see Restrict.
)

// Outcomes are all of them, in the order in which people choose.
var Outcomes = []Outcome{NoAction, Warning, Report, Restriction}

// Case is what people find out about alerts.
type Case struct {
	ID       CaseID
	Title    string
	Closed   bool
	Assigned string  // Assigned is who works on it; empty for nobody.
	Outcome  Outcome // Outcome is what was decided last; empty for nothing yet.
	By       string
	Opened   time.Time
	Ended    time.Time
}

// EntryKind says what was done about a case.
type EntryKind string

// What can be done about a case.
const (
	EntryOpened   EntryKind = "opened"
	EntryAlert    EntryKind = "alert"    // EntryAlert put the alert About into it.
	EntryNote     EntryKind = "note"     // EntryNote wrote something down.
	EntryAssigned EntryKind = "assigned" // EntryAssigned gave it to the person About.
	EntryLink     EntryKind = "link"     // EntryLink named an address or a document, About.
	EntryDecision EntryKind = "decision" // EntryDecision decided About.
	EntryClosed   EntryKind = "closed"
)

// Entry is one thing that was done about a case.
type Entry struct {
	ID    string
	Kind  EntryKind
	About string
	Text  string
	By    string
	At    time.Time
}

// Open opens a case from alerts that are in none. Whoever opens it works on it.
func Open(tx *db.Tx, title string, alerts ...AlertID) (Case, error) {
	who, err := watcher(tx)
	if err != nil {
		return Case{}, err
	}
	if title, err = said(title, titleMax); err != nil {
		return Case{}, err
	}
	if len(alerts) == 0 || len(alerts) > alertsMax {
		return Case{}, ErrMany.About("%d alerts", len(alerts))
	}
	c := Case{ID: CaseID(tx.Mint("cas")), Title: title, Assigned: who.ID, By: who.ID, Opened: tx.Now()}
	err = queries(tx).OpenCase(tx.Context(), conductdb.OpenCaseParams{ID: string(c.ID), Title: title, Assigned: who.ID, OpenedBy: who.ID, OpenedAt: span.Micros(tx.Now())})
	if err != nil {
		return Case{}, err
	}
	if err := c.enter(tx, EntryOpened, "", title); err != nil {
		return Case{}, err
	}
	return c, c.put(tx, alerts)
}

// put puts alerts into a case: all of them, or it is ErrTaken. Somebody whom one of them is about cannot put it anywhere.
func (c Case) put(tx *db.Tx, alerts []AlertID) error {
	who := tx.Who()
	rows, err := queries(tx).PutInCase(tx.Context(), conductdb.PutInCaseParams{CaseRef: string(c.ID), Ids: db.In(alerts), UserRef: who.ID, PartyRef: partyOf(who)})
	if err != nil {
		return err
	}
	if rows != int64(len(alerts)) {
		return ErrTaken.About("%d of %d alerts for %s", rows, len(alerts), c.ID)
	}
	later := conductdb.New(tx.Later())
	for _, id := range alerts {
		err := later.AddAlertEntry(tx.Context(), conductdb.AddAlertEntryParams{ID: tx.Mint("ent"), CaseRef: string(c.ID), About: string(id), DoneBy: who.ID, At: span.Micros(tx.Now())})
		if err != nil {
			return err
		}
	}
	return nil
}

// Add puts one more alert into a case.
func Add(tx *db.Tx, id CaseID, alert AlertID) error {
	c, err := working(tx, id)
	if err != nil {
		return err
	}
	all, err := AlertsOf(tx, c)
	if err != nil {
		return err
	}
	if len(all) >= alertsMax {
		return ErrMany.About("%s has %d alerts", id, len(all))
	}
	return c.put(tx, []AlertID{alert})
}

// Note writes something down about a case.
func Note(tx *db.Tx, id CaseID, note string) error {
	c, err := working(tx, id)
	if err != nil {
		return err
	}
	if note, err = said(note, textMax); err != nil {
		return err
	}
	return c.enter(tx, EntryNote, "", note)
}

// Link names a document elsewhere by its address, and says what it is.
func Link(tx *db.Tx, id CaseID, address, what string) error {
	c, err := working(tx, id)
	if err != nil {
		return err
	}
	if what, err = said(what, titleMax); err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(address) > 1000 {
		return ErrLink.About("%.80q", address)
	}
	return c.enter(tx, EntryLink, u.String(), what)
}

// Assign gives a case to somebody. Whether he watches over the exchange is for the caller to know; whom the case is about would
// not find it.
func Assign(tx *db.Tx, id CaseID, person string) error {
	c, err := working(tx, id)
	if err != nil {
		return err
	}
	if person, err = said(person, titleMax); err != nil {
		return err
	}
	suspects, err := SuspectsOf(tx, c)
	if err != nil {
		return err
	}
	if slices.Contains(suspects, person) {
		return ErrUnknown.About("%s is about %s", id, person)
	}
	if _, err := queries(tx).AssignCase(tx.Context(), conductdb.AssignCaseParams{Assigned: person, ID: string(id)}); err != nil {
		return err
	}
	return c.enter(tx, EntryAssigned, person, "")
}

// Decide says what follows from a case, with a reason. It can be decided again; what was decided stays on record.
func Decide(tx *db.Tx, id CaseID, outcome Outcome, reason string) error {
	c, err := working(tx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(Outcomes, outcome) {
		return ErrOutcome.About("%.40q", string(outcome))
	}
	if reason, err = said(reason, textMax); err != nil {
		return err
	}
	if _, err := queries(tx).DecideCase(tx.Context(), conductdb.DecideCaseParams{Outcome: string(outcome), ID: string(id)}); err != nil {
		return err
	}
	return c.enter(tx, EntryDecision, string(outcome), reason)
}

// Restrict decides for a restriction and suspends a member, a trader or an account in the same moment: as every stop of the
// exchange it takes one person, and two to be lifted. One that is suspended already is exchange.ErrStanding.
func Restrict(tx *db.Tx, id CaseID, subject exchange.Subject, why exchange.Reason) error {
	if err := Decide(tx, id, Restriction, string(subject)+": "+string(why)); err != nil {
		return err
	}
	return exchange.Suspend(tx, subject, why)
}

// Close ends a case about which something was decided, with a reason. Before, it is ErrOpen.
func Close(tx *db.Tx, id CaseID, reason string) error {
	c, err := working(tx, id)
	if err != nil {
		return err
	}
	if reason, err = said(reason, textMax); err != nil {
		return err
	}
	rows, err := queries(tx).CloseCase(tx.Context(), conductdb.CloseCaseParams{ClosedAt: span.Micros(tx.Now()), ID: string(id)})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrOpen.About("%s", id)
	}
	return c.enter(tx, EntryClosed, "", reason)
}

// working gives a case that is open.
func working(tx *db.Tx, id CaseID) (Case, error) {
	c, err := GetCase(tx, id)
	if err != nil {
		return Case{}, err
	}
	if c.Closed {
		return Case{}, ErrClosed.About("%s", id)
	}
	return c, nil
}

// enter puts down what was done. A case that is full can still be ended.
func (c Case) enter(tx *db.Tx, kind EntryKind, about, body string) error {
	most := int64(entriesMax)
	if kind == EntryDecision || kind == EntryClosed {
		most += alertsMax
	}
	rows, err := queries(tx).AddEntry(tx.Context(), conductdb.AddEntryParams{ID: tx.Mint("ent"), CaseRef: string(c.ID), Kind: string(kind), About: about,
		Body: body, DoneBy: tx.Who().ID, At: span.Micros(tx.Now()), Most: most})
	if err == nil && rows == 0 {
		return ErrMany.About("%s", c.ID)
	}
	return err
}
