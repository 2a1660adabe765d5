# make demo    builds, and shows the main job, the controller and pull requests against a simulated tenant
# make test    builds and runs every test
# make bench   measures what docs/performance.md quotes
# make package  builds .build/package/mitregate_….deb and mitregate-demo_….deb, which need no Swift where they are installed
# make package-test  installs, uses and removes them in a fresh Debian 12 below a temporary folder; as root
# make lint    what a commit must pass
# make sanitize  runs the tests of what calls C under the address sanitizer
# make fuzz SECONDS=300  damages what the parsers are given, under the address sanitizer
# make simulate SEEDS=10000  runs the whole controller over a pretended world, from so many seeds
# make kill ROUNDS=200 SEED=7  kills a real controller at random moments, and looks at what it left
# Each first installs the Debian packages that it needs (deploy/debian-packages).

SWIFT ?= swift
# Tests that compute and tests that wait for servers do not run together, and only some at once: a server that starves
# looks like a broken one.
WIDTH ?= 4
RUN_TESTS = $(SWIFT) test --skip-build --disable-xctest --experimental-maximum-parallelization-width $(WIDTH)
COMPUTING = ^(?!TLSGateTests[.](SecondOpinion|RealServers))(Connectors|Definitions|Configuration|Planning|Fuzzing|MailWatch|Notices|Reports|Scheduling|Simulation|TLSGate|YAML)Tests[.]
PROCESSES = ^mitregateTests[.]
# Rooms that call C, each with the library that it calls: libidn2, libyaml, SQLite, libcurl, libgit2, OpenSSL, libunbound;
# and those that hand on what strangers send: a forge's answers and deliveries, notices, a run from git to the store.
C_FACING = ^(Connectors|YAML|Definitions|Configuration|StateStore|Transfers|ExchangeOnline|GitRepositories|Probing|TLSGate|JSON|Forges|Notices|Reconciling|Fuzzing)Tests[.]
RELEASE := .build/release
RELEASE_BUILD = $(SWIFT) build -c release

.PHONY: demo test bench package package-test lint sanitize fuzz simulate kill build clean

demo:
	@deploy/install-packages build demo
	$(SWIFT) build --product mitregate
	$(SWIFT) build --product exchange-simulator
	$(SWIFT) build --product forge-simulator
	@examples/demo.sh

test:
	@deploy/install-packages build test
	$(SWIFT) build --build-tests
	$(RUN_TESTS) --filter '$(COMPUTING)'
	$(RUN_TESTS) --skip '$(COMPUTING)' --skip '$(PROCESSES)'
	$(RUN_TESTS) --filter '$(PROCESSES)'

bench:
	@deploy/install-packages build bench
	$(RELEASE_BUILD) --product mitregate
	$(RELEASE_BUILD) --product exchange-simulator
	$(RELEASE_BUILD) --product bench
	@examples/bench.sh

# With the Swift runtime inside. Only the newest packages stay there, so that *.deb names one of each.
STATIC_BUILD = $(RELEASE_BUILD) --static-swift-stdlib
package:
	@deploy/install-packages build package
	$(STATIC_BUILD) --product mitregate
	$(STATIC_BUILD) --product exchange-simulator
	rm -rf .build/package
	@programs=$$($(STATIC_BUILD) --show-bin-path) && \
		deploy/package/build "$$programs/mitregate" "$$programs/exchange-simulator" .build/package

package-test: package
	lintian --fail-on error,warning .build/package/*.deb
	@deploy/test-package.sh .build/package/mitregate_*.deb .build/package/mitregate-demo_*.deb

lint:
	@deploy/install-packages build
	$(SWIFT) format lint --strict --recursive Plugins Sources Tests Package.swift

# Leaks are told too, but for those of Foundation and the Swift runtime, which Tests/leaks.supp lists; Tests/asan.supp lists what else
# is theirs.
sanitize:
	@deploy/install-packages build test
	$(SWIFT) build --build-tests --sanitize=address --scratch-path .build-asan
	ASAN_OPTIONS=suppressions=$(CURDIR)/Tests/asan.supp LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.supp \
		$(SWIFT) test --skip-build --disable-xctest --experimental-maximum-parallelization-width $(WIDTH) \
		--sanitize=address --scratch-path .build-asan \
		--filter '$(C_FACING)'

# Damages what each parser of strangers' bytes is given, under the address sanitizer. Tests/Fuzz/Fuzz.swift says how to repeat.
SECONDS ?= 300
fuzz:
	@deploy/install-packages build test
	$(SWIFT) build --product fuzz --sanitize=address --scratch-path .build-asan
	.build-asan/debug/fuzz $(SECONDS)

# From FIRST on; a failure prints its seed and the shortest schedule that still fails. Tests/Simulate/Simulate.swift says how to repeat.
SEEDS ?= 10000
FIRST ?= 0
simulate:
	@deploy/install-packages build
	$(SWIFT) build -c release --product simulate
	$(RELEASE)/simulate $(FIRST) $(SEEDS)

ROUNDS ?= 200
SEED ?= 1
kill:
	@deploy/install-packages build test
	$(SWIFT) build --build-tests
	MITREGATE_KILL_ROUNDS=$(ROUNDS) MITREGATE_KILL_SEED=$(SEED) $(RUN_TESTS) --filter '[.]KillTests/'

build:
	@deploy/install-packages build
	$(SWIFT) build

clean:
	rm -rf .build .build-asan
