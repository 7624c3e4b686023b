package booking

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sauda/base/span"
)

// Limits of a calendar that somebody else has written.
const (
	CalendarMax = 1 << 20 // CalendarMax bounds its bytes.
	eventsMax   = 2000    // eventsMax bounds its events.
	timesMax    = 4000    // timesMax bounds the times at which its events are, repeated ones too.
	uidMax      = 200     // uidMax bounds what is kept of the name of an event.
	stepsMax    = 200_000 // stepsMax bounds what is reckoned of repeated events, most of which may lie far back.
)

// busy is a time at which a calendar says that something is taken.
type busy struct {
	UID          string
	Starts, Ends time.Time
}

// read is what was understood of a calendar.
type read struct {
	Busy []busy
	Odd  int // Odd counts the events that were not understood.
}

// event is a VEVENT as it stands in a file.
type event struct {
	uid          string
	starts, ends time.Time
	rule         string
	except       map[int64]bool // except are when it is not repeated, in seconds.
	instead      time.Time      // instead is the start of the repetition in whose place this one is.
	free, odd    bool
}

// readCalendar reads the times of an iCalendar object (RFC 5545) that lie between two instants. Times without a zone, and in
// one that nobody knows, are those of the place. Of repetition it knows FREQ of DAILY, WEEKLY, MONTHLY and YEARLY with INTERVAL,
// COUNT, UNTIL, and BYDAY of weeks (§3.3.10); an event that repeats otherwise is odd. What is larger than the limits, or no
// calendar, is ErrCalendar.
func readCalendar(body []byte, place *time.Location, from, to time.Time) (read, error) {
	if len(body) > CalendarMax || !bytes.Contains(body, []byte("BEGIN:VCALENDAR")) {
		return read{}, ErrCalendar.About("%d bytes", len(body))
	}
	events, err := eventsOf(body, place)
	if err != nil {
		return read{}, err
	}
	moved := make(map[string]map[int64]bool)
	for _, e := range events {
		if e.instead.IsZero() {
			continue
		}
		if moved[e.uid] == nil {
			moved[e.uid] = make(map[int64]bool)
		}
		moved[e.uid][e.instead.Unix()] = true
	}
	var r read
	steps := 0
	for _, e := range events {
		switch {
		case e.odd:
			r.Odd++
			continue
		case e.free:
			continue
		}
		rule, ok := ruleOf(e.rule, e.starts)
		if !ok {
			r.Odd++
			continue
		}
		length := e.ends.Sub(e.starts)
		for at := range rule.times(e.starts, &steps) {
			if !at.Before(to) {
				break
			}
			fell := e.except[at.Unix()] || e.instead.IsZero() && moved[e.uid][at.Unix()]
			if at.Add(length).After(from) && !fell {
				r.Busy = append(r.Busy, busy{e.uid, at, at.Add(length)})
			}
			if len(r.Busy) > timesMax || steps > stepsMax {
				return read{}, ErrCalendar.About("%d times, %d steps", len(r.Busy), steps)
			}
		}
	}
	return r, nil
}

// eventsOf reads the events of a file, line by line. Lines that are folded are one (§3.1).
func eventsOf(body []byte, place *time.Location) ([]event, error) {
	text := strings.ReplaceAll(string(body), "\r\n", "\n")
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	var all []event
	var e *event
	var lasts string
	in := places{here: place, known: make(map[string]*time.Location)}
	nested := 0 // nested counts alarms and the like inside of an event.
	for line := range strings.SplitSeq(text, "\n") {
		name, params, value := lineOf(line)
		switch {
		case name == "BEGIN" && value == "VEVENT" && e == nil:
			if len(all) == eventsMax {
				return nil, ErrCalendar.About("more than %d events", eventsMax)
			}
			e, lasts, nested = &event{except: make(map[int64]bool)}, "", 0
		case e == nil:
		case name == "BEGIN":
			nested++
		case name == "END" && nested > 0:
			nested--
		case name == "END":
			all = append(all, e.whole(lasts))
			e = nil
		case nested == 0 && name == "DURATION":
			lasts = value
		case nested == 0:
			e.take(name, value, in.of(params))
		}
	}
	return all, nil
}

// storable gives at most so many bytes of what another house has written, without what no text has: half letters, bytes of
// another encoding, and signs that nobody sees, of which PostgreSQL refuses NUL.
func storable(s string, most int) string {
	s = strings.ToValidUTF8(s[:min(len(s), most)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// lineOf parts a line into its name, its parameters and its value. A colon in quotes is none.
func lineOf(line string) (name, params, value string) {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			name, params, _ = strings.Cut(line[:i], ";")
			return strings.ToUpper(name), params, strings.TrimSpace(line[i+1:])
		}
	}
	return "", "", ""
}

// places are the zones that a calendar names; here is where it counts.
type places struct {
	here  *time.Location
	known map[string]*time.Location
}

// of gives the zone that the parameters of a line name, each looked up once; one that nobody knows is here.
func (p places) of(params string) *time.Location {
	for part := range strings.SplitSeq(params, ";") {
		if len(part) <= len("TZID=") || !strings.EqualFold(part[:len("TZID=")], "TZID=") {
			continue
		}
		zone := strings.Trim(strings.TrimPrefix(part[len("TZID="):], "/"), `"`)
		if loc, known := p.known[zone]; known {
			return loc
		}
		loc, err := span.ZoneOf(zone)
		if err != nil || zone == "" || zone == "Local" {
			loc = p.here
		}
		p.known[zone] = loc
		return loc
	}
	return p.here
}

// take takes one line of an event, whose times are in a place.
func (e *event) take(name, value string, place *time.Location) {
	var ok bool
	switch name {
	case "UID":
		e.uid = storable(value, uidMax)
	case "DTSTART":
		e.starts, ok = instant(value, place)
		e.odd = e.odd || !ok
		if !strings.Contains(value, "T") && ok && e.ends.IsZero() { // A day without an end lasts until the next (§3.6.1).
			e.ends = e.starts.AddDate(0, 0, 1)
		}
	case "DTEND":
		e.ends, ok = instant(value, place)
		e.odd = e.odd || !ok
	case "RECURRENCE-ID":
		e.instead, ok = instant(value, place)
		e.odd = e.odd || !ok
	case "EXDATE":
		for part := range strings.SplitSeq(value, ",") {
			if at, ok := instant(part, place); ok {
				e.except[at.Unix()] = true
			}
		}
	case "RRULE":
		e.rule = value
	case "RDATE":
		e.odd = true
	case "STATUS":
		e.free = e.free || value == "CANCELLED"
	case "TRANSP":
		e.free = e.free || value == "TRANSPARENT"
	}
}

// whole gives an event with its end; one that makes no sense is odd.
func (e *event) whole(lasts string) event {
	if d, ok := duration(lasts); ok {
		e.ends = e.starts.Add(d)
	}
	if e.ends.IsZero() {
		e.ends = e.starts
	}
	e.odd = e.odd || e.starts.IsZero() || e.ends.Before(e.starts) || e.ends.Sub(e.starts) > AheadMax*24*time.Hour || lasts != "" && e.ends.Equal(e.starts)
	return *e
}

// instant reads a DATE or a DATE-TIME (§3.3.4, §3.3.5).
func instant(value string, place *time.Location) (time.Time, bool) {
	layout := "20060102T150405"
	switch {
	case len(value) == len("20060102"):
		layout = "20060102"
	case strings.HasSuffix(value, "Z"):
		layout, place = "20060102T150405Z", time.UTC
	}
	at, err := time.ParseInLocation(layout, value, place)
	return at, err == nil && at.Year() >= 1970 && at.Year() < 2200
}

// duration reads a DURATION of weeks, days, hours and minutes (§3.3.6).
func duration(s string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(s, "P")
	var d time.Duration
	number := 0
	for _, c := range rest {
		switch {
		case c >= '0' && c <= '9' && number < 100_000:
			number = number*10 + int(c-'0')
		case c == 'T':
		default:
			unit, known := map[rune]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}[c]
			if !known {
				return 0, false
			}
			d += time.Duration(number) * unit
			number = 0
		}
	}
	return d, ok && d > 0
}

// rule is how an event repeats; the zero rule does not.
type rule struct {
	freq     string
	interval int
	count    int
	until    time.Time
	days     []time.Weekday
}

var weekdays = map[string]time.Weekday{"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 0}

// ruleOf reads a RRULE; one of another kind is refused.
func ruleOf(s string, starts time.Time) (rule, bool) {
	r := rule{interval: 1}
	if s == "" {
		return r, true
	}
	for part := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(strings.ToUpper(part), "=")
		n, bad := strconv.Atoi(value)
		ok := true
		switch name {
		case "FREQ":
			r.freq = value
		case "INTERVAL":
			r.interval, ok = n, bad == nil && n > 0 && n <= 1000
		case "COUNT":
			r.count, ok = n, bad == nil && n > 0
		case "UNTIL":
			r.until, ok = instant(value, starts.Location())
			if len(value) == len("20060102") {
				r.until = r.until.AddDate(0, 0, 1).Add(-time.Second)
			}
		case "BYDAY":
			for d := range strings.SplitSeq(value, ",") {
				w, known := weekdays[d]
				ok = ok && known
				r.days = append(r.days, w)
			}
		case "WKST":
		default:
			ok = false
		}
		if !ok {
			return rule{}, false
		}
	}
	known := slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, r.freq)
	return r, known && (len(r.days) == 0 || r.freq == "WEEKLY" && (r.interval == 1 || len(r.days) == 1 && r.days[0] == starts.Weekday()))
}

// times gives when an event begins, the first time too, until its rule or what may be reckoned ends. A month or a year that does
// not have the day is passed over (§3.3.10).
func (r rule) times(starts time.Time, steps *int) func(yield func(time.Time) bool) {
	return func(yield func(time.Time) bool) {
		if r.freq == "" {
			yield(starts)
			return
		}
		given := 0
		for n := 0; *steps <= stepsMax; n++ {
			*steps++
			at := starts
			switch r.freq {
			case "DAILY":
				at = starts.AddDate(0, 0, n*r.interval)
			case "WEEKLY":
				if len(r.days) > 0 && r.interval == 1 {
					at = starts.AddDate(0, 0, n)
				} else {
					at = starts.AddDate(0, 0, 7*n*r.interval)
				}
			case "MONTHLY":
				at = starts.AddDate(0, n*r.interval, 0)
			case "YEARLY":
				at = starts.AddDate(n*r.interval, 0, 0)
			}
			if at.Year() > 2200 || !r.until.IsZero() && at.After(r.until) {
				return
			}
			if at.Day() != starts.Day() && (r.freq == "MONTHLY" || r.freq == "YEARLY") || len(r.days) > 0 && !slices.Contains(r.days, at.Weekday()) {
				continue
			}
			if given++; !yield(at) || given == r.count {
				return
			}
		}
	}
}

// writeCalendar writes times at which something is not to be had as an iCalendar object, without a word about why or who.
// Lines end with CRLF (§3.1); none is long enough to be folded.
func writeCalendar(of Resource, times []busy, at time.Time) string {
	var b strings.Builder
	line := func(s ...string) { b.WriteString(strings.Join(s, "") + "\r\n") }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Sauda//Booking//EN")
	line("METHOD:PUBLISH")
	for _, t := range times {
		line("BEGIN:VEVENT")
		line("UID:", t.UID)
		line("DTSTAMP:", at.UTC().Format("20060102T150405Z"))
		if of.Grain == GrainDay {
			line("DTSTART;VALUE=DATE:", strings.ReplaceAll(span.DayOf(t.Starts, of.Location()).String(), "-", ""))
			line("DTEND;VALUE=DATE:", strings.ReplaceAll(span.DayOf(t.Ends, of.Location()).String(), "-", ""))
		} else {
			line("DTSTART:", t.Starts.UTC().Format("20060102T150405Z"))
			line("DTEND:", t.Ends.UTC().Format("20060102T150405Z"))
		}
		line("SUMMARY:Busy")
		line("TRANSP:OPAQUE")
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return b.String()
}
