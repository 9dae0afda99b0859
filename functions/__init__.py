"""Taskwake: small CloudEvents functions, and the kernel they share."""
