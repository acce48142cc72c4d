# `make rehearse` and `make test` work on a new machine with Go and Node.js. They install everything else into
# the checkout: npm packages by lock file, tools as Go modules.

STACK     ?= local
SAMPLE    ?= 0
WITHIN    ?= 0
WORKLOADS ?= 1 28 80 300
# Tests over many stacks or edges try a sample; SHORT= tries all.
SHORT     ?= -short
# The stack file with the most resource types, for the proof of recovery.
MOST_TYPES := lab-ap-northeast-2
# The stack files whose keys are changed: each key on the smallest file that has it.
CHANGED := dev-ap-northeast-2 dev-eu-north-1 dev-us-west-2 gateway-ap-northeast-2 lab-ap-northeast-2 local mesh-ap-northeast-2 mesh-us-west-2 platform-ap-northeast-2 prod-eu-central-1 prod-us-east-1 staging-eu-west-1 study-ap-northeast-2 test-cn-northwest-1 test-us-gov-west-1

GO_NEEDED   := 1.26.6
NODE_NEEDED := 20

COMPONENT := rehearsal/node_modules/.package-lock.json
CHARTS    := rehearsal/charts/.complete
SOURCES   := $(shell find . -name '*.go' -not -path './rehearsal/node_modules/*' -not -path './lab/*' -not -path './acceptance/*') go.mod rehearsal/go.mod
LAB       := $(shell find lab -name '*.go') lab/go.mod
# The lab's packages that import neither the AWS SDK nor client-go, which take six minutes of CPU time to compile.
# make lab-test compiles the others.
LAB_CHEAP := ./build ./capture ./certificate ./checkov ./documented ./process ./rehearsed ./repository ./terraform ./cmd/checkov ./cmd/follow ./cmd/ready
ACCEPTANCE := $(shell find acceptance -name '*.go' -not -path 'acceptance/simulated/*') acceptance/go.mod
# The packages that import neither the AWS SDK nor client-go, which take minutes to compile. make acceptance-packages compiles the others.
ACCEPTANCE_CHEAP := ./accept ./account ./audit ./check ./command ./look ./memory ./sweep
# Tests have no tight time limit: the machine may be busy.
PATIENT   := -timeout 3h

# phase runs a command of a rule, and prints its title and duration.
define phase
	@printf '── %s\n' '$(1)'; began=$$(date +%s); ($(2)); status=$$?; \
	printf '── %s: %s s\n' '$(1)' $$(($$(date +%s) - began)); exit $$status
endef

.PHONY: rehearse
rehearse: bin/rehearse ## Rehearse the lifecycle of a stack in a simulated account (STACK=local)
	@bin/rehearse -stack $(STACK)

.PHONY: rehearse-all
rehearse-all: bin/rehearse ## Rehearse every stack file, each from an empty account
	@ls Pulumi.*.yaml | sed 's/^Pulumi\.//; s/\.yaml$$//' | xargs -P "$$(getconf _NPROCESSORS_ONLN)" -I STACK sh -c \
		'rm -rf .rehearsal/STACK; output=$$(bin/rehearse -stack STACK 2>&1); status=$$?; echo "$$output"; \
		[ $$status = 0 ] || { echo "failed: STACK"; exit 1; }'

.PHONY: plan
plan: bin/eksnet ## Show the plan for a stack file, with quotas and billed resources (STACK=local)
	@bin/eksnet plan $(STACK)

.PHONY: path
path: bin/eksnet ## Show the path from clients to the pods of each workload (STACK=local)
	@bin/eksnet path $(STACK)

.PHONY: test
test: requirements $(COMPONENT) $(CHARTS) ## Run all checks that a change must pass
	$(call phase,format,files=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$files" || { echo "gofmt would change: $$files"; exit 1; })
	$(call phase,building bin/analyze,cd rehearsal && go build -o ../bin/analyze ./cmd/analyze)
	$(call phase,analysis,cd rehearsal && go vet -vettool=$(CURDIR)/bin/analyze ./... eksnet/... && cd ../lab && CGO_ENABLED=0 go vet -vettool=$(CURDIR)/bin/analyze $(LAB_CHEAP) && cd ../acceptance && go vet -vettool=$(CURDIR)/bin/analyze $(ACCEPTANCE_CHEAP) && cd simulated && go vet -vettool=$(CURDIR)/bin/analyze ./...)
	$(call phase,program,go test -vet=off $(PATIENT) ./...)
	$(call phase,rehearsal,cd rehearsal && go test -vet=off $(PATIENT) $(SHORT) ./...)
	$(call phase,lab,cd lab && CGO_ENABLED=0 go test -vet=off $(PATIENT) $(LAB_CHEAP))
	$(call phase,acceptance,cd acceptance && go test -vet=off $(PATIENT) $(SHORT) $(ACCEPTANCE_CHEAP) && cd simulated && go test -vet=off $(PATIENT) ./...)

.PHONY: mutate-world
mutate-world: requirements $(CHARTS) ## Turn off each rule of the simulated account in turn: a test must fail (WITHIN=10m for a sample)
	$(call phase,rules of the simulated account,cd rehearsal && go test -vet=off -count=1 $(PATIENT) -v -run '^TestATestNoticesEveryRuleThatIsTurnedOff$$' ./world -mutate -within $(WITHIN))

.PHONY: prove
prove: mutate-world bin/prove ## Run the proofs of rules, teardown and edges (STACK=local, SAMPLE=N for N steps of each proof, WITHIN=10m for a time limit)
	@bin/prove -stack $(STACK) -sample $(SAMPLE) -within $(WITHIN)
	@test $(STACK) = $(MOST_TYPES) || bin/prove -stack $(MOST_TYPES) -sample $(SAMPLE) -within $(WITHIN) recovery
	@for stack in $(filter-out $(STACK),$(CHANGED)); do bin/prove -stack $$stack -sample $(SAMPLE) -within $(WITHIN) changes || exit 1; done

.PHONY: lab
lab: bin/lab bin/rehearse bin/eksnet ## Run a stack's cluster with the real controllers and a simulated AWS, until Ctrl-C (STACK=local)
	@bin/lab -stack $(STACK)

.PHONY: lab-test
lab-test: bin/lab bin/rehearse bin/eksnet ## Compare the objects of the real controllers with plan and rehearsal (STACK=local)
	@bin/lab -stack $(STACK) -test

.PHONY: lab-packets
lab-packets: bin/lab bin/rehearse bin/eksnet ## Run nodes, send packets, and compare their paths with eksnet path; then the checks of lab-test (STACK=local)
	@bin/lab -stack $(STACK) -nodes run -test

.PHONY: lab-docs
lab-docs: bin/lab bin/follow bin/rehearse bin/eksnet ## Run the commands of the documents in labs, and compare their output
	@bin/follow docs/packets.md docs/cluster.md docs/study.md docs/lab.md

.PHONY: lab-paths
lab-paths: bin/lab bin/rehearse bin/eksnet ## Measure each row of the table of paths, compare it with eksnet path, and write path/measured.json
	@bin/lab -paths

.PHONY: lab-packages
lab-packages: requirements ## Run all tests of the lab's module
	$(call phase,lab,cd lab && CGO_ENABLED=0 go test -trimpath -gcflags=all=-dwarf=false -vet=off $(PATIENT) ./...)

.PHONY: look
look: bin/eksnet-aws ## Send requests to a running stack, and compare pods, addresses and targets with its stack file (STACK=local)
	@bin/eksnet-aws look $(STACK)

.PHONY: audit
audit: bin/eksnet-aws ## List what belongs to a stack in its AWS account, with costs and commands that delete it (STACK=local)
	@bin/eksnet-aws audit $(STACK)

.PHONY: check
check: bin/eksnet-aws ## Compare an AWS account with what a stack needs, before it is created (STACK=local)
	@bin/eksnet-aws check $(STACK)

.PHONY: acceptance-packages
acceptance-packages: requirements ## Run all tests of the acceptance module, with moto where the lab is built (SHORT= for all accounts)
	$(call phase,acceptance,cd acceptance && CGO_ENABLED=0 go test -trimpath -gcflags=all=-dwarf=false -vet=off $(PATIENT) $(SHORT) ./...)

.PHONY: lab-up
lab-up: bin/lab bin/rehearse ## Run a stack's whole life with Pulumi's Kubernetes provider and the real controllers (STACK=local)
	@bin/lab -stack $(STACK) -up

.PHONY: lab-accept
lab-accept: bin/lab bin/rehearse bin/eksnet-aws bin/simulated/pulumi ## Run bin/eksnet-aws accept with a lab as the account (STACK=local)
	@bin/lab -stack $(STACK) -accept

.PHONY: lab-compare
lab-compare: bin/lab bin/compare ## Compare the simulated cluster with the lab, for a stack's life and each change of its objects (STACK=local)
	@bin/lab -stack $(STACK) -compare life
	@bin/lab -stack $(STACK) -compare changes

.PHONY: lab-aws
lab-aws: bin/lab bin/rehearse bin/eksnet ## Check the AWS resources of a stack with terraform, the upstream AWS provider and moto, if the machine has them (STACK=local)
	@bin/lab -stack $(STACK) -aws

.PHONY: checkov
checkov: bin/checkov bin/rehearse ## Scan the AWS resources of stacks with Checkov, and compare its findings with docs/security.md (STACKS="local prod-us-east-1", default all)
	@bin/checkov $(STACKS)

.PHONY: bench
bench: bin/rehearse bin/bench ## Time plans, five rehearsals of a stack, and generated stacks of 100 to 2,200 resources (STACK=local, WORKLOADS="1 28 80 300")
	@go test -vet=off ./plan -run '^$$' -bench . | grep '^Benchmark'
	@for run in 1 2 3 4 5; do rm -rf .rehearsal/$(STACK); bin/rehearse -v -stack $(STACK) 2>/dev/null | tail -n 1; done
	@bin/bench $(WORKLOADS)

.PHONY: check-all
check-all: requirements ## Run every check, for some hours, and continue after failures: make check-all > check.log 2>&1 & (PARTS="lab-*" selects parts)
	@.ci/check-all

.PHONY: clean
clean: ## Remove everything built or installed, and all rehearsals
	rm -rf bin .check .lab .rehearsal rehearsal/node_modules rehearsal/charts

bin/eksnet: $(SOURCES) | requirements
	$(call phase,building bin/eksnet,go build -ldflags '-s -w' -o bin/eksnet ./cmd/eksnet)

bin/rehearse: $(SOURCES) $(COMPONENT) $(CHARTS) | requirements
	$(call phase,building bin/rehearse,cd rehearsal && go build -ldflags '-s -w' -o ../bin/rehearse ./cmd/rehearse)

# With the same flags as the lab's own builds, so that shared packages are compiled once.
bin/lab: $(SOURCES) $(LAB) | requirements
	$(call phase,building bin/lab,cd lab && CGO_ENABLED=0 go build -trimpath -gcflags=all=-dwarf=false -ldflags '-s -w' -o ../bin/lab ./cmd/lab)

# With the flags of bin/lab, so that the AWS SDK is compiled once.
bin/eksnet-aws: $(SOURCES) $(ACCEPTANCE) | requirements
	$(call phase,building bin/eksnet-aws,cd acceptance && CGO_ENABLED=0 go build -trimpath -gcflags=all=-dwarf=false -ldflags '-s -w' -o ../bin/eksnet-aws ./cmd/eksnet-aws)

bin/simulated/pulumi: $(SOURCES) $(ACCEPTANCE) $(wildcard acceptance/simulated/*.go acceptance/simulated/cmd/*/*.go) $(COMPONENT) $(CHARTS) | requirements
	$(call phase,building bin/simulated/pulumi,cd acceptance/simulated && go build -ldflags '-s -w' -o ../../bin/simulated/pulumi ./cmd/pulumi)

bin/follow: $(LAB) | requirements
	$(call phase,building bin/follow,cd lab && CGO_ENABLED=0 go build -trimpath -gcflags=all=-dwarf=false -ldflags '-s -w' -o ../bin/follow ./cmd/follow)

bin/checkov: $(SOURCES) $(LAB) | requirements
	$(call phase,building bin/checkov,cd lab && CGO_ENABLED=0 go build -trimpath -gcflags=all=-dwarf=false -ldflags '-s -w' -o ../bin/checkov ./cmd/checkov)

bin/bench: $(SOURCES) $(COMPONENT) $(CHARTS) | requirements
	$(call phase,building bin/bench,cd rehearsal && go build -ldflags '-s -w' -o ../bin/bench ./cmd/bench)

bin/ready: $(LAB) | requirements
	$(call phase,building bin/ready,cd lab && CGO_ENABLED=0 go build -o ../bin/ready ./cmd/ready)

bin/compare: $(SOURCES) $(COMPONENT) $(CHARTS) | requirements
	$(call phase,building bin/compare,cd rehearsal && go build -ldflags '-s -w' -o ../bin/compare ./cmd/compare)

bin/prove: $(SOURCES) $(COMPONENT) $(CHARTS) | requirements
	$(call phase,building bin/prove,cd rehearsal && go build -ldflags '-s -w' -o ../bin/prove ./cmd/prove)

# The eks component's provider is a Node program.
$(COMPONENT): rehearsal/package.json rehearsal/package-lock.json | requirements
	$(call phase,installing the eks component,cd rehearsal && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error)

# The charts are parts of Go modules.
$(CHARTS): rehearsal/go.mod $(wildcard internal/charts/*.go) | requirements
	$(call phase,installing the charts,cd rehearsal && go run ./cmd/charts -out charts && touch charts/.complete)

.PHONY: requirements
requirements:
	@missing() { echo "$$1 $$2 or newer is needed, found $${3:-none}: install it and run make again" >&2; exit 1; }; \
	newer() { [ "$$(printf '%s\n%s\n' "$$1" "$$2" | sort -V | head -n 1)" = "$$1" ]; }; \
	go=$$(go env GOVERSION 2>/dev/null | sed 's/^go//'); newer $(GO_NEEDED) "$$go" || missing Go $(GO_NEEDED) "$$go"; \
	node=$$(node --version 2>/dev/null | sed 's/^v//'); newer $(NODE_NEEDED) "$$node" || missing Node.js $(NODE_NEEDED) "$$node"; \
	command -v npm >/dev/null || missing npm 10

.PHONY: help
help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
