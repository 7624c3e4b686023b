package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"time"
)

// serve starts the house without limits for one client and without a line in the log for each request.
func (b *bench) serve(ctx context.Context, h *house) (*server, error) {
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--no-limits", "--quiet"}, h.where()...)
	var env []string
	if b.plan.Profile != "" {
		env = append(env, profileVar+"="+profileAddr())
	}
	return start(ctx, b.plan.Binary, env, args...)
}

// started measures how soon a house answers after its start and what it holds while nobody comes, and leaves it running.
func (b *bench) started(ctx context.Context, h *house) (*server, error) {
	const first = "/v1/products?limit=24"
	if !b.wants("start") || h.engine != "sqlite" {
		return b.idle(ctx, h, first)
	}
	b.say("start")
	var times []time.Duration
	for range starts {
		s, err := b.serve(ctx, h)
		if err != nil {
			return nil, err
		}
		took, _, err := s.answers(first)
		if err = errors.Join(err, s.stop()); err != nil {
			return nil, err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	millis := float64(times[len(times)/2].Microseconds()) / 1000
	b.report.add(Row{What: "start to first answer", Engine: h.engine, Value: millis, Unit: "ms"}.judged(startMillis, "< 300 ms", millis < startMillis))
	return b.idle(ctx, h, first)
}

const (
	starts    = 5                // The middle one of so many starts counts.
	idleWait  = 5 * time.Second  // idleWait is how long a house is left alone before its memory is looked at.
	restQuiet = 16 * time.Second // restQuiet is longer than the clock lets pass between two looks at what changed.
	restWait  = 2 * time.Minute  // restWait is how long a house may be busy with itself after an import.
)

// idle starts the house, waits until it has nothing to do for itself, which is the warm-up of all that follows, and looks
// at its memory, when that is asked for, after a while in which nobody came.
func (b *bench) idle(ctx context.Context, h *house, first string) (*server, error) {
	s, err := b.serve(ctx, h)
	if err != nil {
		return nil, err
	}
	if _, _, err := s.answers(first); err != nil {
		s.kill()
		return nil, err
	}
	b.say("%s: the house indexes what was imported", h.engine)
	busy := s.rests(ctx)
	b.report.add(Row{What: "at rest after the first start", Engine: h.engine, Value: busy.Seconds(), Unit: "s"})
	if !b.wants("memory") {
		return s, nil
	}
	b.say("memory, %s", h.engine)
	select {
	case <-time.After(idleWait):
	case <-ctx.Done():
	}
	if m := s.memory(); m.now > 0 {
		row := Row{What: "memory idle", Engine: h.engine, Value: m.now, Unit: "MiB"}
		b.report.add(row.judged(idleMiB, "< 60 MiB", m.now < idleMiB))
		b.report.add(Row{What: "of it not the files of program and index", Engine: h.engine, Value: m.own, Unit: "MiB"})
	}
	return s, ctx.Err()
}

// rests waits until a server has used less than a twentieth of a core for a while that is longer than the clock of the house
// lets pass between two looks at what is to be done, and tells how long it was busy before. Where the system does not tell,
// it waits for as long as a memory is looked at.
func (s *server) rests(ctx context.Context) time.Duration { return s.restsWithin(ctx, restWait) }

// restsWithin is rests for a house that may be busy for longer.
func (s *server) restsWithin(ctx context.Context, most time.Duration) time.Duration {
	began := time.Now()
	quiet := began
	last, known := s.worked()
	for known && time.Since(began) < most {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return time.Since(began)
		}
		now, ok := s.worked()
		if !ok {
			break
		}
		if now-last > 50*time.Millisecond {
			quiet = time.Now()
		}
		if time.Since(quiet) > restQuiet {
			return quiet.Sub(began)
		}
		last = now
	}
	if !known {
		time.Sleep(idleWait)
	}
	return time.Since(began)
}

// killed kills the house while buyers buy and looks whether each acknowledged order is there afterwards, and whether the
// doctor finds nothing wrong. It ends the server.
func (b *bench) killed(ctx context.Context, h *house, s *server) error {
	if !b.wants("kill") {
		return s.stop()
	}
	b.say("kill -9, %s", h.engine)
	var told acknowledged
	w := b.crowd(s, h, killClients, told.add)
	w.warm, w.count = 0, killAfter+killLinger
	timer := time.AfterFunc(killAfter, func() { _ = s.cmd.Process.Kill() }) // Its end is awaited below.
	_, err := w.run(ctx)
	timer.Stop()
	s.kill()
	if err != nil {
		return err
	}
	lost, err := b.missing(ctx, h, told.orders)
	if err != nil {
		return err
	}
	b.report.add(Row{
		What: "orders lost by kill -9", Engine: h.engine, Value: float64(lost), Unit: fmt.Sprintf("of %d", len(told.orders)),
	}.judged(0, "0", lost == 0 && len(told.orders) > 0))
	return b.examined(ctx, h)
}

const (
	killClients = 32
	killAfter   = 1500 * time.Millisecond
	killLinger  = 200 * time.Millisecond
)

// missing starts the house again and counts the acknowledged orders that it does not know.
func (b *bench) missing(ctx context.Context, h *house, orders []string) (lost int, err error) {
	s, err := b.serve(ctx, h)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	c, err := dial(s.addr, time.Now().Add(2*grace))
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.close() }()
	for _, id := range orders {
		status, body, err := c.do(get(s.addr, "/v1/orders/"+id))
		switch {
		case err != nil:
			return 0, err
		case status == http.StatusNotFound:
			lost++
		case status != http.StatusOK:
			return 0, unexpected("order", status, body)
		}
	}
	select { // Stories that the kill cut off are told again meanwhile.
	case <-time.After(resumeWait):
	case <-ctx.Done():
	}
	return lost, ctx.Err()
}

// resumeWait is longer than the lease of a story that died on PostgreSQL would be on SQLite, where leases of the dead
// count nothing; on PostgreSQL the doctor meets some stories under way, which is no fault.
const resumeWait = 3 * time.Second

// examined has the doctor look at the house.
func (b *bench) examined(ctx context.Context, h *house) error {
	out, err := exec.CommandContext(ctx, b.plan.Binary, append([]string{"doctor"}, h.where()...)...).CombinedOutput()
	row := Row{What: "doctor after kill -9", Engine: h.engine, Unit: "sound"}
	if err != nil {
		row.Unit, row.Trouble = "unsound", string(out[:min(len(out), 2000)])
	}
	b.report.add(row.judged(0, "sound", err == nil))
	return ctx.Err()
}

// profileVar has the house answer for profiles at an address of the loopback.
const profileVar = "SAUDA_PPROF"

// profileAddr is a free port for the profiles; the child takes it a moment later.
func profileAddr() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:6060"
	}
	_ = l.Close() // It was only to learn a number.
	return l.Addr().String()
}

// profile takes a CPU profile of the server while a crowd of the judged size is measured. The end waits for it.
func (b *bench) profile(ctx context.Context, s *server, engine string, clients int) (end func()) {
	if b.plan.Profile == "" || clients != judgedClients {
		return func() {}
	}
	var addr string
	for _, v := range s.cmd.Env {
		if len(v) > len(profileVar) && v[:len(profileVar)+1] == profileVar+"=" {
			addr = v[len(profileVar)+1:]
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", addr, max(1, int(b.plan.Duration.Seconds()))), b.plan.Profile+"."+engine); err != nil {
			b.say("no profile: %v", err)
		}
	}()
	return func() { <-done }
}

func fetch(ctx context.Context, url, file string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return errors.Join(err, answer.Body.Close())
	}
	_, err = out.ReadFrom(answer.Body)
	return errors.Join(err, out.Close(), answer.Body.Close())
}
