// Package collect pays for people at providers of services that keep their books elsewhere, and pays their bills by itself where they
// have agreed to that.
//
//	an order is paid ─▶ the story: tell ▸ note ─▶ taken: the line is delivered
//	                             │             └▶ refused: the line is cancelled, and the money goes back
//	                             └ no answer, or busy: asked again with the same transaction, for as long as it takes
//
// A provider is asked over the protocol of banks (core/utility/biller), and only by addresses of the world (gear/reach). A provider
// that is down is let alone for a while, so that nobody waits for it in vain; whoever wants to know reads the truth.
package collect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"sauda/core/utility"
	"sauda/core/utility/biller"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/reach"
	"sauda/gear/saga"
	"sauda/gear/seal"
)

const (
	// tellWait is how long a provider may think about a payment. QIWI allows sixty seconds; a Call of a story has twenty, and who
	// was not heard is asked again.
	tellWait = 15 * time.Second
	// lookWait is how long a person waits for what a provider says of a number.
	lookWait = 6 * time.Second
	// restFirst and restMax bound how long a provider that gave no answer is let alone.
	restFirst, restMax = 5 * time.Second, 2 * time.Minute
)

// Collector asks providers.
type Collector struct {
	store  *db.Store
	teller *saga.Teller
	keys   seal.Keys
	http   *http.Client
	till   Till
	rests  rests
}

// Options are what a collector works with.
type Options struct {
	Store *db.Store
	Keys  seal.Keys
	HTTP  http.RoundTripper // HTTP reaches providers; reach.Transport, which knows public addresses only, when it is nil.
	Till  Till              // Till orders and pays what is paid by itself.
}

// New makes a collector and teaches the teller its stories.
func New(teller *saga.Teller, o Options) *Collector {
	if o.HTTP == nil {
		o.HTTP = reach.Transport(tellWait)
	}
	c := &Collector{store: o.Store, teller: teller, keys: o.Keys, till: o.Till, http: &http.Client{
		Transport: o.HTTP, Timeout: tellWait,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	saga.Learn(teller, saga.Story[Telling]{Name: tellStory, Steps: []saga.Step[Telling]{
		{Name: "tell", Call: c.tellProvider},
		{Name: "note", Do: note},
	}})
	c.learnPaying()
	return c
}

// tellStory names the story in the store; it never changes.
const tellStory = "bill"

// Telling is a payment on its way to its provider.
type Telling struct {
	Payment utility.PaymentID `json:"payment"`
	Verdict utility.Verdict   `json:"verdict"`
}

// Tell begins to tell a provider of a payment. Begun twice, it is told once.
func (c *Collector) Tell(tx *db.Tx, id utility.PaymentID) error {
	return saga.Begin(tx, c.teller, saga.Name{Story: tellStory, Key: string(id)}, Telling{Payment: id})
}

// told is what has to be known to tell a provider.
type told struct {
	pay     utility.Payment
	account utility.Account
	of      utility.Provider
}

// tellProvider asks the provider to take a payment, until it has said yes or no. Whatever else goes wrong is tried again: the money
// is here, and nobody may decide about it by a broken connection. What people have decided meanwhile is not asked any more.
func (c *Collector) tellProvider(ctx context.Context, _ string, s *Telling) error {
	var t told
	err := job.Look(ctx, c.store, db.System, func(tx *db.Tx) (err error) {
		if t.pay, err = utility.PaymentOf(tx, s.Payment); err != nil {
			return err
		}
		if t.account, err = utility.AccountOf(tx, t.pay.Account); err != nil {
			return err
		}
		t.of, err = utility.Get(tx, t.pay.Provider)
		return err
	})
	if err != nil {
		return later(err)
	}
	if t.pay.Told != utility.StateWaiting {
		return nil
	}
	answer, err := c.ask(ctx, t.of, biller.Request{
		Command: biller.Pay, Txn: t.pay.TxnElsewhere(), Account: t.account.Number, Sum: t.pay.Sum, Date: t.pay.Dated,
	})
	if err != nil {
		return later(err)
	}
	if s.Verdict = t.pay.Judge(answer); s.Verdict.State == utility.StateWaiting {
		return later(errors.New("collect: the provider says that it is not finished: " + answer.Outcome.Word()))
	}
	return nil
}

// later has the clock make a call again, whatever is wrong.
func later(err error) error { return fmt.Errorf("%w: %w", saga.ErrLater, err) }

// note writes down what the provider has decided.
func note(tx *db.Tx, s *Telling) error {
	if s.Verdict.State == "" {
		return nil
	}
	return utility.NoteTold(tx, s.Payment, s.Verdict)
}

// ask asks a provider once. One that gave no answer just now is not asked.
func (c *Collector) ask(ctx context.Context, p utility.Provider, r biller.Request) (biller.Answer, error) {
	if !c.rests.over(p.ID, c.store.Now()) {
		return biller.Answer{}, utility.ErrDown.About("%s gave no answer just now", p.Code)
	}
	client, err := p.Client(c.keys)
	if err != nil {
		return biller.Answer{}, err
	}
	client.HTTP = c.http
	answer, err := client.Ask(ctx, r)
	if away := errors.Is(err, biller.ErrAway); !away || !errors.Is(ctx.Err(), context.Canceled) { // Who went away himself says nothing of the provider.
		c.rests.note(p.ID, c.store.Now(), !away)
	}
	if err != nil {
		err = utility.ErrDown.About("%s: %w", p.Code, err)
	}
	return answer, err
}

// Look asks what a provider says of a number, once, while a person waits. No answer, or one that says to come again, is ErrDown; a
// number that it does not know is ErrAccount.
func (c *Collector) Look(ctx context.Context, p utility.Provider, number string) (utility.Told, error) {
	number = utility.Number(number)
	if number == "" {
		return utility.Told{}, utility.ErrAccount
	}
	ctx, stop := context.WithTimeout(ctx, lookWait)
	defer stop()
	// A check has a number of its own, in a range that no payment has.
	asked := c.store.Now()
	answer, err := c.ask(ctx, p, biller.Request{Command: biller.Check, Txn: strconv.FormatInt(asked.UnixNano(), 10), Account: number})
	if err != nil {
		return utility.Told{}, err
	}
	switch answer.Outcome {
	case biller.OK:
		return utility.Heard(answer, asked), nil
	case biller.Again, biller.Pending:
		return utility.Told{}, utility.ErrDown.About("%s says %s", p.Code, answer.Outcome.Word())
	case biller.NotFound, biller.Format:
		return utility.Told{}, utility.ErrAccount.About("%s says %s", p.Code, answer.Outcome.Word())
	case biller.Inactive:
		return utility.Told{}, utility.ErrClosed.About("%s says so", p.Code)
	}
	return utility.Told{}, utility.ErrRefused.About("%s says %s", p.Code, answer.Outcome.Word())
}

// Hear asks what a provider says of a number, as Look does, and keeps it.
func (c *Collector) Hear(ctx context.Context, p utility.Provider, number string) (a utility.Account, err error) {
	told, err := c.Look(ctx, p, number)
	if err != nil {
		return a, err
	}
	err = job.Once(ctx, c.store, db.System, func(tx *db.Tx) (err error) {
		a, err = utility.Keep(tx, p, number, told)
		return err
	})
	return a, err
}

// asksAtOnce bounds the numbers that one errand asks about.
const asksAtOnce = 50

// AskAgain asks about the numbers of which providers gave no answer when a person waited.
func (c *Collector) AskAgain(ctx context.Context) error {
	var due []utility.Ask
	var of map[utility.ProviderID]utility.Provider
	err := job.Look(ctx, c.store, db.System, func(tx *db.Tx) (err error) {
		if due, err = utility.Asks(tx, asksAtOnce); err != nil || len(due) == 0 {
			return err
		}
		ids := make([]utility.ProviderID, len(due))
		for i, a := range due {
			ids[i] = a.Provider
		}
		of, err = utility.Some(tx, ids)
		return err
	})
	for _, a := range due {
		if err != nil || ctx.Err() != nil {
			break
		}
		err = c.askAgain(ctx, of[a.Provider], a)
	}
	return err
}

func (c *Collector) askAgain(ctx context.Context, p utility.Provider, a utility.Ask) error {
	heard, err := c.Look(ctx, p, a.Number)
	return job.Once(ctx, c.store, db.System, func(tx *db.Tx) error {
		switch {
		case err == nil:
			return utility.Answered(tx, p, a, heard)
		case errors.Is(err, utility.ErrAccount), errors.Is(err, utility.ErrClosed), errors.Is(err, utility.ErrRefused):
			return utility.Answered(tx, p, a, utility.Told{Missing: true})
		}
		return utility.Unanswered(tx, a)
	})
}

// rests are the providers that were away, and until when they are let alone. It is the knowledge of one process: another one
// asks once more, which does no harm.
type rests struct {
	mu  sync.Mutex
	all map[utility.ProviderID]rest
}

type rest struct {
	until time.Time
	last  time.Duration
}

// over tells whether a provider may be asked again.
func (r *rests) over(id utility.ProviderID, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !now.Before(r.all[id].until)
}

// note notes how an asking has ended: a provider that answers, whatever it says, is there.
func (r *rests) note(id utility.ProviderID, now time.Time, answered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if answered {
		delete(r.all, id)
		return
	}
	if r.all == nil {
		r.all = map[utility.ProviderID]rest{}
	}
	pause := min(restMax, max(restFirst, 2*r.all[id].last))
	r.all[id] = rest{now.Add(pause), pause}
}
