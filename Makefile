# make demo    builds, and shows the main job against a simulated tenant
# make test    builds and runs every test
# make bench   measures what README's table quotes
# make lint    what a commit must pass
# Each first installs the Debian packages that it needs (deploy/debian-packages).

SWIFT ?= swift
RELEASE := .build/release

.PHONY: demo test bench lint build clean

demo:
	@deploy/install-packages build demo
	$(SWIFT) build --product mitregate
	$(SWIFT) build --product exchange-simulator
	@examples/demo.sh

test:
	@deploy/install-packages build test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

bench:
	@deploy/install-packages build
	$(SWIFT) build -c release --product mitregate
	$(SWIFT) build -c release --product exchange-simulator
	$(SWIFT) build -c release --product bench
	@examples/bench.sh

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

build:
	@deploy/install-packages build
	$(SWIFT) build

clean:
	rm -rf .build
