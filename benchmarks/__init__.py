"""Each workload beside its physical limit, in one run: `make bench` writes a table and build/bench.json."""
