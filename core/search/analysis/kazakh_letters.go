package analysis

// harmony is the colour of vowels: Kazakh takes the vowel of an ending from the last vowel before it.
type harmony uint8

const (
	anyHarmony harmony = iota // No vowel decides: only и, у, ю before, or the ending has no vowel that changes.
	back
	front
)

// class is how a stem ends, as far as the first consonant of an ending cares. Classes are bits.
type class uint8

const (
	vowelEnd  class = 1 << iota // а ә е о ө ұ ү ы і э я ё
	glideEnd                    // р й, and и у ю, which behave like a glide before an ending
	liquidEnd                   // л
	nasalEnd                    // м н ң
	buzzEnd                     // з ж
	hardEnd                     // voiceless, and б в г д, which are said so at the end
)

const (
	voicedEnd    = vowelEnd | glideEnd | liquidEnd | nasalEnd | buzzEnd
	consonantEnd = glideEnd | liquidEnd | nasalEnd | buzzEnd | hardEnd
	anyEnd       = voicedEnd | hardEnd
)

const cyrillicFirst, cyrillicEnd = 0x400, 0x530

// letterClasses and letterHarmonies are looked up by the letter minus cyrillicFirst. A letter that is not Kazakh has
// class 0, and no ending follows it.
var letterClasses, letterHarmonies = func() (classes [cyrillicEnd - cyrillicFirst]class, colours [cyrillicEnd - cyrillicFirst]harmony) {
	for letters, c := range map[string]class{
		"аәеоөұүыіэяё": vowelEnd, "рйиую": glideEnd, "л": liquidEnd, "мнң": nasalEnd, "зж": buzzEnd, "пкқтсшщчцхһфбвгғд": hardEnd,
	} {
		for _, r := range letters {
			classes[r-cyrillicFirst] = c
		}
	}
	for _, r := range "аоұыяё" {
		colours[r-cyrillicFirst] = back
	}
	for _, r := range "әеөүіэ" {
		colours[r-cyrillicFirst] = front
	}
	return classes, colours
}()

// classOf gives the class of a letter, 0 for one that is no Cyrillic letter of Kazakh.
func classOf(r rune) class {
	if r < cyrillicFirst || r >= cyrillicEnd {
		return 0
	}
	return letterClasses[r-cyrillicFirst]
}

// harmonyOf gives the colour of a vowel, anyHarmony for what is no vowel or has no colour.
func harmonyOf(r rune) harmony {
	if r < cyrillicFirst || r >= cyrillicEnd {
		return anyHarmony
	}
	return letterHarmonies[r-cyrillicFirst]
}

// isVowel says whether a letter makes a syllable; и, у and ю do, wherever they stand.
func isVowel(r rune) bool {
	return classOf(r) == vowelEnd || r == 'и' || r == 'у' || r == 'ю'
}

// endClass gives how a stem ends; a soft sign counts as the consonant before it.
func endClass(stem []rune) class {
	for i := len(stem) - 1; i >= 0; i-- {
		if stem[i] != 'ь' && stem[i] != 'ъ' {
			return classOf(stem[i])
		}
	}
	return 0
}

// colour gives the harmony that a stem asks of its endings.
func colour(stem []rune) harmony {
	for i := len(stem) - 1; i >= 0; i-- {
		if h := harmonyOf(stem[i]); h != anyHarmony {
			return h
		}
	}
	return anyHarmony
}

// agrees says whether an ending of colour h may follow the stem. A stem that ends in к or г takes front endings even
// where its vowels are back (банкке, блогтің), and a soft sign makes the choice free (роліне, фестивальға).
func agrees(stem []rune, h harmony) bool {
	if h == anyHarmony {
		return true
	}
	c := colour(stem)
	if c == anyHarmony || c == h {
		return true
	}
	last := stem[len(stem)-1]
	return last == 'ь' || h == front && (last == 'к' || last == 'г')
}

// syllables counts vowels.
func syllables(stem []rune) (n int) {
	for _, r := range stem {
		if isVowel(r) {
			n++
		}
	}
	return n
}

// borrowed says whether a stem shows that Kazakh took it over: letters that only borrowed words have, vowels of both
// colours, or two consonants at its head.
func borrowed(stem []rune) bool {
	var seen [3]bool
	for i, r := range stem {
		switch r {
		case 'в', 'ф', 'ц', 'ч', 'щ', 'э', 'ё', 'ъ', 'ь':
			return true
		case 'о', 'ө':
			if i > 2 {
				return true
			}
		}
		seen[harmonyOf(r)] = true
	}
	if seen[back] && seen[front] {
		return true
	}
	return len(stem) > 2 && !isVowel(stem[0]) && !isVowel(stem[1])
}
