package load

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// The targets of the search, in milliseconds unless they say otherwise.
const (
	searchHalf, searchMost    = 10.0, 50.0
	suggestMost, categoryMost = 10.0, 30.0
	visibleMost               = 1000.0
	rebuildMinutes            = 10.0
	searchClients             = 1 // One at a time says how long a search takes; more say how busy the machine is.
)

// searches measures the search at each size that was asked for, each in a house of its own.
func (b *bench) searches(ctx context.Context) error {
	for _, size := range b.plan.Sizes {
		if err := b.searchAt(ctx, size); err != nil {
			return fmt.Errorf("search of %d products: %w", size, err)
		}
	}
	return nil
}

// searchAt measures one size.
func (b *bench) searchAt(ctx context.Context, size int) error {
	row := func(what string, value float64, unit string) Row {
		return Row{What: fmt.Sprintf("%s, %d products", what, size), Engine: "sqlite", Value: value, Unit: unit}
	}
	h, known, err := b.searched(ctx, size)
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, h)
	if err != nil {
		return err
	}
	defer s.kill()
	took, err := s.indexed(ctx)
	if err != nil {
		return err
	}
	built := row("index taken up", took.Seconds(), "s")
	if !known.Built {
		built = row("index built from the store", took.Seconds(), "s").judged(rebuildMinutes*60, "< 10 min", took.Minutes() < rebuildMinutes)
	}
	b.report.add(built)
	b.say("search: the house of %d products comes to rest", size)
	b.report.add(row("at rest after that", s.restsWithin(ctx, searchRest).Seconds(), "s"))
	if err := b.asked(ctx, s, known.Words, row); err != nil {
		return err
	}
	if err := b.changed(s, known.Password, row); err != nil {
		return err
	}
	m := s.memory()
	b.report.add(row("memory of the process", m.now, "MiB"))
	b.report.add(row("of it not the files of program and index", m.own, "MiB"))
	b.report.add(row("memory of the process at most", m.peak, "MiB"))
	known.Built = true
	return errors.Join(b.again(ctx, h, s, row), known.write(h))
}

// searchRest is how long a house may be busy with itself before it is searched: it weighs each product once.
const searchRest = time.Hour

// catalogued is what must be known of a house to search it again.
type catalogued struct {
	Words    []string `json:"words"` // Words are what is looked for.
	Password string   `json:"password"`
	Built    bool     `json:"built"` // Built says that there is an index.
}

// cataloguedName is the file of it in the folder of the house.
const cataloguedName = "bench.json"

func (k catalogued) write(h *house) error {
	body, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.folder, cataloguedName), body, 0o600)
}

// searched gives the house of one size: the one that was kept, or a new one.
func (b *bench) searched(ctx context.Context, size int) (h *house, known catalogued, err error) {
	h = &house{engine: "sqlite", folder: filepath.Join(cmp.Or(b.plan.Keep, b.folder), fmt.Sprint("search-", size))}
	body, err := os.ReadFile(filepath.Join(h.folder, cataloguedName))
	if err == nil {
		return h, known, json.Unmarshal(body, &known)
	}
	b.say("search: %d products are made up", size)
	file, words, err := b.varied(size)
	if err != nil {
		return nil, known, err
	}
	known.Words = words
	b.say("search: %d products are imported", size)
	if known.Password, err = b.filledWith(ctx, h, file); err != nil {
		return nil, known, err
	}
	return h, known, errors.Join(os.Remove(file), known.write(h))
}

// again starts the house anew and looks how soon it finds with the index that was written down.
func (b *bench) again(ctx context.Context, h *house, s *server, row func(string, float64, string) Row) error {
	if err := s.stop(); err != nil {
		return err
	}
	next, err := b.serve(ctx, h)
	if err != nil {
		return err
	}
	defer next.kill()
	took, err := next.indexed(ctx)
	if err != nil {
		return err
	}
	b.report.add(row("index taken up by a new start", took.Seconds(), "s"))
	b.report.add(row("index compared with the store", next.rests(ctx).Seconds(), "s"))
	b.report.add(row("memory of the process then", next.memory().now, "MiB"))
	return nil
}

// firstPassword finds the password of a fresh house's administrator in what the import says.
var firstPassword = regexp.MustCompile(`first password (\S+)`)

// filledWith makes a house of a file, and gives the password of its administrator.
func (b *bench) filledWith(ctx context.Context, h *house, file string) (string, error) {
	args := append([]string{"--lang", "en", "import", "icecat", "--stock", plenty, file}, h.where()...)
	out, err := exec.CommandContext(ctx, b.plan.Binary, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("import: %w: %.2000s", err, out)
	}
	found := firstPassword.FindSubmatch(out)
	if found == nil {
		return "", fmt.Errorf("the import names no administrator: %.500s", out)
	}
	return string(found[1]), nil
}

// indexed waits until the index answers, and gives the time since the start of the process.
func (s *server) indexed(ctx context.Context) (time.Duration, error) {
	for ctx.Err() == nil && time.Since(s.began) < 2*time.Hour {
		c, err := dial(s.addr, time.Now().Add(grace))
		if err != nil {
			return 0, err
		}
		_, body, err := c.do(get(s.addr, "/v1/search?limit=1"))
		ready := err == nil && bytes.Contains(body, []byte(`"indexed":true`))
		_ = c.close()
		if ready {
			return time.Since(s.began), nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return 0, errors.Join(ctx.Err(), errors.New("the index is not ready"))
}

// asked measures what buyers ask: searches with three facets, suggestions, pages of categories with facets.
func (b *bench) asked(ctx context.Context, s *server, words []string, row func(string, float64, string) Row) error {
	var finds, types [][]byte
	for _, w := range words {
		q := url.QueryEscape(w)
		finds = append(finds, get(s.addr, "/v1/search?facets=brand,price,stock&limit=24&q="+q))
		letters := []rune(w)
		for n := 2; n <= len(letters); n++ {
			if typed := strings.TrimSpace(string(letters[:n])); typed != "" {
				types = append(types, get(s.addr, "/v1/suggestions?q="+url.QueryEscape(typed)))
			}
		}
	}
	pages, err := categoryPages(s.addr)
	if err != nil {
		return err
	}
	for _, of := range []struct {
		what       string
		requests   [][]byte
		half, most float64
	}{
		{"search with 3 facets", finds, searchHalf, searchMost},
		{"suggestions", types, suggestMost, suggestMost},
		{"category page of 24 with facets", pages, categoryMost, categoryMost},
	} {
		b.say("search: %s", of.what)
		worst := slowest{after: time.Now().Add(b.plan.Warm)}
		f, err := crowd{addr: s.addr, clients: searchClients, warm: b.plan.Warm, count: b.plan.Duration,
			prepare: func() act { return worst.reader(of.requests) }}.run(ctx)
		if err != nil {
			return err
		}
		if b.plan.Verbose {
			if err := worst.print(b.plan.Progress, of.what); err != nil {
				return err
			}
		}
		r := row(of.what, 0, "")
		r.Figures = f
		b.report.add(r.judged(of.most, fmt.Sprintf("p50 < %.0f ms, p99 < %.0f ms", of.half, of.most), f.P50 < of.half && f.P99 < of.most && f.Failed == 0))
	}
	return nil
}

// categoryPages are the pages of the categories, as the shop asks for them.
func categoryPages(addr string) ([][]byte, error) {
	c, err := dial(addr, time.Now().Add(grace))
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	status, body, err := c.do(get(addr, "/v1/categories"))
	if err != nil || status != http.StatusOK {
		return nil, errors.Join(err, unexpected("/v1/categories", status, body))
	}
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	var pages [][]byte
	for _, item := range list.Items {
		pages = append(pages, get(addr, "/v1/search?facets=brand,price,stock&best_facets=6&sort=newest&limit=24&filter=category:"+item.ID))
	}
	return pages, nil
}

// changes is how often a price is changed and looked for.
const changes = 20

// changed measures the time from the answer to a change of a price until a filter by price finds it.
func (b *bench) changed(s *server, password string, row func(string, float64, string) Row) error {
	c, err := dial(s.addr, time.Now().Add(5*time.Minute))
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	status, body, err := c.do(send(nil, s.addr, "POST /v1/sessions", `{"email":"admin@sauda.localhost","password":"`+password+`"}`))
	if err != nil || status != http.StatusCreated {
		return errors.Join(err, unexpected("sign in", status, body))
	}
	token := pick(body, "token")
	status, body, err = c.do(get(s.addr, "/v1/products?limit=24"))
	if err != nil || status != http.StatusOK {
		return errors.Join(err, unexpected("list", status, body))
	}
	found, _, err := cards(body)
	if err != nil {
		return err
	}
	var slowest time.Duration
	first := 900_000_000 + int(time.Now().Unix()%1_000_000)*changes // A house that was kept has the prices of the run before.
	for n := range changes {
		price := first + n
		change := fmt.Sprintf(`{"prices":[{"variant_id":%q,"amount":%d}]}`, found.variants[n%len(found.variants)], price)
		request := strings.Replace(string(send(nil, s.addr, "PUT /v1/office/prices", change)), "\r\n", "\r\nAuthorization: Bearer "+token+"\r\n", 1)
		status, body, err := c.do([]byte(request))
		if err != nil || status != http.StatusOK {
			return errors.Join(err, unexpected("set a price", status, body))
		}
		began := time.Now()
		look := get(s.addr, fmt.Sprintf("/v1/search?limit=1&filter=price:%d..%d", price, price+1))
		for seen := false; !seen && time.Since(began) < time.Minute; {
			if _, body, err = c.do(look); err != nil {
				return err
			}
			seen = bytes.Contains(body, []byte(`"found":1,`))
		}
		slowest = max(slowest, time.Since(began))
	}
	millis := float64(slowest.Microseconds()) / 1000
	b.report.add(row("changed price found, slowest of 20", millis, "ms").judged(visibleMost, "< 1 s", millis < visibleMost))
	return nil
}

// queries are what is looked for: words of the titles, one to three that stand together.
func queries(titles []string, chance *rand.Rand) []string {
	var words []string
	for range queriesMany {
		title := strings.Fields(titles[chance.IntN(len(titles))])
		n := min(1+chance.IntN(3), len(title))
		at := chance.IntN(len(title) - n + 1)
		words = append(words, strings.Join(title[at:at+n], " "))
	}
	return words
}

// queriesMany is how many different queries are asked.
const queriesMany = 2_000
