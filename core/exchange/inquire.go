package exchange

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Inquiry is what was asked of an applicant, and what he has answered.
type Inquiry struct {
	ID        string
	Question  string
	By        string
	At        time.Time
	Answer    string    // Answer is empty while nobody has answered.
	Documents []string  // Documents are those that came with the answer.
	Answered  time.Time // Answered is zero while nobody has.
}

// AskMore asks an applicant for something that is missing. One person of the exchange is enough. While he has not answered, nothing
// else is asked and nobody admits him: ErrAsked. What is decided is ErrDecided.
func AskMore(tx *db.Tx, id ApplicationID, question Reason) error {
	who, err := person(tx)
	if err != nil {
		return err
	}
	if question, err = question.cleaned(); err != nil {
		return err
	}
	a, err := GetApplication(tx, id)
	if err != nil {
		return err
	}
	if a.State != ApplicationFiled {
		return ErrDecided.About("%s is %s", a.ID, a.State)
	}
	rows, err := exchangedb.New(tx).Inquire(tx.Context(), exchangedb.InquireParams{ID: tx.Mint("inq"), Application: string(id), Question: string(question),
		AskedBy: who, AskedAt: span.Micros(tx.Now())})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrAsked.About("%s", id)
	}
	return tx.Emit(ApplicationAsked{Application: a.ID, Party: a.Party, Question: question})
}

// Answer answers what was asked of a party about its application, and adds documents to it. Of another party it is ErrUnknown;
// when nothing is asked, ErrUnasked.
func Answer(tx *db.Tx, party string, id ApplicationID, answer Reason, documents ...string) error {
	answer, err := answer.cleaned()
	if err != nil {
		return err
	}
	a, err := ApplicationFor(tx, party, id)
	if err != nil {
		return err
	}
	for _, d := range documents {
		if !slices.Contains(a.Documents, d) {
			a.Documents = append(a.Documents, d)
		}
	}
	c := &checker{}
	c.within(int64(len(a.Documents)), 1, documentsMax, "/documents")
	for _, d := range documents {
		c.within(int64(len(d)), 1, nameMax, "/documents")
	}
	if err := c.fault(); err != nil {
		return err
	}
	added, err := json.Marshal(documents)
	if err != nil {
		return fmt.Errorf("write the documents of %s: %w", id, err)
	}
	rows, err := exchangedb.New(tx).AnswerInquiry(tx.Context(), exchangedb.AnswerInquiryParams{Answer: string(answer), Documents: string(added),
		AnsweredAt: span.Micros(tx.Now()), Application: string(id)})
	if err != nil {
		return err
	}
	if rows == 0 || a.State != ApplicationFiled {
		return ErrUnasked.About("%s is %s", id, a.State)
	}
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write the application %s: %w", id, err)
	}
	if _, err := exchangedb.New(tx).AddDocuments(tx.Context(), exchangedb.AddDocumentsParams{Body: string(body), ID: string(id)}); err != nil {
		return err
	}
	return tx.Emit(ApplicationWaits{a.ID, a.Party})
}

// ApplicationFor gives an application of a party; another one is ErrUnknown.
func ApplicationFor(tx *db.Tx, party string, id ApplicationID) (Application, error) {
	a, err := GetApplication(tx, id)
	if err == nil && (party == "" || a.Party != party) {
		return Application{}, ErrUnknown.About("%.60q is of another party", string(id))
	}
	return a, err
}

// ApplicationsOf gives what a party has filed, the youngest first.
func ApplicationsOf(tx *db.Tx, party string) ([]Application, error) {
	rows, err := exchangedb.New(tx).ApplicationsOf(tx.Context(), party)
	return each(rows, err, applicationOf)
}

// Inquiries gives what was asked about an application, the oldest first.
func Inquiries(tx *db.Tx, id ApplicationID) ([]Inquiry, error) {
	rows, err := exchangedb.New(tx).Inquiries(tx.Context(), string(id))
	return each(rows, err, func(r exchangedb.ExchangeInquiry) (Inquiry, error) {
		q := Inquiry{ID: r.ID, Question: r.Question, By: r.AskedBy, At: span.FromMicros(r.AskedAt), Answer: r.Answer}
		if r.AnsweredAt != 0 {
			q.Answered = span.FromMicros(r.AnsweredAt)
		}
		return q, json.Unmarshal([]byte(r.Documents), &q.Documents)
	})
}

// Asked tells whether the last of some inquiries waits for an answer.
func Asked(all []Inquiry) bool { return len(all) > 0 && all[len(all)-1].Answered.IsZero() }

// TraderFor is a trader of the member who keeps an account, and whether he may trade on it.
type TraderFor struct {
	Trader
	Granted bool
}

// TradersFor gives the traders of the member who keeps an account, by their numbers.
func TradersFor(tx *db.Tx, a Account) ([]TraderFor, error) {
	rows, err := exchangedb.New(tx).TradersFor(tx.Context(), exchangedb.TradersForParams{Account: string(a.ID), Member: string(a.Member)})
	return each(rows, err, func(r exchangedb.TradersForRow) (TraderFor, error) {
		t, err := traderOf(exchangedb.TradersRow{ID: r.ID, Number: r.Number, Code: r.Code, Member: r.Member, UserRef: r.UserRef, State: r.State})
		return TraderFor{Trader: t, Granted: r.Granted > 0}, err
	})
}

// AccountFor gives an account of a party; another one is ErrGrant, whether it is there or not.
func AccountFor(tx *db.Tx, party, name string) (Account, error) {
	a, err := GetAccount(tx, name)
	if err != nil {
		return Account{}, hidden(err)
	}
	if party == "" || a.Party != party {
		return Account{}, ErrGrant.About("%s is of another party", a.Code)
	}
	return a, nil
}

// Investors gives accounts of clients after a number, by their numbers, at most limit; an empty state or member is any.
func Investors(tx *db.Tx, state State, member MemberID, after uint32, limit int) ([]Account, error) {
	rows, err := exchangedb.New(tx).Investors(tx.Context(), exchangedb.InvestorsParams{After: int64(after), State: string(state), Member: string(member), Page: int64(limit)})
	return each(rows, err, func(r exchangedb.InvestorsRow) (Account, error) { return accountOf(exchangedb.AccountsRow(r)) })
}
