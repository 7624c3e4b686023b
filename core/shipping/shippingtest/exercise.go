// Package shippingtest is the one test that every carrier has to pass: what shipping.Carrier promises, tried out.
package shippingtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/shipping"
)

// World is a carrier and the hands that a test has on it.
type World struct {
	Carrier    shipping.Carrier
	LoseAnswer func() // LoseAnswer has the next request be acted upon and its answer get lost.
	Collect    func() // Collect has the carrier take everything that is booked from the warehouse.
	Arrive     func() // Arrive has everything that was taken reach its buyer.
}

// Consignment is a parcel that every carrier takes.
func Consignment(id string) shipping.Consignment {
	return shipping.Consignment{
		Shipment: shipping.ShipmentID(id), Kind: shipping.Parcel,
		From: place.Address{Country: place.KZ, Region: place.Almaty, City: "Алматы", Street: "Төле би", House: "1", Name: "Sauda"},
		To: place.Address{Country: place.KZ, Region: place.Astana, City: "Астана", Street: "Кенесары көшесі", House: "40", Flat: "5",
			Name: "Айгүл Серікқызы", Phone: "+77011234567"},
		Parcels: []shipping.Box{{ID: "01", Mass: 800, Size: measure.Size{Length: 300, Width: 200, Height: 100}}, {ID: "02", Mass: 1200}},
		Collect: money.Of(15_000_00, money.KZT),
	}
}

// Exercise tries a carrier. World is called for each test and gives a fresh one.
func Exercise(t *testing.T, world func(t *testing.T) World) {
	for name, try := range map[string]func(*testing.T, World){
		"book": book, "same key": sameKey, "lost answer": lostAnswer, "refused": refused, "unknown": unknown,
		"cancel": cancel, "track": track, "label": label, "ended": ended,
	} {
		t.Run(name, func(t *testing.T) { try(t, world(t)) })
	}
}

// booked books a consignment that must be taken.
func booked(t *testing.T, w World, key string) shipping.Booking {
	t.Helper()
	b, err := w.Carrier.Book(t.Context(), key, Consignment("shp_"+key))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func book(t *testing.T, w World) {
	if w.Carrier.Name() == "" {
		t.Error("the carrier has no name")
	}
	b, other := booked(t, w, "a"), booked(t, w, "b")
	if b.Ref == "" || b.Ref == other.Ref {
		t.Errorf("references %q and %q", b.Ref, other.Ref)
	}
	seen := map[string]bool{}
	for _, one := range []shipping.Booking{b, other} {
		for _, p := range []shipping.ParcelID{"01", "02"} {
			if number := one.Tracking[p]; number == "" || seen[number] {
				t.Errorf("parcel %s has the number %q", p, number)
			} else {
				seen[number] = true
			}
		}
	}
}

func sameKey(t *testing.T, w World) {
	first, second := booked(t, w, "a"), booked(t, w, "a")
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("the same key gives %v and %v", first, second)
	}
	if _, err := w.Carrier.Book(t.Context(), "a", Consignment("shp_other")); !errors.Is(err, shipping.ErrKeyReused) {
		t.Errorf("another consignment under the key: %v", err)
	}
}

func lostAnswer(t *testing.T, w World) {
	w.LoseAnswer() // A client may have asked again by itself: with the same key that is right.
	if _, err := w.Carrier.Book(t.Context(), "a", Consignment("shp_a")); err != nil && !errors.Is(err, shipping.ErrNoAnswer) {
		t.Fatalf("a lost answer: %v", err)
	}
	first, second := booked(t, w, "a"), booked(t, w, "a")
	if first.Ref != second.Ref {
		t.Error("a lost answer was booked twice")
	}
	w.LoseAnswer()
	if err := w.Carrier.Cancel(t.Context(), "a-cancel", first.Ref); err != nil && !errors.Is(err, shipping.ErrNoAnswer) {
		t.Fatalf("a lost answer: %v", err)
	}
	if err := w.Carrier.Cancel(t.Context(), "a-cancel", first.Ref); err != nil {
		t.Errorf("asked again: %v", err)
	}
}

func refused(t *testing.T, w World) {
	none := Consignment("shp_a")
	none.Parcels = nil
	nowhere := Consignment("shp_b")
	nowhere.To = place.Address{}
	heavy := Consignment("shp_c")
	heavy.Parcels[0].Mass = 500_000
	for n, c := range []shipping.Consignment{none, nowhere, heavy} {
		if _, err := w.Carrier.Book(t.Context(), fmt.Sprint("bad-", n), c); !errors.Is(err, shipping.ErrRefused) {
			t.Errorf("consignment %d: %v", n, err)
		}
	}
}

func unknown(t *testing.T, w World) {
	_, tracking := w.Carrier.Track(t.Context(), "none/such")
	_, paper := w.Carrier.Label(t.Context(), "none/such")
	for _, err := range []error{tracking, paper, w.Carrier.Cancel(t.Context(), "c", "none/such")} {
		if !errors.Is(err, shipping.ErrUnknownRef) {
			t.Errorf("an unknown booking: %v", err)
		}
	}
}

func cancel(t *testing.T, w World) {
	b, late := booked(t, w, "a"), booked(t, w, "b")
	for range 2 {
		if err := w.Carrier.Cancel(t.Context(), "a-cancel", b.Ref); err != nil {
			t.Errorf("cancel: %v", err)
		}
	}
	w.Collect()
	if err := w.Carrier.Cancel(t.Context(), "b-cancel", late.Ref); !errors.Is(err, shipping.ErrGone) {
		t.Errorf("cancelled under way: %v", err)
	}
	if events, err := w.Carrier.Track(t.Context(), b.Ref); err != nil || len(events) != 0 {
		t.Errorf("a cancelled booking moves: %v %v", events, err)
	}
}

func track(t *testing.T, w World) {
	b := booked(t, w, "a")
	if events, err := w.Carrier.Track(t.Context(), b.Ref); err != nil || len(events) != 0 {
		t.Errorf("before it was collected: %v %v", events, err)
	}
	w.Collect()
	w.Arrive()
	events, err := w.Carrier.Track(t.Context(), b.Ref)
	if err != nil {
		t.Fatal(err)
	}
	ids, delivered := map[string]bool{}, map[shipping.ParcelID]bool{}
	for _, e := range events {
		if e.ID == "" || ids[e.ID] || e.At.IsZero() {
			t.Errorf("event %+v", e)
		}
		ids[e.ID] = true
		if e.State == shipping.StateDelivered {
			delivered[e.Parcel] = true
		}
	}
	if !delivered[""] && (!delivered["01"] || !delivered["02"]) {
		t.Errorf("not all parcels were delivered: %+v", events)
	}
}

func label(t *testing.T, w World) {
	b := booked(t, w, "a")
	paper, err := w.Carrier.Label(t.Context(), b.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if paper.Type == "" || len(paper.Body) == 0 {
		t.Fatalf("label %+v", paper)
	}
	if bytes.HasPrefix([]byte(paper.Type), []byte("text/")) {
		for _, number := range b.Tracking {
			if !bytes.Contains(paper.Body, []byte(number)) {
				t.Errorf("the label does not show %s", number)
			}
		}
	}
}

func ended(t *testing.T, w World) {
	ctx, end := context.WithCancel(t.Context())
	end()
	if _, err := w.Carrier.Book(ctx, "a", Consignment("shp_a")); !errors.Is(err, shipping.ErrNoAnswer) {
		t.Errorf("nobody waits any more: %v", err)
	}
}
