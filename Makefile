# Needs Python 3.11 or newer and a package registry; everything else is made here.
# `make` alone lists the targets.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# The first interpreter that is new enough; another one with `make PYTHON=/path/to/python`.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c "$(NEW_ENOUGH)" 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-model check format constraints clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED) ## Make .venv with the pinned dependencies

demo: $(INSTALLED) ## Evolve, gate and export a prompt for the built-in benchmark (about 7 minutes)
	$(BIN)/evogate run --example sentiment

test: $(INSTALLED) ## Run every test that needs no language model and no network
	$(BIN)/python -m pytest -q -n auto --dist loadfile

test-model: $(INSTALLED) ## Run the tests that load the local language model or reach a registry
	$(BIN)/python -m pytest -q -m "model or network"

check: $(INSTALLED) ## Lint, types and the order of the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## Format the code and repair what ruff can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Resolves without the old pins, in an environment of its own, and writes name==version only:
# no address of a registry ever enters the file.
constraints: ## Resolve the dependencies anew and rewrite constraints.txt
	$(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip install -q -e ".[local,dev]"
	{ head -n 2 constraints.txt; \
	  .venv-pins/bin/python -m pip list --format=freeze --exclude-editable --exclude pip \
	  | grep '=='; } > constraints.new
	mv constraints.new constraints.txt
	rm -r .venv-pins

clean: ## Remove .venv and what builds leave behind; runs/ and champions/ stay
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(INSTALLED): pyproject.toml setup.cfg constraints.txt
	@test -n "$(PYTHON)" || { \
	  echo "error: no Python 3.11 or newer found" >&2; \
	  echo "  install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "error: $(PYTHON) cannot make a virtual environment" >&2; \
	  echo "  on Debian and Ubuntu: apt install python3-venv; then remove $(VENV) and try again" >&2; \
	  rm -rf $(VENV); exit 2; }
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[local,dev]"
	@touch $@
