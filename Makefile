# What a component's module may have in bytes.
SIZE_LIMIT = 335000

# make up LISTEN=127.0.0.1:4100 STATE=/some/dir
LISTEN = 127.0.0.1:3000
STATE  = .spin

# make conformance BASE_URL=http://127.0.0.1:3000
BASE_URL = http://$(LISTEN)

# jco, from npm, for make component
JCO = 1.35.0

# Schemathesis, from PyPI, for make properties
SCHEMATHESIS = 4.32.5

# Lighthouse, from npm, for make lighthouse
LIGHTHOUSE = 12.8.2

.PHONY: up build test conformance properties bench component lighthouse clean bin/abacus chromium redis

up: bin/abacus
	bin/abacus up --build --listen $(LISTEN) --state-dir $(STATE)

build: bin/abacus
	bin/abacus build --limit $(SIZE_LIMIT)

# The packages that TinyGo compiles are tested under its Go too.
test: build chromium redis
	! gofmt -l . | grep .
	go vet ./...
	GOTOOLCHAIN=go1.21.13 GOFLAGS=-modfile=guest.mod go test ./shared/... ./services/... ./migrations/...
	go test ./...

conformance:
	BASE_URL=$(BASE_URL) go test -count=1 ./test/contract

# Thousands of requests made from openapi.json, to what serves at BASE_URL: none is answered with a 5xx or with what
# openapi.json does not say. Header values are ASCII, since Spin answers others itself; /random depends on others.
properties:
	@command -v python3 >/dev/null || { echo "make properties needs Python 3 with venv: https://www.python.org"; exit 1; }
	test -x bin/schemathesis/bin/schemathesis || { python3 -m venv bin/schemathesis && bin/schemathesis/bin/pip install -q schemathesis==$(SCHEMATHESIS); }
	bin/schemathesis/bin/schemathesis run services/web/static/openapi.json --url $(BASE_URL) --exclude-path /random --generation-codec ascii \
		--header "Authorization: Bearer $$(curl -sS -X POST $(BASE_URL)/sessions | cut -d '"' -f 4)" --max-examples 420 --continue-on-failure \
		--suppress-health-check all --warnings off \
		--checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance

bench: build
	go test -run '^$$' -bench . ./spinhost ./services/history ./test/...
	go test -run '^$$' -bench . ./shared/calc ./shared/plot
	cd test/bench/language && go run .

# The calculator as a WIT component, made by jco and called from Node.js (wasm/README.md).
component: bin/abacus
	@command -v npm >/dev/null || { echo "make component needs Node.js 20 or newer with npm: https://nodejs.org"; exit 1; }
	bin/abacus compile ./wasm/component -o wasm/component.wasm
	bin/abacus compile ./wasm/table -o wasm/table.wasm
	test -d bin/node_modules || npm install --prefix bin --no-save --no-audit --no-fund --ignore-scripts @bytecodealliance/jco@$(JCO)
	node wasm/component.mjs bin/component
	node --test wasm/

# What Lighthouse says of the pages: performance, accessibility, best practices.
lighthouse: build chromium
	@command -v npm >/dev/null || { echo "make lighthouse needs Node.js 20 or newer with npm: https://nodejs.org"; exit 1; }
	test -d bin/lighthouse || npm install --prefix bin/lighthouse --no-save --no-audit --no-fund --ignore-scripts lighthouse@$(LIGHTHOUSE)
	CHROME_PATH=$$(command -v chromium) node test/browser/lighthouse.mjs bin/lighthouse

clean:
	rm -rf bin services/*/*.wasm services/web/static/*.wasm services/web/assets wasm/*.wasm

bin/abacus:
	go build -buildvcs=false -o $@ ./cmd/abacus

# The browser of the browser tests.
chromium:
	command -v chromium >/dev/null || { apt-get -q update && apt-get -q -y --no-install-recommends install chromium; }

# The key-value store of the tests of other stores.
redis:
	command -v redis-server >/dev/null || { apt-get -q update && apt-get -q -y --no-install-recommends install redis-server; }
