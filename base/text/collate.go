package text

import (
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Collation orders texts as the dictionaries of a language do. It may be used by several goroutines.
type Collation struct {
	mu       sync.Mutex
	collator *collate.Collator
	buffer   collate.Buffer
}

var collations sync.Map // Collations by language tag.

// Collate gives the order of a language; kk and ru have their own alphabets, an unknown language has the order of all
// (CLDR root). Case decides only between texts that are otherwise equal, and numbers count by their value: "2" stands
// before "10".
func Collate(lang string) *Collation {
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.Und
	}
	key := tag.String()
	if found, ok := collations.Load(key); ok {
		return found.(*Collation)
	}
	fresh := &Collation{collator: collate.New(tag, collate.Numeric)}
	if len(key) > 8 { // Only tags as short as kk-Cyrl are kept, so that strange ones cannot fill the memory.
		return fresh
	}
	kept, _ := collations.LoadOrStore(key, fresh)
	return kept.(*Collation)
}

// Compare is -1 when a comes before b, 1 when it comes after, 0 when the order knows no difference.
func (c *Collation) Compare(a, b string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.collator.CompareString(a, b)
}

// Key gives bytes that compare as their texts do, to be stored beside a text and sorted by the database. Keys are not for
// keeping across versions of the program: the tables behind them change.
func (c *Collation) Key(s string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buffer.Reset()
	return append([]byte(nil), c.collator.KeyFromString(&c.buffer, s)...)
}
