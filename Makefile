# From a bare clone with Python 3.11 or later and make:
#   make book   checks the derivations and writes them to out/book
#   make test   runs every test, a process per core
#   make quick  the same without those that take more than a few seconds
# Both make their own virtual environment in .venv and touch nothing else.
# Another Python: make PYTHON=/usr/bin/python3.12 book

VENV := .venv
PEERS := .venv-peers
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# The first Python on the path that is recent enough, else `python3` and a message.
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
    $$p -c '$(RECENT)' 2>/dev/null && echo $$p && exit; done; echo python3)

.DEFAULT_GOAL := help
.PHONY: help book test quick lint types bench wheel clean

help:
	@sed -n 's/^#   make/make/p' Makefile
	@echo "also: make lint, make types, make bench, make wheel, make clean"

# A stamp for the environment, and one for each set of packages in it: nothing is
# installed twice, and everything again when pyproject.toml changes.

$(VENV)/.made:
	@$(PYTHON) -c '$(RECENT)' || { \
	    echo "Python 3.11 or later is needed; '$(PYTHON)' is" \
	        "$$($(PYTHON) --version 2>&1). Try: make PYTHON=/path/to/python3.11" >&2; \
	    exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { \
	    echo "'$(PYTHON) -m venv' failed; on Debian: apt install python3-venv" >&2; \
	    exit 1; }
	@touch $@

$(VENV)/.book: $(VENV)/.made pyproject.toml
	@echo "installing what the book needs"
	@$(PIP) --editable '.[symbolic,precise,plot]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	@echo "installing what the tests need"
	@$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) --editable '.[dev,sklearn]'
	@touch $@

book: $(VENV)/.book
	@$(BIN)/autograd-core book --out out/book

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n auto --dist loadgroup

quick: $(VENV)/.dev
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m "not slow"

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy

# The peers in an environment of their own, each by itself: one that cannot be installed
# is missing in the tables. An index with PyTorch for CPUs alone, which is gigabytes
# smaller, is named to pip as usual: in PIP_EXTRA_INDEX_URL.
$(PEERS)/.made: pyproject.toml | $(VENV)/.made
	@echo "making $(PEERS) with the peers of the benchmarks"
	@$(PYTHON) -m venv $(PEERS)
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))\
	    ["project"]["optional-dependencies"]["peers"], sep="\n")' | while read peer; do \
	    $(PEERS)/bin/python -m pip --disable-pip-version-check install --quiet "$$peer" \
	        || echo "not installed: $$peer"; done
	@touch $@

bench: $(VENV)/.bench $(PEERS)/.made
	@$(BIN)/python -m tests.benchmarks --peers $(PEERS)/bin/python

wheel: $(VENV)/.dev
	@$(BIN)/python -m build --wheel --outdir dist

clean:
	rm -rf $(VENV) $(PEERS) build dist out/book *.egg-info
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
