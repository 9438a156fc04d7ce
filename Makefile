# The largest a component's module may be, in bytes.
SIZE_LIMIT = 404500
RATES_LIMIT = 120000

# make up LISTEN=127.0.0.1:4100 STATE=/some/dir
LISTEN = 127.0.0.1:3000
STATE  = .spin

# make conformance BASE_URL=http://127.0.0.1:3000
BASE_URL = http://$(LISTEN)

# Tools of single targets: jco and Lighthouse from npm, Schemathesis from PyPI.
JCO          = 1.35.0
SCHEMATHESIS = 4.32.5
LIGHTHOUSE   = 12.8.2

# The vulnerability database of make check, a Go module, and the Go release whose standard library
# it checks: build releases with that one or a later one.
VULNDB     = v0.0.0-20261105234957-e22db6528018
GO_RELEASE = go1.26.11

# Runs a checker pinned in test/tools/go.mod.
TOOL = go run -modfile=test/tools/go.mod

# What the app needs is less than the host allows: bodies of 64 KiB (a little more, so that the
# app itself answers those just above), and answers of outside services, numbers for GET /random and
# exchange rates, within 3 s.
LIMITS = --max-body 69632 --outbound-timeout 3s

.PHONY: up build test lint check conformance fuzz abuse chaos properties bench component lighthouse clean \
	bin/abacus rust chromium redis prometheus

up: bin/abacus
	bin/abacus up --build --listen $(LISTEN) --state-dir $(STATE) $(LIMITS)

build: bin/abacus
	bin/abacus build --limit $(SIZE_LIMIT)
	@test $$(wc -c < services/rates/rates.wasm) -le $(RATES_LIMIT) || \
		{ echo "rates.wasm is larger than $(RATES_LIMIT) bytes"; exit 1; }

# The packages that TinyGo compiles are also tested with its Go. The browser has the machine to
# itself; what fails there runs once more, and fails for good if it fails again.
test: lint build chromium redis prometheus
	cd services/rates && cargo test --quiet --locked --offline
	GOTOOLCHAIN=go1.21.13 GOFLAGS=-modfile=guest.mod go test \
		$$(go list ./shared/... ./services/... ./migrations/... | grep -v services/web/bundle)
	go test $$(go list ./... | grep -v test/browser)
	@echo "go test ./test/browser (about five minutes)"
	@go test ./test/browser > bin/browser.log && cat bin/browser.log || { cat bin/browser.log; \
		failed=$$(sed -n 's/^--- FAIL: \([A-Za-z]*\).*/\1/p' bin/browser.log | paste -sd '|'); \
		test -n "$$failed" && go test -count=1 -run "^($$failed)$$" ./test/browser; }

lint: rust
	! gofmt -l . | grep .
	cd services/rates && cargo fmt --check
	cd services/rates && cargo clippy --quiet --locked --offline --all-targets -- -D warnings
	go vet ./...
	$(TOOL) honnef.co/go/tools/cmd/staticcheck ./...
	go run ./test/style

# The known vulnerabilities that the code can reach.
check: lint
	test -d bin/vulndb-$(VULNDB) || go run -C "$$(cd test/tools && \
		go mod download -json golang.org/x/vulndb@$(VULNDB) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')" \
		./cmd/indexdb -vulns data/osv -out "$(CURDIR)/bin/vulndb-$(VULNDB)"
	GOTOOLCHAIN=$(GO_RELEASE) $(TOOL) golang.org/x/vuln/cmd/govulncheck \
		-db "file://$(CURDIR)/bin/vulndb-$(VULNDB)" ./...

# The contract suite against any running app.
conformance:
	BASE_URL=$(BASE_URL) go test -count=1 ./test/contract

# Random input for everything that reads bytes from outside, each target for this long, and a
# million documents that are nearly right for the reader of the rates' XML.
FUZZTIME = 60s
fuzz: rust
	go run ./test/fuzz -time $(FUZZTIME)
	cd services/rates && FUZZ=1000000 cargo test --locked --offline --release mutations

# Thousands of requests generated from openapi.json: no reply may be a 5xx or differ from
# openapi.json. Header values are ASCII, since Spin itself rejects others, and /random is left out,
# since it depends on another service.
properties:
	@command -v python3 >/dev/null || \
		{ echo "make properties needs Python 3 with venv: https://www.python.org"; exit 1; }
	test -x bin/schemathesis/bin/schemathesis || { python3 -m venv bin/schemathesis && \
		bin/schemathesis/bin/pip install -q schemathesis==$(SCHEMATHESIS); }
	bin/schemathesis/bin/schemathesis run services/web/static/openapi.json --url $(BASE_URL) \
		--exclude-path /random --generation-codec ascii --max-examples 420 --continue-on-failure \
		--header "Authorization: Bearer $$(curl -sS -X POST $(BASE_URL)/sessions | cut -d '"' -f 4)" \
		--suppress-health-check all --warnings off \
		--checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance

# What attackers would send, to the instance at BASE_URL or, with BASE_URL=, to hosts of its own.
# SPIN=1 leaves out what only the embedded host refuses.
SPIN =
abuse: build
	BASE_URL=$(BASE_URL) SPIN=$(SPIN) go test -count=1 -v ./test/abuse

# Hosts that are killed, paused and locked out while clients use them; make test has a short form.
chaos: build
	go test -count=1 -timeout 30m -v ./test/chaos -kills=100

bench: build
	go test -run '^$$' -bench . ./spinhost ./services/history ./services/eval ./test/...
	go test -run '^$$' -bench . ./shared/calc ./shared/plot
	go run ./test/bench/worst
	cd test/bench/language && go run .

# The calculator as a WIT component, built by jco and called from Node.js (wasm/README.md).
component: bin/abacus
	@command -v npm >/dev/null || \
		{ echo "make component needs Node.js 20 or newer with npm: https://nodejs.org"; exit 1; }
	bin/abacus compile ./wasm/component -o wasm/component.wasm
	bin/abacus compile ./wasm/table -o wasm/table.wasm
	test -d bin/node_modules || npm install --prefix bin --no-save --no-audit --no-fund \
		--ignore-scripts @bytecodealliance/jco@$(JCO)
	node wasm/component.mjs bin/component
	node --test wasm/

# Lighthouse's scores of the pages: performance, accessibility, best practices.
lighthouse: build chromium
	@command -v npm >/dev/null || \
		{ echo "make lighthouse needs Node.js 20 or newer with npm: https://nodejs.org"; exit 1; }
	test -d bin/lighthouse || npm install --prefix bin/lighthouse --no-save --no-audit --no-fund \
		--ignore-scripts lighthouse@$(LIGHTHOUSE)
	CHROME_PATH=$$(command -v chromium) node test/browser/lighthouse.mjs bin/lighthouse

clean:
	rm -rf bin services/*/*.wasm services/web/static/*.wasm services/web/assets wasm/*.wasm

bin/abacus:
	go build -buildvcs=false -o $@ ./cmd/abacus

# Cargo with its formatter and its linter.
rust:
	@{ cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1 || \
		{ $(call apt-install,rustc cargo rustfmt rust-clippy,the tests of services/rates); }

# The tests drive a browser.
chromium:
	@command -v chromium >/dev/null || { $(call apt-install,chromium,the browser tests); }

# The tests of other key-value stores use Redis.
redis:
	@command -v redis-server >/dev/null || { $(call apt-install,redis-server,the Redis tests); }

# The tests of metrics and alerts use Prometheus and promtool.
prometheus:
	@command -v promtool >/dev/null || \
		{ $(call apt-install,prometheus,the tests of metrics and alerts); }

# $(call apt-install,PACKAGE,PURPOSE) says what it does and why before it does it.
apt-install = \
	echo "$(2) need $(1): apt-get install --no-install-recommends $(1)" && \
	apt-get -q update && apt-get -q -y --no-install-recommends install $(1)
