package intake

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"sauda/core/catalog"
)

// drain reads a reader to its end and holds every row to what the rest relies on.
func drain(t *testing.T, r reader) {
	for n := 1; ; n++ {
		one, err := r.next()
		if err != nil {
			return
		}
		if one.number != n {
			t.Fatalf("row %d is called %d", n, one.number)
		}
		if one.bad {
			if len(one.flaws) == 0 {
				t.Fatal("refused without a reason")
			}
			continue
		}
		if _, err := catalog.ReadBatch([]catalog.Draft{one.draft}); err != nil {
			t.Fatal(err)
		}
		if len(one.draft.Variants) == 0 || len(one.draft.Variants) != len(one.offers) || one.draft.ExternalID == "" || len(one.path) > depthMax {
			t.Fatalf("a row that is good is not: %+v", one)
		}
		for _, o := range one.offers {
			if !o.price.IsPositive() {
				t.Fatalf("a row that is good costs nothing: %+v", one)
			}
		}
		for _, f := range one.flaws {
			if !utf8.ValidString(f.Value) {
				t.Fatalf("flaw %+v", f)
			}
		}
	}
}

func FuzzIcecat(f *testing.F) {
	for _, seed := range []string{
		`[{"id": "1", "name": "n", "title": "t", "price": 5, "ean": ["4006381333931"], "attr_n_x__y_": 1e3, "attr_b_z": true}]`,
		`[{"id": {"a": [1, "]"]}, "attr_t_": "", "attr_t__": "x", "title": "\ud800", "price": 1e999}]`, `[1, "a", null, [], {}]`, `[{}`, `[,]`, "",
	} {
		f.Add(seed)
	}
	plan, err := Plan{Format: Icecat}.settled()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) { drain(t, newIcecat(strings.NewReader(s), plan)) })
}

func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"name,price\na,1\n", "name;price;stock;unit\n\"a\nb\";1 000,5;2,5;кг\n", "id\tname\tprice\n\"\t1\n", "name,price,,x\n,,,\n\"",
		"name_kk,price,category\nҚ,5,a>b>c>d>e>f\n", "\x98name,price\n", "name,price,description_zh\na,1,\u202e\n",
	} {
		f.Add(seed)
	}
	plan, err := Plan{Format: CSV}.settled()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in, err := newLines(strings.NewReader(strings.ToValidUTF8(s, "?")))
		if err != nil {
			return
		}
		if r, err := newTable(in, plan); err == nil {
			drain(t, r)
		}
	})
}

// FuzzWalk holds the quick reader of flat objects to encoding/json.
func FuzzWalk(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a": 1, "b": [1, {"c": "]}"}], "d": "\"\\"}`, ` { "a" : null , "b":true}`, `[]`, `{"a":{}}`, `{   "000`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want map[string]json.RawMessage
		wrong := json.Unmarshal(raw, &want)
		got := make(map[string]json.RawMessage)
		err := walk(raw, func(key string, value []byte) { got[key] = value })
		if wrong != nil || want == nil {
			return // It must only end.
		}
		if err != nil || len(got) != len(want) {
			t.Fatalf("%q: %v, %d of %d", raw, err, len(got), len(want))
		}
		for key, value := range want {
			if !bytes.Equal(got[key], value) {
				t.Fatalf("%q: %s is %s, not %s", raw, key, got[key], value)
			}
		}
	})
}

// FuzzDecimal holds numbers to arbitrary arithmetic.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"1", "-0.50", "1.5e3", "12e-4", "1e999999999", "", "-", "1.", ".5", "00", "1e+2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := decimal(s)
		if !ok {
			return
		}
		want, parsed := new(big.Rat).SetString(strings.TrimSpace(s))
		is, fine := new(big.Rat).SetString(got)
		if !parsed || !fine || want.Cmp(is) != 0 || strings.ContainsAny(got, "eE+") {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// FuzzUTF8 holds the check of a stream to that of a whole, wherever the stream is cut.
func FuzzUTF8(f *testing.F) {
	f.Add([]byte("қазақ"), 1)
	f.Add([]byte("abc\xd0"), 2)
	f.Add([]byte("\xf0\x9f\x98\x80\xff"), 3)
	f.Fuzz(func(t *testing.T, body []byte, step int) {
		if step < 1 || step > 100 {
			return
		}
		got, err := isUTF8(&stepping{bytes.NewReader(body), step})
		if bytes.IndexByte(body, 0) >= 0 {
			if err == nil {
				t.Error("a zero byte is no text")
			}
			return
		}
		if err != nil || got != utf8.Valid(body) {
			t.Errorf("%q by %d: %v %v", body, step, got, err)
		}
	})
}

// stepping gives a few bytes at a time.
type stepping struct {
	in   io.Reader
	step int
}

func (s *stepping) Read(p []byte) (int, error) { return s.in.Read(p[:min(s.step, len(p))]) }

// Another language for the file of errors is no other way of reading a file: a run that was cut off goes on.
func TestTheLanguageOfErrorsIsNoOtherRun(t *testing.T) {
	if wayOf(Plan{Format: CSV, Speak: "kk"}) != wayOf(Plan{Format: CSV, Speak: "ru"}) {
		t.Error("it begins anew in another language")
	}
	if wayOf(Plan{Format: CSV, Lang: "kk"}) == wayOf(Plan{Format: CSV, Lang: "ru"}) {
		t.Error("goods in another language are taken for the same run")
	}
}
