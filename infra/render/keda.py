"""variants/keda: more anchors while a topic lags behind."""

from collections.abc import Sequence

from functions.kernel.host.function import Function
from infra.render.anchors import BROKERS
from infra.render.document import Value
from infra.render.kubernetes import ANCHOR, anchor_name, manifest
from infra.render.kustomization import patch
from infra.render.redpanda import AUTHORITY_SECRET, password_secret

LAG = 2000
"""Events behind for each further anchor. One daprd hands over thousands a second, so a burst of seconds needs none."""
USERS = "kafka-users"

WHY = """\
Optional, on top of the variant redpanda, for clusters with KEDA: a function whose topic lags behind gets more anchors,
each with partitions of its own, up to as many as there are. Never fewer than one: without its anchor nothing wakes a
function. It is for lasting load; for bursts there are lanes (specs/decisions/0006), which cost nothing while nothing
happens. KEDA asks the broker every 30 seconds, from its own namespace, with the function's login."""


def resources(functions: Sequence[Function], partitions: int) -> Sequence[Value]:
    """A ScaledObject, with its login, for each function that events are handed to."""
    fed = _fed(functions)
    users = manifest("v1", "ConfigMap", USERS, ANCHOR, {"data": {function.name: function.name for function in fed}})
    scaled = [document for function in fed for document in (_login(function), _scaled(function, partitions))]
    return [users, *scaled]


def patches(functions: Sequence[Function]) -> Sequence[Value]:
    """How many anchors there are is KEDA's business."""
    return [
        patch({"kind": "Deployment", "name": anchor_name(function)}, ("remove", "/spec/replicas", None))
        for function in _fed(functions)
    ]


def _fed(functions: Sequence[Function]) -> list[Function]:
    return [function for function in functions if function.consumes]


def _login(function: Function) -> Value:
    password, authority = password_secret(function), AUTHORITY_SECRET
    spec = {
        "configMapTargetRef": [{"parameter": "username", "name": USERS, "key": function.name}],
        "secretTargetRef": [
            {"parameter": "password", "name": password, "key": "password"},
            {"parameter": "ca", "name": authority, "key": "ca.crt"},
        ],
    }
    name = anchor_name(function)
    return manifest("keda.sh/v1alpha1", "TriggerAuthentication", name, ANCHOR, {"spec": spec}, of=function.name)


def _scaled(function: Function, partitions: int) -> Value:
    assert function.consumes is not None  # noqa: S101 - see _fed
    name = anchor_name(function)
    trigger = {
        "type": "kafka",
        "metadata": {
            "bootstrapServers": BROKERS,
            "consumerGroup": function.name,
            "topic": function.consumes.topic,
            "lagThreshold": str(LAG),
            "offsetResetPolicy": "earliest",
            "sasl": "scram_sha512",
            "tls": "enable",
        },
        "authenticationRef": {"name": name},
    }
    spec = {
        "scaleTargetRef": {"name": name},
        "minReplicaCount": 1,
        "maxReplicaCount": partitions,
        "cooldownPeriod": 300,
        "triggers": [trigger],
    }
    return manifest("keda.sh/v1alpha1", "ScaledObject", name, ANCHOR, {"spec": spec}, of=function.name)
