package index

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// terms are the words of a segment in their order, each with where its postings are.
type terms struct {
	packed
	posts []uint64 // posts[i] is where its postings begin; one more stands behind the last.
	dfs   []uint32
	words []bool // words says which of them people write so; the rest are stems, sounds and such.
}

func (t *terms) lay(of *tape) {
	t.packed.lay(of)
	lay(of, &t.posts)
	lay(of, &t.dfs)
	lay(of, &t.words)
}

// first is the place of the first word that is not less than w.
func (t *terms) first(w string) int {
	return sort.Search(len(t.ends), func(i int) bool { return t.at(i) >= w })
}

// find gives the place of a word, or -1.
func (t *terms) find(w string) int {
	if i := t.first(w); i < len(t.ends) && t.at(i) == w {
		return i
	}
	return -1
}

// under gives the range of words that begin with a prefix.
func (t *terms) under(prefix string) (from, to int) {
	from = t.first(prefix)
	n := sort.Search(len(t.ends)-from, func(i int) bool { return !strings.HasPrefix(t.at(from+i), prefix) })
	return from, from + n
}

// frequent gives the words from one place to another; of more than so many those that most documents have, the most frequent
// first. A letter begins a tenth of all words, so they are looked through once and not sorted.
func (t *terms) frequent(from, to, most int) []int {
	places := make([]int, 0, min(to-from, 2*most))
	if to-from <= most {
		for i := from; i < to; i++ {
			places = append(places, i)
		}
		return places
	}
	keep := func() {
		slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(t.dfs[b], t.dfs[a]) })
		places = places[:most]
	}
	least := int64(-1) // least is how many documents a word must surpass to be among them.
	for i, df := range t.dfs[from:to] {
		if int64(df) <= least {
			continue
		}
		if places = append(places, from+i); len(places) == 2*most {
			keep()
			least = int64(t.dfs[places[most-1]])
		}
	}
	keep()
	return places
}

// near visits the words within a distance of a word: letters added, left out, replaced, or two neighbours swapped. It
// walks the words in their order as if they were a tree: what they share with the word before is not computed again, and
// a beginning that is too far already is jumped over with all words behind it.
func (t *terms) near(word string, most int, visit func(i, distance int)) {
	w := []rune(word)
	rows := [][]int{make([]int, len(w)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	var path []rune
	for i := 0; i < t.len(); {
		term := t.at(i)
		depth, dead := 0, false
		for at, c := range term {
			if depth >= len(path) || path[depth] != c {
				path = append(path[:depth], c)
				rows = rows[:depth+1]
				rows = append(rows, step(rows, path, w))
			}
			depth++
			if least(rows[depth]) > most {
				i, dead = t.beyond(i, term[:at+len(string(c))]), true
				break
			}
		}
		if dead {
			continue
		}
		path, rows = path[:depth], rows[:depth+1]
		if d := rows[depth][len(w)]; d <= most {
			visit(i, d)
		}
		i++
	}
}

// beyond is the place of the first word behind i that does not begin with a prefix. It gallops, for it is near usually.
func (t *terms) beyond(i int, prefix string) int {
	leap := 1
	for i+leap < t.len() && strings.HasPrefix(t.at(i+leap), prefix) {
		i += leap
		leap *= 2
	}
	limit := min(leap, t.len()-i)
	return i + sort.Search(limit, func(n int) bool { return !strings.HasPrefix(t.at(i+n), prefix) })
}

// step makes the next row of distances, for the last letter of a path.
func step(rows [][]int, path, w []rune) []int {
	n := len(path)
	last, c := rows[n-1], path[n-1]
	row := make([]int, len(w)+1)
	row[0] = n
	for j := 1; j <= len(w); j++ {
		cost := 1
		if w[j-1] == c {
			cost = 0
		}
		row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
		if n > 1 && j > 1 && c == w[j-2] && path[n-2] == w[j-1] {
			row[j] = min(row[j], rows[n-2][j-2]+1)
		}
	}
	return row
}

func least(row []int) int {
	m := row[0]
	for _, d := range row {
		m = min(m, d)
	}
	return m
}
