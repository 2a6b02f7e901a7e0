"""Benchmarks: `make bench`. They print ratios of two things measured in one run and never fail on slowness."""
