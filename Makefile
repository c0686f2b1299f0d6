# Operon. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test build bench lint doc sanitize clean setup

# An import that the manifest does not allow is an error in every build.
ARROWS := --explicit-target-dependency-import-check error
# The Swift runtime is linked in: the binary starts faster and runs where no Swift is installed.
RELEASE := -c release --static-swift-stdlib $(ARROWS)

# Suites that act in real time, over sockets or through processes.
TIMED := "DatabasesTests|HTTPClientTests|WebServerTests|IntegrationTests"

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
		while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

demo: setup ## build, make a database, ask it four questions, replay an answer (no key, no network)
	@scripts/demo.sh

test: ## every test, in debug
	@scripts/setup.sh test
	@swift build --build-tests $(ARROWS)
	@# What acts in real time (connections, processes) runs by itself: beside a thousand tests it would starve.
	@swift test --disable-xctest --parallel --skip-build $(ARROWS) --skip $(TIMED)
	@swift test --disable-xctest --parallel --skip-build $(ARROWS) --filter HTTPClientTests
	@swift test --disable-xctest --parallel --skip-build $(ARROWS) --filter DatabasesTests
	@swift test --disable-xctest --parallel --skip-build $(ARROWS) --filter WebServerTests
	@swift test --disable-xctest --parallel --skip-build $(ARROWS) --filter IntegrationTests

build: setup ## the release binary, at .build/release/operon
	@swift build $(RELEASE)

bench: build ## measure Operon beside its peers, as a Markdown table
	@Benchmarks/run.sh

lint: setup ## formatting, naming and documentation comments
	@swift format lint -r -s Sources Tests Package.swift

doc: setup ## reference documentation as a static site in .docs/
	@scripts/doc.sh

sanitize: ## the tests under the thread and the address sanitizer
	@scripts/setup.sh test
	@scripts/sanitize.sh

clean: ## remove everything that was built
	@rm -rf .build .build-thread .build-address .docs

setup:
	@scripts/setup.sh
