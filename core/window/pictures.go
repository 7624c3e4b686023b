package window

import (
	"regexp"

	"sauda/core/window/windowdb"
	"sauda/gear/db"
)

// kept finds the files of the house, and copies of its pictures, that a piece names: in its words, its ways, its link.
var kept = regexp.MustCompile(`/media/[0-9a-f]{16,64}(?:-\d+)?\.[a-z0-9]{2,5}`)

// Files are the files of the house that a piece shows.
type Files struct {
	Pictures []Picture // Pictures stand in its draft or in what is published.
	Named    []string  // Named are all that it names, in any edition: each of them can be published again.
}

// FilesOf gives the files that some pieces show, in one statement.
func FilesOf(tx *db.Tx, pieces []Piece) (map[ID]Files, error) {
	ids, all := make([]ID, len(pieces)), make(map[ID]Files, len(pieces))
	for i, p := range pieces {
		var f Files
		for _, b := range []Body{p.Draft, p.Shown} {
			shown := []*Picture{b.Picture}
			if b.Look != nil {
				shown = append(shown, b.Look.Logo, b.Look.Icon)
			}
			for _, picture := range shown {
				if picture != nil {
					f.Pictures = append(f.Pictures, *picture)
				}
			}
			f.Named = append(f.Named, kept.FindAllString(encode(b), -1)...)
		}
		ids[i], all[p.ID] = p.ID, f
	}
	rows, err := windowdb.New(tx).EditionsOf(tx.Context(), db.In(ids))
	for _, r := range rows {
		f := all[ID(r.Piece)]
		f.Named = append(f.Named, kept.FindAllString(r.Body, -1)...)
		all[ID(r.Piece)] = f
	}
	return all, err
}

// Walk gives the pieces of all sellers with their drafts to the house itself, in the order of their ids and behind one of
// them, at most so many.
func Walk(tx *db.Tx, after ID, most int) ([]Piece, error) {
	if who := tx.Who(); who.Kind != db.KindSystem {
		return nil, ErrDenied.About("%s walks through all pieces", who.ID)
	}
	rows, err := windowdb.New(tx).PiecesAfter(tx.Context(), windowdb.PiecesAfterParams{After: string(after), Page: int64(most)})
	if err != nil {
		return nil, err
	}
	return ofRows(rows)
}
