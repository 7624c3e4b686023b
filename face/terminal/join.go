package terminal

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/core/attachment"
	"sauda/core/exchange"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

const (
	papersMost = 5                                      // papersMost is how many files one form brings: both sides of a document and some more.
	joinBody   = papersMost*attachment.BytesMax + 1<<20 // joinBody is the files and the other fields.
	joinTime   = 5 * 60 * 1_000_000_000                 // joinTime is how long files may take over a slow line.
	answers    = "q_"                                   // answers is how fields of questions begin.
)

func (f *face) mountJoin(site *web.Site) {
	web.Page(site, "GET /exchange/join", f.join, web.Public())
	web.Upload(site, "POST /exchange/join", f.keepPapers, f.fileApplication, web.SignedIn(), web.BodyMax(joinBody), web.Time(joinTime))
	web.Upload(site, "POST /exchange/join/{id}/answer", f.keepAnswer, f.answerInquiry, web.SignedIn(), web.BodyMax(joinBody), web.Time(joinTime))
	f.mountActing(site)
}

type joinAsk struct {
	Done string `query:"done" maxLength:"20"`
}

// joinDones are what the page can say that was done.
var joinDones = []string{"filed", "answered"}

// applied is an application as whoever has filed it sees it.
type applied struct {
	exchange.Application
	Inquiries []exchange.Inquiry
	Member    exchange.Member
}

// step names how far it is, in words of the page.
func (a applied) step() string {
	if a.State == exchange.ApplicationFiled && exchange.Asked(a.Inquiries) {
		return "asked"
	}
	return string(a.State)
}

// joinView is the page by which one becomes an investor.
type joinView struct {
	page
	Mine    []applied
	Brokers []exchange.Member
	Ask     exchange.Questionnaire
	Typed   web.Typed
	Refused string
}

// may tells whether the reader can file an application: he is signed in as a buyer, and none of his waits.
func (v joinView) may(ctx context.Context) bool {
	return buys(ctx) && len(v.Brokers) > 0 && len(v.Ask.Questions) > 0 &&
		!slices.ContainsFunc(v.Mine, func(a applied) bool { return a.State == exchange.ApplicationFiled })
}

// buys tells whether the reader acts for somebody who can become an investor.
func buys(ctx context.Context) bool { return web.WhoFrom(ctx).Party != "" }

// chosen tells whether a choice was made before the form came back.
func (v joinView) chosen(question, choice string) bool {
	return slices.Contains(v.Typed.Values[answers+question], choice)
}

// value is what was typed before the form came back.
func (v joinView) value(name string) string { return v.Typed.Values.Get(name) }

// about says what is wrong with a field.
func (v joinView) about(ctx context.Context, name string) string {
	return v.Typed.About(web.Lang(ctx), name)
}

// wrongly marks a field that is wrong for those who do not see it.
func (v joinView) wrongly(ctx context.Context, name string) templ.Attributes {
	if v.about(ctx, name) == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-wrong"}
}

// join shows what one needs, how far one's applications are, and the form.
func (f *face) join(tx *db.Tx, in joinAsk) (web.View, error) {
	v, err := f.joinView(tx)
	if slices.Contains(joinDones, in.Done) {
		v.Done = t(tx.Context(), "join.done."+in.Done)
	}
	return joinPage(v), err
}

func (f *face) joinView(tx *db.Tx) (v joinView, err error) {
	ctx := tx.Context()
	v.page = f.page(ctx, "join", t(ctx, "join"))
	v.Description = t(ctx, "join.about")
	if v.Brokers, err = exchange.Members(tx); err != nil {
		return v, err
	}
	brokers := v.Brokers
	v.Brokers = slices.DeleteFunc(slices.Clone(brokers), func(m exchange.Member) bool { return !m.Broker || m.State != exchange.StateActive })
	if !buys(ctx) {
		return v, nil
	}
	all, err := exchange.ApplicationsOf(tx, tx.Who().Party)
	if err != nil {
		return v, err
	}
	for _, a := range all {
		one := applied{Application: a}
		for _, m := range brokers {
			if m.ID == a.Member {
				one.Member = m
			}
		}
		v.Mine = append(v.Mine, one)
	}
	if len(v.Mine) > 0 { // Only the youngest can be asked about: one waits at a time.
		if v.Mine[0].Inquiries, err = exchange.Inquiries(tx, v.Mine[0].ID); err != nil {
			return v, err
		}
	}
	v.Ask, err = exchange.PresentQuestionnaire(tx)
	if fault.Of(err) == exchange.ErrUnknown {
		err = nil // Nobody can join before there are questions.
	}
	return v, err
}

// joinForm is what somebody brings who wants to become an investor.
type joinForm struct {
	web.Typed
	Member    exchange.MemberID `json:"member,omitempty" maxLength:"60"`
	TaxNumber string            `json:"tax_number,omitempty" maxLength:"20"`
	Text      exchange.Reason   `json:"text,omitempty" maxLength:"500"`
	Key       string            `json:"key" maxLength:"60"`
	Files     web.Files         `json:"papers"`
}

// answerForm is what somebody answers who was asked about his application.
type answerForm struct {
	joinForm
	ID exchange.ApplicationID `path:"id" maxLength:"60"`
}

// papers are files that were kept, or why one of them was not taken.
type papers struct {
	kept    []attachment.Kept
	refused error
}

// keepPapers keeps the files of a form where nobody is shown them, and nobody knows of them yet.
func (f *face) keepPapers(ctx context.Context, in joinForm) (p papers, err error) {
	for n, file := range in.Files {
		if file.Size == 0 || n >= papersMost {
			continue
		}
		kept, err := f.keepPaper(ctx, in.Key, file)
		if no := fault.Of(err); err != nil {
			if no.Kind != fault.Invalid && no.Kind != fault.TooLarge {
				return p, err
			}
			p.refused = err
			continue
		}
		p.kept = append(p.kept, kept)
	}
	return p, nil
}

func (f *face) keepAnswer(ctx context.Context, in answerForm) (papers, error) {
	return f.keepPapers(ctx, in.joinForm)
}

func (f *face) keepPaper(ctx context.Context, key string, file web.File) (attachment.Kept, error) {
	r, err := file.Open()
	if err != nil {
		return attachment.Kept{}, err
	}
	defer r.Close() //nolint:errcheck // It was only read.
	return f.Attached.Keep(ctx, key, attachment.Brought{Body: r, Size: file.Size, Name: file.Name})
}

// note writes down the files of a form, which the application keeps for good.
func (p papers) note(tx *db.Tx, key string) (ids []string, err error) {
	files, err := attachment.Note(tx, key, p.kept...)
	for _, one := range files {
		ids = append(ids, string(one.ID))
	}
	return ids, err
}

// bind has an application keep its files.
func bind(tx *db.Tx, ids []string, application exchange.ApplicationID) error {
	files := make([]attachment.ID, len(ids))
	for n, id := range ids {
		files[n] = attachment.ID(id)
	}
	return attachment.Bind(tx, files, string(application))
}

// fileApplication files an application for whom the reader acts. The same form again files nothing more.
func (f *face) fileApplication(tx *db.Tx, in joinForm, p papers) (web.Then, error) {
	if !buys(tx.Context()) {
		return web.Then{}, exchange.ErrGrant.About("%s acts for nobody", tx.Who().ID)
	}
	if p.refused != nil {
		return f.joinAgain(tx, in, exchange.ErrInvalid.Fields(fault.Found("/papers", p.refused)))
	}
	first, err := web.Once(tx, in.Key+" join")
	if err != nil || !first {
		return web.See("/exchange/join?done=filed"), err
	}
	ids, err := p.note(tx, in.Key)
	if err != nil {
		return web.Then{}, err
	}
	q, err := exchange.PresentQuestionnaire(tx)
	if err != nil {
		return web.Then{}, err
	}
	a := exchange.Application{Party: tx.Who().Party, User: tx.Who().ID, Member: in.Member, TaxNumber: strings.TrimSpace(in.TaxNumber), Questionnaire: q.Code,
		Answers: exchange.Answers{}, Documents: ids}
	for name, chosen := range in.Values {
		if code, is := strings.CutPrefix(name, answers); is {
			a.Answers[code] = chosen
		}
	}
	filed, err := exchange.File(tx, a)
	if err != nil {
		if kind := fault.Of(err).Kind; kind == fault.Invalid || kind == fault.Conflict {
			return f.joinAgain(tx, in, err)
		}
		return web.Then{}, err
	}
	return web.See("/exchange/join?done=filed"), bind(tx, ids, filed.ID)
}

// joinAgain shows the form again with what is wrong. Files have to be chosen again: a browser gives none back.
func (f *face) joinAgain(tx *db.Tx, in joinForm, why error) (web.Then, error) {
	v, err := f.joinView(tx)
	if err != nil {
		return web.Then{}, err
	}
	v.Typed = in.Typed
	for _, one := range fault.FieldsOf(why) {
		one.Pointer = strings.Replace(strings.Replace(one.Pointer, "/documents", "/papers", 1), "/answers/", "/"+answers, 1)
		v.Typed.Wrong = append(v.Typed.Wrong, one)
	}
	v.Refused = i18n.Fault(web.Lang(tx.Context()), why)
	return web.Again(joinPage(v)), nil
}

// answerInquiry answers what was asked about an application of the reader.
func (f *face) answerInquiry(tx *db.Tx, in answerForm, p papers) (web.Then, error) {
	if p.refused != nil {
		return f.joinAgain(tx, in.joinForm, exchange.ErrInvalid.Fields(fault.Found("/papers", p.refused)))
	}
	if _, err := exchange.ApplicationFor(tx, tx.Who().Party, in.ID); err != nil {
		return web.Then{}, err
	}
	first, err := web.Once(tx, in.Key+" answer")
	if err != nil || !first {
		return web.See("/exchange/join?done=answered"), err
	}
	ids, err := p.note(tx, in.Key)
	if err != nil {
		return web.Then{}, err
	}
	if err := exchange.Answer(tx, tx.Who().Party, in.ID, in.Text, ids...); err != nil {
		return web.Then{}, err
	}
	return web.See("/exchange/join?done=answered"), bind(tx, ids, in.ID)
}
