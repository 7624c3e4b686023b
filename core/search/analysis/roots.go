package analysis

import (
	_ "embed" // The words that are never cut.
	"strings"
)

//go:embed roots.txt
var rootsText string

// roots are the words that are never cut, foldedRoots the same as they are typed in Russian letters, by their hash.
var roots, foldedRoots = func() (plain, folded map[uint64]bool) {
	plain, folded = map[uint64]bool{}, map[uint64]bool{}
	for line := range strings.Lines(rootsText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			plain[hash([]rune(word))] = true
			folded[hash([]rune(fold(word)))] = true
		}
	}
	return plain, folded
}()

// hash mixes letters by FNV-1a.
func hash(letters []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range letters {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return h
}
