"""Those of knative/variants that follow from the catalogue: images, data, secrets, and how many partitions."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from functions.kernel.dapr.bus import PUBSUB
from functions.kernel.host.function import Function
from functions.kernel.storage.logins import OWNER_SECRET
from infra.render import keda, redpanda
from infra.render.base import PARTITIONS_ANNOTATION
from infra.render.document import Value, yaml_file
from infra.render.kubernetes import DATA_NAMESPACE, NAMESPACE, image, manifest
from infra.render.kustomization import COMPONENT, patch
from infra.render.policies import INTERNET, database_policies, pods

LOCAL_REGISTRY = "dev.local/taskwake"
OPERATIONS = "operations"
CLOUD_PARTITIONS = 12
FROM_OUTSIDE = (OWNER_SECRET, "smtp-url")

WHY_LOCAL = """\
Images that are on the node already. Knative asks no registry for what begins with dev.local."""

WHY_RELEASE = """\
The images of this version. Who deploys says where they are, and pins them by digest."""

WHY_PARTITIONS = f"""\
Topics of {CLOUD_PARTITIONS} partitions, and as many pods."""

WHY_POSTGRES = f"""\
PostgreSQL in the namespace {DATA_NAMESPACE}, as the Service `postgres`."""

WHY_NEON = """\
PostgreSQL somewhere in the internet, as Neon is. Its addresses are no pods', and no private ones."""

WHY_EXTERNAL_SECRETS = """\
What only the world outside knows is brought from the cloud's own store by External Secrets, through the
ClusterSecretStore `taskwake` of infra/platform; it has the same name there. What changed there is here within the hour,
and a function reads it when it next starts. All other Secrets are made by who deploys, where they are missing; to keep
one beyond the life of a cluster (webhook-signing-key), put it into the store, and bring it in the same way."""


def rendered(functions: Sequence[Function]) -> dict[str, str]:
    """The text of each file, by its path in knative/variants."""
    names = [*(function.name for function in functions), OPERATIONS]
    local = [{"name": image(name), "newName": f"{LOCAL_REGISTRY}/{name}", "newTag": "dev"} for name in names]
    release = [{"name": image(name), "newTag": _version()} for name in names]
    return {
        "local-images/kustomization.yaml": yaml_file((WHY_LOCAL, COMPONENT | {"images": local})),
        "release-images/kustomization.yaml": yaml_file((WHY_RELEASE, COMPONENT | {"images": release})),
        "partitions/kustomization.yaml": yaml_file((WHY_PARTITIONS, COMPONENT | {"patches": _partitions()})),
        **_variant("postgres", WHY_POSTGRES, database_policies(functions, [pods(DATA_NAMESPACE)])),
        **_variant("neon", WHY_NEON, database_policies(functions, INTERNET)),
        **_variant("external-secrets", WHY_EXTERNAL_SECRETS, [_external_secret(name) for name in FROM_OUTSIDE]),
        "redpanda/kustomization.yaml": redpanda.render(functions),
        **_variant("keda", keda.WHY, keda.resources(functions, CLOUD_PARTITIONS), keda.patches(functions)),
    }


def _variant(name: str, why: str, resources: Sequence[Value], patches: Sequence[Value] = ()) -> dict[str, str]:
    """A variant that adds objects, and may change others."""
    more = {"patches": list(patches)} if patches else {}
    return {
        f"{name}/kustomization.yaml": yaml_file((why, COMPONENT | {"resources": ["resources.yaml"]} | more)),
        f"{name}/resources.yaml": yaml_file(*(("", document) for document in resources)),
    }


def _partitions() -> list[Value]:
    max_scale = "/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale"
    annotation = f"/metadata/annotations/{PARTITIONS_ANNOTATION.replace('/', '~1')}"
    return [
        patch({"group": "serving.knative.dev", "kind": "Service"}, ("replace", max_scale, str(CLOUD_PARTITIONS))),
        patch(
            {"group": "dapr.io", "kind": "Component", "name": f"{PUBSUB}.*"},
            ("replace", annotation, str(CLOUD_PARTITIONS)),
        ),
    ]


def _external_secret(name: str) -> Value:
    spec = {
        "refreshInterval": "1h",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "taskwake"},
        "target": {"name": name, "creationPolicy": "Owner"},
        "data": [{"secretKey": name, "remoteRef": {"key": name}}],
    }
    return manifest("external-secrets.io/v1", "ExternalSecret", name, "secret", {"spec": spec}, of=NAMESPACE)


def _version() -> str:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
