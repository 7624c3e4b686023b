package analysis

import (
	"slices"
	"strings"
)

// slot is the place of an ending in a word. A noun has stem, plural, possessive and case, in this order; a verb has stem,
// voice, negation, and then either a tense with its person or a participle, which goes on as a noun does.
type slot uint8

const (
	plural     slot = iota
	owner           // The possessive of me, you, us.
	ownerThird      // The possessive of him, her, it, them.
	caseBare        // A case behind a stem, a plural or a possessive of us and of you with respect.
	caseThird       // A case behind a possessive of the third person.
	caseMine        // The dative behind my and your.
	participle      // A form of a verb that is inflected as a noun.
	finite          // A form of a verb that ends the word.
	negation
	voice
	slotsNumber
	noEnding = slotsNumber
)

// mend is what must be given back to a stem when an ending is taken off.
type mend uint8

const (
	nothing  mend = iota
	openVerb      // The ending begins with a vowel: a voiced consonant goes back (кітабы → кітап), an elided vowel returns.
	giveY         // The ending swallowed a й: қою → қой, қояды → қой.
	giveI         // The ending swallowed ы or і: оқиды → оқы.
)

// ending is one surface form of an ending.
type ending struct {
	form    []rune
	harmony harmony
	after   class
	slot    slot
	mend    mend
	gain    int16 // How sure one may be that this is an ending and no part of a stem.
}

// rule writes endings by their archiphonemes, which are the capital letters: А is а or е, Ы is ы or і; with е
// and і go г and к for ғ and қ. A first consonant that changes has a rule for each class of stem end. Forms are parted by
// spaces.
type rule struct {
	slot  slot
	after class
	gain  int16
	mend  mend
	forms string
}

// nounRules are the endings of nouns: first those of the case, then the possessives, then the plural.
var nounRules = []rule{
	// Genitive, dative, accusative, locative, ablative, instrumental.
	{caseBare, vowelEnd | nasalEnd, 30, nothing, "нЫң"},
	{caseBare, glideEnd | liquidEnd | buzzEnd, 30, nothing, "дЫң"},
	{caseBare, hardEnd, 30, nothing, "тЫң"},
	{caseBare, voicedEnd, 22, nothing, "ғА"},
	{caseBare, hardEnd, 22, nothing, "қА"},
	{caseBare, vowelEnd, 20, nothing, "нЫ"},
	{caseBare, consonantEnd &^ hardEnd, 16, nothing, "дЫ"},
	{caseBare, hardEnd, 16, nothing, "тЫ"},
	{caseBare, voicedEnd, 20, nothing, "дА"},
	{caseBare, hardEnd, 20, nothing, "тА"},
	{caseBare, vowelEnd | glideEnd | liquidEnd | buzzEnd, 24, nothing, "дАн"},
	{caseBare, nasalEnd, 26, nothing, "нАн"},
	{caseBare, hardEnd, 24, nothing, "тАн"},
	{caseBare, vowelEnd | glideEnd | liquidEnd | nasalEnd, 24, nothing, "мен менен"},
	{caseBare, buzzEnd, 24, nothing, "бен бенен"},
	{caseBare, hardEnd, 24, nothing, "пен пенен"},
	// What is in a place, what is like something, whose it is, up to somewhere.
	{caseBare, voicedEnd, 34, nothing, "дАғЫ"},
	{caseBare, hardEnd, 34, nothing, "тАғЫ"},
	{caseBare, voicedEnd, 14, nothing, "дАй"},
	{caseBare, hardEnd, 14, nothing, "тАй"},
	{caseBare, vowelEnd | nasalEnd, 26, nothing, "нікі"},
	{caseBare, glideEnd | liquidEnd | buzzEnd, 26, nothing, "дікі"},
	{caseBare, hardEnd, 26, nothing, "тікі"},
	// Behind a possessive of the third person.
	{caseThird, vowelEnd, 14, nothing, "н"},
	{caseThird, vowelEnd, 22, nothing, "нА"},
	{caseThird, vowelEnd, 26, nothing, "ндА нАн"},
	{caseThird, vowelEnd, 30, nothing, "нЫң мен ндАй"},
	{caseThird, vowelEnd, 34, nothing, "ндАғЫ"},
	{caseMine, nasalEnd, 14, nothing, "А"},
	// Possessives.
	{ownerThird, vowelEnd, 18, nothing, "сЫ"},
	{ownerThird, consonantEnd, 12, openVerb, "Ы"},
	{owner, vowelEnd, -5, nothing, "м ң"},
	{owner, vowelEnd, 16, nothing, "ңЫз"},
	{owner, vowelEnd, 12, nothing, "мЫз"},
	{owner, consonantEnd, -1, openVerb, "Ым Ың"},
	{owner, consonantEnd, 28, openVerb, "ЫмЫз ЫңЫз"},
	// Plural.
	{plural, vowelEnd | glideEnd, 30, nothing, "лАр"},
	{plural, liquidEnd | nasalEnd | buzzEnd, 26, nothing, "дАр"},
	{plural, hardEnd, 26, nothing, "тАр"},
}

// verbRules are the endings of verbs.
var verbRules = []rule{
	// Participles, verbal nouns, the doer.
	{participle, voicedEnd, 20, nothing, "ғАн"},
	{participle, hardEnd, 20, nothing, "қАн"},
	{participle, consonantEnd, 34, openVerb, "АтЫн"},
	{participle, vowelEnd, 34, nothing, "йтЫн"},
	{participle, anyEnd, 32, giveY, "ятЫн"},
	{participle, anyEnd, 32, giveI, "итЫн"},
	{participle, consonantEnd, 14, openVerb, "у"},
	{participle, vowelEnd, 14, nothing, "у"},
	{participle, anyEnd, 14, giveY, "ю"},
	{participle, consonantEnd, 24, openVerb, "ушЫ"},
	{participle, vowelEnd, 24, nothing, "ушЫ"},
	{participle, vowelEnd | glideEnd | liquidEnd, 10, nothing, "мАқ"},
	{participle, vowelEnd | glideEnd | liquidEnd, 24, nothing, "мАқшЫ"},
	{participle, nasalEnd | buzzEnd, 10, nothing, "бАқ"},
	{participle, nasalEnd | buzzEnd, 24, nothing, "бАқшЫ"},
	{participle, hardEnd, 10, nothing, "пАқ"},
	{participle, hardEnd, 24, nothing, "пАқшЫ"},
	// Past.
	{finite, voicedEnd, 16, nothing, "дЫ"},
	{finite, voicedEnd, 24, nothing, "дЫм дЫң дЫңЫз дЫңдАр дЫңЫздАр"},
	{finite, hardEnd, 16, nothing, "тЫ"},
	{finite, hardEnd, 24, nothing, "тЫм тЫң тЫңЫз тЫңдАр тЫңЫздАр"},
	{finite, voicedEnd, 32, nothing, "ғАнмЫн ғАнсЫң ғАнсЫз ғАнбЫз"},
	{finite, hardEnd, 32, nothing, "қАнмЫн қАнсЫң қАнсЫз қАнбЫз"},
	{finite, consonantEnd, 34, openVerb, "ЫптЫ ЫппЫн ЫпсЫң ЫпсЫз ЫппЫз"},
	{finite, vowelEnd, 14, nothing, "птЫ"},
	{finite, vowelEnd, 34, nothing, "ппЫн псЫң псЫз ппЫз"},
	// Present.
	{finite, consonantEnd, 30, openVerb, "АдЫ АмЫн АсЫң АсЫз АмЫз АсЫңдАр АсЫздАр"},
	{finite, vowelEnd, 30, nothing, "йдЫ ймЫн йсЫң йсЫз ймЫз йсЫңдАр йсЫздАр"},
	{finite, anyEnd, 28, giveY, "ядЫ ямЫн ясЫң ясЫз ямЫз"},
	{finite, anyEnd, 28, giveI, "идЫ имЫн исЫң исЫз имЫз"},
	// Future, condition, wish.
	{finite, consonantEnd, 30, openVerb, "АрмЫн АрсЫң АрсЫз АрмЫз"},
	{finite, vowelEnd, 30, nothing, "рмЫн рсЫң рсЫз рмЫз"},
	{finite, vowelEnd | glideEnd | liquidEnd, 10, nothing, "мАс"},
	{finite, nasalEnd | buzzEnd, 10, nothing, "бАс"},
	{finite, hardEnd, 10, nothing, "пАс"},
	{finite, anyEnd, 16, nothing, "сА"},
	{finite, anyEnd, 18, nothing, "сАм сАң сАңЫз сАқ"},
	{finite, consonantEnd, 30, openVerb, "АйЫн АйЫқ"},
	{finite, vowelEnd, 30, nothing, "йЫн йЫқ"},
	{finite, anyEnd, 20, nothing, "сЫн"},
	{finite, consonantEnd, 26, openVerb, "ЫңЫз ЫңЫздАр ЫңдАр"},
	{finite, vowelEnd, 26, nothing, "ңЫз ңЫздАр ңдАр"},
	{finite, voicedEnd, 10, nothing, "ғЫм ғЫң ғЫсЫ"},
	{finite, hardEnd, 10, nothing, "қЫм қЫң қЫсЫ"},
	// Converbs.
	{finite, consonantEnd, 22, openVerb, "Ып"},
	{finite, vowelEnd, 8, nothing, "п"},
	{finite, voicedEnd, 30, nothing, "ғАншА ғАлЫ"},
	{finite, hardEnd, 30, nothing, "қАншА қАлЫ"},
	{finite, vowelEnd | glideEnd | liquidEnd, 20, nothing, "мАй"},
	{finite, nasalEnd | buzzEnd, 20, nothing, "бАй"},
	{finite, hardEnd, 20, nothing, "пАй"},
	// Not.
	{negation, vowelEnd | glideEnd | liquidEnd, 4, nothing, "мА"},
	{negation, nasalEnd | buzzEnd, 4, nothing, "бА"},
	{negation, hardEnd, 4, nothing, "пА"},
	// The passive.
	{voice, consonantEnd, 6, openVerb, "Ыл"},
	{voice, vowelEnd, 4, nothing, "л"},
}

// endingsBy holds the endings by their slot and last letter, foldedEndingsBy as they are typed in Russian letters.
var endingsBy, foldedEndingsBy = byLast(func(form string) string { return form }), byLast(fold)

// byLast writes out all rules, with the forms spelled in some way.
func byLast(spell func(string) string) (by [slotsNumber][cyrillicEnd - cyrillicFirst][]ending) {
	for _, r := range slices.Concat(nounRules, verbRules) {
		for _, pattern := range strings.Fields(r.forms) {
			for _, e := range r.surface(pattern) {
				e.form = []rune(spell(string(e.form)))
				last := e.form[len(e.form)-1] - cyrillicFirst
				by[r.slot][last] = append(by[r.slot][last], e)
			}
		}
	}
	return by
}

var archiphonemes = [...]*strings.Replacer{
	strings.NewReplacer("А", "а", "Ы", "ы"),
	strings.NewReplacer("А", "е", "Ы", "і", "ғ", "г", "қ", "к"),
}

// surface gives the forms of a pattern in both harmonies, or one if no vowel of it changes.
func (r rule) surface(pattern string) (forms []ending) {
	if !strings.ContainsAny(pattern, "АЫ") {
		return []ending{{[]rune(pattern), anyHarmony, r.after, r.slot, r.mend, r.gain}}
	}
	for i, h := range []harmony{back, front} {
		forms = append(forms, ending{[]rune(archiphonemes[i].Replace(pattern)), h, r.after, r.slot, r.mend, r.gain})
	}
	return forms
}

// isEnding says whether a text is an ending of a noun that stands on its own behind a hyphen or an apostrophe, as it is
// written after names and abbreviations: iPhone-ға, ҚР-дағы.
func isEnding(text string) bool { return standing[text] }

// standing are the cases, the possessive of the third person, the plural, and what they give together.
var standing = func() map[string]bool {
	all := map[string]bool{}
	forms := func(s slot) (forms []string) {
		for _, r := range nounRules {
			if r.slot != s {
				continue
			}
			for _, pattern := range strings.Fields(r.forms) {
				for _, e := range r.surface(pattern) {
					forms = append(forms, string(e.form))
				}
			}
		}
		return forms
	}
	cases, thirds, many := append(forms(caseBare), "на", "не"), forms(caseThird), forms(plural)
	for _, p := range append(many, "") {
		for _, c := range append(cases, "") {
			all[p+c] = true
		}
		for _, o := range forms(ownerThird) {
			all[p+o] = true
			for _, c := range thirds {
				all[p+o+c] = true
			}
		}
	}
	delete(all, "")
	return all
}()
