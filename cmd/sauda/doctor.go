package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"sauda/app"
)

// doctorCommand audits a house and changes nothing.
type doctorCommand struct {
	place `embed:""`

	JSON bool `name:"json" help:"Write the findings as JSON, in English."`
}

// Run audits the house.
func (c *doctorCommand) Run(ctx context.Context, t tongue) (err error) {
	config, err := c.place.config()
	if err != nil {
		return err
	}
	if err := there(config, t); err != nil {
		return err
	}
	store, err := app.OpenStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	found, err := app.Examine(ctx, store, func(area string) {
		if !c.JSON {
			t.say(os.Stderr, "doctor.looking", "area", app.AreaIn(string(t), area))
		}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = c.write(found)
	} else {
		t.findings(os.Stdout, found)
	}
	if err == nil && !app.Healthy(found) {
		err = errUnwell
	}
	return err
}

// there refuses a folder without a house: opening it would make an empty one.
func there(c app.Config, t tongue) error {
	if c.Postgres != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.Data, "sauda.db")); err != nil {
		return fmt.Errorf("%s: %w", t.text("no_house", "folder", c.Data), err)
	}
	return nil
}

// write writes the findings as one JSON document.
func (c *doctorCommand) write(found []app.Finding) error {
	if found == nil {
		found = []app.Finding{}
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Healthy  bool          `json:"healthy"`
		Findings []app.Finding `json:"findings"`
	}{app.Healthy(found), found})
}

// findings writes the findings for people.
func (t tongue) findings(to io.Writer, found []app.Finding) {
	for _, f := range found {
		_, _ = fmt.Fprintln(to, f.Say(string(t))) // A terminal that is gone reads nothing.
	}
	if app.Healthy(found) {
		t.say(to, "doctor.healthy")
	}
}
