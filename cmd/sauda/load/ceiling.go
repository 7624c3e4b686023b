package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// page is an answer as the house has sent it.
type page struct {
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// answered gives the real answer to a target, as it was sent.
func answered(ctx context.Context, addr, target string, headers ...header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+target, nil)
	if err != nil {
		return nil, err
	}
	for _, h := range headers {
		request.Header.Set(h.name, h.value) // With Accept-Encoding among them nothing is unpacked.
	}
	return http.DefaultTransport.RoundTrip(request)
}

// capture takes the real answer to a target, to be written again by the ceiling.
func capture(ctx context.Context, addr, target string, headers ...header) (page, error) {
	answer, err := answered(ctx, addr, target, headers...)
	if err != nil {
		return page{}, err
	}
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return page{}, err
	}
	if answer.StatusCode != http.StatusOK {
		return page{}, unexpected(target, answer.StatusCode, body)
	}
	answer.Header.Del("Date") // Each server writes its own.
	return page{Header: answer.Header, Body: body}, nil
}

// Ceiling serves a captured page from memory by nothing but net/http, until ctx ends: what this machine could do with the
// same bytes. It prints where it listens.
func Ceiling(ctx context.Context, file string, out io.Writer) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	bare := &http.Server{ReadHeaderTimeout: grace, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for name, values := range p.Header {
			h[name] = values
		}
		_, _ = w.Write(p.Body) // A client that is gone needs no answer.
	})}
	go func() {
		<-ctx.Done()
		_ = bare.Close() // Whoever measures has ended.
	}()
	if _, err := fmt.Fprintln(out, listening+listener.Addr().String()); err != nil {
		return err
	}
	if err := bare.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ceiling starts the bare handler as a process of its own with the page in a file of the bench's folder.
func (b *bench) ceiling(ctx context.Context, name string, p page) (*server, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.folder, name+".page")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return nil, err
	}
	return start(ctx, b.plan.Binary, nil, "bench", "--ceiling", file)
}

// compared measures the house and its ceiling one after the other, so that both meet the same machine.
func (b *bench) compared(ctx context.Context, of reading, house, bare *server) error {
	for _, clients := range b.plan.Clients {
		b.say("%s: %d clients", of.name, clients)
		measured, err := b.read(ctx, house, clients, of)
		if err != nil {
			return err
		}
		ceiling, err := b.read(ctx, bare, clients, of)
		if err != nil {
			return err
		}
		row := Row{What: of.name, Engine: "sqlite", Figures: measured, Ceiling: ceiling.PerSecond}
		if ceiling.PerSecond > 0 {
			row.Ratio = measured.PerSecond / ceiling.PerSecond
		}
		b.report.add(row.judged(of.least, fmt.Sprintf("≥ %.0f %% of the ceiling", 100*of.least), row.Ratio >= of.least))
	}
	return nil
}

// reading is a measurement of pages that are only read.
type reading struct {
	name    string
	targets []string
	headers []header // headers are those of a browser; none are those of a program.
	least   float64  // least is the share of the ceiling that is asked for.
	half    float64  // half is how many milliseconds one of them may take at the median; zero is not judged.
}

// as is the same read by another visitor.
func (r reading) as(headers ...header) reading {
	r.headers = headers
	return r
}

// read has a crowd ask for random targets.
func (b *bench) read(ctx context.Context, from *server, clients int, of reading) (Figures, error) {
	requests := make([][]byte, len(of.targets))
	for n, t := range of.targets {
		requests[n] = get(from.addr, t, of.headers...)
	}
	w := crowd{addr: from.addr, clients: clients, warm: b.plan.Warm, count: b.plan.Duration}
	w.prepare = func() act { return reader(requests) }
	return w.run(ctx)
}

// middle asks for every target once, which also is the visit that fills the caches of the house, and gives the one whose
// answer is of middle length, so that the ceiling writes what is written on average.
func middle(addr string, of reading) (string, error) {
	c, err := dial(addr, time.Now().Add(2*time.Minute))
	if err != nil {
		return "", err
	}
	defer func() { _ = c.close() }()
	type sized struct {
		target string
		size   int
	}
	var all []sized
	sum := 0
	for _, target := range of.targets {
		status, body, err := c.do(get(addr, target, of.headers...))
		if err != nil || status != http.StatusOK {
			return "", errors.Join(err, unexpected(target, status, body))
		}
		all = append(all, sized{target, len(body)})
		sum += len(body)
	}
	best, mean := all[0], sum/len(all)
	for _, s := range all {
		if abs(s.size-mean) < abs(best.size-mean) {
			best = s
		}
	}
	return best.target, nil
}

func abs(n int) int { return max(n, -n) }

// cards reads the ids in a page of the list, and where the next page begins.
func cards(body []byte) (found shelf, next string, err error) {
	var list struct {
		Items []struct {
			ID       string `json:"id"`
			Variants []struct {
				ID string `json:"id"`
			} `json:"variants"`
			Availability string `json:"availability"`
		} `json:"items"`
		Next string `json:"next"`
	}
	if err := json.NewDecoder(bufio.NewReader(bytes.NewReader(body))).Decode(&list); err != nil {
		return shelf{}, "", err
	}
	for _, item := range list.Items {
		found.products = append(found.products, item.ID)
		for _, v := range item.Variants {
			found.variants = append(found.variants, v.ID)
		}
	}
	return found, strings.TrimSpace(list.Next), nil
}
