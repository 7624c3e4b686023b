package load

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is what one run has measured.
type Report struct {
	At       time.Time `json:"at"`
	Machine  Machine   `json:"machine"`
	Products int       `json:"products"`
	Rows     []Row     `json:"rows"`
}

// Machine is where it was measured.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	OS    string `json:"os"`
	Costs Costs  `json:"costs"`
}

// Row is one measurement: figures of a crowd, or one value with its unit.
type Row struct {
	What    string  `json:"what"`
	Engine  string  `json:"engine"`
	Figures         // Clients is 0 when it is one value.
	Value   float64 `json:"value,omitempty"`
	Unit    string  `json:"unit,omitempty"`
	Ceiling float64 `json:"ceiling,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`
	Each    *cost   `json:"each,omitempty"` // Each is what an order costs the database.
	Target  string  `json:"target,omitempty"`
	Aim     float64 `json:"aim,omitempty"` // Aim is the number in the target.
	Met     *bool   `json:"met,omitempty"`
}

// judged adds the target and whether it was met.
func (r Row) judged(aim float64, target string, met bool) Row {
	r.Aim, r.Target, r.Met = aim, target, &met
	return r
}

func newReport() *Report {
	return &Report{At: time.Now().UTC().Truncate(time.Second), Machine: Machine{
		CPU: processor(), Cores: runtime.NumCPU(), Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH,
	}}
}

// processor is the name of the processor, where Linux tells it.
func processor() string {
	body, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(body)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func (r *Report) add(row Row) {
	row.Ratio, row.PerSecond = rounded(row.Ratio, 3), rounded(row.PerSecond, 1)
	row.Value, row.Ceiling = rounded(row.Value, 1), rounded(row.Ceiling, 1)
	r.Rows = append(r.Rows, row)
}

func rounded(x float64, digits int) float64 {
	shift := math.Pow10(digits)
	return math.Round(x*shift) / shift
}

// Met tells whether every target was met.
func (r *Report) Met() bool {
	for _, row := range r.Rows {
		if row.Met != nil && !*row.Met {
			return false
		}
	}
	return true
}

// JSON writes the report for programs.
func (r *Report) JSON(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Table writes the report for people.
func (r *Report) Table(out io.Writer) error {
	_, _ = fmt.Fprintf(out, "%s, %d cores shared by clients and server, %s, %d products\n%s\n\n",
		r.Machine.CPU, r.Machine.Cores, r.Machine.Go, r.Products, r.Machine.Costs) // Flush tells whether the writer fails.
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(t, "what", "engine", "clients", "value", "p50 ms", "p95 ms", "p99 ms", "failed", "ceiling", "ratio", "target", "met")
	for _, row := range r.Rows {
		line(t, row.cells()...)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, row := range r.Rows {
		if row.Each != nil {
			if _, err := fmt.Fprintf(out, "\n%s, %s, %d clients: %s each; the ceiling is that many on the bare engine",
				row.What, row.Engine, row.Clients, row.Each); err != nil {
				return err
			}
		}
	}
	if _, err := fmt.Fprintln(out); err != nil {
		return err
	}
	for _, row := range r.Rows {
		if row.Trouble != "" {
			if _, err := fmt.Fprintf(out, "\n%s, %s: %s\n", row.What, row.Engine, row.Trouble); err != nil {
				return err
			}
		}
	}
	return nil
}

func line(t io.Writer, cells ...string) {
	_, _ = fmt.Fprintln(t, strings.Join(cells, "\t")+"\t") // Flush tells whether the writer fails.
}

func (r Row) cells() []string {
	met := ""
	if r.Met != nil {
		met = map[bool]string{true: "yes", false: "NO"}[*r.Met]
	}
	if r.Clients == 0 {
		value := strconv.FormatFloat(r.Value, 'f', -1, 64) + " " + r.Unit
		if r.Unit == "sound" || r.Unit == "unsound" {
			value = r.Unit
		}
		return []string{r.What, r.Engine, "", value, "", "", "", "", "", "", r.Target, met}
	}
	ceiling, ratio := "", ""
	if r.Ceiling > 0 {
		ceiling, ratio = fmt.Sprintf("%.0f/s", r.Ceiling), fmt.Sprintf("%.2f", r.Ratio)
	}
	return []string{
		r.What, r.Engine, strconv.Itoa(r.Clients), fmt.Sprintf("%.0f/s", r.PerSecond), millis(r.P50), millis(r.P95), millis(r.P99),
		strconv.Itoa(r.Failed), ceiling, ratio, r.Target, met,
	}
}

func millis(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
