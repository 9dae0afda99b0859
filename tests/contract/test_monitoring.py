"""infra/platform/monitoring: queries that parse, metrics that exist, and panels that say where a figure comes from."""

import json
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.tools import dapr_binaries, kubernetes_binaries
from infra.local.tools.go_module import source
from infra.local.tools.tool import Tool
from infra.local.tools.wheel import wheel
from tests.contract.cluster.overlays import ROOT, run, tool

MONITORING = ROOT / "infra/platform/monitoring"
PARSER = ("promql-parser", "0.12.0")
PARSE = """
import json, promql_parser, sys

def names(node):
    if isinstance(node, promql_parser.VectorSelector):
        yield node.name
    for attribute in ("expr", "lhs", "rhs", "vector_selector"):
        if (inner := getattr(node, attribute, None)) is not None:
            yield from names(inner)
    for inner in getattr(node, "args", ()):
        yield from names(inner)

print(json.dumps([sorted(set(names(promql_parser.parse(query)))) for query in json.load(sys.stdin)]))
"""
KUBERNETES = {
    "container_memory_working_set_bytes",
    "kube_deployment_status_replicas_unavailable",
    "kube_pod_created",
    "kube_pod_labels",
    "kube_pod_status_ready_time",
}
"""Of kubelet and kube-state-metrics."""
REDPANDA = {"redpanda_kafka_consumer_group_committed_offset", "redpanda_kafka_max_offset"}
NOT_REPORTED_YET = {"taskwake_outbox_age_seconds", "taskwake_reminder_lateness_seconds"}
"""Those that functions would have to send."""

pytestmark = pytest.mark.requirement("CLUSTER-008")


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((MONITORING / "rules.yaml").read_text())
    return [rule for group in document["spec"]["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    dashboard = json.loads((MONITORING / "taskwake.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries() -> dict[str, str]:
    """By whose they are."""
    of_rules = {rule.get("alert") or rule["record"]: rule["expr"] for rule in rules()}
    of_panels = {
        f"{panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
        for panel in panels()
        for target in panel["targets"]
    }
    return of_rules | of_panels


@cache
def metrics() -> dict[str, set[str]]:
    """The metrics that each query names; a histogram's without its suffix."""
    folder = tool(lambda: Tool(*PARSER, wheel(*PARSER), "wheel"))
    done = run(
        [sys.executable, "-c", PARSE],
        input=json.dumps(list(queries().values())),
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {
        whose: {re.sub("_bucket$", "", name) for name in names} for whose, names in zip(queries(), found, strict=True)
    }


@cache
def of_dapr() -> set[str]:
    """As its exporter writes them."""
    folder = tool(lambda: Tool("dapr", "", source(dapr_binaries.MODULE, "github.com/dapr/dapr"), "Go module"))
    text = read([*(folder / "pkg/diagnostics").glob("*.go"), *(folder / "pkg/scheduler/monitoring").glob("*.go")])
    return {f"dapr_{name.replace('/', '_')}" for name in re.findall(r'"((?:component|scheduler)/[a-z_/]+)"', text)}


@cache
def of_knative() -> set[str]:
    folder = tool(lambda: Tool("knative", "", source(kubernetes_binaries.MODULE, "knative.dev/serving"), "Go module"))
    text = read([folder / "pkg/reconciler/autoscaling/kpa/metrics.go", folder / "pkg/autoscaler/scaling/metrics.go"])
    return {name.replace(".", "_") for name in re.findall(r'"(kn\.[a-z._]+)"', text)}


def read(files: list[Path]) -> str:
    return "".join(file.read_text() for file in files)


def test_every_query_names_metrics_that_exist() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    known = {*KUBERNETES, *REDPANDA, *NOT_REPORTED_YET, *recorded, *of_dapr(), *of_knative()}

    assert {whose: names - known for whose, names in metrics().items() if names - known} == {}


def test_what_is_worked_out_is_used() -> None:
    used = set().union(*metrics().values())

    assert {rule["record"] for rule in rules() if "record" in rule} <= used


def test_what_no_function_reports_yet_says_so() -> None:
    for panel in panels():
        names = set().union(*(metrics()[f"{panel['title']} {target['refId']}"] for target in panel["targets"]))
        assert bool(names & NOT_REPORTED_YET) == ("Empty while it does not" in panel["description"]), panel["title"]
    readme = (MONITORING.parent / "README.md").read_text()
    for name in NOT_REPORTED_YET:
        assert any(name in line and "not reported yet" in line for line in readme.splitlines())


def test_what_is_derived_says_so() -> None:
    for panel in panels():
        derived = any("taskwake:" in target["expr"] for target in panel["targets"])
        assert derived == panel["description"].startswith("Derived"), panel["title"]


def test_the_dashboard_shows_what_was_asked_of_it() -> None:
    titles = " ".join(panel["title"] for panel in panels()).lower()

    for wanted in ("lateness", "lag", "cold starts", "outbox", "dead letters"):
        assert wanted in titles


def test_panels_have_places_and_ids_of_their_own() -> None:
    dashboard = json.loads((MONITORING / "taskwake.json").read_text())
    ids = [panel["id"] for panel in dashboard["panels"]]
    squares = [
        (x, y)
        for panel in dashboard["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(set(ids)) == len(ids)
    assert len(set(squares)) == len(squares)
    assert max(x for x, _ in squares) < 24
    assert {panel["datasource"]["uid"] for panel in panels()} == {"$datasource"}


def test_an_alert_says_what_is_wrong_and_what_to_look_at() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]

    assert {rule["labels"]["severity"] for rule in alerts} == {"critical", "warning"}
    for rule in alerts:
        assert rule["annotations"].keys() == {"summary", "description"}, rule["alert"]
    text = " ".join(rule["alert"] for rule in alerts)
    for wanted in ("Late", "Lag", "DeadLetters", "Outbox", "SlowStart"):
        assert wanted in text
