"""knative/base: every function with its anchor, from the catalogue; and components/kustomization.yaml."""

from collections.abc import Sequence

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.dapr.secret_store import STORE as SECRETS
from functions.kernel.host.function import Function
from infra.render import access, anchors, knative, policies, sweep
from infra.render.document import Value, component, yaml_file
from infra.render.kubernetes import NAMESPACE
from infra.render.kustomization import KUSTOMIZATION, patch
from infra.render.scaling import PARTITIONS

PARTITIONS_ANNOTATION = "taskwake.dev/partitions"

WHY = f"""\
Everything of Taskwake in a cluster, but where its database and its images are: an overlay says that.
{PARTITIONS_ANNOTATION} says how many partitions the topics have; no function is scaled beyond it.

<function>.yaml
{{knative}}

{{anchors}}"""

WHY_COMPONENTS = """\
What the daprds of a cluster load. Its secret store stands in knative/base/secrets.yaml, since secrets.yaml here is the
local way's. daprd itself takes no notice of this file."""

WHY_SECRETS = """\
Kubernetes' own Secrets, each with one key of its own name. What a function may read stands in components/configuration;
what its daprd may, in its Role. Without a namespace in the metadata, daprd looks into its own."""

WHY_NAMESPACE = """\
restricted: no pod here is privileged, root, or has a capability. daprd's container has none when Dapr's chart is set
to dapr_sidecar_injector.sidecarDropALLCapabilities: true."""


def render_components(functions: Sequence[Function]) -> str:
    """components/kustomization.yaml."""
    resources = ["pubsub.yaml", "conversations.yaml", "subscriptions.yaml", "resiliency.yaml"]
    configurations = [f"configuration/{function.name}.yaml" for function in functions]
    return yaml_file((WHY_COMPONENTS, KUSTOMIZATION | {"resources": resources + configurations}))


def rendered(functions: Sequence[Function]) -> dict[str, str]:
    """The text of each file, by its name in knative/base."""
    files = {
        "namespace.yaml": yaml_file((WHY_NAMESPACE, _namespace())),
        "secrets.yaml": yaml_file((WHY_SECRETS, component(SECRETS, "secretstores.kubernetes/v1", {}))),
        "policies.yaml": _file(policies.namespace_policies(), policies.WHY),
        "sweep.yaml": _file([sweep.service_account(), sweep.cron_job(_alarm(functions))], sweep.WHY),
        **{f"{function.name}.yaml": _file(_documents(function, functions)) for function in functions},
    }
    return {"kustomization.yaml": _kustomization(list(files))} | files


def _kustomization(files: list[str]) -> str:
    pubsubs = {"group": "dapr.io", "kind": "Component", "name": f"{PUBSUB}.*"}
    annotations = {PARTITIONS_ANNOTATION: str(PARTITIONS)}
    document = KUSTOMIZATION | {
        "namespace": NAMESPACE,
        "resources": ["../../components", *files],
        "labels": [{"pairs": {"app.kubernetes.io/part-of": "taskwake"}}],
        "patches": [patch(pubsubs, ("add", "/metadata/annotations", annotations))],
    }
    comment = WHY.format(knative=_indented(knative.WHY), anchors=_indented(anchors.WHY))
    return yaml_file((comment, document))


def _documents(function: Function, functions: Sequence[Function]) -> list[Value]:
    return [
        *access.service_accounts(function),
        *access.role(function),
        knative.service(function),
        anchors.deployment(function),
        anchors.service(function),
        anchors.disruption_budget(function),
        *policies.function_policies(function, functions),
    ]


def _namespace() -> Value:
    restricted = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    labels = {"app.kubernetes.io/name": NAMESPACE, **restricted}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}


def _alarm(functions: Sequence[Function]) -> Function:
    return next(function for function in functions if function.rings)


def _file(documents: Sequence[Value], why: str = "") -> str:
    first, *others = documents
    return yaml_file((why, first), *(("", document) for document in others))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
