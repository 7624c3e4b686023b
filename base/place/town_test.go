package place_test

import (
	"testing"

	"sauda/base/place"
)

func TestTowns(t *testing.T) {
	all := place.Towns()
	if len(all) != 90 {
		t.Errorf("%d towns", len(all))
	}
	seen := map[string]place.Region{}
	for _, town := range all {
		if !town.Region.Valid() {
			t.Errorf("%s lies in %s", town.Name("kk"), town.Region)
		}
		for _, lang := range []string{"kk", "ru-KZ", "en", "zh"} {
			name := town.Name(lang)
			found, ok := place.TownNamed("  " + name)
			if !ok || found.Region != town.Region {
				t.Errorf("%q in %s is found as %v", name, lang, found)
			}
			if before, twice := seen[name]; twice && before != town.Region {
				t.Errorf("%s lies in %s and in %s", name, before, town.Region)
			}
			seen[name] = town.Region
		}
	}
	if _, ok := place.TownNamed("Бейнеу"); ok {
		t.Error("a village is a town")
	}
	for typed, want := range map[place.Address]place.Region{
		{Country: place.KZ, Region: place.Almaty, City: "қарағанды"}: "350000000",
		{Country: place.KZ, Region: place.Almaty, City: "Астана"}:    place.Astana,
		{Country: place.KZ, Region: place.Almaty, City: "Бейнеу"}:    place.Almaty,
		{Country: place.KZ, Region: "190000000", City: "Алматы"}:     "190000000",
		{Country: place.KZ, Region: place.Almaty}:                    place.Almaty,
		{Country: "RU", City: "Павлодар"}:                            "",
	} {
		if got := typed.WithTown().Region; got != want {
			t.Errorf("%s in %s is in %q, want %q", typed.City, typed.Region, got, want)
		}
	}
}
