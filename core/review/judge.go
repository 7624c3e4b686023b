package review

import (
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/review/reviewdb"
	"sauda/gear/db"
)

// Show shows a review to everybody, and its stars count from then on. The version is the one that was read: a review that
// was changed since is ErrChanged, so that nobody shows what nobody has read.
func Show(tx *db.Tx, id ID, version int64) (Review, error) {
	return judge(tx, id, version, StateShown, "")
}

// Refuse hides a review and tells its author why, as Show does; one that was shown does not count any more.
func Refuse(tx *db.Tx, id ID, version int64, reason string) (Review, error) {
	reason, wrong := Cleaned(reason, ReasonMax, "/reason")
	if len(wrong) == 0 && reason == "" {
		wrong = append(wrong, fault.Say("Tell the author why: he can then write it otherwise.").At("/reason"))
	}
	if len(wrong) > 0 {
		return Review{}, ErrInvalid.Fields(wrong...)
	}
	return judge(tx, id, version, StateRefused, reason)
}

func judge(tx *db.Tx, id ID, version int64, to State, reason string) (Review, error) {
	r, err := opened(tx, id, version)
	if err != nil {
		return Review{}, err
	}
	if r.State == to {
		return Review{}, ErrJudged.About("%s is %s", id, to)
	}
	n, err := reviewdb.New(tx).Judge(tx.Context(), reviewdb.JudgeParams{State: string(to), Reason: reason, ID: string(id), Version: version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", id)
	}
	if err != nil {
		return Review{}, err
	}
	before := r.State
	r.State, r.Reason, r.Version = to, reason, version+1
	switch {
	case to == StateShown:
		err = count(tx, r)
	case before == StateShown:
		err = uncount(tx, r)
	}
	if err != nil {
		return Review{}, err
	}
	if to == StateShown {
		return r, tx.Emit(Shown{About: r.about(), Stars: r.Stars})
	}
	return r, tx.Emit(Refused{About: r.about(), Reason: reason})
}

// opened gives a review to the staff of its seller who may decide about it, in the version that they have read.
func opened(tx *db.Tx, id ID, version int64) (Review, error) {
	r, err := load(tx, id)
	if err != nil {
		return Review{}, err
	}
	if !tx.Who().For(string(r.Seller)) { // Who works elsewhere does not learn that it is there.
		return Review{}, ErrUnknown.About("%s is not of %s", id, tx.Who().Seller)
	}
	if err := works(tx.Who(), r.Seller, ScopeWrite); err != nil {
		return Review{}, err
	}
	if r.Version != version {
		return Review{}, ErrChanged.About("%s is at %d, not %d", id, r.Version, version)
	}
	return r, nil
}

// Reply writes what the seller answers to a review, below it; an empty one takes the answer away. What says the same already
// changes nothing.
func Reply(tx *db.Tx, id ID, version int64, words string) (Review, error) {
	words, wrong := Cleaned(words, ReplyMax, "/reply")
	if len(wrong) > 0 {
		return Review{}, ErrInvalid.Fields(wrong...)
	}
	r, err := opened(tx, id, version)
	if err != nil {
		return Review{}, err
	}
	if words == r.Reply {
		return r, nil
	}
	at := int64(0)
	r.Replied = time.Time{}
	if words != "" {
		at, r.Replied = span.Micros(tx.Now()), tx.Now()
	}
	n, err := reviewdb.New(tx).Reply(tx.Context(), reviewdb.ReplyParams{Reply: words, At: at, ID: string(id), Version: version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s", id)
	}
	if err != nil {
		return Review{}, err
	}
	r.Reply, r.Version = words, version+1
	return r, tx.Emit(Replied{About: r.about()})
}

// count adds the stars of a review to those of its product.
func count(tx *db.Tx, r Review) error {
	var n [5]int64
	n[r.Stars-1] = 1
	err := reviewdb.New(tx.Later()).Count(tx.Context(), reviewdb.CountParams{
		Product: string(r.Product), N1: n[0], N2: n[1], N3: n[2], N4: n[3], N5: n[4],
	})
	if err != nil {
		return err
	}
	return tx.Emit(Rated{Product: r.Product})
}

// uncount takes them off again.
func uncount(tx *db.Tx, r Review) error {
	var n [5]int64
	n[r.Stars-1] = 1
	err := reviewdb.New(tx.Later()).Uncount(tx.Context(), reviewdb.UncountParams{
		Product: string(r.Product), N1: n[0], N2: n[1], N3: n[2], N4: n[3], N5: n[4],
	})
	if err != nil {
		return err
	}
	return tx.Emit(Rated{Product: r.Product})
}
