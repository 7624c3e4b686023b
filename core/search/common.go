package search

import (
	_ "embed" // The words that mean the same in any shop.
	"slices"
	"strings"
	"sync"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/search/searchdb"
	"sauda/gear/db"
)

//go:embed common.txt
var commonText string

// Common is a group of words that mean the same in any shop.
type Common struct {
	Name   string // Name is its first word.
	Words  []string
	OneWay bool // OneWay makes the first word find the others, and not the other way round.
}

// SwitchOff keeps a group of common words from counting in this shop. One that is off stays so.
func SwitchOff(tx *db.Tx, name string) error { return switchCommon(tx, name, false) }

// SwitchOn has a group of common words count again. One that is on stays so.
func SwitchOn(tx *db.Tx, name string) error { return switchCommon(tx, name, true) }

func switchCommon(tx *db.Tx, name string, on bool) error {
	if !slices.ContainsFunc(commons(), func(c Common) bool { return c.Name == name }) {
		return ErrCommon.About("%.60q", name)
	}
	q := searchdb.New(tx)
	var rows int64
	var err error
	if on {
		rows, err = q.SwitchCommonOn(tx.Context(), name)
	} else {
		rows, err = q.SwitchCommonOff(tx.Context(), searchdb.SwitchCommonOffParams{Name: name, Since: span.Micros(tx.Now())})
	}
	if err != nil || rows == 0 {
		return err
	}
	return tx.Emit(CommonSwitched{Name: name, On: on})
}

// Off gives the names of the common groups that are switched off, in their order.
func Off(tx *db.Tx) ([]string, error) { return searchdb.New(tx).CommonOff(tx.Context()) }

// Commons gives the groups of words that mean the same in any shop, in the order of their names. A two-way group and a
// one-way one may share a name.
func Commons() []Common { return slices.Clone(commons()) }

var commons = sync.OnceValue(func() (all []Common) {
	for line := range strings.Lines(commonText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var c Common
		first, rest, oneWay := strings.Cut(line, ">")
		if c.OneWay = oneWay; oneWay {
			line = first + "," + rest
		}
		for word := range strings.SplitSeq(line, ",") {
			c.Words = append(c.Words, strings.TrimSpace(word))
		}
		c.Name = c.Words[0]
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b Common) int { return strings.Compare(text.Fold(a.Name), text.Fold(b.Name)) })
	return all
})

// commonSynonyms are the ways that the common groups open. They are made once, for they are the same for every shop.
var commonSynonyms = sync.OnceValue(func() synonyms {
	s := synonyms{}
	for _, c := range commons() {
		s.add(c.Words, c.OneWay, c.Name)
	}
	return s
})
