package course

import (
	"strings"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course/coursedb"
	"sauda/core/hold"
	"sauda/core/waitlist"
	"sauda/gear/db"
)

// Waits are what is waited for of courses: the line is the group.
type Waits struct{}

// Awaits is what is said of them.
func (Waits) Awaits() string { return WayName }

// Await has the buyer who acts wait for places in a group that has too few; who the students are is asked when there are some. A
// group that has enough is waitlist.ErrFree, and one that takes nobody ErrClosed.
func Await(tx *db.Tx, to CohortID, places int, lang string) (waitlist.Wait, error) {
	if who := tx.Who(); who.Kind != db.KindBuyer || who.Party == "" {
		return waitlist.Wait{}, ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	c, err := GetCohort(tx, to)
	if err != nil {
		return waitlist.Wait{}, err
	}
	on, err := Get(tx, c.Course)
	if err != nil {
		return waitlist.Wait{}, err
	}
	zone, err := span.ZoneOf(c.Zone)
	if err != nil {
		return waitlist.Wait{}, err
	}
	switch {
	case on.State == StateDraft:
		return waitlist.Wait{}, ErrUnknown.About("%s is a draft", on.ID)
	case on.State == StateEnded || !c.Open(span.DayOf(tx.Now(), zone)):
		return waitlist.Wait{}, ErrClosed.About("%s", c.ID)
	case c.Left >= int64(max(places, 1)):
		return waitlist.Wait{}, waitlist.ErrFree.About("%d are left of %s", c.Left, c.ID)
	}
	days := printed(c.Days.From) + "–" + printed(c.Last())
	return waitlist.Join(tx, waitlist.Ask{
		Kind: WayName, Line: string(c.ID), Seller: c.Seller, Product: string(on.Product), Places: places, Starts: c.Days.From.Start(zone), Ends: c.Ends,
		Closes: c.EnrolUntil.AddDays(1).Start(zone), Name: on.Name, Label: text.Localized{"kk": days, "ru": days, "en": days, "zh": days}, Lang: lang,
	})
}

// Demands says what some who wait would take now, in two statements. A group that is closed lets them rest; one that is called
// off, or whose course has ended, is over.
func (Waits) Demands(tx *db.Tx, all []waitlist.Wait) (map[waitlist.ID]waitlist.Demand, error) {
	ids := make([]CohortID, len(all))
	for i, w := range all {
		ids[i] = CohortID(w.Line)
	}
	cohorts, err := SomeCohorts(tx, ids)
	if err != nil {
		return nil, err
	}
	var of []ID
	for _, c := range cohorts {
		of = append(of, c.Course)
	}
	courses, err := Some(tx, of)
	if err != nil {
		return nil, err
	}
	demands := make(map[waitlist.ID]waitlist.Demand, len(all))
	for _, w := range all {
		c, known := cohorts[CohortID(w.Line)]
		if !known || c.State == CohortCalledOff || courses[c.Course].State == StateEnded {
			continue
		}
		zone, err := span.ZoneOf(c.Zone)
		if err != nil {
			return nil, err
		}
		d := waitlist.Demand{Until: c.EnrolUntil.AddDays(1).Start(zone)}
		if c.State == CohortOpen {
			d.Ways = [][]hold.Want{{{Key: PlacesKey(c.ID), Quantity: int64(w.Places)}}}
		}
		demands[w.ID] = d
	}
	return demands, nil
}

// ownPrefix begins the owners of the claims of enrolments that came of an offer.
const ownPrefix = "enrolment/"

// own says whether an enrolment came of an offer: then its claim is not its order's.
func (e Enrolment) own() bool { return strings.HasPrefix(e.Owner, ownPrefix) }

// hold has an enrolment hold a place by itself, of those that are offered.
func (e *Enrolment) hold(tx *db.Tx, w waitlist.Wait) error {
	e.Owner = ownPrefix + string(e.ID) + "/" + string(w.ID)
	return waitlist.Hand(tx, w, waitlist.Handing{To: e.Owner, Ref: string(e.ID), Places: 1, Wants: e.wants()})
}

func (e Enrolment) wants() []hold.Want { return []hold.Want{{Key: PlacesKey(e.Cohort), Quantity: 1}} }

// again gives an enrolment that stands already to who asks for it again; a place that was offered to him since is held by it.
func (e Enrolment) again(tx *db.Tx, w waitlist.Wait) (Enrolment, error) {
	if w.ID == "" || e.State != Waiting && e.State != Invited {
		return e, nil
	}
	claim, err := e.claim(tx)
	if err != nil || claim.State == hold.StateHeld {
		return e, err
	}
	if err := e.hold(tx, w); err != nil {
		return Enrolment{}, err
	}
	n, err := coursedb.New(tx).SetOwner(tx.Context(), coursedb.SetOwnerParams{Owner: e.Owner, ID: string(e.ID), Version: e.Version})
	if err == nil && n == 0 {
		err = db.ErrRace
	}
	e.Version++
	return e, err
}

// claim gives what an enrolment holds by itself; the zero Claim when it came of no offer.
func (e Enrolment) claim(tx *db.Tx) (hold.Claim, error) {
	if !e.own() {
		return hold.Claim{}, nil
	}
	claims, err := hold.Of(tx, e.Owner)
	if err != nil || len(claims) == 0 {
		return hold.Claim{}, err
	}
	return claims[0], nil
}

// held has a place that came of an offer ask the basket for nothing while the enrolment holds it.
func (c *Choice) held(tx *db.Tx) error {
	claim, err := c.Enrolment.claim(tx)
	if err != nil || claim.State != hold.StateHeld {
		return err
	}
	c.Wants = nil
	if over := claim.Until.Add(-waitlist.Grace); over.Before(c.Until) {
		c.Until = over
	}
	return nil
}

// keeper says whose the claim on the place of an enrolment is that is ordered now: its own, which is confirmed, or that of the
// order. One whose own claim has lapsed meanwhile, and for which the order holds nothing, is hold.ErrLapsed.
func (e Enrolment) keeper(tx *db.Tx, order string) (string, error) {
	if !e.own() {
		return order, nil
	}
	mine, err := e.claim(tx)
	if err != nil {
		return "", err
	}
	if mine.State == hold.StateHeld {
		return e.Owner, hold.Confirm(tx, e.Owner)
	}
	claims, err := hold.Of(tx, order)
	if err != nil {
		return "", err
	}
	for _, c := range claims {
		if c.Key == PlacesKey(e.Cohort) && c.State == hold.StateConfirmed {
			return order, nil
		}
	}
	return e.Owner, hold.Confirm(tx, e.Owner)
}

// Holding says which of some owners of claims are enrolments that hold their places by themselves: those who may still order, and
// those who have.
func Holding(tx *db.Tx, owners []string) (map[string]bool, error) {
	var ids []EnrolmentID
	for _, o := range owners {
		if parts := strings.Split(o, "/"); len(parts) == 3 && o != strings.TrimPrefix(o, ownPrefix) {
			ids = append(ids, EnrolmentID(parts[1]))
		}
	}
	all, err := someEnrolments(tx, ids)
	held := make(map[string]bool, len(all))
	for _, e := range all {
		held[e.Owner] = e.Live()
	}
	return held, err
}
