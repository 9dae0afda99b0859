"""Finds or makes each program of the local ways: an installed one first, else one in the user's cache."""

from infra.local.tools.dapr_binaries import daprd, scheduler
from infra.local.tools.debian import chromium, pgbouncer
from infra.local.tools.go_toolchain import go
from infra.local.tools.java_runtime import java
from infra.local.tools.kafka_jars import kafka, redpanda
from infra.local.tools.tool import Tool, ToolMissingError

__all__ = [
    "Tool",
    "ToolMissingError",
    "chromium",
    "daprd",
    "go",
    "java",
    "kafka",
    "pgbouncer",
    "redpanda",
    "scheduler",
]
