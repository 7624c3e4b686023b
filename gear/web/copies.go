package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/flate"

	"sauda/gear/cache"
)

// Copies are pages as they are seen by all who bring no cookie, compressed and ready to be sent. Such a visitor has no
// basket, no account and no choices yet: he comes for the first time, or is a robot. A copy is sent until one of the tags
// is dropped that the page gave with Alike, and for at most copyTime: what only time changes may be as old as that.
type Copies struct{ kept *cache.Cache[*copied] }

// NewCopies keeps at most so many bytes.
func NewCopies(bytesMax int64) *Copies { return &Copies{cache.New[*copied](bytesMax)} }

// Drop forgets the pages with a tag, and those that are being made.
func (k *Copies) Drop(tag string) { k.kept.Drop(tag) }

// Clear forgets all pages, and those that are being made.
func (k *Copies) Clear() { k.kept.Clear() }

// copyTime is how old a copy can be.
const copyTime = time.Minute

// Alike says that everybody who brings no cookie sees this page as it is now, until one of the tags is dropped. What the
// page reads is read after the request began. Its cookies, if it sets any, are the same for all of them.
func Alike(ctx context.Context, tags ...string) {
	if c := callFrom(ctx); c != nil && c.copying != nil {
		c.copying.tags = append(tags, everyPage)
	}
}

// everyPage is a tag of all copies, so that Alike may be said without any.
const everyPage = "web: every page"

// FormKey is a fresh key for the forms of the present page; see Once. It is the only part of a copy that differs from
// visitor to visitor, and stands in a page once.
func FormKey(ctx context.Context) string {
	c := callFrom(ctx)
	if c == nil {
		return newFormKey()
	}
	if c.formKey == "" {
		c.formKey = newFormKey()
	}
	return c.formKey
}

func newFormKey() string { return "frm_" + rand.Text() }

// copying is a page that may become a copy.
type copying struct {
	key    string
	ticket cache.Ticket
	tags   []string // tags are nil until the page says that it is alike for all.
}

// copied is a page in one gzip member (RFC 1952), with a hole where the key of its forms stands: what comes before the hole
// ends on a whole byte and what comes after it refers to nothing before it, so that the key is put between them as a stored
// block (RFC 1951 §3.2.4) and nothing is compressed again.
type copied struct {
	header  http.Header
	cookies []*http.Cookie
	until   time.Time
	before  []byte
	after   []byte // after is nil when there is no hole.
	sum     uint32 // sum is the CRC-32 of what before unpacks to.
	sumRest uint32
	far     [32]uint32 // far moves a sum over as many bytes as after unpacks to, bit by bit.
	size    uint32     // size is of the whole page, unpacked.
}

// notAlike are headers of requests whose answer is for one visitor: he is known, or his browser asks ahead and nobody has
// seen anything yet.
var notAlike = []string{"Cookie", "Authorization", "Sec-Purpose"}

// sendCopy answers with a copy, if there is one. It remembers where one is to be put if there is none.
func (c *call) sendCopy() bool {
	copies := c.server.site.o.Copies
	if copies == nil || c.r.Method != http.MethodGet || c.r.URL.RawQuery != "" || !acceptsGzip(c.r) ||
		slices.ContainsFunc(notAlike, func(name string) bool { return len(c.r.Header[name]) > 0 }) {
		return false
	}
	key := c.r.Host + " " + c.language() + " " + c.prefix + c.r.URL.EscapedPath()
	page, ok := copies.kept.Get(key)
	if !ok || !c.server.o.Store.Now().Before(page.until) {
		c.copying = &copying{key: key, ticket: copies.kept.Ticket()}
		return false
	}
	page.send(c)
	return true
}

// keepCopy keeps the page that is about to be sent, if it is alike for all, and gives what it kept: that is compressed already.
func (c *call) keepCopy(body []byte) *copied {
	if c.copying == nil || c.copying.tags == nil || c.device != "" || c.framed || c.nonce != "" {
		return nil
	}
	page, ok := newCopied(body, c.formKey)
	if !ok {
		c.server.o.Log.Error("web: a page has the key of its forms more than once, and no copy", "route", c.route.pattern)
		return nil
	}
	page.header, page.cookies = c.route.copiedHeader(c.Header()), slices.Clone(c.cookies)
	page.until = c.server.o.Store.Now().Add(copyTime)
	c.server.site.o.Copies.kept.Put(c.copying.ticket, c.copying.key, page, len(page.before)+len(page.after)+copyCost, c.copying.tags...)
	return page
}

// copiedHeader gives the header that copies keep. Most copies of a route have the same, and share it: nobody changes it.
func (rt *route) copiedHeader(h http.Header) http.Header {
	own := h.Clone()
	own.Del("X-Request-Id")
	if last := rt.copied.Load(); last != nil && maps.EqualFunc(*last, own, slices.Equal) {
		return *last
	}
	rt.copied.Store(&own)
	return own
}

// copyCost is about what a copy holds beside its bytes: headers and far.
const copyCost = 1 << 10

// newCopied compresses a page. It reports false when the key does not stand in it once.
func newCopied(body []byte, key string) (*copied, bool) {
	page := &copied{sum: crc32.ChecksumIEEE(body), size: uint32(len(body))}
	if key == "" {
		page.before = deflated(body, true)
		return page, true
	}
	start, rest, found := bytes.Cut(body, []byte(key))
	if !found || bytes.Contains(rest, []byte(key)) {
		return nil, false
	}
	page.before, page.sum = deflated(start, false), crc32.ChecksumIEEE(start)
	page.after, page.sumRest = deflated(rest, true), crc32.ChecksumIEEE(rest)
	nothing := make([]byte, len(rest))
	for bit := range page.far {
		page.far[bit] = ^crc32.Update(^uint32(1<<bit), crc32.IEEETable, nothing)
	}
	return page, true
}

// deflaters are kept, for each has most of a megabyte of tables.
var deflaters = sync.Pool{New: func() any {
	z, _ := flate.NewWriter(nil, flate.DefaultCompression) // The level is in range.
	return z
}}

// deflated compresses a part of a page: the last one, or one that ends on a whole byte. It takes no more memory than it has
// bytes, for it is kept.
func deflated(part []byte, last bool) []byte {
	b, z := buffers.Get().(*bytes.Buffer), deflaters.Get().(*flate.Writer)
	defer buffers.Put(b)
	defer deflaters.Put(z)
	b.Reset()
	z.Reset(b)
	_, _ = z.Write(part) // A buffer takes everything.
	if last {
		_ = z.Close()
	} else {
		_ = z.Flush()
	}
	return bytes.Clone(b.Bytes())
}

// gzipHead begins a gzip member without a name and a time (RFC 1952 §2.3).
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

// write puts the page together, with a fresh key if it has a hole.
func (p *copied) write(b *bytes.Buffer, key string) {
	b.Write(gzipHead)
	b.Write(p.before)
	sum := p.sum
	if p.after != nil {
		b.WriteByte(0) // A stored block that is not the last.
		var length [4]byte
		binary.LittleEndian.PutUint16(length[:2], uint16(len(key)))
		binary.LittleEndian.PutUint16(length[2:], ^uint16(len(key)))
		b.Write(length[:])
		b.WriteString(key)
		b.Write(p.after)
		sum = p.moved(crc32.Update(sum, crc32.IEEETable, []byte(key))) ^ p.sumRest
	}
	var end [8]byte
	binary.LittleEndian.PutUint32(end[:4], sum)
	binary.LittleEndian.PutUint32(end[4:], p.size)
	b.Write(end[:])
}

// moved is a sum after as many zero bytes as come after the hole: the sum of two parts is that of the first, so moved,
// and that of the second, added bit by bit.
func (p *copied) moved(sum uint32) (far uint32) {
	for bit := range p.far {
		if sum&(1<<bit) != 0 {
			far ^= p.far[bit]
		}
	}
	return far
}

// send answers another visitor than the one for whom the page was made.
func (p *copied) send(c *call) {
	c.cookies = p.cookies
	for name, values := range p.header {
		c.Header()[name] = values
	}
	p.sendBody(c, newFormKey())
}

func (p *copied) sendBody(c *call, key string) {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	p.write(b, key)
	c.writeZipped(b.Bytes(), http.StatusOK)
}
