package digital

import (
	"context"
	"crypto/sha256"
	"io"
	"unicode/utf8"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/digital/digitaldb"
	"sauda/gear/blob"
	"sauda/gear/db"
)

// Library keeps the files where the house keeps its own.
type Library struct {
	Blobs blob.Store
}

// Kept is a file that is kept and that nobody knows of yet: AddFile writes it down.
type Kept struct {
	lies string
	size int64
	name string
}

// Keep keeps what a seller brings as it is. It is only ever given to be saved, never shown as a page of the house, so that
// it may be of any kind. The same content of the same product lies there once.
func (l Library) Keep(ctx context.Context, product catalog.ProductID, body io.ReadSeeker, name string) (Kept, error) {
	sum := sha256.New()
	_, _ = io.WriteString(sum, string(product)+"\x00") // A hash takes all that it is given.
	size, err := io.Copy(sum, io.LimitReader(body, BytesMax+1))
	switch {
	case err != nil:
		return Kept{}, err
	case size == 0:
		return Kept{}, ErrEmpty
	case size > BytesMax:
		return Kept{}, ErrBytes
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return Kept{}, err
	}
	k := Kept{lies: "sold-" + blob.Named(sum.Sum(nil), ".bin"), size: size, name: named(name)}
	return k, l.Blobs.Keep(ctx, k.lies, body, size)
}

func named(name string) string {
	cleaned, err := text.Clean(name)
	if err != nil || cleaned == "" {
		return "file.bin"
	}
	if utf8.RuneCountInString(cleaned) > nameMax {
		cleaned = string([]rune(cleaned)[:nameMax])
	}
	return cleaned
}

// AddFile offers a file that was kept to the buyers of a product, those of before included.
func AddFile(tx *db.Tx, product catalog.ProductID, k Kept) (File, error) {
	files, err := Files(tx, product)
	if err != nil {
		return File{}, err
	}
	if len(files) >= filesMax {
		return File{}, ErrMany.About("%s", product)
	}
	f := File{ID: FileID(tx.Mint("fil")), Product: product, Name: k.name, Bytes: k.size, lies: k.lies}
	return f, digitaldb.New(tx.Later()).AddFile(tx.Context(), digitaldb.AddFileParams{
		ID: string(f.ID), Product: string(product), Name: f.Name, Bytes: f.Bytes, Lies: f.lies, Position: int64(len(files)),
	})
}

// DropFile offers a file to later buyers no more. Those who have bought it may still fetch it.
func DropFile(tx *db.Tx, product catalog.ProductID, id FileID) error {
	rows, err := digitaldb.New(tx).DropFile(tx.Context(), digitaldb.DropFileParams{ID: string(id), Product: string(product)})
	if err == nil && rows == 0 {
		return ErrUnknown.About("%.60s of %s", string(id), product)
	}
	return err
}

// Files gives the files that are offered with a product, in their order.
func Files(tx *db.Tx, product catalog.ProductID) ([]File, error) {
	all, err := filesOf(tx, []catalog.ProductID{product})
	var offered []File
	for _, f := range all[product] {
		if !f.Dropped {
			offered = append(offered, f)
		}
	}
	return offered, err
}

func filesOf(tx *db.Tx, products []catalog.ProductID) (map[catalog.ProductID][]File, error) {
	rows, err := digitaldb.New(tx).FilesOf(tx.Context(), db.In(products))
	if err != nil {
		return nil, err
	}
	files := make(map[catalog.ProductID][]File, len(products))
	for _, r := range rows {
		p := catalog.ProductID(r.Product)
		files[p] = append(files[p], File{ID: FileID(r.ID), Product: p, Name: r.Name, Bytes: r.Bytes, Dropped: r.Dropped == 1, lies: r.Lies})
	}
	return files, nil
}

// Open gives the content of a file. The caller closes it, and has counted the fetch.
func (l Library) Open(ctx context.Context, f File) (blob.File, error) {
	return l.Blobs.Read(ctx, f.lies)
}
