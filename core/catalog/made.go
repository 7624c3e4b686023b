package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog/formula"
)

// Made is a thing that is made for the buyer who orders it: by his measures, with his words. There is no stock of it.
type Made struct {
	Questions []Question `json:"questions,omitempty" maxItems:"20" doc:"What the buyer is asked for."`
	Days      int        `json:"days,omitempty" minimum:"0" maximum:"365" doc:"In how many days it is made, before it can be sent."`
	// Currency is that of the surcharges and of the numbers of the formula.
	Currency money.Currency `json:"currency" maxLength:"3" doc:"The currency of surcharges and of the formula; in others it is not sold."`
	// Formula gives the price of one unit in whole units of the currency: of price (that of the list), options (the sum of
	// the surcharges), and the codes of questions. Without one it is price + options.
	Formula string `json:"formula,omitempty" maxLength:"500" doc:"The price of one unit in the currency, such as max(price, width * height / 10000 * 4500) + options. A number stands under the code of its question, a text is the number of its characters, a choice is its surcharge."`
	// Quoted says that the seller names the price to each buyer by himself, when he has read the answers. What the list and the
	// formula say is then only from where it begins.
	Quoted bool `json:"quoted,omitempty" doc:"The seller names the price to each buyer, who asks for it by his answers; it is not put into a basket before."`
}

// QuestionKind says how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	QuestionText   QuestionKind = "text"
	QuestionNumber QuestionKind = "number"
	QuestionChoice QuestionKind = "choice"
	QuestionFile   QuestionKind = "file" // QuestionFile is answered by a file that the buyer brings.
)

// QuestionKinds are all kinds, in the order in which they are offered.
var QuestionKinds = []QuestionKind{QuestionText, QuestionNumber, QuestionChoice, QuestionFile}

// Question is what a buyer is asked for before the thing is made.
type Question struct {
	Code     string           `json:"code" maxLength:"30" doc:"Small Latin letters, digits and underscores: the name in the formula."`
	Kind     QuestionKind     `json:"kind" enum:"text,number,choice,file"`
	Label    text.Localized   `json:"label"`
	Optional bool             `json:"optional,omitempty"`
	Most     int              `json:"most,omitempty" minimum:"0" maximum:"1000" doc:"How many characters a text may have; 100 when absent."`
	Unit     string           `json:"unit,omitempty" maxLength:"20" doc:"The unit of a number: a code of UN/ECE Recommendation 20, such as CMT, or any sign."`
	Least    string           `json:"least,omitempty" maxLength:"16" doc:"The smallest number, a decimal."`
	Greatest string           `json:"greatest,omitempty" maxLength:"16" doc:"The greatest number, a decimal."`
	Choices  []QuestionChosen `json:"choices,omitempty" maxItems:"50"`
}

// QuestionChosen is one of the values of a choice.
type QuestionChosen struct {
	Code      string         `json:"code" maxLength:"100"`
	Name      text.Localized `json:"name"`
	Surcharge int64          `json:"surcharge,omitempty" minimum:"0" doc:"What it costs more, in minor units of the currency."`
}

// Answer is what a buyer answered to a question, as an order keeps it.
type Answer struct {
	Code      string
	Kind      QuestionKind
	Label     text.Localized
	Text      string         // Text is what was written, the number, the code of the choice, or the id of the file.
	Name      text.Localized `json:",omitempty"` // Name is that of the choice.
	Unit      string         `json:",omitempty"`
	Surcharge int64          `json:",omitempty"`
}

// Limits of what is made to order.
const (
	QuestionsMax = 20
	// QuestionFilesMax bounds the files that are asked for: they come in one form, of 20 MB each.
	QuestionFilesMax = 5
	answerMax        = 1_000 // answerMax bounds the characters of a text.
	answerUsual      = 100
	choicesOfMax     = 50
	daysMax          = 365
	surchargeMax     = 1_000_000_000_000
	numberDigitsMax  = 12
)

// Faults of what is made to order.
var (
	// ErrAnswers names by their codes the questions that are not answered rightly.
	ErrAnswers = fault.New(fault.Invalid, "catalog.answers", "This is made to order. Answer the marked questions.")
	ErrAmount  = fault.New(fault.Conflict, "catalog.no_amount", "By these answers there is no price. Change them, or ask the seller.")
)

// The names that every formula knows.
const (
	namePrice   = "price"
	nameOptions = "options"
)

// made gives what is made to order cleaned.
func (c *checker) made(m Made) Made {
	const at = "/kind/made"
	if m.Currency.Check() != nil {
		c.wrong(at+"/currency", fault.Say("Name a currency by its code, for example KZT."))
	}
	if m.Days < 0 || m.Days > daysMax {
		c.wrong(at+"/days", fault.Say("Choose from 0 to {n} days.").With("n", daysMax))
	}
	if len(m.Questions) > QuestionsMax {
		c.wrong(at+"/questions", fault.Say("Ask at most {n} questions.").With("n", QuestionsMax))
		return m
	}
	names := []string{namePrice, nameOptions}
	seen := map[string]bool{namePrice: true, nameOptions: true}
	questions, files := make([]Question, len(m.Questions)), 0
	for i, q := range m.Questions {
		at := at + "/questions/" + strconv.Itoa(i)
		questions[i] = c.question(at, q)
		if !formula.Name(q.Code) || seen[q.Code] {
			c.wrong(at+"/code", fault.Say("Give each question a code of its own: small Latin letters, digits and underscores, a letter first."))
		}
		seen[q.Code] = true
		if q.Kind != QuestionFile {
			names = append(names, q.Code)
		} else if files++; files > QuestionFilesMax {
			c.wrong(at+"/kind", fault.Say("Ask for at most {n} files.").With("n", QuestionFilesMax))
		}
	}
	m.Questions = questions
	m.Formula = strings.TrimSpace(m.Formula)
	if m.Formula != "" {
		c.formula(at+"/formula", m, names)
	}
	return m
}

// formula refuses a formula that cannot be read, or that has no price for the least answers.
func (c *checker) formula(at string, m Made, names []string) {
	f, err := formula.Parse(m.Formula)
	if err == nil {
		err = f.Check(names...)
	}
	if err == nil {
		values := map[string]*big.Rat{namePrice: big.NewRat(1, 1), nameOptions: new(big.Rat)}
		for _, q := range m.Questions {
			values[q.Code] = new(big.Rat)
			if n, ok := formula.Decimal(q.Greatest); ok && q.Kind == QuestionNumber {
				values[q.Code] = n
			}
		}
		_, err = f.Value(values)
	}
	if err != nil {
		c.fields = append(c.fields, fault.Found(at, err))
	}
}

func (c *checker) question(at string, q Question) Question {
	q.Label = c.localized(at+"/label", q.Label, NameMax)
	if q.Label.IsEmpty() {
		c.wrong(at+"/label", fault.Say("Write the question in at least one language."))
	}
	switch q.Kind {
	case QuestionText:
		if q.Most == 0 {
			q.Most = answerUsual
		}
		if q.Most < 1 || q.Most > answerMax {
			c.wrong(at+"/most", fault.Say("Allow from 1 to {n} characters.").With("n", answerMax))
		}
	case QuestionNumber:
		q.Unit = c.plain(at+"/unit", q.Unit, 20)
		least, low := formula.Decimal(q.Least)
		greatest, high := formula.Decimal(q.Greatest)
		if !low || !high || least.Cmp(greatest) > 0 {
			c.wrong(at+"/greatest", fault.Say("Give the smallest and the greatest number, such as 30 and 240.5."))
		}
	case QuestionChoice:
		q.Choices = c.chosen(at+"/choices", q.Choices)
	case QuestionFile:
	default:
		c.wrong(at+"/kind", fault.Say("Say text, number, choice or file."))
	}
	return q
}

func (c *checker) chosen(at string, choices []QuestionChosen) []QuestionChosen {
	if len(choices) == 0 || len(choices) > choicesOfMax {
		c.wrong(at, fault.Say("Give from 1 to {n} values to choose from.").With("n", choicesOfMax))
		return choices
	}
	cleaned, seen := make([]QuestionChosen, len(choices)), map[string]bool{}
	for i, x := range choices {
		at := at + "/" + strconv.Itoa(i)
		x.Code, x.Name = c.code(at+"/code", x.Code), c.localized(at+"/name", x.Name, NameMax)
		if x.Name.IsEmpty() || seen[x.Code] {
			c.wrong(at+"/name", fault.Say("Give each value a code and a name of its own."))
		}
		seen[x.Code] = true
		if x.Surcharge < 0 || x.Surcharge > surchargeMax {
			c.wrong(at+"/surcharge", fault.Say("Write the surcharge as an amount of zero or more."))
		}
		cleaned[i] = x
	}
	return cleaned
}

// Answered judges the answers of a buyer, by the codes of the questions, and gives them in the order of the questions. What
// is not asked for, is missing or does not fit is ErrAnswers. Whose a file is does not count here.
func (m Made) Answered(answers map[string]string) ([]Answer, error) {
	c := checker{}
	var all []Answer
	known := 0
	for _, q := range m.Questions {
		typed, given := answers[q.Code]
		if given {
			known++
		}
		typed = c.plain("/answers/"+q.Code, typed, answerMax)
		if typed == "" {
			if !q.Optional {
				c.wrong("/answers/"+q.Code, fault.Say("Fill this in."))
			}
			continue
		}
		all = append(all, c.answer(q, typed))
	}
	if known < len(answers) {
		c.wrong("/answers", fault.Say("Answer what is asked for, and nothing else."))
	}
	return all, ErrAnswers.Fields(c.fields...)
}

func (c *checker) answer(q Question, typed string) Answer {
	a, at := Answer{Code: q.Code, Kind: q.Kind, Label: q.Label, Text: typed}, "/answers/"+q.Code
	switch q.Kind {
	case QuestionText:
		if utf8.RuneCountInString(typed) > q.Most {
			c.wrong(at, fault.Say("Use at most {n} characters.").With("n", q.Most))
		}
	case QuestionNumber:
		a.Text, a.Unit = strings.ReplaceAll(typed, ",", "."), q.Unit
		n, ok := formula.Decimal(a.Text)
		least, _ := formula.Decimal(q.Least)
		greatest, _ := formula.Decimal(q.Greatest)
		if !ok || len(a.Text) > numberDigitsMax || n.Cmp(least) < 0 || n.Cmp(greatest) > 0 {
			c.wrong(at, fault.Say("Write a number from {least} to {greatest}.").With("least", q.Least).With("greatest", q.Greatest))
		}
	case QuestionChoice:
		for _, x := range q.Choices {
			if x.Code == typed {
				a.Name, a.Surcharge = x.Name, x.Surcharge
				return a
			}
		}
		c.wrong(at, fault.Say("Choose one of the values."))
	}
	return a
}

// FilesIn gives the files among some answers, by their ids.
func FilesIn(answers []Answer) (ids []string) {
	for _, a := range answers {
		if a.Kind == QuestionFile {
			ids = append(ids, a.Text)
		}
	}
	return ids
}

// Surcharges is what the choices of some answers cost more.
func Surcharges(answers []Answer) (sum int64) {
	for _, a := range answers {
		sum += a.Surcharge // Twenty of the greatest fit.
	}
	return sum
}

// Price gives what one unit costs by its answers, when the list says price. What comes out is rounded half up to a minor
// unit; nothing, or less, is ErrAmount.
func (m Made) Price(price money.Money, answers []Answer) (money.Money, error) {
	if m.Currency != price.Currency {
		return money.Money{}, ErrAmount.About("%s, not %s", price.Currency, m.Currency)
	}
	source := m.Formula
	if source == "" {
		source = namePrice + "+" + nameOptions
	}
	f, err := formula.Parse(source)
	if err != nil {
		return money.Money{}, err
	}
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(price.Currency.Digits())), nil))
	whole := func(minor int64) *big.Rat { return new(big.Rat).Quo(big.NewRat(minor, 1), scale) }
	values := map[string]*big.Rat{namePrice: whole(price.Minor), nameOptions: whole(Surcharges(answers))}
	for _, q := range m.Questions {
		values[q.Code] = new(big.Rat) // What is not answered counts as nothing.
	}
	for _, a := range answers {
		switch a.Kind {
		case QuestionText:
			values[a.Code] = big.NewRat(int64(utf8.RuneCountInString(a.Text)), 1)
		case QuestionChoice:
			values[a.Code] = whole(a.Surcharge)
		case QuestionNumber:
			if n, ok := formula.Decimal(a.Text); ok {
				values[a.Code] = n
			}
		}
	}
	value, err := f.Value(values)
	if err != nil {
		return money.Money{}, ErrAmount.About("%w", err)
	}
	minor := formula.Round(new(big.Rat).Mul(value, scale)).Num()
	if minor.Sign() <= 0 || !minor.IsInt64() || minor.Int64() > amountMax {
		return money.Money{}, ErrAmount.About("it comes to %s", minor)
	}
	return money.Of(minor.Int64(), price.Currency), nil
}

// Least gives what one unit costs with the cheapest choices, the smallest numbers and nothing that need not be answered,
// when the list says price: what "from" means. Only a formula by which something larger costs less goes below it.
func (m Made) Least(price money.Money) (money.Money, error) {
	var answers []Answer
	for _, q := range m.Questions {
		a := Answer{Code: q.Code, Kind: q.Kind}
		switch {
		case q.Optional:
			continue
		case q.Kind == QuestionText:
			a.Text = "x"
		case q.Kind == QuestionNumber:
			a.Text = q.Least
		case q.Kind == QuestionChoice && len(q.Choices) > 0:
			cheapest := slices.MinFunc(q.Choices, func(x, y QuestionChosen) int { return cmp.Compare(x.Surcharge, y.Surcharge) })
			a.Text, a.Surcharge = cheapest.Code, cheapest.Surcharge
		}
		answers = append(answers, a)
	}
	return m.Price(price, answers)
}

// Varies says whether other answers cost another price.
func (m Made) Varies() bool {
	surcharged := func(x QuestionChosen) bool { return x.Surcharge > 0 }
	return m.Quoted || m.Formula != "" || slices.ContainsFunc(m.Questions, func(q Question) bool { return slices.ContainsFunc(q.Choices, surcharged) })
}

// Asks says whether a buyer must answer anything before it can be ordered.
func (m Made) Asks() bool {
	return slices.ContainsFunc(m.Questions, func(q Question) bool { return !q.Optional })
}

// amountMax is more than any one thing costs, and small enough to be multiplied.
const amountMax = 1_000_000_000_000_000

// AnswersKey is a short name of some answers: the same for the same, and none for none.
func AnswersKey(answers map[string]string) string {
	if len(answers) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(encode(answers))) // Encoded in the order of the codes.
	return hex.EncodeToString(sum[:8])
}
