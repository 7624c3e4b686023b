package booking

import (
	"net/url"
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

// FeedID names a calendar of another house.
type FeedID string

// Feed is the calendar of another house in which a resource is sold too. Each of its events closes one unit here; none of them
// unsells what is booked.
type Feed struct {
	ID       FeedID
	Seller   seller.ID
	Resource ResourceID
	Name     string
	URL      string // URL is where it is fetched; empty when its files are brought by hand.
	Read     time.Time
	Events   int
	Odd      int // Odd counts events that were not understood: the seller closes their days by hand.
	Trouble  string
}

const (
	feedsMax  = 50               // feedsMax bounds the feeds of a seller.
	feedEvery = 30 * time.Minute // feedEvery is how often a feed is fetched.
)

// AddFeed has a resource follow the calendar of another house. An address is fetched by and by; without one its files are
// brought by ReadFeed.
func AddFeed(tx *db.Tx, f Feed) (Feed, error) {
	if _, err := ResourceOf(tx, f.Seller, f.Resource); err != nil {
		return Feed{}, err
	}
	all, err := Feeds(tx, f.Seller)
	if err != nil {
		return Feed{}, err
	}
	c := &checker{}
	name, err := text.Clean(f.Name)
	c.when(err != nil || name == "" || text.Limit(name, NameMax) != nil, "/name", fault.Say("Use at most {n} characters.").With("n", NameMax))
	at, err := url.Parse(f.URL)
	bad := err != nil || at.Scheme != "https" || at.Host == "" || at.User != nil || len(f.URL) > 1000 || storable(f.URL, 1000) != f.URL
	c.when(f.URL != "" && bad, "/url", fault.Say("Write a public address that begins with https:// and names no user."))
	c.when(len(all) >= feedsMax, "", fault.Say("Name at most {most} of a kind.").With("most", feedsMax))
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return Feed{}, err
	}
	f.ID, f.Name = FeedID(tx.Mint("bfd")), name
	return f, bookingdb.New(tx).AddFeed(tx.Context(), bookingdb.AddFeedParams{
		ID: string(f.ID), Seller: string(f.Seller), Resource: string(f.Resource), Name: f.Name, URL: f.URL, DueAt: span.Micros(tx.Now()),
	})
}

// Feeds gives the feeds of a seller.
func Feeds(tx *db.Tx, of seller.ID) ([]Feed, error) {
	rows, err := bookingdb.New(tx).Feeds(tx.Context(), string(of))
	all := make([]Feed, len(rows))
	for i, r := range rows {
		all[i] = feedOf(r)
	}
	return all, err
}

func feedOf(r bookingdb.BookingFeed) Feed {
	return Feed{ID: FeedID(r.ID), Seller: seller.ID(r.Seller), Resource: ResourceID(r.Resource), Name: r.Name, URL: r.URL, Read: span.FromMicros(r.ReadAt),
		Events: int(r.Events), Odd: int(r.Odd), Trouble: r.Trouble}
}

// FeedOf gives a feed of a seller; another seller's is as unknown as none.
func FeedOf(tx *db.Tx, of seller.ID, id FeedID) (Feed, error) {
	rows, err := bookingdb.New(tx).Feed(tx.Context(), string(id))
	if err != nil {
		return Feed{}, err
	}
	if len(rows) == 0 || rows[0].Seller != string(of) {
		return Feed{}, ErrUnknown.About("feed %.60q of %s", string(id), of)
	}
	return feedOf(rows[0]), nil
}

// DropFeed ends a feed; what it has closed is for sale again.
func DropFeed(tx *db.Tx, of seller.ID, id FeedID) error {
	f, err := FeedOf(tx, of, id)
	if err != nil {
		return err
	}
	if err := f.follow(tx, nil); err != nil {
		return err
	}
	_, err = bookingdb.New(tx).DropFeed(tx.Context(), bookingdb.DropFeedParams{ID: string(id), Seller: string(of)})
	return err
}

// TakeFeeds gives at most so many feeds that are due to be fetched; for half an hour they are nobody else's.
func TakeFeeds(tx *db.Tx, most int) ([]Feed, error) {
	rows, err := bookingdb.New(tx).TakeFeeds(tx.Context(), bookingdb.TakeFeedsParams{
		Later: span.Micros(tx.Now().Add(feedEvery)), Now: span.Micros(tx.Now()), Most: int64(most),
	})
	all := make([]Feed, len(rows))
	for i, r := range rows {
		all[i] = feedOf(r)
	}
	return all, err
}

// NoteTrouble writes down why a feed could not be read. What it has closed before stays closed.
func NoteTrouble(tx *db.Tx, id FeedID, trouble string) error {
	return bookingdb.New(tx).NoteTrouble(tx.Context(), bookingdb.NoteTroubleParams{Trouble: storable(trouble, 200), ID: string(id)})
}

// ReadFeed has a feed close what its calendar says now, and reopen what it does not say any more. What cannot be read is
// ErrCalendar, and then all stays as it was. Events of the resource's own calendar, which the other house gives back, are known
// by their UIDs and close nothing.
func ReadFeed(tx *db.Tx, of seller.ID, id FeedID, body []byte) (Feed, error) {
	f, err := FeedOf(tx, of, id)
	if err != nil {
		return Feed{}, err
	}
	r, err := ResourceOf(tx, of, f.Resource)
	if err != nil {
		return Feed{}, err
	}
	today := span.DayOf(tx.Now(), r.Location())
	got, err := readCalendar(body, r.Location(), today.Start(r.Location()), today.AddDays(AheadMax).Start(r.Location()))
	if err != nil {
		return Feed{}, err
	}
	var times []busy
	for _, b := range got.Busy {
		if strings.HasPrefix(b.UID, string(r.ID)+"-") && strings.HasSuffix(b.UID, ownUIDs) {
			continue
		}
		times = append(times, r.within(b))
	}
	if err := f.follow(tx, times); err != nil {
		return Feed{}, err
	}
	f.Read, f.Events, f.Odd, f.Trouble = tx.Now(), len(times), got.Odd, ""
	return f, bookingdb.New(tx).NoteFeed(tx.Context(), bookingdb.NoteFeedParams{
		ReadAt: span.Micros(f.Read), Events: int64(f.Events), Odd: int64(f.Odd), ID: string(f.ID),
	})
}

// within gives a time as it closes a resource: whole days of one that is counted by them, and of a stay not the day on which it
// ends.
func (r Resource) within(b busy) busy {
	if r.Grain != GrainDay {
		if !b.Starts.Before(b.Ends) {
			b.Ends = b.Starts.Add(quarter)
		}
		return b
	}
	from, to := span.DayOf(b.Starts, r.Location()), span.DayOf(b.Ends, r.Location())
	if !from.Before(to) {
		to = from.AddDays(1)
	}
	return busy{b.UID, from.Start(r.Location()), to.Start(r.Location())}
}

// follow makes the blocks of a feed those times and no other, and counts the calendar anew where they differ.
func (f Feed) follow(tx *db.Tx, times []busy) error {
	r, err := ResourceOf(tx, f.Seller, f.Resource)
	if err != nil {
		return err
	}
	rows, err := bookingdb.New(tx).BlocksFrom(tx.Context(), string(f.ID))
	if err != nil {
		return err
	}
	type key struct {
		uid        string
		starts, to int64
	}
	wanted := make(map[key]busy, len(times))
	for _, t := range times {
		wanted[key{t.UID, span.Micros(t.Starts), span.Micros(t.Ends)}] = t
	}
	var gone []string
	var from, to time.Time
	widen := func(starts, ends time.Time) {
		if from.IsZero() || starts.Before(from) {
			from = starts
		}
		if to.Before(ends) {
			to = ends
		}
	}
	for _, row := range rows {
		k := key{row.Uid, row.StartsAt, row.EndsAt}
		if _, stays := wanted[k]; stays {
			delete(wanted, k)
			continue
		}
		gone = append(gone, row.ID)
		widen(span.FromMicros(row.StartsAt), span.FromMicros(row.EndsAt))
	}
	if len(gone) > 0 {
		if err := bookingdb.New(tx).DropBlocks(tx.Context(), db.In(gone)); err != nil {
			return err
		}
	}
	later := bookingdb.New(tx.Later())
	for _, b := range wanted {
		widen(b.Starts, b.Ends)
		if err := later.AddBlock(tx.Context(), bookingdb.AddBlockParams{ID: tx.Mint("blk"), Resource: string(r.ID), StartsAt: span.Micros(b.Starts),
			EndsAt: span.Micros(b.Ends), Units: 1, Source: string(f.ID), Uid: b.UID}); err != nil {
			return err
		}
	}
	if from.IsZero() {
		return nil
	}
	return relevel(tx, r, from, to)
}

// Conflict is a time that is sold here and elsewhere: more is promised and closed than there is.
type Conflict struct {
	Resource Resource
	Day      span.Day
	Taken    int64 // Taken is what is booked here, Closed what the seller and other houses have closed.
	Closed   int64
}

// Conflicts gives the days of a seller on which something is sold twice, each once, at most a hundred, in three statements.
func Conflicts(tx *db.Tx, of seller.ID) ([]Conflict, error) {
	all, err := Resources(tx, of)
	if err != nil {
		return nil, err
	}
	ids := make([]ResourceID, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	blocks, err := blocksOf(tx, ids, tx.Now(), tx.Now().AddDate(0, 0, AheadMax))
	if err != nil {
		return nil, err
	}
	var keys []string
	cells, shutOf := make(map[ResourceID][]cell), make(map[ResourceID][]Block)
	for _, b := range blocks {
		shutOf[b.Resource] = append(shutOf[b.Resource], b)
	}
	closed := make(map[ResourceID]closings, len(all))
	for _, r := range all {
		closed[r.ID] = closingsOf(shutOf[r.ID])
		for _, c := range r.cells(span.Days{From: span.DayOf(tx.Now(), r.Location()), To: r.Opened}, r.Hours) {
			if closed[r.ID].in(c) > 0 {
				cells[r.ID], keys = append(cells[r.ID], c), append(keys, c.key)
			}
		}
	}
	pools, err := hold.Pools(tx, keys)
	if err != nil {
		return nil, err
	}
	var found []Conflict
	for _, r := range all {
		for _, c := range cells[r.ID] {
			shut, taken := closed[r.ID].in(c), pools[c.key].Taken
			same := len(found) > 0 && found[len(found)-1].Resource.ID == r.ID && found[len(found)-1].Day == c.day
			if taken > 0 && taken+shut > r.Units+r.Beyond && !same && len(found) < 100 {
				found = append(found, Conflict{r, c.day, taken, shut})
			}
		}
	}
	return found, nil
}
