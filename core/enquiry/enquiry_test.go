package enquiry_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema, catalog.Schema, order.Schema, enquiry.Schema}

var (
	aigul  = db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}
	daulet = db.Who{Kind: db.KindBuyer, ID: "usr_2", Party: "pty_2"}
	guest  = db.Who{Kind: db.KindGuest}
	staff  = db.Who{Kind: db.KindStaff, ID: "usr_3", Seller: "sel_own", Scopes: []string{"questions.*"}}
	reads  = db.Who{Kind: db.KindStaff, ID: "usr_4", Seller: "sel_own", Scopes: []string{"questions.read"}}
	alien  = db.Who{Kind: db.KindStaff, ID: "usr_5", Seller: "sel_two", Scopes: []string{"*"}}
)

// shop is a shop with a kettle, which Daulet has received.
type shop struct {
	*dbtest.Store
	kettle catalog.Product
}

func open(t *testing.T, s *dbtest.Store) *shop {
	t.Helper()
	st := &shop{Store: s}
	var o order.Order
	s.Moment(t, func(tx *db.Tx) error {
		_, err := seller.EnsureOwn(tx, seller.Enrolment{Name: text.Localized{"kk": "Дүкен"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT})
		if err != nil {
			return err
		}
		home, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "home", Name: text.Localized{"kk": "Үй"}})
		if err != nil {
			return err
		}
		st.kettle, err = catalog.Add(tx, catalog.Draft{Seller: seller.Own, Category: home.ID, State: catalog.StateOnSale,
			Name: text.Localized{"kk": "Шәйнек"}, Variants: []catalog.Variant{{SKU: "KETTLE"}}})
		return err
	})
	price := money.Of(116_00, money.KZT)
	q := pricing.Quote{Currency: money.KZT, Total: price, Lines: []pricing.QuoteLine{{Line: "a", Variant: st.kettle.Variants[0].ID, Product: st.kettle.ID,
		Seller: seller.Own, SKU: "KETTLE", Unit: measure.Piece, Quantity: measure.One, UnitPrice: price, Subtotal: price, Total: price,
		Tax: pricing.TaxLine{Net: money.Of(100_00, money.KZT), Amount: money.Of(16_00, money.KZT), Inclusive: true}}}}
	s.Moment(t, func(tx *db.Tx) (err error) {
		o, err = order.Place(tx, order.Placement{Cart: "crt_1", Seller: seller.Own, Party: daulet.Party, Lang: "kk",
			Contact: order.Contact{Name: "Дәулет", Email: "d@example.kz"}, Method: "card", Quote: q})
		return err
	})
	s.Moment(t, func(tx *db.Tx) error {
		parts := []order.Part{{Line: "a", Quantity: measure.One}}
		_, packed := order.Pack(tx, o.ID, "shp_1", parts)
		_, left := order.HandOver(tx, o.ID, "shp_1", parts)
		_, came := order.Deliver(tx, o.ID, "shp_1", parts)
		return errors.Join(packed, left, came)
	})
	return st
}

func draft(body string) enquiry.Draft {
	return enquiry.Draft{Author: "Айгүл Серікова", Lang: "kk", Body: body}
}

func (s *shop) ask(who db.Who, body string) (e enquiry.Enquiry, err error) {
	err = s.As(who).Try(func(tx *db.Tx) (err error) {
		e, err = enquiry.Ask(tx, s.kettle.ID, draft(body))
		return err
	})
	return e, err
}

// asked asks and fails the test when that is refused.
func (s *shop) asked(t *testing.T, body string) enquiry.Enquiry {
	t.Helper()
	e, err := s.ask(aigul, body)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// by does something as somebody.
func (s *shop) by(who db.Who, do func(*db.Tx) (enquiry.Enquiry, error)) (e enquiry.Enquiry, err error) {
	err = s.As(who).Try(func(tx *db.Tx) (err error) {
		e, err = do(tx)
		return err
	})
	return e, err
}

func (s *shop) say(who db.Who, id enquiry.ID, body string) (a enquiry.Answer, err error) {
	err = s.As(who).Try(func(tx *db.Tx) (err error) {
		a, err = enquiry.Say(tx, id, enquiry.Draft{Author: "Дәулет Ким", Lang: "ru", Body: body})
		return err
	})
	return a, err
}

func (s *shop) reply(who db.Who, e enquiry.Enquiry, body string) (enquiry.Enquiry, error) {
	return s.by(who, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Reply(tx, e.ID, e.Version, draft(body)) })
}

// shown is what everybody sees.
func (s *shop) shown(t *testing.T) (p enquiry.Page) {
	t.Helper()
	s.As(guest).Look(t, func(tx *db.Tx) (err error) { p, err = enquiry.ShownOf(tx, s.kettle.ID, "", 10); return err })
	return p
}

// waits wants so much to wait for the staff, and each enquiry to say so.
func (s *shop) waits(t *testing.T, want int64) {
	t.Helper()
	s.As(staff).Look(t, func(tx *db.Tx) error {
		n, err := enquiry.Waiting(tx, seller.Own)
		if err != nil {
			return err
		}
		queue, _, err := enquiry.Queue(tx, seller.Own, enquiry.StateWaiting, "", 100)
		if n != want || int64(len(queue)) != want {
			t.Errorf("%d wait and %d are in the queue, want %d", n, len(queue), want)
		}
		return err
	})
	s.Look(t, func(tx *db.Tx) error {
		uneven, err := enquiry.Audit(tx)
		if len(uneven) > 0 {
			t.Errorf("kept otherwise than counted: %+v", uneven)
		}
		return err
	})
}

// TestAQuestionIsReadBeforeItIsShown: and what was read is what is shown.
func TestAQuestionIsReadBeforeItIsShown(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		e := s.asked(t, "Шәйнек дыбыссыз ба?")
		if again := s.asked(t, "Шәйнек дыбыссыз ба?"); again.ID != e.ID {
			t.Errorf("asked twice it is %s and %s", e.ID, again.ID)
		}
		if p := s.shown(t); len(p.Enquiries) != 0 {
			t.Errorf("it is shown before anybody has read it: %+v", p)
		}
		s.waits(t, 1)
		show := func(version int64) func(*db.Tx) (enquiry.Enquiry, error) {
			return func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Show(tx, e.ID, version) }
		}
		for name, test := range map[string]struct {
			who  db.Who
			want *fault.Fault
		}{
			"guest": {guest, enquiry.ErrUnknown}, "author": {aigul, enquiry.ErrUnknown}, "other seller": {alien, enquiry.ErrUnknown}, "reader": {reads, enquiry.ErrDenied},
		} {
			if _, err := s.by(test.who, show(1)); fault.Of(err) != test.want {
				t.Errorf("%s: %v, want %s", name, err, test.want.Code)
			}
		}
		if _, err := s.by(staff, show(2)); fault.Of(err) != enquiry.ErrChanged {
			t.Errorf("another version: %v", err)
		}
		if _, err := s.by(staff, show(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.by(staff, show(2)); fault.Of(err) != enquiry.ErrJudged {
			t.Errorf("shown twice: %v", err)
		}
		p := s.shown(t)
		if len(p.Enquiries) != 1 || p.Many != 1 || p.Enquiries[0].Author != "Айгүл С." || p.Next != "" {
			t.Errorf("shown are %+v", p)
		}
		s.waits(t, 0)
		refused, err := s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Refuse(tx, e.ID, 2, "Жарнама") })
		if err != nil || refused.Reason != "Жарнама" || len(s.shown(t).Enquiries) != 0 {
			t.Errorf("refused: %+v, %v", refused, err)
		}
		if _, err := s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Refuse(tx, e.ID, 3, " ") }); fault.Of(err) != enquiry.ErrInvalid {
			t.Errorf("refused without a reason: %v", err)
		}
	})
}

// TestWhatIsNotAsked: nobody, nothing, too much, and about what nobody sees.
func TestWhatIsNotAsked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		for name, test := range map[string]struct {
			who  db.Who
			body string
			want *fault.Fault
		}{
			"guest": {guest, "Дыбыссыз ба?", enquiry.ErrBuyer}, "staff": {staff, "Дыбыссыз ба?", enquiry.ErrBuyer}, "nothing": {aigul, " ? ", enquiry.ErrInvalid},
			"too long": {aigul, strings.Repeat("ә", enquiry.BodyMax+1), enquiry.ErrInvalid}, "unseen": {aigul, "a\u202ebcdef", enquiry.ErrInvalid},
		} {
			if _, err := s.ask(test.who, test.body); fault.Of(err) != test.want {
				t.Errorf("%s: %v, want %s", name, err, test.want.Code)
			}
		}
		for n := range 10 {
			s.asked(t, fmt.Sprintf("Сұрақ %d: дыбыссыз ба?", n))
		}
		if _, err := s.ask(aigul, "Он бірінші сұрақ"); fault.Of(err) != enquiry.ErrMany {
			t.Errorf("the eleventh: %v", err)
		}
		s.Clock.Advance(25 * time.Hour)
		s.asked(t, "Ертеңіне қойылған сұрақ")
		var hidden catalog.Product
		s.Moment(t, func(tx *db.Tx) (err error) {
			hidden, err = catalog.Add(tx, catalog.Draft{Seller: seller.Own, Name: text.Localized{"kk": "Жоба"}, Variants: []catalog.Variant{{SKU: "DRAFT"}}})
			return err
		})
		err := s.As(aigul).Try(func(tx *db.Tx) error {
			_, err := enquiry.Ask(tx, hidden.ID, draft("Қашан сатылады?"))
			return err
		})
		if fault.Of(err) != catalog.ErrUnknown {
			t.Errorf("about a draft: %v", err)
		}
	})
}

// TestTheSellerAnswers: at once, and a question that waits is shown with it.
func TestTheSellerAnswers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		e := s.asked(t, "Шәйнек дыбыссыз ба?")
		if _, err := s.reply(reads, e, "Иә"); fault.Of(err) != enquiry.ErrDenied {
			t.Errorf("a reader answers: %v", err)
		}
		if _, err := s.reply(alien, e, "Иә"); fault.Of(err) != enquiry.ErrUnknown {
			t.Errorf("another seller answers: %v", err)
		}
		e, err := s.reply(staff, e, "Иә, дыбысы естілмейді.")
		if err != nil || e.State != enquiry.StateShown || len(e.Answers) != 1 || !e.Answers[0].BySeller {
			t.Fatalf("answered: %+v, %v", e, err)
		}
		s.waits(t, 0)
		if p := s.shown(t); len(p.Enquiries) != 1 || p.Enquiries[0].Answers[0].Body != "Иә, дыбысы естілмейді." {
			t.Errorf("shown are %+v", p)
		}
		same, err := s.reply(staff, e, "Иә, дыбысы естілмейді.")
		if err != nil || same.Version != e.Version {
			t.Errorf("the same again: %+v, %v", same, err)
		}
		e, err = s.reply(staff, e, "Иә, 45 дБ.")
		if err != nil || len(e.Answers) != 1 || e.Answers[0].Body != "Иә, 45 дБ." {
			t.Errorf("written anew: %+v, %v", e, err)
		}
		if e, err = s.reply(staff, e, ""); err != nil || len(e.Answers) != 0 {
			t.Errorf("taken away: %+v, %v", e, err)
		}
		if e, err = s.reply(staff, e, ""); err != nil {
			t.Errorf("taken away twice: %v", err)
		}
		answered := 0
		for _, f := range s.Facts(t) {
			if f.Name == "enquiry.answered" {
				answered++
			}
		}
		if answered != 2 {
			t.Errorf("%d answers are stated", answered)
		}
	})
}

// TestABuyerAnswers who has received the product; nobody else does, and it is read before it is shown.
func TestABuyerAnswers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		e := s.asked(t, "Шәйнек дыбыссыз ба?")
		if _, err := s.say(daulet, e.ID, "Да"); fault.Of(err) != enquiry.ErrUnknown {
			t.Errorf("before it is shown: %v", err)
		}
		e, err := s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Show(tx, e.ID, e.Version) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.say(aigul, e.ID, "Менде жоқ"); fault.Of(err) != enquiry.ErrReceived {
			t.Errorf("who has not received it: %v", err)
		}
		if _, err := s.say(daulet, e.ID, " "); fault.Of(err) != enquiry.ErrInvalid {
			t.Errorf("nothing: %v", err)
		}
		a, err := s.say(daulet, e.ID, "Да, тихий")
		if err != nil || a.State != enquiry.StateWaiting || a.Author != "Дәулет К." {
			t.Fatalf("said: %+v, %v", a, err)
		}
		s.waits(t, 1)
		if p := s.shown(t); len(p.Enquiries[0].Answers) != 0 {
			t.Errorf("it is shown before anybody has read it: %+v", p)
		}
		for who, want := range map[*db.Who]string{&daulet: "Да, тихий", &aigul: "", &guest: ""} {
			s.As(*who).Look(t, func(tx *db.Tx) error {
				p, err := enquiry.ShownOf(tx, s.kettle.ID, "", 10)
				if err == nil && p.Enquiries[0].Own.Body != want {
					t.Errorf("%s %s has answered %q", who.Kind, who.ID, p.Enquiries[0].Own.Body)
				}
				return err
			})
		}
		if again, err := s.say(daulet, e.ID, "Да, тихий и быстрый"); err != nil || again.ID != a.ID {
			t.Errorf("said anew: %+v, %v", again, err)
		}
		s.waits(t, 1)
		now, err := s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Get(tx, e.ID) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.ShowAnswer(tx, e.ID, now.Version, "ans_none") }); fault.Of(err) != enquiry.ErrNoAnswer {
			t.Errorf("no such answer: %v", err)
		}
		now, err = s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.ShowAnswer(tx, e.ID, now.Version, a.ID) })
		if err != nil {
			t.Fatal(err)
		}
		s.waits(t, 0)
		if p := s.shown(t); len(p.Enquiries[0].Answers) != 1 || p.Enquiries[0].Answers[0].Body != "Да, тихий и быстрый" {
			t.Errorf("shown are %+v", p)
		}
		_, err = s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) {
			return enquiry.RefuseAnswer(tx, e.ID, now.Version, a.ID, "Реклама")
		})
		if err != nil || len(s.shown(t).Enquiries[0].Answers) != 0 {
			t.Errorf("refused: %v", err)
		}
		s.As(daulet).Moment(t, func(tx *db.Tx) error {
			given, _, err := enquiry.MyAnswers(tx, "", 0)
			if len(given) != 1 || given[0].Reason != "Реклама" || given[0].Product != s.kettle.ID || given[0].Enquiry != e.ID {
				t.Errorf("he has answered %+v", given)
			}
			return errors.Join(err, enquiry.Unsay(tx, e.ID), enquiry.Unsay(tx, e.ID))
		})
		s.waits(t, 0)
	})
}

// TestAnAnswerIsShownWithItsQuestion: while nobody sees the question, the answer of a buyer is not shown either; refused it can
// be, and shown once the question is again.
func TestAnAnswerIsShownWithItsQuestion(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		e, err := s.reply(staff, s.asked(t, "Шәйнек дыбыссыз ба?"), "Иә")
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.say(daulet, e.ID, "Да, тихий")
		if err != nil {
			t.Fatal(err)
		}
		act := func(do func(tx *db.Tx, version int64) (enquiry.Enquiry, error)) (enquiry.Enquiry, error) {
			return s.by(staff, func(tx *db.Tx) (enquiry.Enquiry, error) {
				now, err := enquiry.Get(tx, e.ID)
				if err != nil {
					return now, err
				}
				return do(tx, now.Version)
			})
		}
		show := func(tx *db.Tx, version int64) (enquiry.Enquiry, error) {
			return enquiry.ShowAnswer(tx, e.ID, version, a.ID)
		}
		if _, err := act(func(tx *db.Tx, version int64) (enquiry.Enquiry, error) {
			return enquiry.Refuse(tx, e.ID, version, "Жарнама")
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := act(show); fault.Of(err) != enquiry.ErrUnshown {
			t.Errorf("an answer to a refused question is shown: %v", err)
		}
		if _, err := act(func(tx *db.Tx, version int64) (enquiry.Enquiry, error) {
			return enquiry.RefuseAnswer(tx, e.ID, version, a.ID, "Реклама")
		}); err != nil {
			t.Errorf("it cannot be refused: %v", err)
		}
		if _, err := act(func(tx *db.Tx, version int64) (enquiry.Enquiry, error) { return enquiry.Show(tx, e.ID, version) }); err != nil {
			t.Fatal(err)
		}
		if _, err := act(show); err != nil {
			t.Errorf("with its question: %v", err)
		}
		s.waits(t, 0)
	})
}

// TestWhatIsSoldNoMoreIsKnown: who has received a variant that was dropped since can still answer.
func TestWhatIsSoldNoMoreIsKnown(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		e, err := s.reply(staff, s.asked(t, "Шәйнек дыбыссыз ба?"), "Иә")
		if err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			variants := []catalog.Variant{{SKU: "KETTLE-2"}}
			p, err := catalog.Revise(tx, s.kettle.ID, s.kettle.Version, catalog.Changes{Variants: &variants})
			if err == nil && p.Variants[0].ID == s.kettle.Variants[0].ID {
				t.Error("the variant was not dropped")
			}
			return err
		})
		if _, err := s.say(daulet, e.ID, "Старый был тихий"); err != nil {
			t.Error(err)
		}
	})
}

// TestWithdrawAndLeave: an author takes his question away with all answers; who leaves takes his name, and what nobody saw.
func TestWithdrawAndLeave(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		first, second, third := s.asked(t, "Бірінші сұрақ"), s.asked(t, "Екінші сұрақ"), s.asked(t, "Үшінші сұрақ")
		for _, e := range []enquiry.Enquiry{first, second} {
			if _, err := s.reply(staff, e, "Жауап"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.say(daulet, e.ID, "И мой ответ"); err != nil {
				t.Fatal(err)
			}
		}
		s.waits(t, 3)
		err := s.As(daulet).Try(func(tx *db.Tx) error { return enquiry.Withdraw(tx, first.ID) })
		if fault.Of(err) != enquiry.ErrUnknown {
			t.Errorf("somebody else's: %v", err)
		}
		s.As(aigul).Moment(t, func(tx *db.Tx) error { return enquiry.Withdraw(tx, first.ID) })
		s.waits(t, 2)
		s.Moment(t, func(tx *db.Tx) error { return enquiry.Leave(tx, daulet.Party) })
		s.waits(t, 1)
		s.Moment(t, func(tx *db.Tx) error { return enquiry.Leave(tx, aigul.Party) })
		s.waits(t, 0)
		p := s.shown(t)
		if len(p.Enquiries) != 1 || p.Enquiries[0].ID != second.ID || p.Enquiries[0].Author != "" || p.Enquiries[0].Party != "" || len(p.Enquiries[0].Answers) != 1 {
			t.Errorf("shown are %+v", p)
		}
		if _, err := s.by(db.System, func(tx *db.Tx) (enquiry.Enquiry, error) { return enquiry.Get(tx, third.ID) }); fault.Of(err) != enquiry.ErrUnknown {
			t.Errorf("what nobody saw: %v", err)
		}
		s.As(aigul).Look(t, func(tx *db.Tx) error {
			mine, _, err := enquiry.Mine(tx, "", 0)
			if len(mine) != 0 {
				t.Errorf("hers are %+v", mine)
			}
			return err
		})
	})
}

// TestPages of what is asked: the newest first, each once, in two statements.
func TestPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		for n := range 5 {
			if _, err := s.reply(staff, s.asked(t, fmt.Sprintf("Сұрақ нөмірі %d", n)), "Жауап"); err != nil {
				t.Fatal(err)
			}
		}
		var seen []string
		before := enquiry.ID("")
		for range 3 {
			var p enquiry.Page
			n := s.Statements(func() {
				s.Look(t, func(tx *db.Tx) (err error) { p, err = enquiry.ShownOf(tx, s.kettle.ID, before, 2); return err })
			})
			if n > 2 {
				t.Errorf("a page costs %d statements", n)
			}
			if p.Many != 5 {
				t.Errorf("%d on all pages, want 5", p.Many)
			}
			for _, e := range p.Enquiries {
				seen = append(seen, e.Body)
			}
			before = p.Next
		}
		var own []string
		next, pages := enquiry.ID(""), 0
		for pages == 0 || next != "" && pages < 5 {
			s.As(aigul).Look(t, func(tx *db.Tx) error {
				mine, more, err := enquiry.Mine(tx, next, 2)
				for _, e := range mine {
					own = append(own, e.Body)
				}
				next, pages = more, pages+1
				return err
			})
		}
		if pages != 3 || strings.Join(own, ", ") != strings.Join(seen, ", ") {
			t.Errorf("%d pages of her own are %v", pages, own)
		}
		if before != "" || strings.Join(seen, ", ") != "Сұрақ нөмірі 4, Сұрақ нөмірі 3, Сұрақ нөмірі 2, Сұрақ нөмірі 1, Сұрақ нөмірі 0" {
			t.Errorf("the pages are %v, and then %q", seen, before)
		}
	})
}

// TestTwoDecideAtOnce: one of them wins.
func TestTwoDecideAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := open(t, store)
		e := s.asked(t, "Шәйнек дыбыссыз ба?")
		var crowd sync.WaitGroup
		won := make(chan error, 6)
		for range 6 {
			crowd.Go(func() {
				_, err := s.reply(staff, e, "Иә")
				won <- err
			})
		}
		crowd.Wait()
		close(won)
		ok := 0
		for err := range won {
			switch {
			case err == nil:
				ok++
			case fault.Of(err) != enquiry.ErrChanged:
				t.Errorf("%v", err)
			}
		}
		if ok != 1 {
			t.Errorf("%d have answered the same version", ok)
		}
		s.waits(t, 0)
	})
}
