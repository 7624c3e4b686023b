package place_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/base/text"
)

func TestCountries(t *testing.T) {
	all := place.Countries("kk")
	if len(all) != 249 || all[0] != place.KZ {
		t.Fatalf("%d countries, first %s", len(all), all[0])
	}
	all[5] = "XX"
	if all = place.Countries("kk-KZ"); slices.Contains(all, "XX") {
		t.Error("the slice is not the caller's")
	}
	if de := place.Countries("de"); len(de) != len(all) || slices.Index(de, "EG") > slices.Index(de, "BR") {
		t.Error("German names are not in order")
	}
	for _, lang := range text.Languages {
		for _, c := range all {
			if name := c.Name(lang); name == "" || name == string(c) {
				t.Errorf("%s has no name in %s", c, lang)
			}
		}
	}
	ru := place.Countries("ru")
	if slices.Index(ru, "AU") > slices.Index(ru, "AT") || slices.Index(ru, "EE") < slices.Index(ru, "US") {
		t.Error("Russian names are not in Russian order")
	}
}

func TestCountryName(t *testing.T) {
	for _, c := range []struct {
		country    place.Country
		lang, want string
	}{
		{"KZ", "kk", "Қазақстан"}, {"KZ", "ru-KZ", "Казахстан"}, {"KZ", "en", "Kazakhstan"}, {"KZ", "zh-Hans", "哈萨克斯坦"},
		{"KZ", "de", "Kasachstan"}, {"RU", "kk", "Ресей"}, {"TR", "kk-Cyrl-KZ", "Түркия"}, {"CL", "ru", "Чили"}, {"CL", "kk", "Чили"},
		{"KZ", "x!", "Kazakhstan"}, {"KZ", "", "Kazakhstan"}, {"CL", "tlh", "Chile"}, {"XX", "ru", "XX"},
	} {
		if got := c.country.Name(c.lang); got != c.want {
			t.Errorf("%s in %q is %q, want %q", c.country, c.lang, got, c.want)
		}
	}
	if got, err := place.ParseCountry(" kz "); err != nil || got != place.KZ {
		t.Errorf("kz is %s, %v", got, err)
	}
	if _, err := place.ParseCountry("KAZ"); !errors.Is(err, place.ErrCountry) {
		t.Errorf("KAZ: %v", err)
	}
}

func TestRegions(t *testing.T) {
	all := place.Regions()
	if len(all) != 20 || !slices.IsSorted(all) {
		t.Fatalf("%d regions: %v", len(all), all)
	}
	for _, r := range all {
		if !r.Valid() || len(r) != 9 || r.Name("kk") == "" || r.Name("ru") == r.Name("kk") || r.Name("en") == "" || r.Name("zh") == r.Name("en") {
			t.Errorf("%s has no names", r)
		}
	}
	if place.Region("1").Valid() || place.Region("1").Name("kk") != "" || !place.Shymkent.IsCity() || all[0].IsCity() {
		t.Error("an unknown region is known")
	}
}

func almaty() place.Address {
	return place.Address{
		Country: place.KZ, Region: place.Almaty, City: "Алматы", Postcode: "050000", Street: "Абай даңғылы", House: "10", Flat: "25",
		Name: "Әлия Серікқызы", Phone: "+77011234567",
	}
}

func TestCheckNamesEveryField(t *testing.T) {
	if err := almaty().Check(); err != nil {
		t.Fatal(err)
	}
	bad := place.Address{
		Country: "XX", Region: "5", Postcode: strings.Repeat("1", 17), Street: strings.Repeat("ә", 201), House: "1\x00",
		Name: strings.Repeat("a", 150), Comment: strings.Repeat("a", 501),
	}
	err := bad.Check()
	if !errors.Is(err, place.ErrAddress) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fault.FieldsOf(err) {
		got = append(got, f.Pointer+" "+f.Code)
		if f.Code == text.ErrTooLong.Code && f.Params["max"] == nil {
			t.Errorf("%s does not say the limit", f.Pointer)
		}
	}
	want := []string{
		"/country place.country", "/region place.region_abroad", "/city place.city", "/postcode text.too_long",
		"/street text.too_long", "/house text.control", "/comment text.too_long",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	wrong := almaty()
	wrong.Region = "5"
	if fields := fault.FieldsOf(wrong.Check()); len(fields) != 1 || fields[0].Code != "place.region" {
		t.Errorf("got %v", fields)
	}
}

func TestPostcode(t *testing.T) {
	for code, doubtful := range map[string]bool{"": false, "050000": false, "A05A0B1": false, "05000": true, "abc": true, "Z10K7B2": false} {
		a := almaty()
		a.Postcode = code
		if a.PostcodeDoubtful() != doubtful || a.Check() != nil {
			t.Errorf("%q: doubtful %v, %v", code, !doubtful, a.Check())
		}
	}
	abroad := place.Address{Country: place.DE, City: "Berlin", Postcode: "10115"}
	if abroad.PostcodeDoubtful() || abroad.Check() != nil {
		t.Error("a German postcode is doubtful")
	}
}

func TestCleaned(t *testing.T) {
	a := place.Address{Country: " kz", Region: place.Almaty, Postcode: "a05 a0b1", Street: "  Абай   даңғылы\n", Comment: "a\r\nb ", Name: "x\x00"}
	want := place.Address{Country: "KZ", Region: place.Almaty, City: "Алматы", Postcode: "A05A0B1", Street: "Абай даңғылы", Comment: "a\nb", Name: "x\x00"}
	got := a.Cleaned()
	if got != want || got.Cleaned() != got {
		t.Errorf("got %+v", got)
	}
	if a.Street == got.Street {
		t.Error("the original was changed")
	}
}

func TestLines(t *testing.T) {
	turkistan := almaty()
	turkistan.Region, turkistan.City, turkistan.District, turkistan.Company = "610000000", "Кентау", "Төле би ауданы", "ЖК Серік"
	for _, c := range []struct {
		a    place.Address
		lang string
		want []string
	}{
		{almaty(), "kk", []string{"Әлия Серікқызы", "Абай даңғылы 10, 25", "Алматы", "050000", "Қазақстан"}},
		{turkistan, "ru", []string{"Әлия Серікқызы", "ЖК Серік", "Абай даңғылы 10, 25", "Кентау, Төле би ауданы", "Туркестанская область", "050000", "Казахстан"}},
		{place.Address{Country: place.US, City: "Springfield", District: "IL", Street: "Main St", House: "5", Postcode: "62701"}, "en",
			[]string{"5 Main St", "Springfield, IL", "62701", "United States"}},
		{place.Address{}, "kk", nil},
	} {
		if got := c.a.Lines(c.lang); !reflect.DeepEqual(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	data, err := json.Marshal(almaty())
	var back place.Address
	if err != nil || json.Unmarshal(data, &back) != nil || back != almaty() || back.IsZero() {
		t.Errorf("%s came back as %+v", data, back)
	}
	if strings.Contains(string(data), "company") {
		t.Errorf("an empty field is said: %s", data)
	}
}
