"""infra/platform: what Redpanda keeps for the catalogue, and who may do what with it."""

from collections.abc import Sequence

from functions.kernel.host.function import RINGING_TOPIC, Function
from infra.render.document import Value, yaml_file
from infra.render.kubernetes import DATA_NAMESPACE, NAMESPACE
from infra.render.redpanda import AUTHORITY_SECRET, password_secret
from infra.render.topics import all_topics, dead_letter_topics, heard_by, published_by
from infra.render.variants import CLOUD_PARTITIONS

BROKER = "broker"
CERTIFICATE_SECRET = f"{BROKER}-default-cert"
STORE = "broker"
"""The SecretStore, its ServiceAccount and its Role."""
VERSION = "cluster.redpanda.com/v1alpha2"
REPLICAS = 3
DAY = 24 * 60 * 60 * 1000
DEAD_LETTER_DAYS = 30

WHY_TOPICS = f"""\
One topic per event type and one per function's dead letters, each on all {REPLICAS} brokers.

partitions    at most as many pods of a function work at once (knative/variants/partitions)
retention.ms  events are read within seconds, and stay in the database besides: Redpanda's own week is plenty. Dead
              letters wait for who stores them, {DEAD_LETTER_DAYS} days at most. {RINGING_TOPIC}: an hour."""

WHY_USERS = """\
Each function's daprd has a login of its own, and may do what components/pubsub.yaml lets its function do: write the
topics that it publishes, read those that it hears, in its own consumer group. Redpanda's operator makes up the
passwords, each in a Secret."""

WHY_ACCESS = f"""\
Brings each function's password, and the certificate of the authority that signed the brokers', from the namespace
{DATA_NAMESPACE} into {NAMESPACE}, where daprd's environment can be filled with them. The ServiceAccount may get these
Secrets, by name, and nothing else."""


def rendered(functions: Sequence[Function]) -> dict[str, str]:
    """The text of each file, by its path in infra/platform."""
    hearers = _users(functions)
    return {
        "redpanda/topics.yaml": _file(WHY_TOPICS, [_topic(topic, functions) for topic in all_topics(functions)]),
        "redpanda/users.yaml": _file(WHY_USERS, [_user(function, functions) for function in hearers]),
        "redpanda/access.yaml": _file("", _role(hearers)),
        "access/kafka.yaml": _file(WHY_ACCESS, _brought(hearers)),
    }


def _file(why: str, documents: Sequence[Value]) -> str:
    return yaml_file(*((why if number == 0 else "", document) for number, document in enumerate(documents)))


def _users(functions: Sequence[Function]) -> list[Function]:
    """Those that speak to the broker."""
    return [function for function in functions if published_by(function) or heard_by(function, functions)]


def _topic(topic: str, functions: Sequence[Function]) -> Value:
    retention = {RINGING_TOPIC: DAY // 24, **dict.fromkeys(dead_letter_topics(functions), DEAD_LETTER_DAYS * DAY)}
    more = {"additionalConfig": {"retention.ms": str(retention[topic])}} if topic in retention else {}
    return _of_broker("Topic", topic, {"partitions": CLOUD_PARTITIONS, "replicationFactor": REPLICAS, **more})


def _user(function: Function, functions: Sequence[Function]) -> Value:
    reference = {"secretKeyRef": {"name": password_secret(function), "key": "password"}}
    written = [_allow("topic", topic, "Write", "Describe") for topic in published_by(function)]
    read = [_allow("topic", topic, "Read", "Describe") for topic in heard_by(function, functions)]
    group = [_allow("group", function.name, "Read", "Describe")] if read else []
    spec = {
        "authentication": {"type": "scram-sha-512", "password": {"valueFrom": reference}},
        "authorization": {"acls": [*written, *read, *group]},
    }
    return _of_broker("User", function.name, spec)


def _allow(kind: str, name: str, *operations: str) -> Value:
    return {"type": "allow", "resource": {"type": kind, "name": name}, "operations": list(operations)}


def _of_broker(kind: str, name: str, spec: dict[str, Value]) -> Value:
    cluster = {"cluster": {"clusterRef": {"name": BROKER}}}
    return _object(VERSION, kind, name, DATA_NAMESPACE, {"spec": cluster | spec})


def _role(functions: Sequence[Function]) -> list[Value]:
    names = [CERTIFICATE_SECRET, *(password_secret(function) for function in functions)]
    group = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": names, "verbs": ["get"]}]
    binding = {
        "roleRef": {"apiGroup": group, "kind": "Role", "name": STORE},
        "subjects": [{"kind": "ServiceAccount", "name": STORE, "namespace": NAMESPACE}],
    }
    return [
        _object(f"{group}/v1", "Role", STORE, DATA_NAMESPACE, {"rules": rules}),
        _object(f"{group}/v1", "RoleBinding", STORE, DATA_NAMESPACE, binding),
    ]


def _brought(functions: Sequence[Function]) -> list[Value]:
    provider = {
        "kubernetes": {
            "remoteNamespace": DATA_NAMESPACE,
            "server": {"caProvider": {"type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt"}},
            "auth": {"serviceAccount": {"name": STORE}},
        }
    }
    account = {"automountServiceAccountToken": False}
    passwords = [(password_secret(function), "password", password_secret(function)) for function in functions]
    return [
        _object("v1", "ServiceAccount", STORE, NAMESPACE, account),
        _object("external-secrets.io/v1", "SecretStore", STORE, NAMESPACE, {"spec": {"provider": provider}}),
        *(_external(*each) for each in [(AUTHORITY_SECRET, "ca.crt", CERTIFICATE_SECRET), *passwords]),
    ]


def _external(name: str, key: str, source: str) -> Value:
    spec = {
        "refreshInterval": "1h",
        "secretStoreRef": {"kind": "SecretStore", "name": STORE},
        "target": {"name": name, "creationPolicy": "Owner"},
        "data": [{"secretKey": key, "remoteRef": {"key": source, "property": key}}],
    }
    return _object("external-secrets.io/v1", "ExternalSecret", name, NAMESPACE, {"spec": spec})


def _object(version: str, kind: str, name: str, namespace: str, body: dict[str, Value]) -> Value:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **body}
