package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/core/notify"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/mail"
)

var schemas = []db.Schema{notify.Schema}

func letter(key string) notify.Letter {
	return notify.Letter{
		Key: key, To: "aigul@example.kz", Lang: "kk", Template: notify.OrderShipped, Order: "ord_1", Seller: "sel_own",
		Params: map[string]string{
			"code": "K7QF-3M2D-9XTR", "carrier": "Қазпошта", "tracking": "RR473124829KZ", "day": "2026-11-26", "url": "https://shop.example/orders/1",
			"name": "Айгүл", "shop": "Sauda",
		},
	}
}

func send(t *testing.T, s *dbtest.Store, l notify.Letter) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error { return notify.Send(tx, l) })
}

// post takes letters and fails as it is told.
type post struct {
	fails func(mail.Letter) error
	sent  []mail.Letter
}

func (p *post) send(_ context.Context, l mail.Letter) error {
	if p.fails != nil {
		if err := p.fails(l); err != nil {
			return err
		}
	}
	p.sent = append(p.sent, l)
	return nil
}

func deliver(t *testing.T, s *dbtest.Store, p *post) {
	t.Helper()
	if err := notify.Deliver(t.Context(), s.Store, p.send); err != nil {
		t.Fatal(err)
	}
}

func byOrder(t *testing.T, s *dbtest.Store) (letters []notify.Kept) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		letters, err = notify.ByOrder(tx, "ord_1")
		return err
	})
	return letters
}

func TestEachLetterGoesOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const letters = 45 // More than two batches.
		for n := range letters {
			for range 2 {
				send(t, s, letter(fmt.Sprint("key", n)))
			}
		}
		var p post
		deliver(t, s, &p)
		deliver(t, s, &p)
		keys := map[string]bool{}
		for _, l := range p.sent {
			keys[l.Key] = true
		}
		if len(p.sent) != letters || len(keys) != letters {
			t.Errorf("%d letters went out, %d of them different; want %d", len(p.sent), len(keys), letters)
		}
		for _, k := range byOrder(t, s) {
			if k.State != notify.StateSent || k.Tries != 1 || k.Sent.IsZero() {
				t.Errorf("%+v", k)
			}
		}
	})
}

func TestFailuresAreTriedAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		send(t, s, letter("k1"))
		tries := 0
		p := post{fails: func(mail.Letter) error {
			tries++
			if tries < 4 {
				return errors.New("the line is busy")
			}
			return nil
		}}
		var pauses []time.Duration
		for len(p.sent) == 0 && len(pauses) < 10 {
			deliver(t, s, &p)
			k := byOrder(t, s)[0]
			if k.State == notify.StateWaiting {
				if k.Error != "the line is busy" {
					t.Errorf("the error is %q", k.Error)
				}
				deliver(t, s, &p) // Not due yet.
				pauses = append(pauses, k.Due.Sub(s.Clock.Now()))
				s.Clock.Set(k.Due)
			}
		}
		if want := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute}; !slices.Equal(pauses, want) || tries != 4 {
			t.Errorf("%d tries with pauses %v, want %v", tries, pauses, want)
		}
	})
}

func TestGivenUp(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		send(t, s, letter("k1"))
		p := post{fails: func(mail.Letter) error { return mail.ErrRefused.About("no such box") }}
		deliver(t, s, &p)
		k := byOrder(t, s)[0]
		if k.State != notify.StateGivenUp || k.Tries != 1 {
			t.Errorf("refused for good: %+v", k)
		}
		facts := s.Facts(t)
		if len(facts) != 1 || facts[0].Name != "notify.given_up" || facts[0].Key != string(k.ID) {
			t.Errorf("facts: %v", facts)
		}
		s.Moment(t, func(tx *db.Tx) error {
			stuck, err := notify.Stuck(tx)
			if len(stuck) != 1 {
				t.Errorf("stuck: %v", stuck)
			}
			return errors.Join(err, notify.Retry(tx, k.ID))
		})
		if err := s.Try(func(tx *db.Tx) error { return notify.Retry(tx, k.ID) }); !errors.Is(err, notify.ErrUnknown) {
			t.Errorf("retried twice: %v", err)
		}
		// A letter that always fails is given up in the end.
		tries := 0
		p.fails = func(mail.Letter) error { tries++; return errors.New("busy") }
		for range 100 {
			deliver(t, s, &p)
			s.Clock.Advance(6 * time.Hour)
		}
		if k := byOrder(t, s)[0]; k.State != notify.StateGivenUp || tries != 16 {
			t.Errorf("after %d tries: %+v", tries, k)
		}
	})
}

// TestCutOff ends the world in the middle of a delivery. What was not sent is sent later, when its lease is over.
func TestCutOff(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for n := range 5 {
			send(t, s, letter(fmt.Sprint("k", n)))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var p post
		p.fails = func(mail.Letter) error {
			if len(p.sent) == 1 {
				cancel()
			}
			return nil
		}
		if err := notify.Deliver(ctx, s.Store, p.send); !errors.Is(err, context.Canceled) {
			t.Errorf("cut off: %v", err)
		}
		deliver(t, s, &p)
		if len(p.sent) != 2 {
			t.Errorf("%d letters went out while others hold the lease", len(p.sent))
		}
		s.Clock.Advance(time.Hour)
		deliver(t, s, &p)
		if len(p.sent) != 5 {
			t.Errorf("%d letters went out in the end", len(p.sent))
		}
	})
}

func TestSendRefuses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for name, test := range map[string]struct {
			change func(*notify.Letter)
			want   error
		}{
			"nobody":       {func(l *notify.Letter) { l.To = "" }, notify.ErrRecipient},
			"two people":   {func(l *notify.Letter) { l.To = "a@example.kz, b@example.kz" }, notify.ErrRecipient},
			"a header":     {func(l *notify.Letter) { l.To = "a@example.kz\r\nBcc: b@example.kz" }, notify.ErrRecipient},
			"no key":       {func(l *notify.Letter) { l.Key = "" }, notify.ErrTemplate},
			"no template":  {func(l *notify.Letter) { l.Template = "love" }, notify.ErrTemplate},
			"a value less": {func(l *notify.Letter) { delete(l.Params, "tracking") }, notify.ErrTemplate},
		} {
			l := letter("k1")
			test.change(&l)
			if err := s.Try(func(tx *db.Tx) error { return notify.Send(tx, l) }); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
	})
}

func TestWrite(t *testing.T) {
	l := letter("k1")
	l.Params["carrier"] = "<b>Пошта & Co</b>\r\nBcc: x"
	l.Params["tracking"] = ""
	written, err := notify.Write(l)
	if err != nil {
		t.Fatal(err)
	}
	if written.Key != "k1" || written.To != l.To || written.Subject != "№ K7QF-3M2D-9XTR тапсырысыңыз жолға шықты" {
		t.Errorf("%+v", written)
	}
	for _, part := range []string{"Сәлеметсіз бе, Айгүл!", "Тасымалдаушы: <b>Пошта & Co</b> Bcc: x\n", "https://shop.example/orders/1", "Құрметпен, Sauda"} {
		if !strings.Contains(written.Text, part) {
			t.Errorf("the text lacks %q:\n%s", part, written.Text)
		}
	}
	if strings.Contains(written.Text, "Трек-нөмір") {
		t.Errorf("an empty value is named:\n%s", written.Text)
	}
	for _, part := range []string{`<html lang="kk">`, "&lt;b&gt;Пошта &amp; Co&lt;/b&gt;", `href="https://shop.example/orders/1"`} {
		if !strings.Contains(written.HTML, part) {
			t.Errorf("the page lacks %q:\n%s", part, written.HTML)
		}
	}
	l.Params["links"] = notify.Links([]notify.Link{{Name: "a <b>.pdf", URL: "https://shop.example/1?a=b&c=d"}, {Name: "x\r\ny", URL: "javascript:alert(2)"}})
	written, err = notify.Write(l)
	if err != nil || !strings.Contains(written.Text, "a <b>.pdf:\nhttps://shop.example/1?a=b&c=d\n\nx y:\n") ||
		!strings.Contains(written.HTML, `<a href="https://shop.example/1?a=b&amp;c=d" style="color:#0b6b4f">a &lt;b&gt;.pdf</a>`) || strings.Contains(written.HTML, "javascript:") {
		t.Errorf("links: %v\n%s\n%s", err, written.Text, written.HTML)
	}
	l.Params["links"] = ""
	l.Params["url"], l.Params["name"], l.Lang = "javascript:alert(1)", "", "xx"
	written, err = notify.Write(l)
	if err != nil || strings.Contains(written.HTML, "javascript:") || !strings.Contains(written.Text, "Сәлеметсіз бе!") {
		t.Errorf("%v\n%s", err, written.HTML)
	}
}

// TestEveryLanguage holds the four files to the same letters, each with the same values and as many paragraphs.
func TestEveryLanguage(t *testing.T) {
	type file struct {
		Frame   map[string]string
		Letters map[notify.Template]struct {
			Subject, Link string
			Body          []string
		}
	}
	hole := regexp.MustCompile(`\{[a-z_]+\}`)
	shape := func(lang string) string {
		data, err := os.ReadFile("letters/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var f file
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		var b strings.Builder
		for _, name := range notify.Templates {
			l, known := f.Letters[name]
			if !known || l.Link == "" || len(f.Letters) != len(notify.Templates) {
				t.Errorf("%s: the letter %s is not whole", lang, name)
			}
			fmt.Fprintln(&b, name, hole.FindAllString(l.Subject, -1))
			for _, text := range l.Body {
				fmt.Fprintln(&b, hole.FindAllString(text, -1))
			}
			// A Kazakh ending cannot be right for every value, so none stands behind one.
			if lang == "kk" && regexp.MustCompile(`\}-?\pL`).MatchString(l.Subject+strings.Join(l.Body, " ")) {
				t.Errorf("an ending is glued to a value in %s", name)
			}
		}
		return b.String()
	}
	want := shape("kk")
	for _, lang := range []string{"ru", "en", "zh"} {
		if got := shape(lang); got != want {
			t.Errorf("%s differs from kk:\n%s\nwant\n%s", lang, got, want)
		}
	}
	for _, name := range notify.Templates {
		params := map[string]string{}
		for _, need := range notify.Needs(name) {
			params[need] = "value"
		}
		for _, lang := range []string{"kk", "ru", "en", "zh"} {
			written, err := notify.Write(notify.Letter{Key: "k", Template: name, Lang: lang, Params: params})
			if err != nil || strings.ContainsAny(written.Text+written.Subject, "{}") {
				t.Errorf("%s in %s: %v\n%s", name, lang, err, written.Text)
			}
		}
	}
}
