package blob_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"sauda/gear/blob"
)

// canvas is a picture with something on it.
func canvas(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			m.Set(x, y, color.NRGBA{uint8(x * 7), uint8(y * 5), uint8(x * y), 255})
		}
	}
	return m
}

func jpegOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, canvas(width, height), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, canvas(width, height)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webps are pictures of one pixel: lossy, lossless, with transparency.
var webps = map[string]string{
	"lossy":    "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
	"lossless": "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
	"extended": "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==",
}

func bring(f blob.Folder, body []byte) (blob.Picture, error) {
	return f.PutPicture(bytes.NewReader(body), int64(len(body)))
}

// pictures are good ones, by what they are.
func pictures(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"jpeg": jpegOf(t, 23, 17), "png": pngOf(t, 23, 17)}
	for kind, text := range webps {
		body, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = body
	}
	return all
}

func TestPicturesAreKept(t *testing.T) {
	f := blob.Folder{Dir: t.TempDir()}
	types := map[string]string{"jpeg": "image/jpeg", "png": "image/png"}
	for kind, body := range pictures(t) {
		p, err := bring(f, body)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		want, side := types[kind], int64(23)
		if want == "" {
			want, side = "image/webp", 1
		}
		if p.Type != want || p.Width != side {
			t.Errorf("%s is %+v", kind, p)
		}
		file, err := f.Open(p.Name)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		_ = file.Close()
	}
	// What a telephone writes behind a photograph does no harm.
	if _, err := bring(f, append(jpegOf(t, 8, 8), "a film of two seconds"...)); err != nil {
		t.Errorf("a photograph that moves: %v", err)
	}
}

// TestHalfAPictureIsRefused cuts good pictures off at every byte, and damages bytes: nothing panics, and what is cut
// off is never kept.
func TestHalfAPictureIsRefused(t *testing.T) {
	f := blob.Folder{Dir: t.TempDir()}
	for kind, body := range pictures(t) {
		end := len(body)
		if kind == "lossy" {
			end-- // The last byte fills up the chunk.
		}
		for n := range end {
			if _, err := bring(f, body[:n]); !errors.Is(err, blob.ErrPicture) {
				t.Fatalf("%s, %d bytes of %d: %v", kind, n, len(body), err)
			}
		}
	}
	if kept, _ := os.ReadDir(f.Dir); len(kept) != 0 {
		t.Errorf("%d files are left over", len(kept))
	}
	for _, body := range pictures(t) {
		for n := 0; n < len(body); n += 1 + n/32 { // Every byte of the head, and some of the rest.
			damaged := bytes.Clone(body)
			damaged[n] ^= 0xff
			_, _ = bring(f, damaged)
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	f := blob.Folder{Dir: t.TempDir()}
	large := pngOf(t, 4, 4)
	wide := bytes.Clone(large)
	binary.BigEndian.PutUint32(wide[16:], 20_000) // The check sum is wrong now, too.
	lossless := bytes.Clone(jpegOf(t, 8, 8))
	lossless[bytes.Index(lossless, []byte{0xff, 0xc0})+1] = 0xc3
	for name, body := range map[string][]byte{
		"nothing": nil, "text": []byte("this is no picture at all"), "a page": []byte("<!DOCTYPE html><script>alert(1)</script>"),
		"SVG": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "GIF": []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"),
		"a page that begins as a JPEG": []byte("\xff\xd8\xff<script>alert(1)</script>"), "a damaged PNG": wide, "a lossless JPEG": lossless,
	} {
		if _, err := bring(f, body); !errors.Is(err, blob.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := bring(f, make([]byte, blob.PictureMax+1)); !errors.Is(err, blob.ErrHeavy) {
		t.Errorf("a heavy one: %v", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 16_384, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(f, b.Bytes()); !errors.Is(err, blob.ErrPixels) {
		t.Errorf("16,384 pixels in a row: %v", err)
	}
}
