"""Who a function's pods are to Kubernetes, and which Secrets its daprd may read."""

from collections.abc import Sequence

from functions.kernel.dapr.conversation_store import STORE as CONVERSATIONS
from functions.kernel.host.function import Function
from infra.render.document import Value
from infra.render.kubernetes import ANCHOR, FUNCTION, NAMESPACE, anchor_name, manifest
from infra.render.stores import CONVERSATIONS_SECRET


def service_accounts(function: Function) -> Sequence[dict[str, Value]]:
    """The function's, which may do nothing, and its anchor's."""
    body = {"automountServiceAccountToken": False}
    return (
        manifest("v1", "ServiceAccount", function.name, FUNCTION, body),
        manifest("v1", "ServiceAccount", anchor_name(function), ANCHOR, body, of=function.name),
    )


def secrets_of(function: Function) -> list[str]:
    """What its daprd reads of the secret store: what it hands out to the function, and what its components need."""
    own = [CONVERSATIONS_SECRET] if CONVERSATIONS in function.stores else []
    return [*function.secrets, *own]


def role(function: Function) -> Sequence[dict[str, Value]]:
    """Its daprd may get these Secrets by name, and list none. The tokens are handed to it by kubelet."""
    name = anchor_name(function)
    rules = [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": secrets_of(function), "verbs": ["get"]}]
    binding = {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": NAMESPACE}],
    }
    version = "rbac.authorization.k8s.io/v1"
    return (
        manifest(version, "Role", name, ANCHOR, {"rules": rules}, of=function.name),
        manifest(version, "RoleBinding", name, ANCHOR, binding, of=function.name),
    )
