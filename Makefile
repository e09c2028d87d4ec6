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

test: browser ## every test, the browser's too
	$(GO) test -count=1 -shuffle=on -timeout 14m ./...

race: ## the tests that share memory, under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 30m . ./store ./jobber/... ./alerts/... ./handlers

.PHONY: browser
browser: ## the browser of the browser tests, from Debian's packages, when it is missing
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

bench: ## what the issue asks to be measured; prints one table
	$(GO) run ./bench

screenshots: browser ## every page at three sizes, light and dark, into out/shots
	SCREENSHOTS=out/shots $(GO) test -count=1 -run TestScreenshots ./handlers/e2e

vendor: ## reproduce the vendored browser code from npm and check its hashes
	static/vendor.sh

cover: ## the lines no test runs
	$(GO) test -coverprofile=out/cover ./... && $(GO) tool cover -func=out/cover

clean:
	rm -rf lwc-inventory out
