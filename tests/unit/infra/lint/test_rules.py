"""Each rule says nothing about good manifests, and finds its trap when they are broken in one place."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from functions.chat_api import relay
from functions.kernel.host import http
from infra.lint.manifests import Manifests, Resource
from infra.lint.rules import RULES, Rule, lint, subscription

pytestmark = pytest.mark.requirement("CLUSTER-004")

GOOD: dict[tuple[str, str], dict[str, Any]] = {
    (document["kind"], document["metadata"]["name"]): document
    for document in yaml.safe_load_all((Path(__file__).parent / "good.yaml").read_text())
}
PUBSUB, SUBSCRIPTION = ("Component", "pubsub"), ("Subscription", "task-due")
SERVICE, ANCHOR = ("Service", "task-due"), ("Deployment", "task-due-anchor")
CONFIGURATION, RESILIENCY = ("Configuration", "task-due"), ("Resiliency", "taskwake")

Documents = dict[tuple[str, str], dict[str, Any]]
Break = Callable[[Documents], object]


def setting(key: str, value: str | None, component: tuple[str, str] = PUBSUB) -> Break:
    """A metadata entry of a component with another value, or away."""

    def change(documents: Documents) -> None:
        spec = documents[component]["spec"]
        others = [entry for entry in spec["metadata"] if entry["name"] != key]
        spec["metadata"] = others + ([] if value is None else [{"name": key, "value": value}])

    return change


def spec(of: tuple[str, str], *path: str, **values: Any) -> Break:
    """Other members of a spec, or of what stands deeper in it; null takes one away."""

    def change(documents: Documents) -> None:
        target = documents[of]["spec"]
        for key in path:
            target = target.setdefault(key, {})
        for key, value in values.items():
            target.pop(key, None) if value is None else target.update({key: value})

    return change


def annotate(of: tuple[str, str], name: str, value: str | None) -> Break:
    """An annotation of pods with another value, or away."""

    def change(documents: Documents) -> None:
        annotations = documents[of]["spec"]["template"]["metadata"]["annotations"]
        annotations.pop(name, None) if value is None else annotations.update({name: value})

    return change


def each(*breaks: Break) -> Break:
    return lambda documents: [change(documents) for change in breaks]


IN_POD = annotate(SERVICE, "dapr.io/enabled", "true")
RULE = [{"match": 'event.type == "dev.taskwake.task.due.v1"', "path": "/events"}]

BROKEN: list[tuple[str, Break, str]] = [
    ("dead_letter_without_retry", spec(RESILIENCY, "targets", components={}), "nothing retries"),
    ("dead_letter_without_retry", spec(RESILIENCY, "policies", retries={}), "nothing retries"),
    (
        "dead_letter_without_retry",
        spec(RESILIENCY, "policies", "retries", "delivery", maxRetries=0),
        "nothing retries",
    ),
    ("route_without_default", spec(SUBSCRIPTION, routes={"rules": RULE}), "no rule matches"),
    ("route_not_served", spec(SUBSCRIPTION, routes={"default": "/event"}), "POST /event,"),
    (
        "route_not_served",
        spec(SUBSCRIPTION, routes={"rules": [{"path": "/due"}], "default": "/events"}),
        "POST /due,",
    ),
    ("bulk_without_bounds", spec(SUBSCRIPTION, "bulkSubscribe", maxAwaitDurationMs=None), "maxAwaitDurationMs"),
    ("unscoped", lambda documents: documents[SUBSCRIPTION].pop("scopes"), "every app"),
    ("unknown_scope", lambda documents: documents[SUBSCRIPTION].update(scopes=["task-dew"]), "task-dew"),
    ("unknown_scope", lambda documents: documents[("Component", "conversations")].update(scopes=["cht"]), "cht"),
    ("initial_offset", setting("initialOffset", "newest"), "initialOffset is newest"),
    ("initial_offset", setting("initialOffset", None), "newest, by default"),
    ("consumer_group", setting("consumerGroup", None), "left to a default"),
    (
        "consumer_group",
        each(setting("consumerGroup", "taskwake"), lambda documents: documents[PUBSUB].pop("scopes")),
        "consumer group taskwake",
    ),
    ("unprotected_topic", setting("protectedTopics", "task.due.v1"), "dead-letter.task-due"),
    ("not_allowed", setting("publishingScopes", "task-due=other"), "dead letters of task-due are lost"),
    ("not_allowed", setting("subscriptionScopes", "task-due=other"), "may not hear"),
    ("not_allowed", setting("allowedTopics", "task.due.v1"), "dead-letter.task-due is used"),
    ("unknown_key", setting("intialOffset", "oldest"), "knows no key intialOffset"),
    ("unknown_key", setting("cleanupIntervall", "-1", ("Component", "conversations")), "cleanupIntervall"),
    ("clean_up", setting("cleanupInterval", None, ("Component", "conversations")), "every hour"),
    ("clean_up", setting("cleanupInterval", "10m", ("Component", "conversations")), "every 10m"),
    ("above_partitions", annotate(SERVICE, "autoscaling.knative.dev/max-scale", "5"), "max-scale is 5"),
    ("above_partitions", annotate(SERVICE, "autoscaling.knative.dev/max-scale", None), "max-scale is not set"),
    ("above_partitions", annotate(SERVICE, "autoscaling.knative.dev/max-scale", "0"), "max-scale is not set"),
    ("above_partitions", lambda documents: documents[PUBSUB]["metadata"].pop("annotations"), "nowhere said"),
    (
        "startup_probe",
        lambda documents: documents[SERVICE]["spec"]["template"]["spec"]["containers"][0].update(startupProbe={}),
        "startupProbe",
    ),
    ("shorter_than_delivery", spec(SERVICE, "template", "spec", timeoutSeconds=30), "after 30 s"),
    ("in_service", each(IN_POD, annotate(SERVICE, "dapr.io/app-id", "task-due")), "sleeps with it"),
    ("metrics_port", IN_POD, "port 9090"),
    ("metrics_port", each(IN_POD, annotate(SERVICE, "dapr.io/metrics-port", "9091")), "port 9091"),
    ("app_health", annotate(ANCHOR, "dapr.io/enable-app-health-check", "true"), "never sleeps"),
    ("app_health", annotate(SERVICE, "dapr.io/enable-app-health-check", "true"), "never sleeps"),
    ("unknown_annotation", annotate(ANCHOR, "dapr.io/api-token-secrets", "dapr-api-token"), "api-token-secrets"),
    ("metrics_by_path", spec(CONFIGURATION, metrics=None), "every path"),
    ("metrics_by_path", spec(CONFIGURATION, "metrics", "http", increasedCardinality=True), "every path"),
    ("open_daprd", annotate(ANCHOR, "dapr.io/api-token-secret", None), "anybody may use its daprd"),
    ("open_daprd", annotate(ANCHOR, "dapr.io/app-token-secret", None), "cannot tell Dapr"),
    ("open_configuration", spec(CONFIGURATION, api=None), "every API"),
    ("open_configuration", spec(CONFIGURATION, "accessControl", defaultAction="allow"), "every app may call"),
    ("open_configuration", spec(CONFIGURATION, secrets=None), "every secret"),
    ("open_configuration", annotate(ANCHOR, "dapr.io/config", "task-dew"), "is not told"),
    ("builtin_secret_store", annotate(ANCHOR, "dapr.io/disable-builtin-k8s-secret-store", None), "own store"),
    ("public_function", lambda documents: documents[SERVICE]["metadata"].pop("labels"), "from outside"),
]


def manifests(documents: Documents) -> Manifests:
    return Manifests(Resource("some.yaml", document) for document in documents.values())


def rule(name: str) -> Rule:
    return next(rule for rule in RULES if rule.__name__ == name)


def test_good_manifests_have_no_trap() -> None:
    assert lint(manifests(GOOD)) == []


@pytest.mark.parametrize(("name", "change", "said"), BROKEN, ids=[f"{name}: {said}" for name, _, said in BROKEN])
def test_a_trap_is_found_by_its_rule(name: str, change: Break, said: str) -> None:
    documents = deepcopy(GOOD)
    change(documents)

    found = [str(trap) for trap in rule(name)(manifests(documents))]

    assert [text for text in found if said in text], found
    assert all(text.startswith("some.yaml/") for text in found)


def test_every_rule_is_tested() -> None:
    assert {name for name, _, _ in BROKEN} == {rule.__name__ for rule in RULES}


def test_the_routes_are_those_that_functions_answer() -> None:
    documented = {
        line.split()[1].replace("/F", "/task-due")
        for line in f"{http.__doc__}{relay.__doc__}".splitlines()
        if line.strip().startswith("POST")
    }
    of_subscriptions = {path for path in documented if not path.startswith(("/job/", "/test-notice"))}

    assert of_subscriptions == {path for path in documented if subscription.SERVED.fullmatch(path)}
    assert of_subscriptions == {"/events", "/wake", "/warm", "/dead-letters/task-due"}
