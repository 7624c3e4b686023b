package api_test

import (
	"net/http"
	"testing"
)

// TestConversationsBite holds answers that are wrong against expectations: each must be found.
func TestConversationsBite(t *testing.T) {
	cases := []struct {
		name, want, got string
		fits            bool
	}{
		{"the same", `{"a": 1, "b": [true, null]}`, `{"b":[true,null],"a":1}`, true},
		{"another number", `{"a": 1}`, `{"a":2}`, false},
		{"a number for a text", `{"a": "1"}`, `{"a":1}`, false},
		{"a key too many", `{"a": 1}`, `{"a":1,"b":2}`, false},
		{"other keys allowed", `{"a": 1, "...": ""}`, `{"a":1,"b":2}`, true},
		{"a key is missing", `{"a": 1, "b": 2}`, `{"a":1}`, false},
		{"a list that is longer", `[1]`, `[1,2]`, false},
		{"a list that may go on", `[1, "..."]`, `[1,2]`, true},
		{"a list that is shorter", `[1, 2, "..."]`, `[1]`, false},
		{"anything", `{"a": "<*>"}`, `{"a":{"b":1}}`, true},
		{"a name for the same", `["<x>", "<x>"]`, `["u","u"]`, true},
		{"a name for two things", `["<x>", "<x>"]`, `["u","v"]`, false},
		{"a name inside of a text", `["/v1/<x>", "<x>"]`, `["/v1/u","u"]`, true},
		{"something follows", `{"a": 1}`, `{"a":1} {}`, false},
	}
	for _, c := range cases {
		s := step{status: "200", answer: c.want}
		if err := s.check(names{}, 200, http.Header{}, []byte(c.got)); (err == nil) != c.fits {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	header := http.Header{"Etag": {`"v1"`}}
	for want, fits := range map[string]bool{`ETag: "v1"`: true, `ETag: "v2"`: false, `ETag: "<tag>"`: true, `Link: <*>`: true, "Location: /a": false} {
		s := step{status: "204", want: []string{want}}
		if err := s.check(names{}, 204, header, nil); (err == nil) != fits {
			t.Errorf("the header %s: %v", want, err)
		}
	}
	if err := (step{status: "200"}).check(names{}, 201, header, nil); err == nil {
		t.Error("another status fits")
	}
}
