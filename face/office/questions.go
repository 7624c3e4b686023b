package office

import (
	"context"
	"net/url"

	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountQuestions(site *web.Site) {
	web.Page(site, "GET /office/questions", f.questions, web.Needs(ScopeQuestionsRead))
	web.Form(site, "POST /office/questions/{id}/decision", f.decideQuestion, web.Needs(ScopeQuestionsWrite))
	web.Form(site, "POST /office/questions/{id}/answer", f.answerQuestion, web.Needs(ScopeQuestionsWrite))
	web.Form(site, "POST /office/questions/{id}/answers/{answer}/decision", f.decideAnswer, web.Needs(ScopeQuestionsWrite))
}

type questionsAsk struct {
	State enquiry.State `query:"state" enum:"waiting,shown,refused" default:"waiting"`
	After enquiry.ID    `query:"after" maxLength:"60"`
}

// questionsView is a page of what is asked about the seller's goods, with the products that it is about.
type questionsView struct {
	State    enquiry.State
	Asked    []enquiry.Enquiry
	Products map[catalog.ProductID]catalog.Summary
	After    enquiry.ID // After is where the page before ended.
	Next     enquiry.ID
	Form     answerSaid // Form is what was typed and not taken.
}

// questions lists what is asked about the seller's goods in a state, what waits longest first.
func (f face) questions(tx *db.Tx, in questionsAsk) (web.View, error) {
	v, err := loadQuestions(tx, in)
	return questionsPage(f.page("questions", t(tx.Context(), "nav.questions")), v), err
}

func loadQuestions(tx *db.Tx, in questionsAsk) (questionsView, error) {
	v := questionsView{State: in.State, After: in.After}
	var err error
	if v.Asked, v.Next, err = enquiry.Queue(tx, sellerOf(tx), in.State, in.After, listed); err != nil {
		return v, err
	}
	if len(v.Asked) == 0 && in.After != "" { // All of the page was decided.
		return loadQuestions(tx, questionsAsk{State: in.State})
	}
	ids := make([]catalog.ProductID, len(v.Asked))
	for i, e := range v.Asked {
		ids[i] = e.Product
	}
	v.Products, err = summariesOf(tx, ids)
	return v, err
}

// questionSaid is what is said about a question: what is decided about it or about an answer to it, or what is answered.
type questionSaid struct {
	ID      enquiry.ID    `path:"id" maxLength:"60"`
	Version int64         `json:"version"`
	Before  enquiry.State `json:"before" enum:"waiting,shown,refused"` // Before is the list from which it came, and After its page.
	After   enquiry.ID    `json:"after,omitempty" maxLength:"60"`
	State   enquiry.State `json:"state,omitempty" enum:"shown,refused"`
	Words   string        `json:"words,omitempty" maxLength:"6000"` // Words are the reason or the answer.
}

// decideQuestion shows a question or refuses it, and leads back to the list.
func (f face) decideQuestion(tx *db.Tx, in questionSaid) (web.Then, error) {
	var err error
	if in.State == enquiry.StateShown {
		_, err = enquiry.Show(tx, in.ID, in.Version)
	} else {
		in.State = enquiry.StateRefused
		_, err = enquiry.Refuse(tx, in.ID, in.Version, in.Words)
	}
	return f.afterQuestion(tx, answerSaid{questionSaid: in}, err)
}

// answerQuestion writes the answer of the seller; an empty one takes it away.
func (f face) answerQuestion(tx *db.Tx, in questionSaid) (web.Then, error) {
	in.State = ""
	_, err := enquiry.Reply(tx, in.ID, in.Version, enquiry.Draft{Lang: web.Lang(tx.Context()), Body: in.Words})
	return f.afterQuestion(tx, answerSaid{questionSaid: in}, err)
}

// answerSaid is what is decided about an answer; without one it is what is said about the question.
type answerSaid struct {
	questionSaid
	Answer enquiry.AnswerID `path:"answer" maxLength:"60"`
}

// decideAnswer shows the answer of a buyer or refuses it.
func (f face) decideAnswer(tx *db.Tx, in answerSaid) (web.Then, error) {
	var err error
	if in.State == enquiry.StateShown {
		_, err = enquiry.ShowAnswer(tx, in.ID, in.Version, in.Answer)
	} else {
		in.State = enquiry.StateRefused
		_, err = enquiry.RefuseAnswer(tx, in.ID, in.Version, in.Answer, in.Words)
	}
	return f.afterQuestion(tx, in, err)
}

// afterQuestion leads back to the page of the list, or shows it again with what is wrong.
func (f face) afterQuestion(tx *db.Tx, in answerSaid, err error) (web.Then, error) {
	if err == nil {
		return see(listPage("questions", string(in.Before), string(in.After)), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadQuestions(tx, questionsAsk{State: in.Before, After: in.After})
	v.Form = in
	p := f.page("questions", t(tx.Context(), "nav.questions"))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(questionsPage(p, v)), bad
}

// listPage names a page of a list of what people have written.
func listPage(list, state, after string) string {
	q := url.Values{"state": {state}}
	if after != "" {
		q.Set("after", after)
	}
	return list + "?" + q.Encode()
}

// reasonOf is the reason that was typed for a question, or for an answer to it, and not taken.
func (v questionsView) reasonOf(id enquiry.ID, answer enquiry.AnswerID) string {
	if v.Form.ID == id && v.Form.Answer == answer && v.Form.State == enquiry.StateRefused {
		return v.Form.Words
	}
	return ""
}

// decided is what can be decided about a question, or about an answer to it.
type decided struct {
	Action string
	State  enquiry.State
	Hidden bool   // Hidden says that it cannot be shown: nobody sees the question.
	Reason string // Reason is the one that was typed and not taken.
}

func (v questionsView) deciding(ctx context.Context, e enquiry.Enquiry) decided {
	return decided{Action: string(to(ctx, "questions", string(e.ID), "decision")), State: e.State, Reason: v.reasonOf(e.ID, "")}
}

func (v questionsView) decidingAnswer(ctx context.Context, e enquiry.Enquiry, a enquiry.Answer) decided {
	return decided{Action: string(to(ctx, "questions", string(e.ID), "answers", string(a.ID), "decision")), State: a.State,
		Hidden: e.State != enquiry.StateShown, Reason: v.reasonOf(e.ID, a.ID)}
}

// answerOf is the answer of the seller that was typed and not taken, or the one that stands.
func (v questionsView) answerOf(e enquiry.Enquiry) string {
	if v.Form.ID == e.ID && v.Form.Answer == "" && v.Form.State == "" {
		return v.Form.Words
	}
	for _, a := range e.Answers {
		if a.BySeller {
			return a.Body
		}
	}
	return ""
}
