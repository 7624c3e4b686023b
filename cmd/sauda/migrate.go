package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"sauda/app"
)

// migrateCommand brings the tables to the version of this binary.
type migrateCommand struct {
	place `embed:""`

	Check bool `help:"Change nothing; say which tables are behind, and fail when there are any."`
}

// Run migrates, or only looks.
func (c *migrateCommand) Run(ctx context.Context, t tongue) (err error) {
	config, err := c.place.config()
	if err != nil {
		return err
	}
	if c.Check {
		if err := there(config, t); err != nil {
			return err
		}
	}
	store, err := app.OpenStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	behind, err := store.Behind(ctx, app.Schemas)
	switch {
	case err != nil:
		return err
	case len(behind) == 0:
		t.say(os.Stdout, "migrate.current")
		return nil
	case c.Check:
		return errors.New(t.text("migrate.behind", "tables", strings.Join(behind, ", ")))
	}
	if err := store.Migrate(ctx, app.Schemas); err != nil {
		return err
	}
	t.say(os.Stdout, "migrate.done", "tables", strings.Join(behind, ", "))
	return nil
}
