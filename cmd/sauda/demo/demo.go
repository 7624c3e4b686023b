// Package demo holds the content of the demonstration shop: a general store in Almaty with its catalogue,
// warehouses, people, buyers and ways of delivery, in Kazakh, Russian, English and Chinese, and drawn pictures.
//
// Sow fills an empty house with it and lives through a month of trade there (trade.go, month.go), through the verbs
// that people use, by a clock that it moves. Makers, people, addresses and telephone numbers are invented; barcodes
// lie in the range that GS1 keeps for use inside a shop (200–299), so they belong to nobody.
//
// The parts of catalogue.json:
//
//   - shop, warehouses, people, buyers: who sells, where the goods lie, who works there, who might buy.
//   - zones, delivery: a zone is a list of countries or of regions (KATO codes; none means the whole country).
//     The rates of a method are steps in growing order: the first whose up_to_g is not below the parcel holds.
//     up_to_g 0 is the open end: price, and per_kg for each begun kilogram above above_g.
//   - units: labels for the UN/ECE Recommendation 20 codes that are used below.
//   - attributes: code, kind and label; the attributes of a product name only the code. A value stands in
//     text (kinds text, choice and colour; a choice and a colour also have a stable code in choice), in number
//     and unit, or in bool.
//   - categories: path and name, parents before children.
//   - collections: what is proven to come from a country, on the first page.
//   - products: external_id is also the name of the picture; a colour that is an option has a picture of its
//     own, <external_id>.<colour>, named in picture. quantity tells the least that is sold and its step.
//     Prices are in tiyn with VAT included and hold for one unit; steps are lower prices from a quantity on;
//     stock is in units by warehouse; proof is what stands behind the origin.
package demo

import "embed"

// Files are catalogue.json, window.json (what the shop says besides its goods) and pictures/*.svg.
//
//go:embed catalogue.json window.json pictures
var Files embed.FS
