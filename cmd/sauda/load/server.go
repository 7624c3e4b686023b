package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server is a child process that listens on the loopback: the house, or the bare handler that is its ceiling.
type server struct {
	cmd   *exec.Cmd
	addr  string
	began time.Time
	said  tail
	ended chan error
}

// startWait is how long a server may take until it says where it listens.
const startWait = time.Minute

// listening begins the first line that a server prints.
const listening = "listening on http://"

// start starts a server and waits until it says where it listens.
func start(ctx context.Context, binary string, env []string, args ...string) (*server, error) {
	s := &server{ended: make(chan error, 1)}
	s.cmd = exec.CommandContext(ctx, binary, args...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = &s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.began = time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line := make(chan string, 1)
	go func() {
		r := bufio.NewReader(out)
		first, _ := r.ReadString('\n') // A server that dies says why on the other stream.
		line <- first
		_, _ = io.Copy(io.Discard, r)
		s.ended <- s.cmd.Wait()
		close(s.ended) // Who stops it and who makes sure that it is gone may be two.
	}()
	select {
	case first := <-line:
		addr, ok := strings.CutPrefix(strings.TrimSpace(first), listening)
		if ok {
			s.addr = strings.TrimSuffix(addr, "/")
			return s, nil
		}
	case <-time.After(startWait):
	}
	s.kill()
	return nil, fmt.Errorf("the server does not start: %s", s.said.String())
}

// answers waits until a target is answered with 200 and gives the time since the start of the process.
func (s *server) answers(target string) (time.Duration, []byte, error) {
	var last error
	for time.Since(s.began) < startWait {
		c, err := dial(s.addr, time.Now().Add(grace))
		if err != nil {
			last = err
			continue
		}
		status, body, err := c.do(get(s.addr, target))
		took := time.Since(s.began)
		body = bytes.Clone(body)
		_ = c.close()
		if err == nil && status == 200 {
			return took, body, nil
		}
		last = errors.Join(err, unexpected(target, status, body))
		time.Sleep(5 * time.Millisecond)
	}
	return 0, nil, last
}

// stop ends the server in good order.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(grace):
		s.kill()
		return fmt.Errorf("the server does not stop: %s", s.said.String())
	}
}

// kill ends the server as a power cut would end its process.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // It may have ended by itself.
	<-s.ended
}

// memory is what the kernel says that a server takes, in MiB; all zero where it does not tell.
type memory struct {
	now  float64
	peak float64
	own  float64 // own is what is not a file in memory, which the kernel may drop and read again.
}

func (s *server) memory() (m memory) {
	body, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(body)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			m.now = kib / 1024
		case "VmHWM":
			m.peak = kib / 1024
		case "RssAnon":
			m.own = kib / 1024
		}
	}
	return m
}

// worked is the time that processors have spent on a server; ok is false where the kernel does not tell.
func (s *server) worked() (spent time.Duration, ok bool) {
	body, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(body), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, false
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux (proc(5)).
	return time.Duration(user+system) * tick, true
}

// tail keeps the end of what a process says.
type tail struct {
	mu   sync.Mutex
	last []byte
}

const tailMax = 4 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	t.last = t.last[max(0, len(t.last)-tailMax):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.last))
}
