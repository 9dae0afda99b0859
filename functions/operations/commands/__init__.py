"""The commands of `taskwake`, a module a subject; functions/operations/cli.py puts them together."""
