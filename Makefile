# Everything a newcomer needs: `make demo` to see it, `make check` while working, `make test` before a change goes in.
# Needs Linux, make and Python 3.11 or newer; nothing is installed outside this folder.

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check lint bench soak screenshots clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PYTHON=python3.12 names another interpreter, WORKERS=4 runs tests on more cores, ARGS='-k recall' goes to pytest."

demo: $(VENV)/installed ## Build a small plant full of serialized units, serve it and say what to try
	$(BIN)/asbuilt demo

check: lint ## Lint, types, import contracts and the quick tests, on SQLite: under a minute
	ASBUILT_TEST_PROFILE=quick $(PYTEST) -n $(WORKERS) -m "not slow and not browser and not soak and not postgresql" $(ARGS)

test: lint ## All of `check` and every test: PostgreSQL, browser and house included
	$(PYTEST) -n $(WORKERS) -m "not soak" $(ARGS)

soak: $(VENV)/installed-dev ## The durability and race tests of a release, for hours
	$(PYTEST) -m soak -o faulthandler_timeout=0 $(ARGS)  # hours are no hang, and a dump under way has ended a worker

bench: $(VENV)/installed-dev ## Measure; prints ratios of two things run side by side
	$(BIN)/python -m bench $(ARGS)

screenshots: $(VENV)/installed-dev ## A picture of every page, both themes and three widths, in var/screenshots; ARGS=--docs renews the documents' own
	$(BIN)/python -m tests.web.screenshots $(ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --strict asbuilt
	$(BIN)/lint-imports --no-logo

clean: ## Remove what make made: environment, caches, fonts and packages; records stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf asbuilt/web/static/asbuilt/fonts
	find asbuilt tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# An installation is a stamp file inside the environment: it is renewed when the requirements or the build hook change.
$(VENV)/installed: pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Installing asbuilt into $(VENV); the first time this takes a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[labels]'
	@touch $@

$(VENV)/installed-dev: pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Installing asbuilt and its development tools into $(VENV); the first time this takes a minute or two."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/installed $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make demo PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "asbuilt needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; \
		echo "Name a newer one: make demo PYTHON=python3.12" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV)
