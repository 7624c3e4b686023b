package display

import (
	"context"
	"crypto/subtle"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/reach"
)

// Prover looks whether a name of the internet is a seller's: by a TXT record beside the name, or by a file at it. It asks the
// world, and nothing inside this network.
type Prover struct {
	Store *db.Store
	HTTP  http.RoundTripper                                        // HTTP fetches the file; reach.Transport when it is nil.
	TXT   func(ctx context.Context, name string) ([]string, error) // TXT gives the records of a name; those of the internet when it is nil.
}

const (
	proofTime = 10 * time.Second
	proofMax  = 1 << 10 // proofMax bounds the file: it has one line.
)

// Prove confirms a name that a seller has asked for, once what he was given is found; it is noted under the name of who had
// it looked for. Until then it is window.ErrHostProof, and nothing has changed. A name that was proved before stays so.
func (p Prover) Prove(ctx context.Context, who db.Who, seller, name string) error {
	var h window.Host
	err := job.Look(ctx, p.Store, db.System, func(tx *db.Tx) (err error) {
		h, err = window.HostNamed(tx, seller, name)
		return err
	})
	if err != nil || !h.Confirmed.IsZero() {
		return err
	}
	how := p.found(ctx, h)
	if how == "" {
		return window.ErrHostProof.About("%s of %s", name, seller)
	}
	house := db.Who{Kind: db.KindSystem, ID: who.ID} // The house has looked; only it may say so.
	return job.Once(ctx, p.Store, house, func(tx *db.Tx) error { return window.ConfirmHost(tx, seller, h.Name, how) })
}

// found looks for the proof of a name in both places at once, so that one that is slow takes no time of the other.
func (p Prover) found(ctx context.Context, h window.Host) window.Proof {
	ctx, stop := context.WithTimeout(ctx, proofTime)
	defer stop()
	file := make(chan bool, 1)
	go func() { file <- p.shows(ctx, h) }()
	record := make(chan bool, 1)
	go func() { record <- p.says(ctx, h) }()
	for range 2 {
		select {
		case yes := <-record:
			if yes {
				return window.ProofRecord
			}
		case yes := <-file:
			if yes {
				return window.ProofFile
			}
		}
	}
	return ""
}

// says tells whether the TXT record beside a name is there and has what it must have.
func (p Prover) says(ctx context.Context, h window.Host) bool {
	ask := p.TXT
	if ask == nil {
		ask = net.DefaultResolver.LookupTXT
	}
	records, err := ask(ctx, h.RecordAt())
	return err == nil && slices.Contains(records, h.Token)
}

// shows tells whether the file at a name is there and has what it must have. It is asked for by https, so that nobody on the
// way answers for the name, and it leads nowhere else.
func (p Prover) shows(ctx context.Context, h window.Host) bool {
	by := p.HTTP
	if by == nil {
		by = reach.Transport(proofTime)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+h.Name+window.HostPath, nil)
	if err != nil {
		return false
	}
	r.Header.Set("User-Agent", "Sauda")
	answer, err := by.RoundTrip(r)
	if err != nil {
		return false
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, proofMax))
	_ = answer.Body.Close() // What matters was read.
	return err == nil && answer.StatusCode == http.StatusOK &&
		subtle.ConstantTimeCompare([]byte(strings.TrimSpace(string(body))), []byte(h.Token)) == 1
}
