package web

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
)

// cursorMax bounds a cursor in its text.
const cursorMax = 1000

// Cursor packs where a list goes on, such as the last key of a page, into one opaque word. The check in it is against
// mistakes, not against malice: what a cursor says is used as a bound in a query and never as a right.
func Cursor(parts ...string) string {
	body, err := json.Marshal(parts)
	if err != nil {
		panic("web: strings that are no JSON: " + err.Error())
	}
	sum := crc32.ChecksumIEEE(body)
	return base64.RawURLEncoding.EncodeToString(append(body, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum)))
}

// Uncursor gives back the parts of a cursor, as many as were packed. The empty cursor is the beginning: no parts and no
// error. Anything else that Cursor did not make of n parts is ErrCursor.
func Uncursor(cursor string, n int) ([]string, error) {
	if cursor == "" {
		return nil, nil
	}
	if len(cursor) > cursorMax {
		return nil, ErrCursor
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < 4 {
		return nil, ErrCursor
	}
	body, sum := raw[:len(raw)-4], raw[len(raw)-4:]
	if crc32.ChecksumIEEE(body) != uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3]) {
		return nil, ErrCursor
	}
	var parts []string
	if err := json.Unmarshal(body, &parts); err != nil || len(parts) != n {
		return nil, ErrCursor
	}
	for _, part := range parts {
		if !isClean(part) {
			return nil, ErrCursor
		}
	}
	return parts, nil
}
