package api

import (
	"slices"
	"time"

	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountQuestions(api *web.API) {
	web.Query(api, "GET /v1/products/{id}/questions", listQuestions, web.Public(),
		web.Doc("List what buyers ask about a product, the newest first, with what is answered.", "Questions"))
	web.Command(api, "POST /v1/products/{id}/questions", askQuestion, web.SignedIn(), web.Status(201),
		web.Doc("Ask about a product. It is shown when the seller's staff has read it. The same words are the same question; at most 10 in a day.", "Questions"),
		web.Faults(enquiry.ErrInvalid, enquiry.ErrBuyer, enquiry.ErrMany, catalog.ErrUnknown, account.ErrGuest))
	web.Command(api, "DELETE /v1/questions/{id}", withdrawQuestion, web.SignedIn(),
		web.Doc("Withdraw a question, with its answers.", "Questions"), web.Faults(enquiry.ErrUnknown, enquiry.ErrBuyer, enquiry.ErrChanged))
	web.Command(api, "PUT /v1/questions/{id}/answer", sayAnswer, web.SignedIn(),
		web.Doc("Answer a question about a product that was delivered to the buyer, or write the answer anew. It is shown when the seller's staff has read it.", "Questions"),
		web.Faults(enquiry.ErrUnknown, enquiry.ErrInvalid, enquiry.ErrBuyer, enquiry.ErrReceived, enquiry.ErrChanged, account.ErrGuest))
	web.Command(api, "DELETE /v1/questions/{id}/answer", unsayAnswer, web.SignedIn(),
		web.Doc("Take the own answer away. Without one nothing is taken away.", "Questions"), web.Faults(enquiry.ErrUnknown, enquiry.ErrBuyer, enquiry.ErrChanged))
	web.Query(api, "GET /v1/me/questions", myQuestions, web.SignedIn(),
		web.Doc("List what the buyer has asked, the newest first, with the answers that are shown.", "Questions"), web.Faults(enquiry.ErrBuyer))
	web.Query(api, "GET /v1/office/questions", officeQuestions, web.Needs(scopeQuestionsRead),
		web.Doc("List what is asked about the seller's goods in a state, the oldest first. Those of which an answer waits are among the waiting.", "Office: questions"),
		web.Faults(enquiry.ErrDenied))
	web.Command(api, "PUT /v1/office/questions/{id}/decision", decideQuestion, web.Needs(scopeQuestionsWrite),
		web.Doc("Show a question to everybody, or refuse it with a reason for its author. The version is the one that was read.", "Office: questions"),
		web.Faults(enquiry.ErrUnknown, enquiry.ErrDenied, enquiry.ErrChanged, enquiry.ErrJudged, enquiry.ErrInvalid))
	web.Command(api, "PUT /v1/office/questions/{id}/answer", replyQuestion, web.Needs(scopeQuestionsWrite),
		web.Doc("Answer for the seller, and show a question that waits; an empty answer takes the one before away.", "Office: questions"),
		web.Faults(enquiry.ErrUnknown, enquiry.ErrDenied, enquiry.ErrChanged, enquiry.ErrInvalid))
	web.Command(api, "PUT /v1/office/questions/{id}/answers/{answer}/decision", decideAnswer, web.Needs(scopeQuestionsWrite),
		web.Doc("Show the answer of a buyer, or refuse it with a reason for him.", "Office: questions"),
		web.Faults(enquiry.ErrUnknown, enquiry.ErrNoAnswer, enquiry.ErrDenied, enquiry.ErrChanged, enquiry.ErrJudged, enquiry.ErrUnshown, enquiry.ErrInvalid))
}

// saidView is an answer as everybody sees it.
type saidView struct {
	ID       enquiry.AnswerID `json:"id"`
	BySeller bool             `json:"by_seller"`
	Author   string           `json:"author,omitempty" doc:"The first name and the initial of the next of a buyer; absent for the seller, and when the buyer has left."`
	Lang     string           `json:"lang,omitempty"`
	Text     string           `json:"text"`
	State    enquiry.State    `json:"state" enum:"waiting,shown,refused"`
	Reason   string           `json:"reason,omitempty" doc:"Why it was refused."`
	Said     time.Time        `json:"said"`
}

func viewSaid(a enquiry.Answer) saidView {
	return saidView{a.ID, a.BySeller, a.Author, a.Lang, a.Body, a.State, a.Reason, a.Said}
}

// questionView is a question as everybody sees it.
type questionView struct {
	ID      enquiry.ID `json:"id"`
	Author  string     `json:"author,omitempty" doc:"The first name and the initial of the next; absent when the author has left."`
	Lang    string     `json:"lang,omitempty" doc:"The language of the pages on which it was written."`
	Text    string     `json:"text"`
	Asked   time.Time  `json:"asked"`
	Answers []saidView `json:"answers" nullable:"false"`
}

func viewQuestion(e enquiry.Enquiry) questionView {
	v := questionView{e.ID, e.Author, e.Lang, e.Body, e.Asked, make([]saidView, len(e.Answers))}
	for i, a := range e.Answers {
		v.Answers[i] = viewSaid(a)
	}
	return v
}

// keptQuestionView is a question as its author and the staff see it.
type keptQuestionView struct {
	questionView
	Product catalog.ProductID `json:"product_id"`
	State   enquiry.State     `json:"state" enum:"waiting,shown,refused"`
	Reason  string            `json:"reason,omitempty" doc:"Why it was refused."`
	Version int64             `json:"version"`
}

func viewKeptQuestion(e enquiry.Enquiry) keptQuestionView {
	return keptQuestionView{viewQuestion(e), e.Product, e.State, e.Reason, e.Version}
}

func keptQuestions(all []enquiry.Enquiry, next enquiry.ID) web.List[keptQuestionView] {
	page := web.List[keptQuestionView]{Items: make([]keptQuestionView, len(all)), Next: string(next)}
	for i, e := range all {
		page.Items[i] = viewKeptQuestion(e)
	}
	return page
}

type questionsAsk struct {
	ID     catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Cursor enquiry.ID        `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int               `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func listQuestions(tx *db.Tx, in questionsAsk) (web.List[questionView], error) {
	found, err := enquiry.ShownOf(tx, in.ID, in.Cursor, in.Limit)
	page := web.List[questionView]{Items: make([]questionView, len(found.Enquiries)), Next: string(found.Next)}
	for i, e := range found.Enquiries {
		page.Items[i] = viewQuestion(e)
	}
	return page, err
}

// questionDraft is what a person writes, under his name and in the language of the request.
func questionDraft(tx *db.Tx, body string) (enquiry.Draft, error) {
	u, err := account.Person(tx)
	return enquiry.Draft{Author: u.Name, Lang: web.Lang(tx.Context()), Body: body}, err
}

type questionAsked struct {
	ID   catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Text string            `json:"text" maxLength:"1000"`
}

func askQuestion(tx *db.Tx, in questionAsked) (keptQuestionView, error) {
	d, err := questionDraft(tx, in.Text)
	if err != nil {
		return keptQuestionView{}, err
	}
	e, err := enquiry.Ask(tx, in.ID, d)
	return viewKeptQuestion(e), err
}

type questionNamed struct {
	ID enquiry.ID `path:"id" maxLength:"60" doc:"The question."`
}

func withdrawQuestion(tx *db.Tx, in questionNamed) (web.None, error) {
	return web.None{}, enquiry.Withdraw(tx, in.ID)
}

type answerWritten struct {
	ID   enquiry.ID `path:"id" maxLength:"60" doc:"The question."`
	Text string     `json:"text" maxLength:"1500"`
}

func sayAnswer(tx *db.Tx, in answerWritten) (saidView, error) {
	d, err := questionDraft(tx, in.Text)
	if err != nil {
		return saidView{}, err
	}
	a, err := enquiry.Say(tx, in.ID, d)
	return viewSaid(a), err
}

func unsayAnswer(tx *db.Tx, in questionNamed) (web.None, error) {
	return web.None{}, enquiry.Unsay(tx, in.ID)
}

type myQuestionsAsk struct {
	Cursor enquiry.ID `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int        `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func myQuestions(tx *db.Tx, in myQuestionsAsk) (web.List[keptQuestionView], error) {
	all, next, err := enquiry.Mine(tx, in.Cursor, in.Limit)
	return keptQuestions(all, next), err
}

type officeQuestionsAsk struct {
	State  enquiry.State `query:"state" enum:"waiting,shown,refused" default:"waiting"`
	Cursor enquiry.ID    `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int           `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func officeQuestions(tx *db.Tx, in officeQuestionsAsk) (web.List[keptQuestionView], error) {
	found, next, err := enquiry.Queue(tx, sellerOf(tx), in.State, in.Cursor, in.Limit)
	return keptQuestions(found, next), err
}

type questionDecision struct {
	ID      enquiry.ID    `path:"id" maxLength:"60" doc:"The question."`
	State   enquiry.State `json:"state" enum:"shown,refused"`
	Reason  string        `json:"reason,omitempty" maxLength:"300" doc:"Why it is refused, for its author."`
	Version int64         `json:"version" doc:"The version of the question that was read."`
}

func viewJudgedQuestion(e enquiry.Enquiry) judgedView {
	return judgedView{string(e.ID), string(e.State), e.Reason, e.Version}
}

func decideQuestion(tx *db.Tx, in questionDecision) (judgedView, error) {
	var e enquiry.Enquiry
	var err error
	if in.State == enquiry.StateShown {
		e, err = enquiry.Show(tx, in.ID, in.Version)
	} else {
		e, err = enquiry.Refuse(tx, in.ID, in.Version, in.Reason)
	}
	return viewJudgedQuestion(e), err
}

type questionReply struct {
	ID      enquiry.ID `path:"id" maxLength:"60" doc:"The question."`
	Text    string     `json:"text" maxLength:"1500"`
	Version int64      `json:"version" doc:"The version that was read."`
}

func replyQuestion(tx *db.Tx, in questionReply) (judgedView, error) {
	e, err := enquiry.Reply(tx, in.ID, in.Version, enquiry.Draft{Lang: web.Lang(tx.Context()), Body: in.Text})
	return viewJudgedQuestion(e), err
}

type answerDecision struct {
	questionDecision
	Answer enquiry.AnswerID `path:"answer" maxLength:"60" doc:"The answer."`
}

// decideAnswer gives what became of the answer, in the version of its question.
func decideAnswer(tx *db.Tx, in answerDecision) (judgedView, error) {
	var e enquiry.Enquiry
	var err error
	if in.State == enquiry.StateShown {
		e, err = enquiry.ShowAnswer(tx, in.ID, in.Version, in.Answer)
	} else {
		e, err = enquiry.RefuseAnswer(tx, in.ID, in.Version, in.Answer, in.Reason)
	}
	v := judgedView{ID: string(in.Answer), State: string(in.State), Version: e.Version}
	if at := slices.IndexFunc(e.Answers, func(a enquiry.Answer) bool { return a.ID == in.Answer }); at >= 0 {
		v.Reason = e.Answers[at].Reason
	}
	return v, err
}
