package biller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrNoAnswer means that nobody knows whether the provider acted: no connection, no answer in time, one that cannot be read, one
// of another transaction, or a status that is not 200. Ask again with the same transaction.
var ErrNoAnswer = errors.New("biller: the provider gave no answer that can be read")

// ErrAway is an ErrNoAnswer that says something of the provider itself, not of what was asked: no connection, no answer in time, or
// a gateway that says that nobody is behind it or too much to do.
var ErrAway = fmt.Errorf("%w: it is away", ErrNoAnswer)

const (
	patience  = 60 * time.Second // patience is how long a provider may think (QIWI: 60 s).
	answerMax = 64 << 10
)

// Client asks one provider.
type Client struct {
	URL      string
	Dialect  Dialect
	User     string
	Password string
	HTTP     *http.Client // HTTP has a time-out of sixty seconds when it is nil.
}

// Ask asks. A clear no is an answer, not an error.
func (c Client) Ask(ctx context.Context, r Request) (Answer, error) {
	address, err := url.Parse(c.URL)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoAnswer, bare(err))
	}
	address.RawQuery = strings.Trim(address.RawQuery+"&"+r.Query().Encode(), "&")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoAnswer, bare(err))
	}
	if c.User != "" {
		request.SetBasicAuth(c.User, c.Password)
	}
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: patience}
	}
	answer, err := client.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrAway, bare(err))
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerMax+1))
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Answer{}, fmt.Errorf("%w: status %d", ErrAway, answer.StatusCode)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("%w: after %d bytes: %w", ErrAway, len(body), bare(err))
	}
	if len(body) > answerMax || answer.StatusCode != http.StatusOK {
		return Answer{}, fmt.Errorf("%w: status %d, %d bytes", ErrNoAnswer, answer.StatusCode, len(body))
	}
	a, err := c.Dialect.Parse(body)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	if a.Txn != "" && a.Txn != r.Txn {
		return Answer{}, fmt.Errorf("%w: it is about %.40q, not about %s", ErrNoAnswer, a.Txn, r.Txn)
	}
	return a, nil
}

// bare is an error without the address, in which stand the number of an account and what the provider wants kept secret.
func bare(err error) error {
	if with, ok := errors.AsType[*url.Error](err); ok {
		return with.Err
	}
	return err
}
