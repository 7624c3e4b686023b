package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Likeness says why products look like one.
type Likeness string

// The reasons, the surest first.
const (
	SameGTIN  Likeness = "gtin"
	SameNTIN  Likeness = "ntin"
	AlikeName Likeness = "name"
)

// Twins are products that may be one and the same.
type Twins struct {
	Likeness Likeness
	Number   string // Number is the one that they share; empty for names.
	Products []ProductID
}

// TwinsMax bounds how many twins one look finds, NamesMax how many products it compares by name: the latest ones.
const (
	TwinsMax = 500
	NamesMax = 20_000
)

// Twinned gives products of a seller that may be the same: by a number that they share, and by names of nearly the same
// words, wherever these stand. Names with other figures in them are not alike: a size or a model differs by a figure.
func Twinned(tx *db.Tx, owner seller.ID) ([]Twins, error) {
	q := catalogdb.New(tx)
	rows, err := q.SharedNumbers(tx.Context(), catalogdb.SharedNumbersParams{Seller: string(owner), Most: TwinsMax})
	if err != nil {
		return nil, err
	}
	var twins []Twins
	known := map[[2]ProductID]bool{} // known are pairs that a number has told apart from the rest.
	for _, r := range rows {
		last := len(twins) - 1
		if last < 0 || twins[last].Likeness != Likeness(r.Kind) || twins[last].Number != r.Number {
			twins = append(twins, Twins{Likeness: Likeness(r.Kind), Number: r.Number})
			last++
		}
		t := &twins[last]
		for _, other := range t.Products {
			known[pair(other, ProductID(r.Product))] = true
		}
		t.Products = append(t.Products, ProductID(r.Product))
	}
	names, err := q.NamesOf(tx.Context(), catalogdb.NamesOfParams{Seller: string(owner), Most: NamesMax})
	if err != nil {
		return nil, err
	}
	titles := make([]title, 0, len(names))
	for _, r := range names {
		var name text.Localized
		d := decoder{of: r.ID}
		if d.text(r.Name, &name); d.err != nil {
			return nil, d.err
		}
		titles = append(titles, titleOf(ProductID(r.ID), name, r.Brand))
	}
	for _, p := range alike(titles) {
		if !known[p] && len(twins) < TwinsMax {
			twins = append(twins, Twins{Likeness: AlikeName, Products: p[:]})
		}
	}
	return twins, nil
}

func pair(a, b ProductID) [2]ProductID {
	if b < a {
		a, b = b, a
	}
	return [2]ProductID{a, b}
}

// title is the words of a name, each once, and those of them that have figures.
type title struct {
	id      ProductID
	words   []string
	figures string
}

// titleOf takes a name apart in the language that most names have, with the brand.
func titleOf(id ProductID, name text.Localized, brand string) title {
	folded := text.Fold(name.In("ru") + " " + brand)
	words := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	slices.Sort(words)
	words = slices.Compact(words)
	var figures []string
	for _, w := range words {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			figures = append(figures, w)
		}
	}
	return title{id: id, words: words, figures: strings.Join(figures, " ")}
}

// alike gives pairs of titles of which at least four fifths of all their words are common, in the order of their ids. Two
// such titles share one of their rarest words: only those are compared, so that it costs little more than reading them.
func alike(titles []title) [][2]ProductID {
	frequency := map[string]int{}
	for _, t := range titles {
		for _, w := range t.words {
			frequency[w]++
		}
	}
	rare := func(a, b string) int { return cmp.Or(cmp.Compare(frequency[a], frequency[b]), cmp.Compare(a, b)) }
	with := map[string][]int{}
	var pairs [][2]ProductID
	for i, t := range titles {
		words := slices.SortedFunc(slices.Values(t.words), rare)
		met := map[int]bool{}
		for _, w := range words[:prefix(len(words))] {
			for _, other := range with[w] {
				if !met[other] && titles[other].figures == t.figures && near(titles[other].words, t.words) {
					pairs = append(pairs, pair(titles[other].id, t.id))
				}
				met[other] = true
			}
			with[w] = append(with[w], i)
		}
	}
	slices.SortFunc(pairs, func(a, b [2]ProductID) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return pairs
}

// prefix is how many of its rarest words a title must be looked up by: of n words at least four fifths are common, so one
// of the first n less that, and one more, is.
func prefix(n int) int {
	if n == 0 {
		return 0
	}
	return n - (4*n+4)/5 + 1
}

// near tells whether at least four fifths of all words of two sorted lists are in both.
func near(a, b []string) bool {
	common, j := 0, 0
	for _, w := range a {
		for j < len(b) && b[j] < w {
			j++
		}
		if j < len(b) && b[j] == w {
			common++
		}
	}
	return common > 0 && 5*common >= 4*(len(a)+len(b)-common)
}
