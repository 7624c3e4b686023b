package display_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"sauda/core/window"
	"sauda/flow/display"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// asker has a name proved.
var asker = db.Who{Kind: db.KindStaff, ID: "usr_asker", Seller: "sel_own", Scopes: []string{"*"}}

// answering answers for every address of the internet.
type answering string

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(a))), Header: http.Header{}, Request: r}, nil
}

// TestASlowRecordTakesNoTimeOfTheFile proves a name by its file while nobody answers for its record, and the other way round.
// Who had it looked for is who is said to have had it shown.
func TestASlowRecordTakesNoTimeOfTheFile(t *testing.T) {
	dbtest.Each(t, []db.Schema{window.Schema}, func(t *testing.T, s *dbtest.Store) {
		over := make(chan struct{})
		defer close(over)
		silent := func(context.Context, string) ([]string, error) { <-over; return nil, nil }
		for name, prover := range map[string]func(token string) display.Prover{
			"file.kz": func(token string) display.Prover { return display.Prover{HTTP: answering(token), TXT: silent} },
			"record.kz": func(token string) display.Prover {
				return display.Prover{HTTP: hanging(over), TXT: func(context.Context, string) ([]string, error) { return []string{token}, nil }}
			},
		} {
			var h window.Host
			s.As(asker).Moment(t, func(tx *db.Tx) (err error) {
				h, err = window.AskHost(tx, "sel_own", name)
				return err
			})
			p := prover(h.Token)
			p.Store = s.Store
			if err := p.Prove(t.Context(), asker, "sel_own", name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		shown := 0
		s.Look(t, func(tx *db.Tx) error {
			return tx.QueryRowContext(tx.Context(), `SELECT count(*) FROM window_host WHERE confirmed_at <> 0 AND who = $1`, asker.ID).Scan(&shown)
		})
		if shown != 2 {
			t.Errorf("%d names are shown by who asked", shown)
		}
	})
}

// hanging answers when a test is over.
type hanging chan struct{}

func (h hanging) RoundTrip(*http.Request) (*http.Response, error) {
	<-h
	return nil, io.EOF
}
