"""`taskwake deploy`: Taskwake on a cluster, by one command that can be repeated."""
