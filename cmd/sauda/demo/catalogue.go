package demo

import (
	"encoding/json"
	"fmt"

	"sauda/base/place"
	"sauda/base/text"
)

// catalogue is catalogue.json.
type catalogue struct {
	Shop       struct{ Name text.Localized }
	Warehouses []warehouse
	People     []person
	Buyers     []buyer
	Zones      []zone
	Delivery   []method
	Units      []labelled
	Attributes []kindOfAttribute
	Categories []category
	Products   []product

	Collections []collection
}

type warehouse struct {
	ID       string
	Priority int64
	Name     text.Localized
	Address  address
}

type person struct {
	Name, Email, Lang, Role string
	Duty                    text.Localized
	Scopes                  []string
}

type buyer struct {
	Kind, Name, Lang, Email, Phone string
	Address                        struct {
		Country, Region, City, Street, Postcode string
	}
}

// address is a place that is written in several languages.
type address struct {
	Country, Region, Postcode string
	City, Street              text.Localized
}

// in gives the address as people of the language write it.
func (a address) in(lang string) place.Address {
	return place.Address{
		Country: place.Country(a.Country), Region: place.Region(a.Region), City: a.City.In(lang), Street: a.Street.In(lang), Postcode: a.Postcode,
	}
}

// home gives where a buyer lives, with whom to ask for.
func (b buyer) home() place.Address {
	return place.Address{
		Country: place.Country(b.Address.Country), Region: place.Region(b.Address.Region), City: b.Address.City, Street: b.Address.Street,
		Postcode: b.Address.Postcode, Name: b.Name, Phone: b.Phone,
	}
}

type zone struct {
	ID        string
	Name      text.Localized
	Country   string
	Countries []string
	Regions   []string
}

type method struct {
	ID, Kind       string
	Name, Text     text.Localized
	Zones          []string
	TaxClass       string `json:"tax_class"`
	Rates          []rate
	Days           struct{ Min, Max int }
	CashOnDelivery bool  `json:"cash_on_delivery"`
	FreeFrom       int64 `json:"free_from"`
	MaxWeight      int64 `json:"max_weight_g"`
	Points         []point
}

type rate struct {
	UpTo  int64 `json:"up_to_g"`
	Price int64
	PerKg int64 `json:"per_kg"`
}

type point struct {
	ID      string
	Name    text.Localized
	Address address
	Hours   []struct{ Days, From, To string }
}

type labelled struct {
	Code  string
	Label text.Localized
}

type kindOfAttribute struct {
	labelled
	Kind string
}

type category struct {
	Path string
	Name text.Localized
}

// collection shows what is proven to come from a country, on the first page.
type collection struct {
	Slug              string
	Name, Description text.Localized
	Origin            string
}

// proof is what stands behind the origin of a product.
type proof struct {
	Grade, Number string
	Content       int
}

type product struct {
	ExternalID  string `json:"external_id"`
	Category    string
	State       string
	Name        text.Localized
	Description text.Localized
	Brand       string
	Origin      string
	Proof       proof
	TaxClass    string `json:"tax_class"`
	Unit        string
	Attributes  []attribute
	Options     []option
	Variants    []variant
}

type attribute struct {
	Code   string
	Text   text.Localized
	Number string
	Unit   string
	Bool   *bool
}

type option struct {
	labelled
	Values []offer
}

type offer struct {
	labelled
	Picture string
}

type variant struct {
	SKU     string
	Options map[string]string
	GTIN    string
	HS      string
	Weight  int64            `json:"weight_g"`
	Size    map[string]int64 `json:"size_mm"`
	Price   int64
	Steps   []struct {
		From  string
		Price int64
	}
	Stock     map[string]int64
	Backorder bool
}

// read reads what is in the binary.
func read() (catalogue, error) {
	var c catalogue
	raw, err := Files.ReadFile("catalogue.json")
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, fmt.Errorf("read the catalogue of the demonstration: %w", err)
	}
	return c, nil
}
