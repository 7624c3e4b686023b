package analysis

import "strings"

// A Kazakh word is a stem with endings behind it, each with a place of its own, and each takes the colour of the vowels
// and the sound of the consonant before it. The stemmer takes the word apart from behind in every way that grammar
// allows, and prefers the way whose endings are the surest and whose stem is not too short to be one.

const (
	kazakhWordMax    = 40 // Longer words are left as they are.
	candidatesMax    = 48 // Ways to take one word apart that are looked at.
	shortStemLoss    = 12 // A stem of two letters.
	shortVerbLoss    = 1  // A verb of a vowel and a consonant.
	longVerbEnding   = 22 // An ending, or several together, that no noun has by chance.
	openVerbEnding   = 30 // The same behind a vowel, where -ңдер could be of жең.
	threeLettersLoss = 2
	narrowLoss       = 10 // A consonant that is more often one of the stem.
	rootGain         = 30 // A stem that is known to be a word.
	closedGain       = 18 // Its last consonant was voiced: көйлегім, кітабым.
	weakest          = -6 // From here on a stem is worth a try, where there is no better one.
	weakRunesMin     = 4
	badEndLoss       = 14 // A stem that ends as no Kazakh word does.
)

// candidate is one way to take a word apart: what is left of it, and how sure that is. What is left are the first letters
// of the word, and then one or two others where an ending had changed the end of the stem.
type candidate struct {
	kept    uint8 // Letters of the word.
	mended  uint8 // Letters of mend behind them.
	mend    [2]rune
	gain    int16
	top     slot    // The ending that was taken off last, which is the next one to the stem; noEnding for the word itself.
	harmony harmony // The colour of the endings.
	// narrow is a stem behind which -сы or -ны was taken off, accusative the second of them: with ы, і before, and о for the
	// second, their consonant is more often one of the stem (облыс-ы, мәтін-і, телефон-ы).
	narrow, accusative bool
}

// parse holds the ways to take a word apart. It needs no memory of its own.
type parse struct {
	word    [kazakhWordMax]rune
	list    [candidatesMax]candidate
	n       int
	folded  bool // The word was typed in Russian letters, which hide the colour of vowels.
	scratch [kazakhWordMax + 2]rune
}

// letters gives the stem of a candidate, until it is asked for the next one.
func (p *parse) letters(c *candidate) []rune {
	if c.mended == 0 {
		return p.word[:c.kept]
	}
	n := copy(p.scratch[:], p.word[:c.kept])
	n += copy(p.scratch[n:], c.mend[:c.mended])
	return p.scratch[:n]
}

// tops is a set of slots.
type tops uint32

func set(slots ...slot) (all tops) {
	for _, s := range slots {
		all |= 1 << s
	}
	return all
}

// strip adds every way to take an ending of the slot off the candidates from first up to end whose next ending is one of
// the given ones.
func (p *parse) strip(first, end int, s slot, behind tops) {
	table := &endingsBy
	if p.folded {
		table = &foldedEndingsBy
	}
	var own [kazakhWordMax + 2]rune // Taking an ending off uses the scratch.
	for i := first; i < end; i++ {
		if behind>>p.list[i].top&1 == 0 {
			continue
		}
		stem := append(own[:0], p.letters(&p.list[i])...)
		last := stem[len(stem)-1] - cyrillicFirst
		for j := range table[s][last] {
			e := &table[s][last][j]
			if p.n == candidatesMax || !hasSuffix(stem, e.form) {
				continue
			}
			if c, ok := p.take(&p.list[i], stem[:len(stem)-len(e.form)], e); ok {
				p.list[p.n] = c
				p.n++
			}
		}
	}
}

// hasSuffix says whether a stem ends in a form and has letters before it.
func hasSuffix(stem, form []rune) bool {
	rest := len(stem) - len(form)
	if rest < 1 {
		return false
	}
	for i := len(form) - 2; i >= 0; i-- { // The last letter is known to be the same.
		if stem[rest+i] != form[i] {
			return false
		}
	}
	return true
}

// take gives what a candidate becomes without an ending, and false where grammar forbids it. Left is what stands before
// that ending.
func (p *parse) take(c *candidate, left []rune, e *ending) (shorter candidate, ok bool) {
	if !p.mayFollow(c, left, e) {
		return shorter, false
	}
	shorter = candidate{kept: uint8(len(left)), gain: c.gain + e.gain, top: e.slot, harmony: c.harmony}
	if len(left) > int(c.kept) { // The ending stood within what had been mended.
		shorter.kept, shorter.mended, shorter.mend = c.kept, uint8(len(left))-c.kept, c.mend
	}
	if e.harmony != anyHarmony {
		shorter.harmony = e.harmony
	}
	shorter.accusative = e.slot == caseBare && len(e.form) == 2 && e.form[0] == 'н'
	shorter.narrow = shorter.accusative || e.slot == ownerThird && len(e.form) == 2
	switch e.mend {
	case giveY:
		shorter.give('й')
	case giveI:
		if len(left) < 2 {
			return shorter, false
		}
		if colour(left) == front {
			shorter.give('і')
		} else {
			shorter.give('ы')
		}
	case openVerb:
		shorter.close(left)
	}
	return shorter, syllables(p.letters(&shorter)) > 0
}

// mayFollow says whether an ending may stand behind these letters: it agrees with their end and with the colour of their
// vowels. In Russian letters the vowels tell less, but the endings must at least agree with each other.
func (p *parse) mayFollow(c *candidate, left []rune, e *ending) bool {
	if last := left[len(left)-1]; e.slot == voice && len(e.form) == 1 && (last == 'ы' || last == 'і') {
		return false // The passive of a consonant has ы itself.
	}
	if e.mend != giveY && e.mend != giveI && endClass(left)&e.after == 0 {
		return false
	}
	if !p.folded {
		return agrees(left, e.harmony)
	}
	if e.harmony == anyHarmony {
		return true
	}
	if c.harmony != anyHarmony && c.harmony != e.harmony {
		return false
	}
	for i := len(left) - 1; i >= 0; i-- {
		switch left[i] {
		case 'е', 'э':
			return e.harmony == front
		case 'ы':
			return e.harmony == back
		case 'а', 'о', 'у', 'и', 'я':
			return true // Each may be of either colour.
		}
	}
	return true
}

// give puts a letter at the end of the stem.
func (c *candidate) give(r rune) {
	if int(c.mended) < len(c.mend) {
		c.mend[c.mended] = r
		c.mended++
	}
}

// close gives a stem the end that it has without a vowel behind it: voiceless, and with the vowel that was elided.
func (c *candidate) close(left []rune) {
	n := len(left)
	last, foreign := left[n-1], borrowed(left)
	closed := last
	switch {
	case last == 'ғ':
		closed = 'қ'
	case last == 'г' && !foreign && colour(left) != back:
		closed = 'к'
	case last == 'б' && (!foreign || syllables(left) > 1):
		closed = 'п'
	}
	elided := n > 2 && !foreign && elides(left[n-2], closed) && isVowel(left[n-3])
	if closed == last && !elided || c.mended > 0 {
		return
	}
	c.kept--
	if elided && colour(left) == front {
		c.give('і')
	} else if elided {
		c.give('ы')
	}
	c.give(closed)
}

// elides says whether a narrow vowel stands between two consonants when no vowel follows them: орны is of орын, халқы of
// халық, аузы of ауыз.
func elides(before, last rune) bool {
	switch last {
	case 'н':
		return before == 'р' || before == 'й' || before == 'л'
	case 'қ', 'к', 'п':
		return before == 'р' || before == 'л'
	case 'з':
		return before == 'у'
	}
	return false
}

// takeApart fills the parse with the ways to take a word apart; the word itself is the first.
func (p *parse) takeApart(word []rune) {
	p.n = 1
	p.list[0] = candidate{kept: uint8(copy(p.word[:], word)), top: noEnding}

	p.strip(0, 1, caseBare, set(noEnding))
	p.strip(0, 1, caseThird, set(noEnding))
	p.strip(0, 1, caseMine, set(noEnding))
	cases := p.n
	p.strip(0, cases, ownerThird, set(noEnding, caseThird))
	p.strip(0, cases, owner, set(noEnding, caseBare, caseMine))
	p.strip(0, p.n, plural, set(noEnding, caseBare, owner, ownerThird))
	nouns := p.n
	p.strip(0, nouns, participle, set(noEnding, caseBare, owner, ownerThird, plural))
	p.strip(0, 1, finite, set(noEnding))
	verbs := p.n
	p.strip(nouns, verbs, negation, set(participle, finite))
	p.strip(nouns, p.n, voice, set(participle, finite, negation))
}

// complete says whether a candidate lacks nothing: the case behind a possessive of the third person needs that possessive,
// and the dative behind my and your needs theirs.
func (c *candidate) complete() bool { return c.top != caseThird && c.top != caseMine }

// verb says whether a candidate is the stem of a verb.
func (c *candidate) verb() bool { return c.top >= participle && c.top != noEnding }

// worth says how sure a candidate is, all in all.
func (p *parse) worth(c *candidate) int16 {
	stem, w := p.letters(c), c.gain
	n := len(stem)
	switch n {
	case 1:
		return -1
	case 2:
		w -= shortLoss(stem, c)
		if classOf(stem[1]) == vowelEnd && !c.verb() {
			w -= badEndLoss
		}
	case 3:
		w -= threeLettersLoss
	}
	last, before := stem[n-1], stem[n-2]
	foreign := borrowed(stem)
	switch {
	case foreign:
	case last == 'б' || last == 'в' || last == 'г' || last == 'ғ' || last == 'д':
		w -= badEndLoss
	case !isVowel(last) && !isVowel(before) && !endsCluster(before, last):
		w -= badEndLoss
	}
	switch {
	case p.root(stem):
		w += rootGain
	case c.verb():
		w += verbGain(stem, foreign)
	case c.top == ownerThird && n > 2:
		w -= formedLoss(stem, foreign)
	case c.top == owner && c.mended > 0:
		w += closedGain
	}
	if c.narrow && (last == 'ы' || last == 'і') && before != 'ш' || c.accusative && last == 'о' {
		w -= narrowLoss
	}
	return w
}

// shortLoss is for a stem of two letters. Many verbs are a vowel and a consonant: іш-етін, ал-ады, өт-пейді. They count for
// more than the noun that a long ending of a verb would leave with the half of it: ішет-ін. Of those that end in a vowel there
// are же and де.
func shortLoss(stem []rune, c *candidate) int16 {
	switch closed := isVowel(stem[0]) && !isVowel(stem[1]); {
	case !c.verb() || c.gain < longVerbEnding:
	case closed, c.gain >= openVerbEnding && stem[1] == 'е' && (stem[0] == 'ж' || stem[0] == 'д'):
		return shortVerbLoss
	}
	return shortStemLoss
}

// verbGain is for what speaks for a verb, or against: Kazakh makes verbs with -ла, and takes none over as they are.
func verbGain(stem []rune, foreign bool) int16 {
	n := len(stem)
	last, before := stem[n-1], stem[n-2]
	switch {
	case n == 2:
		if isVowel(last) && last != 'у' {
			return -5
		}
	case last == 'о' || last == 'ө' || last == 'ұ' || last == 'ү':
		return -badEndLoss
	case n > 4 && (last == 'а' || last == 'е') && (before == 'л' || before == 'д' || before == 'т'):
		return 6
	case foreign:
		return -20
	case n > 2 && !isVowel(before) && (last == 'л' || last == 'д' || last == 'т' && before != 'р' && before != 'й'):
		return -badEndLoss // It lacks the vowel of -ла: тыңд-ады is тыңда-ды.
	}
	return 0
}

// formedLoss is for what looks like a possessive and is a word formed with -шы (who does it) or -лы (what has it).
func formedLoss(stem []rune, foreign bool) int16 {
	n := len(stem)
	last, before := stem[n-1], stem[n-2]
	switch {
	case last == 'ш' && (!isVowel(before) || before == 'у' || before == 'и'):
		return 30
	case last == 'л' && !isVowel(before):
		return 30
	case last == 'л' && !foreign && (before == 'а' || before == 'е' || before == 'я') && syllables(stem) > 1:
		return 15
	}
	return 0
}

// endsCluster says whether a Kazakh stem may end in these two consonants.
func endsCluster(before, last rune) bool {
	switch last {
	case 'қ':
		return before == 'р' || before == 'л'
	case 'т', 'к':
		return before == 'р' || before == 'л' || before == 'н' || before == 'й' || before == 'с' || before == 'ң'
	case 'р':
		return true // Only borrowed words do: метр, центр, жанр.
	case 'с', 'п', 'ш':
		return before == 'р' || before == 'л' || before == 'й'
	}
	return before == 'й'
}

// KazakhStem gives the stem of a Kazakh word in small Cyrillic letters: what is left without the endings of number,
// person, case and tense. It is a word of the dictionary for most nouns. For a verb it is one form for all of them, which
// need not be one of the dictionary. A word that is not Kazakh, or too long to be one, is given back as it is.
//
// Of a word with a hyphen the part behind the last hyphen is stemmed; where that is an ending itself, it falls away.
func KazakhStem(word string) string {
	if at := strings.LastIndexByte(word, '-'); at > 0 {
		if head, tail := word[:at], word[at+1:]; isEnding(tail) {
			return head
		} else if tail != "" {
			return head + "-" + KazakhStem(tail)
		}
	}
	first, _ := kazakhStems(word, false)
	return first
}

// kazakhStems gives the two surest stems of a word; the first is the word itself where no ending is sure, the second is
// "" where there is no other. A folded word is one that was typed in Russian letters, and so are its stems.
func kazakhStems(word string, folded bool) (first, second string) {
	var buffer [kazakhWordMax]rune
	runes := buffer[:0]
	for _, r := range word {
		if len(runes) == kazakhWordMax || classOf(r) == 0 && r != 'ь' && r != 'ъ' {
			return word, ""
		}
		runes = append(runes, r)
	}
	if len(runes) < 3 {
		return word, ""
	}
	p := parse{folded: folded}
	if p.root(runes) {
		return word, ""
	}
	p.takeApart(runes)
	best, next := p.surest()
	first = word
	if best >= 0 {
		first = p.text(&p.list[best])
	}
	if next >= 0 && p.list[next].kept+p.list[next].mended > 2 {
		second = p.text(&p.list[next])
	}
	if second == first {
		second = "" // Two verbs with and without ы at their end.
	}
	return first, second
}

// surest gives the places of the two surest stems, -1 for none.
func (p *parse) surest() (best, next int) {
	best, next = -1, -1
	most, nextMost := int16(0), int16(weakest)
	for i := 1; i < p.n; i++ {
		if !p.list[i].complete() {
			continue
		}
		w := p.worth(&p.list[i])
		switch {
		case w <= 0:
			if best < 0 && w > nextMost && len(p.letters(&p.list[i])) >= weakRunesMin {
				next, nextMost = i, w
			}
		case best < 0 || w > most:
			if best < 0 {
				next, nextMost = -1, 0
			} else if !p.same(best, i) {
				next, nextMost = best, most
			}
			best, most = i, w
		case w > nextMost && !p.same(best, i):
			next, nextMost = i, w
		}
	}
	return best, next
}

// root says whether a stem is a word that is never cut.
func (p *parse) root(stem []rune) bool {
	if p.folded {
		return foldedRoots[hash(stem)]
	}
	return roots[hash(stem)]
}

// same says whether two candidates leave the same stem.
func (p *parse) same(i, j int) bool {
	a, b := &p.list[i], &p.list[j]
	return a.kept == b.kept && a.mended == b.mended && a.mend == b.mend
}

// text gives the stem as it is indexed. A verb gives up its last ы or і, since it cannot be seen in half of its forms:
// оқып may be of оқы and of оқ.
func (p *parse) text(c *candidate) string {
	stem := p.letters(c)
	if last := stem[len(stem)-1]; c.verb() && (last == 'ы' || last == 'і') && len(stem) > 3 && syllables(stem) > 1 {
		stem = stem[:len(stem)-1]
	}
	return string(stem)
}
