package office_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheSheetMirrors: sides are start and end, so that a page from right to left needs no style of its own.
func TestTheSheetMirrors(t *testing.T) {
	body, err := os.ReadFile("assets/office.css")
	if err != nil {
		t.Fatal(err)
	}
	sided := regexp.MustCompile(`(margin|padding|border)-(left|right)\b|(text-align|float): (left|right)|[;{ ](left|right): |-(left|right)-radius|inset: [^;]* auto [^;]*;`)
	for n, line := range strings.Split(string(body), "\n") {
		if m := sided.FindString(line); m != "" {
			t.Errorf("office.css:%d: %s", n+1, m)
		}
	}
}
