package mail_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	post "sauda/gear/mail"
)

var letter = post.Letter{
	Key: "ntf_1", To: "Алма <buyer@example.kz>", Subject: "Тапсырысыңыз қабылданды", Text: "Рақмет!", HTML: "<p>Рақмет!</p>",
}

func TestAFolderKeepsLetters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	f := post.Folder{Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC) }}
	for range 2 {
		if err := f.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "ntf_1.eml" {
		t.Fatalf("%v %v", files, err)
	}
	file, err := os.Open(filepath.Join(dir, "ntf_1.eml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	m, err := mail.ReadMessage(file)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter.Subject || m.Header.Get("Message-Id") != "<ntf_1@localhost>" || !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("%q %v %v", subject, m.Header, err)
	}
}

func TestLettersThatCannotBe(t *testing.T) {
	f := post.Folder{Dir: t.TempDir()}
	for name, change := range map[string]func(*post.Letter){
		"no address":      func(l *post.Letter) { l.To = "nobody" },
		"another header":  func(l *post.Letter) { l.Subject = "a\r\nBcc: all@example.kz" },
		"two addresses":   func(l *post.Letter) { l.To = "a@example.kz, b@example.kz" },
		"a header in to":  func(l *post.Letter) { l.To = "a@example.kz\r\nBcc: b@example.kz" },
		"nothing to read": func(l *post.Letter) { l.Text = " " },
	} {
		l := letter
		change(&l)
		if err := f.Send(t.Context(), l); !errors.Is(err, post.ErrAddress) && !errors.Is(err, post.ErrSubject) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l := letter
	l.Key = "../../etc/x"
	if err := f.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(f.Dir); err != nil || len(files) != 1 || files[0].Name() != "------etc-x.eml" {
		t.Errorf("%v %v", files, err)
	}
}

// server is a mail server that takes one letter, or refuses its receiver with this answer.
func server(t *testing.T, refuse string) (port int, got chan string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		talk(c, refuse, got)
	}()
	return l.Addr().(*net.TCPAddr).Port, got
}

func talk(c net.Conn, refuse string, got chan<- string) {
	lines := bufio.NewReader(c)
	answer := "220 here"
	for {
		if _, err := io.WriteString(c, answer+"\r\n"); err != nil {
			return
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch answer = "250 fine"; strings.ToUpper(verb) {
		case "RCPT":
			if refuse != "" {
				answer = refuse
			}
		case "DATA":
			_, _ = io.WriteString(c, "354 go on\r\n")
			var b strings.Builder
			for {
				line, err := lines.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			got <- b.String()
		case "QUIT":
			answer = "221 bye"
		}
	}
}

func TestAServerTakesLetters(t *testing.T) {
	port, got := server(t, "")
	s := post.SMTP{Host: "127.0.0.1", Port: port, From: "Sauda <shop@sauda.kz>", Plain: true}
	if err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if text := <-got; !strings.Contains(text, "buyer@example.kz") || !strings.Contains(text, "<ntf_1@sauda.kz>") {
		t.Error(text)
	}
	for refuse, want := range map[string]error{"550 nobody here": post.ErrRefused, "451 later": post.ErrUnavailable} {
		port, _ := server(t, refuse)
		s.Port = port
		if err := s.Send(t.Context(), letter); !errors.Is(err, want) {
			t.Errorf("%s: %v", refuse, err)
		}
	}
	s.Port = 1
	if err := s.Send(t.Context(), letter); !errors.Is(err, post.ErrUnavailable) {
		t.Errorf("no server: %v", err)
	}
	port, _ = server(t, "")
	s.Port, s.Plain = port, false
	if err := s.Send(t.Context(), letter); err == nil {
		t.Error(fmt.Sprint("a letter went out without TLS to port ", port))
	}
}
