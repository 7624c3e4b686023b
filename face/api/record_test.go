package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// minted is an id or a secret that the house makes by chance.
var minted = regexp.MustCompile(`\b([a-z]{2,4})_[0-9A-Za-z_-]{22,60}\b`)

// spoken is the code of an order, which can be read out.
var spoken = regexp.MustCompile(`\b()[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

// packed is where a list goes on.
var packed = regexp.MustCompile(`\bWyJ[0-9A-Za-z_-]{10,}`)

// numbered is the id of a fact.
var numbered = regexp.MustCompile(`\b()[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

// hashed is an entity tag that is made of the bytes of the answer.
var hashed = regexp.MustCompile(`"[0-9a-f]{24}"`)

// timed is an instant; each request comes a second after the one before.
var timed = regexp.MustCompile(`"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"`)

// wordMax is the longest JSON that stands on one line.
const wordMax = 140

// record writes the answer of a step whose status is "?" as it would be expected from now on. Somebody reads it then.
func record(s *step, n names, status int, header http.Header, body []byte) {
	s.status = fmt.Sprint(status)
	for _, called := range []string{"Location", "ETag", "Link", "Allow", "Retry-After"} {
		if value := header.Get(called); value != "" {
			s.want = append(s.want, called+": "+hashed.ReplaceAllString(n.call(value), `"<*>"`))
		}
	}
	if len(body) == 0 {
		return
	}
	if kind := header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		s.want = append(s.want, "Content-Type: "+kind)
	}
	var pretty bytes.Buffer
	d := json.NewDecoder(strings.NewReader(n.call(string(body))))
	d.UseNumber()
	write(&pretty, readTree(d), 0)
	text := timed.ReplaceAllString(pretty.String(), `"<*>"`)
	s.answer = regexp.MustCompile(`"request_id": "[^"]*"`).ReplaceAllString(text, `"request_id": "<*>"`)
}

// call puts names where the things stand that are called so, and makes names for those that have none.
func (n names) call(text string) string {
	found := slices.Concat(minted.FindAllStringSubmatch(text, -1), spoken.FindAllStringSubmatch(text, -1), numbered.FindAllStringSubmatch(text, -1))
	text = packed.ReplaceAllString(text, "<*>")
	for _, m := range found {
		kind := m[1]
		switch {
		case kind == "" && len(m[0]) == len("XXXX-XXXX-XXXX"):
			kind = "code"
		case kind == "":
			kind = "fact"
		}
		known := false
		for _, value := range n {
			known = known || value == m[0]
		}
		if !known {
			for i := 1; ; i++ {
				called := fmt.Sprintf("%s%d", kind, i)
				if _, taken := n[called]; !taken {
					n[called] = m[0]
					break
				}
			}
		}
	}
	var called []string
	for k := range n {
		called = append(called, k)
	}
	slices.Sort(called)
	for _, k := range called {
		if len(n[k]) > 8 && k != "carrier time" { // A time in microseconds begins like it.
			text = strings.ReplaceAll(text, n[k], "<"+k+">")
		}
	}
	return text
}

// tree is JSON whose keys keep their order.
type tree struct {
	keys  []string
	items []tree
	kind  json.Delim
	plain string
}

func readTree(d *json.Decoder) tree {
	token, err := d.Token()
	if err != nil {
		return tree{plain: err.Error()}
	}
	kind, ok := token.(json.Delim)
	if !ok {
		return tree{plain: jsonText(token)}
	}
	t := tree{kind: kind}
	for d.More() {
		if kind == '{' {
			key, _ := d.Token()
			t.keys = append(t.keys, fmt.Sprint(key))
		}
		t.items = append(t.items, readTree(d))
	}
	_, _ = d.Token()
	return t
}

func (t tree) short() string {
	if t.kind == 0 {
		return t.plain
	}
	parts := make([]string, len(t.items))
	for i, item := range t.items {
		parts[i] = item.short()
		if t.kind == '{' {
			parts[i] = jsonText(t.keys[i]) + ": " + parts[i]
		}
	}
	return string(t.kind) + strings.Join(parts, ", ") + string(t.kind+2)
}

func write(b *bytes.Buffer, t tree, depth int) {
	if short := t.short(); t.kind == 0 || len(short)+2*depth <= wordMax {
		b.WriteString(short)
		return
	}
	b.WriteString(string(t.kind) + "\n")
	for i, item := range t.items {
		b.WriteString(strings.Repeat("  ", depth+1))
		if t.kind == '{' {
			b.WriteString(jsonText(t.keys[i]) + ": ")
		}
		write(b, item, depth+1)
		if i < len(t.items)-1 {
			b.WriteString(",")
		}
		b.WriteString("\n")
	}
	b.WriteString(strings.Repeat("  ", depth) + string(t.kind+2))
}
