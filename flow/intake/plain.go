package intake

import (
	"io"
	"strings"

	"golang.org/x/net/html"
)

// plainText gives what a reader would see of a description that another shop wrote in HTML: paragraphs and points of lists
// on lines of their own, and nothing of scripts and styles. A text without tags stays as it is.
func plainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	skip := ""
	tokens := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			if tokens.Err() != io.EOF {
				return ""
			}
			break
		}
		name := ""
		if kind != html.TextToken {
			tag, _ := tokens.TagName()
			name = string(tag)
		}
		switch {
		case skip != "":
			if kind == html.EndTagToken && name == skip {
				skip = ""
			}
		case kind == html.StartTagToken && (name == "script" || name == "style"):
			skip = name
		case kind == html.TextToken:
			text := strings.Join(strings.Fields(string(tokens.Text())), " ")
			if text != "" && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") && !strings.HasSuffix(b.String(), " ") {
				b.WriteByte(' ')
			}
			b.WriteString(text)
		case name == "br", name == "p", name == "div", name == "li", name == "tr", len(name) == 2 && name[0] == 'h':
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
		}
	}
	return strings.TrimSpace(b.String())
}
