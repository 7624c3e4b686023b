package notify

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"regexp"
	"strings"

	"sauda/gear/mail"
)

//go:embed letters/*.json
var letterFiles embed.FS

// Link is an address in a letter, with the words for it.
type Link struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Links writes addresses as the value links of a letter, which lists them below its paragraphs. A letter need not have any.
func Links(all []Link) string {
	body, err := json.Marshal(all)
	if err != nil { // Texts always encode.
		panic("notify: " + err.Error())
	}
	return string(body)
}

// listed gives the addresses of a letter.
func (l Letter) listed() (all []Link, err error) {
	if l.Params["links"] == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(l.Params["links"]), &all); err != nil {
		return nil, ErrTemplate.About("the links of %s: %v", l.Template, err)
	}
	for i, x := range all {
		all[i] = Link{Name: oneLine(x.Name), URL: oneLine(x.URL)}
	}
	return all, nil
}

// words are one letter in one language. A value stands in braces: {code}.
type words struct {
	Subject string   `json:"subject"`
	Body    []string `json:"body"`
	Link    string   `json:"link"`           // Link is what the button says that leads to {url}.
	Stop    string   `json:"stop,omitempty"` // Stop is what is said of {stop}, which ends such letters; empty where nothing does.
	Why     string   `json:"why,omitempty"`  // Why says why the letter came, where it is neither of an order nor of an account.
}

// frame is what stands around every letter of a language.
type frame struct {
	Greeting  string `json:"greeting"`   // Greeting names {name}.
	GreetAll  string `json:"greet_all"`  // GreetAll is for somebody whose name is not known.
	Signature string `json:"signature"`  // Signature names {shop}.
	WhyToYou  string `json:"why_to_you"` // WhyToYou says why the letter came.

	WhyAccount string `json:"why_account"` // WhyAccount says it of a letter that is about no order.
}

// tongue is everything in one language.
type tongue struct {
	Frame   frame              `json:"frame"`
	Letters map[Template]words `json:"letters"`
}

// tongues are read once; a file that cannot be read is a mistake of whoever wrote it.
var tongues = func() map[string]tongue {
	all := map[string]tongue{}
	for _, lang := range []string{"kk", "ru", "en", "zh"} {
		data, err := letterFiles.ReadFile("letters/" + lang + ".json")
		if err != nil {
			panic("notify: " + err.Error())
		}
		var t tongue
		if err := json.Unmarshal(data, &t); err != nil {
			panic("notify: letters/" + lang + ".json: " + err.Error())
		}
		all[lang] = t
	}
	return all
}()

// langOf gives the language that a letter is written in.
func langOf(lang string) string {
	tag, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(lang, "_", "-")), "-")
	if _, known := tongues[tag]; known {
		return tag
	}
	return "kk"
}

var hole = regexp.MustCompile(`\{[a-z_]+\}`)

// Needs gives the values that a letter must be given, in the order in which they are used: some may be empty. Every
// letter also takes name and shop.
func Needs(t Template) []string {
	w := tongues["kk"].Letters[t]
	seen := map[string]bool{}
	var needs []string
	texts := append(append([]string{w.Subject}, w.Body...), "{url}")
	if w.Stop != "" {
		texts = append(texts, "{stop}")
	}
	for _, text := range texts {
		for _, h := range hole.FindAllString(text, -1) {
			if name := strings.Trim(h, "{}"); !seen[name] {
				seen[name] = true
				needs = append(needs, name)
			}
		}
	}
	return needs
}

// check refuses a letter that cannot be written.
func (l Letter) check() error {
	if _, known := tongues["kk"].Letters[l.Template]; !known || l.Key == "" {
		return ErrTemplate.About("the letter %q with the key %q", l.Template, l.Key)
	}
	for _, need := range Needs(l.Template) {
		if _, given := l.Params[need]; !given {
			return ErrTemplate.About("%s says nothing about %s", l.Template, need)
		}
	}
	return nil
}

// fill puts the values into a text. It is false when a value is empty or was not given: then the text says nothing.
func (l Letter) fill(text string) (filled string, says bool) {
	says = true
	filled = hole.ReplaceAllStringFunc(text, func(h string) string {
		value := oneLine(l.Params[strings.Trim(h, "{}")])
		says = says && value != ""
		return value
	})
	return filled, says
}

// oneLine keeps a value from breaking out of its line, and a subject from becoming another header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// page is the letter as a person reads it.
type page struct {
	Lang       string
	Subject    string
	Paragraphs []string
	Listed     []Link
	Link       string
	URL        string
	Stop       Link
	Closing    []string
}

// Write gives the mail of a letter, as text and as HTML. A letter with the same key is the same mail.
func Write(l Letter) (mail.Letter, error) {
	if err := l.check(); err != nil {
		return mail.Letter{}, err
	}
	lang := langOf(l.Lang)
	t := tongues[lang]
	w := t.Letters[l.Template]
	p := page{Lang: lang, URL: oneLine(l.Params["url"])}
	p.Subject, _ = l.fill(w.Subject)
	greeting, named := l.fill(t.Frame.Greeting)
	if !named {
		greeting = t.Frame.GreetAll
	}
	p.Paragraphs = append(p.Paragraphs, greeting)
	for _, text := range w.Body {
		if filled, says := l.fill(text); says {
			p.Paragraphs = append(p.Paragraphs, filled)
		}
	}
	if p.URL != "" {
		p.Link = w.Link
	}
	var err error
	if p.Listed, err = l.listed(); err != nil {
		return mail.Letter{}, err
	}
	why := t.Frame.WhyToYou
	if l.Order == "" {
		why = t.Frame.WhyAccount
	}
	if w.Why != "" {
		why = w.Why
	}
	for _, text := range []string{t.Frame.Signature, why} {
		if filled, says := l.fill(text); says {
			p.Closing = append(p.Closing, filled)
		}
	}
	if address := oneLine(l.Params["stop"]); w.Stop != "" && address != "" {
		p.Stop = Link{w.Stop, address}
	}
	var html bytes.Buffer
	if err := sheet.Execute(&html, p); err != nil {
		return mail.Letter{}, ErrTemplate.About("%s: %v", l.Template, err)
	}
	return mail.Letter{Key: l.Key, To: l.To, Subject: p.Subject, Text: p.text(), HTML: html.String(), Stop: p.Stop.URL}, nil
}

// text gives the letter without any form.
func (p page) text() string {
	parts := append([]string(nil), p.Paragraphs...)
	for _, x := range p.Listed {
		parts = append(parts, x.Name+":\n"+x.URL)
	}
	if p.Link != "" {
		parts = append(parts, p.Link+":\n"+p.URL)
	}
	parts = append(parts, p.Closing...)
	if p.Stop.URL != "" {
		parts = append(parts, p.Stop.Name+":\n"+p.Stop.URL)
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// sheet is the simple form of a letter. Styles stand in place, because mail programs drop sheets.
var sheet = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px 16px;background:#f4f6f8;color:#1b2430;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:34em;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px">
<h1 style="margin:0 0 16px;font-size:20px">{{.Subject}}</h1>
{{range .Paragraphs}}<p style="margin:0 0 12px">{{.}}</p>
{{end}}{{range .Listed}}<p style="margin:0 0 12px"><a href="{{.URL}}" style="color:#0b6b4f">{{.Name}}</a></p>
{{end}}{{if .Link}}<p style="margin:20px 0"><a href="{{.URL}}" style="display:inline-block;padding:12px 20px;background:#0b6b4f;color:#ffffff;text-decoration:none;border-radius:8px">{{.Link}}</a></p>
{{end}}{{range .Closing}}<p style="margin:12px 0 0;color:#4a5563;font-size:14px">{{.}}</p>
{{end}}{{if .Stop.URL}}<p style="margin:12px 0 0;font-size:14px"><a href="{{.Stop.URL}}" style="color:#4a5563">{{.Stop.Name}}</a></p>
{{end}}</div>
</body>
</html>
`))
