package analysis

import (
	"bufio"
	"hash/fnv"
	"os"
	"strings"
	"testing"
)

// pair is a word as it stands in a text, with the word of the dictionary that it is a form of.
type pair struct{ form, lemma, kind string }

// readPairs gives the pairs of ../shared/facts, or fails.
func readPairs(t testing.TB) (pairs []pair) {
	t.Helper()
	f, err := os.Open("../../../../shared/facts/kz/word_lemma_pairs.tsv")
	if err != nil {
		t.Fatalf("the Kazakh words of ../shared/facts/kz are not there: %v", err)
	}
	defer func() { _ = f.Close() }() // It was only read.
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(lines.Text(), "#") || len(fields) < 3 {
			continue
		}
		pairs = append(pairs, pair{fields[0], fields[1], fields[2]})
	}
	if len(pairs) < 1000 {
		t.Fatalf("the Kazakh words of ../shared/facts/kz are %d, which is too few", len(pairs))
	}
	return pairs
}

// halved says in which half of the pairs a lemma is. The stemmer was made while looking at half 0 only.
func halved(lemma string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(lemma)) // A hash never fails.
	return h.Sum32() >> 7 & 1
}

// score is how well stems gather the forms of one lemma, in per mille.
type score struct{ words, exact, precision, recall, f1 int }

// judge compares stems with lemmas: how many are the lemma itself, and of all pairs of forms, which are brought together
// rightly (both have one lemma), wrongly, or not at all.
func judge(pairs []pair, stem func(string) string) score {
	together, wrong, missed, exact := 0, 0, 0, 0
	stems := make([]string, len(pairs))
	for i, p := range pairs {
		stems[i] = stem(p.form)
		if stems[i] == p.lemma {
			exact++
		}
		for j := range i {
			switch same, joined := p.lemma == pairs[j].lemma, stems[i] == stems[j]; {
			case same && joined:
				together++
			case joined:
				wrong++
			case same:
				missed++
			}
		}
	}
	s := score{words: len(pairs)}
	s.exact = 1000 * exact / max(len(pairs), 1)
	s.precision = 1000 * together / max(together+wrong, 1)
	s.recall = 1000 * together / max(together+missed, 1)
	s.f1 = 2000 * together / max(2*together+wrong+missed, 1)
	return s
}

// TestKazakhPairs holds the stemmer to what it must reach on words of real texts, on each half of them.
func TestKazakhPairs(t *testing.T) {
	all := readPairs(t)
	choose := func(half int, kinds string) (some []pair) {
		seen := map[pair]bool{}
		for _, p := range all {
			key := pair{p.form, p.lemma, ""}
			if roots[hash([]rune(p.lemma))] {
				continue // The stemmer has been told, so that it proves nothing.
			}
			if strings.Contains(kinds, p.kind) && (half == 2 || int(halved(p.lemma)) == half) && !seen[key] {
				seen[key] = true
				some = append(some, p)
			}
		}
		return some
	}
	for half, name := range []string{"half 0 (seen)", "half 1 (held out)", "both halves"} {
		nouns := judge(choose(half, "NOUN PROPN"), KazakhStem)
		t.Logf("nouns, %s: %+v", name, nouns)
		if nouns.exact < 900 && (nouns.f1 < 850 || nouns.precision < 970) {
			t.Errorf("nouns, %s: %+v is too little", name, nouns)
		}
		verbs := judge(choose(half, "VERB"), KazakhStem)
		t.Logf("verbs, %s: %+v", name, verbs)
		if verbs.f1 < 600 {
			t.Errorf("verbs, %s: %+v is too little", name, verbs)
		}
		t.Logf("all, %s: %+v", name, judge(choose(half, "NOUN PROPN VERB ADJ ADV NUM"), KazakhStem))
	}
	for _, p := range choose(0, os.Getenv("SHOW")) {
		if s := KazakhStem(p.form); s != p.lemma && os.Getenv("SHOW") != "" {
			t.Logf("%s %s: %s", p.form, p.lemma, s)
		}
	}
}
