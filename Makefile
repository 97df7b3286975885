# Everything a person types around the program. `make` alone lists it.
# Needs Python 3.11 or newer and make; the rest goes into .venv, from pinned and hashed locks.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url
ARGS ?=

# The tests start the program some hundred times; each would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check format lock bench screenshots messages docs wheel clean

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Start the program with demo data; ARGS=--lan for phones on the network
	@$(BIN)/python -m comptoir demo --if-empty
	@$(BIN)/python -m comptoir serve $(ARGS)

test: $(VENV)/.dev ## Run the tests on both engines; ARGS="-k borrower" chooses some
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

bench: $(VENV)/.dev ## Measure the speed, beside the least the same writes take (about four minutes)
	@$(BIN)/python -m bench $(ARGS)

check: $(VENV)/.dev ## All that a change must pass: format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(VENV)/.dev ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/.dev ## Bring the translations in step with the texts in the code
	$(BIN)/python tools/messages.py

screenshots: $(VENV)/.dev ## Take the pictures of docs/screenshots/ from the demo
	$(BIN)/python -m tools.screenshots $(ARGS)

wheel: $(VENV)/.dev ## Build the package into dist/
	$(PIP) wheel --no-deps --wheel-dir dist .

lock: ## Write requirements.txt and requirements-dev.txt anew; ARGS=--upgrade for newer versions
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip -q install uv; }
	.venv-lock/bin/$(COMPILE) pyproject.toml -o requirements.txt $(ARGS)
	.venv-lock/bin/$(COMPILE) pyproject.toml --group dev -o requirements-dev.txt $(ARGS)

docs: $(VENV)/.run ## Make the pages that come from the code: docs/operator/settings.md
	$(BIN)/python -m comptoir settings > docs/operator/settings.md

clean: ## Remove what make made, except data/
	rm -rf $(VENV) .venv-lock dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, as python3 on the PATH."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python lacks venv. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Installing what the program needs (once) ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run
