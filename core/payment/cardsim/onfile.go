package cardsim

import (
	"net/http"
	"time"

	"sauda/core/payment"
	protocol "sauda/core/payment/card"
)

// filed is a card that the gateway keeps for a customer.
type filed struct {
	token     string // token stands for it.
	agreement string // agreement names the payment in which the customer agreed to it.
	customer  string
	behaves   string // behaves names the standing token that it works like.
	signs     payment.Signs
}

// signsOf gives what the card of a number is recognised by.
func signsOf(number string, until time.Time) payment.Signs {
	brand := "card"
	switch {
	case number == "":
		number = "0000"
	case number[0] == '4':
		brand = "visa"
	case number[0] == '5' || number[0] == '2':
		brand = "mastercard"
	case number[:2] == "62":
		brand = "unionpay"
	}
	return payment.Signs{Brand: brand, Digits: number[len(number)-4:], Month: int(until.Month()), Year: until.Year()}
}

// standing is until when the cards of standing tokens can be used.
var standing = time.Date(2099, time.December, 1, 0, 0, 0, 0, time.UTC)

// signs are those of a card; an older journal has its digits only.
func (e entry) signs() payment.Signs {
	if e.Signs.Digits == "" {
		e.Signs.Digits = e.Digits
	}
	return e.Signs
}

// presented is what an authorization is asked for with: a one-time token, a standing one, or a card on file.
type presented struct {
	behaves string
	signs   payment.Signs
	once    *card
	filed   *filed
}

// presented finds what a request pays with. The lock is held.
func (s *Sim) presented(in protocol.Authorization) presented {
	if f := s.book.filed[string(in.OnFile)]; f != nil {
		return presented{behaves: f.behaves, signs: f.signs, filed: f}
	}
	if c := s.book.cards[in.Token]; c != nil {
		return presented{behaves: c.behaves, signs: c.signs, once: c}
	}
	return presented{behaves: in.Token, signs: signsOf(tokens[in.Token].number, standing)}
}

// judge refuses what cannot pay: a token that was used, and a card that is on file for somebody else, or not any more.
func (p presented) judge(in protocol.Authorization, now time.Time) *refusal {
	behaves, known := tokens[p.behaves]
	switch {
	case in.OnFile != "" && (in.Token != "" || in.Keep):
		return refuse(http.StatusBadRequest, protocol.CodeInvalid, "a card on file pays alone and is kept already")
	case in.OnFile != "" && (p.filed == nil || behaves.gone || p.filed.customer != in.Customer || p.filed.agreement != string(in.Agreement)):
		return refuse(http.StatusConflict, protocol.CodeGone, "there is no such card on file for this customer")
	case !known, p.once != nil && (p.once.key != "" || now.Sub(p.once.made) > tokenLife):
		return refuse(http.StatusUnprocessableEntity, protocol.CodeToken, "the token is unknown, too old, or was used")
	}
	return nil
}

// onFile tells apart what else was asked for with a key, without saying what stands for a card.
func onFile(in protocol.Authorization) string {
	if in.OnFile == "" && !in.Keep {
		return ""
	}
	said := " " + in.Customer
	if in.Keep {
		said += " keep"
	}
	return said + " " + payment.OnFile{Token: in.OnFile}.Mark()
}

// fileUnder gives what shall stand for a card of a customer: the same as before for the same card. The lock is held.
func (s *Sim) fileUnder(customer string, p presented) string {
	for token, f := range s.book.filed {
		if f.customer == customer && f.behaves == p.behaves && f.signs == p.signs {
			return token
		}
	}
	return s.mint("cof")
}

// file puts the card of an authorization on file, if that was asked for and the money is promised.
func (b *book) file(a *authorization) {
	if a.files != nil && a.result.State == payment.SaidAuthorized {
		b.filed[a.files.token] = a.files
	}
}

// kept says which card a payment put on file.
func (s *Sim) kept(r *http.Request) (reply, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Down {
		return reply{}, down()
	}
	of, no := s.find(r.PathValue("ref"), s.config.Now().UTC())
	if no != nil {
		return reply{}, no
	}
	if of.files == nil || s.book.filed[of.files.token] != of.files {
		return reply{empty: true}, nil
	}
	f := of.files
	return reply{report: payment.OnFile{Token: payment.Hidden(f.token), Agreement: payment.Hidden(f.agreement), Signs: f.signs}}, nil
}

// forget takes a card of a customer off file. Somebody else's stays, and is answered like one that is not there.
func (s *Sim) forget(r *http.Request) (reply, *refusal) {
	var in protocol.Removal
	a, no := s.read(r, opForget, &in)
	if no != nil {
		return reply{}, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Down {
		return reply{}, down()
	}
	if s.loses(a.key, "", lostBefore) {
		return reply{lost: true}, nil
	}
	if f := s.book.filed[string(in.OnFile)]; f != nil && f.customer == in.Customer {
		if err := s.record(entry{Op: opForget, Token: f.token}, a.now); err != nil {
			return reply{}, broken(err)
		}
	}
	return reply{empty: true, lost: s.loses(a.key, "", lostAfter)}, nil
}
