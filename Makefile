# The two commands of a fresh machine: make run, make test. Each makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: model run demo test wechat-gateway wechat-outages lint format bench bench-understanding fuzz audit faults lock clean

run: $(VENV)/.run
	$(BIN)/lianxin run --demo-first

demo: $(VENV)/.run
	$(BIN)/lianxin demo

test: $(VENV)/.dev wechat-gateway
	$(BIN)/python -m pytest -n auto

# The real wechaty gateway that the WeChat tests talk to. Without node they are left out, and say so
# themselves.
GATEWAY := tests/peers/wechat_gateway
wechat-gateway:
	@if command -v node >/dev/null && command -v npm >/dev/null; \
	then $(MAKE) --no-print-directory $(GATEWAY)/node_modules/.package-lock.json; \
	elif [ "$(MAKECMDGOALS)" = wechat-gateway ]; then echo "node is not installed"; fi

$(GATEWAY)/node_modules/.package-lock.json: $(GATEWAY)/package-lock.json
	cd $(GATEWAY) && npm ci --no-progress --loglevel=error
	touch $@

# Twenty kills of the gateway and one stop of 30 s, under way; a few minutes.
wechat-outages: $(VENV)/.dev wechat-gateway
	$(BIN)/python -m tests.faults.wechat_outages

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

# Ten minutes of whatever can come in, and a table of what crashed.
fuzz: $(VENV)/.dev
	$(BIN)/python -m pytest tests/fuzz --hypothesis-profile fuzz

# Once a week, with the network: known holes in what is locked.
audit: $(VENV)/.dev
	for list in requirements/*.txt; do \
		$(BIN)/pip-audit --disable-pip --require-hashes --requirement $$list || exit 1; done

# Figures on this machine, beside a plain echo and raw sqlite3. Nothing else should run meanwhile.
bench: $(VENV)/.dev
	$(BIN)/python -m bench

# What the bot makes of labelled group-chat days: make bench-understanding DAYS="day09.jsonl ..."
# Without DAYS those it has learned from: their figures flatter.
DAYS ?= $(wildcard tests/transcripts/*.jsonl handlers/examples/day*.jsonl)
bench-understanding: $(VENV)/.dev
	$(BIN)/python -m bench.transcripts $(DAYS)

# Faults and attacks of docs/promises.md with their full numbers, and one table: about twelve minutes. What takes
# a line how long is measured last, with nothing else running.
ROWS := $(VENV)/.faults
FAULTS := $(BIN)/python -m pytest tests/faults tests/security tests/handlers/test_privacy.py --long --rows $(ROWS)
faults: $(VENV)/.dev
	rm -f $(ROWS)
	$(FAULTS) -n auto -k "not intake"; first=$$?; $(FAULTS) -k intake && exit $$first

# The ear, the matcher and the places anew from handlers/examples: after any change there.
model: $(VENV)/.dev
	$(BIN)/python -m bench.make_model --trained-on $$(date +%F)
	$(BIN)/python -m bench.train_matching
	$(BIN)/python -m bench.train_places

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(UV): requirements/uv.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

$(VENV)/.run: $(UV) requirements/run.txt pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	touch $@

# Refresh the locked versions; everything else installs only what stands in requirements/.
lock: $(UV)
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml requirements/build.in --output-file requirements/run.txt
	$(COMPILE) pyproject.toml requirements/build.in --group dev --all-extras \
		--constraint requirements/run.txt --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) build *.egg-info
