package attachment_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"sauda/core/attachment"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func picture(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func brought(body []byte, name string) attachment.Brought {
	return attachment.Brought{Body: bytes.NewReader(body), Size: int64(len(body)), Name: name}
}

// noted writes one file down.
func noted(tx *db.Tx, cart string, kept attachment.Kept) (attachment.File, error) {
	files, err := attachment.Note(tx, cart, kept)
	if err != nil {
		return attachment.File{}, err
	}
	return files[0], nil
}

func TestWhatBuyersBring(t *testing.T) {
	dbtest.Each(t, []db.Schema{attachment.Schema}, func(t *testing.T, s *dbtest.Store) {
		l := attachment.Library{Blobs: blob.Folder{Dir: t.TempDir()}}
		body := picture(t, 8)
		kept, err := l.Keep(t.Context(), "crt_1", brought(body, "Сурет.png"))
		if err != nil {
			t.Fatal(err)
		}
		var own, guests attachment.File
		aigul := db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}
		s.As(aigul).Moment(t, func(tx *db.Tx) (err error) {
			own, err = noted(tx, "crt_1", kept)
			return err
		})
		s.As(db.Who{Kind: db.KindGuest}).Moment(t, func(tx *db.Tx) error {
			other, err := l.Keep(t.Context(), "crt_2", brought(body, "a.png"))
			if err == nil {
				guests, err = noted(tx, "crt_2", other)
			}
			return err
		})
		s.Look(t, func(tx *db.Tx) error {
			both := []attachment.ID{own.ID, guests.ID}
			if err := attachment.Check(tx, both, "pty_1"); err != nil {
				t.Errorf("her own and a guest's: %v", err)
			}
			if err := attachment.Check(tx, both, "pty_2"); !errors.Is(err, attachment.ErrUnknown) {
				t.Errorf("another party's: %v", err)
			}
			if err := attachment.Check(tx, []attachment.ID{"att_none"}, "pty_1"); !errors.Is(err, attachment.ErrUnknown) {
				t.Errorf("what is not there: %v", err)
			}
			files, err := attachment.Some(tx, both)
			if f := files[own.ID]; f.Name != "Сурет.png" || f.Type != "image/png" || f.Bytes != int64(len(body)) {
				t.Errorf("it is %+v", f)
			}
			r, bad := l.Open(t.Context(), files[own.ID])
			if bad != nil {
				t.Fatal(bad)
			}
			defer r.Close() //nolint:errcheck // It is a test.
			if got, _ := io.ReadAll(r); !bytes.Equal(got, body) {
				t.Errorf("%d bytes come back", len(got))
			}
			return err
		})

		// An order keeps its file; the other one is forgotten with its basket.
		s.Moment(t, func(tx *db.Tx) error { return attachment.Bind(tx, []attachment.ID{own.ID}, "ord_1") })
		s.Clock.Advance(91 * 24 * time.Hour)
		if err := l.Forget(t.Context(), s.Store); err != nil {
			t.Fatal(err)
		}
		s.Look(t, func(tx *db.Tx) error {
			files, err := attachment.Some(tx, []attachment.ID{own.ID, guests.ID})
			if len(files) != 1 || files[own.ID].ID == "" {
				t.Errorf("left are %v", files)
			}
			r, bad := l.Open(t.Context(), files[own.ID])
			if bad != nil {
				t.Fatal(bad)
			}
			if _, gone := l.Open(t.Context(), guests); !errors.Is(gone, blob.ErrUnknown) {
				t.Errorf("the forgotten file still lies there: %v", gone)
			}
			return errors.Join(err, r.Close())
		})
	})
}

func TestWhatIsNotTaken(t *testing.T) {
	dbtest.Each(t, []db.Schema{attachment.Schema}, func(t *testing.T, s *dbtest.Store) {
		l := attachment.Library{Blobs: blob.Folder{Dir: t.TempDir()}}
		for name, x := range map[string]struct {
			body []byte
			want error
		}{
			"a program": {[]byte("MZ\x90\x00 and so on"), attachment.ErrKind},
			"a page":    {[]byte("<!doctype html><script>alert(1)</script>"), attachment.ErrKind},
			"a model":   {[]byte("glTF\x02\x00\x00\x00"), nil},
			"too much":  {bytes.Repeat([]byte{0xff}, attachment.BytesMax+1), attachment.ErrBytes},
			"nothing":   {nil, nil},
			"cut off":   {picture(t, 64)[:60], nil},
		} {
			_, err := l.Keep(t.Context(), "crt_1", brought(x.body, name))
			if err == nil || x.want != nil && !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			kept, err := l.Keep(t.Context(), "crt_1", brought(picture(t, 4), strings.Repeat("a", 500)))
			if err != nil {
				return err
			}
			for n := range 21 {
				if n == 19 {
					if _, err := attachment.Note(tx, "crt_1", kept, kept); !errors.Is(err, attachment.ErrMany) {
						t.Errorf("two where there is room for one: %v", err)
					}
				}
				f, err := noted(tx, "crt_1", kept)
				if len(f.Name) > 150 || n < 20 && err != nil || n == 20 && !errors.Is(err, attachment.ErrMany) {
					t.Errorf("file %d, %d letters: %v", n, len(f.Name), err)
				}
			}
			return nil
		})
	})
}
