package media_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	goWebP "golang.org/x/image/webp"

	"sauda/core/media"
)

// canvas is a picture with something on it: its left upper corner is red.
func canvas(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			c := color.NRGBA{uint8(x * 3), uint8(y * 5), uint8(128 + x*y/64), 255}
			if x < width/2 && y < height/2 {
				c = color.NRGBA{250, 10, 10, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func jpegOf(width, height int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, canvas(width, height), &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pngOf(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, canvas(width, height)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func webpOf(kind string) []byte {
	body, err := base64.StdEncoding.DecodeString(map[string]string{
		"lossy":    "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
		"lossless": "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
		"extended": "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==",
	}[kind])
	if err != nil {
		panic(err)
	}
	return body
}

// exifOf is an EXIF with an orientation, a place, and the word that must not be left.
func exifOf(turn byte) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x02" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	b = append(b, turn, 0, 0)
	b = append(b, "\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x26"+"\x00\x00\x00\x00"...)
	return append(b, "43.238949N,76.889709E"...)
}

const placed = "43.238949N"

// jpegPlaced is a photograph that tells where it was taken, in EXIF, XMP, IPTC and a comment, with a film behind it.
func jpegPlaced(width, height int, turn byte) []byte {
	plain := jpegOf(width, height)
	out := append([]byte{}, plain[:2]...)
	for _, segment := range []struct {
		marker byte
		body   []byte
	}{
		{0xe1, append([]byte("Exif\x00\x00"), exifOf(turn)...)},
		{0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x exif:GPSLatitude='" + placed + "'/>")},
		{0xed, []byte("Photoshop 3.0\x00" + placed)},
		{0xfe, []byte(placed)},
		{0xe2, []byte("MPF\x00" + placed)},
	} {
		out = append(out, 0xff, segment.marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(segment.body)+2))
		out = append(out, segment.body...)
	}
	out = append(out, plain[2:]...)
	return append(out, "<script>alert('"+placed+"')</script>"...)
}

func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngPlaced is the same as a PNG.
func pngPlaced(turn byte) []byte {
	plain := pngOf(24, 16)
	out := append([]byte{}, plain[:33]...)
	out = append(out, chunk("eXIf", exifOf(turn))...)
	out = append(out, chunk("tEXt", []byte("Location\x00"+placed))...)
	out = append(out, chunk("iTXt", []byte("XML:com.adobe.xmp\x00"+placed))...)
	return append(append(out, plain[33:]...), placed...)
}

func riff(kind string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	return append(append(b, body...), make([]byte, len(body)%2)...)
}

// webpPlaced is the same as a WebP.
func webpPlaced() []byte {
	plain := webpOf("extended")
	body := append([]byte("WEBP"), plain[12:]...)
	body[12] |= 0x0c
	body = append(body, riff("EXIF", exifOf(6))...)
	body = append(body, riff("XMP ", []byte(placed))...)
	return append(riff("RIFF", body), placed...)
}

func boxOf(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
}

// trackOf is a track of an MP4.
func trackOf(handler, codec string) []byte {
	entry := make([]byte, 78)
	binary.BigEndian.PutUint16(entry[24:], 320)
	binary.BigEndian.PutUint16(entry[26:], 240)
	stsd := boxOf("stsd", make([]byte, 7), []byte{1}, boxOf(codec, entry))
	hdlr := boxOf("hdlr", make([]byte, 8), []byte(handler), make([]byte, 13))
	return boxOf("trak", boxOf("tkhd", make([]byte, 84)), boxOf("mdia", hdlr, boxOf("minf", boxOf("stbl", stsd))), boxOf("udta", []byte(placed)))
}

// filmOf is an MP4 with these tracks, which tells where it was taken.
func filmOf(brand string, tracks ...[]byte) []byte {
	moov := boxOf("moov", append([][]byte{boxOf("mvhd", make([]byte, 100)), boxOf("udta", boxOf("\xa9xyz", []byte(placed)))}, tracks...)...)
	return bytes.Join([][]byte{boxOf("ftyp", []byte(brand), make([]byte, 4), []byte(brand)), moov, boxOf("uuid", make([]byte, 16), []byte(placed)),
		boxOf("free", []byte(placed)), boxOf("mdat", []byte("the film"))}, nil)
}

func film() []byte { return filmOf("isom", trackOf("vide", "avc1"), trackOf("soun", "mp4a")) }

// glbOf is a model with a description and a binary part.
func glbOf(text string, body []byte) []byte {
	text += strings.Repeat(" ", (4-len(text)%4)%4)
	body = append(body, make([]byte, (4-len(body)%4)%4)...)
	out := append([]byte("glTF"), 2, 0, 0, 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(12+8+len(text)+8+len(body)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	out = append(append(out, "JSON"...), text...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(body)))
	return append(append(out, "BIN\x00"...), body...)
}

// model is a GLB whose texture tells where it was taken.
func model() []byte {
	texture := jpegPlaced(16, 16, 1)
	return glbOf(fmt.Sprintf(`{"asset":{"version":"2.0"},"buffers":[{"byteLength":%d}],"bufferViews":[{"buffer":0,"byteLength":%d}],"images":[{"bufferView":0,"mimeType":"image/jpeg"}]}`,
		len(texture), len(texture)), texture)
}

// usdzOf is an archive of files that begin at multiples of 64, with names and contents by turns.
func usdzOf(method uint16, files ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		if err := w.Flush(); err != nil {
			panic(err)
		}
		head := &zip.FileHeader{Name: files[i], Method: method}
		head.CRC32, head.UncompressedSize64, head.CompressedSize64 = crc32.ChecksumIEEE([]byte(files[i+1])), uint64(len(files[i+1])), uint64(len(files[i+1]))
		gap := 4 + (64-(b.Len()+30+len(files[i])+4)%64)%64
		head.Extra = append([]byte{0x86, 0x19, byte(gap - 4), 0}, make([]byte, gap-4)...)
		f, err := w.CreateRaw(head)
		if err != nil {
			panic(err)
		}
		if _, err := io.WriteString(f, files[i+1]); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const scene = "#usda 1.0\n"

func paper(more string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + more + ">>\nendobj\nstartxref\n0\n%%EOF\n")
}

// good are files of every kind.
func good() map[string][]byte {
	return map[string][]byte{
		"image/jpeg": jpegOf(40, 30), "image/png": pngOf(40, 30), "image/webp": webpOf("lossy"), "image/webp lossless": webpOf("lossless"),
		"image/webp extended": webpOf("extended"), "image/jpeg placed": jpegPlaced(40, 30, 6), "image/png placed": pngPlaced(3), "image/webp placed": webpPlaced(),
		"video/mp4": film(), "model/gltf-binary": model(), "model/gltf+json": []byte(`{"asset":{"version":"2.0"},"buffers":[{"uri":"data:application/octet-stream;base64,AAAA","byteLength":3}]}`),
		"model/vnd.usdz+zip": usdzOf(zip.Store, "a.usda", scene, "t/x.png", string(pngOf(8, 8))), "application/pdf": paper(""),
	}
}

func clean(body []byte) ([]byte, media.Form, error) {
	var b bytes.Buffer
	f, err := media.Clean(&b, bytes.NewReader(body), int64(len(body)))
	return b.Bytes(), f, err
}

// TestGoodFilesAreTaken by their content, tell no place afterwards, and are left alone when they are cleaned again.
func TestGoodFilesAreTaken(t *testing.T) {
	for name, body := range good() {
		cleaned, f, err := clean(body)
		want, _, _ := strings.Cut(name, " ")
		if err != nil || f.Type != want {
			t.Errorf("%s is %+v, %v", name, f, err)
			continue
		}
		if bytes.Contains(cleaned, []byte(placed)) || bytes.Contains(cleaned, []byte("script")) {
			t.Errorf("%s still tells where it was taken", name)
		}
		again, _, err := clean(cleaned)
		if err != nil || !bytes.Equal(again, cleaned) {
			t.Errorf("%s is another file when it is cleaned again: %v", name, err)
		}
	}
}

// TestCleanedPicturesLookTheSame to every decoder, and are turned as before.
func TestCleanedPicturesLookTheSame(t *testing.T) {
	for turn := byte(1); turn <= 8; turn++ {
		cleaned, f, err := clean(jpegPlaced(40, 30, turn))
		if err != nil {
			t.Fatal(err)
		}
		was, _ := jpeg.Decode(bytes.NewReader(jpegOf(40, 30)))
		is, err := jpeg.Decode(bytes.NewReader(cleaned))
		if err != nil || !bytes.Equal(was.(*image.YCbCr).Y, is.(*image.YCbCr).Y) {
			t.Fatalf("turned %d it looks different: %v", turn, err)
		}
		width, height := int64(40), int64(30)
		if turn >= 5 {
			width, height = height, width
		}
		if f.Width != width || f.Height != height || f.Turn != int(turn) {
			t.Errorf("turned %d it is %+v", turn, f)
		}
		if _, again, _ := clean(cleaned); again.Turn != int(turn) && turn > 1 {
			t.Errorf("cleaned it is turned %d, not %d", again.Turn, turn)
		}
	}
	cleaned, f, err := clean(pngPlaced(6))
	if _, bad := png.Decode(bytes.NewReader(cleaned)); err != nil || bad != nil || f.Turn != 6 || f.Width != 16 {
		t.Errorf("a PNG: %+v, %v, %v", f, err, bad)
	}
	cleaned, _, err = clean(webpPlaced())
	if _, bad := goWebP.Decode(bytes.NewReader(cleaned)); err != nil || bad != nil {
		t.Errorf("a WebP: %v, %v", err, bad)
	}
}

// TestFilmsKeepTheirPlaces: nothing in a film moves when it is cleaned, and only its descriptions become zeros.
func TestFilmsKeepTheirPlaces(t *testing.T) {
	body := film()
	cleaned, f, err := clean(body)
	if err != nil || len(cleaned) != len(body) || f.Width != 320 || f.Height != 240 {
		t.Fatalf("%d bytes became %d, %+v, %v", len(body), len(cleaned), f, err)
	}
	if bytes.Index(cleaned, []byte("the film")) != bytes.Index(body, []byte("the film")) || bytes.Contains(cleaned, []byte("udta")) {
		t.Error("something moved or stayed")
	}
}

// TestWhatIsCutOffIsRefused at every byte.
func TestWhatIsCutOffIsRefused(t *testing.T) {
	for name, body := range good() {
		whole, _, _ := clean(body)
		if strings.HasSuffix(name, "placed") {
			continue // What is cut off may be what stands behind the end.
		}
		end := len(body)
		switch {
		case name == "image/webp" || name == "application/pdf":
			end-- // The last byte fills up.
		case name == "model/gltf+json":
			end--
		}
		for n := range end {
			if cut, _, err := clean(body[:n]); err == nil && !bytes.Equal(cut, whole) {
				t.Fatalf("%s, %d bytes of %d, are taken", name, n, len(body))
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	bomb := bytes.Clone(pngOf(4, 4))
	binary.BigEndian.PutUint32(bomb[16:], 16_000)
	binary.BigEndian.PutUint32(bomb[20:], 16_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	wide := bytes.Clone(jpegOf(8, 8))
	copy(wide[bytes.Index(wide, []byte{0xff, 0xc0})+5:], "\x80\x00\x80\x00")
	lossless := bytes.Clone(jpegOf(8, 8))
	lossless[bytes.Index(lossless, []byte{0xff, 0xc0})+1] = 0xc3
	damaged := bytes.Clone(pngOf(8, 8))
	damaged[45] ^= 1
	badExif := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 18}, "Exif\x00\x00MM\x00*\x7f\xff\xff\xff\x00\x00"...)
	archive := string(usdzOf(zip.Store, "evil.js", "alert(1)"))
	moving := bytes.Clone(webpOf("extended"))
	moving[20] |= 2
	for _, x := range []struct {
		name string
		body []byte
		want error
	}{
		{"nothing", nil, media.ErrDamaged},
		{"text", []byte("this is no picture at all"), media.ErrKind},
		{"a page", []byte("<!DOCTYPE html><script>alert(1)</script>"), media.ErrKind},
		{"a drawing with a script", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), media.ErrDrawing},
		{"a GIF that is a script", []byte("GIF89a/*\x00\x00*/=1;alert(1)"), media.ErrKind},
		{"a page that begins as a JPEG", []byte("\xff\xd8\xff<script>alert(1)</script>"), media.ErrDamaged},
		{"a pixel bomb", bomb, media.ErrPixels},
		{"a wide JPEG", wide, media.ErrPixels},
		{"a lossless JPEG", lossless, media.ErrDamaged},
		{"a damaged PNG", damaged, media.ErrDamaged},
		{"EXIF that leads nowhere", badExif, media.ErrDamaged},
		{"a WebP that moves", moving, media.ErrKind},
		{"a film of a camera's own", filmOf("qt  ", trackOf("vide", "avc1")), media.ErrCodec},
		{"a film in HEVC", filmOf("isom", trackOf("vide", "hvc1")), media.ErrCodec},
		{"a film with places", filmOf("isom", trackOf("vide", "avc1"), trackOf("meta", "gpmd")), media.ErrTracks},
		{"a sound without a film", filmOf("isom", trackOf("soun", "mp4a")), media.ErrDamaged},
		{"a picture in HEIC", boxOf("ftyp", []byte("heic\x00\x00\x00\x00mif1")), media.ErrCodec},
		{"a film with a box beyond its end", append(film(), 0x7f, 0xff, 0xff, 0xff, 'f', 'r', 'e', 'e'), media.ErrDamaged},
		{"a model of another version", append([]byte("glTF\x01\x00\x00\x00"), make([]byte, 16)...), media.ErrDamaged},
		{"a model that says 5 GB", append([]byte("glTF\x02\x00\x00\x00\xff\xff\xff\xff\x04\x00\x00\x00JSON"), "{}  "...), media.ErrDamaged},
		{"a model that asks elsewhere", glbOf(`{"asset":{"version":"2.0"},"images":[{"uri":"https://evil.example/x.png"}]}`, nil), media.ErrActive},
		{"a model with packed meshes", glbOf(`{"asset":{"version":"2.0"},"extensionsRequired":["KHR_draco_mesh_compression"]}`, nil), media.ErrCodec},
		{"a model with a bomb", glbOf(fmt.Sprintf(`{"asset":{"version":"2.0"},"bufferViews":[{"byteLength":%d}],"images":[{"bufferView":0}]}`, len(bomb)), bomb), media.ErrPixels},
		{"a model whose texture is nowhere", glbOf(`{"asset":{"version":"2.0"},"bufferViews":[{"byteOffset":9223372036854775807,"byteLength":9}],"images":[{"bufferView":0}]}`, nil), media.ErrDamaged},
		{"JSON", []byte(`{"hello":"world"}`), media.ErrKind},
		{"an archive", []byte(archive), media.ErrKind},
		{"a packed USDZ", usdzOf(zip.Deflate, "a.usda", scene), media.ErrDamaged},
		{"a USDZ with a script", usdzOf(zip.Store, "a.usda", scene, "x.js", "alert(1)"), media.ErrActive},
		{"a USDZ that climbs", usdzOf(zip.Store, "a.usda", scene, "../x.png", string(pngOf(8, 8))), media.ErrActive},
		{"a USDZ that tells a place", usdzOf(zip.Store, "a.usda", scene, "x.jpg", string(jpegPlaced(8, 8, 1))), media.ErrLocated},
		{"a USDZ with something behind it", append(usdzOf(zip.Store, "a.usda", scene), "x"...), media.ErrDamaged},
		{"a PDF with a script", paper("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), media.ErrActive},
		{"a PDF that starts programs", paper("/AA << /S /Launch /F (x.exe) >>"), media.ErrActive},
		{"a PDF that is an archive", append(paper(""), archive...), media.ErrDouble},
		{"a PDF without its end", []byte("%PDF-1.7\nstartxref"), media.ErrDamaged},
	} {
		if _, _, err := clean(x.body); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", x.name, err, x.want)
		}
	}
	for ending, body := range map[string][]byte{".jpg": jpegOf(4, 4), ".mp4": film(), ".glb": model(), ".pdf": paper("")} {
		if _, err := media.Clean(io.Discard, bytes.NewReader(body), 5<<30); !errors.Is(err, media.ErrBytes) {
			t.Errorf("%s of 5 GB: %v", ending, err)
		}
	}
}

// FuzzClean: whatever comes, it is refused or becomes a file that is left alone when it is cleaned again.
func FuzzClean(f *testing.F) {
	for _, body := range good() {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		cleaned, form, err := clean(body)
		if err != nil {
			return
		}
		again, other, err := clean(cleaned)
		if err != nil || other.Type != form.Type || !bytes.Equal(again, cleaned) {
			t.Errorf("%s became %s, %v", form.Type, other.Type, err)
		}
	})
}

// TestDamagedFiles damages every kind of file at random: it is refused, or becomes one that is left alone when it is
// cleaned again.
func TestDamagedFiles(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 7))
	for name, body := range good() {
		for range 3000 {
			damaged := bytes.Clone(body)
			for range 1 + dice.IntN(4) {
				damaged[dice.IntN(min(len(damaged), 400))] = byte(dice.IntN(256))
			}
			cleaned, form, err := clean(damaged)
			if err != nil {
				continue
			}
			if again, other, err := clean(cleaned); err != nil || other.Type != form.Type || !bytes.Equal(again, cleaned) {
				t.Fatalf("%s damaged became %s, and then %s, %v\n%x", name, form.Type, other.Type, err, damaged)
			}
		}
	}
}
