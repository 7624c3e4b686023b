// Package billersim is a provider of services for demos and tests: the other side of the protocol by which banks tell of payments
// (check and pay, of Kaspi and of QIWI), with the habits of real ones. It knows accounts and what they owe, takes each transaction
// once and gives the same answer to it ever after, and on command it answers slowly, loses its answers after the act, says that it
// is busy, lies about the sum, gives the answer of another transaction, refuses, and is down for as long as one likes.
//
// It imports nothing of the trade and writes its answers by its own hand, for a real provider would not share a codec with who asks
// it. What it took is kept in a journal when it has one, so that it is not forgotten when the process ends.
package billersim

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config shapes a provider.
type Config struct {
	Dialect  string // Dialect is "kaspi" or "osmp".
	User     string // User and Password are what requests must bring; without a user nobody is asked for them.
	Password string
	Least    int64            // Least and Most bound a payment, in hundredths; 0 is no bound.
	Most     int64            //
	Journal  string           // Journal is a file that keeps what was taken; empty keeps it in memory.
	Now      func() time.Time // Now is time.Now when it is nil.
}

// Account is what the provider knows of a number.
type Account struct {
	Holder string
	Owed   int64 // Owed is in hundredths.
	Closed bool
}

// Taken is a payment that the provider took.
type Taken struct {
	Txn     string    `json:"txn"`
	Account string    `json:"account"`
	Sum     int64     `json:"sum"`
	Own     string    `json:"own"`
	At      time.Time `json:"at"` // At is when the payer paid.
}

// Kind is a fault on command.
type Kind string

// The faults.
const (
	Down     Kind = "down"     // Down answers nothing: the connection breaks before the act.
	Lose     Kind = "lose"     // Lose acts, and the answer gets lost.
	Busy     Kind = "busy"     // Busy says that asking again may help, and does nothing.
	Pending  Kind = "pending"  // Pending says that the payment is not finished, and does nothing.
	Lie      Kind = "lie"      // Lie acts, and answers with another sum.
	Stray    Kind = "stray"    // Stray acts, and gives the answer of another transaction.
	Garbage  Kind = "garbage"  // Garbage acts, and answers what nobody can read.
	Refuse   Kind = "refuse"   // Refuse is a clear no for a reason of its own, of what was not taken before.
	Again    Kind = "again"    // Again answers a payment, which it takes, as one that was taken before.
	Slow     Kind = "slow"     // Slow takes its time: longer than anybody waits.
	Overload Kind = "overload" // Overload answers 503.
)

// Provider is a simulated provider and its HTTP face.
type Provider struct {
	config   Config
	mu       sync.Mutex
	accounts map[string]*Account
	taken    map[string]Taken
	asked    map[string]int
	faults   []Kind
	away     bool
	journal  *os.File
}

// New opens a provider with some accounts, and with what its journal says that it took.
func New(c Config, accounts map[string]Account) (*Provider, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	p := &Provider{config: c, accounts: map[string]*Account{}, taken: map[string]Taken{}, asked: map[string]int{}}
	for number, a := range accounts {
		p.accounts[number] = &a
	}
	return p, p.open()
}

// Close lets go of the journal.
func (p *Provider) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.journal == nil {
		return nil
	}
	return p.journal.Close()
}

// Next has the next requests meet faults, one each, before all goes well again.
func (p *Provider) Next(faults ...Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, faults...)
}

// Well has all go well from now on.
func (p *Provider) Well() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults, p.away = nil, false
}

// Away has the provider be down until it is told to come back.
func (p *Provider) Away(is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = is
}

// Owe sets what a number owes, and makes the account when there is none.
func (p *Provider) Owe(number string, a Account) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accounts[number] = &a
}

// Register gives what was taken, in the order of the transactions.
func (p *Provider) Register() []Taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Taken
	for _, t := range p.taken {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Taken) int { return strings.Compare(a.Txn, b.Txn) })
	return all
}

// Asked says how often the provider was told to take a transaction, whether it answered or not.
func (p *Provider) Asked(txn string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[txn]
}

var sumShape = regexp.MustCompile(`^\d{1,12}(\.\d{1,2})?$`)

// ServeHTTP answers as the provider would, or as it was commanded to.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := p.meet(q.Get("command"), q.Get("txn_id"))
	if user, password, _ := r.BasicAuth(); p.config.User != "" && (user != p.config.User || subtle.ConstantTimeCompare([]byte(password), []byte(p.config.Password)) != 1) {
		http.Error(w, "who are you", http.StatusUnauthorized)
		return
	}
	switch f {
	case Down:
		panic(http.ErrAbortHandler)
	case Overload:
		http.Error(w, "come later", http.StatusServiceUnavailable)
		return
	case Slow:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	said := p.answer(ask{q.Get("command"), q.Get("txn_id"), strings.TrimSpace(q.Get("account")), q.Get("sum"), q.Get("txn_date")}, f)
	switch f {
	case Lose:
		panic(http.ErrAbortHandler)
	case Garbage:
		_, _ = w.Write([]byte("<html>Fatal error</html>"))
		return
	case Stray:
		said.txn = "1" + said.txn[1:] + "0"
	case Lie:
		said.sum += 100
	}
	p.write(w, said)
}

// meet takes the fault that is due, and counts.
func (p *Provider) meet(command, txn string) Kind {
	p.mu.Lock()
	defer p.mu.Unlock()
	if command == "pay" {
		p.asked[txn]++
	}
	if p.away {
		return Down
	}
	if len(p.faults) == 0 {
		return ""
	}
	f := p.faults[0]
	p.faults = p.faults[1:]
	return f
}

type ask struct{ command, txn, account, sum, date string }

// said is an answer before it is written in a dialect.
type said struct {
	txn, own, comment string
	code              int
	sum               int64
	fields            [][2]string
}

// The codes of both dialects. Five means "not found" to one and "other error" to the other.
const (
	ok = iota
	busy
	pending
	badAccount
	notFound
	closed
	tooSmall
	tooBig
	before
	other
)

var codes = map[string][]int{
	"kaspi": {ok: 0, busy: 4, pending: 4, badAccount: 1, notFound: 1, closed: 5, tooSmall: 5, tooBig: 5, before: 3, other: 5},
	"osmp":  {ok: 0, busy: 1, pending: 90, badAccount: 4, notFound: 5, closed: 79, tooSmall: 241, tooBig: 242, before: 300, other: 300},
}

func (p *Provider) answer(a ask, f Kind) said {
	p.mu.Lock()
	defer p.mu.Unlock()
	no := func(code int, comment string) said {
		return said{txn: a.txn, code: codes[p.config.Dialect][code], comment: comment}
	}
	switch f {
	case Busy:
		return no(busy, "Кейінірек қайталаңыз / Повторите позже")
	case Pending:
		return no(pending, "Төлем аяқталған жоқ / Платёж не завершён")
	}
	sum, readable := hundredths(a.sum)
	known := p.accounts[a.account]
	switch {
	case a.txn == "" || a.command != "check" && a.command != "pay":
		return no(other, "Түсініксіз сұрау / Неизвестный запрос")
	case strings.ContainsAny(a.account, " <>?"):
		return no(badAccount, "Нөмір қате / Неверный номер")
	case a.command == "pay" && p.taken[a.txn].Txn != "": // The first answer, ever after.
		first := p.taken[a.txn]
		if first.Sum != sum || first.Account != a.account {
			return no(before, "Бұрын төленген / Уже оплачен")
		}
		return p.first(first, f)
	case f == Refuse:
		return no(other, "Қабылданбады / Отказано")
	case known == nil:
		return no(notFound, "Шот табылмады / Счёт не найден")
	case known.Closed:
		return no(closed, "Шот жабық / Счёт закрыт")
	case a.command == "check":
		return said{txn: a.txn, sum: known.Owed, comment: "OK", fields: [][2]string{{"Абонент", known.Holder}}}
	case !readable || sum < p.config.Least || sum == 0:
		return no(tooSmall, "Сома тым аз / Сумма слишком мала")
	case p.config.Most > 0 && sum > p.config.Most:
		return no(tooBig, "Сома тым көп / Сумма слишком велика")
	}
	t := Taken{Txn: a.txn, Account: a.account, Sum: sum, Own: strconv.Itoa(700_000 + len(p.taken) + 1), At: p.dated(a.date)}
	if err := p.keep(t); err != nil {
		return no(busy, err.Error())
	}
	return p.first(t, f)
}

// first is the answer to a payment that was taken.
func (p *Provider) first(t Taken, f Kind) said {
	s := said{txn: t.Txn, own: t.Own, sum: t.Sum, comment: "OK"}
	if f == Again && p.config.Dialect == "kaspi" {
		s.code = codes["kaspi"][before]
	}
	return s
}

// dated is when the payer paid, as the request says (YYYYMMDDHHMMSS in the time of the country).
func (p *Provider) dated(date string) time.Time {
	at, err := time.ParseInLocation("20060102150405", date, time.FixedZone("", 5*3600))
	if err != nil {
		return p.config.Now()
	}
	return at
}

func hundredths(s string) (int64, bool) {
	if !sumShape.MatchString(s) {
		return 0, false
	}
	whole, part, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return n, err == nil
}

// keep writes a payment down before anybody hears of it.
func (p *Provider) keep(t Taken) error {
	if p.journal != nil {
		line, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if _, err := p.journal.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	p.remember(t)
	return nil
}

func (p *Provider) remember(t Taken) {
	p.taken[t.Txn] = t
	if a := p.accounts[t.Account]; a != nil {
		a.Owed = max(0, a.Owed-t.Sum)
	}
}

// open reads what an earlier process has kept. A last line that was cut off by a crash is forgotten: its answer never left.
func (p *Provider) open() error {
	if p.config.Journal == "" {
		return nil
	}
	kept, err := os.ReadFile(p.config.Journal)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	whole := 0
	for {
		end := slices.Index(kept[whole:], '\n')
		if end < 0 {
			break
		}
		var t Taken
		if err := json.Unmarshal(kept[whole:whole+end], &t); err != nil {
			return fmt.Errorf("%s at byte %d: %w", p.config.Journal, whole, err)
		}
		p.remember(t)
		whole += end + 1
	}
	if p.journal, err = os.OpenFile(p.config.Journal, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	if err := p.journal.Truncate(int64(whole)); err != nil {
		return err
	}
	_, err = p.journal.Seek(int64(whole), 0)
	return err
}
