"""A real Kubernetes with Knative and Dapr on this machine, without a container engine."""
