package exchange

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Class is what suits an investor, by what he has answered.
type Class string

// The classes, each with what suits the one before.
const (
	Cautious    Class = "cautious"
	Balanced    Class = "balanced"
	Experienced Class = "experienced"
)

// rank orders classes; no class at all comes first.
func (c Class) rank() int { return slices.Index([]Class{"", Cautious, Balanced, Experienced}, c) }

// Questionnaire is what investors are asked before they may trade: what they know, what they can lose, what they want
// (Directive 2014/65/EU art. 25, which asks for such a test; what it is scored by is ours).
type Questionnaire struct {
	Code        string     `json:"-"`
	Questions   []Question `json:"questions"`
	Balanced    int64      `json:"balanced"` // Balanced and Experienced are the scores from which on somebody belongs to the class.
	Experienced int64      `json:"experienced"`
}

// Question is one of a questionnaire, with what can be answered.
type Question struct {
	Code    string         `json:"code"`
	Text    text.Localized `json:"text"`
	Several bool           `json:"several,omitempty"` // Several lets more than one be chosen; the best of them counts.
	Choices []Choice       `json:"choices"`
}

// Choice is what can be answered to a question.
type Choice struct {
	Code  string         `json:"code"`
	Text  text.Localized `json:"text"`
	Score int64          `json:"score"`
}

// Answers are what was chosen, by the codes of questions.
type Answers map[string][]string

const (
	questionsMax = 50
	choicesMax   = 20
	scoreMax     = 1000
)

var wordShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// officeLanguages are those in which everything has to be said that an investor decides by.
var officeLanguages = []string{"kk", "ru", "en"}

func (q *Questionnaire) check() error {
	c := &checker{}
	c.shaped(q.Code, codeShape, "/code")
	c.within(int64(len(q.Questions)), 1, questionsMax, "/questions")
	c.within(q.Balanced, 0, q.Experienced, "/balanced")
	seen := map[string]bool{}
	most := int64(0)
	for n := range q.Questions {
		one, at := &q.Questions[n], "/questions/"+strconv.Itoa(n)
		c.shaped(one.Code, wordShape, at+"/code")
		c.when(seen[one.Code], at+"/code", fault.Say("Do not name the same thing twice."))
		seen[one.Code] = true
		one.Text = c.saidInAll(one.Text, at+"/text")
		c.within(int64(len(one.Choices)), 2, choicesMax, at+"/choices")
		most += one.check(c, at)
	}
	c.within(q.Experienced, 1, max(most, 1), "/experienced")
	return c.fault()
}

// check judges the choices of a question and gives the best score.
func (q *Question) check(c *checker, at string) (best int64) {
	seen := map[string]bool{}
	for n := range q.Choices {
		one, at := &q.Choices[n], at+"/choices/"+strconv.Itoa(n)
		c.shaped(one.Code, wordShape, at+"/code")
		c.when(seen[one.Code], at+"/code", fault.Say("Do not name the same thing twice."))
		seen[one.Code] = true
		one.Text = c.saidInAll(one.Text, at+"/text")
		c.within(one.Score, 0, scoreMax, at+"/score")
		best = max(best, one.Score)
	}
	return best
}

// saidInAll cleans a text that must be said in every language of the office.
func (c *checker) saidInAll(l text.Localized, pointer string) text.Localized {
	clean := c.named(l, pointer)
	for _, lang := range officeLanguages {
		c.when(clean[lang] == "", pointer+"/"+lang, fault.Say("Fill this in."))
	}
	return clean
}

// Score gives what answers come to and the class that they lead to. Each question has to be answered, with one choice or
// with several where it allows that, none of them twice; else it is ErrInvalid with the questions that are wrong.
func (q Questionnaire) Score(a Answers) (int64, Class, error) {
	c, score := &checker{}, int64(0)
	for _, one := range q.Questions {
		chosen := a[one.Code]
		c.when(len(chosen) == 0 || len(chosen) > 1 && !one.Several, "/answers/"+one.Code, fault.Say("Choose one of the values."))
		best := int64(0)
		if len(chosen) > len(one.Choices) { // At least one stands there twice, however many there are.
			chosen = chosen[:len(one.Choices)+1]
		}
		for i, code := range chosen {
			c.when(slices.Contains(chosen[:i], code), "/answers/"+one.Code, fault.Say("Do not name the same thing twice."))
			n := slices.IndexFunc(one.Choices, func(x Choice) bool { return x.Code == code })
			c.when(n < 0, "/answers/"+one.Code, fault.Say("Choose one of the values."))
			if n >= 0 {
				best = max(best, one.Choices[n].Score)
			}
		}
		score += best
	}
	c.when(len(a) > len(q.Questions), "/answers", fault.Say("Answer what is asked for, and nothing else."))
	switch {
	case score >= q.Experienced:
		return score, Experienced, c.fault()
	case score >= q.Balanced:
		return score, Balanced, c.fault()
	}
	return score, Cautious, c.fault()
}

// Publish puts down what investors are asked. It never changes, so that each answer can be read beside its question: the
// same again changes nothing, and another one under this code is ErrTaken.
func Publish(tx *db.Tx, q Questionnaire) error {
	if err := q.check(); err != nil {
		return err
	}
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	rows, err := exchangedb.New(tx).PublishQuestionnaire(tx.Context(), exchangedb.PublishQuestionnaireParams{Code: q.Code, Body: string(body)})
	if err != nil || rows == 1 {
		return err
	}
	there, err := exchangedb.New(tx).Questionnaire(tx.Context(), q.Code)
	if err == nil && there != string(body) {
		return ErrTaken.About("questionnaire %s", q.Code)
	}
	return err
}

// PresentQuestionnaire gives what investors are asked now, the last one by its code; ErrUnknown before there is any.
func PresentQuestionnaire(tx *db.Tx) (Questionnaire, error) {
	code, err := exchangedb.New(tx).LastQuestionnaire(tx.Context())
	if err != nil {
		return Questionnaire{}, missing(err, "questionnaire")
	}
	return GetQuestionnaire(tx, code)
}

// GetQuestionnaire gives what investors are asked, or ErrUnknown.
func GetQuestionnaire(tx *db.Tx, code string) (Questionnaire, error) {
	body, err := exchangedb.New(tx).Questionnaire(tx.Context(), code)
	if err != nil {
		return Questionnaire{}, missing(err, code)
	}
	q := Questionnaire{Code: code}
	return q, json.Unmarshal([]byte(body), &q)
}
