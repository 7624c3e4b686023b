package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A conversation is a text file of requests and the answers that they must get. It is written for people:
//
//	# What this is about.
//	@ buyer                                 who speaks from here on; a guest at first
//	> PUT /v1/carts/<cart>/address          a request, its headers
//	> Accept-Language: kk
//
//	{"country": "KZ", "city": "Алматы"}     its body
//
//	< 204                                   the status of the answer, its headers
//	< ETag: "<*>"
//
//	{"id": "<cart>", "...": ""}             its body
//	! later 20m                             something that happens meanwhile
//
// <name> stands for whatever is there at first, and later for the same. <*> stands for anything. An object with the
// key "..." may have other keys too; a list that ends with "..." may go on.
type step struct {
	line   int
	actor  string
	event  string // event is what happens in place of a request.
	method string
	path   string
	header []string
	body   string
	status string // status is "?" until it was recorded.
	want   []string
	answer string
}

// readConversation reads a file. What comes before the first step is for people only.
func readConversation(text string) ([]step, error) {
	var steps []step
	actor := "guest"
	var into *string
	for n, line := range strings.Split(text, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		switch mark {
		case "#":
			into = nil
		case "@":
			actor, into = rest, nil
		case "!":
			steps, into = append(steps, step{line: n + 1, event: rest}), nil
		case ">":
			if last := len(steps) - 1; last >= 0 && into == &steps[last].body && strings.TrimSpace(*into) == "" {
				steps[last].header = append(steps[last].header, rest)
				continue
			}
			method, path, ok := strings.Cut(rest, " ")
			if !ok {
				return nil, fmt.Errorf("line %d: a request is a method and an address", n+1)
			}
			steps = append(steps, step{line: n + 1, actor: actor, method: method, path: path})
			into = &steps[len(steps)-1].body
		case "<":
			if len(steps) == 0 || steps[len(steps)-1].method == "" {
				return nil, fmt.Errorf("line %d: an answer to nothing", n+1)
			}
			s := &steps[len(steps)-1]
			if s.status == "" {
				s.status = rest
			} else {
				s.want = append(s.want, rest)
			}
			into = &s.answer
		default:
			if into != nil {
				*into += line + "\n"
			} else if strings.TrimSpace(line) != "" && len(steps) > 0 {
				return nil, fmt.Errorf("line %d: what is this?", n+1)
			}
		}
	}
	for i := range steps {
		s := &steps[i]
		s.body, s.answer = strings.TrimSpace(s.body), strings.TrimSpace(s.answer)
		if s.method != "" && s.status == "" {
			return nil, fmt.Errorf("line %d: no answer is expected", s.line)
		}
	}
	return steps, nil
}

// names are what the conversation calls things, and what they are.
type names map[string]string

var name = regexp.MustCompile(`<([a-z*][a-z0-9_. -]*)>`)

// fill puts what names stand for into a text. It gives the first one that stands for nothing yet.
func (n names) fill(text string) (filled, unknown string) {
	filled = name.ReplaceAllStringFunc(text, func(mark string) string {
		value, ok := n[mark[1:len(mark)-1]]
		if !ok {
			unknown = mark
		}
		return value
	})
	return filled, unknown
}

// match holds a text against what is expected, and learns what names stand for.
func (n names) match(want, got string) bool {
	if want == got {
		return true
	}
	var fresh []string
	pattern, at := "^", 0
	for _, mark := range name.FindAllStringSubmatchIndex(want, -1) {
		pattern += regexp.QuoteMeta(want[at:mark[0]])
		called := want[mark[2]:mark[3]]
		switch value, known := n[called]; {
		case called == "*":
			pattern += "(?s:.*)"
		case known:
			pattern += regexp.QuoteMeta(value)
		default:
			pattern += "(.+)"
			fresh = append(fresh, called)
		}
		at = mark[1]
	}
	found := regexp.MustCompile(pattern + regexp.QuoteMeta(want[at:]) + "$").FindStringSubmatch(got)
	if found == nil {
		return false
	}
	for i, called := range fresh {
		n[called] = found[i+1]
	}
	return true
}

// compare says where an answer is not what is expected.
func (n names) compare(at string, want, got any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: want an object, got %s", at, jsonText(got))
		}
		_, open := w["..."]
		var wrong []error
		for _, key := range slices.Sorted(maps.Keys(w)) {
			if value, there := g[key]; there {
				wrong = append(wrong, n.compare(at+"/"+key, w[key], value))
			} else if key != "..." {
				wrong = append(wrong, fmt.Errorf("%s/%s is missing", at, key))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(g)) {
			if _, there := w[key]; !there && !open {
				wrong = append(wrong, fmt.Errorf("%s/%s: not expected: %s", at, key, jsonText(g[key])))
			}
		}
		return errors.Join(wrong...)
	case []any:
		return n.compareList(at, w, got)
	case string:
		text, ok := got.(string)
		if !ok {
			text = jsonText(got)
		}
		if (!ok && !name.MatchString(w)) || !n.match(w, text) {
			return fmt.Errorf("%s: want %q, got %s", at, w, jsonText(got))
		}
		return nil
	default:
		if jsonText(want) != jsonText(got) {
			return fmt.Errorf("%s: want %s, got %s", at, jsonText(want), jsonText(got))
		}
		return nil
	}
}

func (n names) compareList(at string, want []any, got any) error {
	list, ok := got.([]any)
	if !ok {
		return fmt.Errorf("%s: want a list, got %s", at, jsonText(got))
	}
	open := len(want) > 0 && want[len(want)-1] == "..."
	if open {
		want = want[:len(want)-1]
	}
	if len(list) < len(want) || len(list) > len(want) && !open {
		return fmt.Errorf("%s: want %d, got %d: %s", at, len(want), len(list), jsonText(got))
	}
	var wrong []error
	for i := range want {
		wrong = append(wrong, n.compare(fmt.Sprintf("%s/%d", at, i), want[i], list[i]))
	}
	return errors.Join(wrong...)
}

// readJSON reads JSON with its numbers as they are written.
func readJSON(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err = d.Decode(&v); err == nil {
		_, err = d.Token()
		if errors.Is(err, io.EOF) {
			return v, nil
		}
		err = fmt.Errorf("more than one value: %w", err)
	}
	return nil, err
}

func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// check holds an answer against what a step expects.
func (s step) check(n names, status int, header http.Header, body []byte) error {
	if s.status != fmt.Sprint(status) {
		return fmt.Errorf("want status %s, got %d: %s", s.status, status, body)
	}
	for _, line := range s.want {
		called, want, _ := strings.Cut(line, ": ")
		if got := header.Get(called); !n.match(want, got) {
			return fmt.Errorf("the header %s: want %s, got %q", called, want, got)
		}
	}
	if s.answer == "" {
		if len(body) > 0 && status != http.StatusOK && status != http.StatusCreated {
			return fmt.Errorf("a body is not expected: %s", body)
		}
		return nil
	}
	want, err := readJSON([]byte(s.answer))
	if err != nil {
		return fmt.Errorf("the expected body: %w", err)
	}
	got, err := readJSON(body)
	if err != nil {
		return fmt.Errorf("the body: %w: %s", err, body)
	}
	return n.compare("", want, got)
}
