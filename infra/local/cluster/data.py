"""The broker and the database, in a namespace of their own."""

import base64
import json
import secrets
from pathlib import Path
from urllib.parse import quote

from infra.local.cluster.images import KAFKA_HOME, USER, Recipe
from infra.local.cluster.manifests import Document, Kubectl, own
from infra.local.cluster.volumes import volume
from infra.local.kafka import CLUSTER_ID, JVM_FLAGS, LOGGING, as_properties, broker_settings
from infra.render.scaling import PARTITIONS

NAMESPACE = "taskwake-data"
OWNER_SECRET = "postgres-owner"  # noqa: S105 - the secret's name
SETTINGS = "/configuration/server.properties"


def documents(folder: Path, recipes: dict[str, Recipe]) -> list[Document]:
    """All but the owner's secret; makes the folders of the data in `folder`."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        *(volume(folder / name, NAMESPACE, f"data-{name}-0") for name in ("broker", "postgres")),
        *broker(recipes["broker"]),
        *own("postgres", {"postgres": recipes["postgres"].image, "user": USER}),
    ]


def broker(recipe: Recipe) -> list[Document]:
    """Kafka's settings and workload. A topic comes to be with its first message or reader."""
    settings = broker_settings(
        data="/data/log",
        address=f"broker.{NAMESPACE}.svc.cluster.local",
        port=9092,
        controller_port=9093,
        partitions=PARTITIONS,
    )
    logging = "-Dlog4j2.configurationFile=/configuration/log4j2.properties"
    java = [*JVM_FLAGS, "-Xmx512m", logging, "-cp", f"{KAFKA_HOME}/*"]
    tool = [*java, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", CLUSTER_ID, "-c", SETTINGS]
    values = {
        "broker": recipe.image,
        "user": USER,
        "properties": json.dumps(as_properties(settings)),
        "logging": json.dumps(LOGGING),
        "format": json.dumps(tool),
        "run": json.dumps([*java, "kafka.Kafka", SETTINGS]),
    }
    return own("broker", values)


def ensure_owner(kubectl: Kubectl) -> None:
    """Make up the password of the database's owner, the first time. Raises ProcessFailedError."""
    if kubectl("get", "secret", OWNER_SECRET, f"--namespace={NAMESPACE}", "--ignore-not-found", "--output=name"):
        return
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": OWNER_SECRET, "namespace": NAMESPACE},
        "stringData": {"username": "postgres", "password": secrets.token_urlsafe(24)},
    }
    kubectl("create", "-f", "-", input=json.dumps(secret))


def owner_url(kubectl: Kubectl) -> str:
    """The database for its owner, by an address that this machine reaches. Raises ProcessFailedError."""
    secret = json.loads(kubectl("get", "secret", OWNER_SECRET, f"--namespace={NAMESPACE}", "--output=json"))["data"]
    name, password = (quote(base64.b64decode(secret[key]).decode(), safe="") for key in ("username", "password"))
    host = kubectl("get", "service", "postgres", f"--namespace={NAMESPACE}", "--output=jsonpath={.spec.clusterIP}")
    return f"postgresql://{name}:{password}@{host}:5432/postgres"
