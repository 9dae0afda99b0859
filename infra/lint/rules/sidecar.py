"""daprd beside a function that sleeps at zero, or asking it how it is."""

from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests

QUEUE_PROXY_PORTS = {"8008", "8012", "8013", "8022", "8112", "9090", "9091"}
DAPRD_METRICS_PORT = "9090"
KNOWN_ANNOTATIONS = """
    api-token-secret app-channel-address app-health-check-path app-health-probe-interval
    app-health-probe-timeout app-health-threshold app-id app-max-concurrency app-port app-protocol app-ssl
    app-token-secret block-shutdown-duration component-container config debug-port
    disable-builtin-k8s-secret-store enable-api-logging enable-app-health-check enable-debug enable-metrics
    enable-profiling enabled env env-from-secret graceful-shutdown-seconds grpc-port http-max-request-size
    http-read-buffer-size inject-pluggable-components internal-grpc-port log-as-json log-level max-body-size
    metrics-port placement-host-address pluggable-components pluggable-components-sockets-folder
    read-buffer-size scheduler-host-address sentry-request-jwt-audiences sidecar-cpu-limit sidecar-cpu-request
    sidecar-image sidecar-listen-addresses sidecar-liveness-probe-delay-seconds
    sidecar-liveness-probe-period-seconds sidecar-liveness-probe-threshold
    sidecar-liveness-probe-timeout-seconds sidecar-memory-limit sidecar-memory-request
    sidecar-readiness-probe-delay-seconds sidecar-readiness-probe-period-seconds
    sidecar-readiness-probe-threshold sidecar-readiness-probe-timeout-seconds sidecar-seccomp-profile-type
    unix-domain-socket-path volume-mounts volume-mounts-rw
"""
"""Below dapr.io/: pkg/injector/annotations of github.com/dapr/dapr v1.16.0."""


def in_service(manifests: Manifests) -> Iterator[Finding]:
    """A daprd in a pod that sleeps consumes nothing, so no event ever wakes it."""
    subscribed = {scope for subscription in manifests.dapr("Subscription") for scope in subscription.scopes}
    for service in manifests.services():
        if service.app_id in subscribed:
            yield finding(
                service.resource,
                "its daprd sleeps with it, so no event wakes it",
                "take dapr.io/enabled away, and give it an anchor: a Deployment with the annotation "
                "dapr.io/app-channel-address",
            )


def metrics_port(manifests: Manifests) -> Iterator[Finding]:
    """In a Knative pod the ports of queue-proxy are taken: daprd, or the pod, does not start."""
    for service in manifests.services():
        port = service.annotations.get("dapr.io/metrics-port", DAPRD_METRICS_PORT)
        off = str(service.annotations.get("dapr.io/enable-metrics", "true")).lower() == "false"
        if service.app_id and not off and port in QUEUE_PROXY_PORTS:
            yield finding(
                service.resource,
                f"daprd's metrics and queue-proxy both want port {port}",
                "set dapr.io/metrics-port to another",
            )


def app_health(manifests: Manifests) -> Iterator[Finding]:
    """Asked every few seconds, a function never sleeps; and an answer of 405 stops all its subscriptions."""
    for pod in [*manifests.services(), *manifests.anchors()]:
        if str(pod.annotations.get("dapr.io/enable-app-health-check", "")).lower() == "true":
            yield finding(
                pod.resource,
                "its daprd asks the function every few seconds, which then never sleeps",
                "take dapr.io/enable-app-health-check away",
            )


def unknown_annotation(manifests: Manifests) -> Iterator[Finding]:
    """The injector takes no notice of an annotation that it does not know."""
    for pod in manifests.pods:
        for name in pod.annotations:
            prefix, _, key = name.partition("/")
            if prefix == "dapr.io" and key not in KNOWN_ANNOTATIONS.split():
                yield finding(
                    pod.resource, f"Dapr knows no annotation {name}, and ignores it", "take it away, or mend its name"
                )


def metrics_by_path(manifests: Manifests) -> Iterator[Finding]:
    """Unless told otherwise daprd counts by path, and remembers each for ever: every job has a path of its own."""
    for configuration in manifests.dapr("Configuration"):
        told = [configuration.at("spec", key, "http", "increasedCardinality") for key in ("metrics", "metric")]
        if False not in told:
            yield finding(
                configuration,
                "its daprd remembers every path that was ever asked for, in its metrics",
                "set metrics.http.increasedCardinality to false",
            )
