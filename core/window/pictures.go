package window

import "regexp"

// kept finds the files of the house that a text names.
var kept = regexp.MustCompile(`/media/[0-9a-f]{16,64}\.[a-z0-9]{2,5}`)

// Pictures gives the files that a piece shows, in its draft and as it is published: its pictures, and those that its text
// names, which have their words there.
func (p Piece) Pictures() (pictures []Picture, named []string) {
	for _, b := range []Body{p.Draft, p.Shown} {
		shown := []*Picture{b.Picture}
		if b.Look != nil {
			shown = append(shown, b.Look.Logo, b.Look.Icon)
		}
		for _, picture := range shown {
			if picture != nil {
				pictures = append(pictures, *picture)
			}
		}
		for _, words := range b.Text {
			named = append(named, kept.FindAllString(words, -1)...)
		}
	}
	return pictures, named
}
