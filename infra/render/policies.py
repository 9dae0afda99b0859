"""NetworkPolicies: nothing may speak to anything, but for what the catalogue makes necessary."""

from collections.abc import Iterator, Sequence

from functions.kernel.host.function import Function
from infra.render.document import Value
from infra.render.kubernetes import (
    ANCHOR,
    COMPONENT_LABEL,
    DAPR_GRPC,
    DAPR_HTTP,
    DATA_NAMESPACE,
    FUNCTION,
    MIGRATION,
    NAME_LABEL,
    SWEEP,
    anchor_name,
    manifest,
    selector,
)
from infra.render.relay import RELAY_PORT

DAPR_INTERNAL = 50002
QUEUE_PROXY, QUEUE_PROXY_METRICS = 8012, 9090
KOURIER_INTERNAL = 8081
DAPR_OPERATOR, DAPR_SENTRY, DAPR_SCHEDULER = 6500, 50001, 50006
KUBE_API = (443, 6443, 8443)
POSTGRES, KAFKA, SMTP, HTTPS = 5432, 9092, (25, 465, 587, 2525), 443
PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
PRIVATE_6 = ["fc00::/7", "fe80::/10"]

WHY = """\
default-deny  holds for every pod of the namespace; each other policy allows something
functions     requests come through Kourier, or from the activator while the function sleeps; the autoscaler asks how
              many there are. Knative's operator puts Kourier's gateway beside Knative, others into kourier-system.
anchors       Dapr's control plane; and for Secrets the Kubernetes API (443 on clouds, 6443 where kubeadm or kind made
              it, 8443 on minikube), whose address is no pod's. Where it is known, an overlay may name it.
broker        in the namespace taskwake-data, wherever that came from. Where PostgreSQL is, a variant says."""

Rule = dict[str, Value]


def namespace_policies() -> Sequence[dict[str, Value]]:
    """Those that do not depend on which functions there are."""
    activator = pods("knative-serving", {"app": "activator"})
    serving = [
        _from([*_KOURIER, activator], QUEUE_PROXY),
        _from([pods("knative-serving", {"app": "autoscaler"})], QUEUE_PROXY_METRICS),
    ]
    control = [
        to([pods("dapr-system", {"app": "dapr-operator"})], DAPR_OPERATOR),
        to([pods("dapr-system", {"app": "dapr-sentry"})], DAPR_SENTRY),
        to([], *KUBE_API),
    ]
    dns = to([pods("kube-system", {"k8s-app": "kube-dns"})], 53)
    dns["ports"].append({"protocol": "UDP", "port": 53})
    return (
        policy("default-deny", {}, ingress=[], egress=[]),
        policy("dns", {}, egress=[dns]),
        policy("functions", {COMPONENT_LABEL: FUNCTION}, ingress=serving),
        policy("anchors", {COMPONENT_LABEL: ANCHOR}, egress=control),
        policy("broker", {COMPONENT_LABEL: ANCHOR}, egress=[to([pods(DATA_NAMESPACE)], KAFKA)]),
        policy(SWEEP, {COMPONENT_LABEL: SWEEP}, egress=[_TO_KOURIER]),
    )


def function_policies(function: Function, functions: Sequence[Function]) -> Sequence[dict[str, Value]]:
    """Whom its pods may ask, and who may ask its anchor, or be asked by it."""
    alarm = next(other for other in functions if other.rings)
    relay = [RELAY_PORT] if function.watches else []
    asks = [to([_anchor(function)], DAPR_HTTP, DAPR_GRPC, *relay)]
    if arms(function):
        asks.append(to([_anchor(alarm)], DAPR_GRPC))
    if sends(function):
        asks.append(to(INTERNET, HTTPS, *SMTP))
    return (
        policy(function.name, selector(function.name, FUNCTION), egress=asks, of=function.name),
        policy(
            anchor_name(function),
            selector(function.name, ANCHOR),
            ingress=list(_asked_by(function, functions)),
            egress=list(_asks(function, functions)),
            of=function.name,
        ),
    )


def database_policies(functions: Sequence[Function], databases: Sequence[Value]) -> Sequence[dict[str, Value]]:
    """Who asks PostgreSQL: functions, migrations, and anchors whose daprd keeps a store there."""
    keepers = [function.name for function in functions if function.stores]
    keeping = {"key": NAME_LABEL, "operator": "In", "values": keepers}
    users = {"key": COMPONENT_LABEL, "operator": "In", "values": [FUNCTION, MIGRATION]}
    asking = [to(databases, POSTGRES)]
    return (
        policy("database", {}, [users], egress=asking),
        policy("conversations", {COMPONENT_LABEL: ANCHOR}, [keeping], egress=asking),
    )


def arms(function: Function) -> bool:
    """Whether it sets alarms, at the alarm's daprd: what it commits leaves events in the outbox."""
    return bool(function.emits) and not function.rings


def sends(function: Function) -> bool:
    """Whether it speaks to the world: it knows the mail server."""
    return "smtp-url" in function.secrets


def called_by(function: Function) -> list[str]:
    """The functions that it may call through Dapr."""
    return [call.partition("/")[0] for call in function.calls]


def policy(
    name: str,
    match_labels: Value,
    match_expressions: Sequence[Value] = (),
    *,
    ingress: Sequence[Rule] | None = None,
    egress: Sequence[Rule] | None = None,
    of: str = "taskwake",
) -> dict[str, Value]:
    """What these pods may be asked, or may ask; a direction that is not given is not spoken of."""
    expressions = {"matchExpressions": list(match_expressions)} if match_expressions else {}
    pod_selector = ({"matchLabels": match_labels} if match_labels else {}) | expressions
    directions = {"ingress": ingress, "egress": egress}
    spec: dict[str, Value] = {
        "podSelector": pod_selector,
        "policyTypes": [name.capitalize() for name, rules in directions.items() if rules is not None],
        **{name: list(rules) for name, rules in directions.items() if rules},
    }
    return manifest("networking.k8s.io/v1", "NetworkPolicy", name, "network", {"spec": spec}, of=of)


def pods(namespace: str, match_labels: Value | None = None) -> Value:
    """Pods of a namespace as a peer."""
    peer: Value = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return peer | ({"podSelector": {"matchLabels": match_labels}} if match_labels else {})


def to(peers: Sequence[Value], *ports: int) -> Rule:
    """These TCP ports of these peers; without any, of anybody."""
    return ({"to": list(peers)} if peers else {}) | {"ports": [_port(port) for port in ports]}


def _from(peers: Sequence[Value], *ports: int) -> Rule:
    return {"from": list(peers), "ports": [_port(port) for port in ports]}


def _port(port: int) -> Value:
    return {"protocol": "TCP", "port": port}


def _asked_by(function: Function, functions: Sequence[Function]) -> Iterator[Rule]:
    relay = [RELAY_PORT] if function.watches else []
    yield _from([_pods_of(function)], DAPR_HTTP, DAPR_GRPC, *relay)
    arming = [_pods_of(other) for other in functions if function.rings and arms(other)]
    if arming:
        yield _from(arming, DAPR_GRPC)
    callers = [_anchor(other) for other in functions if function.name in called_by(other)]
    if callers:
        yield _from(callers, DAPR_INTERNAL)


def _asks(function: Function, functions: Sequence[Function]) -> Iterator[Rule]:
    if not function.watches:
        yield _TO_KOURIER
    if function.rings:
        yield to([pods("dapr-system", {"app": "dapr-scheduler-server"})], DAPR_SCHEDULER)
    called = [_anchor(other) for other in functions if other.name in called_by(function)]
    if called:
        yield to(called, DAPR_INTERNAL)


def _pods_of(function: Function) -> Value:
    return {"podSelector": {"matchLabels": selector(function.name, FUNCTION)}}


def _anchor(function: Function) -> Value:
    return {"podSelector": {"matchLabels": selector(function.name, ANCHOR)}}


_KOURIER = [pods(namespace, {"app": "3scale-kourier-gateway"}) for namespace in ("knative-serving", "kourier-system")]
_TO_KOURIER = to(_KOURIER, KOURIER_INTERNAL)
INTERNET = [
    {"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}},
    {"ipBlock": {"cidr": "::/0", "except": PRIVATE_6}},
]
