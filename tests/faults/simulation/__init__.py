"""Thousands of histories of a Taskwake in which everything breaks: `python -m tests.faults.simulation --help`."""
