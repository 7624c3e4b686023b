package office_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/payment"
	"sauda/core/workshop"
	"sauda/gear/db"
)

// bring sends the form of a page in parts, with a picture.
func (h *house) bring(t *testing.T, token, path string, fields ...string) sheet {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "үстел.png")
	if err == nil {
		err = png.Encode(part, image.NewGray(image.Rect(0, 0, 8, 8)))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Authorization", "Bearer "+token)
	out := httptest.NewRecorder()
	h.pages.ServeHTTP(out, r)
	return sheet{t: t, status: out.Code, header: out.Header(), body: out.Body.String()}
}

// TestTheWorkshop: what is made to order stands in the workshop with its order; a drawing is sent, the buyer's word comes back,
// its stages are finished with pictures that only its buyer and its seller see, and what was late is given to the buyer once.
func TestTheWorkshop(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, buyer := h.AdminToken(t), h.Registered(t, "aigul@example.kz")
		h.Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, h.Goods[apptest.Kettle].Product)
			if err == nil {
				_, err = catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Kind: &catalog.Kind{Made: &catalog.Made{Currency: money.KZT, Days: 8}}})
			}
			return err
		})
		h.Settled(t)
		id := h.As(buyer).Buy(t, h.House, apptest.Kettle)
		h.Settled(t)
		var jobs []workshop.Job
		look := func() workshop.Job {
			h.Look(t, func(tx *db.Tx) (err error) {
				jobs, err = workshop.Of(tx, id)
				return err
			})
			if len(jobs) != 1 {
				t.Fatalf("jobs %+v", jobs)
			}
			return jobs[0]
		}
		page := "/office/workshop/" + id + "/" + look().Line
		h.get(t, admin, "/office/workshop").has("tbody", "Kettle")
		first := h.get(t, admin, page)
		first.has("#stages ~ ol", "Making")
		first.has("#wanted ~ p", "asked for nothing")
		version := func() string { return h.get(t, admin, page).attr("[name=version]", "value") }
		for _, bad := range []string{h.Staffed(t, "two@example.kz", "sel_two", "orders.*"), buyer} {
			if s := h.bring(t, bad, page+"/drawing", "version", version()); s.status != 404 && s.status != 403 {
				t.Errorf("a stranger sends a drawing: %d", s.status)
			}
		}
		if s := h.bring(t, admin, page+"/drawing", "version", version(), "note", "140 × 70"); s.status != 303 {
			t.Fatalf("a drawing: %d", s.status)
		}
		file := look().Drawings[0].File
		stranger := h.Registered(t, "stranger@example.kz")
		h.As(buyer).Do(t, 200, "GET", "/v1/orders/"+id+"/files/"+file, nil)
		h.As(stranger).Do(t, 404, "GET", "/v1/orders/"+id+"/files/"+file, nil)
		h.As(buyer).Do(t, 404, "GET", "/v1/orders/"+id+"/files/att_other", nil)
		h.get(t, admin, "/office/workshop?state=asked").has("tbody", "Kettle")
		h.Moment(t, func(tx *db.Tx) error {
			_, err := workshop.Approve(tx, look().Key)
			return err
		})
		h.Later(t, 11*24*time.Hour)
		for range look().Stages {
			if s := h.bring(t, admin, page+"/stage", "version", version(), "stage", strconv.Itoa(next(look())), "note", "Done"); s.status != 303 {
				t.Fatalf("a stage: %d", s.status)
			}
		}
		ready := h.get(t, admin, "/office/workshop?state=ready")
		ready.has("tbody", "3 / 3")
		s := h.get(t, admin, page)
		s.has(".note.bad", "1 % of the price a day")
		h.submit(t, admin, s, "form[action$='/penalty']")
		h.submit(t, admin, h.get(t, admin, page), "form[action$='/penalty']")
		h.Settled(t)
		owed := look().Owed(h.Today())
		h.Look(t, func(tx *db.Tx) error {
			paid, err := payment.ByOrder(tx, id)
			if err == nil && (!owed.IsPositive() || len(paid) != 1 || paid[0].Refunded != owed) {
				t.Errorf("owed %s, given back %+v", owed, paid)
			}
			return err
		})
		h.Sound(t)
	})
}

// next is the stage that is finished next.
func next(j workshop.Job) int {
	n, _ := j.Next()
	return n
}
