package fault_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
)

var (
	errShipped = fault.New(fault.Conflict, "test.shipped", "The parcel has left already. You can return it instead.")
	errLines   = fault.New(fault.Invalid, "test.lines", "Correct the lines.")
)

func TestStatus(t *testing.T) {
	want := map[fault.Kind]int{
		fault.Invalid: 422, fault.Malformed: 400, fault.Unauthenticated: 401, fault.Denied: 403, fault.Missing: 404,
		fault.Conflict: 409, fault.Gone: 410, fault.Precondition: 412, fault.TooLarge: 413, fault.Limited: 429,
		fault.Internal: 500, fault.Unavailable: 503, fault.Kind(99): 500,
	}
	for kind, status := range want {
		if got := kind.Status(); got != status {
			t.Errorf("%s has status %d, want %d", kind, got, status)
		}
	}
	if fault.Kind(99).String() != "internal" {
		t.Error("an unknown kind has no name")
	}
}

func TestNewRefusesMistakes(t *testing.T) {
	for name, mistake := range map[string]func(){
		"taken":       func() { fault.New(fault.Gone, "test.shipped", "Again.") },
		"no package":  func() { fault.New(fault.Gone, "shipped", "What.") },
		"upper case":  func() { fault.New(fault.Gone, "test.Shipped", "What.") },
		"says nought": func() { fault.New(fault.Gone, "test.silent", "") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			mistake()
		})
	}
}

func TestAllIsSorted(t *testing.T) {
	var codes []string
	for _, f := range fault.All() {
		codes = append(codes, f.Code)
	}
	if !slices.IsSorted(codes) || !slices.Contains(codes, "internal") || !slices.Contains(codes, "test.shipped") {
		t.Errorf("codes: %q", codes)
	}
	if fault.Find("test.shipped") != errShipped || fault.Find("test.none") != nil {
		t.Error("Find does not find")
	}
}

func TestAbout(t *testing.T) {
	err := fmt.Errorf("outside: %w", errShipped.About("cancel %s: %w", "ord_1", io.ErrUnexpectedEOF))
	if !errors.Is(err, errShipped) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errLines) {
		t.Error("errors.Is finds the wrong things")
	}
	if fault.Of(err) != errShipped {
		t.Errorf("Of = %v", fault.Of(err))
	}
	if want := "outside: test.shipped: cancel ord_1: unexpected EOF"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if got := fault.DetailOf(errors.Unwrap(err)); got != "cancel ord_1: unexpected EOF" {
		t.Errorf("detail %q", got)
	}
}

func TestOf(t *testing.T) {
	if fault.Of(nil) != nil || fault.DetailOf(nil) != "" || fault.DetailOf(errShipped) != "" {
		t.Error("nothing is something")
	}
	if fault.Of(io.EOF) != fault.ErrInternal || fault.DetailOf(io.EOF) != "EOF" {
		t.Error("an unknown error is not Internal")
	}
	if fault.Of(errors.Join(io.EOF, errLines, errShipped)) != errLines {
		t.Error("of joined faults it is not the first")
	}
	if got := fault.Of(errShipped.About("because: %w", errLines)); got != errShipped {
		t.Errorf("the cause won: %v", got)
	}
}

func TestFields(t *testing.T) {
	if errLines.Fields() != nil {
		t.Error("no fields are a fault")
	}
	err := errLines.Fields(fault.Say("A.").At("/a"), fault.Say("Not {n}.").With("n", 3).At("/b"))
	want := []fault.Field{{Pointer: "/a", Text: "A."}, {Pointer: "/b", Text: "Not {n}.", Params: map[string]any{"n": int64(3)}}}
	if got := fault.FieldsOf(err); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if want := "test.lines: /a: A.; /b: Not 3."; err.Error() != want {
		t.Errorf("got %q", err)
	}
	if got := fault.FieldsOf(errShipped.About("%w", err)); got != nil {
		t.Errorf("the fields of a cause are shown: %v", got)
	}
	plain := fault.Say("From {min} to {max}.").With("min", 1)
	if a, b := plain.With("max", 2).At("/c"), plain.With("max", 3).At("/c"); a.English() != "From 1 to 2." || b.English() != "From 1 to 3." {
		t.Errorf("said %q and %q", a.English(), b.English())
	}
	found := fault.Found("/c", fault.With(errShipped, "left", 3))
	if found.Text != errShipped.Text || found.Code != "test.shipped" || found.Params["left"] != int64(3) {
		t.Errorf("Found = %v", found)
	}
}

func TestWith(t *testing.T) {
	if fault.With(nil, "a", 1) != nil {
		t.Error("With made an error of nothing")
	}
	err := fault.With(fault.With(errShipped.With("left", 3), "sku", "A-1"), "left", uint32(2))
	want := map[string]any{"left": int64(2), "sku": "A-1"}
	if got := fault.ParamsOf(err); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err.Error() != errShipped.Error() {
		t.Errorf("got %q", err)
	}
	strange := fault.With(io.EOF, "kind", fault.Gone)
	if got := fault.ParamsOf(strange)["kind"]; got != "gone" || fault.Of(strange) != fault.ErrInternal || !errors.Is(strange, io.EOF) {
		t.Errorf("got %v of %v", got, strange)
	}
}

func TestDecodeWhatIsNoFault(t *testing.T) {
	for _, data := range []string{"{", "null", `{"code":"test.retired"}`, `[]`, `{"code":5}`} {
		if err := fault.Decode([]byte(data)); !errors.Is(err, fault.ErrInternal) || fault.DetailOf(err) == "" {
			t.Errorf("%s decodes to %v", data, err)
		}
	}
	if fault.Decode(nil) != nil || fault.Encode(nil) != nil {
		t.Error("nothing is something")
	}
	if err := fault.Decode(fault.Encode(errShipped)); err != error(errShipped) {
		t.Errorf("a bare fault came back as %v", err)
	}
}

func TestStoreKeepsAll(t *testing.T) {
	value := rapid.OneOf(rapid.Int64().AsAny(), rapid.String().AsAny(), rapid.Bool().AsAny())
	rapid.Check(t, func(t *rapid.T) {
		err := error(rapid.SampledFrom([]*fault.Fault{errShipped, errLines, fault.ErrInternal}).Draw(t, "fault"))
		if words := rapid.StringMatching(`[a-z ]*`).Draw(t, "words"); words != "" {
			err = fault.Of(err).About("%s", words)
		} else if rapid.Bool().Draw(t, "fields") {
			err = fault.Of(err).Fields(fault.Field{Pointer: "/a", Text: rapid.String().Draw(t, "text"), Params: map[string]any{"v": value.Draw(t, "v")}})
		}
		for key, v := range rapid.MapOfN(rapid.StringMatching(`[a-z]+`), value, 0, 4).Draw(t, "params") {
			err = fault.With(err, key, v)
		}
		if rapid.Bool().Draw(t, "wrapped") {
			err = fmt.Errorf("outside: %w", err)
		}
		back := fault.Decode(fault.Encode(err))
		if !errors.Is(back, fault.Of(err)) || fault.DetailOf(back) != fault.DetailOf(err) {
			t.Fatalf("%v came back as %v", err, back)
		}
		if !reflect.DeepEqual(fault.FieldsOf(back), fault.FieldsOf(err)) || !reflect.DeepEqual(fault.ParamsOf(back), fault.ParamsOf(err)) {
			t.Fatalf("%#v came back as %#v", err, back)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"code":"test.shipped","detail":"x","fields":[{"pointer":"/a","text":"A."}],"params":{"n":1.5}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		err := fault.Decode(data)
		if (err == nil) != (len(data) == 0) {
			t.Fatalf("%q decodes to %v", data, err)
		}
		if again := fault.Decode(fault.Encode(err)); fault.Of(again) != fault.Of(err) {
			t.Fatalf("%v came back as %v", err, again)
		}
	})
}
