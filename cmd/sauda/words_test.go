package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"sauda/app"
	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/flow/intake"
	"sauda/gear/i18n"
)

// TestTheTongue: the flag counts more than the environment, before and behind the name of the command.
func TestTheTongue(t *testing.T) {
	t.Setenv("LC_ALL", "ru_RU.UTF-8")
	for line, want := range map[string]tongue{
		"doctor": "ru", "doctor --lang kk": "kk", "--lang en doctor": "en", "import csv a.csv --lang kk --text-lang zh": "kk",
	} {
		cli := &commands{}
		k, err := kong.New(cli, options(t.Context())...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Parse(strings.Fields(line)); err != nil || cli.Lang != want {
			t.Errorf("%s: %s, want %s: %v", line, cli.Lang, want, err)
		}
		if _, err := k.Parse([]string{"doctor", "--lang", "de"}); err == nil {
			t.Error("nobody speaks German here")
		}
	}
}

// TestOneDashIsEnough: -seed is --seed, short flags may still stand together, and values and what follows a -- are left alone.
func TestOneDashIsEnough(t *testing.T) {
	cli := &commands{}
	k, err := kong.New(cli, options(t.Context())...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(dashed(strings.Fields("simulate -seed 7 -days=30 --buyers 5 -v"))); err != nil || cli.Simulate.Seed != 7 || cli.Simulate.Days != 30 || !cli.Simulate.Verbose {
		t.Errorf("%+v: %v", cli.Simulate, err)
	}
	if _, err := k.Parse(dashed(strings.Fields("serve -qv -listen 127.0.0.1:0"))); err != nil || !cli.Serve.Quiet || cli.Serve.Listen != "127.0.0.1:0" {
		t.Errorf("%+v: %v", cli.Serve, err)
	}
	if got := dashed([]string{"import", "csv", "-", "-5", "--", "-seed"}); strings.Join(got, " ") != "import csv - -5 -- -seed" {
		t.Errorf("%q", got)
	}
}

// TestNoDaysAreNotSound: days that are none are refused; nobody shall read that they were sound.
func TestNoDaysAreNotSound(t *testing.T) {
	for _, c := range []simulateCommand{{Days: 0, Buyers: 5}, {Days: -1, Buyers: 5}, {Days: 1, Buyers: 0}, {Days: 1, Buyers: -5}} {
		if err := c.Run(t.Context(), "en"); !errors.Is(err, errNoDays) {
			t.Errorf("%d days with %d buyers: %v", c.Days, c.Buyers, err)
		}
	}
}

func TestReportsSpeak(t *testing.T) {
	r := intake.Report{File: "goods.csv", Rows: 22, Added: 19, Refused: 3, Trimmed: 1, Resumed: 2, Took: 1500 * time.Millisecond, Errors: "goods.csv.errors.csv"}
	for in, want := range map[tongue][]string{
		"kk": {"goods.csv: 22 тауар, 1,50 с, секундына 13", "қосылғаны 19", "қабылданбағаны 3", "өңдегені: 2", "(1) себептерімен: goods.csv.errors.csv"},
		"ru": {"goods.csv: 22 товара за 1,50 с, 13 в секунду", "добавлено 19", "не принято 3", "прерванным импортом: 2", "с причинами: goods.csv.errors.csv"},
		"en": {"goods.csv: 22 products in 1.50 s, 13 a second", "added 19", "refused 3", "of these, 2 by an earlier run", "with reasons: goods.csv.errors.csv"},
	} {
		var out bytes.Buffer
		in.report(&out, r)
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not in\n%s", in, w, out.String())
			}
		}
		if strings.ContainsAny(out.String(), "{}") || strings.Count(out.String(), "\n") != 4 {
			t.Errorf("%s:\n%s", in, out.String())
		}
	}
	var out bytes.Buffer
	tongue("ru").report(&out, intake.Report{}) // A file that could not be opened.
	if out.Len() > 0 {
		t.Errorf("nothing was read, and it says %q", out.String())
	}
	tongue("ru").findings(&out, nil)
	if out.String() != "всё в порядке\n" {
		t.Errorf("%q", out.String())
	}
}

// Programs read the first line, so that it is the same in every language.
func TestTheFirstLineNeverChanges(t *testing.T) {
	for _, in := range i18n.TerminalLanguages {
		var out bytes.Buffer
		tongue(in).welcome(&out, "http://127.0.0.1:8080", app.Admin{Email: "admin@sauda.localhost", Password: "first"})
		first, rest, _ := strings.Cut(out.String(), "\n")
		if first != "listening on http://127.0.0.1:8080" || !strings.Contains(rest, "admin@sauda.localhost") || !strings.Contains(rest, "first") {
			t.Errorf("%s: %q", in, out.String())
		}
	}
}

func TestTheInvitationIsFramed(t *testing.T) {
	for in, want := range map[tongue][]string{
		"kk": {"көрсету дүкені", "құпиясөз", "дүкен меңгерушісі", "сатып алушы (", "код сұрайды: 1234"},
		"ru": {"демонстрация", "пароль", "заведующая магазином", "покупатель (", "спрашивает код: 1234"},
		"en": {"a demonstration", "password", "a buyer (", "asks for a code: 1234"},
	} {
		var out bytes.Buffer
		in.invite(&out, "http://127.0.0.1:8080")
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not in\n%s", in, w, out.String())
			}
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		for _, edge := range []string{lines[0], lines[len(lines)-1]} {
			if utf8.RuneCountInString(edge) != invitationWide {
				t.Errorf("%s: the frame %s has %d columns", in, edge, utf8.RuneCountInString(edge))
			}
		}
	}
}

func TestErrorsAreExplained(t *testing.T) {
	marked := intake.ErrPlan.Fields(fault.Say("Say csv, magento, shopify, yml, kaspi, google or icecat.").At("/format"), fault.Found("/gtin", ident.ErrGTIN))
	for _, c := range []struct {
		in   tongue
		err  error
		want string
	}{
		{"kk", errUnwell, "жүйеде қате бар"},
		{"ru", fmt.Errorf("day 3: %w", errStopped), "остановлено; выполните ту же команду снова, и импорт продолжится с этого места"},
		{"ru", errors.Join(errUnwell, errors.New("disk")), "в системе есть ошибки\ndisk"},
		{"en", errNowhere, "say where the house is: --data DIR or --postgres DSN"},
		{"kk", intake.ErrArchive.About("two files"), "Мұрағатқа тек бір файл салыңыз, қасында суреттер болуы мүмкін; құпиясөз қоймаңыз. (two files)"},
		{"ru", marked, "Исправьте отмеченные настройки импорта.\n  format: Напишите csv, magento, shopify, yml, kaspi, google или icecat.\n  gtin: Проверьте номер штрихкода: в GTIN 8, 12, 13 или 14 цифр, последняя — контрольная."},
		{"kk", errors.New("no route to host"), "no route to host"},
	} {
		if got := c.in.explain(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
	}
	for _, s := range sayings { // In English an error says itself.
		if got := tongue("en").text(s.id); got != s.err.Error() {
			t.Errorf("%q is said as %q", s.err, got)
		}
	}
}

// TestEveryTextIsThereAndUsed: in all three languages, and nothing is left over.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	used := map[string]bool{}
	asked := regexp.MustCompile(`(?:text\(|say\([^"\n]*?|T\([^"\n]*?|\{[A-Za-z.]+, )"([a-z_.]+)"`)
	for folder, prefix := range map[string]string{".": "sauda.", "day": ""} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range asked.FindAllStringSubmatch(string(source), -1) {
				if !strings.HasSuffix(m[1], ".") { // The beginning of an id.
					used[prefix+m[1]] = true
				}
			}
		}
	}
	for _, card := range []string{"ok", "challenge", "declined"} {
		used["sauda.demo.card."+card] = true
	}
	for _, outcome := range []string{"added", "changed", "same", "refused"} {
		used["sauda.import.line."+outcome] = true
	}
	for _, stage := range []string{"mapping", "previewing", "previewed", "applying", "applied", "undoing", "undone"} {
		used["sauda.import.stage."+stage] = true
	}
	for _, prefix := range []string{"sauda.", "day."} {
		for _, wrong := range i18n.Check(prefix, i18n.TerminalLanguages...) {
			t.Error(wrong)
		}
		for _, id := range i18n.Unused(prefix, used) {
			t.Errorf("%s is asked for nowhere", id)
		}
	}
	for id := range used {
		if !i18n.Has("kk", id) {
			t.Errorf("%s is asked for and has no text", id)
		}
	}
}
