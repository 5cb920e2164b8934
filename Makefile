# Every target sets up all it needs, from a bare clone on: a Python 3.11 or newer, a Rust toolchain and make are enough.
#   make demo PORT=9000            make test PYTHON=python3.12            make test ARGS="-k routing"

HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell scripts/find-python)
endif
VERSION := $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) and print("%d.%d" % sys.version_info[:2])')
ifeq ($(VERSION),)
$(error PYTHON must run Python 3.11 or newer, given '$(PYTHON)'; for example: make PYTHON=/usr/bin/python3.12)
endif
ifeq ($(shell command -v cargo),)
$(error a Rust toolchain is needed and `cargo` is not on PATH; https://rustup.rs installs one)
endif

# Two environments per Python: tests run the sources with a debug build, the demo and the benchmarks run the wheel.
DEV := .venv/$(VERSION)
RELEASE := .venv/$(VERSION)-release
RUST := Cargo.toml $(wildcard Cargo.lock) pyproject.toml $(shell find crates)
PACKAGE := $(shell find python -name '*.py' -o -name '*.pyi' -o -name py.typed)
# As maturin sets them, so that a plain cargo after it finds PyO3 built and does not build it anew.
export PYO3_PYTHON := $(abspath $(DEV)/bin/python)
export PYO3_ENVIRONMENT_SIGNATURE := cpython-$(VERSION)-64bit
export PYO3_BUILD_EXTENSION_MODULE := 1
export PIP_QUIET := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The log-in demo/demo is made only where nobody else can reach it; any other HOST gets a database of its own without it.
LOOPBACK := $(filter 127.0.0.1 ::1 localhost,$(HOST))
export ATLAS_DATA ?= $(abspath examples/atlas/var$(if $(LOOPBACK),,/open))

.DEFAULT_GOAL := help
.PHONY: help demo test attack check bench build services clean
SHELL := /bin/sh
.SHELLFLAGS := -euc
.DELETE_ON_ERROR:

help:
	@echo "make demo      serve examples/atlas on http://$(HOST):$(PORT)/"
	@echo "make test      all tests, Rust and Python"
	@echo "make attack    the heavy attacks, whole; minutes, and up to 60 GB of disk"
	@echo "make check     formats, lints, types"
	@echo "make bench     measure beside other servers; writes benches/RESULTS.md"
	@echo "make build     the wheel and the source package, into dist/"
	@echo "make services  PostgreSQL and Redis on free loopback ports, until Ctrl-C"
	@echo "make clean     remove what the others made"
	@echo "Variables: HOST, PORT, PYTHON (now $(PYTHON)), ARGS (for pytest and the benchmarks)"

# With job control the server alone gets the terminal's Ctrl-C; make sees it end well, and ends well too.
demo: $(RELEASE)/.installed
	@cd examples/atlas; python="$(abspath $(RELEASE))/bin/python"; \
	"$$python" manage.py migrate --verbosity 0; \
	"$$python" manage.py load_world $(if $(LOOPBACK),--admin); \
	echo "Open http://$(HOST):$(PORT)/ for the URLs with their curl lines, http://$(HOST):$(PORT)/admin/ for the admin. Ctrl-C ends it."; \
	if [ -t 0 ]; then set -m; fi; \
	"$$python" manage.py runfox --host $(HOST) --port $(PORT)

test: $(DEV)/.built
	cargo test --workspace --exclude ultrafox-python
	$(DEV)/bin/python -m pytest $(ARGS)

attack: $(DEV)/.built
	$(DEV)/bin/python -m pytest -m attack -s $(ARGS)

check: $(DEV)/.built
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(DEV)/bin/ruff check
	$(DEV)/bin/ruff format --check
	$(DEV)/bin/mypy
	$(DEV)/bin/python -m mypy.stubtest ultrafox._core --mypy-config-file pyproject.toml
	$(DEV)/bin/pyright --pythonpath $(DEV)/bin/python

bench: $(RELEASE)/.installed
	cd benches && PYTHON=$(PYTHON) ULTRAFOX_PYTHON=$(abspath $(RELEASE)/bin/python) $(abspath $(RELEASE)/bin/python) -m load all $(ARGS)

build: dist/.built-$(VERSION)
	$(RELEASE)/bin/maturin sdist --out dist
	@ls dist/*

services: $(DEV)/.built
	@if [ -t 0 ]; then set -m; fi; $(DEV)/bin/python tests/services.py

clean:
	rm -rf .venv dist target

$(DEV)/.made $(RELEASE)/.made:
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --upgrade pip 'maturin>=1.16,<2'
	@touch $@

$(DEV)/.built: $(DEV)/.made $(RUST)
	VIRTUAL_ENV=$(abspath $(DEV)) $(DEV)/bin/maturin develop --profile dev --extras uvloop,atlas,test,dev
	@touch $@

dist/.built-$(VERSION): $(RELEASE)/.made $(RUST) $(PACKAGE)
	rm -f dist/ultrafox-*-cp$(subst .,,$(VERSION))-*.whl
	$(RELEASE)/bin/maturin build --release --interpreter $(RELEASE)/bin/python --out dist
	@touch $@

$(RELEASE)/.installed: dist/.built-$(VERSION)
	wheel="$$(ls $(abspath dist)/ultrafox-*-cp$(subst .,,$(VERSION))-*.whl)"; \
	$(RELEASE)/bin/python -m pip install --force-reinstall --no-deps "$$wheel"; \
	$(RELEASE)/bin/python -m pip install "$$wheel[atlas,uvloop]"
	@touch $@
