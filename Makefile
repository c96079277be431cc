# make demo | make test [STACK=oldest] | make test-page | make docs | make soak | make lock
PYTHON ?= python3
STACK ?= current
VENV := $(if $(filter current,$(STACK)),.venv,.venv-$(STACK))
LOCK := requirements/locks/$(STACK).txt
BIN := $(VENV)/bin
export PYTHONUNBUFFERED := 1

.PHONY: demo test test-page docs soak lock clean

# uv ignores pip's settings, so that the lock alone decides what is installed. It compiles the bytecode once here.
# Otherwise each process compiles what it imports, and does so every time where PYTHONDONTWRITEBYTECODE is set.
$(VENV)/.installed: $(LOCK) setup.py requirements/runtime.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --no-deps --python $(BIN)/python -r $(LOCK)
	$(BIN)/uv pip install --quiet --compile-bytecode --no-deps --no-build-isolation --python $(BIN)/python -e .
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python tools/demo.py

test: $(VENV)/.installed
	$(BIN)/python -m pytest tests --numprocesses auto --dist loadfile $(PYTEST_ARGS)

# The page of tools/webui.py in a real Chromium, where the program chromium is installed. gradio and playwright are in a
# folder of their own, in front of the tests' environment.
.venv-page/.installed: requirements/locks/page.txt | $(VENV)/.installed
	$(BIN)/uv pip install --quiet --compile-bytecode --no-deps --python $(BIN)/python --target .venv-page -r $<
	touch $@

test-page: .venv-page/.installed
	PYTHONPATH=.venv-page $(BIN)/python -m pytest tests/test_webui $(PYTEST_ARGS)

# The pages of docs/ as a site in docs/_build. Sphinx is in a folder of its own, in front of the tests' environment, which
# stays as it is. A page that cannot be built without a warning is an error.
.venv-docs/.installed: requirements/locks/docs.txt | $(VENV)/.installed
	$(BIN)/uv pip install --quiet --compile-bytecode --no-deps --python $(BIN)/python --target .venv-docs -r $<
	touch $@

docs: .venv-docs/.installed
	PYTHONPATH=.venv-docs $(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going -q docs docs/_build
	@echo 'Open docs/_build/index.html in a browser.'

# Kills and broken inputs by the thousand, see docs/robustness.md. Minutes.
soak: $(VENV)/.installed
	$(BIN)/python tools/soak.py $(SOAK_ARGS)
	$(BIN)/python tools/fuzz.py --inputs 10000

# Resolve the ranges of setup.py and requirements/ again.
lock: $(VENV)/.installed
	for stack in current oldest; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate \
	    --overrides requirements/overrides.txt -c requirements/locks/$$stack.in \
	    requirements/openmmlab.txt requirements/runtime.txt requirements/tests.txt \
	    requirements/build.txt -o requirements/locks/$$stack.txt; done
	$(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate \
	  -c requirements/locks/current.txt requirements/docs.txt -o requirements/locks/docs.txt
	$(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate \
	  --overrides requirements/overrides.txt --overrides requirements/page_overrides.txt \
	  -c requirements/locks/current.txt requirements/page.txt -o requirements/locks/page.txt

clean:
	rm -rf .venv .venv-oldest .venv-docs .venv-page docs/_build work_dirs data/sample
