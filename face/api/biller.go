package api

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"

	"sauda/core/utility"
	"sauda/core/utility/biller"
	"sauda/gear/db"
	"sauda/gear/web"
)

// billerMax bounds the body of a bank that asks by POST.
const billerMax = 8 << 10

func (f face) mountBiller(server *web.Server) {
	server.Protocol("GET /biller/{dialect}/{provider}", askBiller, web.Proves())
	server.Protocol("POST /biller/{dialect}/{provider}", askBiller, web.Proves(), web.BodyMax(billerMax))
}

// askBiller answers a bank in its dialect. Who is not known gets 401, whatever he asks about, so that nobody finds out which
// providers there are. A trouble of ours is answered as one that passes: the bank comes again with the same transaction.
func askBiller(x web.Exchange) error {
	dialect := biller.Dialect(x.PathValue("dialect"))
	values, err := asked(x)
	if err != nil {
		return err
	}
	user, password, _ := x.BasicAuth()
	from, _ := netip.ParseAddr(web.Address(x.Context()))
	request, outcome := biller.Read(values)
	answer := biller.Answer{Txn: request.Txn, Outcome: outcome}
	known := false
	err = x.MomentAfter(func(tx *db.Tx) error {
		p, err := utility.ByCode(tx, x.PathValue("provider"))
		if errors.Is(err, utility.ErrProvider) {
			return nil
		}
		if err != nil {
			return err
		}
		var peer utility.Peer
		if peer, known = p.Admits(dialect, user, password, from.Unmap()); !known || outcome != biller.OK {
			return nil
		}
		answer, err = utility.Answer(tx, p, peer, request)
		return err
	})
	if err != nil {
		known, answer = true, biller.Answer{Txn: request.Txn, Outcome: biller.Again}
	}
	if !known {
		x.Header().Set("WWW-Authenticate", `Basic realm="biller", charset="UTF-8"`)
		x.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	kind, body, err := dialect.Write(answer)
	if err != nil {
		return err
	}
	x.Header().Set("Content-Type", kind)
	x.Header().Set("Cache-Control", "no-store")
	_, err = x.Write(body)
	return err
}

// asked gives what a bank asks, by GET or as a form.
func asked(x web.Exchange) (url.Values, error) {
	if x.Method != http.MethodPost {
		return x.URL.Query(), nil
	}
	x.Body = http.MaxBytesReader(x, x.Body, billerMax)
	if err := x.ParseForm(); err != nil {
		return nil, web.ErrMalformed.About("the form: %w", err)
	}
	return x.Form, nil
}
