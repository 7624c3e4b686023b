package api

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/coder/websocket"

	"sauda/base/fault"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// said is a message of a client.
type said struct {
	Op      string          `json:"op"`
	ID      int64           `json:"id"`
	Ch      string          `json:"ch"`
	In      string          `json:"in"`
	Depth   int             `json:"depth"`
	Account string          `json:"account"`
	OrderID string          `json:"order_id"`
	Order   json.RawMessage `json:"order"`
}

// answered is the answer to a message.
type answered struct {
	Re        int64              `json:"re"`
	Order     *exchangeOrderView `json:"order,omitempty"`
	Cancelled *int64             `json:"cancelled,omitempty"`
	Error     *trouble           `json:"error,omitempty"`
}

// trouble is why something was not done.
type trouble struct {
	Code   string         `json:"code"`
	Reason any            `json:"reason,omitempty"` // Reason is why the market has refused an order.
	Title  string         `json:"title"`
	Params map[string]any `json:"params,omitempty"`
	Fields []string       `json:"fields,omitempty"` // Fields are those of the order that are not right.
}

// readSaid reads a message. What is no message is errMessage.
func readSaid(message []byte) (said, error) {
	var m said
	if err := readStrictly(message, &m); err != nil {
		return said{}, errMessage.About("%w", err)
	}
	switch m.Op {
	case "subscribe", "unsubscribe":
		switch m.Ch {
		case "market", "book", "orders":
			return m, nil
		}
	case "enter", "replace", "cancel", "cancel_all", "ping":
		return m, nil
	}
	return m, errMessage.About("%.40q %.40q", m.Op, m.Ch)
}

// readStrictly reads one JSON value that has no field which is not known.
func readStrictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errMessage
	}
	return nil
}

// drain waits while many answers wait to be sent: who only talks faster than he can be answered is heard more slowly, and not
// cut off. It does not wait longer than sending may take.
func (l *listener) drain() {
	for end := time.Now().Add(tellTime); len(l.out) > toldMax/2 && time.Now().Before(end); {
		select {
		case <-l.ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// hear takes messages until the connection ends.
func (l *listener) hear(ctx context.Context) {
	left, at := float64(saidBurst), time.Now()
	for {
		l.drain()
		kind, message, err := l.conn.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			l.close(websocket.StatusUnsupportedData, "text only")
			return
		}
		now := time.Now()
		left, at = min(saidBurst, left+saidRate*now.Sub(at).Seconds()), now
		m, err := readSaid(message)
		if left < 1 {
			l.answer(m.ID, nil, web.ErrLimited)
			continue
		}
		left--
		if err != nil {
			l.answer(m.ID, nil, err)
			continue
		}
		l.take(ctx, m)
	}
}

// take does what a message asks for, or has it done after what was asked before.
func (l *listener) take(ctx context.Context, m said) {
	switch m.Op {
	case "ping":
		l.answer(m.ID, &answered{}, nil)
	case "subscribe":
		if err := l.subscribe(ctx, m); err != nil {
			l.answer(m.ID, nil, err)
		}
	case "unsubscribe":
		l.unsubscribe(m)
	default:
		select {
		case l.asks <- func(ctx context.Context) {
			a, err := l.trade(ctx, m)
			l.answer(m.ID, a, err)
		}:
		default:
			l.answer(m.ID, nil, web.ErrLimited)
		}
	}
}

// answer answers a message.
func (l *listener) answer(id int64, a *answered, err error) {
	if err != nil {
		f := fault.Of(err)
		params := fault.ParamsOf(err)
		a = &answered{Error: &trouble{Code: f.Code, Title: i18n.Fault(l.lang, err), Reason: params["reason"], Params: params}}
		for _, field := range fault.FieldsOf(err) {
			a.Error.Fields = append(a.Error.Fields, field.Pointer)
		}
	}
	a.Re = id
	if message, err := json.Marshal(a); err == nil {
		l.tell(message)
	}
}

// followed names the channel of a message.
func (m said) followed() follow {
	switch m.Ch {
	case "book":
		return follow{m.Ch, m.In}
	case "orders":
		return follow{m.Ch, m.Account}
	}
	return follow{ch: m.Ch}
}

// subscribe begins to follow a channel; whoever follows it already gets it from the beginning.
func (l *listener) subscribe(ctx context.Context, m said) error {
	f := m.followed()
	l.mu.Lock()
	if !l.follows[f] && len(l.follows) >= followsMax {
		l.mu.Unlock()
		return errFollows
	}
	l.mu.Unlock()
	var err error
	switch m.Ch {
	case "market":
		err = l.crier.joinMarket(l)
	case "book":
		err = l.crier.joinBook(l, m.In, m.Depth)
	case "orders":
		if l.who.Kind == db.KindGuest {
			return web.ErrSignedOut
		}
		a, unseen := l.reach(ctx, m.Account)
		if unseen != nil {
			return unseen
		}
		f.what = a.Code
		err = l.router.join(ctx, l, a)
	}
	if err == nil {
		l.mu.Lock()
		l.follows[f] = true
		l.mu.Unlock()
	}
	return err
}

// unsubscribe ends a channel; one that is not followed is none.
func (l *listener) unsubscribe(m said) {
	f := m.followed()
	switch m.Ch {
	case "market":
		l.crier.partMarket(l)
	case "book":
		l.crier.partBook(l, m.In)
	case "orders":
		f.what = l.router.part(l, m.Account)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.follows, f)
}

// trade asks the market for something.
func (l *listener) trade(ctx context.Context, m said) (*answered, error) {
	s, err := l.seatOf(ctx, m.Account)
	if err != nil {
		return nil, err
	}
	if m.Op == "cancel_all" {
		n, err := l.cancelAllAt(ctx, s, m.In)
		return &answered{Cancelled: &n}, err
	}
	var v exchangeOrderView
	switch m.Op {
	case "enter":
		v, err = l.enterSaid(ctx, s, m)
	case "replace":
		v, err = l.replaceSaid(ctx, s, m)
	case "cancel":
		v, err = l.cancelSaid(ctx, s, m)
	}
	return &answered{Order: &v}, err
}

// enterSaid enters an order.
func (l *listener) enterSaid(ctx context.Context, s floor.Seat, m said) (exchangeOrderView, error) {
	var draft struct {
		Account string `json:"account"` // Account may stand in the order too, as it does in the body of REST.
		orderTerms
	}
	if err := readStrictly(m.Order, &draft); err != nil {
		return exchangeOrderView{}, errMessage.About("%w", err)
	}
	ask, err := draft.ask()
	if err != nil {
		return exchangeOrderView{}, err
	}
	ask.Client = clientOf(draft.ClientID, "")
	o, err := l.Floor.EnterOnce(ctx, s, ask)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return l.viewOrderOf(s, o), nil
}

// replaceSaid changes an order.
func (l *listener) replaceSaid(ctx context.Context, s floor.Seat, m said) (exchangeOrderView, error) {
	id, err := orderNumber(m.OrderID)
	if err != nil {
		return exchangeOrderView{}, err
	}
	var change changeTerms
	if err := readStrictly(m.Order, &change); err != nil {
		return exchangeOrderView{}, errMessage.About("%w", err)
	}
	ask := change.ask()
	ask.Client = clientOf(change.ClientID, "")
	o, err := l.Floor.ReplaceOnce(ctx, s, id, ask)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return l.viewOrderOf(s, o), nil
}

// cancelSaid takes an order back.
func (l *listener) cancelSaid(ctx context.Context, s floor.Seat, m said) (exchangeOrderView, error) {
	id, err := orderNumber(m.OrderID)
	if err != nil {
		return exchangeOrderView{}, err
	}
	o, err := l.cancelAt(ctx, s, id)
	if err != nil {
		return exchangeOrderView{}, err
	}
	return l.viewOrderOf(s, o), nil
}
