package sauda_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// textLanguages are those that every catalogue of texts has; a catalogue may have Chinese, and then has all of it.
var textLanguages = []string{"kk", "ru", "en"}

// pluralForms are the names of plural forms (CLDR). An object of these is one text.
var pluralForms = []string{"other", "zero", "one", "two", "few", "many"}

// texts gives all files of texts: a name and a language, or a language alone, with .json behind it.
func (h *house) texts() (names []string) {
	_ = fs.WalkDir(h.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case textLanguage.MatchString("/" + name):
			names = append(names, name)
		}
		return nil
	})
	return names
}

var textLanguage = regexp.MustCompile(`[/.](kk|ru|en|zh)\.json$`)

// textsWhole: what a catalogue says in one language it says in all of its languages, with the same values.
func textsWhole(h *house) (breaches []string) {
	catalogues := map[string][]string{} // By the name without its language.
	for _, name := range h.texts() {
		lang := textLanguage.FindStringSubmatch("/" + name)[1]
		stem := strings.TrimSuffix(name, lang+".json")
		catalogues[stem] = append(catalogues[stem], lang)
	}
	for _, stem := range slices.Sorted(maps.Keys(catalogues)) {
		languages := catalogues[stem]
		said, all := map[string]map[string]string{}, map[string]bool{}
		for _, lang := range languages {
			said[lang] = map[string]string{}
			var body any
			if err := json.Unmarshal([]byte(h.read(stem+lang+".json")), &body); err != nil {
				breaches = append(breaches, fmt.Sprintf("%s%s.json: %v", stem, lang, err))
				continue
			}
			leaves(said[lang], "", body)
			for id := range said[lang] {
				all[id] = true
			}
		}
		for _, lang := range textLanguages {
			if !slices.Contains(languages, lang) && !(lang == "en" && ofFaults(all)) {
				breaches = append(breaches, fmt.Sprintf("%s%s.json is not there", stem, lang))
			}
		}
		for _, id := range slices.Sorted(maps.Keys(all)) {
			breaches = append(breaches, uneven(stem, id, said)...)
		}
	}
	return breaches
}

// ofFaults tells whether a catalogue is of faults or of fields, whose English stands in the code.
func ofFaults(ids map[string]bool) bool {
	for id := range ids {
		if !strings.HasPrefix(id, "/fault.") && !strings.HasPrefix(id, "/"+fieldPrefix) {
			return false
		}
	}
	return len(ids) > 0
}

// leaves collects the texts of a file by their place in it.
func leaves(into map[string]string, at string, v any) {
	switch v := v.(type) {
	case string:
		into[at] = v
	case []any:
		for i, e := range v {
			leaves(into, at+"/"+strconv.Itoa(i), e)
		}
	case map[string]any:
		if _, plural := v["other"]; plural && len(v) > 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(v)), func(k string) bool { return !slices.Contains(pluralForms, k) }) {
			text := ""
			for _, form := range slices.Sorted(maps.Keys(v)) {
				text += fmt.Sprint(v[form]) + "\n"
			}
			into[at] = text
			return
		}
		for k, e := range v {
			leaves(into, at+"/"+k, e)
		}
	}
}

var inBraces = regexp.MustCompile(`\{[^{}]*\}`)

// uneven says what is wrong with one text in its languages.
func uneven(stem, id string, said map[string]map[string]string) (breaches []string) {
	want, of := "", ""
	for _, lang := range slices.Sorted(maps.Keys(said)) {
		text, there := said[lang][id]
		switch named := valuesOf(text); {
		case !there:
			breaches = append(breaches, fmt.Sprintf("%s%s.json has no %s", stem, lang, id[1:]))
		case strings.TrimSpace(text) == "":
			breaches = append(breaches, fmt.Sprintf("%s%s.json: %s says nothing", stem, lang, id[1:]))
		case of == "":
			want, of = named, lang
		case named != want:
			breaches = append(breaches, fmt.Sprintf("%s%s.json: %s names %q, and %q in %s", stem, lang, id[1:], named, want, of))
		}
	}
	return breaches
}

// literalsWhole: a text in several languages that stands in the code has at least Kazakh, Russian and English. What is for
// tests shows nothing to people.
func literalsWhole(h *house) (breaches []string) {
	for _, r := range h.inOrder() {
		if strings.HasSuffix(r.dir, "test") {
			continue
		}
		for _, f := range r.written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				literal, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				has := map[string]bool{}
				for _, e := range literal.Elts {
					if pair, ok := e.(*ast.KeyValueExpr); ok {
						if key, ok := pair.Key.(*ast.BasicLit); ok && key.Kind == token.STRING {
							has[strings.Trim(key.Value, "\"`")] = true
						}
					}
				}
				for _, lang := range textLanguages {
					if (has["kk"] || has["ru"] && has["en"]) && !has[lang] {
						breaches = append(breaches, h.at(literal, "the text is not said in %s", lang))
					}
				}
				return true
			})
		}
	}
	return breaches
}

// scripts: a word is written in one script. A Latin letter that looks like a Cyrillic one cannot be found by a search, is
// read out wrongly, and is drawn from another font. And a Russian text has no letter that only Kazakh has.
func scripts(h *house) (breaches []string) {
	find := func(where, text string) {
		for _, word := range mixed(text) {
			breaches = append(breaches, fmt.Sprintf("%s: %q is in two scripts: %+q", where, word, word))
		}
	}
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
					text, _ := strconv.Unquote(s.Value) // The file was parsed.
					find(h.fset.Position(s.Pos()).String(), text)
				}
				return true
			})
			for _, c := range f.Comments {
				find(h.fset.Position(c.Pos()).String(), c.Text())
			}
		}
	}
	for _, name := range h.texts() {
		body := h.read(name)
		find(name, body)
		if path.Base(name) == "ru.json" || strings.HasSuffix(name, ".ru.json") {
			if at := strings.IndexFunc(body, func(c rune) bool { return strings.ContainsRune("ӘәҒғҚқҢңӨөҰұҮүҺһІі", c) }); at >= 0 {
				breaches = append(breaches, fmt.Sprintf("%s:%d: a Kazakh letter in a Russian text", name, 1+strings.Count(body[:at], "\n")))
			}
		}
	}
	others := slices.Clone(h.templ)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "cmd/sauda/demo/*.json"} {
		names, _ := fs.Glob(h.fsys, pattern) // The pattern is well formed.
		others = append(others, names...)
	}
	for _, name := range others {
		find(name, h.read(name))
	}
	return breaches
}

// mixed gives the words of a text that have both Cyrillic and Latin letters. What stands behind a backslash is an escape.
func mixed(text string) (words []string) {
	for _, word := range strings.FieldsFunc(escape.ReplaceAllString(text, " "), func(c rune) bool { return !unicode.IsLetter(c) }) {
		if strings.IndexFunc(word, func(c rune) bool { return unicode.Is(unicode.Cyrillic, c) }) >= 0 &&
			strings.IndexFunc(word, func(c rune) bool { return unicode.Is(unicode.Latin, c) }) >= 0 {
			words = append(words, word)
		}
	}
	return words
}

var escape = regexp.MustCompile(`\\[a-z]`)
