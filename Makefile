# Everything runs in .venv, which the first command makes from the lock file. `make help` lists the commands.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve test check format reproduce reproduce-check evaluate bench screenshots messages lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Wayout needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

serve: $(VENV)/.run ## build the catalogue and serve it on http://127.0.0.1:8000
	$(BIN)/wayout serve --host $(HOST) --port $(PORT) --watch

test: $(VENV)/.dev ## run every test
	$(BIN)/python -m pytest

check: $(VENV)/.dev ## lint, types, and the content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/wayout check --content content --green tests/logs/green --strict

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

reproduce: $(VENV)/.run ## run all recipes whose tools are here, and keep the evidence
	$(BIN)/wayout reproduce --all --prepare --content content

reproduce-check: $(VENV)/.run ## run the shortest recipes again, and compare with their evidence
	$(BIN)/wayout reproduce --all --quick 150 --prepare --check --content content

evaluate: $(VENV)/.dev ## try the matcher on all logs and their manglings, into docs/evaluation.md
	$(BIN)/python -m bench.evaluate

bench: $(VENV)/.dev ## measure what DESIGN promises, as ratios within one run
	$(BIN)/python -m bench

screenshots: $(VENV)/.dev ## take pictures of the main pages into docs/screenshots (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

messages: $(VENV)/.dev ## bring the interface's translations up to date with the templates
	@mkdir -p .cache
	$(BIN)/pybabel --quiet extract --mapping app/locale/babel.cfg --keyword term:1c,2 --add-location=file \
		--output .cache/messages.pot .
	$(BIN)/pybabel --quiet update --input-file .cache/messages.pot --output-file app/locale/zh/messages.po \
		--locale zh --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 100
	@sed -i -E '/^"(Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)/d' \
		app/locale/zh/messages.po

lock: $(VENV)/.dev ## renew the lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header pyproject.toml --extra postgresql --group build --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove what was built
	rm -rf $(VENV) .cache build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
