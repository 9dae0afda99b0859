"""What stands beside an anchor's daprd: a pause container, or the relay of a function that only watches."""

from functions.kernel.host.function import Function
from infra.render.document import Value
from infra.render.kubernetes import APP_TOKEN, PYTHON, SECURITY_CONTEXT, image, secret_variable

RELAY_PORT = 8081
PAUSE_REGISTRY, PAUSE_VERSION = "registry.k8s.io", "3.10.1"


def companion(function: Function) -> Value:
    """The container that the injector puts daprd beside."""
    return _relay(function) if function.watches else _pause()


def _pause() -> Value:
    return {
        "name": "pause",
        "image": f"{PAUSE_REGISTRY}/pause:{PAUSE_VERSION}",
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "1m", "memory": "4Mi"}, "limits": {"cpu": "10m", "memory": "16Mi"}},
        "securityContext": SECURITY_CONTEXT,
    }


def _relay(function: Function) -> Value:
    probe = {"httpGet": {"path": "/healthz", "port": RELAY_PORT}, "timeoutSeconds": 5}
    return {
        "name": "relay",
        "image": image(function.name),
        "imagePullPolicy": "IfNotPresent",
        "command": [PYTHON, "-m", f"functions.{function.service.replace('-', '_')}.relay"],
        "ports": [{"name": "http", "containerPort": RELAY_PORT}],
        "env": [secret_variable("APP_API_TOKEN", APP_TOKEN)],
        "readinessProbe": probe | {"periodSeconds": 5},
        "livenessProbe": probe | {"periodSeconds": 10, "initialDelaySeconds": 15, "failureThreshold": 3},
        "resources": {"requests": {"cpu": "5m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "securityContext": SECURITY_CONTEXT,
    }
