package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/job"
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
	// Near allows addresses inside this network: for tests only. Without it a file cannot make the house ask its neighbours.
	Near bool
}

// Fetch brings in what is due, as much as fits into a turn; job.ErrMore says that there is more. A picture that cannot be had
// is tried again later, and stays where it is after the last try: a page shows it from there.
func (f Fetcher) Fetch(ctx context.Context) error {
	client := &http.Client{Timeout: fetchTime, Transport: f.transport(), CheckRedirect: func(r *http.Request, via []*http.Request) error {
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
	near := make(map[string]media.File)
	var wrong error
	for _, m := range p.Media {
		if !isFar(m) || near[m.URL].Name != "" {
			continue
		}
		fetched++
		kept, err := f.get(ctx, client, m.URL)
		if ctx.Err() != nil {
			return fetched, ctx.Err()
		}
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		near[m.URL] = kept
	}
	return fetched, job.Once(ctx, f.Store, db.System, func(tx *db.Tx) error { return replaced(tx, due, p, near, wrong) })
}

// replaced writes the new addresses into the product, and into the trace of the import, for which this is no change by
// somebody. A product that changed meanwhile is looked at again.
func replaced(tx *db.Tx, due intakedb.DuePicturesRow, p catalog.Product, near map[string]media.File, wrong error) error {
	later := intakedb.New(tx.Later())
	if len(near) > 0 {
		shown := make([]catalog.Media, len(p.Media))
		for i, m := range p.Media {
			if kept := near[m.URL]; kept.Name != "" {
				m.URL = kept.URL()
			}
			shown[i] = m
		}
		if err := media.Note(tx, slices.Collect(maps.Values(near))...); err != nil {
			return err
		}
		revised, err := catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Media: &shown})
		if errors.Is(err, catalog.ErrStale) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := follow(tx, due, p.Version, revised.Version); err != nil {
			return err
		}
	}
	if wrong == nil || due.Tries+1 >= fetchTries {
		return later.DropPicture(tx.Context(), due.Product)
	}
	wait := time.Minute << (2 * due.Tries)
	return later.PutOffPicture(tx.Context(), intakedb.PutOffPictureParams{Due: span.Micros(tx.Now().Add(wait)),
		Wrong: cut(wrong.Error(), shownMax), Product: due.Product})
}

// follow moves the trace of an import to the version that its pictures made.
func follow(tx *db.Tx, due intakedb.DuePicturesRow, from, to int64) error {
	rows, err := intakedb.New(tx).TracesOf(tx.Context(), intakedb.TracesOfParams{Import: due.Import, Product: due.Product})
	if err != nil {
		return err
	}
	later := intakedb.New(tx.Later())
	for _, r := range rows { // A product stands once in an import.
		var t trace
		if err := json.Unmarshal([]byte(r.Trace), &t); err != nil {
			return err
		}
		if t.Version != from {
			continue
		}
		t.Version = to
		if err := later.SetTrace(tx.Context(), intakedb.SetTraceParams{Trace: jsonOf(t), Import: due.Import, Line: r.Line}); err != nil {
			return err
		}
	}
	return nil
}

// get fetches one picture and keeps it.
func (f Fetcher) get(ctx context.Context, client *http.Client, address string) (media.File, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return media.File{}, err
	}
	r.Header.Set("User-Agent", "Sauda")
	r.Header.Set("Accept", "image/webp,image/jpeg,image/png")
	answer, err := client.Do(r)
	if err != nil {
		return media.File{}, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, pictureMax+1))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return media.File{}, err
	}
	if answer.StatusCode != http.StatusOK {
		return media.File{}, fmt.Errorf("%s: %s", address, answer.Status)
	}
	return keepPicture(ctx, f.Media, body)
}

// errNear refuses an address inside this network.
var errNear = errors.New("intake: pictures are not fetched from inside this network")

// transport connects to public addresses only. The address is looked at when it is connected to, so that no name can
// change its meaning between.
func (f Fetcher) transport() *http.Transport {
	dialer := &net.Dialer{Timeout: fetchTime, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !f.Near && !isPublic(to.Addr().Unmap()) {
			return fmt.Errorf("%w: %s", errNear, to)
		}
		return nil
	}}
	return &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, TLSHandshakeTimeout: fetchTime, ResponseHeaderTimeout: fetchTime}
}

// isPublic tells whether an address is one of the world.
func isPublic(a netip.Addr) bool {
	shared := netip.MustParsePrefix("100.64.0.0/10") // The shared addresses of a provider.
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !shared.Contains(a)
}
