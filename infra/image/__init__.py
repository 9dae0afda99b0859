"""The functions' container images, made without a container engine (infra/Dockerfile makes the same with one)."""
