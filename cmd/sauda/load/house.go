package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// house is where one engine is measured: a folder, and a database where the engine is PostgreSQL.
type house struct {
	engine string
	folder string
	dsn    string
	drop   func() error
	took   time.Duration // took is how long the import took.
	shelf  shelf
}

// shelf is what the clients ask for.
type shelf struct {
	slugs    []string // slugs are those of the categories that fill a page.
	lists    []string // lists are the targets of all pages of the list, and of the first ones of the categories.
	products []string
	variants []string
}

// open makes an empty house.
func (b *bench) open(ctx context.Context, engine string) (*house, error) {
	h := &house{engine: engine, folder: filepath.Join(b.folder, engine), drop: func() error { return nil }}
	if err := os.MkdirAll(h.folder, 0o750); err != nil {
		return nil, err
	}
	if engine != "postgres" {
		return h, nil
	}
	var err error
	h.dsn, h.drop, err = FreshDatabase(ctx, b.plan.Postgres)
	return h, err
}

// where is the house for a command line.
func (h *house) where() []string {
	args := []string{"--data", h.folder}
	if h.dsn != "" {
		args = append(args, "--postgres", h.dsn)
	}
	return args
}

// fill imports the catalogue, with its prices and plenty of everything on the shelves.
func (b *bench) fill(ctx context.Context, h *house) error {
	files, err := b.catalogue()
	if err != nil {
		return err
	}
	b.say("import, %s: %d files", h.engine, len(files))
	args := append(append([]string{"import", "icecat", "--stock", plenty}, files...), h.where()...)
	cmd := exec.CommandContext(ctx, b.plan.Binary, args...)
	var said tail
	cmd.Stderr, cmd.Stdout = &said, &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("import: %w: %s", err, said.String())
	}
	h.took = time.Since(began)
	return nil
}

// imported reports the import, once it is known how many products it brought.
func (b *bench) imported(h *house) {
	if !b.wants("import") {
		return
	}
	rate := float64(len(h.shelf.products)) / h.took.Seconds()
	row := Row{What: "import", Engine: h.engine, Value: rate, Unit: "products/s"}
	if h.engine == "sqlite" {
		row = row.judged(importRate, "≥ 5000/s", rate >= importRate)
	}
	b.report.add(row)
}

// plenty is more of each variant than a run can buy.
const plenty = "1000000"

// walk goes through the whole list, as a search engine would, to know what can be asked for.
func walk(addr string) (shelf, error) {
	c, err := dial(addr, time.Now().Add(2*time.Minute))
	if err != nil {
		return shelf{}, err
	}
	defer func() { _ = c.close() }()
	var all shelf
	for target := "/v1/products?limit=24"; target != ""; {
		status, body, err := c.do(get(addr, target))
		if err != nil || status != http.StatusOK {
			return shelf{}, errors.Join(err, unexpected(target, status, body))
		}
		found, next, err := cards(body)
		if err != nil {
			return shelf{}, err
		}
		all.lists = append(all.lists, target)
		all.products = append(all.products, found.products...)
		all.variants = append(all.variants, found.variants...)
		if target = ""; next != "" {
			target = "/v1/products?limit=24&cursor=" + next
		}
	}
	if len(all.variants) < 2 {
		return shelf{}, errors.New("the shelves are empty")
	}
	all.lists = all.lists[:max(1, len(all.lists)-1)] // The last page is shorter.
	return all, all.categories(c)
}

// categories adds the first page of each category that has a whole one.
func (s *shelf) categories(c *conn) error {
	status, body, err := c.do(get(c.addr, "/v1/categories"))
	if err != nil || status != http.StatusOK {
		return errors.Join(err, unexpected("/v1/categories", status, body))
	}
	var list struct {
		Items []struct {
			ID   string `json:"id"`
			Slug string `json:"slug"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	for _, item := range list.Items {
		target := "/v1/products?limit=24&category=" + item.ID
		status, body, err := c.do(get(c.addr, target))
		if err != nil || status != http.StatusOK {
			return errors.Join(err, unexpected(target, status, body))
		}
		if _, next, err := cards(body); err == nil && next != "" {
			s.lists = append(s.lists, target)
			s.slugs = append(s.slugs, item.Slug)
		}
	}
	return nil
}

// reader gives the act of a client that asks for random ones of some requests.
func reader(requests [][]byte) act {
	return func(c *conn, chance *rand.Rand) error {
		request := requests[chance.IntN(len(requests))]
		status, body, err := c.do(request)
		if err == nil && status != http.StatusOK {
			err = unexpected("read", status, body)
		}
		return err
	}
}
