package exchange

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// ApplicationID names an application.
type ApplicationID string

// ApplicationState is how an application stands.
type ApplicationState string

// The states of an application.
const (
	ApplicationFiled    ApplicationState = "filed"    // ApplicationFiled waits for two people.
	ApplicationAdmitted ApplicationState = "admitted" // ApplicationAdmitted has become an account.
	ApplicationRefused  ApplicationState = "refused"  // ApplicationRefused was refused, with a reason.
)

// Application is who wants to become an investor through a member. The tax number tells birth date and sex: it is personal
// data.
type Application struct {
	ID            ApplicationID    `json:"-"`
	Party         string           `json:"-"` // Party is who applies, by a string that identity knows.
	Member        MemberID         `json:"-"` // Member is the broker.
	TaxNumber     string           `json:"-"` // TaxNumber is an IIN or a BIN.
	Questionnaire string           `json:"-"`
	Score         int64            `json:"-"`
	Class         Class            `json:"-"`
	State         ApplicationState `json:"-"`
	Reason        Reason           `json:"-"` // Reason is why it was refused.
	First, Second string           `json:"-"` // First and Second are who admitted; First alone who refused.
	Account       AccountID        `json:"-"`
	Filed         time.Time        `json:"-"`
	Decided       time.Time        `json:"-"`

	User      string   `json:"user,omitempty"` // User is who filed it, by a string that identity knows: he is told what became of it.
	Answers   Answers  `json:"answers"`
	Documents []string `json:"documents"` // Documents are attachments, by strings that others know.
}

const documentsMax = 20

// File puts down that a party wants to become an investor: with a member who is a broker and active, an IIN or a BIN, an
// answer to each question and at least one document. Who waits for an answer already is ErrFiled, and who has an account
// there ErrClient. Who was refused may file again.
func File(tx *db.Tx, a Application) (Application, error) {
	q, err := GetQuestionnaire(tx, a.Questionnaire)
	if err != nil {
		return Application{}, err
	}
	c := &checker{}
	number, _, err := ident.ParseTaxNumber(a.TaxNumber)
	if err != nil {
		c.fields = append(c.fields, fault.Found("/tax_number", err))
	}
	c.within(int64(len(a.Party)), 1, nameMax, "/party")
	c.within(int64(len(a.Documents)), 1, documentsMax, "/documents")
	for n, d := range a.Documents {
		at := "/documents/" + strconv.Itoa(n)
		c.within(int64(len(d)), 1, nameMax, at)
		c.when(slices.Contains(a.Documents[:n], d), at, fault.Say("Do not name the same thing twice."))
	}
	score, class, err := q.Score(a.Answers)
	c.fields = append(c.fields, fault.FieldsOf(err)...)
	if err := c.fault(); err != nil {
		return Application{}, err
	}
	a.ID, a.TaxNumber, a.Score, a.Class = ApplicationID(tx.Mint("app")), number, score, class
	a.State, a.Reason, a.First, a.Second, a.Account = ApplicationFiled, "", "", "", ""
	a.Filed, a.Decided = tx.Now(), time.Time{}
	if err := a.mayBecomeClient(tx); err != nil {
		return Application{}, err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return Application{}, err
	}
	rows, err := exchangedb.New(tx).File(tx.Context(), exchangedb.FileParams{ID: string(a.ID), Party: a.Party, Member: string(a.Member),
		TaxNumber: number, Questionnaire: a.Questionnaire, Body: string(body), Score: score, Class: string(class), FiledAt: span.Micros(a.Filed)})
	if err != nil {
		return Application{}, err
	}
	if rows == 0 {
		return Application{}, ErrFiled.About("%s with %s", a.Party, a.Member)
	}
	return a, tx.Emit(ApplicationWaits{a.ID, a.Party})
}

// mayBecomeClient refuses a member who does not act for clients, and a party who is a client there already.
func (a Application) mayBecomeClient(tx *db.Tx) error {
	m, err := activeMember(tx, a.Member)
	if err != nil {
		return err
	}
	if !m.Broker {
		return ErrStanding.About("%s is no broker", m.Code)
	}
	accounts, err := AccountsOf(tx, a.Party)
	if err != nil {
		return err
	}
	for _, one := range accounts {
		if one.Member == m.ID && one.Kind == Client && one.State != StateEnded {
			return ErrClient.About("%s has %s", a.Party, one.Code)
		}
	}
	return nil
}

// application gives the application that a proposal wants to admit, while it waits.
func (p Proposal) application(tx *db.Tx) (Application, error) {
	a, err := GetApplication(tx, ApplicationID(p.Subject))
	if err != nil {
		return Application{}, err
	}
	if a.State != ApplicationFiled {
		return Application{}, ErrStanding.About("%s is %s", a.ID, a.State)
	}
	asked, err := Inquiries(tx, a.ID)
	if err != nil {
		return Application{}, err
	}
	if Asked(asked) {
		return Application{}, ErrAsked.About("%s", a.ID)
	}
	return a, a.mayBecomeClient(tx)
}

// admit makes an investor of who has applied, with an account.
func (p Proposal) admit(tx *db.Tx) error {
	a, err := p.application(tx)
	if err != nil {
		return err
	}
	account, err := open(tx, Account{Member: a.Member, Party: a.Party, Kind: Client, Class: a.Class}, step{reason: p.Reason, by: p.By, second: p.Decided})
	if err != nil {
		return err
	}
	a.State, a.First, a.Second, a.Account = ApplicationAdmitted, p.By, p.Decided, account.ID
	return a.settle(tx)
}

// Refuse refuses an application with a reason, which the applicant is told. One person of the exchange is enough. What is
// decided is ErrDecided.
func Refuse(tx *db.Tx, id ApplicationID, why Reason) (Application, error) {
	who, err := person(tx)
	if err != nil {
		return Application{}, err
	}
	if why, err = why.cleaned(); err != nil {
		return Application{}, err
	}
	a, err := GetApplication(tx, id)
	if err != nil {
		return Application{}, err
	}
	a.State, a.Reason, a.First = ApplicationRefused, why, who
	if err := a.settle(tx); err != nil {
		return Application{}, err
	}
	a.Decided = tx.Now()
	return a, nil
}

// settle writes how an application was decided, once.
func (a Application) settle(tx *db.Tx) error {
	rows, err := exchangedb.New(tx).Settle(tx.Context(), exchangedb.SettleParams{State: string(a.State), Reason: string(a.Reason), FirstBy: a.First,
		SecondBy: a.Second, Account: string(a.Account), DecidedAt: span.Micros(tx.Now()), ID: string(a.ID)})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrDecided.About("%s", a.ID)
	}
	return tx.Emit(ApplicationDecided{a.ID, a.Party, a.State, a.Account, a.Reason})
}

// GetApplication gives an application, or ErrUnknown.
func GetApplication(tx *db.Tx, id ApplicationID) (Application, error) {
	row, err := exchangedb.New(tx).Application(tx.Context(), string(id))
	if err != nil {
		return Application{}, missing(err, string(id))
	}
	return applicationOf(row)
}

// Applications gives those that wait, the oldest first.
func Applications(tx *db.Tx) ([]Application, error) {
	rows, err := exchangedb.New(tx).Applications(tx.Context())
	return each(rows, err, applicationOf)
}

func applicationOf(row exchangedb.ExchangeApplication) (Application, error) {
	a := Application{ID: ApplicationID(row.ID), Party: row.Party, Member: MemberID(row.Member), TaxNumber: row.TaxNumber,
		Questionnaire: row.Questionnaire, Score: row.Score, Class: Class(row.Class), State: ApplicationState(row.State), Reason: Reason(row.Reason),
		First: row.FirstBy, Second: row.SecondBy, Account: AccountID(row.Account), Filed: span.FromMicros(row.FiledAt), Decided: span.FromMicros(row.DecidedAt)}
	return a, json.Unmarshal([]byte(row.Body), &a)
}
