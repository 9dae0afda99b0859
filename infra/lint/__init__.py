"""Finds the known traps of Dapr and Knative in manifests (`taskwake lint`)."""
