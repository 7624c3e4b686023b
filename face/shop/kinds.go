package shop

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/attachment"
	"sauda/core/booking"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/digital"
	"sauda/core/gift"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/web"
)

// saved is what a bundle costs less than its parts would by themselves.
func (s shown) saved() (saved money.Money, saves bool) {
	offer := s.Offers[s.Chosen.ID]
	sum := money.Of(0, offer.Price.Currency)
	for _, part := range s.Parts {
		price, err := measure.Price(part.Price, part.Quantity, money.HalfUp)
		if err != nil || price.Currency != sum.Currency {
			return money.Money{}, false
		}
		if sum, err = sum.Add(price); err != nil {
			return money.Money{}, false
		}
	}
	saved, err := sum.Sub(offer.Price)
	return saved, err == nil && saved.IsPositive()
}

// bought is a line of an order as the buyer chose it: a bundle is one, with what became of its parts.
type bought struct {
	pricing.QuoteLine
	Parts []pricing.QuoteLine
	Came  []string
}

// boughtOf gives the lines of an order as they were chosen.
func boughtOf(ctx context.Context, o order.Order) []bought {
	var all []bought
	for _, l := range o.Quote.Shown() {
		b := bought{QuoteLine: l, Parts: o.Quote.PartsOf(l.Line)}
		for _, x := range o.Lines {
			switch {
			case x.Line == l.Line:
				b.Came = append(b.Came, came(ctx, x)...)
			case x.Bundle == l.Line:
				for _, said := range came(ctx, x) {
					b.Came = append(b.Came, strings.TrimSpace(in(ctx, x.Name)+" "+in(ctx, x.Label))+": "+said)
				}
			}
		}
		all = append(all, b)
	}
	return all
}

// answerPrefix stands before the code of a question in the name of its field.
const answerPrefix = "a_"

func answerField(code string) string { return answerPrefix + code }

// answersIn gives the answers that were typed, by their codes; what was left empty is no answer.
func answersIn(values url.Values) map[string]string {
	var answers map[string]string
	for name := range values {
		code, ok := strings.CutPrefix(name, answerPrefix)
		if !ok {
			continue
		}
		if answers == nil {
			answers = map[string]string{}
		}
		if typed := strings.TrimSpace(values.Get(name)); typed != "" {
			answers[code] = typed
		}
	}
	return answers
}

// addMade puts a thing that is made to order into the basket at the price of its answers, or only says that price.
func (f *face) addMade(tx *db.Tx, in picked, q measure.Quantity, then web.Then) (web.Then, error) {
	s, err := f.show(tx, in.Product, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	answers := answersIn(in.Values)
	asking := in.Values.Get("act") == "price"
	if asking { // A price does not depend on the files.
		answers = withFiles(answers, s.filesAsked())
	}
	if s.Priced, err = madePrice(s, in.Variant, answers); err != nil || asking {
		return f.showAgain(tx, in, s, err), nil
	}
	if first, err := web.Once(tx, in.Key+" "+string(in.Variant)+" "+q.String()+" "+catalog.AnswersKey(answers)); err != nil || !first {
		return then, err
	}
	err = f.put(tx, in.visitor, cart.Addition{Variant: in.Variant, Quantity: q, PriceSeen: s.Priced, Source: in.Source, Answers: answers})
	if refused(err) {
		return f.showAgain(tx, in, s, err), nil
	}
	return then, err
}

// madePrice is what one unit costs by some answers.
func madePrice(s shown, v catalog.VariantID, answers map[string]string) (money.Money, error) {
	m, price := s.Page.Kind.Made, s.Offers[v].Price
	if m == nil {
		return price, cart.ErrAnswered.About("%s is not made to order", s.Page.ID)
	}
	judged, err := m.Answered(answers)
	if err != nil {
		return money.Money{}, err
	}
	if m.Quoted { // The seller names it when he has read them.
		return money.Of(0, m.Currency), nil
	}
	return m.Price(price, judged)
}

// wrongAnswer marks the field of an answer that is not right.
func (s shown) wrongAnswer(q catalog.Question) templ.Attributes {
	if s.Form.Wrong["answers/"+q.Code] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": answerField(q.Code) + "-wrong"}
}

// choiceWords names a choice, with what it costs more.
func choiceWords(ctx context.Context, s shown, x catalog.QuestionChosen) string {
	if x.Surcharge == 0 {
		return in(ctx, x.Name)
	}
	return in(ctx, x.Name) + " (+" + amount(ctx, money.Of(x.Surcharge, s.Page.Kind.Made.Currency)) + ")"
}

// answerWords says what was answered.
func answerWords(ctx context.Context, a catalog.Answer) string {
	switch a.Kind {
	case catalog.QuestionChoice:
		return in(ctx, a.Name)
	case catalog.QuestionNumber:
		text := a.Text
		if q, err := measure.Parse(a.Text); err == nil {
			text = q.Format(web.Lang(ctx))
		}
		return strings.TrimSpace(text + "\u00a0" + unitWords(ctx, a.Unit))
	}
	return a.Text
}

const (
	madeBody = catalog.QuestionFilesMax*attachment.BytesMax + 1<<20 // madeBody is the files and the other fields.
	madeTime = 5 * time.Minute                                      // madeTime is how long files may take over a slow line.
)

// buying says where the form of a product goes: one that brings files goes in parts.
func (s shown) buying(ctx context.Context) templ.Attributes {
	if len(s.filesAsked()) > 0 {
		return templ.Attributes{"action": string(to(ctx, "/basket/made")), "enctype": "multipart/form-data"}
	}
	return templ.Attributes{"action": string(to(ctx, "/basket/lines"))}
}

// filesAsked are the codes of the questions for files.
func (s shown) filesAsked() (codes []string) {
	if s.Page.Kind.Made != nil {
		for _, q := range s.Page.Kind.Made.Questions {
			if q.Kind == catalog.QuestionFile {
				codes = append(codes, q.Code)
			}
		}
	}
	return codes
}

// pickedWithFiles is the form of a thing that is made by files: each comes by the field of its question.
type pickedWithFiles struct {
	picked
	Files web.Files `json:"a_*"`
}

// broughtFile is a file that came with a form, or why it was not taken.
type broughtFile struct {
	code    string // code is that of the question.
	kept    attachment.Kept
	refused error
}

// keepFiles keeps the files of a form, of which nobody knows yet.
func (f *face) keepFiles(ctx context.Context, in pickedWithFiles) (all []broughtFile, err error) {
	if in.Values.Get("act") == "price" || len(in.Files) > catalog.QuestionFilesMax { // No page of ours sends more; they are then missed.
		return nil, nil
	}
	for _, file := range in.Files {
		if file.Size == 0 {
			continue
		}
		b := broughtFile{code: strings.TrimPrefix(file.Field, answerPrefix)}
		if b.kept, err = f.keepFile(ctx, in.Key, file); err != nil {
			if no := fault.Of(err); no.Kind != fault.Invalid && no.Kind != fault.TooLarge {
				return nil, err
			}
			b.refused = err
		}
		all = append(all, b)
	}
	return all, nil
}

func (f *face) keepFile(ctx context.Context, key string, file web.File) (attachment.Kept, error) {
	r, err := file.Open()
	if err != nil {
		return attachment.Kept{}, err
	}
	defer r.Close() //nolint:errcheck // It was only read.
	return f.Attached.Keep(ctx, key, attachment.Brought{Body: r, Size: file.Size, Name: file.Name})
}

// addWithFiles puts a thing into the basket that is made by files.
func (f *face) addWithFiles(tx *db.Tx, in pickedWithFiles, brought []broughtFile) (web.Then, error) {
	s, err := f.show(tx, in.Product, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	var codes []string
	var kept []attachment.Kept
	var wrong []fault.Field
	for _, b := range brought {
		switch {
		case !slices.Contains(s.filesAsked(), b.code) || slices.Contains(codes, b.code):
		case b.refused != nil:
			wrong = append(wrong, fault.Found("/answers/"+b.code, b.refused))
		default:
			codes, kept = append(codes, b.code), append(kept, b.kept)
		}
	}
	if len(wrong) > 0 {
		return f.showAgain(tx, in.picked, s, catalog.ErrAnswers.Fields(wrong...)), nil
	}
	if len(kept) == 0 {
		return f.add(tx, in.picked)
	}
	if _, err := madePrice(s, in.Variant, withFiles(answersIn(in.Values), codes)); err != nil {
		return f.showAgain(tx, in.picked, s, err), nil
	}
	// The same form again brings the same files, and adds nothing more.
	if first, err := web.Once(tx, in.Key+" file"); err != nil || !first {
		return web.See("/basket"), err
	}
	id, err := current(tx, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	files, err := attachment.Note(tx, cmp.Or(string(id), in.Key), kept...) // A basket that is not there yet is this form's.
	if refused(err) {
		return f.showAgain(tx, in.picked, s, err), nil
	}
	if err != nil {
		return web.Then{}, err
	}
	for i, file := range files {
		in.Values.Set(answerField(codes[i]), string(file.ID))
	}
	return f.add(tx, in.picked)
}

// withFiles gives answers in which the questions for files with these codes are answered.
func withFiles(answers map[string]string, codes []string) map[string]string {
	all := make(map[string]string, len(answers)+len(codes))
	maps.Copy(all, answers)
	for _, code := range codes {
		all[code] = "later"
	}
	return all
}

// grantsOf gives what an order has of files and codes to its buyer, without a statement for an order of things.
func grantsOf(tx *db.Tx, o order.Order) ([]digital.Grant, error) {
	who := tx.Who()
	bought := slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.Digital != nil })
	if !bought || who.Kind != db.KindBuyer && who.Kind != db.KindGuest { // What was bought is not for the staff.
		return nil, nil
	}
	return digital.Of(tx, string(o.ID))
}

// fetchable tells whether a file may be fetched now.
func (v orderView) fetchable(g digital.Grant, x digital.Fetchable) bool {
	return g.Open(v.Now) && x.Left > 0
}

// chooser is the page on which a buyer chooses of a service; empty where nobody chooses in this shop.
func (s shown) chooser() string {
	switch s.Page.Kind.Service.Way {
	case course.WayName:
		return "/course/" + string(s.Product.ID)
	case booking.WayName:
		return "/booking/" + string(s.Product.ID)
	case gift.WayName:
		return "/gift/" + string(s.Product.ID)
	case utility.WayName:
		return "/bills"
	case agreement.WayName:
		if s.Plan.Offered {
			return "/subscribe/" + string(s.Product.ID)
		}
	}
	return ""
}

// billed tells whether a kind is what bills are paid by. It has no price of its own: each account owes another sum.
func billed(k catalog.Kind) bool { return k.Service != nil && k.Service.Way == utility.WayName }

// billed tells whether the page leads to the bills.
func (s shown) billed() bool { return s.State == catalog.StateOnSale && billed(s.Page.Kind) }

// lineTitle is what a line of the order is called.
func (v orderView) lineTitle(ctx context.Context, line string) string {
	l, err := v.Line(line)
	if err != nil {
		return line
	}
	return strings.TrimSpace(in(ctx, l.Name) + " " + in(ctx, l.Label))
}

// delivered tells whether anything of a quote comes to an address.
func delivered(q pricing.Quote) bool {
	return len(q.Lines) == 0 || slices.ContainsFunc(q.Lines, func(l pricing.QuoteLine) bool { return !l.Bodiless() })
}

// lastStep is the number of the step in which the purchase is paid.
func (d desk) lastStep() string {
	if d.Fetched() {
		return "2"
	}
	return "3"
}

type contacted struct {
	web.Typed
	visitor
	Email string `json:"email" maxLength:"254"`
	Phone string `json:"phone,omitempty" maxLength:"30"`
}

// setContact notes how to reach the buyer of what is only fetched.
func (f *face) setContact(tx *db.Tx, in contacted) (web.Then, error) {
	if in.lapsed(tx.Context()) {
		return web.See(entranceTo("/checkout")), nil
	}
	d, there, err := f.deskOf(tx, in.visitor)
	if err != nil || !there {
		return web.See("/basket"), err
	}
	if in.OK() {
		if err = cart.SetContact(tx, d.Cart.ID, cart.Contact{Email: in.Email, Phone: in.Phone}); err == nil {
			return web.See("/checkout"), cart.Speak(tx, d.Cart.ID, web.Lang(tx.Context()))
		}
		if !refused(err) {
			return web.Then{}, err
		}
	}
	d.Step, d.Form = stepAddress, typed(tx.Context(), in.Typed, err)
	return web.Again(checkoutPage(d)), nil
}

// unitWords writes the unit of a number: its sign where it is one of UN/ECE Recommendation 20, or as the seller wrote it.
func unitWords(ctx context.Context, unit string) string {
	if u := measure.Unit(unit); u.Valid() {
		return u.Sign(web.Lang(ctx))
	}
	return unit
}

// questionLabel is a question with the unit in which it is answered.
func questionLabel(ctx context.Context, q catalog.Question) string {
	if q.Unit == "" {
		return in(ctx, q.Label)
	}
	return in(ctx, q.Label) + ", " + unitWords(ctx, q.Unit)
}
