// Command fixfacts writes the facts that gear/fix needs of each version of FIX: which tags there are, of which type, with
// which values, and in which messages and groups they stand. It reads the folder of data dictionaries that comes with
// quickfixgo and prints one text:
//
//	cd tools && go run ./fixfacts "$(cd .. && go list -m -f '{{.Dir}}' github.com/quickfixgo/quickfix)/spec" > ../gear/fix/facts.txt
//
// Names and descriptions are left out. gear/fix/facts.go says how a line is read.
package main

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// node is any element of a dictionary.
type node struct {
	XMLName  xml.Name
	Name     string `xml:"name,attr"`
	Required string `xml:"required,attr"`
	Number   int    `xml:"number,attr"`
	Type     string `xml:"type,attr"`
	MsgType  string `xml:"msgtype,attr"`
	Enum     string `xml:"enum,attr"`
	Children []node `xml:",any"`
}

// letters say what a value must look like; types that need no more than not to be empty share one.
var letters = map[string]string{
	"BOOLEAN": "b", "CHAR": "c",
	"INT": "i", "SEQNUM": "i", "DAYOFMONTH": "i", "NUMINGROUP": "g", "LENGTH": "l",
	"QTY": "f", "QUANTITY": "f", "AMT": "f", "PRICE": "f", "PRICEOFFSET": "f", "PERCENTAGE": "f", "FLOAT": "f",
	"UTCTIMESTAMP": "t", "TIME": "t",
	"DATA": "d", "XMLDATA": "d",
	"MULTIPLEVALUESTRING": "m", "MULTIPLESTRINGVALUE": "m", "MULTIPLECHARVALUE": "m",
}

var versions = [][2]string{
	{"FIX.4.0", "FIX40.xml"}, {"FIX.4.1", "FIX41.xml"}, {"FIX.4.2", "FIX42.xml"}, {"FIX.4.3", "FIX43.xml"},
	{"FIX.4.4", "FIX44.xml"}, {"FIXT.1.1", "FIXT11.xml"}, {"FIX.5.0", "FIX50.xml"}, {"FIX.5.0SP1", "FIX50SP1.xml"},
	{"FIX.5.0SP2", "FIX50SP2.xml"},
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: fixfacts FOLDER")
	}
	out := bufio.NewWriter(os.Stdout)
	fmt.Fprintln(out, "# Written by tools/fixfacts from the data dictionaries of quickfixgo. Do not edit.")
	for _, v := range versions {
		text, err := os.ReadFile(filepath.Join(os.Args[1], v[1]))
		if err != nil {
			log.Fatal(err)
		}
		var root node
		if err := xml.Unmarshal(text, &root); err != nil {
			log.Fatal(v[1], ": ", err)
		}
		fmt.Fprintf(out, "V\t%s\n", v[0])
		write(out, root)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

// scribe knows the numbers of the names of one dictionary.
type scribe struct {
	tags  map[string]int
	parts map[string]int
}

func write(out *bufio.Writer, root node) {
	s := scribe{tags: make(map[string]int), parts: make(map[string]int)}
	kinds := make(map[string][]int)
	var fields, parts, messages []node
	for _, c := range root.Children {
		switch c.XMLName.Local {
		case "fields":
			fields = c.Children
		case "components":
			parts = c.Children
		case "messages":
			messages = c.Children
		}
	}
	for _, f := range fields {
		s.tags[f.Name] = f.Number
		letter := letters[f.Type]
		if letter == "" {
			letter = "s"
		}
		kinds[letter] = append(kinds[letter], f.Number)
	}
	for i, c := range parts {
		s.parts[c.Name] = i
	}
	for _, letter := range []string{"b", "c", "i", "g", "l", "f", "t", "d", "m", "s"} {
		if tags := kinds[letter]; len(tags) > 0 {
			slices.Sort(tags)
			fmt.Fprintf(out, "F\t%s\t%s\n", letter, runs(tags))
		}
	}
	for _, f := range fields {
		if length, ok := s.tags[f.Name+"Len"]; ok && letters[f.Type] == "d" {
			fmt.Fprintf(out, "L\t%d\t%d\n", length, f.Number)
		} else if length, ok := s.tags[f.Name+"Length"]; ok && letters[f.Type] == "d" {
			fmt.Fprintf(out, "L\t%d\t%d\n", length, f.Number)
		}
		var values []string
		for _, v := range f.Children {
			if v.Enum != "" {
				values = append(values, v.Enum)
			}
		}
		if len(values) > 0 {
			fmt.Fprintf(out, "E\t%d\t%s\n", f.Number, strings.Join(values, "\t"))
		}
	}
	for i, c := range parts {
		fmt.Fprintf(out, "C\t%d\t%s\n", i, s.members(c.Children))
	}
	for _, c := range root.Children {
		switch {
		case c.XMLName.Local == "header" && len(c.Children) > 0:
			fmt.Fprintf(out, "H\t%s\n", s.members(c.Children))
		case c.XMLName.Local == "trailer" && len(c.Children) > 0:
			fmt.Fprintf(out, "T\t%s\n", s.members(c.Children))
		}
	}
	for _, m := range messages {
		fmt.Fprintf(out, "M\t%s\t%s\n", m.MsgType, s.members(m.Children))
	}
}

// runs writes rising numbers, neighbours as 5-9.
func runs(tags []int) string {
	var b strings.Builder
	for i := 0; i < len(tags); {
		j := i
		for j+1 < len(tags) && tags[j+1] == tags[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(tags[i]))
		if j > i {
			b.WriteString("-" + strconv.Itoa(tags[j]))
		}
		i = j + 1
	}
	return b.String()
}

// members writes what stands in a message, a group or a component: tags, ! after what must be there, groups with what is
// in them in brackets, components by c and their number.
func (s scribe) members(children []node) string {
	var words []string
	for _, c := range children {
		var word string
		mark := ""
		if c.Required == "Y" {
			mark = "!"
		}
		switch c.XMLName.Local {
		case "field":
			word = strconv.Itoa(s.tag(c.Name)) + mark
		case "component":
			part, ok := s.parts[c.Name]
			if !ok {
				log.Fatal("no component ", c.Name)
			}
			word = "c" + strconv.Itoa(part) + mark
		case "group":
			word = strconv.Itoa(s.tag(c.Name)) + mark + " ( " + s.members(c.Children) + " )"
		default:
			log.Fatal("what is a ", c.XMLName.Local)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func (s scribe) tag(name string) int {
	tag, ok := s.tags[name]
	if !ok {
		log.Fatal("no field ", name)
	}
	return tag
}
