# Everything starts from a bare Python 3.11+ with pip: each target sets up what it needs, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

# Tests start hundreds of processes; each would compile all it imports if none might keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check soak bench pictures clean
.DEFAULT_GOAL := test

demo: $(VENV)/.demo  ## the sandbox and the portal on loopback, ready to click through
	@$(BIN)/trivet demo

test: check $(VENV)/.browser $(VENV)/.globus-cli $(VENV)/.node  ## every test, browser tests included
	$(PYTEST) -n auto --dist loadgroup -m "not soak"

check: $(VENV)/.test  ## style, types and the direction of the arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(VENV)/.browser  ## what takes too long for `make test`
	$(PYTEST) -m soak -n 0

bench: $(VENV)/.test  ## the figures in docs/benchmarks.md
	$(BIN)/python -m benchmarks

pictures: $(VENV)/.browser  ## the pictures in docs/images, out of the browser tests
	$(PYTEST) -q -n auto --dist loadgroup $$(grep -l 'picture(' tests/journeys/test_*.py)
	@cd docs/images && for name in *.png; do cp "../../artifacts/screenshots/$$name" .; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache artifacts

# Some systems ship Python without ensurepip; then the system's pip fills the new environment.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Trivet needs Python 3.11 or newer; try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $@ install -q pip; }

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[demo]'
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.demo

$(VENV)/.browser: $(VENV)/.test .ci/browser
	@.ci/browser $(BIN)/python
	@touch $@

# The vendor's command line insists on versions of its own, so it gets an environment of its own.
$(VENV)/.globus-cli: $(VENV)/bin/python constraints-globus-cli.txt
	@$(BIN)/python -m venv --clear --without-pip $(VENV)/globus-cli
	$(BIN)/python -m pip --python $(VENV)/globus-cli/bin/python install -q --disable-pip-version-check -c constraints-globus-cli.txt globus-cli
	@touch $@

# Two clients for JavaScript. Without npm their tests are skipped, with it they are not.
$(VENV)/.node: $(VENV)/bin/python tests/clients/node/package.json
	@mkdir -p $(VENV)/node && cp tests/clients/node/package.json $(VENV)/node/
	@if command -v npm >/dev/null; then \
	  npm install --prefix $(VENV)/node --silent --no-audit --no-fund --no-package-lock --ignore-scripts && touch $@; \
	else echo "No npm here: what openid-client and the SDK for JavaScript make of the sandbox is not tested."; fi
