"""The embedded way: one process, PostgreSQL from a wheel, events handed on in the process, durably."""
