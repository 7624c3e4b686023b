package booking

import (
	"iter"
	"maps"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Block is a time at which some units of a resource are not to be had.
type Block struct {
	ID       string
	Resource ResourceID
	Starts   time.Time
	Ends     time.Time
	Units    int64
	Source   string // Source is the feed from which it came; empty when the seller has closed it.
	UID      string
	Note     string
}

// Close takes units of a resource out of sale on some days. Bookings that are there stay.
func Close(tx *db.Tx, of seller.ID, b Block) (Block, error) {
	r, err := ResourceOf(tx, of, b.Resource)
	if err != nil {
		return Block{}, err
	}
	note, err := text.Clean(b.Note)
	c := &checker{}
	c.when(err != nil || text.Limit(note, noteMax) != nil, "/note", fault.Say("Use at most {n} characters.").With("n", noteMax))
	c.when(!b.Starts.Before(b.Ends) || b.Ends.Sub(b.Starts) > AheadMax*24*time.Hour, "/to", fault.Say("Choose an end after the start."))
	c.whole(int(min(b.Units, 1<<20)), 1, 10_000, "/units")
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return Block{}, err
	}
	b.ID, b.Source, b.Note = tx.Mint("blk"), "", note
	if err := addBlock(tx, b); err != nil {
		return Block{}, err
	}
	return b, relevel(tx, r, b.Starts, b.Ends)
}

// Reopen gives back what was closed. What a feed has closed stays closed until the feed says otherwise.
func Reopen(tx *db.Tx, of seller.ID, resource ResourceID, id string) error {
	r, err := ResourceOf(tx, of, resource)
	if err != nil {
		return err
	}
	rows, err := bookingdb.New(tx).DropBlock(tx.Context(), bookingdb.DropBlockParams{ID: id, Resource: string(resource)})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrUnknown.About("block %.60q", id)
	}
	b := blockOf(rows[0])
	return relevel(tx, r, b.Starts, b.Ends)
}

func addBlock(tx *db.Tx, b Block) error {
	return bookingdb.New(tx).AddBlock(tx.Context(), bookingdb.AddBlockParams{
		ID: b.ID, Resource: string(b.Resource), StartsAt: span.Micros(b.Starts), EndsAt: span.Micros(b.Ends), Units: b.Units,
		Source: b.Source, Uid: b.UID, Note: b.Note,
	})
}

// relevel counts the calendar of a resource anew between two instants, as far as it is open.
func relevel(tx *db.Tx, r Resource, from, to time.Time) error {
	loc := r.Location()
	days := span.Days{From: span.DayOf(from, loc), To: span.DayOf(to.Add(-time.Microsecond), loc).AddDays(1)}
	if today := span.DayOf(tx.Now(), loc); days.From.Before(today) {
		days.From = today
	}
	if r.Opened.Before(days.To) {
		days.To = r.Opened
	}
	return level(tx, r, days, nil)
}

// Closings gives what closes a resource from now on, in the order of their days.
func Closings(tx *db.Tx, r Resource) ([]Block, error) {
	return blocksOf(tx, []ResourceID{r.ID}, tx.Now(), tx.Now().AddDate(0, 0, 2*AheadMax))
}

// blocksOf gives what closes some resources between two instants, in one statement.
func blocksOf(tx *db.Tx, of []ResourceID, from, to time.Time) ([]Block, error) {
	rows, err := bookingdb.New(tx).Blocks(tx.Context(), bookingdb.BlocksParams{
		Resources: db.In(of), Since: span.Micros(from), Until: span.Micros(to),
	})
	all := make([]Block, len(rows))
	for i, r := range rows {
		all[i] = blockOf(r)
	}
	return all, err
}

func blockOf(r bookingdb.BookingBlock) Block {
	return Block{r.ID, ResourceID(r.Resource), span.FromMicros(r.StartsAt), span.FromMicros(r.EndsAt), r.Units, r.Source, r.Uid, r.Note}
}

// placed says of which calendar and day a pool is. Quarters are placed by the day in UTC of their instant, which is good
// enough for what leads the search.
func placed(p hold.Pool) (led string, day span.Day, ok bool) {
	led, _, _ = strings.Cut(p.Subject, "/")
	rest, is := strings.CutPrefix(p.Key, "day:"+led+":")
	if !is {
		rest, is = strings.CutPrefix(p.Key, "quarter:"+led+":")
	}
	if !is || len(rest) < len(time.DateOnly) {
		return led, span.Day{}, false
	}
	day, err := span.Parse(rest[:len(time.DateOnly)])
	return led, day, err == nil
}

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
