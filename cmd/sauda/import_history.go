package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"sauda/app"
	"sauda/core/seller"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/job"
)

// preview says on the terminal what would become of a file.
func (t tongue) preview(ctx context.Context, store *db.Store, name string, p intake.Plan) error {
	r, err := intake.Preview(ctx, store, name, p, func(lines []intake.Line) error {
		for _, l := range lines {
			t.line(os.Stdout, l)
		}
		return nil
	})
	if err == nil {
		t.say(os.Stdout, "import.previewed", "file", r.File, "count", r.Rows)
		t.say(os.Stdout, "import.outcome", "added", r.Added, "changed", r.Changed, "same", r.Same, "refused", r.Refused, "prices", r.Prices, "stocks", r.Stocks)
	}
	return err
}

// line says what becomes of one product: its number, what happens, and below it what changes and what is wrong.
func (t tongue) line(to io.Writer, l intake.Line) {
	_, _ = fmt.Fprintf(to, "%6d  %-14s %s  %s\n", l.Number, t.text("import.line."+string(l.Outcome)), printable(l.Source), printable(l.Name)) // A terminal that is gone reads nothing.
	for _, c := range l.Changes {
		_, _ = fmt.Fprintf(to, "        %s: %s → %s\n", c.Field, printable(c.Before), printable(c.After))
	}
	for _, f := range l.Flaws {
		reason, hint := f.Say(string(t))
		_, _ = fmt.Fprintf(to, "      ! %s: %s %s [%s]\n", printable(f.Field), reason, hint, printable(f.Value))
	}
}

// printable takes out of a text what would move the cursor of a terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return ' '
		}
		return c
	}, s)
}

// importList lists what was brought in.
type importList struct {
	place `embed:""`

	Seller string `help:"Whose imports." default:"sel_own"`
}

// Run lists the imports.
func (c *importList) Run(ctx context.Context, t tongue) error {
	return c.opened(ctx, func(house *app.House) error {
		return job.Look(ctx, house.Store, db.System, func(tx *db.Tx) error {
			all, _, err := intake.List(tx, seller.ID(c.Seller), "")
			for _, i := range all {
				_, _ = fmt.Fprintf(os.Stdout, "%s  %s  %s  %s\n", i.ID, i.Begun.Format("2006-01-02 15:04"), t.text("import.stage."+string(i.Stage)), printable(i.File))
				t.say(os.Stdout, "import.outcome", "added", i.Added, "changed", i.Changed, "same", i.Same, "refused", i.Refused, "prices", i.Prices, "stocks", i.Stocks)
			}
			return err
		})
	})
}

// importUndo takes an import back.
type importUndo struct {
	place `embed:""`

	ID     intake.ID `arg:"" help:"The import, see list."`
	Seller string    `help:"Whose import it is." default:"sel_own"`
}

// Run takes the import back.
func (c *importUndo) Run(ctx context.Context, t tongue) error {
	return c.opened(ctx, func(house *app.House) error {
		var i intake.Import
		err := job.Once(ctx, house.Store, db.System, func(tx *db.Tx) error {
			var err error
			if i, err = intake.Get(tx, seller.ID(c.Seller), c.ID); err != nil || i.Stage == intake.StageUndoing {
				return err
			}
			return intake.AskUndo(tx, i)
		})
		if err != nil {
			return err
		}
		i, err = intake.Undo(ctx, house.Store, i, nil)
		t.say(os.Stdout, "import.undone", "undone", i.Undone, "kept", i.Kept)
		return errors.Join(err, house.Settle(ctx))
	})
}

// opened opens the house for a command.
func (at place) opened(ctx context.Context, do func(*app.House) error) error {
	config, err := at.config()
	if err != nil {
		return err
	}
	house, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(do(house), house.Close())
}
