# What this repository can do. Every target works on a fresh clone, with Go installed.
.DEFAULT_GOAL := help
.PHONY: help demo test setup lint race portable vet-portable fuzz schema-peers build

BIN        := .bin
GOLANGCI   := v2.15.0
FUZZTIME   ?= 20s
TIMEOUT    ?= 30m
# Packages sign and senders against the vendors' own libraries, and a manifest against Kubernetes' own: modules which ./... leaves out.
VENDORS    := smoke/sign/vendors smoke/senders/vendors

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# The first command that a person types compiles from empty caches: without inlining that takes a third less.
demo: ## A green run on a correct receiver and a red one on a broken receiver; needs Go alone
	@CGO_ENABLED=0 go build -gcflags=all=-l -ldflags '-s -w' -o $(BIN)/ ./cmd/fridaygate ./providers/reference/invoices
	@$(BIN)/fridaygate demo --provider $(BIN)/invoices

# Tests note in a file of this run which of them had no real Pact Broker. The time limit is that of one package.
test: setup ## Make the machine ready, and run every test; none is ever skipped
	@notes=$$(mktemp) && export FRIDAYGATE_NOTES="$$notes" && trap 'rm -f "$$notes"' EXIT && \
	code=0 && for module in . $(VENDORS); do (cd "$$module" && go test -timeout $(TIMEOUT) $(TESTFLAGS) ./...) || code=1; done && \
	if [ -s "$$notes" ]; then \
		echo "$$(wc -l <"$$notes" | tr -d ' ') tests ran against a recorded Pact Broker: set FRIDAYGATE_IMAGE_PACT_BROKER to use a real one"; \
	fi && exit $$code

setup: ## Make the machine ready: libpact_ffi, Docker, the images of PostgreSQL and Redis, Node.js, curl and Chromium
	@CGO_ENABLED=0 go build -o $(BIN)/ ./cmd/fridaygate
	@$(BIN)/fridaygate setup --only node,library,docker,images

# The contract suites take their time from containers, not from the processor, and the race detector finds little in
# them: it is for everything else.
race: ## Run the tests of everything but the contract suites with the race detector
	go test -race $$(go list ./... | grep -vE '/(contracts(/(suites|report/page/browser))?|cmd/pipelines)$$')
	for module in $(VENDORS); do (cd "$$module" && go test -race ./...) || exit 1; done

# Everything that builds without cgo, and needs no Docker. Test results are never taken from a cache.
PORTABLE = $$(go list ./... | grep -vE '/(contracts(/(suites|consumer|pact|pact/peers))?|cmd/pipelines|providers/container|contracts/report/page/browser)$$')

portable: export CGO_ENABLED = 0
portable: ## Run the tests that need neither cgo nor Docker
	go test -count=1 -timeout $(TIMEOUT) $(PORTABLE)

vet-portable: export CGO_ENABLED = 0
vet-portable: ## Build and vet what needs no cgo, tests included; GOOS chooses for which system
	go vet $$(go list ./... | grep -vE '/contracts/(suites|consumer|pact/peers)$$')

lint: ## go vet, golangci-lint, and actionlint for the workflows
	go vet ./...
	for module in $(VENDORS); do (cd "$$module" && go vet ./...) || exit 1; done
	@test -x $(BIN)/golangci-lint-$(GOLANGCI) || { \
		echo "building golangci-lint $(GOLANGCI)"; \
		GOBIN=$(CURDIR)/$(BIN) GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI) && \
		mv $(BIN)/golangci-lint $(BIN)/golangci-lint-$(GOLANGCI); }
	$(BIN)/golangci-lint-$(GOLANGCI) run --config .github/golangci.yml ./...
	go test -run '^TestEachImportRuleRefusesWhatBreaksIt$$' ./cmd/fridaygate -golangci "$(CURDIR)/$(BIN)/golangci-lint-$(GOLANGCI)"
	go run github.com/rhysd/actionlint/cmd/actionlint

fuzz: ## Run every fuzz target for FUZZTIME (20s), and compare the judge with porcupine a million times
	@grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file" | while read -r target; do \
			echo "$$target in $$(dirname $$file)"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$(dirname $$file)" || exit 1; \
		done || exit 1; \
	done
	go test -v -run '^TestCheckAgreesWithPorcupine$$' ./smoke/judge/register -register.histories=1000000

schema-peers: ## Compare verdicts of the JSON Schema gate with those of its peers, on schemas and payloads from npm; needs Node.js
	mkdir -p .cache/schema-peers
	cp contracts/schema/compat/peers/package.json .cache/schema-peers/
	cd .cache/schema-peers && npm install --no-audit --no-fund --legacy-peer-deps --ignore-scripts
	go test -v -count=1 -timeout 30m -run '^TestVerdictsBeside(Peers|Ajv)$$' ./contracts/schema ./contracts/schema/compat -peers "$(CURDIR)/.cache/schema-peers"

build: ## Build the command as one static binary
	CGO_ENABLED=0 go build -trimpath -o $(BIN)/ ./cmd/...
