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
	for typed, want := range map[string]string{
		"Приозерск": "Priozersk", "ПРИОЗЁРСК": "Priozersk", "г. Караганда": "Karaganda", "г.Караганда": "Karaganda", "Г Караганда": "Karaganda",
		"город Караганда": "Karaganda", "қ. Қарағанды": "Karaganda", "Қарағанды қ.": "Karaganda", "Қарағанды қаласы": "Karaganda", "қала": "", "г.": "",
	} {
		if town, ok := place.TownNamed(typed); ok != (want != "") || ok && town.Name("en") != want {
			t.Errorf("%q is found as %v", typed, town)
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
		{Country: place.KZ, Region: place.Almaty, City: "Приозерск"}: "350000000",
	} {
		if got := typed.WithTown().Region; got != want {
			t.Errorf("%s in %s is in %q, want %q", typed.City, typed.Region, got, want)
		}
	}
}
