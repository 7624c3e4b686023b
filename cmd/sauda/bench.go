package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sauda/cmd/sauda/load"
)

// benchCommand measures this very binary, as a process of its own, beside what the machine could do.
type benchCommand struct {
	JSON      string        `help:"File to write the measurements to." placeholder:"FILE" type:"path"`
	Duration  time.Duration `help:"How long each crowd of clients is measured." default:"5s"`
	Quick     bool          `help:"Measure each crowd for one second only: to see that it works, not for numbers to show."`
	Catalogue string        `help:"Folder with Icecat files; ../shared/data/icecat when it is there, else 20,000 made-up products." type:"existingdir" placeholder:"DIR"`
	Engines   []string      `help:"Engines to measure." default:"sqlite,postgres" enum:"sqlite,postgres"`
	Only      []string      `help:"Parts to measure: list, detail, pages, purchase, kill, import, start, memory, media, exchange, booking, bills, search. All but the last three when absent." placeholder:"PART"`
	Products  []int         `help:"How many products are searched, each number in a house of its own. A million takes 20 GB below the temporary folder." default:"10000,100000,1000000"`
	Keep      string        `help:"Folder where the houses that are searched stay, and are taken up by the next run: one is built only when it is not there." placeholder:"DIR" type:"path"`
	Verbose   bool          `help:"Print the ten slowest answers of each crowd that searches, with what was asked."`
	Accounts  int           `help:"How many accounts get bills; a tenth of them on PostgreSQL." default:"1000000"`
	Clients   []int         `help:"Sizes of the crowd." default:"1,8,32,64"`
	Postgres  string        `help:"PostgreSQL server where a database may be made and dropped; a durable one, or the numbers say nothing." env:"SAUDA_TEST_POSTGRES" placeholder:"DSN"`
	Profile   string        `name:"cpuprofile" help:"Write a CPU profile of the server under 32 buyers to FILE.<engine>." placeholder:"FILE" type:"path"`
	Ceiling   string        `hidden:"" help:"Serve a captured page by nothing but net/http: the child that the house is compared with." type:"existingfile"`
}

// errBench is the exit of a run in which a target was missed: the table has said which.
var errBench = errors.New("a target was missed")

// Run measures, prints the table and writes the JSON. What was measured before a failure is shown as well.
func (c *benchCommand) Run(ctx context.Context) error {
	if c.Ceiling != "" {
		return load.Ceiling(ctx, c.Ceiling, os.Stdout)
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	plan := load.Plan{
		Binary: binary, Catalogue: c.Catalogue, Engines: c.Engines, Only: c.Only, Sizes: c.Products, Keep: c.Keep, Verbose: c.Verbose, Accounts: c.Accounts, Clients: c.Clients, Postgres: c.Postgres,
		Profile: c.Profile, Duration: c.Duration, Warm: benchWarm, Progress: os.Stderr,
	}
	if c.Quick {
		plan.Duration, plan.Warm = time.Second, benchWarm/4
	}
	if plan.Catalogue == "" {
		plan.Catalogue = icecat()
	}
	report, failed := load.Run(ctx, plan)
	if err := report.Table(os.Stdout); err != nil {
		return errors.Join(failed, err)
	}
	if c.JSON != "" {
		failed = errors.Join(failed, writeJSON(c.JSON, report))
	}
	if failed == nil && !report.Met() {
		failed = errBench
	}
	return failed
}

// benchWarm is how long a crowd runs before it is measured.
const benchWarm = time.Second

// icecat finds the real catalogue beside the sources, or nothing.
func icecat() string {
	const beside = "../shared/data/icecat"
	if found, err := filepath.Glob(filepath.Join(beside, "*.json.zip")); err != nil || len(found) == 0 {
		return ""
	}
	return beside
}

func writeJSON(name string, report *load.Report) (err error) {
	out, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the measurements: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return report.JSON(out)
}
