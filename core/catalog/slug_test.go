package catalog_test

import (
	"testing"

	"sauda/base/text"
	"sauda/core/catalog"
)

func TestSlugsAreReadInEachLanguage(t *testing.T) {
	kettle := text.Localized{"kk": "Шәйнек", "ru": "Чайник", "en": "Kettle", "zh": "水壶"}
	for _, test := range []struct {
		lang, slug string
		name       text.Localized
		want       string
	}{
		{"kk", "kettle", kettle, "shainek"}, {"ru", "kettle", kettle, "chainik"}, {"en", "kettle", kettle, "kettle"}, {"zh", "kettle", kettle, "kettle"},
		{"ru", "best-kettle", kettle, "best-kettle"},                 // Chosen by somebody.
		{"kk", "shainek", text.Localized{"kk": "Шәйнек"}, "shainek"}, // The name of every language is the Kazakh one.
		{"zh", "item", text.Localized{"zh": "水壶"}, "item"},           // Nothing to make it of.
		{"ru", "item", text.Localized{"zh": "水壶", "ru": "Чайник"}, "chainik"}, {"kk", "", text.Localized{}, ""},
	} {
		if got := catalog.SlugIn(test.lang, test.slug, test.name); got != test.want {
			t.Errorf("in %s %q of %v is %q, want %q", test.lang, test.slug, test.name, got, test.want)
		}
	}
}
