// Package almanac fetches the calendars of other houses, so that what is sold there is not sold here.
//
//	feeds that are due ─▶ each fetched, within its limits ─▶ one moment a feed: read, or its trouble written down
//
// The addresses were typed by people: gear/reach asks the world only, never this network.
package almanac

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"sauda/base/fault"
	"sauda/core/booking"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/reach"
)

const (
	fetchTime = 20 * time.Second // fetchTime bounds one calendar.
	perTurn   = 20               // perTurn bounds the calendars that are taken at a time.
)

// Fetcher fetches calendars.
type Fetcher struct {
	Store *db.Store
	HTTP  http.RoundTripper // HTTP reaches the other houses; reach.Transport, which knows public addresses only, when it is nil.
}

// Fetch fetches every calendar that is due. One that cannot be had or read keeps what it has closed, says its trouble in the
// office, and keeps no other from its turn.
func (f Fetcher) Fetch(ctx context.Context) error {
	by := f.HTTP
	if by == nil {
		by = reach.Transport(fetchTime)
	}
	client := &http.Client{Timeout: fetchTime, Transport: by}
	for ctx.Err() == nil {
		var due []booking.Feed
		err := job.Once(ctx, f.Store, db.System, func(tx *db.Tx) (err error) {
			due, err = booking.TakeFeeds(tx, perTurn)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, feed := range due {
			body, failure := fetch(ctx, client, feed.URL)
			err := job.Once(ctx, f.Store, db.System, func(tx *db.Tx) error {
				if failure != nil {
					return booking.NoteTrouble(tx, feed.ID, failure.Error())
				}
				_, err := booking.ReadFeed(tx, feed.Seller, feed.ID, body)
				return err
			})
			if refused := fault.Of(err); failure == nil && refused != nil && refused != fault.ErrInternal {
				err = job.Once(ctx, f.Store, db.System, func(tx *db.Tx) error { return booking.NoteTrouble(tx, feed.ID, refused.Text) })
			}
			if err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// fetch fetches one calendar.
func fetch(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/calendar")
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", answer.StatusCode)
	}
	return io.ReadAll(io.LimitReader(answer.Body, booking.CalendarMax+1)) // One byte more is refused as too much.
}
