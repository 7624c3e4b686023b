package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"

	"sauda/gear/blob"
)

// pictureMax bounds one picture that comes with a file or from an address.
const pictureMax = 12 << 20

// pictures finds the pictures that a file names: in the archive in which it came, or in a folder beside it. Each is kept
// once, and never one outside of these.
type pictures struct {
	media   blob.Folder
	archive *zip.ReadCloser
	packed  map[string]*zip.File // packed are the pictures of the archive by their names, and by the ends of their names.
	beside  *os.Root
	kept    map[string]string
	look    bool // look finds the pictures and keeps none.
}

// looking finds pictures and keeps none: for a preview.
func (p *pictures) looking() *pictures {
	if p != nil {
		p.look = true
	}
	return p
}

// keptMax bounds what is remembered of names.
const keptMax = 100_000

// picturesOf opens what comes along with a file. Without a place for media no names are resolved.
func (f *file) picturesOf(p Plan) (*pictures, error) {
	if p.Media == nil {
		return nil, nil
	}
	all := &pictures{media: *p.Media, packed: make(map[string]*zip.File), kept: make(map[string]string)}
	if archive, err := zip.OpenReader(f.path); err == nil {
		all.archive = archive
		for _, part := range archive.File {
			if isPictureName(part.Name) && len(all.packed) < keptMax {
				all.packed[strings.ToLower(path.Base(part.Name))] = part
				all.packed[strings.ToLower(strings.Trim(part.Name, "/"))] = part
			}
		}
	}
	if p.Beside != "" {
		root, err := os.OpenRoot(p.Beside)
		if err != nil {
			return nil, errors.Join(ErrFile.About("the folder of pictures: %v", err), all.Close())
		}
		all.beside = root
	}
	return all, nil
}

// Close lets go of the archive and of the folder.
func (p *pictures) Close() error {
	if p == nil {
		return nil
	}
	var err error
	if p.archive != nil {
		err = p.archive.Close()
	}
	if p.beside != nil {
		err = errors.Join(err, p.beside.Close())
	}
	return err
}

// errNoPicture says that there is none of that name, or that it is none.
var errNoPicture = errors.New("intake: no such picture")

// keep gives the address of a picture, which is kept when it is asked for first.
func (p *pictures) keep(name string) (string, error) {
	if address, there := p.kept[name]; there {
		if address == "" {
			return "", errNoPicture
		}
		return address, nil
	}
	address, err := p.put(name)
	if len(p.kept) < keptMax {
		p.kept[name] = address
	}
	return address, err
}

func (p *pictures) put(name string) (string, error) {
	clean := strings.Trim(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
	if !isPictureName(clean) {
		return "", errNoPicture
	}
	in, err := p.find(clean)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(io.LimitReader(in, pictureMax+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return "", fmt.Errorf("%w: %w", errNoPicture, err)
	}
	if p.look {
		return nameOfPicture(body)
	}
	return keepPicture(p.media, body)
}

// nameOfPicture gives the address that a picture would have.
func nameOfPicture(body []byte) (string, error) {
	ending := pictureKinds[http.DetectContentType(body)]
	if ending == "" || len(body) > pictureMax {
		return "", errNoPicture
	}
	return "/media/" + blob.Name(body, ending), nil
}

// find opens a picture by the whole of its name or by its last part.
func (p *pictures) find(clean string) (io.ReadCloser, error) {
	for _, name := range []string{clean, path.Base(clean)} {
		if part := p.packed[strings.ToLower(name)]; part != nil {
			return part.Open()
		}
		if p.beside == nil {
			continue
		}
		for _, below := range []string{name, path.Join("images", name), path.Join("media/catalog/product", name)} {
			if in, err := p.beside.Open(below); err == nil {
				return in, nil
			}
		}
	}
	return nil, errNoPicture
}

// pictureKinds are the pictures that are kept, by what their bytes say they are.
var pictureKinds = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}

// keepPicture keeps a picture and gives its address. What it is, its first bytes say, whatever it is called.
func keepPicture(media blob.Folder, body []byte) (string, error) {
	ending := pictureKinds[http.DetectContentType(body)]
	if ending == "" || len(body) > pictureMax {
		return "", errNoPicture
	}
	name, err := media.Put(bytes.NewReader(body), ending)
	if err != nil {
		return "", err
	}
	return "/media/" + name, nil
}
