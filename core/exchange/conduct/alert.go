package conduct

import (
	"encoding/json"
	"fmt"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/conduct/conductdb"
	"sauda/core/exchange/watch"
	"sauda/gear/db"
)

// AlertID names an alert.
type AlertID string

// AlertState is how an alert stands.
type AlertState string

// The states of an alert.
const (
	AlertNew       AlertState = "new"       // AlertNew waits for somebody to look at it.
	AlertInCase    AlertState = "in_case"   // AlertInCase is part of a case.
	AlertDismissed AlertState = "dismissed" // AlertDismissed is one about which nothing is to be done, with a reason.
)

// Alert is a pattern that was seen, as people look at it.
type Alert struct {
	ID         AlertID
	Kind       watch.Kind
	Instrument uint32 // Instrument is its number.
	Day        span.Day
	Owners     []string
	Severity   watch.Severity
	Figures    map[string]int64
	First      time.Time // First and Last are when it was raised for the first and for the last time.
	Last       time.Time
	State      AlertState
	Case       CaseID
	Dismissed  string // Dismissed is who dismissed it, and Reason why.
	Reason     string
}

// Filter says which alerts are asked for; what is zero asks for all.
type Filter struct {
	Kind       watch.Kind
	Severity   watch.Severity // Severity is the least.
	Instrument uint32
	State      AlertState
	Suspect    string // Suspect is a party or a user.
	Before     Alert  // Before is the last one of the page before; only First and ID count.
}

// Alerts gives alerts, the youngest first, and whether there are more. Those about whoever asks are left out.
func Alerts(tx *db.Tx, f Filter) (list []Alert, more bool, err error) {
	who, err := watcher(tx)
	if err != nil {
		return nil, false, err
	}
	p := conductdb.AlertsParams{Kind: string(f.Kind), Severity: int64(f.Severity), Instrument: int64(f.Instrument), State: string(f.State),
		Suspect: f.Suspect, UserRef: who.ID, PartyRef: partyOf(who), Most: pageMax + 1, BeforeID: string(f.Before.ID)}
	if f.Before.ID != "" {
		p.BeforeAt = span.Micros(f.Before.First)
	}
	rows, err := queries(tx).Alerts(tx.Context(), p)
	if err != nil {
		return nil, false, err
	}
	list, err = alertsOf(rows[:min(len(rows), pageMax)])
	return list, len(rows) > pageMax, err
}

// Waiting says how many alerts are new, without those about whoever asks.
func Waiting(tx *db.Tx) (int64, error) {
	who, err := watcher(tx)
	if err != nil {
		return 0, err
	}
	return queries(tx).CountNew(tx.Context(), conductdb.CountNewParams{UserRef: who.ID, PartyRef: partyOf(who)})
}

// GetAlert gives an alert; one that is not there, and one about whoever asks, is ErrUnknown.
func GetAlert(tx *db.Tx, id AlertID) (Alert, error) {
	who, err := watcher(tx)
	if err != nil {
		return Alert{}, err
	}
	row, err := queries(tx).Alert(tx.Context(), conductdb.AlertParams{ID: string(id), UserRef: who.ID, PartyRef: partyOf(who)})
	if err != nil {
		return Alert{}, missing(err, string(id))
	}
	return alertOf(row)
}

// evidenceMax bounds what is read of one alert.
const evidenceMax = 200

// EvidenceOf gives the trades and orders of an alert that whoever asks may see, the first ones first.
func EvidenceOf(tx *db.Tx, a Alert) (orders []watch.Order, deals []watch.Deal, err error) {
	rows, err := queries(tx).Evidence(tx.Context(), conductdb.EvidenceParams{Alert: string(a.ID), Most: evidenceMax})
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		var o watch.Order
		var d watch.Deal
		if r.Kind == "order" {
			err = json.Unmarshal([]byte(r.Body), &o)
			orders = append(orders, o)
		} else {
			err = json.Unmarshal([]byte(r.Body), &d)
			deals = append(deals, d)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read the evidence %s %d: %w", r.Kind, r.Ref, err)
		}
	}
	return orders, deals, nil
}

// Dismiss says that nothing is to be done about an alert, with a reason. One that is in a case, or was dismissed, is ErrTaken.
func Dismiss(tx *db.Tx, id AlertID, reason string) error {
	a, err := GetAlert(tx, id)
	if err != nil {
		return err
	}
	if reason, err = said(reason, textMax); err != nil {
		return err
	}
	rows, err := queries(tx).Dismiss(tx.Context(), conductdb.DismissParams{ClosedBy: tx.Who().ID, ClosedAt: span.Micros(tx.Now()), Reason: reason, ID: string(a.ID)})
	if err == nil && rows == 0 {
		return ErrTaken.About("%s is %s", a.ID, a.State)
	}
	return err
}

func alertsOf(rows []conductdb.ConductAlert) ([]Alert, error) {
	list := make([]Alert, len(rows))
	for n, r := range rows {
		a, err := alertOf(r)
		if err != nil {
			return nil, err
		}
		list[n] = a
	}
	return list, nil
}

func alertOf(r conductdb.ConductAlert) (Alert, error) {
	day, err := span.Parse(r.Day)
	if err != nil {
		return Alert{}, err
	}
	a := Alert{ID: AlertID(r.ID), Kind: watch.Kind(r.Kind), Instrument: uint32(r.Instrument), Day: day, Severity: watch.Severity(r.Severity),
		First: span.FromMicros(r.FirstAt), Last: span.FromMicros(r.LastAt), State: AlertNew, Case: CaseID(r.CaseRef), Dismissed: r.ClosedBy, Reason: r.Reason}
	switch {
	case r.CaseRef != "":
		a.State = AlertInCase
	case r.ClosedBy != "":
		a.State = AlertDismissed
	}
	if err := json.Unmarshal([]byte(r.Owners), &a.Owners); err != nil {
		return Alert{}, fmt.Errorf("read the owners of %s: %w", r.ID, err)
	}
	return a, json.Unmarshal([]byte(r.Figures), &a.Figures)
}
