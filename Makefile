# Junheng: the commands of the house. `make help` lists them.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-input
PO := $(wildcard src/junheng/locale/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
# Tests have a database of their own; Django's settings are read before any conftest.
TEST_VAR = $(or $(JUNHENG_VAR),$(CURDIR)/var/test)
PYTEST = JUNHENG_VAR=$(TEST_VAR) JUNHENG_AS_OWNER=1 $(BIN)/pytest
# One worker more than processors: some wait for a browser, a server or a clock.
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# What is compiled once is kept, whatever the shell says: every one of many processes reads it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test tests-together tests-alone test-spark test-engines test-browser check types rules browser fix docs snapshots bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# --- environment -------------------------------------------------------------------------

setup: .venv/base.stamp node_modules/.stamp $(MO) .venv/engine.stamp ## make the environment in .venv, with the command junheng in it

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Junheng needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python3."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python has no venv module (Debian and Ubuntu: install the package python3-venv)."; rm -rf .venv; exit 1; }

.venv/base.stamp: requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "Installing Python packages …"
	@$(PIP) --no-deps --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/base.stamp
	@echo "Installing the contributors' packages …"
	@$(PIP) --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

.venv/spark.stamp: requirements/spark.txt .venv/base.stamp
	@echo "Installing Spark …"
	@$(PIP) --no-deps --require-hashes -r requirements/spark.txt
	@touch $@

.venv/peers.stamp: requirements/peers.txt .venv/dev.stamp
	@echo "Installing a peer for benchmarks …"
	@$(PIP) --no-deps --require-hashes -r requirements/peers.txt
	@touch $@

node_modules/.stamp: package-lock.json
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null || { echo "Junheng needs Node 18 or newer with npm: install it and try again."; exit 1; }
	@echo "Installing page components …"
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Compiled once per machine here, so that the first round does not wait for it.
.venv/engine.stamp: $(wildcard src/junheng/admissions/engine/*.py) .venv/base.stamp
	@echo "Compiling the engine …"
	@$(BIN)/python -m junheng.admissions.engine
	@touch $@

%.mo: %.po | .venv/base.stamp
	@$(BIN)/python tools/catalogues.py compile

dev: setup .venv/dev.stamp

# --- run ---------------------------------------------------------------------------------

demo: ## the whole site with an invented county, on 127.0.0.1:8000
	@$(MAKE) --no-print-directory -j2 .venv/engine.stamp node_modules/.stamp
	@$(MAKE) --no-print-directory setup
	@exec $(BIN)/junheng demo

serve: setup ## the site with your own data under var/
	@exec $(BIN)/junheng serve

# --- prove -------------------------------------------------------------------------------

test: dev ## everything CI runs
	@$(MAKE) --no-print-directory -j3 types rules browser  # side by side: none needs another
	@$(MAKE) --no-print-directory -j2 tests-together tests-alone
	$(BIN)/coverage combine --quiet --data-file=var/coverage var/coverage.together var/coverage.alone
	$(BIN)/coverage report --data-file=var/coverage --skip-covered
	$(BIN)/coverage json --quiet --data-file=var/coverage -o var/coverage.json
	$(BIN)/python tools/coverage_floor.py var/coverage.json

tests-together: dev
	COVERAGE_FILE=var/coverage.together $(PYTEST) -n $(WORKERS) --dist loadfile -m "not alone" --durations=25 --durations-min=5 --cov --cov-report=

# These stop their database again and again, so it is not the others'.
tests-alone: TEST_VAR := $(TEST_VAR)-alone
tests-alone: dev
	COVERAGE_FILE=var/coverage.alone $(PYTEST) -m alone --cov --cov-report=

test-spark: dev ## aid on Spark, on this machine: the rows that DuckDB and plain Python have (Java 17)
	@if tools/java; then $(MAKE) --no-print-directory .venv/spark.stamp && \
	JUNHENG_EXAMPLES_PERCENT=100 $(PYTEST) -q -p no:cacheprovider src/junheng/aid/tests/runners/on_spark.py; fi

test-engines: dev ## engines, verifier and kernel, a tenth of the random examples: seconds, no database
	JUNHENG_EXAMPLES_PERCENT=10 $(PYTEST) -q -p no:cacheprovider --noconftest src/junheng/kernel src/junheng/admissions/tests/engine src/junheng/admissions/tests/verify src/junheng/registry/tests/engine src/junheng/aid/tests/engine

check: dev ## lint, types, contracts, stale pages, catalogues
	@$(MAKE) --no-print-directory -j2 types rules

types: dev
	$(BIN)/mypy -p junheng

rules: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/djlint --lint src --quiet
	$(BIN)/python tools/migrations.py
	$(BIN)/python tools/catalogues.py check
	$(BIN)/python tools/glossary.py --check
	$(BIN)/python tools/architecture.py --check
	$(BIN)/python tools/personal_data.py

browser: dev
	@tools/browser

fix: dev ## format and mend what can be mended by a program
	-$(BIN)/ruff check --fix
	$(BIN)/ruff format
	-$(BIN)/djlint --reformat src --quiet
	$(BIN)/python tools/catalogues.py update
	$(MAKE) --no-print-directory docs

docs: dev ## generate the glossary and the architecture page
	$(BIN)/python tools/glossary.py
	$(BIN)/python tools/architecture.py

snapshots: dev ## accept today's query counts as the baselines
	JUNHENG_UPDATE_SNAPSHOTS=1 $(PYTEST) -q -k "queries or baseline"

bench: dev .venv/peers.stamp ## the figures of docs/benchmarks.md, on this machine
	@missed=; for b in benchmarks/*.py; do echo; echo "== $$b"; $(BIN)/python -m benchmarks.$$(basename $$b .py) || missed="$$missed $$b"; done; \
	if [ -n "$$missed" ]; then echo; echo "Bars missed, or stopped:$$missed"; exit 1; fi

clean: ## remove the environment and what was built (never var/)
	rm -rf .venv node_modules build dist
