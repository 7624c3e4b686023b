package notify

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/notify/notifydb"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/mail"
)

const (
	batch    = 20               // batch is how many letters are taken at a time: a crash sends at most one of them again.
	lease    = 10 * time.Minute // lease is how long a letter that was taken is nobody else's.
	firstTry = time.Minute      // firstTry is the pause after the first failure; each further one is twice as long.
	longest  = 6 * time.Hour    // longest is the longest pause.
	triesMax = 16               // triesMax covers about two days.
)

// Deliver brings every letter that is due to send, and returns when none is. A letter that send refuses for good is
// given up at once, any other failure is tried again later and is no error here. A process that dies after a letter went
// out and before that was written down sends it again, with the same key, so that a mail server can drop it.
func Deliver(ctx context.Context, store *db.Store, send func(context.Context, mail.Letter) error) error {
	for ctx.Err() == nil {
		var taken []Kept
		if err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			taken, err = take(tx)
			return err
		}); err != nil || len(taken) == 0 {
			return err
		}
		for _, k := range taken {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			written, failure := Write(k.Letter)
			if failure == nil {
				failure = send(ctx, written)
			}
			if err := job.Once(context.WithoutCancel(ctx), store, db.System, func(tx *db.Tx) error {
				return settle(tx, k, failure)
			}); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// take leases the letters that are due.
func take(tx *db.Tx) ([]Kept, error) {
	rows, err := notifydb.New(tx).Due(tx.Context(), notifydb.DueParams{Now: span.Micros(tx.Now()), Page: batch})
	if err != nil {
		return nil, err
	}
	taken := make([]Kept, 0, len(rows))
	for _, r := range rows {
		k, err := kept(r)
		if err != nil {
			return nil, err
		}
		k.Tries++
		taken = append(taken, k)
		if err := notifydb.New(tx.Later()).Lease(tx.Context(), notifydb.LeaseParams{
			DueAt: span.Micros(tx.Now().Add(lease)), ID: r.ID,
		}); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// settle writes down how a try ended.
func settle(tx *db.Tx, k Kept, failure error) error {
	p := notifydb.SettleParams{ID: string(k.ID), State: string(StateSent), SentAt: span.Micros(tx.Now())}
	if failure != nil {
		p.State, p.SentAt, p.Error = string(StateWaiting), 0, cut(failure.Error())
		p.DueAt = span.Micros(tx.Now().Add(pause(k.Tries)))
		if hopeless(failure) || k.Tries >= triesMax {
			p.State = string(StateGivenUp)
			if err := tx.Emit(GivenUp{k.ID, k.Template, k.Order, k.Seller, p.Error}); err != nil {
				return err
			}
		}
	}
	if k.Template.secret() && p.State != string(StateWaiting) {
		if err := notifydb.New(tx.Later()).Blank(tx.Context(), string(k.ID)); err != nil {
			return err
		}
	}
	return notifydb.New(tx.Later()).Settle(tx.Context(), p)
}

// hopeless says whether trying again cannot help.
func hopeless(failure error) bool {
	return errors.Is(failure, mail.ErrRefused) || errors.Is(failure, mail.ErrAddress) || errors.Is(failure, ErrTemplate)
}

// pause is how long to wait after so many tries.
func pause(tries int64) time.Duration {
	wait := firstTry
	for range tries - 1 {
		if wait *= 2; wait >= longest {
			return longest
		}
	}
	return wait
}

// errorMax bounds what is kept of an error: enough to see the reason.
const errorMax = 500

func cut(s string) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), errorMax)])
}

// Retry has a letter that was given up tried again at once, from the beginning.
func Retry(tx *db.Tx, id ID) error {
	rows, err := notifydb.New(tx).Retry(tx.Context(), notifydb.RetryParams{DueAt: span.Micros(tx.Now()), ID: string(id)})
	if err == nil && rows == 0 {
		return ErrUnknown.About("%s", id)
	}
	return err
}

// ByOrder gives the letters about an order, the oldest first.
func ByOrder(tx *db.Tx, order string) ([]Kept, error) {
	rows, err := notifydb.New(tx).LettersByOrder(tx.Context(), order)
	if err != nil {
		return nil, err
	}
	return all(rows)
}

// Stuck gives letters that were given up, the oldest first, at most a hundred.
func Stuck(tx *db.Tx) ([]Kept, error) {
	rows, err := notifydb.New(tx).Stuck(tx.Context())
	if err != nil {
		return nil, err
	}
	return all(rows)
}

// To gives the letters to an address, the latest first, at most two hundred. Who asks has proved that it is his.
func To(tx *db.Tx, address string) ([]Kept, error) {
	rows, err := notifydb.New(tx).LettersTo(tx.Context(), address)
	if err != nil {
		return nil, err
	}
	return all(rows)
}

// ForgetTo forgets the letters to an address that are about no order. Those about an order stay with it.
func ForgetTo(tx *db.Tx, address string) error {
	return notifydb.New(tx.Later()).ForgetTo(tx.Context(), address)
}

func all(rows []notifydb.NotifyLetter) ([]Kept, error) {
	letters := make([]Kept, 0, len(rows))
	for _, r := range rows {
		k, err := kept(r)
		if err != nil {
			return nil, err
		}
		letters = append(letters, k)
	}
	return letters, nil
}

func kept(r notifydb.NotifyLetter) (Kept, error) {
	k := Kept{
		ID: ID(r.ID), State: State(r.State), Tries: r.Tries, Written: span.FromMicros(r.WrittenAt), Due: span.FromMicros(r.DueAt),
		Sent: span.FromMicros(r.SentAt), Error: r.Error,
		Letter: Letter{Key: r.Key, To: r.Recipient, Lang: r.Lang, Template: Template(r.Template), Order: r.OrderID, Seller: r.Seller},
	}
	if err := json.Unmarshal([]byte(r.Params), &k.Params); err != nil {
		return Kept{}, ErrTemplate.About("%s as it is stored: %v", r.ID, err)
	}
	return k, nil
}
