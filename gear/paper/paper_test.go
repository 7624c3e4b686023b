package paper_test

import (
	"bytes"
	"testing"
	"time"

	"sauda/gear/paper"
)

func TestDraw(t *testing.T) {
	s := paper.Sheet{
		Title: "Сертификат", Lang: "kk", Made: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC), Code: "https://example.kz/certificates/K7QF-3M2D-9XTR",
		Lines: []paper.Line{{Text: "ӘәҒғҚқҢңӨөҰұҮүҺһІі", Size: 32, Bold: true}, {Text: "\xff\x00 a word that is much too long for one line and goes on below, as every other one does that is", Size: 20, Gap: 5}},
		Below: []string{"№ K7QF-3M2D-9XTR", "12.05.2026"},
	}
	var one, two bytes.Buffer
	if err := paper.Draw(&one, s); err != nil {
		t.Fatal(err)
	}
	if err := paper.Draw(&two, s); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(one.Bytes(), []byte("%PDF-")) || one.Len() > 200_000 {
		t.Errorf("%d bytes that begin with %q", one.Len(), one.Bytes()[:8])
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("drawn twice, it is not the same")
	}
	s.Code = string(make([]byte, 10_000))
	if err := paper.Draw(&two, s); err == nil {
		t.Error("a code that is too long is drawn")
	}
}
