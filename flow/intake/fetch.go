package intake

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/reach"
)

// askPictures writes down which products name pictures by an address that is to be fetched.
func (w *writing) askPictures(results []catalog.Imported) error {
	if !w.plan.Fetch {
		return nil
	}
	later := intakedb.New(w.tx.Later())
	for i, r := range results {
		if r.Outcome != catalog.ImportAdded && r.Outcome != catalog.ImportChanged || !anyFar(w.batch.rows[i].draft.Media) {
			continue
		}
		err := later.AskPicture(w.tx.Context(), intakedb.AskPictureParams{Import: string(w.intake.report.Import), Product: string(r.Product),
			Seller: string(w.plan.Seller), Due: span.Micros(w.tx.Now())})
		if err != nil {
			return err
		}
	}
	return nil
}

func anyFar(media []catalog.Media) bool {
	for _, m := range media {
		if isFar(m) {
			return true
		}
	}
	return false
}

// isFar tells whether a picture lies elsewhere.
func isFar(m catalog.Media) bool {
	return m.Kind == catalog.MediaImage && strings.Contains(m.URL, "://")
}

// Limits of fetching. Addresses come from files that anybody may have written.
const (
	fetchTime    = 20 * time.Second // fetchTime bounds one picture.
	fetchPerTurn = 200              // fetchPerTurn bounds the pictures of one turn, so that the errand ends.
	fetchTries   = 5
	redirectsMax = 3
)

// Fetcher brings pictures into the house that products name by an address.
type Fetcher struct {
	Store *db.Store
	Media media.Library
	// Near are addresses inside this network that may be asked: for tests only. A file cannot make the house ask its
	// neighbours.
	Near []netip.AddrPort
	// Patience bounds one picture; fetchTime when it is zero.
	Patience time.Duration
}

// Fetch brings in what is due, as much as fits into a turn; job.ErrMore says that there is more. A picture that cannot be had
// now is tried again later. After the last try, or at once where another try would tell the same, it stays where it is, and
// the line of its import says what was wrong.
func (f Fetcher) Fetch(ctx context.Context) error {
	client := &http.Client{Timeout: cmp.Or(f.Patience, fetchTime), Transport: reach.Transport(fetchTime, f.Near...), CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > redirectsMax {
			return errors.New("too many redirects")
		}
		return nil
	}}
	fetched := 0
	for fetched < fetchPerTurn {
		var due []intakedb.DuePicturesRow
		err := job.Look(ctx, f.Store, db.System, func(tx *db.Tx) (err error) {
			due, err = intakedb.New(tx).DuePictures(tx.Context(), span.Micros(tx.Now()))
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		for _, d := range due {
			n, err := f.one(ctx, client, d)
			if err != nil {
				return err
			}
			fetched += n + 1
		}
	}
	return job.ErrMore
}

// one brings the pictures of one product in.
func (f Fetcher) one(ctx context.Context, client *http.Client, due intakedb.DuePicturesRow) (fetched int, err error) {
	var p catalog.Product
	err = job.Look(ctx, f.Store, db.System, func(tx *db.Tx) (err error) {
		p, err = catalog.Get(tx, catalog.ProductID(due.Product))
		return err
	})
	if err != nil && !errors.Is(err, catalog.ErrUnknown) {
		return 0, err
	}
	got := haul{near: make(map[string]media.File)}
	asked := make(map[string]bool)
	for _, m := range p.Media {
		if !isFar(m) || asked[m.URL] {
			continue
		}
		asked[m.URL] = true
		kept, err := f.get(ctx, client, m.URL)
		if ctx.Err() != nil {
			return len(asked), ctx.Err()
		}
		var failed *unfetched
		switch {
		case err == nil:
			got.near[m.URL] = kept
		case errors.As(err, &failed):
			got.wrong = append(got.wrong, failed)
		default: // The folder of media does not take it.
			return len(asked), err
		}
	}
	return len(asked), job.Once(ctx, f.Store, db.System, func(tx *db.Tx) error { return replaced(tx, due, p, got) })
}

// haul is what one try has brought of a product's pictures.
type haul struct {
	near  map[string]media.File // near are those that lie in the house now, by the addresses that they had.
	wrong []*unfetched
}

// again tells whether another try could bring more.
func (h haul) again() bool {
	return slices.ContainsFunc(h.wrong, func(u *unfetched) bool { return u.passing })
}

// replaced writes the new addresses into the product, and into the trace of the import, for which this is no change by
// somebody. A product that changed meanwhile is looked at again.
func replaced(tx *db.Tx, due intakedb.DuePicturesRow, p catalog.Product, got haul) error {
	later := intakedb.New(tx.Later())
	version := p.Version
	if len(got.near) > 0 {
		shown := make([]catalog.Media, len(p.Media))
		for i, m := range p.Media {
			if kept := got.near[m.URL]; kept.Name != "" {
				m.URL = kept.URL()
			}
			shown[i] = m
		}
		if err := media.Note(tx, slices.Collect(maps.Values(got.near))...); err != nil {
			return err
		}
		revised, err := catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Media: &shown})
		if errors.Is(err, catalog.ErrStale) {
			return nil
		}
		if err != nil {
			return err
		}
		version = revised.Version
	}
	over := !got.again() || due.Tries+1 >= fetchTries
	var lost []*unfetched
	if over {
		lost = got.wrong
	}
	if err := follow(tx, due, [2]int64{p.Version, version}, lost); err != nil {
		return err
	}
	if over {
		return later.DropPicture(tx.Context(), due.Product)
	}
	wait := time.Minute << (2 * due.Tries)
	return later.PutOffPicture(tx.Context(), intakedb.PutOffPictureParams{Due: span.Micros(tx.Now().Add(wait)),
		Wrong: cut(got.wrong[0].Error(), shownMax), Product: due.Product})
}

// follow moves the trace of an import from the version that it left to the one that its pictures made, and notes in its
// line which of them could not be had.
func follow(tx *db.Tx, due intakedb.DuePicturesRow, moved [2]int64, lost []*unfetched) error {
	if moved[0] == moved[1] && len(lost) == 0 {
		return nil
	}
	rows, err := intakedb.New(tx).TracesOf(tx.Context(), intakedb.TracesOfParams{Import: due.Import, Product: due.Product})
	if err != nil {
		return err
	}
	later := intakedb.New(tx.Later())
	for _, r := range rows { // A product stands once in an import.
		flaws, err := flawsOf(r.Flaws, int(r.Line))
		if err != nil {
			return err
		}
		for _, u := range lost {
			flaws = append(flaws, u.flaw())
		}
		var t trace
		if err := json.Unmarshal([]byte(r.Trace), &t); err != nil {
			return err
		}
		if t.Version == moved[0] {
			t.Version = moved[1]
		}
		set := intakedb.FollowLineParams{Trace: jsonOf(t), Flaws: storedFlaws(flaws), Import: due.Import, Line: r.Line}
		if len(flaws) > 0 {
			set.Trouble = 1
		}
		if err := later.FollowLine(tx.Context(), set); err != nil {
			return err
		}
	}
	return nil
}

// get fetches one picture and keeps it. That it cannot be had is an unfetched.
func (f Fetcher) get(ctx context.Context, client *http.Client, address string) (media.File, error) {
	lost := func(wrong string, passing bool, err error) (media.File, error) {
		return media.File{}, &unfetched{address: address, wrong: wrong, passing: passing, err: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return lost("far_none", false, err)
	}
	r.Header.Set("User-Agent", "Sauda")
	r.Header.Set("Accept", "image/webp,image/jpeg,image/png")
	answer, err := client.Do(r)
	if errors.Is(err, reach.ErrNear) {
		return lost("far_inside", false, err)
	}
	if err != nil {
		return lost("far_silent", true, err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, pictureMax+1))
	closed := answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone:
		return lost("far_none", true, errors.New(answer.Status))
	case answer.StatusCode != http.StatusOK:
		return lost("far_refused", true, errors.New(answer.Status))
	case len(body) > pictureMax:
		return lost("far_large", false, errNoPicture)
	case err != nil || closed != nil:
		return lost("far_silent", true, errors.Join(err, closed))
	}
	kept, err := keepPicture(ctx, f.Media, body)
	if errors.Is(err, errNoPicture) {
		return lost("far_kind", false, err)
	}
	return kept, err
}

// unfetched is a picture that could not be had.
type unfetched struct {
	address string
	wrong   string // wrong names its texts, as in a Flaw.
	passing bool   // passing says that another try may bring it.
	err     error
}

func (u *unfetched) Error() string { return u.address + ": " + u.err.Error() }

func (u *unfetched) Unwrap() error { return u.err }

// flaw is what the line of an import says of it.
func (u *unfetched) flaw() Flaw {
	return Flaw{Field: "image", Verdict: Trimmed, Wrong: u.wrong, Value: cut(u.address, shownMax)}
}
