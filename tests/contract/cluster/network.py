"""What NetworkPolicies allow, worked out from their text and the labels of pods.

Source: Kubernetes' reference of networking.k8s.io/v1 NetworkPolicy. A pod that no policy selects for a direction may
speak in it with anybody; one that is selected may do what one of them allows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Pair = tuple[str, str, str]
"""Who speaks to whom at which port (`5432`, `53/UDP`)."""


@dataclass(frozen=True)
class Place:
    """A pod, or, without a namespace, an address that is no pod's."""

    name: str
    address: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


def allowed(policies: Sequence[Mapping[str, Any]], places: Sequence[Place], ports: Sequence[str]) -> set[Pair]:
    """Every pair of different places that may speak, at which of the ports: both of them may."""
    return asks(policies, places, ports) & answers(policies, places, ports)


def asks(policies: Sequence[Mapping[str, Any]], places: Sequence[Place], ports: Sequence[str]) -> set[Pair]:
    """What the first of a pair may do, whatever the second may."""
    return {
        (source.name, target, port)
        for source in places
        for target, port in _reach(policies, source, places, set(ports), "Egress", "to")
        if source.name != target
    }


def answers(policies: Sequence[Mapping[str, Any]], places: Sequence[Place], ports: Sequence[str]) -> set[Pair]:
    """What the second of a pair may do, whatever the first may."""
    return {
        (source, target.name, port)
        for target in places
        for source, port in _reach(policies, target, places, set(ports), "Ingress", "from")
        if source != target.name
    }


def _reach(
    policies: Sequence[Mapping[str, Any]],
    place: Place,
    places: Sequence[Place],
    ports: set[str],
    direction: str,
    peers_key: str,
) -> set[tuple[str, str]]:
    """(place, port) that this place may speak with in this direction."""
    selecting = [policy for policy in policies if _selects(policy, place, direction)]
    if not selecting:
        return {(other.name, port) for other in places for port in ports}
    return {
        (other.name, port)
        for policy in selecting
        for rule in policy["spec"].get(direction.lower(), [])
        for other in places
        if _is_peer(other, rule.get(peers_key), policy["metadata"]["namespace"])
        for port in _ports(rule) or ports
    }


def _selects(policy: Mapping[str, Any], place: Place, direction: str) -> bool:
    return (
        place.namespace == policy["metadata"]["namespace"]
        and direction in policy["spec"]["policyTypes"]
        and _matches(policy["spec"]["podSelector"], place.labels)
    )


def _is_peer(place: Place, peers: Sequence[Mapping[str, Any]] | None, namespace: str) -> bool:
    """No peers: anybody."""
    return not peers or any(_is(place, peer, namespace) for peer in peers)


def _is(place: Place, peer: Mapping[str, Any], namespace: str) -> bool:
    if "ipBlock" in peer:
        address = ip_address(place.address)
        excepted = peer["ipBlock"].get("except", [])
        return address in ip_network(peer["ipBlock"]["cidr"]) and not any(
            address in ip_network(block) for block in excepted
        )
    if place.namespace is None:
        return False
    if "namespaceSelector" in peer:
        of_namespace = {"kubernetes.io/metadata.name": place.namespace}
        if not _matches(peer["namespaceSelector"], of_namespace):
            return False
    elif place.namespace != namespace:
        return False
    return _matches(peer.get("podSelector", {}), place.labels)


def _ports(rule: Mapping[str, Any]) -> list[str]:
    """As in a pair; none: all."""
    return [
        f"{entry['port']}" if entry.get("protocol", "TCP") == "TCP" else f"{entry['port']}/{entry['protocol']}"
        for entry in rule.get("ports", [])
    ]


def _matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        _expressions(selector.get("matchExpressions", []), labels)
    )


def _expressions(expressions: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> Iterator[bool]:
    for expression in expressions:
        value = labels.get(expression["key"])
        match expression["operator"]:
            case "In":
                yield value in expression["values"]
            case "NotIn":
                yield value not in expression["values"]
            case "Exists":
                yield value is not None
            case "DoesNotExist":
                yield value is None
