"""Finds or makes each program of the local ways: an installed one first, else one in the user's cache."""

from infra.local.tools.coredns_binary import coredns
from infra.local.tools.dapr_binaries import dapr_control_plane, dapr_runtime, daprd, scheduler
from infra.local.tools.debian import chromium, cni_plugins, node_programs, pgbouncer
from infra.local.tools.envoy_binary import envoy
from infra.local.tools.go_toolchain import go
from infra.local.tools.hello_binary import hello
from infra.local.tools.helm_binary import helm
from infra.local.tools.java_runtime import java, java_home
from infra.local.tools.kafka_jars import kafka, redpanda
from infra.local.tools.kubernetes_binaries import kubectl, kubernetes
from infra.local.tools.tool import Tool, ToolMissingError

__all__ = [
    "Tool",
    "ToolMissingError",
    "chromium",
    "cni_plugins",
    "coredns",
    "dapr_control_plane",
    "dapr_runtime",
    "daprd",
    "envoy",
    "go",
    "hello",
    "helm",
    "java",
    "java_home",
    "kafka",
    "kubectl",
    "kubernetes",
    "node_programs",
    "pgbouncer",
    "redpanda",
    "scheduler",
]
