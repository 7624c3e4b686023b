package intake

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"sauda/base/fault"
	"sauda/core/media"
	"sauda/gear/blob"
)

// pictureMax bounds one picture that comes with a file or from an address.
const pictureMax = 12 << 20

// pictures finds the pictures that a file names: in the archive in which it came, or in a folder beside it. Each is kept
// once, and never one outside of these.
type pictures struct {
	ctx     context.Context // ctx is that of the import.
	library media.Library
	archive *zip.ReadCloser
	packed  map[string]*zip.File // packed are the pictures of the archive by their names, and by the ends of their names.
	beside  *os.Root
	kept    map[string]string

	mu    sync.Mutex
	fresh []media.File // fresh are those that the house does not know of yet.
}

// looking finds pictures and keeps none: for a preview.
func (p *pictures) looking() *pictures {
	if p != nil {
		p.library.Blobs = nowhere{}
	}
	return p
}

// nowhere keeps nothing, so that a picture is judged and named as it would be, and is not there.
type nowhere struct{}

func (nowhere) Keep(_ context.Context, _ string, r io.Reader, _ int64) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func (nowhere) Read(context.Context, string) (blob.File, error) { return nil, blob.ErrUnknown }

func (nowhere) Forget(context.Context, ...string) error { return nil }

// unknown are the files that were kept and are not noted yet.
func (p *pictures) unknown() []media.File {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.fresh)
}

// noted takes as many of the unknown as were noted.
func (p *pictures) noted(n int) {
	if n > 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.fresh = p.fresh[n:]
	}
}

// keptMax bounds what is remembered of names.
const keptMax = 100_000

// picturesOf opens what comes along with a file. Without a place for media no names are resolved.
func (f *file) picturesOf(ctx context.Context, p Plan) (*pictures, error) {
	if p.Media == nil {
		return nil, nil
	}
	all := &pictures{ctx: ctx, library: *p.Media, packed: make(map[string]*zip.File), kept: make(map[string]string)}
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
	kept, err := keepPicture(p.ctx, p.library, body)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh = append(p.fresh, kept)
	return kept.URL(), nil
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

// keepPicture keeps a picture, cleaned of what it should not tell. What it is, its bytes say, whatever it is called.
func keepPicture(ctx context.Context, library media.Library, body []byte) (media.File, error) {
	if len(body) > pictureMax {
		return media.File{}, errNoPicture
	}
	kept, err := library.KeepBytes(ctx, body)
	switch {
	case err == nil && kept.Kind != media.KindImage:
		return media.File{}, errNoPicture
	case err != nil && (fault.Of(err).Kind == fault.Invalid || fault.Of(err).Kind == fault.TooLarge):
		return media.File{}, fmt.Errorf("%w: %w", errNoPicture, err)
	}
	return kept, err
}
