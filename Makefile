# gradtrace: see backpropagation. Every target sets itself up in .venv; a second run is quick.

.DEFAULT_GOAL := help
.PHONY: help demo test lint notebooks docs bench clean

# Tests start many processes, each of which would compile the packages anew without bytecode files.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that is new enough; or say which: make PYTHON=/path/to/python3 demo
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$python"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

help:
	@echo "make demo       the 2-2-1 hand computation: forward, backward edge by edge, update, picture"
	@echo "make test       all tests that need nothing but Python packages"
	@echo "make lint       ruff and mypy"
	@echo "make notebooks  run the notebooks, and write down what they show"
	@echo "make bench      measure against other libraries, as far as they are installed"
	@echo "make docs       build the documentation as a site that works offline, build/site"
	@echo "make clean      remove .venv and all caches"

demo: $(VENV)/.core
	@$(BIN)/gradtrace demo

test: $(VENV)/.test
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal

lint: $(VENV)/.lint
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

notebooks: $(VENV)/.notebooks
	$(BIN)/python tests/notebooks/refresh.py notebooks/*.ipynb

docs: $(VENV)/.docs
	$(BIN)/python docs/build_site.py

bench: $(VENV)/.bench
	@for script in engine moons_step digit_example training start_up compiling steps; do \
		$(BIN)/python tests/benchmarks/$$script.py || exit; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis build dist
	find autograd nn gradtrace tests -name __pycache__ -prune -exec rm -rf {} +

# Dependency groups are pip's from 25.1 on; a new environment brings an older one.
$(VENV)/.pip:
	@test -n "$(PYTHON)" || { echo "gradtrace needs Python 3.11 or newer, and none was found" \
		"(python3 is: $$(python3 --version 2>&1 || true))." >&2; \
		echo "Install one, or say where it is: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu:" \
		"apt install python3-venv" >&2; exit 1; }
	@$(PIP) install --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.core: $(VENV)/.pip pyproject.toml
	@echo "Installing gradtrace ..."
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.notebooks $(VENV)/.docs $(VENV)/.bench: $(VENV)/.%: $(VENV)/.core pyproject.toml
	@echo "Installing what make $* needs ..."
	@$(PIP) install --group $*
	@touch $@
