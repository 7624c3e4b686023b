# The commands of the house. A machine with Debian 12 and Go is enough for each of them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check bench screens lighthouse generate

# The tools are pinned in tools/go.mod.
tool := go tool -modfile=tools/go.mod

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo '  ARGS="…" reaches run, test, bench, screens and lighthouse: make test ARGS="-run Crowd ./core/hold"'

run: ## build the demonstration shop, fill it and open it; the address is printed
	go run ./cmd/sauda demo $(if $(DISPLAY)$(WAYLAND_DISPLAY),--open) $(ARGS)

# Three packages at a time on two processors: tests wait for PostgreSQL and the browser for a part of their time; four take as long.
test: ## all tests on SQLite and PostgreSQL, with a browser; installs what is missing
	tools/testbed run go test -p 3 -timeout 20m $(or $(ARGS),./...)

check: ## format, vet, lint, laws, and whether the generated code is in step with its sources
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(tool) staticcheck ./...
	go test .
	@written() { git ls-files --cached --others --exclude-standard | xargs -d '\n' sha256sum 2> /dev/null || true; }; \
	before=$$(written); $(MAKE) --no-print-directory generate; \
	changed=$$({ diff <(echo "$$before") <(written) || true; } | awk '/^[<>]/ { print $$3 }' | sort -u); \
	if [ -n "$$changed" ]; then echo "generated code was not in step; it is now:"; echo "$$changed"; exit 1; fi

bench: ## measure, beside what the machine could do; needs a durable PostgreSQL, which is started
	tools/testbed run --durable go run ./cmd/sauda bench $(ARGS)

screens: ## pictures of every page of shop and office, in three widths, the languages, by day and by night, into .cache/screens
	SAUDA_SCREENS=$(CURDIR)/.cache/screens tools/testbed run go test -count=1 -timeout 90m -run '^TestThe(Shop|Office)IsForEverybody$$' $(ARGS) ./cmd/sauda/browser
	@echo 'look at .cache/screens'

# Nothing else needs Node. Each page is loaded three times unless ARGS says otherwise: make lighthouse ARGS="1 office".
lighthouse: ## what Lighthouse says of the main pages on a telephone; fails below what is promised; needs Node and npm
	tools/testbed run tools/lighthouse/run $(ARGS)

generate: ## write the Go of all SQL and pages, and the list of faults
	tools/generate
	go test . -run '^TestFaultsPage$$' -args -update
