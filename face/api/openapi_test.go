package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// operation is what the document says of a route, as far as these tests care.
type operation struct {
	OperationID string `json:"operationId"`
	Summary     string
	Tags        []string
	Responses   map[string]struct {
		Content map[string]json.RawMessage
	}
}

// documented gives the operations of /openapi.json by method and address.
func documented(t *testing.T, body []byte) map[string]operation {
	t.Helper()
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &document); err != nil {
		t.Fatal(err)
	}
	all := map[string]operation{}
	for path, item := range document.Paths {
		for method, raw := range item {
			var o operation
			if err := json.Unmarshal(raw, &o); err == nil && o.OperationID != "" {
				all[strings.ToUpper(method)+" "+path] = o
			}
		}
	}
	return all
}

// TestOpenAPI holds the document to the golden one. A change of the contract shows in testdata/openapi.json; write it anew
// with `go test ./face/api -run TestOpenAPI -update`.
func TestOpenAPI(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	got := h.Guest().Do(t, 200, "GET", "/openapi.json", nil).Body
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("the contract has changed%s; if that is meant, run go test ./face/api -run TestOpenAPI -update", firstDifference(want, pretty.Bytes()))
	}
	ids := map[string]string{}
	for route, o := range documented(t, got) {
		if o.Summary == "" || len(o.Tags) == 0 {
			t.Errorf("%s has no summary or no tag", route)
		}
		if other, taken := ids[o.OperationID]; taken {
			t.Errorf("%s and %s have one operation id", route, other)
		}
		ids[o.OperationID] = route
		if _, ok := o.Responses["default"].Content["application/problem+json"]; !ok {
			t.Errorf("%s does not say that refusals are problems", route)
		}
	}
	docs := h.Guest().Do(t, 200, "GET", "/docs", nil)
	for route, o := range documented(t, got) {
		if !bytes.Contains(docs.Body, []byte(o.OperationID)) && !bytes.Contains(docs.Body, []byte(strings.Fields(route)[1])) {
			t.Errorf("/docs does not show %s", route)
		}
	}
	if regexp.MustCompile(`(src|href)="https?://`).Match(docs.Body) {
		t.Error("/docs asks the internet for something")
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(want, got []byte) string {
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range min(len(w), len(g)) {
		if !bytes.Equal(w[i], g[i]) {
			return " at " + string(bytes.TrimSpace(w[i])) + " → " + string(bytes.TrimSpace(g[i]))
		}
	}
	return ""
}

// TestEveryRouteIsTalkedAbout wants each route of the document in the conversations: once with a good answer, and once
// with a refusal where there can be one.
func TestEveryRouteIsTalkedAbout(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	good, refused := map[string]bool{}, map[string]bool{}
	var routes []string
	shapes := map[string]*regexp.Regexp{}
	for route := range documented(t, h.Guest().Do(t, 200, "GET", "/openapi.json", nil).Body) {
		shape := regexp.QuoteMeta(route)
		shape = regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(shape, `[^/ ?]+`)
		shapes[route] = regexp.MustCompile("^" + shape + `(\?.*)?$`)
		routes = append(routes, route)
	}
	slices.Sort(routes)
	for _, file := range conversations(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := readConversation(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, s := range steps {
			for _, route := range routes {
				if shapes[route].MatchString(s.method + " " + s.path) {
					good[route] = good[route] || strings.HasPrefix(s.status, "2")
					refused[route] = refused[route] || strings.HasPrefix(s.status, "4")
				}
			}
		}
	}
	for _, route := range routes {
		if !good[route] {
			t.Errorf("no conversation has a good answer of %s", route)
		}
		if !refused[route] && !neverRefuses[route] {
			t.Errorf("no conversation has a refusal of %s", route)
		}
	}
}

// neverRefuses are routes that take nothing and are open to everybody.
var neverRefuses = map[string]bool{"GET /v1/categories": true, "GET /v1/collections": true, "GET /v1/exchange/instruments": true, "GET /v1/booking-places": true,
	"GET /v1/bill-providers": true}
