package billersim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// write writes an answer in the dialect of the provider.
func (p *Provider) write(w http.ResponseWriter, s said) {
	sum := fmt.Sprintf("%d.%02d", s.sum/100, s.sum%100)
	if p.config.Dialect == "kaspi" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		body := map[string]any{"txn_id": s.txn, "result": s.code, "sum": sum, "comment": s.comment}
		if s.own != "" {
			body["prv_txn_id"] = s.own
		}
		fields := map[string]any{}
		for i, f := range s.fields {
			fields[fmt.Sprintf("field%d", i+1)] = map[string]string{"@name": f[0], "#text": f[1]}
		}
		if len(fields) > 0 {
			body["fields"] = fields
		}
		_ = json.NewEncoder(w).Encode(body) // Who asks has gone, then.
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>")
	fmt.Fprintf(&b, "<osmp_txn_id>%s</osmp_txn_id>", plain(s.txn))
	if s.own != "" {
		fmt.Fprintf(&b, "<prv_txn>%s</prv_txn><sum>%s</sum>", plain(s.own), sum)
	} else if len(s.fields) > 0 {
		fmt.Fprintf(&b, "<sum>%s</sum>", sum)
	}
	fmt.Fprintf(&b, "<result>%d</result><comment>%s</comment>", s.code, plain(s.comment))
	if len(s.fields) > 0 {
		b.WriteString("<fields>")
		for i, f := range s.fields {
			fmt.Fprintf(&b, `<field%d name="%s" type="disp">%s</field%d>`, i+1, plain(f[0]), plain(f[1]), i+1)
		}
		b.WriteString("</fields>")
	}
	b.WriteString("</response>")
	_, _ = w.Write([]byte(b.String()))
}

// plain writes a text as XML has it.
func plain(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // It never fails.
	return b.String()
}
