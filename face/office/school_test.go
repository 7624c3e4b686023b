package office_test

import (
	"testing"
	"time"

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
