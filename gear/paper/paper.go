// Package paper draws papers to be printed: PDF files of one page with a frame, lines of text in all languages that are written
// with Latin and Cyrillic letters, the Kazakh ones among them, and a code that a telephone reads. It knows no word of the trade.
//
// The same sheet gives the same bytes, so that a paper can be drawn again instead of being kept.
package paper

import (
	"bytes"
	_ "embed"
	"image/png"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// The fonts are DejaVu Sans, under the licence beside them: the only free family at hand in which every Kazakh letter was seen.
var (
	//go:embed fonts/DejaVuSans.ttf
	regular []byte
	//go:embed fonts/DejaVuSans-Bold.ttf
	bold []byte
)

// Line is a line of text, centred. One that is too long for the sheet goes on below.
type Line struct {
	Text string
	Size int // Size is in points.
	Bold bool
	Gap  int // Gap is what is left empty above it, in millimetres.
}

// Row is a value with its name.
type Row struct{ Name, Value string }

// Sheet is what is drawn.
type Sheet struct {
	Title string // Title is what programs that show the paper call it.
	Lang  string
	Tall  bool // Tall is a sheet that stands, as letters do; others lie.
	Lines []Line
	Rows  []Row    // Rows stand below the lines, what is said on the left and its value on the right.
	Below []string // Below stands at the foot, on the left.
	Code  string   // Code is what the telephone reads at the foot, on the right; empty is none.
	Made  time.Time
}

// The sheet is A4 across (ISO 216), in millimetres.
const (
	wide   = 297.0
	high   = 210.0
	margin = 12
	inner  = 30 // inner is where text begins.
	code   = 34
)

// Draw writes a sheet as PDF.
func Draw(w io.Writer, s Sheet) error {
	orientation, wide, high := "L", wide, high
	if s.Tall {
		orientation, wide, high = "P", high, wide
	}
	pdf := fpdf.New(orientation, "mm", "A4", "")
	pdf.SetCreationDate(s.Made)
	pdf.SetModificationDate(s.Made)
	pdf.SetCatalogSort(true)
	pdf.SetTitle(s.Title, true)
	pdf.SetLang(s.Lang)
	pdf.AddUTF8FontFromBytes("dejavu", "", regular)
	pdf.AddUTF8FontFromBytes("dejavu", "B", bold)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(inner, inner, inner)
	pdf.AddPage()
	pdf.SetDrawColor(0, 95, 107)
	pdf.SetLineWidth(1)
	pdf.Rect(margin, margin, wide-2*margin, high-2*margin, "D")
	pdf.Rect(margin+2, margin+2, wide-2*margin-4, high-2*margin-4, "D")
	pdf.SetY(inner)
	for _, l := range s.Lines {
		style := ""
		if l.Bold {
			style = "B"
		}
		pdf.SetFont("dejavu", style, float64(l.Size))
		pdf.SetX(inner)
		pdf.SetY(pdf.GetY() + float64(l.Gap))
		pdf.MultiCell(wide-2*inner, float64(l.Size)/2, shown(l.Text), "", "C", false)
	}
	for i, r := range s.Rows {
		drawRow(pdf, r, wide, i == 0)
	}
	pdf.SetFont("dejavu", "", 10)
	pdf.SetY(high - margin - 10 - float64(len(s.Below))*6)
	for _, text := range s.Below {
		pdf.SetX(inner)
		pdf.CellFormat(wide-2*inner-code, 6, shown(text), "", 1, "L", false, 0, "")
	}
	if s.Code != "" {
		if err := stamp(pdf, s.Code, wide, high); err != nil {
			return err
		}
	}
	return pdf.Output(w)
}

// drawRow draws a row, which goes on below where its value is long.
func drawRow(pdf *fpdf.Fpdf, r Row, wide float64, first bool) {
	const names, line = 55, 6
	if first {
		pdf.SetY(pdf.GetY() + line)
	}
	top := pdf.GetY()
	pdf.SetFont("dejavu", "", 10)
	pdf.SetXY(inner, top)
	pdf.MultiCell(names, line, shown(r.Name), "", "L", false)
	below := pdf.GetY()
	pdf.SetFont("dejavu", "B", 10)
	pdf.SetXY(inner+names, top)
	pdf.MultiCell(wide-2*inner-names, line, shown(r.Value), "", "L", false)
	pdf.SetXY(inner, max(below, pdf.GetY())+1)
}

// stamp draws the code that a telephone reads (ISO/IEC 18004), with a quarter of it to spare for stains.
func stamp(pdf *fpdf.Fpdf, text string, wide, high float64) error {
	drawn, err := qr.Encode(text, qr.Q, qr.Auto)
	if err != nil {
		return err
	}
	if drawn, err = barcode.Scale(drawn, 8*drawn.Bounds().Dx(), 8*drawn.Bounds().Dy()); err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, drawn); err != nil {
		return err
	}
	options := fpdf.ImageOptions{ImageType: "PNG"}
	pdf.RegisterImageOptionsReader("code", options, &picture)
	pdf.ImageOptions("code", wide-inner-code, high-margin-6-code, code, code, false, options, 0, "")
	return pdf.Error()
}

// shown gives a text as the fonts have it: what they have no letter for is left as a box of theirs, and what is no character is
// left out.
func shown(s string) string { return strings.ToValidUTF8(s, "") }
