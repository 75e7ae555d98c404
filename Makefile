# Every task by name; `make` lists them. All set-up is done on first use, in .venv, and is skipped when nothing changed.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_QUIET := 1
RUST := $(shell find rust -type f) Cargo.toml Cargo.lock
PACKAGE := $(shell find python -name '*.py*' -not -path '*/__pycache__/*')

.PHONY: help
help: ## List the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/.created: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade "pip>=25.1" "maturin>=1.16,<2"
	touch $@

# The package, built and installed in place: its Python files are used from here, so only Rust asks for a rebuild.
.venv/.installed: .venv/.created pyproject.toml $(RUST)
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --quiet --release --extras parquet,serve
	touch $@

# After the package, never beside it: both write one environment.
.venv/.test: .venv/.created | .venv/.installed
	$(BIN)/pip install --quiet --group test
	touch $@

.venv/.bench: .venv/.test
	$(BIN)/pip install --quiet --group bench
	touch $@

.PHONY: setup
setup: .venv/.installed ## Build and install the package into .venv

.PHONY: demo
demo: .venv/.installed ## Grade the example log: a table, and the graded file in out/
	mkdir -p out
	$(BIN)/rollgrade score examples/rollouts.jsonl --rubric examples/rubric.toml -o out/rollouts.graded.jsonl

.PHONY: test
test: lint test-rust test-python ## Run every test, the README's snippets and the linters

.PHONY: test-rust
test-rust: ## Run the kernels' tests
	cargo test --quiet

.PHONY: test-python
test-python: .venv/.installed .venv/.test ## Run the tests of the package against its oracles
	$(BIN)/pytest -q -n auto --dist loadfile

.PHONY: test-long
test-long: .venv/.installed .venv/.test ## Compare with the oracles on a million random texts each, and kill a hundred rescores
	ROLLGRADE_LONG=1 $(BIN)/pytest -q -n auto --dist loadfile tests/test_tokens.py tests/test_rouge.py tests/test_logs_resume.py

.PHONY: test-trainers
test-trainers: .venv/.installed ## Run TRL and verl for real, in environments of their own (4 GB of downloads)
	$(BIN)/python tests/trainers/environments.py trl verl

.PHONY: test-trainers-all
test-trainers-all: .venv/.installed ## Run every trainer for real, and record the outcome
	$(BIN)/python tests/trainers/environments.py --record

.venv-lm/.created: pyproject.toml
	$(PYTHON) -m venv .venv-lm
	.venv-lm/bin/pip install --quiet --upgrade "pip>=25.1" "maturin>=1.16,<2"
	.venv-lm/bin/pip install --quiet --group lm
	touch $@

.PHONY: test-lm
test-lm: .venv-lm/.created ## Test the language model tier of fluency, in an environment of its own (torch is large)
	VIRTUAL_ENV=$(CURDIR)/.venv-lm .venv-lm/bin/maturin develop --quiet --release
	.venv-lm/bin/pytest -q tests/lm

.venv-engines/.created: pyproject.toml
	$(PYTHON) -m venv .venv-engines
	.venv-engines/bin/pip install --quiet --upgrade "pip>=25.1" "maturin>=1.16,<2"
	.venv-engines/bin/pip install --quiet --group engines
	touch $@

.PHONY: test-engines
test-engines: .venv-engines/.created ## Run Ray (a cluster of two nodes), Daft, Polars and datasets for real, in an environment of their own
	VIRTUAL_ENV=$(CURDIR)/.venv-engines .venv-engines/bin/maturin develop --quiet --release
	RAY_USAGE_STATS_ENABLED=0 .venv-engines/bin/pytest -q -W ignore tests/engines

.venv/.browser: .venv/.test
	$(BIN)/pip install --quiet --group browser
	touch $@

.PHONY: test-report
test-report: .venv/.installed .venv/.browser ## Look at the HTML pages in headless Chromium (found, or installed)
	CHROMIUM="$$($(BIN)/python tests/browser/chromium.py)" $(BIN)/pytest -q tests/browser

.PHONY: lint
lint: .venv/.installed .venv/.test ## Check format, lints, types and the stub
	cargo fmt --check
	cargo clippy --quiet --all-targets -- -D warnings
	cargo clippy --quiet --all-targets --features python -- -D warnings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest rollgrade._core --allowlist tests/stubtest_allowlist.txt

.PHONY: fmt
fmt: .venv/.test ## Format the code
	cargo fmt
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: bench
bench: .venv/.installed .venv/.bench ## Run the benchmarks, side by side with their peers
	$(BIN)/pytest benches -q --benchmark-disable-gc --benchmark-sort=name --benchmark-columns=median,min,rounds

.PHONY: instructions
instructions: .venv/.test ## Count the instructions that a byte of text takes to count (needs valgrind)
	mkdir -p out
	$(BIN)/python benches/corpus.py out/texts.txt
	cargo bench --quiet --bench tokens --no-run
	$(BIN)/python benches/instructions.py out/texts.txt

.PHONY: models
models: .venv/.test ## Make the embedded tables again (ROLLGRADE_DATA=folder with the prose archives, WORDNET=folder of WordNet 3.0, /usr/share/wordnet)
	test -n "$${ROLLGRADE_DATA:-}" || { echo "set ROLLGRADE_DATA to the folder that holds text/prose.tar.xz"; exit 2; }
	prose=("$$ROLLGRADE_DATA"/text/prose.tar.xz "$$ROLLGRADE_DATA"/text/prose2.tar.xz); \
	$(BIN)/python training/tokens.py --ranks tests/data/r50k_base.tiktoken --prose "$${prose[@]}" --out rust/data/gpt2; \
	$(BIN)/python training/fluency_classes.py "$${prose[@]}" "$${WORDNET:-/usr/share/wordnet}" rust/data/fluency_classes.bin; \
	$(BIN)/python training/fluency_tables.py "$${prose[@]}" "$$ROLLGRADE_DATA/lexicon/masc_tagged.zip"; \
	$(BIN)/python training/word_order.py "$${prose[@]}" rust/data/word_order.bin; \
	$(BIN)/python training/ordinary_words.py rust/data/ordinary.bin "$${prose[@]}"
	$(BIN)/python training/fold_table.py rust/data/fold.bin
	$(BIN)/python training/phones.py rust/data

.PHONY: docs
docs: .venv/.installed ## Write the tables of docs/ again from the package
	$(BIN)/python docs/tables.py

.PHONY: wheel
wheel: .venv/.created ## Build a portable wheel into dist/ and prove it in an empty environment
	$(BIN)/pip install --quiet ziglang "auditwheel>=6.8"
	rm -rf dist
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/maturin build --quiet --release --zig --compatibility manylinux_2_28 --out dist
	$(BIN)/python tests/prove_wheel.py dist

.PHONY: clean
clean: ## Remove what the tasks made
	rm -rf .venv .venv-lm .venv-engines .venv-trainers target dist out
