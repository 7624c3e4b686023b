// Package mail brings letters to people: into a folder, where a developer can read them, or to a mail server.
package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"sauda/base/fault"
)

// Faults of letters.
var (
	ErrAddress     = fault.New(fault.Invalid, "mail.address", "Write an e-mail address, such as name@example.kz.")
	ErrSubject     = fault.New(fault.Invalid, "mail.subject", "Give the letter a subject of one line, and a text.")
	ErrUnavailable = fault.New(fault.Unavailable, "mail.unavailable", "The mail server cannot be reached just now. The letter will be tried again.")
	ErrRefused     = fault.New(fault.Invalid, "mail.refused", "The mail server does not accept this letter.")
)

// Letter is one mail to one person. Key makes it recognisable when it had to be sent twice: the same key is the same
// Message-ID.
type Letter struct {
	Key     string
	To      string
	Subject string
	Text    string
	HTML    string // HTML may be empty.
	Stop    string // Stop is the address at which one press ends such letters; empty for letters that nobody can stop.
}

// Sender brings letters on their way. A letter that comes back with ErrRefused or ErrAddress will never go; with any other
// error it may be tried again.
type Sender interface {
	Send(ctx context.Context, l Letter) error
}

// message builds what goes over the wire; it refuses what could smuggle in another header.
func message(from string, l Letter, at time.Time) (*gomail.Msg, error) {
	if strings.ContainsAny(l.Subject, "\r\n") || strings.TrimSpace(l.Subject) == "" || strings.TrimSpace(l.Text) == "" {
		return nil, ErrSubject
	}
	to, err := mail.ParseAddress(l.To)
	if err != nil {
		return nil, ErrAddress.About("%w", err)
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("mail: the sender %q: %w", from, err)
	}
	m := gomail.NewMsg()
	if err := m.From(from); err != nil {
		return nil, err
	}
	if err := m.To(to.String()); err != nil {
		return nil, ErrAddress.About("%w", err)
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(at)
	_, domain, _ := strings.Cut(sender.Address, "@")
	if l.Key == "" {
		l.Key = rand.Text()
	}
	m.SetMessageIDWithValue(l.Key + "@" + domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no machine should answer.
	if l.Stop != "" {
		if strings.ContainsAny(l.Stop, "\r\n<> ") {
			return nil, ErrSubject.About("the address that stops it is %.80q", l.Stop)
		}
		m.SetGenHeader("List-Unsubscribe", "<"+l.Stop+">") // RFC 8058: mail programs have a button for it.
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	return m, nil
}

// Folder keeps letters as .eml files, which every mail program opens.
type Folder struct {
	Dir  string
	From string           // From is the sender; "Sauda <sauda@localhost>".
	Now  func() time.Time // Now is the clock; time.Now.
}

// Send writes the letter. A letter with the same key takes the place of the one before.
func (f Folder) Send(_ context.Context, l Letter) error {
	if f.From == "" {
		f.From = "Sauda <sauda@localhost>"
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	if l.Key == "" {
		l.Key = rand.Text()
	}
	m, err := message(f.From, l, f.Now())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(f.Dir, plain(l.Key)+".eml")
	if err := os.WriteFile(name+".part", b.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".part", name)
}

// plain keeps of a key what may stand in the name of a file.
func plain(key string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, key)
}

// SMTP hands letters to a mail server.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password string
	From     string
	Plain    bool        // Plain allows a server that does not speak TLS: one on the same machine.
	TLS      *tls.Config // TLS replaces the system's certificates; mostly nil.
}

// sendTime bounds one letter.
const sendTime = 30 * time.Second

// Send hands a letter over. That the server took it does not mean that anybody reads it.
func (s SMTP) Send(ctx context.Context, l Letter) error {
	m, err := message(s.From, l, time.Now())
	if err != nil {
		return err
	}
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(sendTime), gomail.WithTLSPortPolicy(gomail.TLSMandatory)}
	if s.Plain {
		options = append(options, gomail.WithTLSPortPolicy(gomail.TLSOpportunistic))
	}
	if s.Port == 465 {
		options = append(options, gomail.WithSSL()) // RFC 8314: TLS from the first byte.
	}
	options = append(options, gomail.WithPort(s.Port))
	if s.TLS != nil {
		options = append(options, gomail.WithTLSConfig(s.TLS))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, m)
	if err == nil {
		return nil
	}
	if failed := m.SendError(); failed != nil {
		if sending, ok := failed.(*gomail.SendError); ok && !sending.IsTemp() && sending.ErrorCode() >= 500 {
			return ErrRefused.About("%w", err)
		}
	}
	return ErrUnavailable.About("%w", err)
}
