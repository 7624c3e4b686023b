package catalog

import (
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// RemovedTime is how long what was taken off a product can be brought back.
const RemovedTime = 30 * 24 * time.Hour

// ErrNotRemoved is about something that is shown already, or was removed too long ago.
var ErrNotRemoved = fault.New(fault.Missing, "catalog.not_removed", "This cannot be brought back: it is shown already, or was removed more than 30 days ago.")

// Removed is a medium that a product does not show any more.
type Removed struct {
	Media
	At time.Time
}

// AddMedia shows more of a product, after what it shows already, whoever else is changing the product. What it shows
// already, by its URL, is left where it stands: added twice, a picture is shown once.
func AddMedia(tx *db.Tx, id ProductID, media ...Media) (Product, error) {
	p, err := Get(tx, id)
	if err != nil {
		return Product{}, err
	}
	all := slices.Clone(p.Media)
	for _, m := range media {
		if !shows(all, m.URL) {
			all = append(all, m)
		}
	}
	return Revise(tx, id, p.Version, Changes{Media: &all})
}

func shows(media []Media, url string) bool {
	return slices.ContainsFunc(media, func(m Media) bool { return m.URL == url })
}

// RestoreMedia brings back what was taken off a product, to where it stood. What is shown or was removed longer ago than
// RemovedTime is refused with ErrNotRemoved.
func RestoreMedia(tx *db.Tx, id ProductID, url string) (Product, error) {
	p, err := Get(tx, id)
	if err != nil {
		return Product{}, err
	}
	row, err := catalogdb.New(tx).RemovedOne(tx.Context(), catalogdb.RemovedOneParams{Product: string(id), URL: url})
	if errors.Is(err, sql.ErrNoRows) || err == nil && shows(p.Media, url) {
		return Product{}, ErrNotRemoved.About("%.200q of %s", url, id)
	}
	if err != nil {
		return Product{}, err
	}
	var m Media
	d := decoder{of: string(id)}
	if d.json(row.Media, &m); d.err != nil {
		return Product{}, d.err
	}
	media := slices.Insert(slices.Clone(p.Media), min(int(row.Position), len(p.Media)), m)
	return Revise(tx, id, p.Version, Changes{Media: &media})
}

// RemovedMedia gives what can be brought back to a product, the last removed first.
func RemovedMedia(tx *db.Tx, id ProductID) ([]Removed, error) {
	rows, err := catalogdb.New(tx).Removed(tx.Context(), catalogdb.RemovedParams{Product: string(id), Most: MediaMax})
	if err != nil {
		return nil, err
	}
	removed := make([]Removed, len(rows))
	for i, r := range rows {
		d := decoder{of: string(id)}
		d.json(r.Media, &removed[i].Media)
		if removed[i].At = span.FromMicros(r.Removed); d.err != nil {
			return nil, d.err
		}
	}
	return removed, nil
}

// ForgetRemoved gives up what was removed longer ago than RemovedTime, at most so many, and says how many. The files
// themselves stay: another product may show them.
func ForgetRemoved(tx *db.Tx, most int) (int, error) {
	n, err := catalogdb.New(tx).ForgetRemoved(tx.Context(), catalogdb.ForgetRemovedParams{
		Before: span.Micros(tx.Now().Add(-RemovedTime)), Most: int64(most)})
	return int(n), err
}

// putAside keeps what a product does not show any more, and forgets that what it shows was ever removed.
func putAside(tx *db.Tx, id ProductID, before, after []Media) error {
	later := catalogdb.New(tx.Later())
	for i, m := range before {
		if shows(after, m.URL) {
			continue
		}
		err := later.KeepRemoved(tx.Context(), catalogdb.KeepRemovedParams{Product: string(id), URL: m.URL, Media: encode(m),
			Position: int64(i), Removed: span.Micros(tx.Now())})
		if err != nil {
			return err
		}
	}
	var added []string
	for _, m := range after {
		if !shows(before, m.URL) {
			added = append(added, m.URL)
		}
	}
	if len(added) == 0 {
		return nil
	}
	return later.DropRemoved(tx.Context(), catalogdb.DropRemovedParams{Product: string(id), Urls: db.In(added)})
}

// showMax is how many products are changed together when a file that they show gets other words or another in its place.
const showMax = 50

var (
	// ErrManyShow is about a file that more products show than are changed together.
	ErrManyShow = fault.New(fault.Conflict, "catalog.many_show", "More than 50 products show this file. Change it on the products themselves, or by an import.")
	// ErrOtherKind is about a film in the place of a picture.
	ErrOtherKind = fault.New(fault.Invalid, "catalog.other_kind", "Choose a file of the same kind: a picture for a picture, a film for a film.")
)

// Redescribe says in other words what a file shows, on each of these products that shows it: all of them or none. Words in
// languages that are not among the new ones stay.
func Redescribe(tx *db.Tx, ids []ProductID, url string, alt text.Localized) error {
	return reshow(tx, ids, func(m *Media) (bool, error) {
		if m.URL != url {
			return false, nil
		}
		words := maps.Clone(m.Alt)
		if words == nil {
			words = text.Localized{}
		}
		for lang, said := range alt {
			words[lang] = said
			if said == "" {
				delete(words, lang)
			}
		}
		m.Alt = words
		return true, nil
	})
}

// Swap shows another file in the place of one, on each of these products that shows it, also as the poster of a film: all
// of them or none. Its words, and the variants that it is of, stay.
func Swap(tx *db.Tx, ids []ProductID, url string, with Media) error {
	return reshow(tx, ids, func(m *Media) (bool, error) {
		switch {
		case m.URL == url && m.Kind != with.Kind, m.Poster == url && with.Kind != MediaImage:
			return false, ErrOtherKind.About("%s for %s", with.Kind, m.Kind)
		case m.URL == url:
			m.URL = with.URL
		case m.Poster == url:
			m.Poster = with.URL
		default:
			return false, nil
		}
		return true, nil
	})
}

// reshow changes what some products show.
func reshow(tx *db.Tx, ids []ProductID, change func(*Media) (bool, error)) error {
	if len(ids) > showMax {
		return ErrManyShow.About("%d products", len(ids))
	}
	products, err := Some(tx, ids)
	if err != nil {
		return err
	}
	for _, p := range products {
		media, touched := slices.Clone(p.Media), false
		for i := range media {
			changed, err := change(&media[i])
			if err != nil {
				return err
			}
			touched = touched || changed
		}
		if !touched {
			continue
		}
		if _, err := Revise(tx, p.ID, p.Version, Changes{Media: &media}); err != nil {
			return err
		}
	}
	return nil
}
