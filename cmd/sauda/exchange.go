package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sauda/app"
	"sauda/flow/floor"
)

// standby says which part a node has in running the exchange: it leads, with or without somebody who follows, or it follows.
type standby struct {
	Lead   string        `help:"Lead the exchange, and let a standby follow: HOST:PORT of a NATS server of its own, or the servers of a cluster, nats://a:4222,nats://b:4222." env:"LEAD" placeholder:"WHERE"`
	Follow string        `help:"Follow the exchange of another node, and serve nothing before taking over: the server of that node or those of the cluster, nats://…" env:"FOLLOW" placeholder:"URLS"`
	Then   string        `help:"Lead there, as by --exchange-lead, after having taken over; without it no standby is left." env:"THEN" placeholder:"WHERE"`
	Lease  time.Duration `help:"Take over when the leader was silent for so long; 0 waits to be told." env:"LEASE"`
	Token  string        `help:"What both show each other; a server that others can reach demands it. Better given by the environment." env:"TOKEN"`
	Alone  bool          `help:"Answer what the standby does not have yet: nothing waits for it, and a take-over may lose the last answers." env:"ALONE"`
}

// takeoverFile is how a standby is told to take over: it lies in the folder of its house.
const takeoverFile = "exchange.takeover"

// meeting reads where two nodes meet.
func (s standby) meeting(where string) floor.Meeting {
	m := floor.Meeting{Token: s.Token, Alone: s.Alone}
	switch {
	case where == "":
	case strings.Contains(where, "://"):
		m.Servers = strings.Split(where, ",")
	default:
		m.Listen = where
	}
	return m
}

// follow gives where this node leads. One that follows first does so until it has taken over.
func (s standby) follow(ctx context.Context, c app.Config, t tongue) (floor.Meeting, error) {
	if s.Follow == "" {
		return s.meeting(s.Lead), nil
	}
	if s.Lead != "" {
		return floor.Meeting{}, errOnlyOne
	}
	order := filepath.Join(c.Data, takeoverFile)
	if err := os.Remove(order); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return floor.Meeting{}, err // What was told to a life before is none.
	}
	follows, err := app.StandBy(c, s.meeting(s.Follow))
	if err != nil {
		return floor.Meeting{}, err
	}
	t.say(os.Stderr, "exchange.following", "from", s.Follow, "folder", c.Data)
	err = follows.Wait(ctx, s.Lease, func() bool {
		_, err := os.Stat(order)
		return err == nil
	})
	if err != nil {
		return floor.Meeting{}, errors.Join(err, follows.Close())
	}
	return s.meeting(s.Then), follows.TakeOver()
}

// exchangeCommand is what people do about the exchange as a whole.
type exchangeCommand struct {
	Takeover  takeoverCommand  `cmd:"" help:"Tell a standby to take over: it leads from then on, and the old leader can answer nobody any more."`
	Reconcile reconcileCommand `cmd:"" help:"Compare the journal of a leader that is gone with that of the node that has taken over, and say what nobody was answered."`
}

// takeoverCommand tells a standby of this machine to take over.
type takeoverCommand struct {
	Data string `help:"Folder of the standby." type:"existingdir" default:"${data}" env:"SAUDA_DATA"`
}

// Run leaves the order where the standby looks for it.
func (c *takeoverCommand) Run(t tongue) error {
	if _, err := os.Stat(filepath.Join(c.Data, "exchange")); err != nil {
		return fmt.Errorf("%s: %w", t.text("exchange.no_standby", "folder", c.Data), err)
	}
	if err := os.WriteFile(filepath.Join(c.Data, takeoverFile), nil, 0o600); err != nil {
		return err
	}
	t.say(os.Stdout, "exchange.taking", "folder", c.Data)
	return nil
}

// reconcileCommand compares two journals.
type reconcileCommand struct {
	Gone string `arg:"" help:"Folder of the house whose leader is gone." type:"existingdir"`
	Data string `help:"Folder of the house that has taken over. Neither may be running." type:"existingdir" default:"${data}" env:"SAUDA_DATA"`
}

// Run says what the two have not in common, and ends with an error when that is something.
func (c *reconcileCommand) Run(t tongue) error {
	for _, folder := range []string{c.Gone, c.Data} {
		if _, err := os.Stat(filepath.Join(folder, "exchange")); err != nil {
			return fmt.Errorf("%s: %w", t.text("exchange.no_standby", "folder", folder), err)
		}
	}
	d, err := floor.Compare(app.ExchangeJournal(c.Gone), app.ExchangeJournal(c.Data))
	if err != nil {
		return err
	}
	if len(d.Lost) == 0 {
		t.say(os.Stdout, "exchange.same", "a", d.A, "b", d.B)
		return nil
	}
	t.say(os.Stdout, "exchange.differs", "seq", d.From, "n", d.A-d.From+1)
	for _, l := range d.Lost {
		t.say(os.Stdout, "exchange.lost", "seq", l.Seq, "verb", int(l.Input.Verb), "instrument", l.Input.Instrument, "account", l.Input.Account, "client", l.Input.Client)
	}
	if d.More {
		t.say(os.Stdout, "exchange.more")
	}
	return errUnwell
}
