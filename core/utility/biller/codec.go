package biller

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// kaspiField is a field as Kaspi writes it, with the marks of XML that was turned into JSON.
type kaspiField struct {
	Name string `json:"@name"`
	Text string `json:"#text"`
}

type kaspiAnswer struct {
	Txn     string                `json:"txn_id"`
	Own     string                `json:"prv_txn_id,omitempty"`
	Result  int                   `json:"result"`
	Sum     string                `json:"sum,omitempty"`
	Comment string                `json:"comment,omitempty"`
	Fields  map[string]kaspiField `json:"fields,omitempty"`
}

type osmpAnswer struct {
	XMLName xml.Name    `xml:"response"`
	Txn     string      `xml:"osmp_txn_id"`
	Own     string      `xml:"prv_txn,omitempty"`
	Sum     string      `xml:"sum,omitempty"`
	Result  string      `xml:"result"`
	Comment string      `xml:"comment,omitempty"`
	Fields  *osmpFields `xml:"fields"`
}

type osmpFields struct {
	All []osmpField `xml:",any"`
}

type osmpField struct {
	XMLName xml.Name
	Name    string `xml:"name,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// Write gives the body of an answer and its media type.
func (d Dialect) Write(a Answer) (kind string, body []byte, err error) {
	sum := ""
	if a.Outcome == OK || a.Outcome == PaidBefore {
		sum = WriteSum(a.Sum)
	}
	if d == Kaspi {
		k := kaspiAnswer{Txn: a.Txn, Own: a.Own, Result: d.Code(a.Outcome), Sum: sum, Comment: a.Comment}
		for i, f := range a.Fields {
			if k.Fields == nil {
				k.Fields = map[string]kaspiField{}
			}
			k.Fields["field"+strconv.Itoa(i+1)] = kaspiField(f)
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err = e.Encode(k)
		return "application/json; charset=utf-8", bytes.TrimSpace(b.Bytes()), err
	}
	o := osmpAnswer{Txn: a.Txn, Own: a.Own, Sum: sum, Result: strconv.Itoa(d.Code(a.Outcome)), Comment: a.Comment}
	for i, f := range a.Fields {
		if o.Fields == nil {
			o.Fields = &osmpFields{}
		}
		o.Fields.All = append(o.Fields.All, osmpField{XMLName: xml.Name{Local: "field" + strconv.Itoa(i+1)}, Name: f.Name, Type: "disp", Text: f.Text})
	}
	body, err = xml.Marshal(o)
	return "text/xml; charset=utf-8", append([]byte(xml.Header), body...), err
}

// Parse reads the body of an answer. Kaspi is also read where it answers in XML, for there is such a variant; whatever else cannot
// be read is an error, and says nothing of whether the provider acted.
func (d Dialect) Parse(body []byte) (Answer, error) {
	trimmed := bytes.TrimSpace(body)
	if d == OSMP || bytes.HasPrefix(trimmed, []byte("<")) {
		return d.parseXML(trimmed)
	}
	var k struct {
		Txn     any             `json:"txn_id"`
		Own     any             `json:"prv_txn_id"`
		Result  any             `json:"result"`
		Sum     any             `json:"sum"`
		Comment string          `json:"comment"`
		Fields  json.RawMessage `json:"fields"`
	}
	decoder := json.NewDecoder(bytes.NewReader(trimmed))
	decoder.UseNumber()
	if err := decoder.Decode(&k); err != nil {
		return Answer{}, fmt.Errorf("biller: the answer is no JSON: %w", err)
	}
	a := Answer{Txn: word(k.Txn), Own: word(k.Own), Comment: k.Comment}
	if err := a.judge(d, word(k.Result), word(k.Sum)); err != nil {
		return Answer{}, err
	}
	var fields map[string]kaspiField
	if json.Unmarshal(k.Fields, &fields) == nil { // What else stands there is for who sells services by it.
		for _, name := range sortedKeys(fields) {
			a.Fields = append(a.Fields, Field(fields[name]))
		}
	}
	return a, nil
}

// fieldsMax bounds what is shown of an account.
const fieldsMax = 20

func sortedKeys(fields map[string]kaspiField) []string {
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return names[:min(len(names), fieldsMax)]
}

// word gives a text or a number of JSON as it was written.
func word(v any) string {
	switch w := v.(type) {
	case string:
		return strings.TrimSpace(w)
	case json.Number:
		return w.String()
	}
	return ""
}

func (d Dialect) parseXML(body []byte) (Answer, error) {
	var x struct {
		Txn     string      `xml:"osmp_txn_id"`
		Other   string      `xml:"txn_id"`
		Own     string      `xml:"prv_txn"`
		OwnID   string      `xml:"prv_txn_id"`
		Sum     string      `xml:"sum"`
		Result  string      `xml:"result"`
		Comment string      `xml:"comment"`
		Fields  *osmpFields `xml:"fields"`
	}
	if err := xml.Unmarshal(body, &x); err != nil {
		return Answer{}, fmt.Errorf("biller: the answer is no XML: %w", err)
	}
	a := Answer{Txn: strings.TrimSpace(x.Txn + x.Other), Own: strings.TrimSpace(x.Own + x.OwnID), Comment: strings.TrimSpace(x.Comment)}
	if x.Fields != nil {
		for _, f := range x.Fields.All[:min(len(x.Fields.All), fieldsMax)] {
			a.Fields = append(a.Fields, Field{f.Name, strings.TrimSpace(f.Text)})
		}
	}
	return a, a.judge(d, strings.TrimSpace(x.Result), strings.TrimSpace(x.Sum))
}

// judge reads the code and the sum of an answer. An answer without a code says nothing.
func (a *Answer) judge(d Dialect, code, sum string) error {
	n, err := strconv.Atoi(code)
	if err != nil {
		return fmt.Errorf("biller: %.40q is no code", code)
	}
	a.Outcome = d.Meaning(n)
	if minor, ok := ReadSum(strings.TrimPrefix(sum, "-")); ok {
		a.Sum = minor
		if strings.HasPrefix(sum, "-") {
			a.Sum = -minor
		}
	}
	return nil
}
