package ident_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/ident"
)

// vector is a number, and what it is read as: nothing when it must be refused.
type vector struct{ written, read string }

// expect reads every vector and checks that the fault is the right one.
func expect[T ~string](t *testing.T, parse func(string) (T, error), refused error, vectors []vector) {
	t.Helper()
	for _, v := range vectors {
		got, err := parse(v.written)
		switch {
		case v.read == "" && (!errors.Is(err, refused) || got != ""):
			t.Errorf("%q is read as %q, %v", v.written, got, err)
		case v.read != "" && (err != nil || string(got) != v.read):
			t.Errorf("%q is read as %q, %v; want %q", v.written, got, err, v.read)
		}
	}
}

func TestIIN(t *testing.T) {
	expect(t, ident.ParseIIN, ident.ErrIIN, []vector{
		{"061211600012", "061211600012"}, // Needs the second pass.
		{"990101300003", "990101300003"},
		{"990101300409", "990101300409"}, // The first pass gives 10.
		{"990101-300-003", "990101300003"},
		{" 990101 300003 ", "990101300003"},
		{"123456789011", ""},
		{"123456789021", ""},
		{"990101300004", ""},
		{"99010130000", ""},
		{"9901013000033", ""},
		{"991301300003", ""},
		{"960440000151", ""}, // A BIN.
		{"", ""},
		{"99010130000a", ""},
		{"٩٩٠١٠١٣٠٠٠٠٣", ""},
	})
	for last := '0'; last <= '9'; last++ { // Both passes give 10.
		if iin, err := ident.ParseIIN("99010130046" + string(last)); err == nil {
			t.Errorf("%s cannot exist", iin)
		}
	}
}

func TestBIN(t *testing.T) {
	expect(t, ident.ParseBIN, ident.ErrBIN, []vector{
		{"960440000151", "960440000151"},
		{"980540002879", "980540002879"},
		{"9605 4000 0151", ""},
		{"9604-4000-0151", "960440000151"},
		{"990101300003", ""}, // An IIN.
		{"960440000152", ""},
		{"961340000151", ""},
		{"", ""},
	})
	if bin := ident.BIN("960440000151"); bin.Kind() != ident.Resident || bin.Part() != ident.HeadOffice {
		t.Errorf("%s is of kind %d, part %d", bin, bin.Kind(), bin.Part())
	}
}

func TestTaxNumber(t *testing.T) {
	for number, organisation := range map[string]bool{"960440000151": true, "061211600012": false} {
		if got, is, err := ident.ParseTaxNumber(number); err != nil || got != number || is != organisation {
			t.Errorf("%s: %s, %v, %v", number, got, is, err)
		}
	}
	if _, _, err := ident.ParseTaxNumber("123456789011"); !errors.Is(err, ident.ErrTax) {
		t.Errorf("a wrong number: %v", err)
	}
}

func TestIBAN(t *testing.T) {
	expect(t, ident.ParseIBAN, ident.ErrIBAN, []vector{
		{"KZ86125KZT5004100100", "KZ86125KZT5004100100"},
		{"KZ54125KZT1002300104", "KZ54125KZT1002300104"},
		{"KZ07125KZT1001300104", "KZ07125KZT1001300104"},
		{"kz85 722s 0000 0012 5964", "KZ85722S000000125964"},
		{"KZ85722S000000125965", ""},
		{"KZ85722S00000012596", ""},
		{"DE89370400440532013000", "DE89370400440532013000"},
		{"GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"},
		{"GB82WEST12345698765433", ""},
		{"FO6264600001631634", "FO6264600001631634"}, // A country without a length in the table.
		{"", ""},
		{"KZ", ""},
		{"ҚЗ86125KZT5004100100", ""},
		{"KZ86125KZT500410010!", ""},
	})
	iban := ident.IBAN("KZ85722S000000125964")
	if iban.Country() != "KZ" || iban.Bank() != "722" || iban.Spaced() != "KZ85 722S 0000 0012 5964" {
		t.Errorf("%s, %s, %q", iban.Country(), iban.Bank(), iban.Spaced())
	}
	if bank := ident.IBAN("DE89370400440532013000").Bank(); bank != "" {
		t.Errorf("a German account at bank %q of Kazakhstan", bank)
	}
}

func TestS10(t *testing.T) {
	expect(t, ident.ParseS10, ident.ErrS10, []vector{
		{"RR473124829KZ", "RR473124829KZ"},
		{"RR123456785KZ", "RR123456785KZ"},
		{"rr 123 456 785 kz", "RR123456785KZ"},
		{"RR000000005KZ", "RR000000005KZ"},
		{"RR123456706KZ", "RR123456706KZ"},
		{"RR123456789KZ", ""},
		{"RR12345678KZ", ""},
		{"1R123456785KZ", ""},
		{"", ""},
	})
	rapid.Check(t, func(t *rapid.T) {
		number, ok := ident.NewS10("CE", rapid.IntRange(0, 99_999_999).Draw(t, "serial"), "KZ")
		if back, err := ident.ParseS10(string(number)); !ok || err != nil || back != number || back.Country() != "KZ" {
			t.Fatalf("%s is read as %s, %v", number, back, err)
		}
	})
	for _, bad := range []struct {
		service string
		serial  int
		country string
	}{{"C", 1, "KZ"}, {"CE", -1, "KZ"}, {"CE", 100_000_000, "KZ"}, {"CE", 1, "kz"}} {
		if number, ok := ident.NewS10(bad.service, bad.serial, bad.country); ok {
			t.Errorf("%v gives %s", bad, number)
		}
	}
}

func TestGTIN(t *testing.T) {
	expect(t, ident.ParseGTIN, ident.ErrGTIN, []vector{
		{"4006381333931", "4006381333931"},
		{"4-006381-333931", "4006381333931"},
		{"96385074", "96385074"},
		{"036000291452", "036000291452"},
		{"10614141000415", "10614141000415"},
		{"4006381333932", ""},
		{"400638133393", ""},
		{"0000000000000", ""},
		{"", ""},
		{"40063813339311111", ""},
	})
	if ident.GTIN("036000291452").Long() != ident.GTIN("0036000291452").Long() || len(ident.GTIN("96385074").Long()) != 14 {
		t.Error("one number with and without a zero in front is two")
	}
}

// One wrong digit is always found.
func TestGTINFindsOneWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := "4006381333931"
		at := rapid.IntRange(0, len(good)-1).Draw(t, "at")
		by := rapid.IntRange(1, 9).Draw(t, "by")
		bad := good[:at] + string(rune('0'+(int(good[at]-'0')+by)%10)) + good[at+1:]
		if gtin, err := ident.ParseGTIN(bad); err == nil {
			t.Fatalf("%s passes", gtin)
		}
	})
}

func TestNTIN(t *testing.T) {
	expect(t, ident.ParseNTIN, ident.ErrNTIN, []vector{
		{"0200123456789", "0200123456789"}, {"020 012 345 6789", "0200123456789"}, {"020012345678", ""}, {"02001234567890", ""}, {"020012345678x", ""},
	})
}

func TestHS(t *testing.T) {
	expect(t, ident.ParseHS, ident.ErrHS, []vector{
		{"8517130000", "8517130000"}, {"8517.13.0000", "8517130000"}, {"8517 13", "851713"}, {"0101", "0101"}, {"9706", "9706"},
		{"851", ""}, {"85171300001", ""}, {"0001", ""}, {"7701", ""}, {"9801", ""}, {"85a7", ""}, {"", ""},
	})
	phones := ident.HS("8517130000")
	if phones.Chapter() != "85" || !phones.Within("8517") || !phones.Within(phones) || phones.Within("8518") || phones.Within("") {
		t.Error("a telephone is not in its chapter")
	}
}

// FuzzParse checks that no parser crashes, and that what it gives it reads again as the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"061211600012", "960440000151", "KZ86125KZT5004100100", "RR473124829KZ", "4006381333931", "8517.13", "K7QF-3M2D-9XTR"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		stable(t, ident.ParseIIN, s)
		stable(t, ident.ParseBIN, s)
		stable(t, ident.ParseIBAN, s)
		stable(t, ident.ParseS10, s)
		stable(t, ident.ParseGTIN, s)
		stable(t, ident.ParseNTIN, s)
		stable(t, ident.ParseHS, s)
		stable(t, ident.ParseCode, s)
		if at, ok := ident.Born(s); ok && at.Before(at.Add(-1)) {
			t.Fatal(at)
		}
	})
}

func stable[T ~string](t *testing.T, parse func(string) (T, error), s string) {
	t.Helper()
	once, err := parse(s)
	if err != nil {
		return
	}
	if twice, err := parse(string(once)); err != nil || twice != once || strings.ToUpper(string(once)) != string(once) {
		t.Fatalf("%q is %q, which is %q, %v", s, once, twice, err)
	}
}
