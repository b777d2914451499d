# `make run` does the main job, `make test` checks it; both set up what they need, in .venv alone.

PYTHON  ?= python3
DATASET ?= houses
PORT    ?= 5000
URL     ?= http://127.0.0.1:5000
PEERS   ?= all
WORKERS ?= 2

BIN := .venv/bin

.PHONY: run help test slow-test images-test airflow-test mlflow-test lint format playbook year docs screenshots reports bench env lock dist clean

run: .venv/train  ## load, ask, train, report and serve DATASET
	@$(BIN)/tablecast run $(DATASET) --port $(PORT)

help:  ## these lines
	@sed -n 's/^\([a-z-]*\):[^#]*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 14

test: .venv/dev  ## every test that this machine can run
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

slow-test: .venv/dev  ## the tests that train for long, and are not among those of `make test`
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m slow

images-test: .venv/dev  ## the images and docker-compose.yml, for real (needs root and Debian)
	@$(BIN)/python -m tests.images

airflow-test: .venv/dev  ## the DAGs of examples/airflow, by the real Airflow
	@$(BIN)/python -m tests.airflow

mlflow-test: .venv/dev  ## the sealed folder as a model of the real MLflow
	@$(BIN)/python -m tests.mlflow

lint: .venv/dev  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/dev  ## put the style right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

playbook: .venv/train  ## ask the live service at URL; with MODEL=models/NAME, compare with that
	@$(BIN)/python -m playbook playbook/playbook.ipynb results/playbook/playbook.ipynb \
	  base_url=$(URL) model="$(MODEL)"
	@$(BIN)/jupyter-nbconvert --log-level ERROR --to html results/playbook/playbook.ipynb
	@echo "results/playbook/playbook.ipynb and .html"

year: .venv/train  ## a year of the service in some minutes: drift, recalibration, a new model
	@$(BIN)/python -m playbook playbook/productionisation.ipynb results/productionisation.ipynb
	@echo "results/productionisation.ipynb"

docs: .venv/dev  ## the documentation as a site, at http://127.0.0.1:8000
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "http://127.0.0.1:8000; Ctrl-C ends it"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve --quiet --strict

screenshots: .venv/dev  ## docs/screenshots/ anew (needs chromium, pdftoppm)
	@$(BIN)/python docs/screenshots.py

reports: .venv/dev  ## the reports of the shipped datasets, into docs/reports/
	@$(BIN)/python docs/reports.py

bench: .venv/dev  ## measure what the documents claim; PEERS=none for what needs no peer
	@$(BIN)/python -m benchmarks --peers $(PEERS)

env:  ## make .env, with secrets of its own, for docker compose
	@test ! -e .env || { echo ".env is there; it stays as it is"; exit 1; }
	@umask 077; $(PYTHON) -c 'import re, secrets, sys; \
	  sys.stdout.write(re.sub("(?m)=$$", lambda _: "=" + secrets.token_hex(16), sys.stdin.read()))' \
	  < .env.example > .env
	@echo ".env is made; each of its secrets was chosen at random"

lock:  ## write requirements/*.txt anew (needs uv)
	@requirements/lock.sh --upgrade

dist: .venv/train  ## the wheel and the source archive, into dist/
	@mkdir -p dist; rm -rf build/lib build/bdist*
	@$(BIN)/python -c 'from setuptools import build_meta as b; b.build_sdist("dist"); b.build_wheel("dist")' \
	  >/dev/null
	@ls dist

clean:  ## forget the environment, and nothing else
	@rm -rf .venv

.venv/%: requirements/%.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=")'
	@test -x $(BIN)/python || { echo "making .venv"; $(PYTHON) -m venv .venv; }
	@echo "installing requirements/$*.txt (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation \
	  --no-deps -e .  # ignored: that folders here have the packages' names
	@touch $@
