package catalog

import (
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
)

// attribute gives an attribute with the value of its kind and no other.
func (c *checker) attribute(at string, a Attribute) Attribute {
	clean := Attribute{Code: c.code(at+"/code", a.Code), Kind: a.Kind, Label: c.localized(at+"/label", a.Label, NameMax)}
	switch a.Kind {
	case AttributeText:
		if clean.Text = c.localized(at+"/text", a.Text, AttributeMax); clean.Text.IsEmpty() {
			c.wrong(at+"/text", fault.Say("Write the value in at least one language."))
		}
	case AttributeNumber:
		clean.Number, clean.Unit = strings.TrimSpace(a.Number), c.plain(at+"/unit", a.Unit, CodeMax)
		if !decimal(clean.Number) {
			c.wrong(at+"/number", fault.Say("Write a decimal number with a point, for example 12.5."))
		}
	case AttributeBool:
		clean.Bool = a.Bool
	case AttributeChoice, AttributeChoices:
		clean.Choices = c.choices(at+"/choices", a.Choices)
		if n := len(a.Choices); n == 0 || n > ChoicesMax || n > 1 && a.Kind == AttributeChoice {
			c.wrong(at+"/choices", fault.Say("Choose a value, and only one where one is asked for."))
		}
	case AttributeColour:
		clean.Text, clean.Colour = c.localized(at+"/text", a.Text, NameMax), strings.ToLower(strings.TrimSpace(a.Colour))
		if clean.Text.IsEmpty() {
			c.wrong(at+"/text", fault.Say("Write the name of the colour in at least one language."))
		}
		if clean.Colour != "" && !hexColour(clean.Colour) {
			c.wrong(at+"/colour", fault.Say("Write the colour as a hash and six hexadecimal digits, for example #c39a3f."))
		}
	case AttributeDimensions:
		clean.Sides, clean.Unit = c.sides(at+"/sides", a.Sides), c.plain(at+"/unit", a.Unit, CodeMax)
	case AttributeDate:
		if clean.Date = a.Date; a.Date.IsZero() {
			c.wrong(at+"/date", fault.Say("Write a day, for example 2026-11-29."))
		}
	default:
		c.wrong(at+"/kind", fault.Say("Say text, number, choice, choices, colour, dimensions, date or bool."))
	}
	return clean
}

// choices gives choices with clean names, each once. The code of one is made of its name when it is empty.
func (c *checker) choices(at string, choices []Choice) []Choice {
	var cleaned []Choice
	seen := make(map[string]bool, len(choices))
	for i, one := range choices {
		at := at + "/" + strconv.Itoa(i)
		one.Name = c.localized(at+"/name", one.Name, NameMax)
		if one.Name.IsEmpty() {
			c.wrong(at+"/name", fault.Say("Write the name of the value in at least one language."))
		}
		if one.Code == "" {
			one.Code = text.Slug(one.Name.In("en"))
		}
		one.Code = c.code(at+"/code", one.Code)
		if seen[one.Code] {
			c.wrong(at+"/code", fault.Say("Give each value once."))
		}
		seen[one.Code] = true
		cleaned = append(cleaned, one)
	}
	return cleaned
}

// sides gives the two or three sides of something.
func (c *checker) sides(at string, sides []string) []string {
	if len(sides) < 2 || len(sides) > 3 {
		c.wrong(at, fault.Say("Write two or three sides."))
		return nil
	}
	cleaned := make([]string, len(sides))
	for i, side := range sides {
		if cleaned[i] = strings.TrimSpace(side); !decimal(cleaned[i]) || strings.HasPrefix(cleaned[i], "-") {
			c.wrong(at, fault.Say("Write each side as a decimal number with a point, not below zero."))
		}
	}
	return cleaned
}

// hexColour tells whether a text is a colour as browsers write it, in small letters.
func hexColour(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdef") == ""
}
