package search

import (
	"strings"

	"sauda/base/text"
)

// forWords begin what goods are for: "bag for a laptop", «чехол для телефона». What stands behind them does not name the
// goods themselves.
var forWords = set("for fits compatible suits для к под")

// accessories are things that belong to other things. In English and Kazakh what they belong to stands in front of them:
// "laptop case", «телефон қабы».
var accessories = set(`
	accessory accessories arm attachment bag base battery batteries blade bracket bumper cable cables cap caddy carrier cart case
	cases charger chargers cleaner clip connector converter cord cover covers cradle cushion dock drawer enclosure extension fan filter
	film foil frame grip guard handle harness head holder holster hook hub kit lead lens light lock module mount mounts mounting
	pad pads part parts pillow plate platform pouch protector rack remote replacement rest riser screen security shade shelf
	shell skin sleeve spare splitter stand stands stick strap stylus support switch tip tray trolley wallet warranty
	қабы сөмкесі тіреуіші қуаттағышы батареясы кабелі ұстағышы пленкасы шынысы`)

// apart takes a title apart: what the goods are, and what they belong to. It is a guess that costs a word some of its
// weight, never its being found.
func apart(title string) (is, belongs string) {
	var own, other []string
	tokens := strings.Fields(title)
	within := false
	for i, token := range tokens {
		word := strings.Trim(text.Fold(token), ".,;:()[]\"'®™")
		switch {
		case forWords[word] && i > 0:
			within = true
		case word == "-" || word == "–" || word == "|" || word == "/":
			within = false
		case within || i > 0 && ownedBy(tokens[i+1:]):
			other = append(other, token)
		default:
			own = append(own, token)
		}
	}
	return strings.Join(own, " "), strings.Join(other, " ")
}

// ownedBy tells whether an accessory follows at once, or behind one more word: "laptop privacy filter".
func ownedBy(behind []string) bool {
	for _, token := range behind[:min(len(behind), 2)] {
		if accessories[strings.Trim(text.Fold(token), ".,;:()[]\"'®™")] {
			return true
		}
	}
	return false
}

func set(words string) map[string]bool {
	all := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}
