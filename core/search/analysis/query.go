package analysis

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What an alternative is worth, in per mille of a find of the word itself.
const (
	whole           = 1000
	worthTable      = 850
	worthStem       = 800
	worthOtherStem  = 600 // A stem of a language that was not asked for, or not the surest one.
	worthFolded     = 600
	worthPart       = 400 // A part of what was written with a hyphen.
	worthLookalike  = 300
	worthReading    = 550
	worthSound      = 450
	worthNumber     = 300 // A number without its unit.
	worthKin        = 500 // A word of the same root.
	layoutUnlikely  = 400 // In per mille: the word could be one as it was typed.
	layoutLikely    = 800 // It could not.
	prefixRunesMin  = 2   // The beginning of a word is looked for in other spellings from this length on.
	compoundPartMin = 4   // Letters from which on a part of a word with a hyphen is a word of its own.
)

// Query gives the slots of a query. The language is that of the page, which settles doubts: "kk", "ru", "en", "zh", or ""
// for none. A query beyond QueryRunesMax characters or SlotsMax words is cut. Every slot has the word itself as its first
// alternative, and the others by their worth.
func Query(text, lang string) []Slot {
	text = cutRunes(text, QueryRunesMax)
	tokens := tokensOf(text)
	slots := make([]Slot, 0, len(tokens))
	for i := 0; i < len(tokens) && len(slots) < SlotsMax; {
		t := &tokens[i]
		q := alternatives{lang: lang}
		taken := 1
		switch term, n := measured(t, at(tokens, i+1), at(tokens, i+2)); {
		case t.nature == sign:
			i++
			continue
		case t.nature == han:
			slots = ideogramSlots(slots, t)
			i++
			continue
		case term != "":
			taken = q.measure(tokens[i:], term, n)
		default:
			if taken = compound(tokens[i:]); taken > 1 {
				q.compound(tokens[i : i+taken])
			} else if taken = misplaced(text, tokens[i:]); taken > 1 {
				q.retyped(chunkOf(text, t), t.text)
			} else {
				q.word(t.text, t.nature, whole, Exact)
				if chunk := chunkOf(text, t); !q.retyped(chunk, t.text) {
					q.retyped(text[t.start:t.end], t.text)
				}
			}
		}
		end := tokens[i+taken-1].end
		slots = append(slots, Slot{text[t.start:end], t.start, end, q.sorted()})
		i += taken
	}
	return slots
}

// cutRunes gives the first characters of a text.
func cutRunes(text string, most int) string {
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

// ideogramSlots adds a slot for each two neighbours of a Chinese run, or for its only character.
func ideogramSlots(slots []Slot, t *token) []Slot {
	runes := []rune(t.text)
	for i := 0; i < max(len(runes)-1, 1) && len(slots) < SlotsMax; i++ {
		word := string(runes[i:min(i+2, len(runes))])
		slots = append(slots, Slot{word, t.start, t.end, []Alternative{{word, whole, Exact}}})
	}
	return slots
}

// compound says how many tokens from the first one on are one thing because hyphens join them: wi-fi, rb37-a5491. Words
// that can stand alone are not joined: кресло-кровать.
func compound(tokens []token) (taken int) {
	short := false
	for taken = 1; taken < min(len(tokens), modelPartsMax); taken++ {
		before, t := &tokens[taken-1], &tokens[taken]
		if t.sep != '-' && t.sep != '×' && (t.sep != 0 || t.nature == sign) || !joins(before, t) {
			break
		}
	}
	for _, t := range tokens[:taken] {
		short = short || t.nature == mixed || t.nature == number || utf8.RuneCountInString(t.text) < compoundPartMin
	}
	if !short {
		return 1
	}
	return taken
}

// chunkOf gives what stands around a token between gaps, as it was typed.
func chunkOf(text string, t *token) string {
	start := strings.LastIndexFunc(text[:t.start], unicode.IsSpace) + 1
	if start > 0 {
		_, size := utf8.DecodeRuneInString(text[start-1:])
		start += size - 1
	}
	end := strings.IndexFunc(text[t.end:], unicode.IsSpace)
	if end < 0 {
		return text[start:]
	}
	return text[start : t.end+end]
}

// misplaced says how many tokens are one word that was typed on the wrong layout, where letters are on the keys of commas
// and points: k.,bvsq is любимый. It is so only if no part could be a word as it stands.
func misplaced(text string, tokens []token) (taken int) {
	chunk := chunkOf(text, &tokens[0])
	if _, ok := retype(strings.ToLower(chunk)); !ok {
		return 1
	}
	last := tokens[0].start + len(chunk)
	for taken < len(tokens) && tokens[taken].start < last {
		t := &tokens[taken]
		if t.nature != latin || pronounceable(t.text) && utf8.RuneCountInString(t.text) > 2 {
			return 1
		}
		taken++
	}
	return max(taken, 1)
}

// alternatives gathers what may stand for one slot.
type alternatives struct {
	lang string
	list []Alternative
}

// add takes an alternative in, unless its text is there already for more.
func (q *alternatives) add(text string, weight int, why Why) {
	if text == "" {
		return
	}
	for i := range q.list {
		if known := &q.list[i]; known.Text == text {
			if weight > known.Weight {
				known.Weight, known.Why = weight, why
			}
			return
		}
	}
	q.list = append(q.list, Alternative{text, weight, why})
}

// sorted gives the alternatives by their worth, the surest ones if there are too many.
func (q *alternatives) sorted() []Alternative {
	slices.SortStableFunc(q.list, func(a, b Alternative) int { return b.Weight - a.Weight })
	return q.list[:min(len(q.list), alternativesMax)]
}

// because gives the first reason, unless the whole word stands for another reason already.
func because(why, outer Why) Why {
	if outer != Exact {
		return outer
	}
	return why
}

// word adds a word and all that may stand for it. The scale is what the word itself is worth; outer is why it is looked
// for at all.
func (q *alternatives) word(word string, n nature, scale int, outer Why) {
	if n == mixed {
		q.add(modelLetters(word), scale, outer)
		if name := namePart(word); name != "" {
			q.word(name, natureOf(name), scale*worthPart/whole, because(ByModel, outer))
		}
		return
	}
	q.add(word, scale, outer)
	if n != cyrillic && n != latin {
		return
	}
	all := stems(word, n)
	for _, s := range all {
		worth, why := worthStem, ByStem
		if s.folded {
			worth, why = worthFolded, ByFolding
		} else if s.second || q.lang != "" && s.language != q.lang {
			worth = worthOtherStem
		}
		q.add(s.text, scale*worth/whole, because(why, outer))
	}
	if n == cyrillic && languageOf(word) != kazakhLanguage {
		q.kin(russianStem(word), scale, outer)
	}
	q.table(word, scale, outer)
	for _, s := range all {
		q.table(s.text, scale*worthStem/whole, outer)
	}
	if n == cyrillic {
		q.add(fold(word), scale*worthFolded/whole, because(ByFolding, outer))
		for _, s := range all {
			q.add(fold(s.text), scale*worthFolded*worthStem/whole/whole, because(ByFolding, outer))
		}
	}
	if outer == Layout {
		return
	}
	q.sounds(word, all, scale, outer)
	if n == latin {
		q.readings(word, scale)
	}
	if text, ok := inScript(word, latin+cyrillic-n); ok {
		q.add(text, scale*worthLookalike/whole, Lookalike)
	}
}

// kin adds the stems of words of the same root.
func (q *alternatives) kin(stem string, scale int, outer Why) {
	for _, k := range kin(stem) {
		q.add(k, scale*worthKin/whole, because(ByKin, outer))
	}
}

// table adds the other spellings of a brand.
func (q *alternatives) table(word string, scale int, outer Why) {
	for _, spelling := range brands[word] {
		q.add(spelling, scale*worthTable/whole, because(ByTable, outer))
	}
}

// sounds adds how a word and its stems sound.
func (q *alternatives) sounds(word string, all []stem, scale int, outer Why) {
	q.add(sound(word), scale*worthSound/whole, because(Translit, outer))
	for _, s := range all {
		if !s.second {
			q.add(sound(s.text), scale*worthSound*worthStem/whole/whole, because(Translit, outer))
		}
	}
}

// readings adds what a Latin word may stand for in Cyrillic letters, with the stems of that, whose sound finds them in
// any spelling.
func (q *alternatives) readings(word string, scale int) {
	why, worth := Translit, worthReading
	if strings.ContainsAny(word, latinKazakhOnly) || q.lang == kazakhLanguage {
		why = LatinKazakh
	}
	for i, reading := range cyrillicReadings(word) {
		if reading == "" {
			continue
		}
		q.add(reading, scale*worth/whole, why)
		all := stems(reading, cyrillic)
		for _, s := range all {
			if !s.second && (i == 0 || !s.folded) {
				q.add(s.text, scale*worth*worthStem/whole/whole, why)
				q.add(sound(s.text), scale*worthSound*worthStem/whole/whole, why)
			}
		}
	}
}

// retyped adds what a chunk would be on the other layout of the keyboard, and says whether it would be a word at all.
func (q *alternatives) retyped(chunk, typed string) bool {
	other, ok := retype(strings.ToLower(strings.TrimFunc(chunk, unicode.IsSpace)))
	if !ok || utf8.RuneCountInString(other) > WordRunesMax {
		return false
	}
	if len(q.list) == 0 {
		q.add(typed, whole, Exact)
	}
	if pronounceable(typed) {
		q.add(other, layoutUnlikely, Layout)
		q.table(other, layoutUnlikely, Layout)
	} else {
		q.word(other, natureOf(other), layoutLikely, Layout)
	}
	return true
}

// measure adds a number with its unit, and gives how many tokens that takes.
func (q *alternatives) measure(tokens []token, term string, taken int) int {
	t := &tokens[0]
	if taken == 2 && tokens[1].nature == han {
		taken = 1 // More than the unit may stand there.
	}
	if t.nature == mixed {
		q.add(modelLetters(t.text), whole, Exact)
		q.add(term, whole-1, ByUnit)
		digits, _ := split(t.text)
		q.add(digits, worthNumber, Exact)
		return taken
	}
	q.add(term, whole, ByUnit)
	if taken == 2 && tokens[1].nature != sign {
		q.add(modelLetters(t.text+tokens[1].text), whole-1, Exact)
	}
	q.add(t.text, worthNumber, Exact)
	return taken
}

// compound adds what hyphens join, without them, and its parts for less.
func (q *alternatives) compound(tokens []token) {
	text := ""
	joined(tokens, func(joinedText string, parts int) {
		if parts == len(tokens) {
			text = joinedText
		}
	})
	if text != "" {
		q.add(text, whole, ByModel)
		q.table(text, whole, Exact)
		q.retyped(text, text)
	} else {
		q.add(tokens[0].text, whole, Exact) // Together they are too long for a model.
	}
	for i := range tokens {
		if t := &tokens[i]; t.nature == cyrillic || t.nature == latin || t.nature == mixed {
			q.add(t.text, worthPart, Exact)
		}
	}
}

// Prefix gives what the last word of a text may be the beginning of, while it is still being typed: terms of documents
// begin with the texts of the alternatives. There are none behind a gap, where no word has begun.
func Prefix(text string) []Alternative {
	text = lastRunes(text, QueryRunesMax)
	tokens := tokensOf(text)
	if len(tokens) == 0 {
		return nil
	}
	t := &tokens[len(tokens)-1]
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsSpace(last) || t.nature == sign {
		return nil
	}
	word := t.text
	q := alternatives{}
	if t.nature == mixed {
		word = modelLetters(word)
	}
	if t.nature == han {
		runes := []rune(word)
		word = string(runes[max(len(runes)-2, 0):])
	}
	q.add(word, whole, Exact)
	if n := t.nature; utf8.RuneCountInString(word) >= prefixRunesMin && (n == cyrillic || n == latin) {
		q.add(fold(word), worthFolded, ByFolding)
		for _, s := range stems(word, n) {
			if !s.folded && !s.second {
				q.add(s.text, worthOtherStem/2, ByStem)
			}
		}
		for _, name := range brandNames {
			if strings.HasPrefix(name, word) {
				for _, other := range brands[name] {
					q.add(other, worthTable, ByTable)
				}
			}
		}
		q.add(sound(word), worthSound, Translit)
		if n == latin {
			for _, reading := range cyrillicReadings(word) {
				q.add(reading, worthReading, Translit)
			}
		}
	}
	if other, ok := retype(strings.ToLower(chunkOf(text, t))); ok {
		q.add(other, layoutUnlikely, Layout)
	}
	return q.sorted()
}

// lastRunes gives the last characters of a text.
func lastRunes(text string, most int) string {
	n := 0
	for i := len(text); i > 0; {
		if n == most {
			return text[i:]
		}
		_, size := utf8.DecodeLastRuneInString(text[:i])
		i -= size
		n++
	}
	return text
}
