// Command sauda is the whole trade in one binary: the shop, its office, the REST API and the tools around them.
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"

	"github.com/alecthomas/kong"

	"sauda/gear/i18n"
	"sauda/gear/web"
)

// version is set by the build.
var version = "dev"

// commands is the command line: one field a command.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve the shop, the office and the API."`
	Demo     demoCommand     `cmd:"" help:"Serve a demonstration shop, filled on its first start."`
	Import   importCommand   `cmd:"" help:"Bring products in from a file."`
	Export   exportCommand   `cmd:"" help:"Bring products out into a file."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the tables to the version of this binary, or say what is behind."`
	Bench    benchCommand    `cmd:"" help:"Measure the speed of this house on this machine."`
	Simulate simulateCommand `cmd:"" help:"Live through days of trade with buyers, outages and refunds, and audit every dusk."`
	Exchange exchangeCommand `cmd:"" help:"Have a standby of the exchange take over, or compare two of its journals."`
	Doctor   doctorCommand   `cmd:"" help:"Check the ledger, the stock, the holds and the stories, and say what is wrong."`

	Lang    tongue           `help:"Language in which commands talk to you: kk, ru or en. Without it that of the environment (LC_ALL, LC_MESSAGES, LANG)." enum:"kk,ru,en" default:"${lang}" placeholder:"LANG"`
	Version kong.VersionFlag `help:"Show the version."`
}

func main() {
	ctx, stop := web.Signals(context.Background())
	defer stop()
	cli := &commands{}
	parser := kong.Must(cli, options(ctx)...)
	k, err := parser.Parse(dashed(os.Args[1:]))
	parser.FatalIfErrorf(err)
	if err := k.Run(cli.Lang); err != nil && !quiet(err) {
		fmt.Fprintln(os.Stderr, "sauda: "+cli.Lang.explain(err))
		os.Exit(1)
	}
}

// dashed gives flags of three letters and more that were written with one dash, as programs in Go often have them, the second one: -seed
// is --seed. What follows a -- stays as it is.
func dashed(args []string) []string {
	all := slices.Clone(args)
	for i, a := range all {
		if a == "--" {
			break
		}
		if oneDash.MatchString(a) {
			all[i] = "-" + a
		}
	}
	return all
}

var oneDash = regexp.MustCompile(`^-[a-z][a-z-]{2,}(=|$)`)

// options is how the command line is read.
func options(ctx context.Context) []kong.Option {
	return []kong.Option{
		kong.Name("sauda"), kong.Description("Sauda (сауда, trade): electronic commerce in one binary."), kong.UsageOnError(),
		kong.Vars{"version": version, "data": dataFolder(), "demo": dataFolder() + "-demo", "lang": i18n.Locale(os.Getenv)},
		kong.BindTo(ctx, (*context.Context)(nil)),
	}
}
