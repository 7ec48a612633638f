# The commands of Tend; `make` alone lists them. Only Python 3.11 or newer and make are needed.
PYTHON ?= python3
BIN := .venv/bin
NPM = PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix static --silent
CODE := application api tasks deploy tests app.py config.py loglines.py weak.py workers.py $(wildcard benchmarks)

.DEFAULT_GOAL := help
.PHONY: help run test check demo faults fuzz soak bench bench-full audit api lint format clean dev python node page front

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1 \t/' | expand -t 15

run: ## start Tend; the first time, install and build it too
	@$(PYTHON) deploy/bootstrap.py run

test: dev node page ## run every test: Python, components, browser
	$(NPM) run test
	$(BIN)/pytest -n 2 $(PYTEST)

check: lint front ## the whole gate: format, lint, types, import rules, page, tests, coverage
	$(MAKE) --no-print-directory test PYTEST="--cov --cov-report=term"

lint: dev ## say what is wrong with format, style, types and imports
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python deploy/audit.py code

front: dev node page ## check the page: lint, types, build
	$(NPM) run lint
	$(NPM) run types
	$(NPM) run api:check

format: dev node ## put the code into its one format
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)
	$(NPM) run format

api: dev node ## write api.yaml, the table of limits and the page's types, from the source
	$(BIN)/python -m api.openapi
	$(BIN)/python -m api.limits_page
	$(NPM) run api

demo: ## fill an account with a believable year, and print how to sign in
	@$(PYTHON) deploy/bootstrap.py python
	@$(BIN)/flask --app app demo

faults: dev ## hurt everything there is while it works, and count what was lost (ROW=W3 for one)
	$(BIN)/python -m tests.faults $(if $(ROW),--row $(ROW)) $(if $(SEED),--seed $(SEED))

soak: dev ## a whole Tend under load for MINUTES=20 at RATE=30 a second; DB=postgresql for that
	$(BIN)/python -m tests.faults.soak --minutes $(or $(MINUTES),20) --rate $(or $(RATE),30) \
		$(if $(filter postgresql,$(DB)),--postgresql)

fuzz: dev ## hostile input in full, on both databases: what was tried, and what became of it
	TEND_FUZZ=1 $(BIN)/pytest tests/hostile -m row -n 2 -q --no-header --timeout=7200 $(FUZZ)

bench: dev page ## measure against bare Flask, raw SQL and the like, in some minutes
	$(BIN)/python -m benchmarks

bench-full: dev page ## the same with the sizes that the goals are set for, in half an hour
	$(BIN)/python -m benchmarks --full

audit: dev ## known holes in dependencies, risky code of our own, a list of parts (SBOM)
	@$(BIN)/python deploy/audit.py

clean: ## remove what was installed and built (never var/, which is your data)
	rm -rf .venv static/node_modules static/dist htmlcov .coverage build
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

dev:
	@$(PYTHON) deploy/bootstrap.py dev

python:
	@$(PYTHON) deploy/bootstrap.py python

node:
	@$(PYTHON) deploy/bootstrap.py node

page:
	@$(PYTHON) deploy/bootstrap.py page
