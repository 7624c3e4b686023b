package sauda_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const librariesPage = "docs/decisions/0002-libraries.md"

var (
	required    = regexp.MustCompile(`(?m)^\s*(?:require\s+)?([a-z0-9.-]+\.[a-z]+/\S+) v\S+(.*)$`)
	toolLine    = regexp.MustCompile(`(?m)^\s*(?:tool\s+)?([a-z0-9.-]+\.[a-z]+/\S+)$`)
	libraryRow  = regexp.MustCompile("(?m)^\\| `([^`]+)`")
	link        = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	stepNamed   = regexp.MustCompile("`([a-z_/]+\\.go)` `(\\w+)`")
	fencedBlock = regexp.MustCompile("(?s)```.*?```")
)

// librariesDecided: whoever is let into the house has a row that says why, and a row names one that is there.
func librariesDecided(h *house) (breaches []string) {
	direct, known := make(map[string]bool), make(map[string]bool)
	for _, m := range required.FindAllStringSubmatch(h.read("go.mod"), -1) {
		known[m[1]] = true
		if !strings.Contains(m[2], "// indirect") {
			direct[m[1]] = true
		}
	}
	for _, m := range toolLine.FindAllStringSubmatch(h.read("tools/go.mod"), -1) {
		direct[m[1]], known[m[1]] = true, true
	}
	rows := make(map[string]bool)
	for _, m := range libraryRow.FindAllStringSubmatch(h.read(librariesPage), -1) {
		rows[m[1]] = true
		if !known[m[1]] {
			breaches = append(breaches, fmt.Sprintf("%s: %s is in no go.mod", librariesPage, m[1]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(direct)) {
		if !rows[name] {
			breaches = append(breaches, fmt.Sprintf("%s has no row for %s", librariesPage, name))
		}
	}
	return breaches
}

// purchaseTrue: what docs/purchase.md names as `file.go` `Function` is there.
func purchaseTrue(h *house) (breaches []string) {
	const page = "docs/purchase.md"
	for _, m := range stepNamed.FindAllStringSubmatch(h.read(page), -1) {
		declared := regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + regexp.QuoteMeta(m[2]) + `[\[(]`)
		switch source := h.read(m[1]); {
		case source == "":
			breaches = append(breaches, fmt.Sprintf("%s: there is no %s", page, m[1]))
		case !declared.MatchString(source):
			breaches = append(breaches, fmt.Sprintf("%s: %s has no function %s", page, m[1], m[2]))
		}
	}
	return breaches
}

// pagesFound: each page of docs can be reached from docs/README.md, and a link leads somewhere.
func pagesFound(h *house) (breaches []string) {
	linked := map[string]bool{"docs/README.md": true}
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		names, _ := fs.Glob(h.fsys, pattern) // The pattern is well formed.
		pages = append(pages, names...)
	}
	for _, page := range pages {
		for _, m := range link.FindAllStringSubmatch(fencedBlock.ReplaceAllString(h.read(page), ""), -1) {
			if strings.Contains(m[1], ":") { // Another site.
				continue
			}
			target := path.Join(path.Dir(page), m[1])
			if !exists(h.fsys, target) {
				breaches = append(breaches, fmt.Sprintf("%s links to %s, which is not there", page, m[1]))
			}
			if page == "docs/README.md" {
				linked[target] = true
			}
		}
	}
	for _, page := range pages {
		if strings.HasPrefix(page, "docs/") && !linked[page] {
			breaches = append(breaches, fmt.Sprintf("%s is not linked from docs/README.md", page))
		}
	}
	return breaches
}

const standardsPage = "docs/standards.md"

var standard = regexp.MustCompile(`\b(?:RFC \d{3,5}|ISO \d{3,5}|NIST SP [0-9-]+[A-Z]?|UPU S\d+|BCP \d+|E\.164|W3C [A-Z][a-z]+ [A-Z][a-z]+|draft-[a-z]+-[a-z-]+[a-z])`)

// standardsListed: a standard that the code names has a row.
func standardsListed(h *house) (breaches []string) {
	page := h.read(standardsPage)
	for _, r := range h.inOrder() {
		for _, f := range r.written() {
			missing := make(map[string]bool)
			for _, name := range standard.FindAllString(h.read(f.path), -1) {
				if !strings.Contains(page, name) {
					missing[name] = true
				}
			}
			for _, name := range slices.Sorted(maps.Keys(missing)) {
				breaches = append(breaches, fmt.Sprintf("%s names %s, which has no row in %s", f.path, name, standardsPage))
			}
		}
	}
	return breaches
}
