# Two commands matter: `make run` and `make test`. `make` alone lists all.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTHON_FILES := src tests tools bench
WORKERS ?= 2
# Tests never see a developer's own home or database.
UNTOUCHED := env -u ASSAYMARK_HOME -u DATABASE_URL
PYTEST := $(BIN)/pytest --durations=5 --durations-min=5

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install what it takes to run, by hash; leaves .venv/bin/assaymark
	@tools/setup.sh run

.PHONY: setup-dev
setup-dev:
	@tools/setup.sh dev

.PHONY: run
run: setup ## the product with its demo world on 127.0.0.1:8000 (PORT=… for another)
	@tools/run.sh

.PHONY: lint
lint: setup-dev ## style and formatting
	@$(BIN)/ruff check $(PYTHON_FILES)
	@$(BIN)/ruff format --check $(PYTHON_FILES)

.PHONY: types
types: setup-dev ## strict types
	@$(BIN)/mypy

.PHONY: contracts
contracts: setup-dev ## who may import whom
	@PYTHONPATH=src $(BIN)/lint-imports --no-logo

.PHONY: migrations-check
migrations-check: setup-dev ## every model change has its migration
	@$(UNTOUCHED) PYTHONPATH=src DJANGO_SETTINGS_MODULE=assaymark.config.settings \
		$(BIN)/python -m django makemigrations --check --dry-run

.PHONY: checks
checks: lint types contracts migrations-check ## all that needs no test run

.PHONY: test-sqlite
test-sqlite: setup-dev ## the suite without browser tests, on SQLite
	@echo "== suite on SQLite"
	@$(UNTOUCHED) $(PYTEST) -n $(WORKERS) -m "not browser and not postgresql"

.PHONY: test-postgresql
test-postgresql: setup-dev ## the same suite on a throw-away PostgreSQL
	@echo "== suite on PostgreSQL"
	@env -u ASSAYMARK_HOME $(BIN)/python tools/with_pg.py -- $(PYTEST) -n $(WORKERS) -m "not browser"

.PHONY: test-browser
test-browser: setup-dev ## pages in a real browser, with accessibility checks
	@echo "== browser tests"
	@$(UNTOUCHED) $(PYTEST) -m browser

.PHONY: test
test: setup-dev ## everything: installs what it lacks, then checks, both databases, browser
	@tools/system_packages.sh
	@$(MAKE) checks
	@$(MAKE) test-sqlite
	@$(MAKE) test-postgresql
	@$(MAKE) test-browser

.PHONY: test-fast
test-fast: setup-dev ## under two minutes: lint, types, contracts, quick tests on SQLite
	@$(MAKE) lint types contracts
	@$(UNTOUCHED) $(PYTEST) -n $(WORKERS) -m "not browser and not postgresql and not slow"

# One resolution for all: what runs is what was tested, so the smaller locks take their versions from the largest.
COMPILE := $(BIN)/uv pip compile --generate-hashes --no-annotate --no-header -q
.PHONY: lock
lock: setup-dev ## renew requirements/*.lock (UPGRADE=--upgrade for newer versions)
	@$(COMPILE) requirements/uv.in -o requirements/uv.lock.txt > /dev/null
	@$(COMPILE) pyproject.toml --extra server --extra dev $(UPGRADE) -o requirements/dev.lock > /dev/null
	@$(COMPILE) pyproject.toml --extra server -c requirements/dev.lock -o requirements/run.lock > /dev/null
	@$(COMPILE) pyproject.toml -c requirements/dev.lock -o requirements/verify.lock > /dev/null
	@wc -l requirements/*.lock

.PHONY: vendor
vendor: setup-dev ## renew the committed front-end files (the only step that needs Node)
	@npm ci --silent
	@$(BIN)/python tools/vendor.py

.PHONY: screenshots
screenshots: setup-dev ## pictures of the running demo
	@if [ -e tools/screenshots.py ]; then $(BIN)/python tools/screenshots.py; \
		else echo "tools/screenshots.py is not here yet." >&2; exit 2; fi

.PHONY: bench
bench: setup-dev ## measurements, each against a baseline measured in the same run
	@missed=0; for script in bench/[a-z]*.py; do echo "== $$script"; $(BIN)/python "$$script" || missed=1; done; exit $$missed
