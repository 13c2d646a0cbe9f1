# Everything a person types; the work is in the programs these lines call.

# DEMO=1 fills an empty database with a believable company first; one that is not empty is kept as it is.
DEMO ?=

# The dev profile compiles in half the time of release and answers in milliseconds all the same.
run:
	cargo build --package api
ifneq ($(DEMO),)
	-target/debug/alur demo
endif
	target/debug/alur serve

test:
	tests/run.sh

check:
	tests/check.sh

bench:
	cargo build --release --package api --package tests --bin alur --bin bench
	target/release/bench

.PHONY: run test check bench
