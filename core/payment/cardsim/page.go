package cardsim

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/core/payment"
)

//go:embed page.html
var pageHTML string

//go:embed style.css
var styleCSS []byte

var pages = template.Must(template.New("page").Parse(pageHTML))

// sight is what a page shows.
type sight struct {
	Lang    string
	Words   map[string]string
	Style   string // Style is the address of the style sheet as seen from the page.
	Pay     bool
	Amount  string
	Text    string
	Card    string
	Wrong   string // Wrong is what was wrong with what was typed.
	Over    string // Over is shown in place of the form when there is nothing to do.
	Numbers []testCard
}

// testCard is a number to try.
type testCard struct {
	Number string
	Does   string
}

// show writes a page. Its policy allows no script and nothing from elsewhere; a form may lead to the origin that the
// buyer returns to.
func show(w http.ResponseWriter, status int, s sight, returns string) {
	s.Words = wordsIn(s.Lang)
	var body bytes.Buffer
	if err := pages.Execute(&body, s); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	form := "'self'"
	if o := origin(returns); o != "" {
		form += " " + o
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action "+form+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // Nobody is left to be told.
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=86400")
	_, _ = w.Write(styleCSS) // Nobody is left to be told.
}

// origin gives the scheme and host of an address; empty for a path.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// mayReturn says whether the card page may send a buyer to an address that came from outside: a path of its own host,
// or one of the known origins.
func (s *Sim) mayReturn(address string) bool {
	if strings.ContainsAny(address, "\\\n\r\t") {
		return false
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Scheme == "" && u.Host == "" {
		return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && slices.Contains(s.config.Returns, origin(address))
}

// payPage asks for a card.
func (s *Sim) payPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !s.mayReturn(q.Get("return_url")) {
		show(w, http.StatusBadRequest, sight{
			Lang: q.Get("lang"), Style: "style.css", Over: wordsIn(q.Get("lang"))["no_return"],
		}, "")
		return
	}
	show(w, http.StatusOK, paySight(q, ""), q.Get("return_url"))
}

func paySight(q url.Values, wrong string) sight {
	sees := sight{Lang: q.Get("lang"), Style: "style.css", Pay: true, Text: cut(q.Get("description")), Wrong: wrong}
	if amount, err := money.Parse(q.Get("amount"), money.Currency(q.Get("currency"))); err == nil && amount.Currency.Valid() {
		sees.Amount = amount.Format(sees.Lang)
	}
	names, _ := Tokens()
	for _, name := range names {
		if t := tokens[name]; t.number != "" {
			sees.Numbers = append(sees.Numbers, testCard{grouped(t.number), wordsIn(sees.Lang)[name]})
		}
	}
	return sees
}

// descriptionMax bounds what a page shows of a description that came from outside.
const descriptionMax = 120

func cut(s string) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), descriptionMax)])
}

func grouped(number string) string {
	var parts []string
	for chunk := range slices.Chunk([]byte(number), 4) {
		parts = append(parts, string(chunk))
	}
	return strings.Join(parts, " ")
}

// payForm turns a card into a one-time token and sends the buyer back with it.
func (s *Sim) payForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	q := r.URL.Query()
	back := q.Get("return_url")
	if err := r.ParseForm(); err != nil || !s.mayReturn(back) {
		show(w, http.StatusBadRequest, sight{
			Lang: q.Get("lang"), Style: "style.css", Over: wordsIn(q.Get("lang"))["no_return"],
		}, "")
		return
	}
	now := s.config.Now().UTC()
	number := digits(r.PostForm.Get("number"))
	words := wordsIn(q.Get("lang"))
	month, _ := time.Parse("0106", digits(r.PostForm.Get("expiry"))) // The zero time is over.
	switch {
	case !luhn(number):
		show(w, http.StatusUnprocessableEntity, paySight(q, words["wrong_number"]), back)
		return
	case !inFuture(month, now):
		show(w, http.StatusUnprocessableEntity, paySight(q, words["wrong_expiry"]), back)
		return
	case len(digits(r.PostForm.Get("code"))) != 3:
		show(w, http.StatusUnprocessableEntity, paySight(q, words["wrong_code"]), back)
		return
	}
	token := s.mint("tok")
	s.mu.Lock()
	err := s.record(entry{Op: opCard, Token: token, Text: behavesLike(number), Signs: signsOf(number, month)}, now)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, "the gateway cannot work at present", http.StatusServiceUnavailable)
		return
	}
	http.Redirect(w, r, withToken(back, token), http.StatusSeeOther)
}

func withToken(address, token string) string {
	u, err := url.Parse(address)
	if err != nil { // mayReturn has read it before.
		return address
	}
	q := u.Query()
	q.Set("token", token)
	u.RawQuery = q.Encode()
	return u.String()
}

// behavesLike names the standing token of a number. Any other well-formed number is a card that the bank does not know.
func behavesLike(number string) string {
	for name, t := range tokens {
		if t.number == number {
			return name
		}
	}
	return "tok_declined"
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// luhn says whether a card number is well formed (ISO/IEC 7812-1 annex B).
func luhn(number string) bool {
	if len(number) < 13 || len(number) > 19 {
		return false
	}
	sum := 0
	for n := range len(number) {
		digit := int(number[len(number)-1-n] - '0')
		if n%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}

// inFuture says whether a month has not ended yet.
func inFuture(month, now time.Time) bool { return now.Before(month.AddDate(0, 1, 0)) }

// codeRight is the code that confirms every test payment, and codeTries how often it may be typed wrong.
const (
	codeRight = "1234"
	codeTries = 3
)

// challengePage asks the buyer to confirm.
func (s *Sim) challengePage(w http.ResponseWriter, r *http.Request) { s.challenge(w, r, "") }

func (s *Sim) challenge(w http.ResponseWriter, r *http.Request, wrong string) {
	s.mu.Lock()
	a, no := s.find(r.PathValue("ref"), s.config.Now().UTC())
	sees := sight{Lang: r.URL.Query().Get("lang"), Style: "../style.css", Wrong: wrong}
	status, back := http.StatusOK, ""
	switch {
	case no != nil:
		status, sees.Over = http.StatusNotFound, "no_challenge"
	case a.result.State != payment.SaidChallenge:
		sees.Lang, sees.Over, back = a.lang, "answered", a.returnURL
	default:
		sees.Lang, sees.Text, sees.Card, back = a.lang, cut(a.text), a.card, a.returnURL
		sees.Amount = money.Of(a.amount, a.result.Authorized.Currency).Format(a.lang)
		if wrong != "" {
			status, sees.Wrong = http.StatusUnprocessableEntity, wordsIn(a.lang)[wrong]
		}
	}
	s.mu.Unlock()
	if sees.Over != "" {
		sees.Over = wordsIn(sees.Lang)[sees.Over]
	}
	show(w, status, sees, back)
}

// challengeForm takes the code, or the buyer's no, and sends the buyer back to the shop.
func (s *Sim) challengeForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	now := s.config.Now().UTC()
	s.mu.Lock()
	a, no := s.find(r.PathValue("ref"), now)
	if no != nil {
		s.mu.Unlock()
		s.challenge(w, r, "")
		return
	}
	e := s.answer(a, r.PostForm.Get("answer"), strings.TrimSpace(r.PostForm.Get("code")))
	if e.Op != "" {
		if err := s.record(e, now); err != nil {
			s.mu.Unlock()
			http.Error(w, "the gateway cannot work at present", http.StatusServiceUnavailable)
			return
		}
	}
	if e.Op == opAnswer {
		s.tell(a, eventOf(opAuthorize, a.result.State), now)
	}
	back, early := a.returnURL, a.behaviour.messages == sentEarly
	s.mu.Unlock()
	switch {
	case e.Op == opWrong:
		s.challenge(w, r, "wrong_answer")
	case back == "":
		s.challenge(w, r, "")
	default:
		if early {
			s.post.sendDue(r.Context(), false)
		}
		http.Redirect(w, r, back, http.StatusSeeOther)
	}
}

// answer judges what the buyer said. The zero entry says that the challenge was answered before. The lock is held.
func (s *Sim) answer(a *authorization, answer, code string) entry {
	e := entry{Op: opAnswer, Ref: a.result.Ref, State: payment.SaidDeclined}
	switch {
	case a.result.State != payment.SaidChallenge:
		return entry{}
	case answer == "cancel":
		e.Reason = payment.ReasonCancelled
	case code == codeRight:
		e.State, e.Amount = payment.SaidAuthorized, a.amount
	case a.tries+1 < codeTries:
		e.Op = opWrong
	default:
		e.Reason = "challenge_failed"
	}
	return e
}
