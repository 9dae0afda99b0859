# `make help` lists the commands. Everything is set up by the command that needs it.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
WORKERS ?= auto
SECONDS ?= 240
SEEDS ?= 2000
EXAMPLES ?= 100000
BANDIT := $(BIN)/bandit --quiet --configfile pyproject.toml --recursive functions infra

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.venv/.embedded: requirements.lock pyproject.toml infra/local/environment.py
	@$(PYTHON) infra/local/environment.py embedded
.venv/.dev: requirements.lock pyproject.toml infra/local/environment.py
	@$(PYTHON) infra/local/environment.py dev

# --- Run it -----------------------------------------------------------------

.PHONY: run
run: .venv/.embedded ## Run Taskwake here, until Ctrl-C (PORT=8080)
	@exec $(BIN)/taskwake serve --port $(PORT)

.PHONY: demo
demo: .venv/.embedded ## Play the main job by itself, embedded, and print its timeline
	@exec $(BIN)/taskwake demo

.PHONY: dapr
dapr: .venv/.dev ## Run Taskwake on real Dapr + Kafka here, until Ctrl-C
	@exec $(BIN)/taskwake local up

.PHONY: demo-dapr
demo-dapr: .venv/.dev ## Play the main job on real Dapr + Kafka
	@exec $(BIN)/taskwake demo --way dapr

.PHONY: cluster
cluster: .venv/.dev ## Bring up a real Kubernetes + Knative + Dapr here, with Taskwake on it (Linux, root)
	@$(BIN)/taskwake cluster up
	@$(BIN)/taskwake cluster install

.PHONY: cluster-down
cluster-down: .venv/.dev ## Take it down, without a trace
	@$(BIN)/taskwake cluster down

# --- Check it ---------------------------------------------------------------

.PHONY: test
test: check ## Check and test everything (sets up all it needs)
	$(BIN)/python -m infra.local.tools
	$(BIN)/pytest -n $(WORKERS) tests/unit tests/contract tests/integration tests/faults tests/api tests/browser
	$(BIN)/pytest tests/dapr-integration

.PHONY: test-unit
test-unit: .venv/.dev ## The unit tests, in seconds
	$(BIN)/pytest -n $(WORKERS) tests/unit

.PHONY: test-contract
test-contract: .venv/.dev ## The contracts: schemas, examples, rendered files
	$(BIN)/pytest -n $(WORKERS) tests/contract

.PHONY: test-integration
test-integration: .venv/.dev ## Against a real PostgreSQL, embedded
	$(BIN)/pytest -n $(WORKERS) tests/integration

.PHONY: test-api
test-api: .venv/.dev ## Schemathesis, all checks, over the whole API for some minutes (SECONDS=240); API_SEED=n sends the same again
	API_SECONDS=$(SECONDS) $(BIN)/pytest -s tests/api

.PHONY: test-dapr
test-dapr: .venv/.dev ## Against real daprd, scheduler, Kafka and PostgreSQL
	$(BIN)/pytest tests/dapr-integration

.PHONY: test-slow
test-slow: .venv/.dev ## A million random recurrence rules (about an hour)
	$(BIN)/pytest -s tests/slow

.PHONY: soak
soak: .venv/.dev ## The fault tests in their long form (hours; PARTS="seeds kill" for some): SEEDS=2000 histories in which everything breaks, each kill 50 times, the broker gone for 10 minutes
	$(BIN)/python -m loadtests.soak --seeds $(SEEDS) $(PARTS)

.PHONY: fuzz
fuzz: .venv/.dev ## Everything that reads input, with so many wrong inputs each (EXAMPLES=1000000: some hours)
	$(BIN)/python -m loadtests.fuzz --examples $(EXAMPLES)

.PHONY: test-browser
test-browser: .venv/.dev ## The page, in Chromium
	$(BIN)/pytest tests/browser

.PHONY: cluster-test
cluster-test: .venv/.dev ## On a real cluster, brought up and taken down (Linux, root; about 25 minutes)
	$(BIN)/pytest tests/cluster

.PHONY: check
check: .venv/.dev ## Style, types, import contracts, weak code, specs, rendered files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BANDIT)
	$(BIN)/python -m infra.specs check
	$(BIN)/python -m infra.render --check

.PHONY: audit
audit: .venv/.dev ## Look for weak code (bandit), secrets in the sources, and packages with known holes (asks the package index)
	$(BANDIT)
	$(BIN)/python -m infra.lint.secrets
	$(BIN)/pip-audit --requirement requirements.lock --disable-pip --require-hashes --timeout 15

.PHONY: sbom
sbom: .venv/.dev ## Write bills of materials (CycloneDX) of the installation and each image into build/sbom
	$(BIN)/python -m infra.sbom

# --- Work on it -------------------------------------------------------------

.PHONY: format
format: .venv/.dev ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: render
render: .venv/.dev ## Write what follows from functions/catalogue.py
	$(BIN)/python -m infra.render

.PHONY: page
page: .venv/.dev ## Make of the page's modules and styles what a browser is sent
	$(BIN)/python -m infra.page

.PHONY: spec
spec: .venv/.dev ## Begin a specification: make spec name=my-feature
	$(BIN)/python -m infra.specs new "$(name)"

.PHONY: check-specs
check-specs: .venv/.dev ## Hold specs/ to its own rules
	$(BIN)/python -m infra.specs check

.PHONY: load
load: .venv/.dev ## Locust against the embedded way, headless, with thresholds and an HTML report
	$(BIN)/python -m loadtests.load

.PHONY: bench
bench: .venv/.dev ## Measure the promises: a table, and loadtests/reports/bench.json
	$(BIN)/python -m loadtests.bench

.PHONY: scorecard
scorecard: .venv/.dev ## Measure what was promised: loadtests/reports/scorecard.html and .json (most of an hour)
	$(BIN)/python -m loadtests.scorecard

.PHONY: bench-peers
bench-peers: .venv/.dev ## Measure the due engine beside five peers: half an hour, or three minutes (QUICK=1)
	$(BIN)/python -m loadtests.peers.bench $(if $(QUICK),--quick)

.PHONY: bench-cluster
bench-cluster: .venv/.dev ## Measure the cluster: a table, and loadtests/reports/bench-cluster.html (half an hour)
	$(BIN)/python -m loadtests.cluster.bench

.PHONY: images
images: .venv/.dev ## Pack every function's image, and check its size
	$(BIN)/python -m infra.image --out build/images

.PHONY: lock
lock: .venv/.dev ## Renew requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	$(BIN)/python -m infra.image.lock

.PHONY: clean
clean: ## Remove what was set up (not your data in .taskwake)
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
