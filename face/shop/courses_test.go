package shop_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/notify"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// taught puts a course of five lessons on the shelf, with a group of two places that begins in a week.
func (h *house) taught(t *testing.T, d course.Draft) (c course.Course, g course.Cohort) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		in, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "courses", Name: text.Localized{"kk": "Курстар", "en": "Courses"}})
		if err != nil {
			return err
		}
		d.Name, d.State = text.Localized{"kk": "Қазақ тілі", "en": "Kazakh"}, course.StateShown
		p, err := catalog.Add(tx, catalog.Draft{Seller: seller.Own, Category: in.ID, Name: d.Name, State: catalog.StateOnSale,
			Kind: catalog.Kind{Service: &catalog.Service{Way: course.WayName}}, Variants: []catalog.Variant{{SKU: "KAZAKH"}}})
		if err != nil {
			return err
		}
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err == nil {
			_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: p.Variants[0].ID, Amount: money.Of(50_000_00, money.KZT)}})
		}
		if err != nil {
			return err
		}
		d.Product, d.Variant = p.ID, p.Variants[0].ID
		if c, err = course.Add(tx, seller.Own, d); err != nil {
			return err
		}
		from := h.Today().AddDays(7)
		g, err = course.Open(tx, c.ID, course.CohortDraft{
			Days: span.Days{From: from, To: from.AddDays(35)}, Zone: "Asia/Almaty", Slots: []course.Slot{{Weekday: from.Weekday(), At: "18:30", Minutes: 90}},
			Teachers: []course.Teacher{{Name: "Анар"}}, Places: 2, Price: money.Of(50_000_00, money.KZT), State: course.CohortOpen,
		})
		return err
	})
	return c, g
}

// TestACourseIsOrderedStudiedAndLeft on the pages, without a script.
func TestACourseIsOrderedStudiedAndLeft(t *testing.T) {
	h := open(t, db.SQLite)
	c, g := h.taught(t, course.Draft{AccessDays: 10})
	guest := h.browser(t, "en")
	guest.get("/courses").wants("main", "Kazakh")
	guest.get("/p/" + string(c.Product)).one("a[href$='/course/" + string(c.Product) + "']")
	address := "/course/" + string(c.Product)
	guest.get(address).wants("main", "Places left: 2", "18:30", "Анар")
	if p := guest.get(address + "/" + string(g.ID)); !strings.HasPrefix(p.at.Path, "/en/sign-in") && !strings.HasPrefix(p.at.Path, "/sign-in") {
		t.Errorf("a guest enrols at %s", p.at)
	}
	b := h.signedUp(t, "en", aigul)
	p := b.submit(b.get(address+"/"+string(g.ID)), "form.box", "student", "Дана", "birth", "2999-01-01", "agrees", "1")
	p.wants(".field .wrong", "in the past")
	p = b.submit(b.get(address+"/"+string(g.ID)), "form.box", "student", "Дана", "birth", "1990-04-01", "agrees", "1")
	p.wants("main", "Kazakh", "Дана")
	p = b.submit(b.get("/checkout"), ".stage.open form", "name", "Айгүл", "phone", "8 701 123 45 67", "email", aigul)
	p = b.submit(p, ".stage.open form", "method", "card")
	b.pay(p, "4242424242424242").wants(".note.good", "Thank you")
	h.Settled(t)
	guest.get(address).wants("main", "Places left: 1")
	h.Sound(t) // The order is done, and the place stays taken.

	p = b.get("/account/courses")
	p.wants("main", "Kazakh", "Дана", "Studying")
	mine := attr(p.one("main .kept a"), "href")
	b.get(mine).wants("main", "Lessons held: 0 of 5", "Goes back to you: ₸50,000")
	other := h.signedUp(t, "en", "daulet@example.kz")
	for _, path := range []string{mine, mine + "/materials/mat_none"} {
		if p := other.ask("GET", path, nil); p.status != http.StatusNotFound {
			t.Errorf("another buyer gets %d for %s", p.status, path)
		}
	}
	h.Later(t, g.Days.From.AddDays(8).Start(span.Almaty).Sub(h.Clock.Now()))
	b.submit(b.get("/sign-in"), ".sheet form", "email", aigul, "password", secret) // It was long ago.
	p = b.get(mine)
	p.wants("main", "Lessons held: 2 of 5", "Goes back to you: ₸30,000")
	b.submit(p, "form[action$='/leave']", "reason", "I move").wants("main", "Left")
	h.Settled(t)
	guest.get(address).wants("main", "Places left: 2")
	if all := h.mailed(t, aigul, notify.CourseLeft); len(all) != 1 || !strings.Contains(all[0].Params["amount"], "30,000") {
		t.Errorf("the letters about leaving are %+v", all)
	}
	h.Sound(t)
	h.Look(t, func(tx *db.Tx) error {
		all, _, err := course.Applications(tx, seller.Own, "", 10)
		if len(all) != 0 {
			t.Errorf("%d wait", len(all))
		}
		return err
	})
}

// TestACertificateIsChecked by its number and drawn as a paper.
func TestACertificateIsChecked(t *testing.T) {
	h := open(t, db.SQLite)
	_, g := h.taught(t, course.Draft{ShareLeast: 50})
	var number string
	h.Moment(t, func(tx *db.Tx) error {
		if err := course.Place(tx, course.Sold{}); err == nil {
			t.Error("nothing is ordered")
		}
		return nil
	})
	b := h.signedUp(t, "kk", aigul)
	b.submit(b.get("/course/"+string(mustCourse(h, t, g).Product)+"/"+string(g.ID)), "form.box", "student", "Дана", "birth", "1990-04-01", "agrees", "1")
	h.Moment(t, func(tx *db.Tx) error {
		r, err := course.RegisterOf(tx, g.ID)
		if err != nil {
			return err
		}
		id := string(r.Enrolments[0].ID)
		if err := course.Place(tx, course.Sold{Ref: id, Order: "ord_1"}); err != nil {
			return err
		}
		return course.Begin(tx, id)
	})
	h.Later(t, g.Ends.Add(time.Hour).Sub(h.Clock.Now()))
	h.Moment(t, func(tx *db.Tx) error {
		r, err := course.RegisterOf(tx, g.ID)
		if err != nil {
			return err
		}
		var marks []course.Mark
		for _, l := range r.Lessons {
			marks = append(marks, course.Mark{Lesson: l.ID, Enrolment: r.Enrolments[0].ID, Presence: course.Present, Mark: 90})
		}
		if err := course.Keep(tx, g.ID, marks); err != nil {
			return err
		}
		if _, err := course.Certify(tx, g.ID); err != nil {
			return err
		}
		r, err = course.RegisterOf(tx, g.ID)
		for _, c := range r.Certificates {
			number = c.Number
		}
		return err
	})
	guest := h.browser(t, "en")
	guest.get("/certificates?number="+number).wants("main", "The certificate is valid", "Дана", "8 hours")
	guest.get("/certificates?number=2222-2222-2222").wants("main", "There is no certificate")
	paper := guest.ask("GET", "/certificates/"+number+"/paper.pdf", nil)
	if paper.status != http.StatusOK || !strings.HasPrefix(paper.text, "%PDF-") {
		t.Errorf("%d: the paper begins with %.20q", paper.status, paper.text)
	}
	if p := guest.ask("GET", "/certificates/2222-2222-2222/paper.pdf", nil); p.status != http.StatusNotFound {
		t.Errorf("no paper is %d", p.status)
	}
}

func mustCourse(h *house, t *testing.T, g course.Cohort) (c course.Course) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) { c, err = course.Get(tx, g.Course); return err })
	return c
}
