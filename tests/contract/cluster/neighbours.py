"""Who is there in a cluster with Taskwake, and who of them may speak with whom: written down by hand, pair by pair."""

from collections.abc import Iterator, Sequence

from tests.contract.cluster.network import Pair, Place
from tests.contract.cluster.overlays import Document, pod_template

PORTS = [
    *("25", "53", "53/UDP", "80", "443", "465", "587", "2525", "3500", "3501", "4317", "4318", "5432", "6443"),
    *("6500", "8012", "8013", "8022", "8080", "8081", "8112", "8443", "9090", "9091", "9092"),
    *("50001", "50002", "50005", "50006"),
]
FUNCTIONS = (
    *("alarm", "chat-api", "dead-letter", "delivery-requested"),
    *("task-completed", "task-created", "task-due", "task-recurred"),
)
ARMING = ("chat-api", "delivery-requested", "task-completed", "task-created", "task-due", "task-recurred")
KUBERNETES = ("443", "6443", "8443")
SMTP = ("25", "465", "587", "2525")

OTHERS = (
    Place("kourier", "10.0.0.1", "kourier-system", {"app": "3scale-kourier-gateway"}),
    Place("kourier-by-operator", "10.0.0.2", "knative-serving", {"app": "3scale-kourier-gateway"}),
    Place("activator", "10.0.0.3", "knative-serving", {"app": "activator"}),
    Place("autoscaler", "10.0.0.4", "knative-serving", {"app": "autoscaler"}),
    Place("operator", "10.0.0.5", "dapr-system", {"app": "dapr-operator"}),
    Place("sentry", "10.0.0.6", "dapr-system", {"app": "dapr-sentry"}),
    Place("scheduler", "10.0.0.7", "dapr-system", {"app": "dapr-scheduler-server"}),
    Place("dns", "10.0.0.8", "kube-system", {"k8s-app": "kube-dns"}),
    Place("data", "10.0.0.9", "taskwake-data", {"app": "anything"}),
    Place("collector", "10.0.0.10", "monitoring", {"app.kubernetes.io/name": "opentelemetry-collector"}),
    Place("prometheus", "10.0.0.14", "monitoring", {"app.kubernetes.io/name": "prometheus"}),
    Place("stranger", "10.0.0.11", "default", {"app.kubernetes.io/component": "function"}),
    Place("intruder", "10.0.0.12", "taskwake", {"app": "shell"}),
    Place("migration", "10.0.0.13", "taskwake", {"app.kubernetes.io/component": "migration"}),
    Place("internet", "203.0.113.7"),
    Place("internet-6", "2001:db8::7"),
    Place("cloud-metadata", "169.254.169.254"),
    Place("office", "192.168.1.7"),
)
OUTSIDE = tuple(place.name for place in OTHERS if place.namespace != "taskwake")


def places(objects: Sequence[Document]) -> list[Place]:
    """The pods that an overlay makes, and their neighbours."""
    found = []
    for number, document in enumerate(objects):
        template = pod_template(document)
        if template:
            labels = template.get("metadata", {}).get("labels", {})
            name, address = document["metadata"]["name"], f"10.1.{number // 250}.{number % 250}"
            found.append(Place(name, address, document["metadata"]["namespace"], labels))
    return [*found, *OTHERS]


def ours(objects: Sequence[Document]) -> set[str]:
    """The names of the pods of the namespace."""
    return {place.name for place in places(objects) if place.namespace == "taskwake"}


def wanted(databases: Sequence[str]) -> set[Pair]:
    """Every pair that is meant to speak, when PostgreSQL is at these places; and those that no policy here can forbid,
    since both are strangers."""
    return {*_functions(databases), *_anchors(databases), *_others(databases), *_strangers()}


def _functions(databases: Sequence[str]) -> Iterator[Pair]:
    for function in FUNCTIONS:
        for gateway in ("kourier", "kourier-by-operator", "activator"):
            yield gateway, function, "8012"
        yield "autoscaler", function, "9090"
        yield function, f"{function}-anchor", "3500"
        yield function, f"{function}-anchor", "50001"
        for database in databases:
            yield function, database, "5432"
    for function in ARMING:
        yield function, "alarm-anchor", "50001"
    yield "chat-api", "chat-api-anchor", "8081"
    for port in ("443", *SMTP):
        yield "delivery-requested", "internet", port
        yield "delivery-requested", "internet-6", port


def _anchors(databases: Sequence[str]) -> Iterator[Pair]:
    for function in FUNCTIONS:
        anchor = f"{function}-anchor"
        yield anchor, "operator", "6500"
        yield anchor, "sentry", "50001"
        yield anchor, "data", "9092"
        for place in OUTSIDE:
            for port in KUBERNETES:
                yield anchor, place, port
        # chat-api's daprd hands its events to the relay beside it.
        if function != "chat-api":
            yield anchor, "kourier", "8081"
            yield anchor, "kourier-by-operator", "8081"
    yield "alarm-anchor", "scheduler", "50006"
    yield "chat-api-anchor", "delivery-requested-anchor", "50002"
    for database in databases:
        yield "chat-api-anchor", database, "5432"


def _others(databases: Sequence[str]) -> Iterator[Pair]:
    yield "sweep", "kourier", "8081"
    yield "sweep", "kourier-by-operator", "8081"
    for database in databases:
        yield "migration", database, "5432"
    for pod in (*FUNCTIONS, *(f"{function}-anchor" for function in FUNCTIONS), "sweep", "migration", "intruder"):
        yield pod, "dns", "53"
        yield pod, "dns", "53/UDP"


def _strangers() -> Iterator[Pair]:
    for source in OUTSIDE:
        for target in OUTSIDE:
            if source != target:
                for port in PORTS:
                    yield source, target, port
