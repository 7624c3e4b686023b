package main

import (
	"context"
	"embed"
	"errors"
	"io"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/cmd/sauda/day"
	"sauda/cmd/sauda/demo"
	"sauda/gear/i18n"
)

//go:embed texts/*.json
var texts embed.FS

func init() { i18n.Have(texts) }

// tongue is the language in which a command talks to the person at the terminal. What programs read (JSON, the line that
// says where the house listens) does not depend on it.
type tongue string

// text gives a text of the commands.
func (t tongue) text(id string, args ...any) string { return i18n.T(string(t), "sauda."+id, args...) }

// say writes a text as one line. A terminal that is gone reads nothing.
func (t tongue) say(to io.Writer, id string, args ...any) {
	_, _ = io.WriteString(to, t.text(id, args...)+"\n")
}

// decimal writes a number with so many places after the comma, which in English is a point.
func (t tongue) decimal(v float64, places int) string {
	s := strconv.FormatFloat(v, 'f', places, 64)
	if t != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// The errors of commands, and how they are said.
var (
	errNowhere       = errors.New("say where the house is: --data DIR or --postgres DSN")
	errUnwell        = errors.New("something is wrong in this house") // errUnwell ends an audit whose findings have said what.
	errStopped       = errors.New("stopped; run the same command again and it goes on there")
	errOneFile       = errors.New("--errors is for one file: leave it out, and each file gets its own")
	errResetPostgres = errors.New("--reset empties folders only: drop the database, create it again, and start without --reset")
	errOnlyOne       = errors.New("--exchange-follow and --exchange-lead do not go together; --exchange-then says where it leads after it has taken over")
	errNoPostgres    = errors.New("say where PostgreSQL is: --postgres DSN or SAUDA_TEST_POSTGRES")
	errNoDays        = errors.New("live through one day at least, and let one buyer come: --days 7 --buyers 120")

	sayings = []struct {
		err error
		id  string
	}{
		{errNowhere, "nowhere"}, {errUnwell, "unwell"}, {errStopped, "import.stopped"}, {errOneFile, "import.one_file"},
		{errResetPostgres, "demo.reset_postgres"}, {errOnlyOne, "exchange.only_one"}, {errNoPostgres, "simulate.postgres"}, {errNoDays, "simulate.days"},
		{demo.ErrForeign, "demo.foreign"}, {demo.ErrHalf, "demo.half"}, {day.ErrWrong, "simulate.wrong"},
	}
)

// quiet tells whether an error needs no word: the person at the terminal stopped the command.
func quiet(err error) bool { return errors.Is(err, context.Canceled) }

// explain says to the person at the terminal what went wrong, with the detail that a page would not show. What has no text
// is said as it is. Of several joined errors each has its line.
func (t tongue) explain(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && err.Error() == errors.Join(joined.Unwrap()...).Error() {
		var said []string
		for _, one := range joined.Unwrap() {
			said = append(said, t.explain(one))
		}
		return strings.Join(said, "\n")
	}
	for _, s := range sayings {
		if errors.Is(err, s.err) {
			return t.text(s.id)
		}
	}
	if fault.Of(err).Kind == fault.Internal {
		return err.Error()
	}
	said := i18n.Fault(string(t), err)
	if detail := fault.DetailOf(err); detail != "" {
		said += " (" + detail + ")"
	}
	for _, f := range fault.FieldsOf(err) {
		said += "\n" + t.text("field", "field", strings.TrimPrefix(f.Pointer, "/"), "said", i18n.Field(string(t), f))
	}
	return said
}
