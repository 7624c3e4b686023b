package cardsim

import (
	"net/http"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/payment"
	protocol "sauda/core/payment/card"
)

// Move is money that a gateway moved: captured from a buyer, or refunded.
type Move struct {
	At      time.Time   `json:"at"`
	Ref     string      `json:"ref"`
	Payment payment.ID  `json:"payment"`
	Kind    string      `json:"kind"` // Kind is "capture" or "refund".
	Amount  money.Money `json:"amount"`
}

// Settlement is all that moved on one day of Kazakhstan, and the sums by currency.
type Settlement struct {
	Day      span.Day      `json:"day"`
	Moves    []Move        `json:"moves"`
	Captured []money.Money `json:"captured"`
	Refunded []money.Money `json:"refunded"`
}

// Settlement gives the report of a day.
func (s *Sim) Settlement(day span.Day) Settlement {
	s.mu.Lock()
	defer s.mu.Unlock()
	report := Settlement{Day: day, Moves: append([]Move{}, s.book.moves[day.String()]...)}
	for _, m := range report.Moves {
		if m.Kind == opCapture {
			report.Captured = addTo(report.Captured, m.Amount)
		} else {
			report.Refunded = addTo(report.Refunded, m.Amount)
		}
	}
	return report
}

func addTo(sums []money.Money, amount money.Money) []money.Money {
	for n := range sums {
		if sums[n].Currency == amount.Currency {
			sums[n].Minor += amount.Minor
			return sums
		}
	}
	return append(sums, amount)
}

// settlement answers the report of a day to callers with the key.
func (s *Sim) settlement(w http.ResponseWriter, r *http.Request) {
	s.api(func(r *http.Request) (reply, *refusal) {
		day, err := span.Parse(r.PathValue("day"))
		if err != nil {
			return reply{}, refuse(http.StatusBadRequest, protocol.CodeInvalid, err.Error())
		}
		return reply{report: s.Settlement(day)}, nil
	})(w, r)
}
