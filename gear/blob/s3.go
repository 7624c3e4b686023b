package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket says where files are kept in an object store.
type Bucket struct {
	Endpoint string // Endpoint is the address of the store: "https://s3.example.kz", or http for one in the same house.
	Name     string // Name is the bucket, which is there already.
	Prefix   string // Prefix begins every key, such as "media/"; it may be empty.
	Region   string // Region is "us-east-1" when it is empty, which stores that know none accept.
	Key      string
	Secret   string
}

// Bucketed keeps files in an object store that speaks S3.
type Bucketed struct {
	client *minio.Client
	bucket string
	prefix string
}

var _ Store = (*Bucketed)(nil)

// s3Headers is how long a store may think before it answers.
const s3Headers = 30 * time.Second

// OpenBucket makes a store of a bucket. Nothing is asked before it is used; see Check.
func OpenBucket(b Bucket) (*Bucketed, error) {
	at, err := url.Parse(b.Endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || strings.Trim(at.Path, "/") != "" {
		return nil, fmt.Errorf("blob: %q is no address of an object store: write https://host", b.Endpoint)
	}
	if b.Name == "" {
		return nil, errors.New("blob: name the bucket")
	}
	region := b.Region
	if region == "" {
		region = "us-east-1"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = s3Headers
	client, err := minio.New(at.Host, &minio.Options{
		Creds: credentials.NewStaticV4(b.Key, b.Secret, ""), Secure: at.Scheme == "https", Region: region, Transport: transport,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &Bucketed{client: client, bucket: b.Name, prefix: b.Prefix}, nil
}

// Check asks the store whether the bucket is there and may be used.
func (b *Bucketed) Check(ctx context.Context) error {
	there, err := b.client.BucketExists(ctx, b.bucket)
	if err == nil && !there {
		err = fmt.Errorf("blob: there is no bucket %q", b.bucket)
	}
	return err
}

// Keep sends a file. The store shows it when it has all of it.
func (b *Bucketed) Keep(ctx context.Context, name string, r io.Reader, size int64) error {
	if !Fits(name) {
		return ErrUnknown.About("%.120q is no name of a file", name)
	}
	_, err := b.client.PutObject(ctx, b.bucket, b.prefix+name, exactly(r, size), size, minio.PutObjectOptions{ContentType: TypeOf(name)})
	if err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	return nil
}

// exact reads as much as was said, and no more; otherwise it is an error.
type exact struct {
	r    io.Reader
	left int64
}

func exactly(r io.Reader, size int64) io.Reader { return &exact{r, size} }

func (e *exact) Read(b []byte) (int, error) {
	if e.left == 0 {
		var one [1]byte
		if n, _ := e.r.Read(one[:]); n > 0 {
			return 0, errors.New("blob: the file is longer than was said")
		}
		return 0, io.EOF
	}
	n, err := e.r.Read(b[:min(int64(len(b)), e.left)])
	if e.left -= int64(n); e.left > 0 && errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Read opens a file; what is read of it is asked of the store then.
func (b *Bucketed) Read(ctx context.Context, name string) (File, error) {
	if !Fits(name) {
		return nil, ErrUnknown.About("%.120q is no name of a file", name)
	}
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, missing(name, err)
	}
	info, err := object.Stat()
	if err != nil {
		return nil, errors.Join(missing(name, err), object.Close())
	}
	return stored{object, info.Size, info.LastModified}, nil
}

// missing makes the store's "no such key" ours.
func missing(name string, err error) error {
	if answer := minio.ToErrorResponse(err); answer.StatusCode == http.StatusNotFound || answer.Code == "NoSuchKey" {
		return ErrUnknown.About("%s", name)
	}
	return fmt.Errorf("read a file: %w", err)
}

// Forget removes files of the bucket.
func (b *Bucketed) Forget(ctx context.Context, names ...string) error {
	var all error
	for _, name := range names {
		if !Fits(name) {
			continue
		}
		if err := b.client.RemoveObject(ctx, b.bucket, b.prefix+name, minio.RemoveObjectOptions{}); err != nil {
			all = errors.Join(all, fmt.Errorf("forget a file: %w", err))
		}
	}
	return all
}

// stored is a file of a bucket.
type stored struct {
	*minio.Object
	size int64
	kept time.Time
}

func (s stored) Size() int64     { return s.size }
func (s stored) Kept() time.Time { return s.kept }
