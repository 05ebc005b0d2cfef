# Everything is set up here: .venv from pinned constraints, servers for the tests and the lab into .tools/.
# Needs Python 3.11 or newer; no root, no system service.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q
JOBS   ?= 2

.PHONY: dashboards test demo lint servers benchmarks clean help
.DEFAULT_GOAL := dashboards

dashboards: $(VENV)/.run  ## compile dashboards/, rules/ and provisioning/ into build/, and check them
	@$(BIN)/provision build
	@$(BIN)/provision check

test: $(VENV)/.dev servers lint  ## every test, real servers included
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --cov --cov-report=term $(PYTEST)

demo: dashboards $(VENV)/.lab servers  ## the lab: real servers, traffic, every panel's current value, the SLA; until Ctrl-C, or DEMO=--once
	@echo "starting the lab; Ctrl-C stops it"
	@$(BIN)/provision lab up --env demo --verify --browsers 1 --watch $(DEMO)

lint: $(VENV)/.dev  ## the checks of the code itself
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

servers: $(VENV)/.lab  ## find Prometheus, Alertmanager, Traefik and Redis, or unpack them into .tools/
	@$(BIN)/python -m provision.tools.servers .tools

benchmarks: $(VENV)/.dev  ## the tables that the speed claims stand on
	@$(BIN)/python -m benchmarks

clean:  ## remove what make has made
	rm -rf build .venv .tools .provision

help:
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "make: $(PYTHON) is missing or older than 3.11; install Python 3.11 or set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "make: $(PYTHON) has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints/run.txt
	@$(PIP) install -c constraints/run.txt -e .
	@touch $@

$(VENV)/.lab: $(VENV)/.run constraints/dev.txt
	@$(PIP) install -c constraints/run.txt -c constraints/dev.txt -e '.[lab,browser]'
	@touch $@

$(VENV)/.dev: $(VENV)/.lab constraints/dev.txt
	@$(PIP) install -c constraints/run.txt -c constraints/dev.txt -e '.[lab,dev]'
	@touch $@
