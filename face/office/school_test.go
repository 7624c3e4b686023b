package office_test

import (
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestTheSchool: the staff changes a group and its lessons, decides about a student and calls the group off; a teacher sees his
// own groups only, and another seller and a buyer see nothing.
func TestTheSchool(t *testing.T) {
	h := open(t, db.SQLite)
	admin, stranger := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "*")
	teacher, buyer := h.Staffed(t, "teacher@example.kz", string(seller.Own), course.ScopeTeach), h.Registered(t, "aigul@example.kz")
	var g course.Cohort
	h.Moment(t, func(tx *db.Tx) error {
		c, err := course.Add(tx, seller.Own, course.Draft{Name: text.Localized{"en": "Kazakh"}, Product: "prd_1", Variant: "var_1", Approval: true, State: course.StateShown})
		if err != nil {
			return err
		}
		from := span.DayOf(tx.Now(), span.Almaty).AddDays(2)
		g, err = course.Open(tx, c.ID, course.CohortDraft{Days: span.Days{From: from, To: from.AddDays(14)}, Zone: "Asia/Almaty",
			Slots: []course.Slot{{Weekday: from.Weekday(), At: "18:30", Minutes: 90}}, Places: 5, Price: money.Of(100_000, money.KZT), State: course.CohortOpen})
		return err
	})
	h.As(buyer).Do(t, 201, "POST", "/v1/groups/"+string(g.ID)+"/enrolments", map[string]any{"student": "Дана", "birth": "1990-04-01", "agrees": true})
	var e course.Enrolment
	h.Look(t, func(tx *db.Tx) error {
		all, _, err := course.Applications(tx, seller.Own, "", 10)
		e = all[0]
		return err
	})
	group, student := "/office/groups/"+string(g.ID), "/office/students/"+string(e.ID)

	h.get(t, admin, "/office/courses").has("main", "Kazakh", "0 / 5")
	h.get(t, admin, "/office/applications").has("main", "Дана")
	h.get(t, teacher, "/office/groups").has("main", "No group is taught")
	for who, token := range map[string]string{"a teacher of others": teacher, "another seller": stranger, "a buyer": buyer} {
		for _, page := range []string{group, group + "/plan", student} {
			if s := h.send(t, token, "GET", page, nil); s.status < 400 {
				t.Errorf("%s gets %d for %s", who, s.status, page)
			}
		}
		if s := h.send(t, token, "POST", group+"/off", map[string][]string{"version": {"1"}, "reason": {"x"}}); s.status < 400 {
			t.Errorf("%s calls the group off: %d", who, s.status)
		}
	}

	h.submit(t, admin, h.get(t, admin, student), "form[action$='/scholarship']", "share", "25", "reason", "Olympiad")
	h.submit(t, admin, h.get(t, admin, student), "form[action$='/number']", "number", "S-17")
	h.get(t, admin, student).has("main", "25", "Olympiad", "750")
	h.submit(t, admin, h.get(t, admin, group+"/plan"), "form[action$='/plan']", "teacher_0", "Anar", "places", "7")
	h.submit(t, admin, h.get(t, admin, group+"/plan"), "form[action*='/lessons/']", "topic_en", "Greetings", "minutes", "60")
	h.get(t, admin, group+"/plan").has("main", "Greetings")
	h.get(t, admin, "/office/groups").has("main", "Anar", "0 / 7")
	h.submit(t, admin, h.get(t, admin, group+"/plan"), "form[action$='/off']", "reason", "The teacher is ill")
	h.get(t, admin, group).has("main", "Called off", "Lapsed")
	h.Later(t, time.Minute)
	if s := h.send(t, admin, "POST", group+"/off", map[string][]string{"version": {"3"}, "reason": {"x"}}); s.status != 409 && s.status != 422 {
		t.Errorf("called off twice: %d", s.status)
	}
}

// TestACourseIsWritten: a product becomes a service, is written as a course with questions and payments in parts, and a group
// with its timetable is opened; what is wrong stands beside its field, and another seller finds nothing.
func TestACourseIsWritten(t *testing.T) {
	h := open(t, db.SQLite)
	admin, stranger := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "*")
	product := "/office/products/" + string(h.Goods[apptest.Journal].Product)
	if s := h.send(t, admin, "GET", product+"/course", nil); s.status != 404 {
		t.Errorf("a thing has the page of a course: %d", s.status)
	}
	s := h.submit(t, admin, h.get(t, admin, product+"/kind"), `form[action$="/kind/service"]`, "way", course.WayName)
	s.has(`form[action$="/kind/service"]`, "Change the course")
	s = h.trySubmit(t, admin, h.get(t, admin, product+"/course"), `form[action$="/course"]`, "name_en", "Kazakh for work", "questions", "level | Деңгейіңіз | Ваш уровень | Your level | | !",
		"plan_0_share", "50", "plan_1_share", "40", "plan_1_after", "30")
	s.has("#plan_0_share-wrong", "add up to the whole price")
	s = h.submit(t, admin, s, `form[action$="/course"]`, "plan_1_share", "50", "state", "shown", "approval", "1")
	s.has("main", "Shown")
	s = h.get(t, admin, product+"/course")
	if questions, after := s.text("#questions"), s.attr("#plan_1_after", "value"); questions != "level | Деңгейіңіз | Ваш уровень | Your level | | !" || after != "30" {
		t.Errorf("stored are %q and %q", questions, after)
	}
	var written course.Course
	h.Look(t, func(tx *db.Tx) (err error) {
		written, err = course.ByProduct(tx, h.Goods[apptest.Journal].Product)
		return err
	})
	groups := "/office/courses/" + string(written.ID) + "/groups"
	s = h.trySubmit(t, admin, h.get(t, admin, groups+"/new"), `form[action$="/groups"]`, "price", "90000")
	s.has("#weekday-wrong", "whole number from 1")
	s = h.submit(t, admin, s, `form[action$="/groups"]`, "weekday", "2", "teacher_0", "Anar", "places", "8")
	if teacher := s.attr("#teacher_0", "value"); teacher != "Anar" {
		t.Errorf("the lessons are held by %q", teacher)
	}
	h.get(t, admin, "/office/courses/"+string(written.ID)).has("main", "0 / 8")
	for _, page := range []string{product + "/course", groups + "/new"} {
		if s := h.send(t, stranger, "GET", page, nil); s.status != 404 {
			t.Errorf("another seller gets %d for %s", s.status, page)
		}
	}
}
