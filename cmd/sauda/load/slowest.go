package load

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// slowest remembers the answers that took longest, with what was asked.
type slowest struct {
	after time.Time // after is when the warming is over.
	mu    sync.Mutex
	worst []slow
}

// slow is one answer that took long.
type slow struct {
	took  time.Duration
	of    string
	found int // found is how many goods the answer counts; -1 when it does not say.
}

// slowestMax is how many are remembered.
const slowestMax = 10

// reader is the act of a client that asks for random ones of some requests, and is timed.
func (s *slowest) reader(requests [][]byte) act {
	return func(c *conn, chance *rand.Rand) error {
		request := requests[chance.IntN(len(requests))]
		began := time.Now()
		status, body, err := c.do(request)
		if err == nil && status != http.StatusOK {
			err = unexpected("read", status, body)
		}
		if began.After(s.after) {
			s.note(time.Since(began), request, body)
		}
		return err
	}
}

func (s *slowest) note(took time.Duration, request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.worst) == slowestMax && took <= s.worst[slowestMax-1].took {
		return
	}
	target := string(bytes.Fields(request)[1])
	if plain, err := url.QueryUnescape(target); err == nil {
		target = plain
	}
	found := -1
	if _, rest, ok := bytes.Cut(body, []byte(`"found":`)); ok {
		_, _ = fmt.Sscanf(string(rest[:min(len(rest), 20)]), "%d", &found) // It stays unknown otherwise.
	}
	s.worst = append(s.worst, slow{took, target, found})
	slices.SortFunc(s.worst, func(a, b slow) int { return cmp.Compare(b.took, a.took) })
	s.worst = s.worst[:min(len(s.worst), slowestMax)]
}

// print says them to a person.
func (s *slowest) print(to io.Writer, what string) (err error) {
	for _, w := range s.worst {
		found := ""
		if w.found >= 0 {
			found = fmt.Sprintf(", %d found", w.found)
		}
		_, e := fmt.Fprintf(to, "bench: slow %s: %.1f ms%s: %s\n", what, float64(w.took.Microseconds())/1000, found, w.of)
		err = errors.Join(err, e)
	}
	return err
}
