package window

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
)

// Face is the letters of a shop: one of a few stacks of fonts that devices have, all with Kazakh letters. No font is loaded.
type Face string

// The faces.
const (
	FaceSystem   Face = "system"
	FaceHumanist Face = "humanist"
	FaceSerif    Face = "serif"
	FaceRounded  Face = "rounded"
)

// Faces are all of them.
var Faces = []Face{FaceSystem, FaceHumanist, FaceSerif, FaceRounded}

const chinese = `"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", `

var stacks = map[Face]string{
	FaceHumanist: `"PT Sans", Calibri, Carlito, "Open Sans", "DejaVu Sans", ` + chinese + `sans-serif`,
	FaceSerif:    `"PT Serif", Cambria, "Noto Serif", "DejaVu Serif", "Times New Roman", "Songti SC", "Noto Serif CJK SC", serif`,
	FaceRounded:  `ui-rounded, "SF Pro Rounded", Nunito, Comfortaa, "Arial Rounded MT Bold", system-ui, ` + chinese + `sans-serif`,
}

// Block is a part of the first page.
type Block string

// Blocks are all parts of the first page, in the order in which a shop without a look has them.
var Blocks = []Block{"banners", "categories", "collections", "domestic", "popular", "seen", "posts", "newest"}

// Way is an entry of a menu.
type Way struct {
	Name text.Localized `json:"name"`
	To   string         `json:"to"` // To is a path of the shop, or an address that begins with https://.
}

// Look is how a shop looks. The zero Look is that of the house.
type Look struct {
	Accent Colour   `json:"accent,omitempty"` // Accent is everything that can be pressed, by day; none is the one of the house.
	Night  Colour   `json:"night,omitempty"`  // Night is the same by night; none is made of Accent.
	Face   Face     `json:"face,omitempty"`
	Logo   *Picture `json:"logo,omitempty"`
	Icon   *Picture `json:"icon,omitempty"`   // Icon stands beside the title in a browser.
	Blocks []Block  `json:"blocks,omitempty"` // Blocks are those of the first page, in their order; none are all of them.
	Header []Way    `json:"header,omitempty"`
	Footer []Way    `json:"footer,omitempty"`
}

// Order gives the blocks of the first page.
func (l *Look) Order() []Block {
	if l == nil || len(l.Blocks) == 0 {
		return Blocks
	}
	return l.Blocks
}

// readable is the least contrast of a text with its ground, in hundredths (WCAG 2.2 AA, 1.4.3).
const readable = 450

// Light is one of the two lights of the shop, as its style sheet has them: a test holds them to each other.
type Light struct {
	Grounds  []Colour // Grounds are what accents are written on: paper, sheet, sunk.
	Ink      Colour
	DeepInk  Colour // DeepInk and DeepGold are written on the ground of the first words.
	DeepGold Colour
	toward   Colour // toward is where a colour goes that cannot be read.
}

// Day and Night are the lights.
var (
	Day   = Light{[]Colour{"#faf8f4", "#ffffff", "#f1ede5"}, "#182022", "#fdf8ec", "#f0cd83", "#000000"}
	Night = Light{[]Colour{"#0f1618", "#182124", "#202b2f"}, "#edeae3", "#fbf4e4", "#e9c77e", "#ffffff"}
)

// worst gives the ground on which a colour is read least, and its contrast there.
func (l Light) worst(c Colour) (ground Colour, contrast int) {
	ground, contrast = l.Grounds[0], Contrast(c, l.Grounds[0])
	for _, g := range l.Grounds[1:] {
		if at := Contrast(c, g); at < contrast {
			ground, contrast = g, at
		}
	}
	return ground, contrast
}

// nearest gives the colour that is most like another and can be read on all grounds.
func (l Light) nearest(c Colour) Colour {
	for percent := range 101 {
		if near := c.mix(l.toward, percent); near.readableOn(l) {
			return near
		}
	}
	return l.toward
}

func (c Colour) readableOn(l Light) bool {
	_, contrast := l.worst(c)
	return contrast > readable // A hundredth to spare: the arithmetic is in millionths, and others judge it in fractions.
}

// judge says what is wrong with an accent, with the colour to take instead.
func (l Light) judge(at string, c Colour) []fault.Field {
	if !c.Valid() {
		return []fault.Field{fault.Say("Write a colour as # and six signs of 0-9 and a-f, such as #006d77.").At(at)}
	}
	ground, contrast := l.worst(c)
	if contrast >= readable {
		return nil
	}
	return []fault.Field{fault.Say("Its contrast on {ground} is {contrast}, and 4.5 is needed to be read (WCAG AA). The nearest that can be read is {near}.").
		With("ground", string(ground)).With("contrast", ratio(contrast)).With("near", string(l.nearest(c))).At(at)}
}

// token is a custom property of the style sheet.
type token struct {
	name   string
	colour Colour
}

// tokens gives what an accent makes of the colours of a light. All that is written on one another can be read, for every
// accent that judge lets pass.
func (l Light) tokens(accent Colour) []token {
	day := l.toward == "#000000"
	ink, strong, soft, percent := Colour("#ffffff"), accent.mix(l.toward, 22), l.Grounds[1], 14
	if !day {
		ink, strong, percent = accent.mix("#000000", 86), accent.mix(l.toward, 30), 24
	}
	for ; percent > 0; percent-- {
		soft = l.Grounds[1].mix(accent, percent)
		if Contrast(strong, soft) > readable && Contrast(l.Ink, soft) > readable {
			break
		}
	}
	deep := accent
	for percent := range 101 {
		if deep = accent.mix("#000000", percent); min(Contrast(l.DeepInk, deep), Contrast(l.DeepGold, deep)) >= readable+50 {
			break
		}
	}
	return []token{{"accent", accent}, {"accent-ink", ink}, {"accent-soft", soft}, {"accent-strong", strong},
		{"deep", deep.mix("#000000", 30)}, {"deep-2", deep}}
}

// sheet writes the style sheet of a look, from nothing but colours and a face of the list; empty for the look of the house.
func (l *Look) sheet() string {
	if l == nil {
		return ""
	}
	var b strings.Builder
	face := stacks[l.Face]
	if face != "" {
		b.WriteString(":root{--face:" + face + "}\n")
	}
	if l.Accent.Valid() {
		write := func(selector string, tokens []token) {
			b.WriteString(selector + "{")
			for _, t := range tokens {
				b.WriteString("--" + t.name + ":" + string(t.colour) + ";")
			}
			b.WriteString("}\n")
		}
		night := l.Night
		if !night.Valid() {
			night = Night.nearest(l.Accent)
		}
		dark := Night.tokens(night)
		write(":root", Day.tokens(l.Accent))
		b.WriteString("@media (prefers-color-scheme:dark){")
		write(`:root:not([data-look="light"])`, dark)
		b.WriteString("}\n")
		write(`:root[data-look="dark"]`, dark)
	}
	return b.String()
}

// SheetName names the style sheet of a look by what is in it: "006d77-auto-serif.0123456789ab.css". The name says the
// colours and the face themselves and ends in a hash, so that every node can make the sheet of a name, and what a browser
// keeps for ever is never another. It is empty for the look of the house.
func (l *Look) SheetName() string {
	body := l.sheet()
	if body == "" {
		return ""
	}
	word := func(c Colour) string {
		if !c.Valid() {
			return "auto"
		}
		return string(c[1:])
	}
	face := l.Face
	if stacks[face] == "" {
		face = FaceSystem
	}
	sum := sha256.Sum256([]byte(body))
	return word(l.Accent) + "-" + word(l.Night) + "-" + string(face) + "." + hex.EncodeToString(sum[:6]) + ".css"
}

// Sheet makes the style sheet of a name that SheetName gave. Any other name is ErrUnknown.
func Sheet(name string) (string, error) {
	stem, _, _ := strings.Cut(name, ".")
	parts := strings.Split(stem, "-")
	if len(parts) != 3 || !slices.Contains(Faces, Face(parts[2])) {
		return "", ErrUnknown.About("no sheet %.60q", name)
	}
	l := Look{Face: Face(parts[2])}
	for i, into := range []*Colour{&l.Accent, &l.Night} {
		if parts[i] != "auto" {
			*into = Colour("#" + parts[i])
		}
	}
	if l.SheetName() != name {
		return "", ErrUnknown.About("no sheet %.60q", name)
	}
	return l.sheet(), nil
}
