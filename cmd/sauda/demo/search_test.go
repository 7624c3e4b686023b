package demo

import (
	"cmp"
	_ "embed"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sauda/app"
	"sauda/core/search"
	"sauda/core/search/index"
)

//go:embed testdata/queries.txt
var queriesText string

// least is the NDCG@10 that each group of queries must reach. Raise it when the search becomes better.
var least = map[string]float64{"kk": 0.94, "ru": 0.96, "mixed": 0.98, "later-kk": 0.92, "later-ru": 0.81}

// judged is a query with what a buyer hopes to see, by external ids.
type judged struct {
	group, lang, words string
	grades             map[string]int
	missed             string // missed is the reason why nothing of grade 3 is among the first ten; empty when it is.
}

// TestBuyersFind asks the search of the demonstration what buyers type, and holds it to what they hope to see.
func TestBuyersFind(t *testing.T) {
	all := readQueries(t)
	keeper := shelved(t)
	sums, counts, suggested := map[string]float64{}, map[string]int{}, map[string]int{}
	for _, q := range all {
		found, err := keeper.Ask(search.Question{Words: q.words, Lang: q.lang, Limit: 10})
		if err != nil {
			t.Fatalf("%s: %v", q.words, err)
		}
		score := q.gain(found.Hits)
		sums[q.group] += score
		counts[q.group]++
		hit := q.has(found.Hits)
		switch {
		case !hit && q.missed == "":
			t.Errorf("%s: %q finds nothing that was meant: %s", q.group, q.words, externals(found.Hits))
		case hit && q.missed != "":
			t.Errorf("%s: %q is found by now: take its reason %q away", q.group, q.words, q.missed)
		}
		if q.has(keeper.Suggest(q.words, q.lang).Products) {
			suggested[q.group]++
		}
		if os.Getenv("SEARCH_VERBOSE") != "" && score < 0.95 {
			fmt.Printf("%.3f %-5s %s: %s (corrected %q)\n", score, q.group, q.words, externals(found.Hits), found.Corrected)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(least)) {
		n, floor := counts[group], least[group]
		score := sums[group] / float64(max(n, 1))
		fmt.Printf("%-5s NDCG@10 %.4f over %d queries, %d suggested\n", group, score, n, suggested[group])
		if score < floor {
			t.Errorf("%s: NDCG@10 is %.4f, less than %.2f", group, score, floor)
		}
	}
}

// gain is the discounted gain of the first ten by what would be the best: 1 for what nobody could order better.
func (q judged) gain(hits []index.Hit) float64 {
	var sum, ideal float64
	for i, h := range hits {
		sum += float64(q.grades[h.External]) / math.Log2(float64(i)+2)
	}
	var grades []int
	for _, g := range q.grades {
		grades = append(grades, g)
	}
	slices.SortFunc(grades, func(a, b int) int { return cmp.Compare(b, a) })
	for i, g := range grades[:min(len(grades), 10)] {
		ideal += float64(g) / math.Log2(float64(i)+2)
	}
	return sum / ideal
}

// has tells whether a product of grade 3 is among hits.
func (q judged) has(hits []index.Hit) bool {
	return slices.ContainsFunc(hits, func(h index.Hit) bool { return q.grades[h.External] == 3 })
}

func externals(hits []index.Hit) string {
	names := make([]string, len(hits))
	for i, h := range hits {
		names[i] = h.External
	}
	return strings.Join(names, " ")
}

// readQueries reads the judged queries; every product that they name must be on sale.
func readQueries(t *testing.T) (all []judged) {
	t.Helper()
	sold := map[string]bool{}
	for _, p := range load(t).Products {
		sold[p.ExternalID] = p.State == "on_sale"
	}
	for _, p := range []special{(&sower{}).tea(), curtain(), cookbook()} {
		sold[p.sku] = true
	}
	var group, lang string
	seen := map[string]bool{}
	for line := range strings.Lines(queriesText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if heading, ok := strings.CutPrefix(line, "["); ok {
			group, lang, _ = strings.Cut(strings.TrimSuffix(heading, "]"), " ")
			if least[group] == 0 {
				t.Fatalf("the group %q has no floor", group)
			}
			continue
		}
		parts := strings.Split(line, "|")
		if len(parts) < 2 || len(parts) > 3 {
			t.Fatalf("cannot read %q", line)
		}
		q := judged{group: group, lang: lang, words: strings.TrimSpace(parts[0]), grades: map[string]int{}}
		if len(parts) == 3 {
			q.missed = strings.TrimSpace(parts[2])
		}
		best := 0
		for _, judgement := range strings.Fields(parts[1]) {
			name, grade, _ := strings.Cut(judgement, ":")
			n, err := strconv.Atoi(grade)
			if err != nil || n < 1 || n > 3 || !sold[name] {
				t.Fatalf("%s: cannot read %q, or it is not on sale", q.words, judgement)
			}
			q.grades[name] = n
			best = max(best, n)
		}
		if key := group + " " + q.words; seen[key] || best < 3 {
			t.Fatalf("%s: it is there twice, or nothing has grade 3", q.words)
		} else {
			seen[key] = true
		}
		all = append(all, q)
	}
	return all
}

// shelved opens a house with the goods of the demonstration on its shelves, and nothing sold yet, and gives its search.
func shelved(t *testing.T) *search.Keeper {
	t.Helper()
	s := newSower(load(t), func(int, int) {})
	s.clock.until(end)
	c := app.Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Quiet: true, Now: s.clock.now, AdminPassword: Password}
	if err := s.ground(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.house, err = app.Open(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.house.Close() })
	if err := s.shelve(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.house.Search.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.house.Search
}
