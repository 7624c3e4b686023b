package money

import (
	"database/sql/driver"
	"maps"
	"slices"
)

// Currency is a code of ISO 4217, such as "KZT". The empty Currency is that of nothing, the zero Money.
type Currency string

// The currencies that are traded most in Kazakhstan.
const (
	KZT Currency = "KZT"
	RUB Currency = "RUB"
	USD Currency = "USD"
	EUR Currency = "EUR"
	CNY Currency = "CNY"
	GBP Currency = "GBP"
	TRY Currency = "TRY"
	UZS Currency = "UZS"
	KGS Currency = "KGS"
	AED Currency = "AED"
	JPY Currency = "JPY"
)

// digits holds the minor digits of all currencies in use (ISO 4217:2015, list one as of 2026-01-01; BGN stays for
// documents from before Bulgaria took the euro). Metals, funds and codes for testing are left out.
var digits = func() map[Currency]int {
	table := make(map[Currency]int)
	for n, codes := range map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD " +
			"CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD " +
			"GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL " +
			"MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK " +
			"PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL " +
			"THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
		3: "BHD IQD JOD KWD LYD OMR TND",
	} {
		for start := 0; start < len(codes); start += 4 {
			table[Currency(codes[start:start+3])] = n
		}
	}
	return table
}()

// Valid says whether the code is a currency in use.
func (c Currency) Valid() bool {
	_, ok := digits[c]
	return ok
}

// Digits gives how many decimal places a minor unit has: 2 for KZT, 0 for JPY, 3 for KWD. An unknown currency counts as
// having 2, as most do.
func (c Currency) Digits() int {
	if n, ok := digits[c]; ok {
		return n
	}
	return 2
}

// Check refuses a code that is no currency in use.
func (c Currency) Check() error {
	if !c.Valid() {
		return ErrCurrency.About("%.20q", string(c))
	}
	return nil
}

// Value stores the code as text.
func (c Currency) Value() (driver.Value, error) { return string(c), nil }

// Currencies gives all currencies in use, sorted.
func Currencies() []Currency { return slices.Sorted(maps.Keys(digits)) }
