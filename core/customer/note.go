package customer

import (
	"strings"
	"time"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/customer/customerdb"
	"sauda/core/identity"
	"sauda/gear/db"
)

// NoteID names a note.
type NoteID string

// Note is what somebody of the staff has noted down about a customer.
type Note struct {
	ID   NoteID
	Body string
	Who  string // Who is the user who wrote it.
	At   time.Time
}

// Jot notes something down about a customer: for staff of his seller with customers.write.
func Jot(tx *db.Tx, id ID, words string) (Note, error) {
	tx.Strict() // Who is erased meanwhile keeps no note: Leave has looked for those that were there.
	c, err := written(tx, id)
	if err != nil {
		return Note{}, err
	}
	clean, err := text.Clean(words)
	if err != nil {
		return Note{}, ErrNote.Fields(fault.Found("/note", err))
	}
	clean = strings.TrimSpace(clean)
	if clean == "" || utf8.RuneCountInString(clean) > NoteMax {
		return Note{}, ErrNote.At("/note", fault.Say("Use at most {n} characters.").With("n", NoteMax))
	}
	n, err := customerdb.New(tx).CountNotes(tx.Context(), string(c.ID))
	if err != nil {
		return Note{}, err
	}
	if n >= notesMax {
		return Note{}, ErrMany.About("%s", id)
	}
	note := Note{ID: NoteID(tx.Mint("nte")), Body: clean, Who: tx.Who().ID, At: tx.Now()}
	return note, customerdb.New(tx.Later()).AddNote(tx.Context(), customerdb.AddNoteParams{
		ID: string(note.ID), Customer: string(c.ID), Body: note.Body, Who: note.Who, At: span.Micros(note.At),
	})
}

// Strike takes a note away, whoever wrote it; one that is not there any more is taken away already.
func Strike(tx *db.Tx, id ID, note NoteID) error {
	c, err := written(tx, id)
	if err != nil {
		return err
	}
	_, err = customerdb.New(tx).DropNote(tx.Context(), customerdb.DropNoteParams{ID: string(note), Customer: string(c.ID)})
	return err
}

// written gives a customer to whoever may note something down about him.
func written(tx *db.Tx, id ID) (Customer, error) {
	c, err := Get(tx, id)
	if err == nil {
		err = works(tx.Who(), c.Seller, ScopeWrite)
	}
	return c, err
}

// Notes gives what is noted down about a customer, the latest first.
func (c Customer) Notes(tx *db.Tx) ([]Note, error) {
	rows, err := customerdb.New(tx).Notes(tx.Context(), customerdb.NotesParams{Customer: string(c.ID), Most: notesMax})
	all := make([]Note, len(rows))
	for i, r := range rows {
		all[i] = Note{ID: NoteID(r.ID), Body: r.Body, Who: r.Who, At: span.FromMicros(r.At)}
	}
	return all, err
}

// NotedOf gives what was noted down about the buyer who acts, signed in or as a guest with the address of his account, for
// the file of all his data. It does not say by whom.
func NotedOf(tx *db.Tx) ([]Note, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return nil, nil
	}
	party, err := identity.GetParty(tx, identity.PartyID(who.Party))
	if err != nil {
		return nil, err
	}
	rows, err := customerdb.New(tx).NotesAbout(tx.Context(), customerdb.NotesAboutParams{Party: who.Party, Key: plainEmail(party.Email)})
	all := make([]Note, len(rows))
	for i, r := range rows {
		all[i] = Note{Body: r.Body, At: span.FromMicros(r.At)}
	}
	return all, err
}

// Leave forgets who somebody was whose account is erased: his name, his addresses, by what he is found, and what was noted
// down about him. The sums stay, and are nobody's.
func Leave(tx *db.Tx, party, email string) error {
	tx.Strict() // As Jot and Count: what is noted down or counted meanwhile does not stay.
	q := customerdb.New(tx)
	ids, err := q.OfParty(tx.Context(), party)
	if err != nil {
		return err
	}
	byKey, err := q.OfKey(tx.Context(), plainEmail(email))
	if err != nil {
		return err
	}
	if ids = append(ids, byKey...); len(ids) == 0 {
		return nil
	}
	later, all := customerdb.New(tx.Later()), db.In(ids)
	for _, forget := range []func() error{
		func() error { return later.Blank(tx.Context(), all) },
		func() error { return later.DropWords(tx.Context(), all) },
		func() error { return later.DropNotes(tx.Context(), all) },
	} {
		if err := forget(); err != nil {
			return err
		}
	}
	return nil
}
