package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// conn is one keep-alive connection of a client. It knows as much of HTTP/1.1 as the measured answers need, and makes
// nothing anew from request to request: client and server share the same processors, and what the client does not use
// the server has.
type conn struct {
	addr  string
	net   net.Conn
	in    []byte // in is what has come and is not used up, from r to w.
	r, w  int
	parts []byte // parts are the chunks of an answer without a length, put together.
}

const (
	bufferStart = 64 << 10
	answerMax   = 16 << 20 // No measured answer comes near; beyond it something is wrong.
)

var (
	errAnswer = errors.New("the answer is not HTTP/1.1 as this client knows it")
	endOfHead = []byte("\r\n\r\n")
	lengthIs  = []byte("\r\ncontent-length:")
	chunkedIs = []byte("\r\ntransfer-encoding:")
)

func dial(addr string, until time.Time) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	if err := c.SetDeadline(until); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &conn{addr: addr, net: c, in: make([]byte, bufferStart)}, nil
}

func (c *conn) close() error { return c.net.Close() }

// do sends a request and gives the status and the body of its answer. The body is good until the next do.
func (c *conn) do(request []byte) (status int, body []byte, err error) {
	if _, err := c.net.Write(request); err != nil {
		return 0, nil, err
	}
	head, err := c.head()
	if err != nil {
		return 0, nil, err
	}
	if len(head) < 12 {
		return 0, nil, errAnswer
	}
	if status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return 0, nil, errAnswer
	}
	if length, ok := number(head, lengthIs); ok {
		body, err = c.take(length)
		return status, body, err
	}
	if status == 204 || status == 304 {
		return status, nil, nil
	}
	if find(head, chunkedIs) < 0 {
		return 0, nil, errAnswer
	}
	body, err = c.chunks()
	return status, body, err
}

// head gives the status line and the headers, with the line end of the last.
func (c *conn) head() ([]byte, error) {
	seen := 0
	for {
		have := c.in[c.r:c.w]
		if end := bytes.Index(have[seen:], endOfHead); end >= 0 {
			end += seen
			c.r += end + len(endOfHead)
			return have[:end+2], nil
		}
		seen = max(0, len(have)-len(endOfHead))
		if err := c.more(1); err != nil {
			return nil, err
		}
	}
}

// more reads until at least n bytes have come beyond what was there.
func (c *conn) more(n int) error {
	if c.r > 0 && c.r == c.w {
		c.r, c.w = 0, 0
	}
	if c.w+n > len(c.in) {
		if c.w-c.r+n > answerMax {
			return errAnswer
		}
		room := c.in
		if c.w-c.r+n > len(c.in) {
			room = make([]byte, 2*(c.w-c.r+n))
		}
		c.w = copy(room, c.in[c.r:c.w])
		c.in, c.r = room, 0
	}
	for n > 0 {
		got, err := c.net.Read(c.in[c.w:])
		c.w += got
		n -= got
		if err != nil && n > 0 {
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

// take gives the next n bytes.
func (c *conn) take(n int) ([]byte, error) {
	if n < 0 || n > answerMax {
		return nil, errAnswer
	}
	if missing := n - (c.w - c.r); missing > 0 {
		if err := c.more(missing); err != nil {
			return nil, err
		}
	}
	part := c.in[c.r : c.r+n]
	c.r += n
	return part, nil
}

// line gives the bytes before the next line end.
func (c *conn) line() ([]byte, error) {
	for {
		if end := bytes.IndexByte(c.in[c.r:c.w], '\n'); end >= 0 {
			line := c.in[c.r : c.r+end]
			c.r += end + 1
			return bytes.TrimSuffix(line, []byte("\r")), nil
		}
		if err := c.more(1); err != nil {
			return nil, err
		}
	}
}

// chunks puts a chunked answer together (RFC 9112 §7.1).
func (c *conn) chunks() ([]byte, error) {
	c.parts = c.parts[:0]
	for {
		line, err := c.line()
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return nil, errAnswer
		}
		part, err := c.take(int(size) + 2)
		if err != nil {
			return nil, err
		}
		if size == 0 {
			return c.parts, nil
		}
		c.parts = append(c.parts, part[:size]...)
	}
}

// find gives where a header begins, whatever the case of its letters, or -1. The name is in small letters.
func find(head, name []byte) int {
	for at := 0; ; at++ {
		next := bytes.IndexByte(head[at:], '\r')
		if next < 0 || at+next+len(name) > len(head) {
			return -1
		}
		at += next
		if equalFold(head[at:at+len(name)], name) {
			return at + len(name)
		}
	}
}

func equalFold(said, name []byte) bool {
	for i, b := range said {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != name[i] {
			return false
		}
	}
	return true
}

func number(head, name []byte) (int, bool) {
	at := find(head, name)
	if at < 0 {
		return 0, false
	}
	value, _, _ := bytes.Cut(head[at:], []byte("\r"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	return n, err == nil
}

// get writes a GET request of a program, or of whoever sends these headers.
func get(addr, target string, headers ...header) []byte {
	if len(headers) == 0 {
		headers = []header{{"Accept", "application/json"}}
	}
	request := "GET " + target + " HTTP/1.1\r\nHost: " + addr + "\r\n"
	for _, h := range headers {
		request += h.name + ": " + h.value + "\r\n"
	}
	return []byte(request + "\r\n")
}

// header is a line of a request.
type header struct{ name, value string }

// send writes a request with a JSON body into a buffer that is used again and again.
func send(buffer []byte, addr, line, body string) []byte {
	buffer = append(buffer[:0], line...)
	buffer = append(buffer, " HTTP/1.1\r\nHost: "...)
	buffer = append(buffer, addr...)
	buffer = append(buffer, "\r\nContent-Type: application/json\r\nContent-Length: "...)
	buffer = strconv.AppendInt(buffer, int64(len(body)), 10)
	buffer = append(buffer, "\r\n\r\n"...)
	return append(buffer, body...)
}

// pick gives the first string that stands under a name in a JSON text. The texts that it is used on escape nothing in
// their ids.
func pick(body []byte, name string) string {
	at := bytes.Index(body, []byte(`"`+name+`":"`))
	if at < 0 {
		return ""
	}
	value, _, ok := bytes.Cut(body[at+len(name)+4:], []byte(`"`))
	if !ok {
		return ""
	}
	return string(value)
}

// unexpected says what was answered in place of what should have been.
func unexpected(what string, status int, body []byte) error {
	return fmt.Errorf("%s: %d %.200s", what, status, body)
}
