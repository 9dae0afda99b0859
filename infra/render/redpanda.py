"""variants/redpanda: a broker with TLS, and a login of each function's own."""

from collections.abc import Sequence

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import Function
from infra.render.document import Value, yaml_file
from infra.render.kubernetes import anchor_name
from infra.render.kustomization import COMPONENT, patch

PASSWORD_VARIABLE, AUTHORITY_VARIABLE = "TASKWAKE_KAFKA_PASSWORD", "TASKWAKE_KAFKA_CA"
AUTHORITY_SECRET = "kafka-ca"  # noqa: S105 - the secret's name

WHY = f"""\
Redpanda as infra/platform/redpanda sets it up: each function is a user of its own, named as its app-id, whose password
is the Secret kafka-<function>; its certificate is signed by what the Secret {AUTHORITY_SECRET} holds. daprd gets both
in its environment, where the component reads them."""


def password_secret(function: Function) -> str:
    """The Secret with the password (key `password`) of a function's user."""
    return f"kafka-{function.name}"


def render(functions: Sequence[Function]) -> str:
    """The variant's kustomization."""
    return yaml_file((WHY, COMPONENT | {"patches": [_login(), *(_environment(function) for function in functions)]}))


def _login() -> Value:
    entries: list[Value] = [
        {"name": "saslUsername", "value": "{appID}"},
        {"name": "saslPassword", "envRef": PASSWORD_VARIABLE},
        {"name": "saslMechanism", "value": "SHA-512"},
        {"name": "caCert", "envRef": AUTHORITY_VARIABLE},
    ]
    return patch(
        {"group": "dapr.io", "kind": "Component", "name": f"{PUBSUB}.*"},
        # Fails, rather than changing another entry.
        ("test", "/spec/metadata/1/name", "authType"),
        ("replace", "/spec/metadata/1/value", "password"),
        *(("add", "/spec/metadata/-", entry) for entry in entries),
    )


def _environment(function: Function) -> Value:
    secrets = f"{PASSWORD_VARIABLE}={password_secret(function)}:password,{AUTHORITY_VARIABLE}={AUTHORITY_SECRET}:ca.crt"
    path = "/spec/template/metadata/annotations/dapr.io~1env-from-secret"
    return patch({"kind": "Deployment", "name": anchor_name(function)}, ("add", path, secrets))
