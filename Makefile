# Two commands: `make demo` and `make test`. Needed: Python 3.11 to 3.13 with venv, make, and a package index.
# Everything is installed into .venv from the lock files, with hashes; a second run finds its stamps and installs nothing.

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip
LOCK_FLAGS := --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --quiet $(if $(UPGRADE),--upgrade)
JOBS ?= 2
WORKERS := -n $(JOBS) --dist worksteal
PEERS := benchmarks/.peers

ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

.PHONY: help demo test check lint format bench honesty proofs lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.warm ## set up, then hold a short conversation on the demo market and write its report
	@$(BIN)/kek demo

test: $(VENV)/.dev $(VENV)/.warm ## set up, then run the tests and the examples in docstrings (ARGS="-k name" narrows)
	@$(BIN)/pytest -m "not long and not postgres" $(WORKERS) $(ARGS)

check: $(VENV)/.dev $(VENV)/.warm ## run what `make test` leaves out (long suites, PostgreSQL), then measure what the engine's tests cover
	@$(BIN)/pytest -m "long or postgres" $(WORKERS) $(ARGS)
	@$(if $(ARGS),,$(BIN)/pytest tests/engine engine -m "not long and not no_cover" $(WORKERS) --cov --cov-report=term)

lint: $(VENV)/.dev ## ruff, the format, and mypy --strict on engine, agent and storage
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy engine agent storage

format: $(VENV)/.dev ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.core $(PEERS)/.installed ## measure times and memory beside other engines, write docs/benchmarks.md (ARGS="--only W1" narrows)
	@$(BIN)/python benchmarks/run.py $(ARGS)

honesty: $(VENV)/.dev $(VENV)/.warm ## measure how often noise and planted edges are validated, write docs/honesty.md (ARGS="--small")
	@$(BIN)/python -m benchmarks.honesty.run --jobs $(JOBS) $(if $(findstring --small,$(ARGS)),,--out docs/honesty.md) $(ARGS)

proofs: $(VENV)/.dev ## prove 100,000 random specs and check every proof by a run, write docs/proofs-log.md (an hour or two)
	@$(BIN)/python benchmarks/proofs.py --jobs $(JOBS) --out docs/proofs-log.md $(ARGS)

lock: $(VENV)/.uv ## write the lock files from pyproject.toml (UPGRADE=1 moves the pins)
	$(UV) compile $(LOCK_FLAGS) --extra build pyproject.toml -o requirements.lock
	$(UV) compile $(LOCK_FLAGS) -c requirements.lock --extra build --extra dev pyproject.toml -o requirements-dev.lock
	echo uv | $(UV) compile $(LOCK_FLAGS) - -o requirements-bootstrap.lock

clean: ## remove the environment and every cache of the tools
	rm -rf $(VENV) $(PEERS) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* htmlcov

# The first Python of the supported ones that can make an environment.
$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    echo "making $(VENV) with $$($$python -V)"; $$python -m venv $(VENV); exit; \
	  fi; \
	done; \
	echo "no Python 3.11, 3.12 or 3.13 with venv and ensurepip was found (on Debian: apt install python3-venv);" \
	  "name one with: make PYTHON=/path/to/python" >&2; exit 1

# uv installs in seconds what takes pip a minute; where uv cannot be had or cannot reach the index, pip does the same.
$(VENV)/.uv: requirements-bootstrap.lock | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock \
	  || echo "uv is not to be had; going on with pip, which takes longer" >&2
	@touch $@

install = $(UV) install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(1) \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)

$(VENV)/.core: requirements.lock pyproject.toml $(VENV)/.uv
	@echo "installing what requirements.lock names"
	@$(call install,requirements.lock)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q engine agent api prompts storage evals
	@touch $@

# The engines that `make bench` measures beside ours. One that cannot be had is left out, and the page says why.
$(PEERS)/.installed: benchmarks/peers.txt | $(VENV)/.core
	@echo "installing what benchmarks/peers.txt names"
	@$(BIN)/python -m venv $(PEERS)
	@$(UV) install --quiet --compile-bytecode --python $(PEERS)/bin/python -r $< \
	  || sed '/^#/d' $< | while read -r peer; do $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check "$$peer" \
	  || echo "$$peer cannot be installed" >&2; done
	@touch $@

# The engine's kernels, compiled once for this machine: else the first run would wait for it. Without a cache to write
# to nothing is lost but that time.
$(VENV)/.warm: $(VENV)/.core $(wildcard engine/kernels/*.py)
	@$(BIN)/python -m engine.warm_up || echo "the engine compiles itself when it first runs, then" >&2
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.core
	@echo "installing what requirements-dev.lock names"
	@$(call install,requirements-dev.lock)
	@touch $@
