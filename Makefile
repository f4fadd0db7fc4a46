# Everything that one does with Switchboard; `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PRISM := .prism/node_modules/.bin/prism
CHROMIUM := /usr/bin/chromium
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
JOBS ?= $(shell [ $(CORES) -gt 2 ] && echo $(CORES) || echo 2)
# Many a test waits for a clock: two more than there are cores keep them all at work.
TEST_JOBS ?= $(shell expr $(JOBS) + 2)

.DEFAULT_GOAL := help
.PHONY: help demo run test e2e lint types bench chaos lock prism ci

help: # the targets, from the comments beside them
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## enrich examples/contacts.csv into enriched.csv, in the sandbox
	@$(BIN)/python manage.py demo $(ARGS)

run: $(STAMP) ## the back office, workers and sandbox in the foreground; PORT=8001 for another port
	@$(BIN)/python manage.py run $(ARGS)

test: $(STAMP) ## the whole suite, in parallel; ARGS="-k phone" for a part of it
	@$(BIN)/python -m pytest -n $(TEST_JOBS) --dist worksteal $(ARGS)

e2e: $(STAMP) $(CHROMIUM) ## the browser tests, which take docs/screenshots/ anew; ARGS="-k roles"
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder \
		--confcutdir tests/e2e tests/e2e $(ARGS)

lint: $(STAMP) ## format, lint and import rules
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports

types: $(STAMP) ## mypy, strict
	@$(BIN)/mypy .

bench: $(STAMP) ## the measured figures as JSON lines; ARGS=--quick for a tenth
	@$(BIN)/python -m tests.bench $(ARGS)

chaos: $(STAMP) ## kill workers and servers under work and count what is lost; ARGS="--contacts 2000"
	@$(BIN)/python -m tests.chaos $(ARGS)

lock: $(STAMP) ## pin requirements.lock from pyproject.toml; ARGS=--upgrade for the newest
	@test -x $(VENV)/uv/bin/uv || $(BIN)/python -m venv $(VENV)/uv
	@test -x $(VENV)/uv/bin/uv || $(VENV)/uv/bin/pip install -qq uv
	@$(VENV)/uv/bin/uv pip compile pyproject.toml --group dev --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock $(ARGS)

prism: $(PRISM) ## install Prism, which judges our requests by the providers' contracts

ci: ## what .ci/run checks on every change
	@.ci/run

# A changed lock installs again; an unchanged one costs nothing.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Switchboard needs \
	Python 3.11 or newer; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12" % v[:2])'
	@test -x $(BIN)/python || echo "Making $(VENV) and installing requirements.lock, once …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes \
		-r requirements.lock
	@touch $@

$(CHROMIUM):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "The browser tests need \
	$(CHROMIUM). On Debian or Ubuntu: sudo apt-get install chromium"; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium

$(PRISM):
	@command -v npm >/dev/null || { echo "Prism needs Node.js and npm; install them first."; exit 1; }
	npm install --no-fund --no-audit --prefix .prism @stoplight/prism-cli@5.14.2
