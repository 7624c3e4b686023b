package media_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	goWebP "golang.org/x/image/webp"

	"sauda/core/media"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/job"
)

var schemas = []db.Schema{media.Schema, job.Schema}

// shrink makes all copies of a picture.
func shrink(t testing.TB, name string, body []byte) map[string][]byte {
	t.Helper()
	made := map[string][]byte{}
	if err := media.Shrink(name, body, func(s media.Shrunk) error {
		made[s.Name] = s.Body
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return made
}

// photograph is a picture as a camera makes it: soft surfaces, edges and noise.
func photograph(width, height int) []byte {
	m := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	dice := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			m.Y[y*m.YStride+x] = uint8(100 + x*y/3000%80 + x/97%3*20 + dice.IntN(12))
		}
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(100+i%60), uint8(120+i/1000%40)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const name = "0123456789abcdef0123456789abcdef.jpg"

func TestCopies(t *testing.T) {
	made := shrink(t, name, photograph(1900, 601))
	if len(made) != 2*len(media.Widths) {
		t.Fatalf("%d copies", len(made))
	}
	for _, width := range media.Widths {
		jpg, err := jpeg.Decode(bytes.NewReader(made[blob.Copy(name, width, ".jpg")]))
		if err != nil {
			t.Fatal(err)
		}
		webp := made[blob.Copy(name, width, ".webp")]
		want := image.Pt(int(width), (601*int(width)+950)/1900)
		if got := jpg.Bounds().Size(); got != want {
			t.Errorf("%d wide it is %v, want %v", width, got, want)
		}
		if webp == nil { // It was not smaller than the JPEG.
			continue
		}
		m, err := goWebP.Decode(bytes.NewReader(webp))
		if err != nil || m.Bounds().Size() != want {
			t.Errorf("%d wide as WebP: %v", width, err)
		}
	}
	narrow := shrink(t, name, jpegOf(100, 50))
	if m, err := jpeg.Decode(bytes.NewReader(narrow[blob.Copy(name, 800, ".jpg")])); err != nil || m.Bounds().Dx() != 100 {
		t.Errorf("a narrow one grew: %v", err)
	}
}

// TestCopiesStandUpright: the red corner is where EXIF wants it, whichever way the camera was held.
func TestCopiesStandUpright(t *testing.T) {
	corner := map[byte]image.Point{ // Where the left upper corner of what is stored is seen.
		1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1},
	}
	for turn, at := range corner {
		made := shrink(t, name, jpegPlaced(400, 300, turn))
		for copied, body := range made {
			if body == nil || !strings.Contains(copied, "-320.") {
				continue
			}
			decode := jpeg.Decode
			if strings.HasSuffix(copied, ".webp") {
				decode = goWebP.Decode
			}
			m, err := decode(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			width, height := 320, 240
			if turn >= 5 {
				width, height = 300, 400 // It is not wider than that.
			}
			if m.Bounds() != image.Rect(0, 0, width, height) {
				t.Errorf("turned %d %s is %v", turn, copied, m.Bounds())
			}
			b := m.Bounds()
			x, y := b.Dx()/8+at.X*b.Dx()*3/4, b.Dy()/8+at.Y*b.Dy()*3/4
			if r, g, _, _ := m.At(x, y).RGBA(); r>>8 < 200 || g>>8 > 60 {
				t.Errorf("turned %d the corner of %s is not at %v", turn, copied, at)
			}
			if bytes.Contains(body, []byte(placed)) || bytes.Contains(body, []byte("Exif")) {
				t.Errorf("%s tells more than how it looks", copied)
			}
		}
	}
}

// TestScaleAgainstItsTwin: the planes in whole numbers against the slow kernel of x/image, which reckons with fractions.
func TestScaleAgainstItsTwin(t *testing.T) {
	var b bytes.Buffer
	grey := image.NewGray(image.Rect(0, 0, 1700, 1100))
	for y := range 1100 {
		for x := range 1700 {
			grey.SetGray(x, y, color.Gray{uint8(128 + 60*((x/40+y/40)%2) + (x+y)%30)})
		}
	}
	if err := png.Encode(&b, grey); err != nil {
		t.Fatal(err)
	}
	made := shrink(t, strings.Replace(name, ".jpg", ".png", 1), b.Bytes())
	ours, err := jpeg.Decode(bytes.NewReader(made[blob.Copy(name, 1600, ".jpg")]))
	if err != nil {
		t.Fatal(err)
	}
	twin := image.NewRGBA(ours.Bounds())
	draw.CatmullRom.Scale(twin, twin.Rect, grey, grey.Rect, draw.Src, nil)
	var off, worst int
	for y := range twin.Rect.Dy() {
		for x := range twin.Rect.Dx() {
			l, _, _, _ := ours.At(x, y).RGBA()
			d := int(l>>8) - int(twin.RGBAAt(x, y).R)
			off, worst = off+d*d, max(worst, d, -d)
		}
	}
	if mean := off / (twin.Rect.Dx() * twin.Rect.Dy()); mean > 6 || worst > 40 { // JPEG alone is off by about that.
		t.Errorf("off by %d squared in the mean, by %d at most", mean, worst)
	}
}

func TestWhatIsSeenThroughStandsOnWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 33, 17))
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	made := shrink(t, name, b.Bytes())
	seen, err := jpeg.Decode(bytes.NewReader(made[blob.Copy(name, 320, ".jpg")]))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{0, 0}, {32, 16}, {16, 8}} {
		if r, g, bl, _ := seen.At(at.X, at.Y).RGBA(); r>>8 < 250 || g>>8 < 250 || bl>>8 < 250 {
			t.Errorf("at %v it is not white", at)
		}
	}
}

// TestColourProfilesStay in copies in JPEG; where they cannot be written, no copy is made.
func TestColourProfilesStay(t *testing.T) {
	plain := jpegOf(64, 64)
	profile := append([]byte{0xff, 0xe2, 0, 20}, "ICC_PROFILE\x00\x01\x01wide"...)
	made := shrink(t, name, append(append(append([]byte{}, plain[:2]...), profile...), plain[2:]...))
	for copied, body := range made {
		if strings.HasSuffix(copied, ".webp") != (body == nil) || body != nil && !bytes.Contains(body, profile) {
			t.Errorf("%s has %d bytes", copied, len(body))
		}
	}
}

func TestSources(t *testing.T) {
	url := media.Path + name
	if got := media.Sources(url, ".webp"); got != "/media/0123456789abcdef0123456789abcdef-320.webp 320w, /media/0123456789abcdef0123456789abcdef-800.webp 800w, /media/0123456789abcdef0123456789abcdef-1600.webp 1600w" {
		t.Error(got)
	}
	for _, other := range []string{"https://elsewhere.kz/a.jpg", "/media/a.jpg", strings.Replace(url, ".jpg", ".svg", 1), strings.Replace(url, ".jpg", ".mp4", 1)} {
		if media.Sources(other, ".jpg") != "" || media.Small(other, 320) != other {
			t.Errorf("%s has copies", other)
		}
	}
	for _, other := range media.Instead("0123456789abcdef0123456789abcdef-800.webp") {
		if !blob.Public(other) {
			t.Errorf("%s may not be shown", other)
		}
	}
	if media.Instead(name) != nil {
		t.Error("something stands for the picture itself")
	}
}

// TestRender makes the copies of what waits, once, refuses what cannot be unpacked, and tries again what a store did not
// take.
func TestRender(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		folder := blob.Folder{Dir: t.TempDir()}
		l := media.Library{Blobs: folder}
		torn := jpegOf(64, 64)
		torn = append(torn[:len(torn)-200], 0xff, 0xd9) // Whole by its markers, but not inside.
		var files []media.File
		for _, body := range [][]byte{jpegOf(900, 600), pngPlaced(1), webpOf("extended"), torn, film()} {
			f, err := l.KeepBytes(t.Context(), body)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { return media.Note(tx, files...) })
		}
		states := func() string {
			t.Helper()
			var b strings.Builder
			s.Look(t, func(tx *db.Tx) error {
				var urls []string
				for _, f := range files {
					urls = append(urls, f.URL())
				}
				known, err := media.Of(tx, append(urls, "https://elsewhere.kz/x.jpg")...)
				for _, url := range urls {
					b.WriteString(string(known[url].State) + " ")
					if f := known[url]; f.State == media.StateReady && f.Done != f.All {
						t.Errorf("%s is ready with %d of %d", url, f.Done, f.All)
					}
				}
				return err
			})
			return strings.TrimSpace(b.String())
		}
		if got := states(); got != "waiting waiting waiting waiting ready" {
			t.Fatal(got)
		}
		if err := (media.Library{Blobs: full{folder}}).Render(t.Context(), s.Store); err != nil {
			t.Fatal(err)
		}
		if got := states(); got != "waiting waiting waiting refused ready" {
			t.Fatalf("with a full disk: %s", got)
		}
		s.Clock.Advance(media.PauseOf(1))
		if err := l.Render(t.Context(), s.Store); err != nil {
			t.Fatal(err)
		}
		if got := states(); got != "ready ready ready refused ready" {
			t.Error(got)
		}
		if f, err := folder.Read(t.Context(), blob.Copy(files[0].Name, 320, ".jpg")); err != nil {
			t.Error(err)
		} else {
			_ = f.Close()
		}
		made, _ := os.ReadDir(folder.Dir)
		if err := l.Render(t.Context(), s.Store); err != nil {
			t.Error(err)
		}
		if again, _ := os.ReadDir(folder.Dir); len(again) != len(made) {
			t.Errorf("%d files became %d", len(made), len(again))
		}
	})
}

// TestTheSameContentIsKeptOnce, also when one of them told a place.
func TestTheSameContentIsKeptOnce(t *testing.T) {
	folder := blob.Folder{Dir: t.TempDir()}
	l := media.Library{Blobs: folder}
	one, err := l.KeepBytes(t.Context(), jpegOf(40, 30))
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.KeepBytes(t.Context(), jpegPlaced(40, 30, 1))
	if err != nil || one.Name != other.Name {
		t.Errorf("%s and %s, %v", one.Name, other.Name, err)
	}
	if kept, _ := os.ReadDir(folder.Dir); len(kept) != 1 {
		t.Errorf("%d files are kept", len(kept))
	}
}

// TestOnlyPicturesAreKept where pictures are asked for: of another kind nothing reaches the store, and who only judges keeps
// nothing at all.
func TestOnlyPicturesAreKept(t *testing.T) {
	folder := blob.Folder{Dir: t.TempDir()}
	l := media.Library{Blobs: folder}
	for name, body := range good() {
		before, _ := os.ReadDir(folder.Dir)
		judged := media.JudgeImage(t.Context(), bytes.NewReader(body), int64(len(body)))
		if after, _ := os.ReadDir(folder.Dir); len(after) != len(before) {
			t.Errorf("%s: judging keeps %d files", name, len(after)-len(before))
		}
		f, err := l.KeepImage(t.Context(), bytes.NewReader(body), int64(len(body)))
		if (judged == nil) != (err == nil) {
			t.Errorf("%s: it is judged %v and kept %v", name, judged, err)
		}
		if strings.HasPrefix(name, "image/") {
			if err != nil || f.Kind != media.KindImage {
				t.Errorf("%s: %+v %v", name, f, err)
			}
			continue
		}
		if after, _ := os.ReadDir(folder.Dir); !errors.Is(err, media.ErrKind) || len(after) != len(before) {
			t.Errorf("%s: %v, and %d files are kept", name, err, len(after)-len(before))
		}
	}
}

func BenchmarkShrink(b *testing.B) {
	body := photograph(2000, 1500)
	for b.Loop() {
		shrink(b, name, body)
	}
}

// BenchmarkShrinkJPEG is the part of it that the shop waits for.
func BenchmarkShrinkJPEG(b *testing.B) {
	body := photograph(2000, 1500)
	for b.Loop() {
		if err := media.ShrinkJPEG(name, body, func(media.Shrunk) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
