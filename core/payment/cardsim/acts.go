package cardsim

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/core/payment"
	protocol "sauda/core/payment/card"
)

const (
	bodyMax = 16 << 10 // No act needs more.
	keyMax  = 200
)

// refusal is an act that was not done, as it is told to the caller.
type refusal struct {
	status int
	protocol.Problem
}

func refuse(status int, code, text string) *refusal {
	return &refusal{status, protocol.Problem{Code: code, Text: text}}
}

// reply is what an act answers, and what becomes of the answer on its way.
type reply struct {
	result payment.Result
	report any  // report is answered in place of the result.
	empty  bool // empty says that there is nothing to be told.
	fresh  bool // fresh says that this request did it, so 201 and not 200.
	lost   bool // lost says that nobody hears the answer.
	slow   bool
}

// api lets callers with the key in, and sends what an act answers.
func (s *Sim) api(do func(r *http.Request) (reply, *refusal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if s.config.Secret != "" && subtle.ConstantTimeCompare([]byte(bearer), []byte(s.config.Secret)) != 1 {
			answerJSON(w, http.StatusUnauthorized, refuse(0, protocol.CodeSignedIn, "send the API key").Problem)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
		said, no := do(r)
		if said.slow {
			s.dawdle(r)
		}
		switch {
		case said.lost:
			panic(http.ErrAbortHandler) // The server closes the connection without an answer.
		case no != nil:
			answerJSON(w, no.status, no.Problem)
		case said.empty:
			w.WriteHeader(http.StatusNoContent)
		case said.report != nil:
			answerJSON(w, http.StatusOK, said.report)
		case said.fresh:
			answerJSON(w, http.StatusCreated, said.result)
		default:
			answerJSON(w, http.StatusOK, said.result)
		}
	}
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // Nobody is left to be told.
}

// ask is one act as it was asked for.
type ask struct {
	op     string
	key    string
	what   string
	ref    string
	amount money.Money
	now    time.Time
}

// read takes the key and the body of an act.
func (s *Sim) read(r *http.Request, op string, body any) (ask, *refusal) {
	a := ask{op: op, key: r.Header.Get(protocol.KeyHeader), ref: r.PathValue("ref"), now: s.config.Now().UTC()}
	if a.key == "" || len(a.key) > keyMax {
		return a, refuse(http.StatusBadRequest, protocol.CodeInvalid, "send an Idempotency-Key")
	}
	if err := json.NewDecoder(r.Body).Decode(body); err != nil {
		return a, refuse(http.StatusBadRequest, protocol.CodeInvalid, err.Error())
	}
	return a, nil
}

// authorize promises money, declines it, or asks for a challenge.
func (s *Sim) authorize(r *http.Request) (reply, *refusal) {
	var in protocol.Authorization
	a, no := s.read(r, opAuthorize, &in)
	if no != nil {
		return reply{}, no
	}
	if !in.Amount.IsPositive() || !in.Amount.Currency.Valid() || in.Payment == "" {
		return reply{}, refuse(http.StatusBadRequest, protocol.CodeInvalid, "send a payment and an amount above zero")
	}
	a.amount = in.Amount
	a.what = fmt.Sprint(opAuthorize, " ", in.Payment, " ", in.Amount, " ", in.Token, onFile(in))
	s.mu.Lock()
	defer s.mu.Unlock()
	with := s.presented(in)
	behaves := tokens[with.behaves]
	return s.act(a, behaves.authorize, func() (*entry, *refusal) {
		if no := with.judge(in, a.now); no != nil {
			return nil, no
		}
		e := &entry{
			Ref: s.mint("aut"), Payment: in.Payment, Amount: in.Amount.Minor, Currency: in.Amount.Currency, Token: with.behaves,
			ReturnURL: in.ReturnURL, Lang: in.Lang, Text: in.Description, State: payment.SaidAuthorized, Signs: with.signs,
		}
		if with.once != nil {
			e.Code = in.Token
		}
		if in.Keep && in.Customer != "" {
			e.Customer, e.Files = in.Customer, s.fileUnder(in.Customer, with)
		}
		if behaves.decline == "" && s.happens(s.faults.Decline) {
			behaves.decline = "declined"
		}
		switch {
		case behaves.decline != "":
			e.State, e.Reason = payment.SaidDeclined, behaves.decline
		case behaves.challenge:
			e.State, e.Next = payment.SaidChallenge, s.config.Base+"/challenge/"+e.Ref
		}
		return e, nil
	})
}

// capture takes a part of what is promised.
func (s *Sim) capture(r *http.Request) (reply, *refusal) {
	return s.part(r, opCapture, func(a *authorization, amount int64) *refusal {
		switch left := capturable(a); {
		case a.behaviour.noCapture != "":
			return refuse(http.StatusConflict, protocol.CodeSettled, a.behaviour.noCapture)
		case left == 0:
			return refuse(http.StatusConflict, protocol.CodeSettled, "nothing is left to capture: "+string(a.result.State))
		case amount > left:
			return over(left)
		}
		return nil
	})
}

// refund gives back a part of what was captured.
func (s *Sim) refund(r *http.Request) (reply, *refusal) {
	return s.part(r, opRefund, func(a *authorization, amount int64) *refusal {
		switch left := a.result.Captured.Minor - a.result.Refunded.Minor; {
		case left == 0:
			return refuse(http.StatusConflict, protocol.CodeSettled, "nothing is left to refund: "+string(a.result.State))
		case amount > left:
			return over(left)
		}
		return nil
	})
}

func over(left int64) *refusal {
	return &refusal{http.StatusConflict, protocol.Problem{
		Code: protocol.CodeOver, Left: left, Text: "the amount is more than is left",
	}}
}

func capturable(a *authorization) int64 {
	return a.result.Authorized.Minor - a.result.Captured.Minor - a.result.Voided.Minor
}

// part does an act on an amount of an authorization, if judge does not refuse it.
func (s *Sim) part(r *http.Request, op string, judge func(*authorization, int64) *refusal) (reply, *refusal) {
	var in protocol.Part
	a, no := s.read(r, op, &in)
	if no != nil {
		return reply{}, no
	}
	a.amount = in.Amount
	a.what = fmt.Sprint(op, " ", a.ref, " ", in.Amount)
	s.mu.Lock()
	defer s.mu.Unlock()
	of, no := s.find(a.ref, a.now)
	if no != nil {
		return reply{}, no
	}
	if !in.Amount.IsPositive() || in.Amount.Currency != of.result.Authorized.Currency {
		return reply{}, refuse(http.StatusBadRequest, protocol.CodeInvalid, "send an amount above zero in the currency of the payment")
	}
	which := of.behaviour.capture
	if op == opRefund {
		which = of.behaviour.refund
	}
	return s.act(a, which, func() (*entry, *refusal) {
		if no := judge(of, in.Amount.Minor); no != nil {
			return nil, no
		}
		return &entry{Ref: a.ref, Amount: in.Amount.Minor}, nil
	})
}

// void gives up what is promised and not captured, or a challenge that waits.
func (s *Sim) void(r *http.Request) (reply, *refusal) {
	a, no := s.read(r, opVoid, &struct{}{})
	if no != nil {
		return reply{}, no
	}
	a.what = opVoid + " " + a.ref
	s.mu.Lock()
	defer s.mu.Unlock()
	of, no := s.find(a.ref, a.now)
	if no != nil {
		return reply{}, no
	}
	return s.act(a, of.behaviour.void, func() (*entry, *refusal) {
		left := capturable(of)
		if left == 0 && of.result.State != payment.SaidChallenge {
			return nil, refuse(http.StatusConflict, protocol.CodeSettled, "nothing is left to void: "+string(of.result.State))
		}
		return &entry{Ref: a.ref, Amount: left, Reason: payment.ReasonVoided}, nil
	})
}

// look says where a payment stands.
func (s *Sim) look(r *http.Request) (reply, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Down {
		return reply{}, down()
	}
	of, no := s.find(r.PathValue("ref"), s.config.Now().UTC())
	if no != nil {
		return reply{}, no
	}
	return reply{result: of.result}, nil
}

// find gives an authorization as it is now: a challenge that waited too long has expired.
func (s *Sim) find(ref string, now time.Time) (*authorization, *refusal) {
	a := s.book.authorizations[ref]
	if a == nil {
		return nil, refuse(http.StatusNotFound, protocol.CodeUnknown, "there is no such authorization")
	}
	if a.result.State == payment.SaidChallenge && now.Sub(a.begun) > patience {
		e := entry{Op: opAnswer, Ref: ref, State: payment.SaidDeclined, Reason: payment.ReasonExpired}
		if err := s.record(e, now); err != nil {
			return nil, broken(err)
		}
		s.tell(a, payment.EventExpired, now)
	}
	return a, nil
}

func down() *refusal {
	return refuse(http.StatusServiceUnavailable, "down", "the gateway is closed for a while")
}

func broken(err error) *refusal {
	return refuse(http.StatusInternalServerError, "broken", err.Error())
}

// act does something once for its key, and decides whether the answer arrives. The lock is held.
func (s *Sim) act(a ask, card loss, do func() (*entry, *refusal)) (reply, *refusal) {
	if s.faults.Down {
		return reply{}, down()
	}
	slow := s.happens(s.faults.Slow)
	if did := s.book.acts[a.key]; did != nil {
		return s.again(a, did)
	}
	if s.loses(a.key, card, lostBefore) {
		return reply{lost: true}, nil
	}
	e, no := do()
	if no != nil {
		e = &entry{Op: opRefuse, Ref: a.ref, Code: no.Code, Left: no.Left}
	} else {
		e.Op = a.op
	}
	e.Key, e.What = a.key, a.what
	if err := s.record(*e, a.now); err != nil {
		return reply{}, broken(err)
	}
	lost := s.loses(a.key, card, lostAfter)
	if no != nil {
		return reply{lost: lost}, no
	}
	of := s.book.authorizations[e.Ref]
	if s.config.Messages.All || lost || of.behaviour.messages != "" {
		s.tell(of, eventOf(a.op, of.result.State), a.now)
	}
	slow = slow || (of.behaviour.slow && a.op == opAuthorize)
	return reply{result: of.result, fresh: true, lost: lost, slow: slow}, nil
}

// again answers a key that was used before.
func (s *Sim) again(a ask, did *act) (reply, *refusal) {
	switch {
	case did.what != a.what:
		return reply{}, refuse(http.StatusConflict, protocol.CodeKey, "the key belongs to another act")
	case did.code == protocol.CodeToken:
		return reply{}, refuse(http.StatusUnprocessableEntity, did.code, "the token is unknown, too old, or was used")
	case did.code == protocol.CodeOver:
		return reply{}, over(did.left)
	case did.code != "":
		return reply{}, refuse(http.StatusConflict, did.code, "refused before")
	}
	return reply{result: did.result}, nil
}

// eventOf names the event of an act that was done.
func eventOf(op string, state payment.Said) payment.EventKind {
	switch op {
	case opCapture:
		return payment.EventCaptured
	case opVoid:
		return payment.EventVoided
	case opRefund:
		return payment.EventRefunded
	}
	switch state {
	case payment.SaidChallenge:
		return payment.EventChallenged
	case payment.SaidDeclined:
		return payment.EventDeclined
	}
	return payment.EventAuthorized
}
