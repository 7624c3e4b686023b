package review

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/order"
	"sauda/core/review/reviewdb"
	"sauda/gear/db"
)

// Draft is a review as its author writes it.
type Draft struct {
	Product  catalog.ProductID
	Author   string // Author is the name of his account; what is shown of it is ShownName.
	Lang     string
	Stars    int
	Body     string
	Pictures []string // Pictures are addresses of what Bring has written down.
}

// Room refuses so many pictures for a review of a product before they are kept: of who may not write about it, with
// ErrReceived; more than a review shows, with ErrInvalid; more than thirty in a day, with ErrPictures.
func Room(tx *db.Tx, product catalog.ProductID, pictures int) error {
	of, err := party(tx)
	if err != nil {
		return err
	}
	_, there, err := Own(tx, product)
	if err != nil {
		return err
	}
	if !there {
		p, err := catalog.Get(tx, product)
		if err != nil {
			return err
		}
		if err := receivedBy(tx, p); err != nil {
			return err
		}
	}
	if pictures > PicturesMax {
		return ErrInvalid.Fields(tooMany())
	}
	return dayHasRoom(tx, of, pictures)
}

// Check refuses what Room refuses, and what Write will refuse of a draft to whose pictures so many are added.
func Check(tx *db.Tx, d Draft, added int) error {
	if err := Room(tx, d.Product, added); err != nil {
		return err
	}
	r, err := drafted(tx, d, tx.Who().Party)
	if err == nil && len(r.Pictures)+added > PicturesMax {
		err = ErrInvalid.Fields(tooMany())
	}
	return err
}

// tooMany says that a review shows fewer pictures.
func tooMany() fault.Field {
	return fault.Say("Show at most {n} pictures.").With("n", PicturesMax).At("/pictures")
}

func dayHasRoom(tx *db.Tx, party string, pictures int) error {
	n, err := brought(tx, party)
	if err == nil && n+int64(pictures) > broughtMax {
		err = ErrPictures.About("%s has brought %d", party, n)
	}
	return err
}

func brought(tx *db.Tx, party string) (int64, error) {
	return reviewdb.New(tx).BroughtSince(tx.Context(), reviewdb.BroughtSinceParams{Party: party, Since: span.Micros(tx.Now().Add(-broughtTime))})
}

// Bring writes down pictures that the actor brings to a review, which may show them from then on. What no review shows
// after media.DroppedTime is gone. What is no picture is media.ErrKind; more than thirty in a day are ErrPictures.
func Bring(tx *db.Tx, files ...media.File) error {
	of, err := party(tx)
	if err != nil || len(files) == 0 {
		return err
	}
	if err := dayHasRoom(tx, of, len(files)); err != nil {
		return err
	}
	later := reviewdb.New(tx.Later())
	urls := make([]string, len(files))
	for i, f := range files {
		urls[i] = f.URL()
		files[i].Buyers, files[i].Label = true, "" // What a buyer calls his file is nobody's business.
		if f.Kind != media.KindImage {
			return media.ErrKind.About("%s is no picture", f.Type)
		}
		err := later.Bring(tx.Context(), reviewdb.BringParams{Party: of, URL: f.URL(), Width: f.Width, Height: f.Height, At: span.Micros(tx.Now())})
		if err != nil {
			return err
		}
	}
	if err := media.Note(tx, files...); err != nil {
		return err
	}
	return media.LetGo(tx, urls...)
}

// Write writes the review of the actor, or changes the one that he has; then it waits to be shown. Who has not received
// the product may not, and that is ErrReceived. Written again as it is, nothing changes.
func Write(tx *db.Tx, d Draft) (Review, error) {
	of, err := party(tx)
	if err != nil {
		return Review{}, err
	}
	before, there, err := Own(tx, d.Product)
	if err != nil {
		return Review{}, err
	}
	p, err := catalog.Get(tx, d.Product)
	if err != nil {
		return Review{}, err
	}
	if !there {
		if err := receivedBy(tx, p); err != nil {
			return Review{}, err
		}
	}
	r, err := drafted(tx, d, of)
	if err != nil {
		return Review{}, err
	}
	r.Product, r.Seller, r.Written, r.Version = p.ID, p.Seller, tx.Now(), 1
	if there {
		return rewrite(tx, before, r)
	}
	return add(tx, r)
}

// Received tells whether the actor has received a product, in any variant that it has or ever had. It takes two statements,
// one more for a bundle that did not come as such, and none for who is no buyer.
func Received(tx *db.Tx, p catalog.Product) (bool, error) {
	if _, err := party(tx); err != nil {
		return false, nil
	}
	variants, err := catalog.EverOf(tx, p.ID)
	if err != nil {
		return false, err
	}
	return order.Received(tx, variants, p.Kind.Bundle != nil)
}

// receivedBy refuses who has not received a product.
func receivedBy(tx *db.Tx, p catalog.Product) error {
	ok, err := Received(tx, p)
	if err == nil && !ok {
		err = ErrReceived.About("%s and %s", tx.Who().Party, p.ID)
	}
	return err
}

// drafted checks what was written.
func drafted(tx *db.Tx, d Draft, of string) (Review, error) {
	r := Review{Party: of, Author: ShownName(d.Author), Lang: d.Lang, Stars: d.Stars, State: StateWaiting, Changed: tx.Now()}
	var wrong []fault.Field
	if d.Stars < 1 || d.Stars > 5 {
		wrong = append(wrong, fault.Say("Choose from one star to five.").At("/stars"))
	}
	body, bad := Cleaned(d.Body, BodyMax, "/body")
	r.Body, wrong = body, append(wrong, bad...)
	if len(d.Pictures) > PicturesMax {
		wrong = append(wrong, tooMany())
		d.Pictures = nil
	}
	r.Pictures = make([]Picture, 0, len(d.Pictures))
	if len(d.Pictures) > 0 {
		rows, err := reviewdb.New(tx).Brought(tx.Context(), reviewdb.BroughtParams{Party: of, Urls: db.In(d.Pictures)})
		if err != nil {
			return r, err
		}
		there, err := media.Of(tx, d.Pictures...)
		if err != nil {
			return r, err
		}
		for _, url := range d.Pictures {
			i := slices.IndexFunc(rows, func(x reviewdb.ReviewPicture) bool { return x.URL == url })
			if _, known := there[url]; i < 0 || !known { // What no review has shown for long is gone.
				wrong = append(wrong, fault.Say("Bring this picture first.").At("/pictures"))
				break
			}
			r.Pictures = append(r.Pictures, Picture{url, rows[i].Width, rows[i].Height})
		}
	}
	if len(wrong) > 0 {
		return r, ErrInvalid.Fields(wrong...)
	}
	return r, nil
}

func stored(pictures []Picture) (string, error) {
	body, err := json.Marshal(pictures)
	return string(body), err
}

func add(tx *db.Tx, r Review) (Review, error) {
	pictures, err := stored(r.Pictures)
	if err != nil {
		return r, err
	}
	r.ID = ID(tx.Mint("rev"))
	n, err := reviewdb.New(tx).Add(tx.Context(), reviewdb.AddParams{
		ID: string(r.ID), Product: string(r.Product), Seller: string(r.Seller), Party: r.Party, Author: r.Author, Lang: r.Lang,
		Stars: int64(r.Stars), Body: r.Body, Pictures: pictures, At: span.Micros(r.Written),
	})
	if err == nil && n == 0 { // Another moment of the same buyer was faster.
		err = ErrChanged.About("%s has a review of %s", r.Party, r.Product)
	}
	if err != nil {
		return r, err
	}
	if err := noted(tx, r); err != nil {
		return r, err
	}
	return r, tx.Emit(Written{About: r.about(), Stars: r.Stars})
}

// noted writes down which pictures reviews show, in the place of what was written down of them before.
func noted(tx *db.Tx, all ...Review) error {
	ids := make([]string, len(all))
	var uses []media.Use
	for i, r := range all {
		ids[i] = string(r.ID)
		for _, p := range r.Pictures {
			uses = append(uses, media.Use{Object: ids[i], URL: p.URL, Silent: true})
		}
	}
	return media.Shown(tx, ids, uses)
}

// Walk writes down which pictures the reviews after an id show, at most so many of them, and gives the last of these; none
// says that there are no more. Reviews from before uses were noted are so known to media.
func Walk(tx *db.Tx, after ID, limit int) (last ID, err error) {
	rows, err := reviewdb.New(tx).Walk(tx.Context(), reviewdb.WalkParams{After: string(after), Page: int64(limit)})
	if err != nil {
		return "", err
	}
	all := make([]Review, len(rows))
	for i, row := range rows {
		if all[i], err = reviewOf(row); err != nil {
			return "", err
		}
	}
	if err := noted(tx, all...); err != nil || len(all) < limit {
		return "", err
	}
	return all[limit-1].ID, nil
}

// letGo throws pictures away that no review shows any more.
func letGo(tx *db.Tx, all []Picture) error {
	urls := make([]string, len(all))
	for i, p := range all {
		urls[i] = p.URL
	}
	return media.LetGo(tx, urls...)
}

// same tells whether a review says what another one says.
func (r Review) same(o Review) bool {
	return r.Stars == o.Stars && r.Body == o.Body && r.Author == o.Author && slices.Equal(r.Pictures, o.Pictures)
}

func rewrite(tx *db.Tx, before, r Review) (Review, error) {
	if before.same(r) {
		return before, nil
	}
	pictures, err := stored(r.Pictures)
	if err != nil {
		return r, err
	}
	n, err := reviewdb.New(tx).Rewrite(tx.Context(), reviewdb.RewriteParams{
		Author: r.Author, Lang: r.Lang, Stars: int64(r.Stars), Body: r.Body, Pictures: pictures, At: span.Micros(r.Changed),
		ID: string(before.ID), Version: before.Version,
	})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", before.ID)
	}
	if err != nil {
		return r, err
	}
	r.ID, r.Written, r.Version = before.ID, before.Written, before.Version+1
	if err := errors.Join(noted(tx, r), letGo(tx, before.Pictures)); err != nil {
		return r, err
	}
	if before.State == StateShown {
		if err := uncount(tx, before); err != nil {
			return r, err
		}
	}
	return r, tx.Emit(Written{About: r.about(), Stars: r.Stars, Again: true})
}

// Withdraw takes the review of the actor away, with its words and its pictures, whose files are gone after
// media.DroppedTime. Somebody else's is as unknown as none.
func Withdraw(tx *db.Tx, id ID) error {
	of, err := party(tx)
	if err != nil {
		return err
	}
	r, err := load(tx, id)
	if err != nil {
		return err
	}
	if r.Party != of {
		return ErrUnknown.About("%s is not of %s", id, of)
	}
	n, err := reviewdb.New(tx).Withdraw(tx.Context(), reviewdb.WithdrawParams{ID: string(id), Version: r.Version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", id)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(noted(tx, Review{ID: r.ID}), letGo(tx, r.Pictures)); err != nil {
		return err
	}
	if r.State == StateShown {
		if err := uncount(tx, r); err != nil {
			return err
		}
	}
	return tx.Emit(Withdrawn{About: r.about()})
}

func load(tx *db.Tx, id ID) (Review, error) {
	row, err := reviewdb.New(tx).Get(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Review{}, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Review{}, err
	}
	return reviewOf(row)
}
