# Pulang: each target also works by hand as shown. Needs python3 >= 3.11 with venv, and make. On a server: docs/install.md.
PYTHON ?= python3
PY := .venv/bin/python
SOURCES := pulang api activities templates workflows store domain
CODE := $(SOURCES) tests bench .ci
.DEFAULT_GOAL := help
.PHONY: help run test check quick browser histories bench bench-journeys bench-answers doctor lock installed tested

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'
	@echo "on a server:         docs/install.md"

installed:
	@$(PYTHON) .ci/install.py run

tested:
	@$(PYTHON) .ci/install.py test

run: installed ## start everything with demo data: .venv/bin/pulang up --demo
	@$(PY) -m pulang up --demo

AHEAD := tests/domain tests/store tests/api tests/templates --a-year-ahead -p no:cacheprovider

test: check browser ## everything, as the pipeline does: make check, then .venv/bin/pytest, and again a year ahead
	@log=$$(mktemp) && { $(PY) -m pytest -q $(AHEAD) >$$log 2>&1 & ahead=$$!; \
	$(PY) -m pytest -q --durations=15; now=$$?; \
	wait $$ahead; later=$$?; echo "A year ahead:"; tail -n 60 $$log; rm -f $$log; exit $$((now + later)); }

check: tested ## style, types and the import rule: ruff, mypy, lint-imports
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

browser: tested
	@$(PY) .ci/browser.py

quick: tested ## the rules and what failed last, under 20 s: .venv/bin/pytest tests/domain --ff
	@$(PY) -m pytest -q --ff tests/domain tests/processes/test_settings.py

histories: tested ## record histories for the replay tests: .venv/bin/pulang histories
	@$(PY) -m pulang histories

bench: bench-journeys bench-answers ## measure: both of the next

bench-journeys: tested ## journeys per second against bare Temporal, as JSON: .venv/bin/python -m bench.journeys
	@$(PY) -m bench.journeys

bench-answers: tested ## answers per second against a bare insert, as JSON: .venv/bin/python -m bench.answers
	@$(PY) -m bench.answers

doctor: installed ## say what is wrong here, in words: .venv/bin/pulang doctor
	@$(PY) -m pulang doctor

lock: ## write both lock files anew (needs uv): uv pip compile ... -o requirements.lock
	uv pip compile $(LOCK) --extra build --extra embedded --extra test -o requirements.lock
	uv pip compile $(LOCK) --extra build --extra embedded --extra postgres -c requirements.lock -o requirements-run.lock

LOCK := --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 --universal pyproject.toml
