package utility

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/span"
)

// Payer is who pays out what was collected.
type Payer struct {
	Name string
	BIN  string
	IBAN string
	BIC  string
}

// bicShape is a business identifier code (ISO 9362).
var bicShape = regexp.MustCompile(`^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// painSpace is the name space of the message.
const painSpace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

// The message "customer credit transfer initiation" in the order of its schema (ISO 20022 pain.001.001.09), as far as we need it.
type (
	painDocument struct {
		XMLName xml.Name `xml:"Document"`
		Space   string   `xml:"xmlns,attr"`
		Body    painBody `xml:"CstmrCdtTrfInitn"`
	}
	painBody struct {
		Head    painHead    `xml:"GrpHdr"`
		Payment painPayment `xml:"PmtInf"`
	}
	painHead struct {
		ID    string    `xml:"MsgId"`
		Made  string    `xml:"CreDtTm"`
		Count string    `xml:"NbOfTxs"`
		Sum   string    `xml:"CtrlSum"`
		By    painParty `xml:"InitgPty"`
	}
	painParty struct {
		Name string      `xml:"Nm"`
		ID   *painNumber `xml:"Id>OrgId>Othr"`
	}
	painNumber struct {
		ID string `xml:"Id"`
	}
	painAccount struct {
		IBAN string `xml:"Id>IBAN"`
	}
	painAgent struct {
		BIC string `xml:"FinInstnId>BICFI"`
	}
	painPayment struct {
		ID      string       `xml:"PmtInfId"`
		Method  string       `xml:"PmtMtd"`
		Count   string       `xml:"NbOfTxs"`
		Sum     string       `xml:"CtrlSum"`
		On      string       `xml:"ReqdExctnDt>Dt"`
		From    painParty    `xml:"Dbtr"`
		Account painAccount  `xml:"DbtrAcct"`
		Agent   painAgent    `xml:"DbtrAgt"`
		Bears   string       `xml:"ChrgBr"`
		To      painTransfer `xml:"CdtTrfTxInf"`
	}
	painTransfer struct {
		ID      string      `xml:"PmtId>EndToEndId"`
		Sum     painSum     `xml:"Amt>InstdAmt"`
		Agent   painAgent   `xml:"CdtrAgt"`
		To      painParty   `xml:"Cdtr"`
		Account painAccount `xml:"CdtrAcct"`
		Purpose *painCode   `xml:"Purp"`
		About   string      `xml:"RmtInf>Ustrd"`
	}
	painCode struct {
		Own string `xml:"Prtry"`
	}
	painSum struct {
		Currency string `xml:"Ccy,attr"`
		Decimal  string `xml:",chardata"`
	}
)

// Order writes the payment order of a register for the bank of who collected it, as ISO 20022 pain.001.001.09. The purpose of the
// payment (КНП) is the proprietary purpose code, and who is paid (КБе) stands in the unstructured text, for no rule of the
// country for this message was found. Without accounts and bank codes on both sides it is ErrInvalid.
func Order(to io.Writer, from Payer, p Provider, r DayRegister, now time.Time) error {
	_, iban := ident.ParseIBAN(from.IBAN)
	if p.IBAN == "" || !bicShape.MatchString(p.BIC) || p.BIN == "" || iban != nil || !bicShape.MatchString(from.BIC) {
		return ErrInvalid.At("/iban", fault.Say("Both sides need a business number, a bank account and the code of their bank."))
	}
	sum := p.money(r.Sum).Decimal()
	day := span.DayOf(now, span.Almaty)
	id := cut("UT"+r.Number+"-"+p.Code, 35)
	about := "Register " + r.Number + ", payments: " + strconv.FormatInt(r.Payments, 10)
	if p.KBE != "" {
		about += ", KBe " + p.KBE
	}
	d := painDocument{Space: painSpace, Body: painBody{
		Head: painHead{ID: id, Made: now.In(span.Almaty).Format("2006-01-02T15:04:05"), Count: "1", Sum: sum, By: painParty{Name: cut(from.Name, 140)}},
		Payment: painPayment{
			ID: id, Method: "TRF", Count: "1", Sum: sum, On: day.String(), From: painParty{Name: cut(from.Name, 140), ID: &painNumber{from.BIN}},
			Account: painAccount{from.IBAN}, Agent: painAgent{from.BIC}, Bears: "DEBT",
			To: painTransfer{
				ID: cut(r.Number, 35), Sum: painSum{string(p.Currency), sum}, Agent: painAgent{p.BIC},
				To: painParty{Name: cut(p.Name.In("kk"), 140), ID: &painNumber{p.BIN}}, Account: painAccount{p.IBAN}, About: cut(about, 140),
			},
		},
	}}
	if from.BIN == "" {
		d.Body.Payment.From.ID = nil
	}
	if p.KNP != "" {
		d.Body.Payment.To.Purpose = &painCode{p.KNP}
	}
	if _, err := io.WriteString(to, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(to)
	e.Indent("", "  ")
	return e.Encode(d)
}

// cut keeps a text within a number of characters.
func cut(s string, most int) string {
	if runes := []rune(strings.TrimSpace(s)); len(runes) > most {
		return string(runes[:most])
	}
	return strings.TrimSpace(s)
}
