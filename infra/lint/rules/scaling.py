"""Knative Services that Dapr feeds: how far they scale, and how fast they start."""

from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests, Pod, Resource

MAX_SCALE = "autoscaling.knative.dev/max-scale"
PARTITIONS = "taskwake.dev/partitions"
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
DEFAULT_TIMEOUT_SECONDS = 300


def above_partitions(manifests: Manifests) -> Iterator[Finding]:
    """A partition's events come one after the other: pods beyond their number never have work."""
    for service in manifests.services():
        for pubsub in _feeding(manifests, service):
            partitions = pubsub.at("metadata", "annotations", PARTITIONS)
            scale = str(service.annotations.get(MAX_SCALE, "0"))
            if partitions is None:
                yield finding(
                    pubsub,
                    "how many partitions its topics have is nowhere said",
                    f"say so in its annotation {PARTITIONS}",
                )
            elif scale == "0" or int(scale) > int(partitions):
                yield finding(
                    service.resource,
                    f"max-scale is {'not set' if scale == '0' else scale}, and its topic has {partitions} partitions",
                    f"set {MAX_SCALE} to {partitions} at most",
                )


def startup_probe(manifests: Manifests) -> Iterator[Finding]:
    """kubelet asks a startupProbe once a second at most, and until then asks for no readiness."""
    for service in manifests.services():
        if any("startupProbe" in container for container in service.spec.get("containers", [])):
            yield finding(
                service.resource,
                "its startupProbe makes each cold start up to a second longer",
                "leave it out: Knative's readinessProbe asks every 50 ms",
            )


def shorter_than_delivery(manifests: Manifests) -> Iterator[Finding]:
    """A request that Knative ends before Dapr does is tried again, while the first still works."""
    for service in manifests.services():
        timeout = service.spec.get("timeoutSeconds", DEFAULT_TIMEOUT_SECONDS)
        for pubsub in _feeding(manifests, service):
            for seconds in _delivery_timeouts(manifests, pubsub.name):
                if timeout < seconds:
                    yield finding(
                        service.resource,
                        f"Knative ends a request after {timeout} s, Dapr waits {seconds:g} s for it",
                        "set timeoutSeconds above the inbound timeout of the Resiliency",
                    )


def _feeding(manifests: Manifests, service: Pod) -> list[Resource]:
    """The Kafka components whose events an anchor hands to this Service."""
    apps = {anchor.app_id for anchor in manifests.anchors() if anchor.feeds == service.resource.name}
    names = {
        subscription.at("spec", "pubsubname")
        for subscription in manifests.dapr("Subscription")
        if apps.intersection(subscription.scopes)
    }
    return [component for component in manifests.components("pubsub.kafka") if component.name in names]


def _delivery_timeouts(manifests: Manifests, pubsub: str) -> Iterator[float]:
    for resiliency in manifests.dapr("Resiliency"):
        name = resiliency.at("spec", "targets", "components", pubsub, "inbound", "timeout")
        value = str(resiliency.at("spec", "policies", "timeouts", default={}).get(name) or "")
        number = value.rstrip("msh")
        if number and value[len(number) :] in UNITS:
            yield float(number) * UNITS[value[len(number) :]]
