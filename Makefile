# The commands of the house. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help run test test-long guards audit

# The identity providers that the tests of sign-in start.
PROVIDERS := tests/providers/node_modules/.package-lock.json
# The clients that the tests hold the service against.
CLIENTS := tests/clients/node_modules/.package-lock.json
# What asks everything with what it invents.
FUZZ := target/fuzz/.installed

CARGO ?= cargo

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: ## build, make a demo if there is none, and serve it on http://127.0.0.1:8080
	$(CARGO) build --bin nominations
	@test -e data/nominations.db || $(CARGO) run --quiet -- demo
	@$(CARGO) run --quiet -- serve

test: $(PROVIDERS) $(CLIENTS) ## format, lints, all tests on SQLite and PostgreSQL, and that schema.graphql is current
	@command -v jq >/dev/null || { echo 'jq is missing: install it, as the docs use it and the tests run what they show' >&2; exit 1; }
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	tests/with-postgres $(CARGO) test --workspace
	@mkdir -p target
	$(CARGO) run --quiet -- schema > target/schema.graphql
	@diff -u schema.graphql target/schema.graphql || { \
		echo 'schema.graphql is not what the code says: $(CARGO) run -- schema > schema.graphql, and review the change' >&2; exit 1; }

test-long: $(PROVIDERS) $(CLIENTS) $(FUZZ) ## races, rehearsals and two processes together, many times over, and everything asked with what nobody expects: an hour
	tests/with-postgres $(CARGO) test --workspace -- --ignored
	target/fuzz/bin/python -m pytest -q -p no:cacheprovider tests/fuzz
	$(CARGO) build --bin nominations
	target/fuzz/bin/python tests/fuzz/run.py target/debug/nominations 100

guards: ## each guard taken away: the tests have to miss it
	tests/without-guards

audit: ## licences, known vulnerabilities and sources of all dependencies
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install cargo-deny --locked
	$(CARGO) deny check

tests/%/node_modules/.package-lock.json: tests/%/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or newer, which the tests need' >&2; exit 1; }
	npm ci --prefix tests/$* --no-audit --no-fund
	@touch $@

$(FUZZ): tests/fuzz/requirements.txt
	@command -v python3 >/dev/null || { echo 'python3 is missing: install Python 3.11 or newer, which the long tests need' >&2; exit 1; }
	@python3 -m venv --clear target/fuzz || { echo 'python3 makes no virtual environment: install its module venv (Debian and Ubuntu: python3-venv)' >&2; exit 1; }
	target/fuzz/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@
