package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sauda/app"
)

// doctorCommand audits a house and changes nothing.
type doctorCommand struct {
	place `embed:""`

	JSON bool `name:"json" help:"Write the findings as JSON."`
}

// errUnwell is the exit of an audit that found something wrong: the findings have said what.
var errUnwell = errors.New("something is wrong in this house")

// Run audits the house.
func (c *doctorCommand) Run(ctx context.Context) (err error) {
	config, err := c.place.config()
	if err != nil {
		return err
	}
	if err := there(config); err != nil {
		return err
	}
	store, err := app.OpenStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	found, err := app.Examine(ctx, store, func(area string) {
		if !c.JSON {
			fmt.Fprintln(os.Stderr, "looking at "+area)
		}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = c.write(found)
	} else {
		say(found)
	}
	if err == nil && !app.Healthy(found) {
		err = errUnwell
	}
	return err
}

// there refuses a folder without a house: opening it would make an empty one.
func there(c app.Config) error {
	if c.Postgres != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.Data, "sauda.db")); err != nil {
		return fmt.Errorf("there is no house in %s: %w", c.Data, err)
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

// say writes the findings for people.
func say(found []app.Finding) {
	for _, f := range found {
		fmt.Println(f)
	}
	if app.Healthy(found) {
		fmt.Println("healthy")
	}
}
