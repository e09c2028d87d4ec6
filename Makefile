# make test is the one command that proves the program; .ci/run calls it.
GO ?= go
export CGO_ENABLED = 0

.PHONY: build run check test race bench screenshots vendor cover clean

build: ## one static binary
	$(GO) build -trimpath -ldflags "-s -w" -o lwc-inventory .

run: ## the whole product with a play company
	$(GO) run . demo

check: ## what a reviewer should not have to say
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) tool -modfile=tools/go.mod staticcheck ./...
	@$(GO) tool -modfile=tools/go.mod govulncheck ./... || { [ $$? -ne 3 ] && \
		echo "NOT CHECKED: govulncheck could not ask its database, so nothing is known of vulnerabilities" >&2; }

test: browser ## every test, the browser's too
	$(GO) test -count=1 -shuffle=on -timeout 14m ./...

race: ## the tests that share memory, under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 30m . ./store ./jobber/... ./alerts/... ./handlers

.PHONY: browser
browser: ## the browser of the browser tests, from Debian's packages, when it is missing
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

bench: browser ## speed beside the limits of this machine: one table, written to docs/bench.md too
	$(GO) run ./bench
	$(GO) test -count=1 -v -run TestFirstSyncIsAsFastAsThePoints ./jobber -jobs 10000
	$(GO) test -count=1 -v -run TestSlowPhone ./handlers/e2e

screenshots: browser ## every page at three sizes, light and dark, into out/shots
	SCREENSHOTS=out/shots $(GO) test -count=1 -run 'TestScreenshots|TestScanScreens' ./handlers/e2e

.PHONY: mails
mails: browser ## every kind of mail from the demo's data into out/mails: text, HTML, as sent, and on a phone
	MAILS=out/mails $(GO) test -count=1 -run TestEveryKindOfMail ./alerts
	MAILS=out/mails $(GO) test -count=1 -run 'TestMails$$' ./handlers/e2e

.PHONY: torture
torture: fuzz ## made-up input; kill the binary 200 times under eight clients, and 200 times while it mails; two hours at most
	$(GO) test -count=1 -timeout 65m -v -run 'TestTorture$$' . -rounds 200
	$(GO) test -count=1 -timeout 60m -v -run 'TestKilled/while_mails' . -kills 200

# What is fuzzed: a package and a target. Each has a kept corpus in testdata/fuzz, which make test runs, too.
FUZZ = ./store:FuzzParseQty ./store:FuzzReadItems ./store:FuzzReadUsers ./store:FuzzNormalize ./store:FuzzDecode ./store:FuzzStand ./jobber:FuzzParseEvent ./jobber:FuzzAnswer \
	./handlers:FuzzSessionCookie ./alerts:FuzzJudge .:FuzzEnvironment

.PHONY: fuzz
fuzz: ## 20 s of made-up input for each
	@for t in $(FUZZ); do $(GO) test $${t%%:*} -run '^$$' -fuzz "^$${t##*:}$$" -fuzztime 20s || exit 1; done

.PHONY: sbom
sbom: ## what the binary is made of, with licences, as CycloneDX: out/sbom.json, and the table in docs/dependencies.md
	@mkdir -p out
	$(GO) tool -modfile=tools/go.mod cyclonedx-gomod app -licenses -json -noserial -output out/sbom.json .
	$(GO) run -C tools ./dependencies <out/sbom.json >docs/dependencies.md

.PHONY: reproducible
reproducible: ## the same commit gives the same bytes, in another folder and without a cache
	@set -e; d=$$(mktemp -d); trap 'chmod -R u+w $$d; rm -rf $$d' EXIT; \
	git clone -q . $$d/one; git clone -q . $$d/two/elsewhere; \
	$(MAKE) -s -C $$d/one build; GOCACHE=$$d/cache $(MAKE) -s -C $$d/two/elsewhere build; \
	cmp $$d/one/lwc-inventory $$d/two/elsewhere/lwc-inventory; sha256sum $$d/one/lwc-inventory

vendor: ## reproduce the vendored browser code from npm and check its hashes
	static/vendor.sh

cover: ## the lines no test runs
	$(GO) test -coverprofile=out/cover ./... && $(GO) tool cover -func=out/cover

clean:
	rm -rf lwc-inventory out
