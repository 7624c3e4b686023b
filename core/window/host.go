package window

import (
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/window/windowdb"
	"sauda/gear/db"
)

// Host is a name of the internet under which the window of a seller is shown by itself. It is asked for, proved, and from
// then on answered; see Proof for how.
type Host struct {
	Name      string // Name is in small ASCII letters: "shop.example.kz", "xn--…".
	Seller    string
	Token     string // Token is what the owner of the name shows at it.
	Asked     time.Time
	Confirmed time.Time // Confirmed is zero while nobody has proved that the name is his.
	How       Proof     // How says by what it was proved.
}

// Proof is by what it is known that a name is a seller's.
type Proof string

// The proofs.
const (
	ProofRecord Proof = "record" // ProofRecord is a TXT record beside the name.
	ProofFile   Proof = "file"   // ProofFile is a file at the name.
	ProofWord   Proof = "word"   // ProofWord is the word of an administrator.
)

// RecordAt is where the TXT record of a proof is.
func (h Host) RecordAt() string { return "_sauda." + h.Name }

// HostPath is where the file of a proof is (RFC 8615).
const HostPath = "/.well-known/sauda-window.txt"

// hostsMax is more than any shop is called.
const hostsMax = 10

// Faults of hosts.
var (
	ErrHost        = fault.New(fault.Invalid, "window.host", "Write a name of the internet that is yours, for example shop.example.kz, without https:// and without a path.")
	ErrHostUnknown = fault.New(fault.Missing, "window.unknown_host", "This name was not asked for. Add it first.")
	ErrHostTaken   = fault.New(fault.Conflict, "window.host_taken", "Another seller has proved that this name is his. Ask an administrator if that is wrong.")
	ErrHostMany    = fault.New(fault.Conflict, "window.many_hosts", "A shop may have 10 names. Remove one that it does not need.")
	ErrHostProof   = fault.New(fault.Conflict, "window.host_unproved", "Neither the record nor the file was found. Names of the internet take up to a day to become known: look at what you entered, and try again later.")
)

// ReadHost reads a name as people write it, in whatever letters, and gives it as browsers send it. Numbers, names of one
// part and names of this machine are no names of the internet.
func ReadHost(typed string) (string, error) {
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.ToLower(strings.TrimSpace(typed)), "."))
	if err != nil || len(name) > 253 || !strings.Contains(name, ".") || strings.Contains("."+name, "..") || strings.ContainsAny(name, ":/@ _") {
		return "", ErrHost.At("/host", fault.Say("Write a name such as shop.example.kz."))
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if _, err := netip.ParseAddr(name); err == nil || last == "localhost" || last == "local" || last == "internal" || strings.Trim(last, "0123456789") == "" {
		return "", ErrHost.At("/host", fault.Say("Write a name such as shop.example.kz."))
	}
	return name, nil
}

// AskHost asks for a name for the window of a seller, and gives what proves that it is his. Asked twice, it stays as it is.
func AskHost(tx *db.Tx, seller, typed string) (Host, error) {
	if err := staff(tx, seller); err != nil {
		return Host{}, err
	}
	name, err := ReadHost(typed)
	if err != nil {
		return Host{}, err
	}
	all, err := Hosts(tx, seller)
	if err != nil {
		return Host{}, err
	}
	for _, h := range all {
		if h.Name == name {
			return h, nil
		}
	}
	if len(all) >= hostsMax {
		return Host{}, ErrHostMany.About("%s", seller)
	}
	if err := free(tx, seller, name); err != nil {
		return Host{}, err
	}
	h := Host{Name: name, Seller: seller, Token: tx.Mint("own"), Asked: tx.Now()}
	return h, windowdb.New(tx).AskHost(tx.Context(), windowdb.AskHostParams{
		Host: h.Name, Seller: h.Seller, Token: h.Token, AskedAt: span.Micros(h.Asked), Who: tx.Who().ID,
	})
}

// free refuses a name that another seller has.
func free(tx *db.Tx, seller, name string) error {
	others, err := windowdb.New(tx).HostTaken(tx.Context(), windowdb.HostTakenParams{Host: name, Seller: seller})
	if err == nil && len(others) > 0 {
		err = ErrHostTaken.About("%s has %s", others[0], name)
	}
	return err
}

// Hosts gives the names of a seller, proved or not. Only his people see them, for they have what proves them.
func Hosts(tx *db.Tx, seller string) ([]Host, error) {
	if err := staff(tx, seller); err != nil {
		return nil, err
	}
	rows, err := windowdb.New(tx).Hosts(tx.Context(), seller)
	all := make([]Host, len(rows))
	for i, r := range rows {
		all[i] = hostOf(r)
	}
	return all, err
}

// HostNamed gives a name that a seller has asked for.
func HostNamed(tx *db.Tx, seller, name string) (Host, error) {
	if err := staff(tx, seller); err != nil {
		return Host{}, err
	}
	rows, err := windowdb.New(tx).Host(tx.Context(), windowdb.HostParams{Host: name, Seller: seller})
	if err != nil {
		return Host{}, err
	}
	if len(rows) == 0 {
		return Host{}, ErrHostUnknown.About("%.80q of %s", name, seller)
	}
	return hostOf(rows[0]), nil
}

// ConfirmHost notes that a name is a seller's: from now on it shows his window. The house says so, after it has looked, or
// an administrator gives his word; nobody else may. Confirmed twice, the first time stays.
func ConfirmHost(tx *db.Tx, seller, name string, how Proof) error {
	if who := tx.Who(); who.Kind != db.KindSystem && (who.Kind != db.KindAdmin || how != ProofWord) {
		return ErrDenied.About("%s %s confirms %s", who.Kind, who.ID, name)
	}
	if err := free(tx, seller, name); err != nil {
		return err
	}
	rows, err := windowdb.New(tx).ConfirmHost(tx.Context(), windowdb.ConfirmHostParams{
		ConfirmedAt: span.Micros(tx.Now()), How: string(how), Who: tx.Who().ID, Host: name, Seller: seller,
	})
	if err != nil {
		return err
	}
	if rows == 0 {
		h, err := HostNamed(tx, seller, name)
		if err == nil && h.Confirmed.IsZero() {
			err = ErrHostUnknown.About("%.80q of %s", name, seller)
		}
		return err
	}
	return tx.Emit(HostChanged{Host: name, Seller: seller, Shown: true})
}

// DropHost gives a name up: it shows the window no longer, if it did. Dropped twice, it is dropped once.
func DropHost(tx *db.Tx, seller, name string) error {
	if err := staff(tx, seller); err != nil {
		return err
	}
	rows, err := windowdb.New(tx).DropHost(tx.Context(), windowdb.DropHostParams{Host: name, Seller: seller})
	if err != nil || len(rows) == 0 || rows[0] == 0 {
		return err
	}
	return tx.Emit(HostChanged{Host: name, Seller: seller})
}

func hostOf(r windowdb.WindowHost) Host {
	h := Host{Name: r.Host, Seller: r.Seller, Token: r.Token, Asked: span.FromMicros(r.AskedAt), How: Proof(r.How)}
	if r.ConfirmedAt != 0 {
		h.Confirmed = span.FromMicros(r.ConfirmedAt)
	}
	return h
}
