// Command sauda is the whole trade in one binary: the shop, its office, the REST API and the tools around them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"sauda/base/fault"
	"sauda/gear/web"
)

// version is set by the build.
var version = "dev"

// commands is the command line: one field a command.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve the shop, the office and the API."`
	Demo     demoCommand     `cmd:"" help:"Serve a demonstration shop, filled on its first start."`
	Import   importCommand   `cmd:"" help:"Bring products in from a file."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the tables to the version of this binary, or say what is behind."`
	Bench    benchCommand    `cmd:"" help:"Measure the speed of this house on this machine."`
	Simulate simulateCommand `cmd:"" help:"Live through days of trade with buyers, outages and refunds, and audit every dusk."`
	Doctor   doctorCommand   `cmd:"" help:"Check the ledger, the stock, the holds and the stories, and say what is wrong."`

	Version kong.VersionFlag `help:"Show the version."`
}

func main() {
	ctx, stop := web.Signals(context.Background())
	defer stop()
	cli := &commands{}
	k := kong.Parse(cli, kong.Name("sauda"), kong.Vars{"version": version, "data": dataFolder(), "demo": dataFolder() + "-demo"}, kong.UsageOnError(),
		kong.Description("Sauda (сауда, trade): electronic commerce in one binary."), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := k.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "sauda: "+explain(err))
		os.Exit(1)
	}
}

// explain says to the person at the terminal what went wrong, with the detail that a page would not show.
func explain(err error) string {
	if f := fault.Of(err); f.Kind != fault.Internal {
		if detail := fault.DetailOf(err); detail != "" {
			return f.Text + " (" + detail + ")"
		}
		return f.Text
	}
	return err.Error()
}
