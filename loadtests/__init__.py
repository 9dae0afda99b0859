"""Load and benchmarks: `make load` and `make bench`. Everything they send goes to this machine's own loopback."""
