package almanac_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/flow/almanac"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestFetch: one calendar is read, one is a page, one has moved away, one is inside this network: each says so, and none keeps
// another from its turn.
func TestFetch(t *testing.T) {
	dbtest.Each(t, []db.Schema{hold.Schema, booking.Schema}, func(t *testing.T, s *dbtest.Store) {
		day := s.Clock.Now().AddDate(0, 0, 10).Format("20060102")
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/good":
				_, _ = w.Write([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:" + day + "\nEND:VEVENT\nEND:VCALENDAR\n"))
			case "/page":
				_, _ = w.Write([]byte("<html>"))
			default:
				w.WriteHeader(http.StatusGone)
			}
		}))
		t.Cleanup(server.Close)
		s.Moment(t, func(tx *db.Tx) error {
			r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: text.Localized{"en": "Room"}, Zone: "Asia/Almaty", Units: 1, Ahead: 60})
			if err != nil {
				return err
			}
			for _, path := range []string{"/good", "/page", "/gone"} {
				if _, err := booking.AddFeed(tx, booking.Feed{Seller: seller.Own, Resource: r.ID, Name: path, URL: server.URL + path}); err != nil {
					return err
				}
			}
			return nil
		})
		said := func(fetcher almanac.Fetcher) map[string]booking.Feed {
			if err := fetcher.Fetch(t.Context()); err != nil {
				t.Fatal(err)
			}
			by := make(map[string]booking.Feed)
			s.Look(t, func(tx *db.Tx) error {
				all, err := booking.Feeds(tx, seller.Own)
				for _, f := range all {
					by[f.Name] = f
				}
				return err
			})
			return by
		}
		by := said(almanac.Fetcher{Store: s.Store, HTTP: server.Client().Transport})
		if f := by["/good"]; f.Events != 1 || f.Trouble != "" || f.Read.IsZero() {
			t.Errorf("good: %+v", f)
		}
		for path, want := range map[string]string{"/page": booking.ErrCalendar.Text, "/gone": "status 410"} {
			if f := by[path]; f.Trouble != want || !f.Read.IsZero() {
				t.Errorf("%s: %+v", path, f)
			}
		}
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
		by = said(almanac.Fetcher{Store: s.Store}) // The server of the test is inside this network.
		if f := by["/good"]; !strings.Contains(f.Trouble, "inside this network") || f.Events != 1 {
			t.Errorf("inside this network: %+v", f)
		}
	})
}
