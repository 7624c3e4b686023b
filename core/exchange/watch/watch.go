// Package watch looks at a market for patterns by which prices and volumes are made to look like what they are not.
//
// It is a pure machine, as the venue is: events go in, in the order of their numbers, alerts come out, and the same events
// give the same alerts. It has no clock and no store; the time comes with the events. It belongs to one goroutine. Each
// instrument has a Line of its own, with memory that is bounded: what is older or more than it keeps is forgotten, the oldest
// first, and is then no part of any pattern.
//
//	events ──▶ Desk ──▶ Line of the instrument ──┬─▶ wash, ring: who traded with whom
//	                                             ├─▶ layering: what was shown while the other side traded
//	                                             ├─▶ close: who moved the last price of the day
//	                                             └─▶ flood: messages without trades
//
// An alert is no verdict: it says which figures were above which bound. What becomes of it people decide (core/exchange/conduct).
// It does not know who a party is: an owner is an opaque string that stands for one beneficial owner, whatever accounts he has.
//
// docs/exchange/surveillance.md has the patterns with their sources.
package watch

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// Kind says which pattern an alert is about.
type Kind string

// The patterns (Regulation (EU) No 596/2014 art. 12; Delegated Regulation (EU) 2016/522, Annex II, Section 1).
const (
	Wash     Kind = "wash"     // Wash is trade of one owner with himself: nothing changes hands (art. 12(1)(a)).
	Ring     Kind = "ring"     // Ring is two who sell to each other and back, mostly to nobody else (art. 12(1)(a)).
	Layering Kind = "layering" // Layering is much shown on one side, and taken back when the other has traded (Section 1 point 5(e)).
	Close    Kind = "close"    // Close is trade of one owner that moves the last price of the day (art. 12(2)(b)).
	Flood    Kind = "flood"    // Flood is so many orders and cancels that others cannot see the market (art. 12(2)(c)).
)

// Kinds are all patterns, in the order in which people are shown them.
var Kinds = []Kind{Wash, Ring, Layering, Close, Flood}

// Severity says how far above its bounds a pattern is.
type Severity uint8

// The severities.
const (
	Low Severity = iota + 1
	Medium
	High
)

// Order is an order of an alert, as it was when the alert was raised.
type Order struct {
	ID      uint64    `json:"id"`
	Account uint32    `json:"account"`
	Trader  uint32    `json:"trader"`
	Side    book.Side `json:"side"`
	Price   int64     `json:"price"`
	Qty     int64     `json:"qty"`
	From    int64     `json:"from"`  // From is when it was entered, in microseconds.
	Until   int64     `json:"until"` // Until is when it was taken back; zero while nobody has.
}

// Deal is a trade of an alert.
type Deal struct {
	ID    uint64      `json:"id"`
	Price int64       `json:"price"`
	Qty   int64       `json:"qty"`
	Time  int64       `json:"time"`
	Buy   venue.Party `json:"buy"`
	Sell  venue.Party `json:"sell"`
}

// Alert is a pattern that was seen. One pattern of the same owners in one instrument on one day is one alert, which grows: it
// is raised again with what came to it, under the same Key.
type Alert struct {
	Kind       Kind             `json:"kind"`
	Instrument uint32           `json:"instrument"`
	Day        span.Day         `json:"day"`
	Owners     []string         `json:"owners"` // Owners are sorted: of a ring two, else one.
	Severity   Severity         `json:"severity"`
	Seq        uint64           `json:"seq"` // Seq is the event at which it was raised.
	At         int64            `json:"at"`
	Orders     []Order          `json:"orders"`  // Orders and Deals are those that have come to it.
	Deals      []Deal           `json:"deals"`   // Deals are trades.
	Figures    map[string]int64 `json:"figures"` // Figures are what was counted, by name; shares are in hundredths.
}

// Key names an alert: raised again, it has the same.
func (a Alert) Key() string {
	return strings.Join([]string{string(a.Kind), strconv.Itoa(int(a.Instrument)), a.Day.String(), strings.Join(a.Owners, "+")}, "/")
}

// Desk watches a whole market.
type Desk struct {
	// Rules gives what holds for an instrument, and Owner whose an account is. Both must answer alike whenever they are asked:
	// what they say is no part of the state.
	Rules func(instrument uint32) Rules
	Owner func(account uint32) string

	lines map[uint32]*Line
	dirty map[uint32]bool
	seq   uint64
}

// New gives a desk that has seen nothing.
func New(rules func(uint32) Rules, owner func(uint32) string) *Desk {
	return &Desk{Rules: rules, Owner: owner, lines: make(map[uint32]*Line), dirty: make(map[uint32]bool)}
}

// Seq is the last event that was seen.
func (d *Desk) Seq() uint64 { return d.seq }

// Take looks at events and gives the alerts that they raise. Events that were seen already are passed over, so that told again
// they raise nothing.
func (d *Desk) Take(events []venue.Event) (alerts []Alert) {
	for n := range events {
		e := &events[n]
		if e.Seq <= d.seq {
			continue
		}
		d.seq = e.Seq
		if e.Instrument == 0 {
			continue
		}
		l := d.lines[e.Instrument]
		if l == nil {
			l = newLine(e.Instrument)
			d.lines[e.Instrument] = l
		}
		seen := sight{Line: l, rules: d.Rules(e.Instrument), owner: d.Owner}
		seen.take(e)
		d.dirty[e.Instrument] = true
		alerts = append(alerts, seen.alerts...)
	}
	return alerts
}

// sight is one event as a line sees it.
type sight struct {
	*Line
	rules  Rules
	owner  func(uint32) string
	alerts []Alert
}

// take looks at one event.
func (s *sight) take(e *venue.Event) {
	s.Seq, s.Now = e.Seq, e.Time
	s.judgeProbes()
	switch e.Kind {
	case venue.Reported, venue.Waited:
		s.message(e)
		s.follow(e)
	case venue.Refused:
		s.message(e)
	case venue.Dealt:
		s.deal(&e.Trade)
	case venue.Turned:
		s.turn(e.Phase)
	case venue.Opened:
		s.begin()
	}
}

// whose gives the owner of an account; one whom nobody knows is himself.
func (s *sight) whose(account uint32) string {
	if who := s.owner(account); who != "" {
		return who
	}
	return "#" + strconv.FormatUint(uint64(account), 10)
}

// raise says that a pattern was seen.
func (s *sight) raise(a Alert) {
	a.Instrument, a.Seq, a.At = s.Instrument, s.Seq, s.Now
	a.Day = span.DayOf(time.UnixMicro(s.Now), span.Almaty)
	slices.Sort(a.Owners)
	s.alerts = append(s.alerts, a)
}

// atLeast gives the first severity whose bound a number reaches; bounds are those of Medium and High.
func atLeast(n, medium, high int64) Severity {
	switch {
	case n >= high:
		return High
	case n >= medium:
		return Medium
	}
	return Low
}
