package shop_test

import (
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/booking"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/db"
)

// letterTo gives what the last letters to an address say, by their templates.
func (h *house) lettersTo(t *testing.T, to string) (all []string) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		kept, err := notify.To(tx, to)
		for _, l := range kept {
			all = append(all, string(l.Template)+" "+l.Params["url"])
		}
		return err
	})
	return all
}

// TestAFullStayIsWaitedFor: a guest and a buyer wait for a room that is taken; when it comes free the first is offered it, puts it
// into his basket and pays, and the second hears nothing of it.
func TestAFullStayIsWaitedFor(t *testing.T) {
	h := open(t, db.SQLite)
	h.bookable(t)
	from := h.Today().AddDays(10)
	taken := func(do func(tx *db.Tx, wants []hold.Want) error) {
		h.Moment(t, func(tx *db.Tx) error {
			all, err := booking.Resources(tx, seller.Own)
			if err != nil {
				return err
			}
			return do(tx, []hold.Want{{Key: booking.DayKey(all[0].ID, from), Quantity: 1}})
		})
	}
	taken(func(tx *db.Tx, wants []hold.Want) error {
		return hold.Take(tx, "cart/x", wants, tx.Now().Add(time.Hour))
	})
	choice := "/booking/" + string(h.Goods[apptest.Kettle].Product) + "?from=" + from.String() + "&to=" + from.AddDays(1).String() + "&adults=2"
	guest := h.browser(t, "en")
	p := guest.get(choice)
	p.wants(".waiting", "Join the waiting list", "Email")
	p = guest.submit(p, ".waiting form", "email", "nobody")
	p.wants(".waiting .wrong", "name@example.kz")
	p = guest.submit(guest.get(choice), ".waiting form", "email", "first@example.kz")
	p.wants("main", "In the line", "Your place in the line: 1", "Leave the line")
	line := p.at.Path
	if again := guest.submit(guest.get(choice), ".waiting form", "email", "first@example.kz"); again.at.Path != line {
		t.Errorf("he stands twice: %s and %s", again.at.Path, line)
	}
	b := h.signedUp(t, "en", aigul)
	p = b.get(choice)
	if n := len(p.all(".waiting [name=email]")); n > 0 {
		t.Error("a buyer is asked for his address")
	}
	b.submit(p, ".waiting form").wants("main", "Your place in the line: 2")
	b.get("/account/waiting").wants("main .kept", "Room", "In the line", "2")
	h.Settled(t)
	if all := h.lettersTo(t, "first@example.kz"); len(all) != 1 || !strings.HasPrefix(all[0], "waitlist_joined ") || !strings.HasSuffix(all[0], line) {
		t.Errorf("the guest is told %q", all)
	}
	taken(func(tx *db.Tx, _ []hold.Want) error { return hold.Release(tx, "cart/x") })
	h.Later(t, time.Minute) // Nobody said that it came free: the clock finds it.
	if all := h.lettersTo(t, "first@example.kz"); len(all) != 2 {
		t.Errorf("the guest is told %q", all)
	}
	p = guest.get(line)
	p.wants("main", "Held for you until", "Add to basket", "Give the place up")
	if n := h.Statements(func() { guest.get(line) }); n > 3 {
		t.Errorf("the page costs %d statements, 3 are allowed", n)
	}
	guest.submit(p, "form[action$='/basket']").wants(".line", "Kettle")
	guest.submit(p, "form[action$='/basket']").wants(".line", "Kettle")
	if n := len(guest.get("/basket").all(".line")); n != 1 {
		t.Errorf("%d lines after two presses", n)
	}
	h.Sound(t)
	guest.get(line).wants("main", "In the basket")
	p = guest.submit(guest.get("/checkout"), ".stage.open form", "email", "first@example.kz", "phone", "+7 701 123 45 67")
	p = guest.pay(guest.submit(p, ".stage.open form", "method", "card"), "4242424242424242")
	p.wants(".note.good", "Thank you")
	h.Settled(t)
	h.Sound(t)
	b.get("/account/waiting").wants("main .kept", "In the line", "1")
	p = b.get("/account/waiting")
	b.submit(p, "form[action$='/leaving']").wants("main", "You have left the line.", "You wait for nothing.")
	h.Later(t, 30*time.Hour)
	taken(func(tx *db.Tx, wants []hold.Want) error {
		left, err := hold.Left(tx, []string{wants[0].Key})
		if left[wants[0].Key] != 0 {
			t.Errorf("%d are left of what is paid", left[wants[0].Key])
		}
		return err
	})
	h.Sound(t)
}

// TestAFullGroupIsWaitedFor: the page of a full group offers to wait, and who is offered a place enrols on the page of the group.
func TestAFullGroupIsWaitedFor(t *testing.T) {
	h := open(t, db.SQLite)
	c, g := h.taught(t, course.Draft{AccessDays: 10})
	full := []hold.Want{{Key: course.PlacesKey(g.ID), Quantity: 2}}
	h.Moment(t, func(tx *db.Tx) error { return hold.Take(tx, "cart/x", full, tx.Now().Add(time.Hour)) })
	h.browser(t, "en").get("/course/"+string(c.Product)).wants("main", "Join the waiting list")
	b := h.signedUp(t, "en", aigul)
	group := "/course/" + string(c.Product) + "/" + string(g.ID)
	p := b.submit(b.get(group), "form.waiting", "places", "1")
	p.wants("main", "Your place in the line: 1")
	line := p.at.Path
	h.browser(t, "en").get(line).wants("main", "Sign in")
	other := h.signedUp(t, "en", "daulet@example.kz")
	if p := other.ask("GET", line, nil); p.status != 404 {
		t.Errorf("another buyer gets %d", p.status)
	}
	h.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, "cart/x") })
	h.Later(t, time.Minute)
	b.get(line).wants("main", "Held for you", "Enrol")
	p = b.get(group)
	p.wants(".note.good", "Held for you")
	b.submit(p, "form.box", "student", "Дана", "birth", "1990-04-01", "agrees", "1").wants(".line", "Дана")
	h.Sound(t)
	h.Later(t, waitlist.OfferTime+2*waitlist.Grace)
	h.Sound(t)
}
