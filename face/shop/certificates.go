package shop

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"sauda/core/course"
	"sauda/gear/db"
	"sauda/gear/paper"
	"sauda/gear/web"
)

type certificateAsk struct {
	visitor
	Number string `query:"number" maxLength:"60"`
}

// certificateView is what is said of a number.
type certificateView struct {
	page
	Number      string
	Certificate course.Certificate // Certificate has no number when there is none.
	Wrong       bool
}

// certificate tells whoever has a number whether it is that of a certificate, in one statement.
func (f *face) certificate(tx *db.Tx, in certificateAsk) (web.View, error) {
	ctx := tx.Context()
	v := certificateView{page: f.page(ctx, in.visitor, "goods", t(ctx, "certificate.title")), Number: in.Number}
	if in.Number == "" {
		return certificatePage(v), nil
	}
	var err error
	v.Certificate, err = course.Check(tx, in.Number)
	if errors.Is(err, course.ErrNoPaper) {
		v.Wrong, err = true, nil
	}
	return certificatePage(v), err
}

// certificatePaper draws a certificate for whoever has its number; one that was withdrawn is drawn no more.
func (f *face) certificatePaper(x web.Exchange) error {
	var c course.Certificate
	err := x.Moment(func(tx *db.Tx) (err error) {
		c, err = course.Check(tx, x.PathValue("number"))
		return err
	})
	if err == nil && !c.Withdrawn.IsZero() {
		err = course.ErrNoPaper.About("%s was withdrawn", c.Number)
	}
	if err != nil {
		return err
	}
	var drawn bytes.Buffer
	if err := paper.Draw(&drawn, f.sheet(x.Context(), c)); err != nil {
		return err
	}
	h := x.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(drawn.Len()))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "certificate-" + c.Number + ".pdf"}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	x.WriteHeader(http.StatusOK)
	_, err = x.Write(drawn.Bytes())
	return err
}

// sheet is a certificate as it is printed.
func (f *face) sheet(ctx context.Context, c course.Certificate) paper.Sheet {
	lines := []paper.Line{
		{Text: in(ctx, f.Name), Size: 14, Gap: 4}, {Text: t(ctx, "certificate.word"), Size: 34, Bold: true, Gap: 8},
		{Text: t(ctx, "certificate.says"), Size: 13, Gap: 8}, {Text: c.Student, Size: 26, Bold: true, Gap: 3},
		{Text: t(ctx, "certificate.finished"), Size: 13, Gap: 5}, {Text: in(ctx, c.Name), Size: 20, Bold: true, Gap: 3},
		{Text: dayWords(ctx, c.From) + " – " + dayWords(ctx, c.To) + " · " + hoursOf(ctx, c.Minutes), Size: 12, Gap: 5},
	}
	at := f.base(ctx) + "/" + web.Lang(ctx) + "/certificates?number=" + c.Number
	return paper.Sheet{
		Title: t(ctx, "certificate.word") + " " + c.Number, Lang: web.Lang(ctx), Lines: lines, Code: at, Made: c.Issued,
		Below: []string{"№ " + c.Number, dateOf(ctx, c.Issued), t(ctx, "certificate.check_at") + " " + strings.TrimPrefix(strings.TrimPrefix(f.base(ctx), "https://"), "http://") + "/certificates"},
	}
}

// hoursOf writes minutes as hours, rounded to the nearest.
func hoursOf(ctx context.Context, minutes int) string {
	return t(ctx, "course.hours", "n", (minutes+30)/60)
}
