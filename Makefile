# setup, demo, test, lint, bench: all that a newcomer must type.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: setup demo test lint bench

setup: $(STAMP)

# Made again only when what is to be installed has changed.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found="$$($(PYTHON) --version 2>/dev/null || echo 'no $(PYTHON)')"; \
		echo "Error: expected Python 3.11 or newer, found $$found; run make PYTHON=PATH" >&2; \
		exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[train,dev]'
	touch $(STAMP)

demo: setup
	$(BIN)/deskmate --home .demo demo --host $(HOST) --port $(PORT)

test: setup lint
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m training.benchmarks
