"""A function's Knative Service: its pods, from none to as many as its topic has partitions."""

from collections.abc import Iterator

from functions.catalogue import FUNCTIONS
from functions.kernel.host.function import Function
from infra.render.document import Value
from infra.render.kubernetes import (
    API_TOKEN,
    APP_TOKEN,
    DAPR_GRPC,
    DAPR_HTTP,
    FUNCTION,
    SECURITY_CONTEXT,
    daprd_host,
    image,
    labels,
    manifest,
    secret_variable,
)
from infra.render.relay import RELAY_PORT
from infra.render.scaling import ALARM_LEAD_SECONDS, annotations, scaling_of, serves_people

ALARM = next(function for function in FUNCTIONS if function.rings)

WHY = """\
readinessProbe  without periodSeconds Knative's queue-proxy asks every 50 ms. That the port is open is enough: it is
                opened once all is imported, and what a function needs beyond that it asks for at its first request.
                No startupProbe: kubelet asks once a second at most, and a cold start is over by then.
livenessProbe   only for what hangs; begins when a cold start is long over
cpu             a cold start is nothing but work for one processor: less than one would make it slower, more than one
                Python could not use
memory          what it takes, and room for a bulk of its largest events"""


def service(function: Function) -> dict[str, Value]:
    """Reached from within the cluster only, but for the one that serves people."""
    scaling = scaling_of(function)
    limit = {} if scaling.concurrency is None else {"containerConcurrency": scaling.concurrency}
    template = {
        "metadata": {"labels": labels(function.name, FUNCTION), "annotations": annotations(scaling)},
        "spec": {
            "serviceAccountName": function.name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            **limit,
            "timeoutSeconds": scaling.timeout_seconds,
            "containers": [_container(function)],
        },
    }
    document = manifest("serving.knative.dev/v1", "Service", function.name, FUNCTION, {"spec": {"template": template}})
    if not serves_people(function):
        document["metadata"]["labels"]["networking.knative.dev/visibility"] = "cluster-local"
    return document


def _container(function: Function) -> Value:
    return {
        "name": "function",
        "image": image(function.name),
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http1", "containerPort": 8080}],
        "env": list(_environment(function)),
        "readinessProbe": {"tcpSocket": {"port": 8080}, "successThreshold": 1},
        "livenessProbe": {
            "httpGet": {"path": "/healthz", "port": 8080},
            "initialDelaySeconds": 15,
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "securityContext": SECURITY_CONTEXT,
    }


def _environment(function: Function) -> Iterator[Value]:
    values = {
        "FUNCTION_TARGET": function.name,
        "DAPR_HTTP_ENDPOINT": f"http://{daprd_host(function)}:{DAPR_HTTP}",
        "DAPR_GRPC_ENDPOINT": f"{daprd_host(function)}:{DAPR_GRPC}",
        "TASKWAKE_ALARM_GRPC_ENDPOINT": f"{daprd_host(ALARM)}:{DAPR_GRPC}",
        "TASKWAKE_ALARM_LEAD_SECONDS": str(ALARM_LEAD_SECONDS),
    }
    if function.watches:
        values["TASKWAKE_RELAY_URL"] = f"http://{daprd_host(function)}:{RELAY_PORT}"
    yield from ({"name": name, "value": value} for name, value in values.items())
    yield secret_variable("DAPR_API_TOKEN", API_TOKEN)
    yield secret_variable("APP_API_TOKEN", APP_TOKEN)
