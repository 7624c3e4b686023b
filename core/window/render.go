package window

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown reads CommonMark with tables, and writes no HTML that was typed: raw HTML is left out, headings begin below the
// one of the page, and what leads elsewhere than leads allows is no link and no picture.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), extension.Strikethrough),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(tame{}, 100))),
)

// HTML writes Markdown as HTML that is safe on a page of the shop, whatever was typed. The prefix, such as "/kk", stands
// before paths of the shop, so that a reader stays in his language.
func HTML(words, prefix string) (string, error) {
	var b bytes.Buffer
	context := parser.NewContext()
	context.Set(prefixKey, prefix)
	if err := markdown.Convert([]byte(words), &b, parser.WithContext(context)); err != nil {
		return "", err
	}
	return b.String(), nil
}

var prefixKey = parser.NewContextKey()

// tame changes what was read of a text into what a page may have.
type tame struct{}

// Transform has headings begin at the second level and go down by one at a time, takes out raw HTML and pictures from
// elsewhere, and unties links that lead where none may.
func (tame) Transform(doc *ast.Document, reader text.Reader, context parser.Context) {
	prefix, _ := context.Get(prefixKey).(string)
	var out []ast.Node
	// above are the levels, as they were typed, of the headings under which one stands.
	var above []int
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // The walker never fails.
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			for len(above) > 0 && above[len(above)-1] >= n.Level {
				above = above[:len(above)-1]
			}
			above = append(above, n.Level)
			n.Level = min(1+len(above), 6) // No level is left out, whatever was typed.
			n.RemoveAttributes()
		case *ast.RawHTML, *ast.HTMLBlock:
			out = append(out, n)
		case *ast.Image:
			if !pictureForm.MatchString(string(n.Destination)) {
				out = append(out, n)
			} else {
				n.SetAttributeString("loading", []byte("lazy"))
			}
		case *ast.Link:
			if !tie(n, prefix) {
				out = append(out, n)
			}
		case *ast.AutoLink:
			if !leads(string(n.URL(reader.Source()))) {
				out = append(out, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range out {
		untie(n)
	}
}

// tie makes a link right for the page, or says that it may not be one.
func tie(n *ast.Link, prefix string) bool {
	to := string(n.Destination)
	if strings.HasPrefix(to, "mailto:") || strings.HasPrefix(to, "tel:") {
		return !strings.ContainsAny(to, "\"<>\\ ")
	}
	if !leads(to) {
		return false
	}
	if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/media/") {
		n.Destination = []byte(prefix + to)
	} else if strings.HasPrefix(to, "https:") {
		n.SetAttributeString("rel", []byte("noopener nofollow"))
	}
	return true
}

// untie puts the words of a link or a picture where it was, and nothing where raw HTML was.
func untie(n ast.Node) {
	parent := n.Parent()
	if parent == nil {
		return
	}
	if n.Kind() == ast.KindLink || n.Kind() == ast.KindImage {
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			parent.InsertBefore(parent, n, c)
		}
	}
	parent.RemoveChild(parent, n)
}
