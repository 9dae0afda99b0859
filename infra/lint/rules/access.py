"""What is open to more than it needs to be."""

from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests

LOOPBACK = ("127.0.0.1", "[::1]", "::1", "localhost")
VISIBILITY = "networking.knative.dev/visibility"


def open_daprd(manifests: Manifests) -> Iterator[Finding]:
    """A daprd that listens beyond its pod answers whoever asks it, unless it wants a token."""
    for anchor in manifests.pods:
        addresses = anchor.annotations.get("dapr.io/sidecar-listen-addresses", "127.0.0.1").split(",")
        beyond = [address for address in addresses if address.strip() not in LOOPBACK]
        if anchor.app_id and beyond and not anchor.annotations.get("dapr.io/api-token-secret"):
            yield finding(
                anchor.resource,
                f"anybody may use its daprd, which listens on {', '.join(beyond)}",
                "name a Secret with a token in dapr.io/api-token-secret",
            )
        if anchor.feeds and not anchor.annotations.get("dapr.io/app-token-secret"):
            yield finding(
                anchor.resource,
                "its function cannot tell Dapr from anybody else",
                "name a Secret with a token in dapr.io/app-token-secret",
            )


def open_configuration(manifests: Manifests) -> Iterator[Finding]:
    """What a Configuration does not forbid is allowed: every API, every secret, every call."""
    for configuration in manifests.dapr("Configuration"):
        if not configuration.at("spec", "api", "allowed"):
            yield finding(configuration, "the app may use every API of Dapr", "name those it needs in api.allowed")
        if configuration.at("spec", "accessControl", "defaultAction") != "deny":
            yield finding(configuration, "every app may call this one", "set accessControl.defaultAction to deny")
        scopes = configuration.at("spec", "secrets", "scopes", default=[])
        if not scopes or any(scope.get("defaultAccess") != "deny" for scope in scopes):
            yield finding(
                configuration, "the app may read every secret of a store", "set defaultAccess to deny in secrets.scopes"
            )
    configured = {configuration.name for configuration in manifests.dapr("Configuration")}
    for pod in manifests.pods:
        if pod.app_id and pod.annotations.get("dapr.io/config") not in configured:
            yield finding(
                pod.resource,
                f"its daprd is not told what {pod.app_id} may do",
                "name a Configuration in dapr.io/config that exists",
            )


def builtin_secret_store(manifests: Manifests) -> Iterator[Finding]:
    """In Kubernetes daprd has a secret store of its own, that no scope of another store binds."""
    for pod in manifests.pods:
        if pod.app_id and pod.annotations.get("dapr.io/disable-builtin-k8s-secret-store") != "true":
            yield finding(
                pod.resource,
                "its app may read through daprd's own store `kubernetes` what its account may",
                "set dapr.io/disable-builtin-k8s-secret-store to true",
            )


def public_function(manifests: Manifests) -> Iterator[Finding]:
    """A function that Dapr feeds has no business with the world."""
    fed = {anchor.feeds for anchor in manifests.anchors()}
    for service in manifests.services():
        labels = service.resource.at("metadata", "labels", default={})
        if service.resource.name in fed and labels.get(VISIBILITY) != "cluster-local":
            yield finding(
                service.resource, "it can be reached from outside", f"set the label {VISIBILITY} to cluster-local"
            )
