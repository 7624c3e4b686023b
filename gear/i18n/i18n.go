// Package i18n finds the words of the house in the language of the reader.
//
// Texts stand in flat JSON files, one for each language: a file named NAME.kk.json holds {"cart.empty": "Себетіңіз бос"}.
// A text has {name} where a value goes; a text that depends on a number has its forms by plural category (CLDR), chosen
// by the value named count: {"cart.items": {"one": "{count} товар", "few": "{count} товара", "other": "{count} товаров"}}.
// A Kazakh noun stays singular after a number, so there all forms are mostly one.
//
// A value never gets an ending glued to it: "{city} қаласы", not "{city}да".
package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unique"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Languages of the pages, the first being the one of the house.
var Languages = []string{"kk", "ru", "en", "zh"}

// chains says where a missing text is looked for next.
var chains = map[string][]string{
	"kk": {"kk", "ru", "en"},
	"ru": {"ru", "kk", "en"},
	"en": {"en", "ru", "kk"},
	"zh": {"zh", "en", "ru", "kk"},
}

// tags are the languages for the plural rules.
var tags = map[string]language.Tag{
	"kk": language.Kazakh, "ru": language.Russian, "en": language.English, "zh": language.Chinese,
}

// entry is what stands under one id: one text, or forms by plural category with the same as "other" among them.
type entry struct {
	other string
	forms map[string]string
}

// words are all texts of one language by id.
type words map[string]entry

var (
	loading sync.Mutex
	coming  []fs.FS                          // coming are files that nobody has asked for yet, under loading.
	loaded  = map[string]words{}             // loaded is all that was loaded, under loading.
	read    atomic.Pointer[map[string]words] // read is the same once somebody has read it: never changed in place, so that readers take no lock.
)

// all gives the texts of every language.
func all() map[string]words {
	if have := read.Load(); have != nil {
		return *have
	}
	loading.Lock()
	defer loading.Unlock()
	if have := read.Load(); have != nil { // Somebody was quicker.
		return *have
	}
	if err := load(coming...); err != nil {
		panic(fmt.Sprintf("i18n: %v", err)) // The files are part of the binary; a test holds them.
	}
	coming = nil
	have := loaded
	read.Store(&have)
	return have
}

// Have adds the texts of files that are part of the binary as Load does, when somebody first asks for a text: a start waits
// for none of them. A mistake in them is a panic then.
func Have(files fs.FS) {
	loading.Lock()
	defer loading.Unlock()
	part()
	coming = append(coming, files)
}

// Load adds the texts of all NAME.LANG.json files of a file system, at any depth. An id that two files give different texts,
// an unknown language, and braces that do not close are mistakes and reported as errors, and nothing is added then.
func Load(files fs.FS) error {
	loading.Lock()
	defer loading.Unlock()
	return load(files)
}

func load(all ...fs.FS) error {
	fresh := map[string]words{}
	for _, files := range all {
		if err := gather(fresh, files); err != nil {
			return err
		}
	}
	return merge(fresh)
}

// gather reads the texts of a file system.
func gather(fresh map[string]words, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err == nil {
			err = add(fresh, languageOf(name), body)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// merge adds texts to those that are loaded.
func merge(fresh map[string]words) error {
	for lang, w := range fresh {
		for id, e := range w {
			if have, ok := loaded[lang][id]; ok && !have.equal(e) {
				return twice(id)
			}
		}
	}
	part()
	for lang, w := range fresh {
		if loaded[lang] == nil {
			loaded[lang] = w
		} else {
			maps.Copy(loaded[lang], w)
		}
	}
	return nil
}

// part makes loaded a copy that nobody reads.
func part() {
	if read.Swap(nil) == nil {
		return
	}
	next := make(map[string]words, len(loaded))
	for lang, w := range loaded {
		next[lang] = maps.Clone(w)
	}
	loaded = next
}

func twice(id string) error { return fmt.Errorf("%s stands twice with different texts", id) }

// languageOf reads the language from a file name such as shop.kk.json.
func languageOf(name string) string {
	stem := strings.TrimSuffix(path.Base(name), ".json")
	return stem[strings.LastIndex(stem, ".")+1:]
}

// add reads a file: an object in which each id stands once.
func add(all map[string]words, lang string, body []byte) error {
	if !slices.Contains(Languages, lang) {
		return fmt.Errorf("%q is no language of the pages", lang)
	}
	if all[lang] == nil {
		all[lang] = words{}
	}
	here := make(map[string]bool)
	d := json.NewDecoder(bytes.NewReader(body))
	if opening, err := d.Token(); err != nil || opening != json.Delim('{') {
		return errors.Join(err, errors.New("texts are an object"))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		id, _ := name.(string)       // Within an object it is a name.
		id = unique.Make(id).Value() // It stands once for all languages.
		if here[id] {
			return fmt.Errorf("%s stands twice", id)
		}
		here[id] = true
		e, err := parse(d)
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		if have, ok := all[lang][id]; ok && !have.equal(e) {
			return twice(id)
		}
		all[lang][id] = e
	}
	_, err := d.Token()
	return err
}

var errText = errors.New("a text is a string, or an object of plural forms")

// parse reads what stands under one id.
func parse(d *json.Decoder) (entry, error) {
	value, err := d.Token()
	if err != nil {
		return entry{}, err
	}
	if one, ok := value.(string); ok {
		_, err := names(one)
		return entry{other: one}, err
	}
	if value != json.Delim('{') {
		return entry{}, errText
	}
	e := entry{forms: map[string]string{}}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return entry{}, err
		}
		value, err := d.Token()
		text, ok := value.(string)
		if err != nil || !ok {
			return entry{}, errors.Join(err, errText)
		}
		category, _ := name.(string) // Within an object it is a name.
		if !slices.Contains(categories[:], category) {
			return entry{}, fmt.Errorf("%q is no plural category", category)
		}
		if _, err := names(text); err != nil {
			return entry{}, err
		}
		e.forms[category] = text
	}
	other, ok := e.forms["other"]
	if !ok {
		return entry{}, errors.New(`the form "other" is missing`)
	}
	e.other = other
	_, err = d.Token()
	return e, err
}

// names gives the {names} of a text.
func names(text string) (all []string, err error) {
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return all, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.ContainsAny(name, " {") {
			return nil, fmt.Errorf("a brace in %q does not close around a name", text)
		}
		all = append(all, name)
		text = after
	}
}

func (e entry) equal(other entry) bool {
	return e.other == other.other && maps.Equal(e.forms, other.forms)
}

// categories are the plural categories of CLDR, in the order of x/text's plural.Form.
var categories = [...]string{"other", "zero", "one", "two", "few", "many"}

// T gives the text of id in a language, or in the next one that has it, or the id itself when nobody does. The args are
// names and values by turns: T("ru", "cart.items", "count", 3). A name without a value stays as it is written.
func T(lang, id string, args ...any) string {
	e, in, ok := find(lang, id)
	if !ok {
		return id
	}
	text := e.other
	if len(e.forms) > 1 {
		if form, ok := e.forms[category(in, args)]; ok {
			text = form
		}
	}
	before, rest, found := strings.Cut(text, "{")
	if !found {
		return text
	}
	var b strings.Builder
	for ; found; before, rest, found = strings.Cut(rest, "{") {
		b.WriteString(before)
		var name string
		name, rest, _ = strings.Cut(rest, "}") // That it closes was seen when it was loaded.
		if v, ok := value(args, name); ok {
			b.WriteString(show(v))
		} else {
			b.WriteString("{" + name + "}")
		}
	}
	b.WriteString(before)
	return b.String()
}

// Has tells whether id has a text of its own in this very language.
func Has(lang, id string) bool {
	_, ok := all()[lang][id]
	return ok
}

func find(lang, id string) (entry, string, bool) {
	all := all()
	chain, ok := chains[lang]
	if !ok {
		chain = chains["kk"]
	}
	for _, in := range chain {
		if e, ok := all[in][id]; ok {
			return e, in, true
		}
	}
	return entry{}, "", false
}

func value(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// category is the plural category of the value count in a language; without such a whole number it is "other".
func category(lang string, args []any) string {
	v, _ := value(args, "count")
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case int32:
		n = int64(v)
	default:
		return "other"
	}
	if n < 0 {
		n = -n
	}
	// The rules look at the last six digits and at whether there are more (CLDR, operand i).
	if n > 1_000_000 {
		n = n%1_000_000 + 1_000_000
	}
	return categories[plural.Cardinal.MatchPlural(tags[lang], int(n), 0, 0, 0, 0)]
}

// Match gives the language of the pages that suits an Accept-Language header (RFC 9110 §12.5.4) best, and Kazakh when
// none does or nothing was asked for.
func Match(accept string) string {
	if accept == "" || len(accept) > 500 {
		return Languages[0]
	}
	best, weight := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if !slices.Contains(Languages, lang) {
			continue
		}
		if q := quality(params); q > weight {
			best, weight = lang, q
		}
	}
	if best == "" {
		return Languages[0]
	}
	return best
}

// quality reads "q=0.8" as 0.8; what cannot be read counts as 1.
func quality(params string) float64 {
	text, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 1
	}
	return q
}
