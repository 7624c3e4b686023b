package catalog

import "sauda/base/text"

// SlugIn makes the slug of a product readable in a language: one that was made of the English name is made of the name in
// that language instead. A slug that somebody chose stays as it is in every language, and so does one whose name in the
// language has no letters that an address could have, as in Chinese.
func SlugIn(lang, slug string, name text.Localized) string {
	if slug != "item" && slug != text.Slug(name.In("en")) {
		return slug
	}
	if own := text.Slug(name.In(lang)); own != "" {
		return own
	}
	return slug
}
