"""A function's anchor: the daprd that is always awake, consumes its topic, and pushes to its Knative Service."""

from functions.kernel.host.function import Function
from infra.render.document import Value
from infra.render.kubernetes import (
    ANCHOR,
    API_TOKEN,
    APP_TOKEN,
    DAPR_GRPC,
    DAPR_HTTP,
    DATA_NAMESPACE,
    POD_SECURITY_CONTEXT,
    anchor_name,
    labels,
    manifest,
    selector,
    service_host,
)
from infra.render.pubsub import BROKERS_VARIABLE
from infra.render.relay import RELAY_PORT, companion

BROKERS = f"broker.{DATA_NAMESPACE}.svc.cluster.local:9092"
KUBE_API_ACCESS = "kube-api-access"
TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - where clients look for it

WHY = """\
Deployment: Dapr's injector adds daprd to its pod, as the annotations say.
  app-channel-address       the function's Knative Service, which wakes for each request that comes
  sidecar-listen-addresses  the function's pods ask this daprd over the network, with the token
  disable-builtin-k8s-…     or the app could read through it what its Configuration does not let it read
  volume-mounts             daprd alone holds the account's token, to read the function's Secrets with
  placement-, scheduler-    no actors here; jobs are the alarm's alone
  cpu, memory               one daprd takes about 93 MB asleep; a full processor for a burst
  block-shutdown-duration   the old daprd answers on until nobody is sent to it any more
Rolling: the new daprd is ready before the old one goes. What was on its way is delivered again, and found to be done.

Service: an address of its own, which leads to the new daprd as soon as that is ready. The one that Dapr's operator
makes is headless: clients would hold on to the old pod's address for half a minute.

PodDisruptionBudget: maxUnavailable, since minAvailable: 1 of one replica would hold up a node's drain for ever. While
an anchor moves, its events wait in Kafka, and the alarm's jobs in the scheduler, for some seconds."""


def deployment(function: Function) -> dict[str, Value]:
    """One replica: daprd hands over a batch at a time, whose events are thousands a second."""
    template = {
        "metadata": {"labels": labels(function.name, ANCHOR), "annotations": _annotations(function)},
        "spec": {
            "serviceAccountName": anchor_name(function),
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": POD_SECURITY_CONTEXT,
            "containers": [companion(function)],
            "volumes": [_account_token()],
        },
    }
    spec = {
        "replicas": 1,
        "revisionHistoryLimit": 3,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "selector": {"matchLabels": selector(function.name, ANCHOR)},
        "template": template,
    }
    return manifest("apps/v1", "Deployment", anchor_name(function), ANCHOR, {"spec": spec}, of=function.name)


def service(function: Function) -> dict[str, Value]:
    """Where the function's pods reach its daprd, and the relay beside it."""
    ports = {"dapr-http": DAPR_HTTP, "dapr-grpc": DAPR_GRPC} | ({"relay": RELAY_PORT} if function.watches else {})
    spec = {
        "selector": selector(function.name, ANCHOR),
        "ports": [{"name": name, "port": port, "targetPort": port} for name, port in ports.items()],
    }
    return manifest("v1", "Service", anchor_name(function), ANCHOR, {"spec": spec}, of=function.name)


def disruption_budget(function: Function) -> dict[str, Value]:
    """Anchors of a function that has several go one at a time."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": selector(function.name, ANCHOR)}}
    return manifest("policy/v1", "PodDisruptionBudget", anchor_name(function), ANCHOR, {"spec": spec}, of=function.name)


def _annotations(function: Function) -> dict[str, str]:
    if function.watches:
        app = {"app-port": str(RELAY_PORT)}
    else:
        app = {"app-port": "80", "app-channel-address": service_host(function.name)}
    values = {
        "enabled": "true",
        "app-id": function.name,
        **app,
        "config": function.name,
        "sidecar-listen-addresses": "0.0.0.0",  # noqa: S104 - a pod's
        "api-token-secret": API_TOKEN,
        "app-token-secret": APP_TOKEN,
        "env": f"{BROKERS_VARIABLE}={BROKERS}",
        "disable-builtin-k8s-secret-store": "true",
        "block-shutdown-duration": "3s",
        "volume-mounts": f"{KUBE_API_ACCESS}:{TOKEN_FOLDER}",
        "placement-host-address": "",
        **({} if function.rings else {"scheduler-host-address": ""}),
        "sidecar-cpu-request": "20m",
        "sidecar-cpu-limit": "1",
        "sidecar-memory-request": "112Mi",
        "sidecar-memory-limit": "384Mi",
        "log-as-json": "true",
    }
    return {f"dapr.io/{name}": value for name, value in values.items()}


def _account_token() -> Value:
    """What Kubernetes would mount into every container of the pod, for daprd alone."""
    sources = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    return {"name": KUBE_API_ACCESS, "projected": {"sources": sources}}
