package cardsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/payment"
)

// entry is one line of the journal. Everything that the gateway knows follows from the entries in their order.
type entry struct {
	Op        string         `json:"op"`
	At        int64          `json:"at"` // At is in microseconds.
	Key       string         `json:"key,omitempty"`
	What      string         `json:"what,omitempty"`
	Ref       string         `json:"ref,omitempty"`
	Payment   payment.ID     `json:"payment,omitempty"`
	Amount    int64          `json:"amount,omitempty"`
	Currency  money.Currency `json:"currency,omitempty"`
	State     payment.Said   `json:"state,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Next      string         `json:"next,omitempty"`
	Token     string         `json:"token,omitempty"`
	Digits    string         `json:"digits,omitempty"`
	ReturnURL string         `json:"return_url,omitempty"`
	Lang      string         `json:"lang,omitempty"`
	Text      string         `json:"text,omitempty"`
	Code      string         `json:"code,omitempty"`
	Left      int64          `json:"left,omitempty"`
	Signs     payment.Signs  `json:"signs,omitzero"`
	Customer  string         `json:"customer,omitempty"`
	Files     string         `json:"files,omitempty"` // Files is what will stand for the card on file.
	Message   *message       `json:"message,omitempty"`
}

// What an entry tells.
const (
	opCard      = "card"      // A card became a token.
	opAuthorize = "authorize" // Money was promised, declined, or waits for a challenge.
	opAnswer    = "answer"    // A challenge was answered or expired.
	opWrong     = "wrong"     // A wrong code was typed.
	opCapture   = "capture"
	opVoid      = "void"
	opRefund    = "refund"
	opRefuse    = "refuse" // An act was refused.
	opForget    = "forget" // A card was taken off file.
	opMessage   = "message"
	opSent      = "sent"
)

// apply does what an entry tells. It is the only writer of the book.
func (b *book) apply(e entry) {
	a := b.authorizations[e.Ref]
	switch e.Op {
	case opCard:
		b.cards[e.Token] = &card{behaves: e.Text, signs: e.signs(), made: span.FromMicros(e.At)}
	case opAuthorize:
		b.authorize(e)
	case opForget:
		delete(b.filed, e.Token)
	case opMessage:
		b.pending = append(b.pending, *e.Message)
	case opSent:
		for n := range b.pending {
			if b.pending[n].ID == e.Key {
				b.pending = append(b.pending[:n:n], b.pending[n+1:]...)
				break
			}
		}
	case opRefuse:
		b.acts[e.Key] = &act{what: e.What, ref: e.Ref, code: e.Code, left: e.Left}
		return
	}
	if a == nil {
		return
	}
	switch e.Op {
	case opAnswer:
		a.result.State, a.result.Reason, a.result.Next = e.State, e.Reason, payment.NextStep{}
		a.result.Authorized.Minor = e.Amount
		b.file(a)
	case opWrong:
		a.tries++
	case opCapture:
		a.result.Captured.Minor += e.Amount
		a.result.State = payment.SaidCaptured
	case opVoid:
		a.result.Voided.Minor += e.Amount
		if a.result.Captured.IsZero() {
			a.result.State, a.result.Reason, a.result.Next = payment.SaidVoided, e.Reason, payment.NextStep{}
		}
	case opRefund:
		a.result.Refunded.Minor += e.Amount
		a.result.State = payment.SaidRefunded
	}
	b.keep(e, a)
}

// authorize enters a new authorization.
func (b *book) authorize(e entry) {
	none := money.Of(0, e.Currency)
	a := &authorization{
		payment: e.Payment, amount: e.Amount, behaviour: tokens[e.Token], returnURL: e.ReturnURL, lang: e.Lang,
		text: e.Text, card: e.signs().Digits, begun: span.FromMicros(e.At),
		result: payment.Result{
			Ref: e.Ref, State: e.State, Reason: e.Reason, Authorized: none, Captured: none, Voided: none, Refunded: none,
		},
	}
	if e.State == payment.SaidAuthorized {
		a.result.Authorized.Minor = e.Amount
	}
	if e.Next != "" {
		a.result.Next = payment.NextStep{Kind: "redirect", URL: e.Next}
	}
	if e.Files != "" {
		a.files = &filed{token: e.Files, agreement: "agr_" + e.Ref, customer: e.Customer, behaves: e.Token, signs: e.Signs}
		if had := b.filed[e.Files]; had != nil { // The same card again: the customer has agreed to it before.
			a.files.agreement = had.agreement
		}
	}
	b.authorizations[e.Ref] = a
	b.file(a)
	if c := b.cards[e.Code]; c != nil { // Code is the one-time token that was used.
		c.key = e.Key
	}
	b.keep(e, a)
}

// keep writes down the answer to a key, and money that moved on a day.
func (b *book) keep(e entry, a *authorization) {
	if e.Key != "" && e.Op != opSent {
		b.acts[e.Key] = &act{what: e.What, ref: a.result.Ref, result: a.result}
	}
	if e.Op == opCapture || e.Op == opRefund {
		day := span.DayOf(span.FromMicros(e.At), span.Almaty).String()
		b.moves[day] = append(b.moves[day], Move{
			At: span.FromMicros(e.At), Ref: a.result.Ref, Payment: a.payment, Kind: e.Op,
			Amount: money.Of(e.Amount, a.result.Authorized.Currency),
		})
	}
}

// journal is the file behind the book. Without a file it keeps nothing.
type journal struct {
	file   *os.File
	whole  int64 // whole is the length of the whole lines.
	buffer bytes.Buffer
}

// openJournal reads every entry of a file and opens it for more. A last line that a crash cut off is taken away.
func openJournal(path string, apply func(entry)) (*journal, error) {
	if path == "" {
		return &journal{}, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the journal of the card gateway: %w", err)
	}
	whole, err := readJournal(file, apply)
	if err == nil {
		err = file.Truncate(whole)
	}
	if err != nil {
		return nil, fmt.Errorf("the journal of the card gateway %s: %w", path, closing(file, err))
	}
	return &journal{file: file, whole: whole}, nil
}

// closing closes what could not be used and keeps the reason.
func closing(file *os.File, reason error) error {
	if err := file.Close(); err != nil {
		return fmt.Errorf("%w (and %w)", reason, err)
	}
	return reason
}

// readJournal gives the length of the whole lines. A whole line that is no entry is an error: the file is not ours.
func readJournal(file io.Reader, apply func(entry)) (whole int64, err error) {
	lines := bufio.NewReaderSize(file, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return whole, nil
		}
		if err != nil {
			return whole, err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return whole, fmt.Errorf("at byte %d: %w", whole, err)
		}
		apply(e)
		whole += int64(len(line))
	}
}

// write adds an entry. The operating system has it when write returns, so it survives the death of the process.
func (j *journal) write(e entry) error {
	if j.file == nil {
		return nil
	}
	j.buffer.Reset()
	if err := json.NewEncoder(&j.buffer).Encode(e); err != nil {
		return err
	}
	n, err := j.file.WriteAt(j.buffer.Bytes(), j.whole)
	if err != nil { // A part of a line stays behind the end, and the next entry is written over it.
		return err
	}
	j.whole += int64(n)
	return nil
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// record writes entries and does what they tell. When the journal cannot be written, nothing is done.
func (s *Sim) record(e entry, at time.Time) error {
	e.At = span.Micros(at)
	if err := s.journal.write(e); err != nil {
		return err
	}
	s.book.apply(e)
	return nil
}
