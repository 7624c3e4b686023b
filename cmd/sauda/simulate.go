package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"sauda/cmd/sauda/day"
	"sauda/cmd/sauda/load"
	"sauda/gear/log"
)

// simulateCommand lives through days of trade in a house made for it.
type simulateCommand struct {
	Seed     uint64 `help:"Chooses everything that people and the world do." default:"1"`
	Days     int    `help:"How many days." default:"7"`
	Buyers   int    `help:"How many people come a day." default:"120"`
	Engine   string `help:"Where the house is kept." enum:"sqlite,postgres" default:"sqlite"`
	Data     string `help:"Empty folder for the house, to be looked at afterwards; a temporary one without it." type:"path" placeholder:"DIR"`
	Postgres string `help:"PostgreSQL server where a database may be made and dropped." env:"SAUDA_TEST_POSTGRES" placeholder:"DSN"`
	Verbose  bool   `help:"Log what the house says." short:"v"`
}

// Run lives through the days; at the first dusk at which something is wrong it says how to see it again.
func (c *simulateCommand) Run(ctx context.Context, t tongue) (err error) {
	if c.Days < 1 || c.Buyers < 1 {
		return errNoDays
	}
	plan := day.Plan{Seed: c.Seed, Days: c.Days, Buyers: c.Buyers, Data: c.Data, Out: os.Stdout, Lang: string(t), Log: slog.New(slog.DiscardHandler)}
	if c.Verbose {
		plan.Log = log.New(os.Stderr, slog.LevelDebug, log.Text)
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o750); err != nil {
			return err
		}
	}
	if c.Engine == "postgres" {
		if c.Postgres == "" {
			return errNoPostgres
		}
		dsn, drop, err := load.FreshDatabase(ctx, c.Postgres)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, drop()) }()
		plan.Postgres = dsn
	}
	if err := day.Live(ctx, plan); err != nil {
		if ctx.Err() == nil {
			t.say(os.Stdout, "simulate.again", "command",
				fmt.Sprintf("sauda simulate --seed %d --days %d --buyers %d --engine %s", c.Seed, c.Days, c.Buyers, c.Engine))
		}
		return err
	}
	return nil
}
