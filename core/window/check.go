package window

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/text"
)

var (
	slugForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	pictureForm = regexp.MustCompile(`^/media/[0-9a-f]{16,64}\.(jpg|png|webp)$`)
)

// waysMax is how many entries a menu may have.
const waysMax = 12

// check gives the body as it may be stored, or says of every field what is wrong with it.
func (b Body) check(k Kind) (Body, error) {
	var wrong []fault.Field
	for _, words := range []struct {
		at   string
		said *text.Localized
		most int
	}{{"/title", &b.Title, titleMax}, {"/lead", &b.Lead, leadMax}, {"/text", &b.Text, textMax}} {
		wrong = append(wrong, tidy(words.at, words.said, words.most)...)
	}
	if k != KindLook && b.Title.IsEmpty() {
		wrong = append(wrong, fault.Say("Write it in one language at least.").At("/title"))
	}
	if k.Addressed() && (!slugForm.MatchString(b.Slug) || len(b.Slug) > slugMax) {
		wrong = append(wrong, fault.Say("Use small Latin letters and digits, joined by hyphens, at most {n} characters.").With("n", slugMax).At("/slug"))
	}
	if !k.Addressed() {
		b.Slug = ""
	}
	if b.Link = strings.TrimSpace(b.Link); b.Link != "" && !leads(b.Link) {
		wrong = append(wrong, badLink.At("/link"))
	}
	if !b.Ends.IsZero() && !b.Ends.After(b.Starts) {
		wrong = append(wrong, fault.Say("Choose a time after the start.").At("/ends"))
	}
	wrong = append(wrong, b.Picture.check("/picture")...)
	if (b.Look != nil) != (k == KindLook) {
		b.Look = nil
		if k == KindLook {
			b.Look = &Look{}
		}
	}
	if b.Look != nil {
		b.Text, b.Link, b.Starts, b.Ends = nil, "", time.Time{}, time.Time{}
		wrong = append(wrong, b.Look.check()...)
	}
	return b, ErrInvalid.Fields(wrong...)
}

var badLink = fault.Say("Write a path of the shop, such as /catalogue, or an address that begins with https://.")

// tidy cleans a text in all its languages and says what is wrong with it.
func tidy(at string, said *text.Localized, most int) []fault.Field {
	if err := said.Check(most); err != nil {
		var wrong []fault.Field
		for _, f := range fault.FieldsOf(err) {
			f.Pointer = at + f.Pointer
			wrong = append(wrong, f)
		}
		return wrong
	}
	cleaned, err := said.Cleaned()
	if err == nil { // Check has refused what Cleaned refuses.
		*said = cleaned
	}
	return nil
}

func (p *Picture) check(at string) []fault.Field {
	if p == nil {
		return nil
	}
	wrong := tidy(at+"/alt", &p.Alt, altMax)
	if !pictureForm.MatchString(p.URL) || p.Width <= 0 || p.Height <= 0 {
		wrong = append(wrong, fault.Say("Bring a picture: JPEG, PNG or WebP.").At(at))
	}
	return wrong
}

func (l *Look) check() []fault.Field {
	var wrong []fault.Field
	if l.Accent != "" {
		wrong = append(wrong, Day.judge("/look/accent", l.Accent)...)
	}
	if l.Night != "" {
		wrong = append(wrong, Night.judge("/look/night", l.Night)...)
		if l.Accent == "" {
			wrong = append(wrong, fault.Say("Choose the colour by day first.").At("/look/accent"))
		}
	}
	if l.Face != "" && !slices.Contains(Faces, l.Face) {
		wrong = append(wrong, fault.Say("This value is not right.").At("/look/face"))
	}
	wrong = append(wrong, l.Logo.check("/look/logo")...)
	wrong = append(wrong, l.Icon.check("/look/icon")...)
	for i, b := range l.Blocks {
		if !slices.Contains(Blocks, b) || slices.Contains(l.Blocks[:i], b) {
			wrong = append(wrong, fault.Say("This value is not right.").At("/look/blocks"))
		}
	}
	wrong = append(wrong, checkWays("/look/header", l.Header)...)
	return append(wrong, checkWays("/look/footer", l.Footer)...)
}

func checkWays(at string, ways []Way) []fault.Field {
	var wrong []fault.Field
	if len(ways) > waysMax {
		wrong = append(wrong, fault.Say("Give at most this many: {n}.").With("n", waysMax).At(at))
	}
	for i := range ways {
		w, here := &ways[i], at+"/"+strconv.Itoa(i)
		wrong = append(wrong, tidy(here+"/name", &w.Name, 60)...)
		if w.Name.IsEmpty() {
			wrong = append(wrong, fault.Say("Write it in one language at least.").At(here+"/name"))
		}
		if w.To = strings.TrimSpace(w.To); !leads(w.To) {
			wrong = append(wrong, badLink.At(here+"/to"))
		}
	}
	return wrong
}

// leads tells whether an address is a path of the shop or one of another site, by https. Nothing else may stand in a link:
// no script, no data, no address without a scheme that leads elsewhere.
func leads(address string) bool {
	if len(address) > linkMax || text.Fits(address, linkMax) != nil || strings.ContainsAny(address, "\\\n\t\"<> ") {
		return false
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.User != nil:
		return false
	case u.Scheme == "https":
		return u.Host != ""
	}
	return u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
}

// encode writes a body as it is stored.
func encode(b Body) string {
	body, err := json.Marshal(b)
	if err != nil { // Texts, times and numbers always encode.
		panic("window: " + err.Error())
	}
	return string(body)
}

func decode(stored string) (Body, error) {
	var b Body
	if stored == "" {
		return b, nil
	}
	return b, json.Unmarshal([]byte(stored), &b)
}
