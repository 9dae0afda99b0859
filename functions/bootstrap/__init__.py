"""Putting a running Taskwake together: the adapters of one way, handed to functions that cannot tell which."""
