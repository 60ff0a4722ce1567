# Every target sets up .venv from requirements.lock when needed; uv is used when it is there.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export ANONYMIZED_TELEMETRY = False
export OMP_WAIT_POLICY = PASSIVE

.PHONY: demo test test-model lint bench ui clean

demo: $(STAMP)
	@$(BIN)/huashu demo

test: $(STAMP)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

test-model: $(STAMP)
	@$(BIN)/python -c "import xllamacpp" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check xllamacpp \
		|| uv pip install --quiet --python $(BIN)/python xllamacpp || true
	$(BIN)/python -m tests.model_smoke ../shared/tools/local_llm.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/huashu corpus lint
	$(BIN)/huashu rules test
	$(BIN)/huashu rules coverage

bench: $(STAMP)
	$(BIN)/python -m tests.bench ../shared/data/customers_dev.jsonl

ui: $(STAMP)
	$(BIN)/huashu ui

$(STAMP): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing $(VENV) && \
		uv pip install --quiet --python $(BIN)/python -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else \
		python3 -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis
